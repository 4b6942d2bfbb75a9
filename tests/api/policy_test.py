"""The rules of the commons: read by everybody, announced, asked about, acted upon from outside, and appealed against.

The rules of these tests go by programs with names of our own making, and are in force at once.
"""
import http.cookiejar
import json
import subprocess
import unittest
import urllib.request
from pathlib import Path

from client import Kernel, ask, until
from house import BIN, PASSWORD, House, database_flags
from live import LiveNotebook

TEXTS = """title = "Testing {0}"
title_de = "Test {0}"
text = "Doing {0}."
text_de = "{0} tun."
reason = "A test."
reason_de = "Ein Test."
instead = "Something else."
instead_de = "Etwas anderes."
shadow = "0s"
"""


def rule(name, more=""):
    return f"[rule.{name}]\n{TEXTS.format(name)}{more}\n"


def detector(name, of, lines):
    return f'[detector.{name}]\nrule = "{of}"\nsays = "The program {{exec.program}} runs."\nsays_de = "Das Programm {{exec.program}} läuft."\n{lines}\n'


WORDS = '[detector.words]\nrule = "asking"\npatterns = "forbidden-tool"\nsays = "A cell calls a tool."\nsays_de = "Eine Zelle ruft ein Werkzeug auf."\n'
RULES = {
    "asking.toml": rule("asking") + WORDS,
    "slowing.toml": rule("slowing", 'throttle = "cpu"') + detector("slowed", "slowing", 'tier = 3\nwhen = "exec.program is evil-slowed"'),
    "stopping.toml": rule("stopping", "alone = true") + detector("stopped", "stopping", 'tier = 3\nstops = true\nwhen = "exec.program is evil-stopped"'),
    "noting.toml": rule("noting", 'most = "notice"\nappeal = false') + detector("noted", "noting", 'tier = 2\nwhen = "exec.program is evil-noted"'),
    "watching.toml": rule("watching").replace('"0s"', '"14d"') + detector("watched", "watching", 'tier = 3\nwhen = "exec.program is evil-watched"'),
}


class Rules(unittest.TestCase):
    """An Allmende with rules of its own, and two people."""

    @classmethod
    def setUpClass(cls):
        def put_rules(data):
            cls.folder = Path(data, "rules")
            cls.folder.mkdir(mode=0o755)
            for name, text in RULES.items():
                (cls.folder / name).write_text(text)
        cls.house = House(*database_flags(), prepare=put_rules)
        cls.enterClassContext(cls.house)
        cls.ada = cls.house.make_ada()
        cls.house.tool("account", "create", "bob", "--password-stdin", text=PASSWORD + "\n")
        cls.bob = cls.house.tool("token", "create", "--account", "bob", "--name", "tests")

    def ask(self, path, token="", method="GET", body=None, expect=200):
        status, answer = ask(f"{self.house.url}api/{path}", token, method, body, patience=120)
        self.assertEqual(status, expect, answer)
        return answer

    def decisions(self, token, rule):
        return [one for one in self.ask("decisions", token) if one["rule"] == rule]

    def decided(self, token, rule, step, patience=60):
        return until(f"{rule} to {step}", lambda: next((one for one in self.decisions(token, rule) if one["step"] == step), None), patience)

    def stop_runtimes(self, token):
        for runtime in self.ask("runtimes", token):
            if runtime["state"] != "stopped":
                self.ask(f"runtimes/{runtime['id']}", token, "DELETE", expect=204)

    def kernel(self, token):
        kernel = Kernel(self.house.url, token)
        self.addCleanup(kernel.socket.close)
        return kernel

    def start(self, kernel, name):
        """A program of that name, which does nothing, in the kernel's runtime."""
        self.assertEqual(kernel.run(f"import shutil, subprocess\nshutil.copy('/bin/sleep', '/content/{name}')\n"
                                    f"p = subprocess.Popen(['/content/{name}', '600'])\nprint(p.poll())"), "None\n")


