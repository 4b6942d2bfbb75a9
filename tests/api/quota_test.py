"""What people may use and how they wait for it: tiers, compute units, the queue of a full machine, and every end with its reason.

Each class starts an Allmende of its own, on which one runtime has room.
"""
import json
import threading
import unittest
import urllib.request
from pathlib import Path

from client import Kernel, ask, until
from house import PASSWORD, House

TIERS = """
[tier.free]
title = "Free"

[tier.brief]
idle = "20s"
idle_when_needed = "10s"

[tier.paid]
title = "Paid"
cpus = 0.5
units = 40.0
weight = 4.0
"""


class Quota(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        def put_tiers(data):
            Path(data, "tiers.toml").write_text(TIERS)
            Path(data, "tiers.toml").chmod(0o644)
        cls.house = House("--runtime-memory", "1 GB", "--runtimes-memory", "1 GB", "--metrics-for-loopback", "true", prepare=put_tiers)
        cls.enterClassContext(cls.house)
        cls.ada = cls.house.make_ada()
        cls.house.tool("account", "create", "bob", "--password-stdin", text=PASSWORD + "\n")
        cls.bob = cls.house.tool("token", "create", "--account", "bob", "--name", "tests")

    def tearDown(self):
        for token in (self.ada, self.bob):
            for runtime in self.ask("runtimes", token):
                if runtime["state"] != "stopped":
                    self.ask(f"runtimes/{runtime['id']}", token, "DELETE")

    def ask(self, path, token, method="GET", body=None):
        return ask(f"{self.house.url}api/{path}", token, method, body)[1]

    def metrics(self):
        """What a program on this machine reads there."""
        with urllib.request.urlopen(self.house.url + "metrics", timeout=60) as reply:
            lines = reply.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def runtime_of(self, token, state):
        return until(f"a {state} runtime", lambda: next((one for one in self.ask("runtimes", token) if one["state"] == state), None))

    def begin(self, token):
        """Asks for a runtime in the background; the list holds the answer once there is one."""
        answer = []
        thread = threading.Thread(target=lambda: answer.append(ask(f"{self.house.url}api/runtimes", token, "POST", {}, patience=120)))
        thread.start()
        self.addCleanup(thread.join)
        return answer

    def test_a_full_machine_has_a_queue_with_a_place_and_a_way_out(self):
        adas = self.ask("runtimes", self.ada, "POST", {})
        self.assertEqual(adas["state"], "ready")
        answer = self.begin(self.bob)
        waiting = self.runtime_of(self.bob, "queued")
        self.assertEqual((waiting["queue"]["place"], waiting["queue"]["of"]), (1, 1))
        self.assertIn("place 1 in the queue", self.house.tool("runtime", "list"))
        self.assertIn("1.0 GB of 1.0 GB promised; 1 waiting", self.house.tool("runtime", "list"))
        figures = self.metrics()
        self.assertEqual([figures[f'allmende_runtimes_by_state{{state="{state}"}}'] for state in ("queued", "ready")], [1, 1])
        self.assertEqual((figures["allmende_memory_promised_bytes"], figures["allmende_memory_promisable_bytes"]), (1 << 30, 1 << 30))
        self.ask(f"runtimes/{waiting['id']}", self.bob, "DELETE")
        until("the answer to who has left", lambda: answer)
        self.assertGreaterEqual(answer[0][0], 400)
        self.assertIn("taken out of the queue", answer[0][1]["message"])
        self.assertEqual(self.ask("runtimes", self.bob)[0]["reason"], "cancelled")
        answer = self.begin(self.bob)
        self.runtime_of(self.bob, "queued")
        self.ask(f"runtimes/{adas['id']}", self.ada, "DELETE")
        until("his turn", lambda: answer)
        self.assertEqual((answer[0][0], answer[0][1]["state"]), (201, "ready"))

    def test_the_operator_stops_a_runtime_with_a_sentence_for_its_person(self):
        runtime = self.ask("runtimes", self.ada, "POST", {})
        self.house.tool("runtime", "stop", runtime["id"], "--reason", "The machine gets new memory tonight.")
        ended = self.ask("runtimes", self.ada)[0]
        self.assertEqual((ended["reason"], ended["message"]), ("stopped_by_operator", "The machine gets new memory tonight."))
        with self.assertRaisesRegex(RuntimeError, "no runtime rt_none runs or waits"):
            self.house.tool("runtime", "stop", "rt_none", "--reason", "none")

    def test_the_staff_sees_all_runtimes_and_nobody_else_does(self):
        self.house.tool("account", "create", "rita", "--admin", "--password-stdin", text=PASSWORD + "\n")
        rita = self.house.tool("token", "create", "--account", "rita", "--name", "tests", "--scope", "administer")
        runtime = self.ask("runtimes", self.ada, "POST", {})
        for method, path, body in (("GET", "runtimes", None), ("POST", "runtimes/stop", {"runtime": runtime["id"], "reason": "x"}), ("GET", "tiers", None), ("GET", "groups", None),
                                   ("POST", "tiers/grant", {"account": "bob", "tier": "paid", "reason": "x"}), ("POST", "units", {"account": "bob", "units": 1, "reason": "x"})):
            self.assertEqual(ask(f"{self.house.url}api/staff/{path}", self.bob, method, body)[0], 403, path)
            self.assertEqual(ask(f"{self.house.url}api/staff/{path}", "", method, body)[0], 401, path)
        seen = self.ask("staff/runtimes", rita)
        self.assertEqual([(one["account"], one["state"]) for one in seen["runtimes"]], [("ada", "ready")])
        self.assertEqual(ask(f"{self.house.url}api/staff/tiers/grant", rita, "POST", {"tier": "paid", "reason": "x"})[0], 400)
        self.assertEqual(ask(f"{self.house.url}api/staff/runtimes/stop", rita, "POST", {"runtime": runtime["id"], "reason": "new memory"})[0], 204)
        self.assertEqual(self.ask("runtimes", self.ada)[0]["message"], "new memory")
        ordered = next(event for event in self.ask("staff/audit", rita)["events"] if event["name"] == "runtime.stop_ordered")
        self.assertEqual(json.loads(ordered["detail"]), {"by": "rita", "reason": "new memory"})

    def test_a_tier_is_given_with_a_reason_and_counts_units(self):
        self.assertEqual(self.ask("quota", self.bob)["tier"]["title"], "Free")
        with self.assertRaisesRegex(RuntimeError, "there is no tier 'gold'; there are brief, free, paid"):
            self.house.tool("tier", "grant", "gold", "--account", "bob", "--reason", "asked")
        with self.assertRaisesRegex(RuntimeError, "there is no account 'nobody'"):
            self.house.tool("tier", "grant", "paid", "--account", "nobody", "--reason", "asked")
        self.house.tool("tier", "grant", "paid", "--account", "bob", "--days", "30", "--reason", "a course")
        quota = self.ask("quota", self.bob)
        self.assertEqual((quota["tier"]["title"], quota["tier_reason"], quota["tier"]["units"]), ("Paid", "a course", 40))
        self.assertEqual(len(quota["days"]), 14)
        runtime = self.ask("runtimes", self.bob, "POST", {})
        self.assertEqual((runtime["tier"], runtime["cpu"]["limit"]), ("paid", 0.5))
        self.assertIsNotNone(runtime["outlook"]["units_end_at"])
        self.house.tool("units", "give", "-50", "--account", "bob", "--reason", "a test of the end")
        self.ask(f"runtimes/{runtime['id']}", self.bob, "DELETE")
        status, refusal = ask(f"{self.house.url}api/runtimes", self.bob, "POST", {})
        self.assertEqual(status, 429)
        self.assertRegex(refusal["message"], "your 40.0 compute units of this period are used up; they are full again on 20")
        usage = until("the run in the ledger", lambda: [one for one in self.ask("quota/usage", self.bob) if one.get("runtime") == runtime["id"]])
        self.assertEqual(usage[0]["tier"], "paid")
        self.assertIn("a test of the end", ask(f"{self.house.url}api/quota/usage.csv", self.bob)[1])
        self.house.tool("tier", "grant", "free", "--account", "bob", "--reason", "the course is over")
        self.assertEqual(self.ask("runtimes", self.bob, "POST", {})["state"], "ready")

    def test_a_runtime_in_which_nothing_runs_ends_announced_and_says_so_and_one_that_works_does_not(self):
        self.house.tool("tier", "grant", "brief", "--account", "ada", "--reason", "a test")
        kernel = Kernel(self.house.url, self.ada)
        self.addCleanup(kernel.socket.close)
        self.assertIn("done", kernel.run("import time; time.sleep(40); print('done')"))  # silent, and longer than the idle time
        runtime = until("its end to be announced", lambda: next((one for one in self.ask("runtimes", self.ada) if (one.get("outlook") or {}).get("idle_ends_at")), None))
        self.assertEqual(ask(f"{self.house.url}api/runtimes/{runtime['id']}/keep", self.ada, "POST", {})[0], 204)
        self.assertEqual(ask(f"{self.house.url}api/runtimes/{runtime['id']}/keep", self.bob, "POST", {})[0], 404)
        until("its end", lambda: [one["state"] for one in self.ask("runtimes", self.ada)] == ["stopped"], 120)
        ended = self.ask("runtimes", self.ada)[0]
        self.assertEqual(ended["reason"], "idle")
        self.assertRegex(ended["message"], r"Nothing had run here for \d+ seconds, so the runtime was stopped. Notebooks and files on the drive are kept")
        self.house.tool("tier", "grant", "free", "--account", "ada", "--reason", "the test is over")

    def test_a_mistake_in_the_file_of_the_tiers_changes_nothing_and_says_where_it_is(self):
        file = Path(self.house.data, "tiers.toml")

        def restore():
            file.write_text(TIERS)
            self.house.tool("tier", "read")
        self.addCleanup(restore)
        file.write_text(TIERS + "memmory = \"1 GB\"\n")
        with self.assertRaisesRegex(RuntimeError, r"tiers.toml:14: unknown setting 'memmory'; known are title, memory"):
            self.house.tool("tier", "read")
        self.assertIn("Paid", self.house.tool("tier", "list"))
        file.write_text(TIERS.replace("Paid", "Gold"))
        self.assertIn("Gold", self.house.tool("tier", "read"))


class Starting(unittest.TestCase):
    def test_with_tiers_that_cannot_be_read_is_refused_with_file_and_line(self):
        def put_tiers(data):
            Path(data, "tiers.toml").write_text("[tier.free]\ncpus = 0\n")
            Path(data, "tiers.toml").chmod(0o644)
        with self.assertRaisesRegex(RuntimeError, "tiers.toml:1: tier free: cpus is 0; allowed are 0.05 to 1024"):
            House(prepare=put_tiers)