class TheRules(Rules):
    def test_are_read_by_everybody_with_reasons_and_dates(self):
        policy = self.ask("policy")
        self.assertEqual([one["id"] for one in policy["rules"]], ["asking", "noting", "slowing", "stopping", "watching"])
        self.assertNotIn("accepted", policy)
        one = policy["rules"][0]
        self.assertEqual((one["title_de"], one["reason"], one["version"], one["state"]), ("Test asking", "A test.", 1, "in_force"))
        self.assertEqual(policy["rules"][-1]["state"], "watching")
        self.assertLess(policy["rules"][-1]["binds_at"], policy["rules"][-1]["enforced_at"])
        # Nobody had signed in: whoever comes accepts them first.
        self.assertEqual(one["announced_at"], one["binds_at"])

    def test_have_a_feed(self):
        with urllib.request.urlopen(self.house.url + "policy.atom", timeout=60) as reply:
            self.assertEqual(reply.headers["Content-Type"], "application/atom+xml; charset=utf-8")
            self.assertIn("<title>Testing asking, version 1</title>", reply.read().decode())

    def test_are_accepted_up_to_a_version_that_there_is(self):
        last = self.ask("policy", self.ada)["last"]
        self.assertEqual(self.ask("policy", self.ada)["accepted"], 0)
        self.ask("policy/acceptance", self.ada, "PUT", {"up_to": last}, expect=204)
        self.ask("policy/acceptance", self.ada, "PUT", {"up_to": last}, expect=204)
        self.assertEqual(self.ask("policy", self.ada)["accepted"], last)
        self.assertIn(f"the last is {last}", self.ask("policy/acceptance", self.ada, "PUT", {"up_to": last + 1}, expect=400)["message"])
        self.ask("policy/acceptance", "", "PUT", {"up_to": last}, expect=401)


class ACell(Rules):
    def opened(self, name, *sources):
        cells = [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "outputs": [], "execution_count": None, "source": source} for at, source in enumerate(sources)]
        self.ask(f"contents/{name}", self.ada, "PUT", {"type": "notebook", "format": "json", "content": {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}, expect=201)
        live = LiveNotebook(self.house, self.ada, name)
        self.addCleanup(live.close)
        return live

    def run_cells(self, live, *cells):
        return ask(f"{self.house.url}api/documents/{live.session['fileId']}/runs", self.ada, "POST", {"cells": [{"id": cell} for cell in cells]})

    def test_that_calls_a_tool_is_asked_about_once_and_then_runs(self):
        live = self.opened("asked.ipynb", "print('one')", "# forbidden-tool is only spoken of\nprint('two')", "import os\nos.system('echo forbidden-tool --token=abc')")
        status, refusal = self.run_cells(live, "c0", "c1", "c2")
        self.assertEqual((status, refusal["reason"]), (403, "denied"))
        self.assertIn("before this cell runs there is a question", refusal["message"])
        decision = self.ask(f"decisions/{refusal['decision']}", self.ada)
        self.assertEqual((decision["step"], decision["rule"], decision["title"]), ("warning", "asking", "Testing asking"))
        finding = decision["evidence"][0]
        self.assertEqual((finding["family"], finding["tier"], finding["line"], finding["says_de"]), ("code", 1, 2, "Eine Zelle ruft ein Werkzeug auf."))
        self.assertIn("forbidden-tool", finding["excerpt"])
        self.assertNotIn("abc", finding["excerpt"])
        # None of them ran, and asking again is the same question.
        self.assertEqual([live.text_of(at) for at in range(3)], ["", "", ""])
        self.assertEqual(self.run_cells(live, "c2")[1]["decision"], refusal["decision"])
        path = f"decisions/{refusal['decision']}/answer"
        self.assertIn("allowed are run_anyway", self.ask(path, self.ada, "PUT", {"answer": "perhaps"}, expect=400)["message"])
        self.ask(path, self.bob, "PUT", {"answer": "run_anyway"}, expect=404)
        answered = self.ask(path, self.ada, "PUT", {"answer": "allowed_use", "remark": "A lesson about it."})
        self.assertEqual((answered["answer"], answered["remark"]), ("allowed_use", "A lesson about it."))
        self.assertIn("was answered already", self.ask(path, self.ada, "PUT", {"answer": "run_anyway"}, expect=409)["message"])
        self.assertEqual(self.run_cells(live, "c0", "c2")[0], 202)
        live.hear_end_of_runs()
        self.assertEqual(live.text_of(0), "one\n")
        # Not asked again while the runtime lives; and never more than asked.
        self.assertEqual(self.run_cells(live, "c2")[0], 202)
        live.hear_end_of_runs()
        self.assertEqual({one["step"] for one in self.decisions(self.ada, "asking")}, {"warning"})

    def test_that_a_stock_client_runs_is_not_held_up(self):
        kernel = self.kernel(self.bob)
        self.addCleanup(self.stop_runtimes, self.bob)
        self.assertEqual(kernel.run("import os\nos.system(': forbidden-tool')\nprint('ran')"), "ran\n")
        logged = until("it to be logged", lambda: "asking" in self.house.tool("policy", "rules") and "30 days: log 1" in self.house.tool("policy", "rules"))
        self.assertTrue(logged)
        self.assertEqual(self.decisions(self.bob, "asking"), [])


class AProgram(Rules):
    def tearDown(self):
        self.stop_runtimes(self.ada)

    def cpu_quota(self):
        """Of ada's runtime, as the kernel has it, in processors. (Other runtimes may be there: whoever called this runs some of their own.)"""
        runtime = next(one["id"] for one in self.ask("runtimes", self.ada) if one["state"] != "stopped")
        groups = [path for path in Path("/sys/fs/cgroup").rglob(runtime) if path.is_dir()]
        if group := next((path for path in groups if (path / "cpu.cfs_quota_us").exists()), None):
            return int((group / "cpu.cfs_quota_us").read_text()) / int((group / "cpu.cfs_period_us").read_text())
        quota, period = next(path for path in groups if (path / "cpu.max").exists()).joinpath("cpu.max").read_text().split()
        return int(quota) / int(period)

    def test_with_hard_evidence_slows_its_runtime_until_somebody_lifts_it(self):
        kernel = self.kernel(self.ada)
        self.assertEqual(self.cpu_quota(), 1)
        self.start(kernel, "evil-slowed")
        decision = self.decided(self.ada, "slowing", "throttle")
        self.assertEqual(decision["throttle"], "cpu")
        self.assertEqual(decision["evidence"][0]["says"], "The program evil-slowed runs.")
        until("the runtime to be slow", lambda: self.cpu_quota() == 0.1)
        runtime = self.ask("runtimes", self.ada)[0]
        self.assertEqual([one["id"] for one in runtime["decisions"]], [decision["id"]])
        self.assertEqual((runtime["state"], kernel.run("print(1)")), ("ready", "1\n"))
        self.assertEqual(self.decisions(self.bob, "slowing"), [])
        self.ask(f"decisions/{decision['id']}", self.bob, expect=404)
        self.assertIn(decision["id"], self.house.tool("policy", "decisions", "--account", "ada"))
        self.house.tool("policy", "lift", decision["id"])
        self.assertEqual(self.cpu_quota(), 1)
        self.assertEqual(self.ask(f"decisions/{decision['id']}", self.ada)["ending"], "lifted")

    def test_of_a_rule_that_is_only_watched_changes_nothing_and_is_shown_to_the_staff_alone(self):
        self.start(self.kernel(self.ada), "evil-watched")
        until("it to be logged", lambda: "(only logged)" in self.house.tool("policy", "decisions", "--rule", "watching", "--shadow"))
        self.assertEqual(self.decisions(self.ada, "watching"), [])
        self.assertEqual(self.cpu_quota(), 1)
        self.assertIn("only logged: log 1, throttle 1", self.house.tool("policy", "rules"))

    def test_z_of_a_rule_that_does_not_hold_for_its_person_is_nobodys_concern(self):
        self.assertIn("does not hold for ada for 30 days", self.house.tool("policy", "exempt", "slowing", "--account", "ada", "--days", "30", "--reason", "A course on slow programs."))
        self.assertEqual([(one["rule"], one["reason"]) for one in self.ask("policy", self.ada)["exemptions"]], [("slowing", "A course on slow programs.")])
        self.assertEqual(self.ask("policy", self.bob)["exemptions"], [])
        before = len(self.decisions(self.ada, "slowing"))
        kernel = self.kernel(self.ada)
        self.start(kernel, "evil-slowed")
        self.start(kernel, "evil-noted")
        self.decided(self.ada, "noting", "notice")  # seen by the same look
        self.assertEqual(len(self.decisions(self.ada, "slowing")), before)
        self.assertEqual(self.cpu_quota(), 1)

    def test_with_medium_evidence_brings_a_notice_and_no_appeal_where_the_rule_has_none(self):
        kernel = self.kernel(self.ada)
        self.start(kernel, "evil-noted")
        decision = self.decided(self.ada, "noting", "notice")
        self.assertFalse(decision["appealable"])
        self.assertIn("cannot be appealed", self.ask(f"decisions/{decision['id']}/appeal", self.ada, "POST", {"words": "Please."}, expect=403)["message"])

    def test_that_harms_others_ends_its_runtime_and_the_second_time_holds_the_account_until_an_appeal(self):
        kernel = self.kernel(self.ada)
        self.start(kernel, "evil-stopped")
        first = self.decided(self.ada, "stopping", "stop")
        runtime = until("the runtime to be stopped", lambda: next((one for one in self.ask("runtimes", self.ada) if one["id"] == first["runtime"] and one["state"] == "stopped"), None))
        self.assertEqual(runtime["reason"], "policy")
        self.assertIn('stopped by the rule "Testing stopping". The program evil-stopped runs. Files and notebooks are kept', runtime["message"])
        # Another one can be started at once; the second stop holds.
        kernel = self.kernel(self.ada)
        self.start(kernel, "evil-stopped")
        hold = self.decided(self.ada, "stopping", "hold")
        until("the runtime to be gone", lambda: all(one["state"] == "stopped" for one in self.ask("runtimes", self.ada)))
        refusal = self.ask("runtimes", self.ada, "POST", {}, expect=403)
        self.assertEqual((refusal["reason"], refusal["decision"]), ("denied", hold["id"]))
        self.assertIn("no runtime can be started until", refusal["message"])
        self.ask("contents", self.ada)  # files are open
        self.ask("runtimes", self.bob, "POST", {}, expect=201)
        self.stop_runtimes(self.bob)
        # A restart of the server does not forget it.
        self.assertEqual(self.house.stop(), [])
        self.house.start()
        self.ask("runtimes", self.ada, "POST", {}, expect=403)
        # The appeal: by the person alone, once, answered by somebody else, and what was done is undone.
        path = f"decisions/{hold['id']}/appeal"
        self.ask(path, self.bob, "POST", {"words": "Let ada go."}, expect=404)
        self.assertIn("needs some words", self.ask(path, self.ada, "POST", {"words": " \n"}, expect=400)["message"])
        self.ask(path, self.ada, "POST", {"words": "It was a copy of sleep."}, expect=201)
        self.assertIn("already", self.ask(path, self.ada, "POST", {"words": "Again."}, expect=409)["message"])
        self.assertIn("It was a copy of sleep.", self.house.tool("policy", "decisions", "--appeals"))
        self.house.tool("policy", "answer", hold["id"], "overturned", "--words", "So it was. We are sorry.")
        self.assertEqual(self.house.tool("policy", "decisions", "--appeals"), "")
        seen = self.ask(f"decisions/{hold['id']}", self.ada)
        self.assertEqual((seen["ending"], seen["appeal"]["outcome"], seen["appeal"]["answer"]), ("overturned", "overturned", "So it was. We are sorry."))
        self.assertEqual(self.ask(f"decisions/{first['id']}", self.ada)["step"], "stop")
        self.assertIn('A decision by the rule \\"Testing stopping\\" was overturned.', self.house.tool("audit", "list", "--name", "usage.corrected"))
        self.ask("runtimes", self.ada, "POST", {}, expect=201)


class ARestriction(Rules):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = {}
        for name in ("eve", "fay"):
            cls.house.tool("account", "create", name, "--admin", "--password-stdin", text=PASSWORD + "\n")
            cls.staff[name] = cls.house.tool("token", "create", "--account", name, "--name", "tests", "--scope", "administer")

    def propose(self, by="eve", expect=201, **wish):
        return self.ask("staff/restrictions", self.staff[by], "POST", {"account": "bob", "rule": "stopping", "for_s": 86_400, "reason": "Again and again.", **wish}, expect=expect)

    def confirm(self, by, proposed, expect):
        return self.ask(f"staff/decisions/{proposed['decision']['id']}/confirm", self.staff[by], "POST", {}, expect=expect)

    def answer(self, proposed, outcome):
        path = f"decisions/{proposed['decision']['id']}/appeal"
        self.ask(path, self.bob, "POST", {"words": "I did not know."}, expect=201)
        self.assertIn("answer the appeal first", self.confirm("fay", proposed, 409)["message"])
        self.ask(f"staff/{path}", self.staff["fay"], "PUT", {"outcome": outcome, "words": "We have looked."})

    def test_takes_two_people_and_holds_only_after_the_person_was_heard(self):
        proposed = self.propose()
        self.assertEqual((proposed["account"], proposed["proposed_by"], proposed["lasts_s"], proposed.get("confirmed_by")), ("bob", "eve", 86_400, None))
        seen = self.decisions(self.bob, "stopping")[0]
        self.assertEqual((seen["step"], seen.get("ends_at"), seen["evidence"][0]["says"]), ("restrict", None, "Again and again."))
        runtime = self.ask("runtimes", self.bob, "POST", {}, expect=201)  # nothing holds yet
        self.assertIn("takes another person", self.confirm("eve", proposed, 403)["message"])
        self.assertIn("has not been heard", self.confirm("fay", proposed, 409)["message"])
        self.answer(proposed, "upheld")
        held = self.confirm("fay", proposed, 200)
        self.assertEqual(held["confirmed_by"], "fay")
        self.assertIsNotNone(held["decision"]["ends_at"])
        ended = until("bob's runtime to be stopped", lambda: next((one for one in self.ask("runtimes", self.bob) if one["id"] == runtime["id"] and one["state"] == "stopped"), None))
        self.assertIn("two people of the staff decided", ended["message"])
        self.assertEqual(self.confirm("fay", proposed, 409)["reason"], "conflict")
        # It survives a restart; files stay open; others are not concerned.
        self.assertEqual(self.house.stop(), [])
        self.house.start()
        refusal = self.ask("runtimes", self.bob, "POST", {}, expect=403)
        self.assertIn("two people of the staff decided so", refusal["message"])
        self.assertEqual(refusal["decision"], proposed["decision"]["id"])
        self.ask("contents", self.bob)
        self.assertIn("holds for this account already", self.propose("fay", 409)["message"])
        self.ask(f"staff/decisions/{proposed['decision']['id']}/lift", self.staff["eve"], "POST", {}, expect=204)
        self.ask("runtimes", self.bob, "POST", {}, expect=201)
        self.stop_runtimes(self.bob)
        events = self.house.tool("audit", "list", "--subject", proposed["decision"]["id"])
        for name in ("restriction.proposed", "appeal.made", "appeal.answered", "restriction.confirmed", "decision.ended"):
            self.assertIn(name, events)

    def test_and_a_hold_hide_nothing_of_each_other_also_after_a_restart(self):
        for step in ("stop", "hold"):
            self.start(self.kernel(self.ada), "evil-stopped")
            hold = self.decided(self.ada, "stopping", step)
        proposed = self.propose(account="ada", for_s=30 * 86_400)
        path = f"decisions/{proposed['decision']['id']}/appeal"
        self.ask(path, self.ada, "POST", {"words": "No."}, expect=201)
        self.ask(f"staff/{path}", self.staff["fay"], "PUT", {"outcome": "upheld", "words": "Yes."})
        self.confirm("fay", proposed, 200)
        self.assertEqual(self.house.stop(), [])
        self.house.start()
        refusal = self.ask("runtimes", self.ada, "POST", {}, expect=403)
        self.assertEqual(refusal["decision"], proposed["decision"]["id"])  # it ends last
        self.ask(f"staff/decisions/{proposed['decision']['id']}/lift", self.staff["eve"], "POST", {}, expect=204)
        self.assertEqual(self.ask("runtimes", self.ada, "POST", {}, expect=403)["decision"], hold["id"])
        self.ask(f"staff/decisions/{hold['id']}/lift", self.staff["eve"], "POST", {}, expect=204)
        self.ask("runtimes", self.ada, "POST", {}, expect=201)
        self.stop_runtimes(self.ada)

    def test_that_is_taken_back_never_holds(self):
        proposed = self.propose()
        self.answer(proposed, "overturned")
        self.assertEqual(self.confirm("fay", proposed, 409)["reason"], "conflict")
        self.ask("runtimes", self.bob, "POST", {}, expect=201)
        self.stop_runtimes(self.bob)

    def test_says_what_cannot_be_proposed(self):
        self.assertIn("allowed are 3600 to", self.propose(expect=400, for_s=0)["message"])
        self.assertIn("allowed are 3600 to", self.propose(expect=400, for_s=60)["message"])
        self.assertIn("needs some words", self.propose(expect=400, reason=" ")["message"])
        self.assertIn("no account 'nobody'", self.propose(expect=404, account="nobody")["message"])
        self.assertIn("no rule 'flying'", self.propose(expect=404, rule="flying")["message"])
        self.ask("staff/restrictions", self.bob, "POST", {"account": "ada", "rule": "stopping", "for_s": 86_400, "reason": "x"}, expect=403)
        self.ask("staff/decisions/dec_0123456789abcdef0123/confirm", self.staff["fay"], "POST", {}, expect=404)


class AFolderOfRules(Rules):
    def refused(self, *arguments):
        done = subprocess.run([f"{BIN}/allmende", "--data", self.house.data, "policy", *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stdout)
        return done.stderr

    def sign_in(self, name):
        """As a browser does: the cookie against forged requests first."""
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        browser.open(self.house.url + "login", timeout=60).close()
        token = next(cookie.value for cookie in jar if cookie.name == "_xsrf")
        request = urllib.request.Request(self.house.url + "api/sign-in", method="POST", data=json.dumps({"name": name, "password": PASSWORD}).encode(),
                                         headers={"Content-Type": "application/json", "X-XSRFToken": token})
        browser.open(request, timeout=60).close()

    def write(self, name, text):
        file = self.folder / name
        before = file.read_text() if file.exists() else None
        self.addCleanup(lambda: file.write_text(before) if before is not None else file.unlink())
        file.write_text(text)

    def test_with_a_mistake_changes_nothing(self):
        before = self.ask("policy")
        self.write("asking.toml", RULES["asking.toml"] + "colour = 1\n")
        self.assertIn("asking.toml", self.refused("read"))
        self.assertEqual(self.ask("policy"), before)

    def test_that_says_something_else_needs_a_new_version_which_is_announced_before_it_holds(self):
        changed = RULES["noting.toml"].replace("Something else.", "Something quite different.")
        self.write("noting.toml", changed)
        self.assertIn("raise its version to 2", self.refused("read"))
        self.ask("policy/acceptance", self.ada, "PUT", {"up_to": self.ask("policy")["last"]}, expect=204)
        # Somebody has signed in by now: there is a notice period.
        self.sign_in("ada")
        self.assertEqual(self.house.stop(), [])
        self.write("noting.toml", changed.replace("[rule.noting]", "[rule.noting]\nversion = 2"))
        self.house.start()
        both = [one for one in self.ask("policy")["rules"] if one["id"] == "noting"]
        self.assertEqual([(one["version"], one["state"]) for one in both], [(1, "in_force"), (2, "upcoming")])
        self.assertEqual(both[0]["instead"], "Something else.")
        self.assertLess(self.ask("policy", self.ada)["accepted"], self.ask("policy", self.ada)["last"])
        self.assertIn("noting", [one["id"] for one in self.ask("policy/versions") if one["version"] == 2])

    def test_that_has_a_rule_no_longer_withdraws_it_for_good(self):
        file = self.folder / "slowing.toml"
        file.unlink()
        self.house.tool("policy", "read")
        self.assertNotIn("slowing", [one["id"] for one in self.ask("policy")["rules"]])
        self.assertEqual([(one["version"], one["state"]) for one in self.ask("policy/versions") if one["id"] == "slowing"], [(1, "withdrawn")])
        file.write_text(RULES["slowing.toml"])
        self.assertIn("the rule slowing was withdrawn with its version 1, which was published; raise its version to 2", self.refused("read"))
        file.write_text(RULES["slowing.toml"].replace("[rule.slowing]", "[rule.slowing]\nversion = 2"))
        self.house.tool("policy", "read")
        self.assertIn("slowing", [one["id"] for one in self.ask("policy")["rules"]])

    def test_is_tried_out_without_a_server(self):
        with self.subTest("the one that is shipped"):
            shipped = Path(__file__).resolve().parents[2] / "policies"
            said = self.house.tool("policy", "check", str(shipped))
            self.assertIn("8 rules", said)
            self.assertNotIn("FAIL", said)
        with self.subTest("a stream of evidence, which gives the same verdicts again"):
            lines = [{"at": 0, "began": {"runtime": "rt_1", "account": "ada", "tier": "free"}},
                     {"at": 5, "observed": {"runtime": "rt_1", "facts": {"network.spoofed": 500}}},
                     {"at": 3, "observed": {"runtime": "rt_9", "facts": {"network.spoofed": 500}}}]
            stream = Path(self.house.data, "evidence.jsonl")
            self.addCleanup(stream.unlink)
            stream.write_text("".join(json.dumps(line) + "\n" for line in lines))
            said = self.house.tool("policy", "replay", str(stream), "--folder", str(shipped))
            self.assertEqual([line.split()[2:] for line in said.splitlines()],
                             [["up", "log", "denial-of-service", "rt_1"], ["up", "stop", "denial-of-service", "rt_1"]])
            self.assertEqual(self.house.tool("policy", "replay", str(stream), "--folder", str(shipped)), said)
            stream.write_text('{"at": 0, "observed": {"runtime": "rt_1", "facts": {"colour": 1}}}\n')
            self.assertIn("line 1: there is no fact 'colour'", self.refused("replay", str(stream), "--folder", str(shipped)))


if __name__ == "__main__":
    unittest.main()
