"""What allmende-node promises to the server, over its real link and with real sandboxes; the agent inside is a stand-in."""
import http.client
import os
import signal
import socket
import stat
import threading
import unittest
from pathlib import Path

import websocket

from node_link import GREETING, LIMITS, MB, SERVER_USER, Link, Node, Refused, lives, new_id, pid_of_agent, run_inside, tell_agent, until


class OneNode(unittest.TestCase):
    """Tests that share a node."""

    @classmethod
    def setUpClass(cls):
        cls.node = cls.enterClassContext(Node())

    def setUp(self):
        self.link = None
        self.link = self.relink()

    def tearDown(self):
        self.link = self.relink()
        for runtime in self.link.running():
            self.link.stop(runtime, grace_ms=0)
        self.assertEqual(self.node.groups(), [])

    def relink(self, greeting=GREETING):
        """A link in place of the one that every test has: there is one at a time, until the node has seen the end of the last."""
        if self.link:
            self.link.close()

        def link():
            try:
                return self.enterContext(Link(self.node, greeting))
            except websocket.WebSocketBadStatusException:
                return None
        return until("the node to take another link", link)

    def assertRefused(self, reason, words, call, *arguments, **named):
        with self.assertRaises(Refused) as refused:
            call(*arguments, **named)
        self.assertEqual(refused.exception.reason, reason)
        self.assertIn(words, refused.exception.message)

    def assertCloses(self, link, code, words):
        with self.assertRaises(ConnectionError) as closed:
            while True:
                link.receive()
        self.assertTrue(str(closed.exception).startswith(f"{code} "), closed.exception)
        self.assertIn(words, str(closed.exception))


class TheLink(OneNode):
    def test_is_open_to_the_servers_user_alone(self):
        status = os.stat(self.node.socket)
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        self.assertEqual(Path(self.node.socket).owner(), SERVER_USER)

    def test_greets_with_its_version(self):
        self.assertEqual((self.link.hello["major"], self.link.hello["program"].split()[0]), (1, "allmende-node"))

    def test_is_one_at_a_time(self):
        with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
            Link(self.node)
        self.assertEqual(refused.exception.status_code, 409)
        self.assertEqual(self.link.running(), set())

    def test_refuses_another_version_in_words_for_the_operator(self):
        link = self.relink('{"hello": {"major": 2, "minor": 0, "program": "allmende-server 9"}}')
        self.assertCloses(link, 4409, "allmende-server 9 speaks version 2.0")

    def test_refuses_whoever_does_not_greet_first(self):
        link = self.relink(None)
        link.send("list_runtimes")
        link.socket.recv()  # the node's own greeting
        self.assertCloses(link, 4400, "must be a hello")

    def test_refuses_a_second_greeting(self):
        self.link.say('{"hello": {"major": 1, "minor": 0, "program": "test"}}')
        self.assertCloses(self.link, 4400, "a second hello")

    def test_refuses_what_is_no_json(self):
        self.link.say("]")
        self.assertCloses(self.link, 4400, "JSON")

    def test_refuses_json_as_deep_as_a_well(self):
        self.link.say("[" * 100_000)
        self.assertCloses(self.link, 4400, "")

    def test_refuses_binary_frames(self):
        self.link.socket.send_binary(b"\0\1")
        self.assertCloses(self.link, 4400, "a binary frame")

    def test_refuses_texts_larger_than_any_ask(self):
        with self.assertRaises(BrokenPipeError):  # before all of it was sent
            self.link.say('{"ask": "' + "x" * 16 * MB + '"}')
        frame = self.link.socket.recv_frame()
        self.assertEqual((frame.opcode, int.from_bytes(frame.data[:2], "big")), (websocket.ABNF.OPCODE_CLOSE, 1009))

    def test_answers_an_ask_it_does_not_know_and_goes_on(self):
        self.assertRefused("invalid_input", "the link knows no 'format_disk'", self.link.ask, "format_disk")
        self.assertRefused("invalid_input", "unknown field 'start_runtime.shell'", self.link.ask, "start_runtime", {"shell": "rm -rf /"})
        self.assertRefused("invalid_input", "is no runtime id", self.link.ask, "stop_runtime", {"id": "../../etc"})
        self.assertEqual(self.link.running(), set())

    def test_answers_thousands_of_asks_sent_without_waiting(self):
        sender = threading.Thread(target=lambda: [self.link.send("list_runtimes") for _ in range(3000)])
        sender.start()
        for number in range(1, 3001):
            self.assertEqual(self.link.answer(number), {"runtimes": []})
        sender.join()

    def test_holds_back_whoever_asks_and_never_reads_and_is_free_again_when_they_go(self):
        self.link.socket.settimeout(0.5)
        with self.assertRaises(websocket.WebSocketTimeoutException):
            for _ in range(1_000_000):
                self.link.send("list_runtimes")
        self.assertLess(self.link.number, 10_000)
        self.link.socket.sock.close()
        self.link = self.relink()
        self.assertEqual(self.link.running(), set())

    def test_is_nothing_but_a_link(self):
        connection = http.client.HTTPConnection("node")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.node.socket)
        connection.request("GET", "/api/runtimes")
        self.assertEqual(connection.getresponse().status, 404)
        connection.close()


class ARuntime(OneNode):
    def test_starts_and_is_told_with_its_socket_and_limits(self):
        runtime = self.link.start()
        self.assertEqual(runtime["limits"], LIMITS)
        self.assertEqual(runtime["owner"], "tester")
        self.assertEqual(run_inside(runtime, "id", "-un").strip(), "allmende")
        status = os.stat(runtime["socket"])
        self.assertEqual((stat.S_IMODE(status.st_mode), Path(runtime["socket"]).owner()), (0o600, "allmende"))
        self.assertEqual(self.link.ask("list_runtimes")["runtimes"], [runtime])
        self.link.stop(runtime["id"])

    def test_that_is_stopped_ends_once_with_nothing_left(self):
        runtime = self.link.start()
        ended = self.link.stop(runtime["id"])
        self.assertEqual((ended["reason"], ended["sentence"]), ("stopped", "The runtime was stopped."))
        self.assertEqual(self.link.event("runtime_ended", runtime["id"]), {"event": "runtime_ended", **ended})
        self.assertEqual(self.node.groups(), [])
        self.assertFalse(os.path.exists(os.path.dirname(runtime["socket"])))
        self.assertRefused("not_found", "does not run here", self.link.stop, runtime["id"])
        self.assertEqual(self.link.events, [])

    def test_that_two_stop_at_once_ends_once_and_both_hear(self):
        runtime = self.link.start()
        first = self.link.send("stop_runtime", {"id": runtime["id"]})
        second = self.link.send("stop_runtime", {"id": runtime["id"], "grace_ms": 0})
        self.assertEqual(self.link.answer(first), self.link.answer(second))
        self.link.event("runtime_ended", runtime["id"])
        self.assertEqual(self.link.running(), set())
        self.assertEqual(self.link.events, [])

    def test_that_is_stopped_while_it_starts_is_started_and_ended(self):
        runtime = new_id()
        start = self.link.send("start_runtime", {"id": runtime, "owner": "tester", "python": "/usr", "limits": LIMITS})
        stop = self.link.send("stop_runtime", {"id": runtime})
        self.assertEqual(self.link.answer(start)["id"], runtime)
        self.assertEqual(self.link.answer(stop)["reason"], "stopped")
        self.link.event("runtime_ended", runtime)

    def test_that_does_not_heed_its_end_is_killed_after_the_grace(self):
        runtime = self.link.start()
        agent = pid_of_agent(self.node, runtime)
        os.kill(agent, signal.SIGSTOP)
        self.assertEqual(self.link.stop(runtime["id"], grace_ms=50)["reason"], "stopped")
        self.assertFalse(lives(agent))

    def test_that_runs_already_is_not_started_again(self):
        runtime = self.link.start()
        self.assertRefused("conflict", "runs already", self.link.start, runtime["id"])
        self.assertEqual(run_inside(runtime, "echo", "unharmed"), "unharmed\n")
        self.link.stop(runtime["id"])

    def test_that_cannot_be_is_refused_with_the_range_and_leaves_nothing(self):
        self.assertRefused("invalid_input", "memory is 1 MiB; allowed are 64 to", self.link.start, memory_bytes=MB)
        self.assertRefused("invalid_input", "processes; allowed are 16 to", self.link.start, pids=-1)
        self.assertRefused("invalid_input", "lifetime is 0 s", self.link.start, lifetime_s=0)
        self.assertRefused("invalid_input", "is no Python environment", self.link.start, python="/etc/../usr")
        self.assertRefused("invalid_input", "is no Python environment", self.link.start, python="/root")
        self.assertRefused("invalid_input", "grace_ms is -1", self.link.stop, new_id(), grace_ms=-1)
        self.assertEqual(list(Path(self.node.data, "runtimes").glob("rt_*")), [])

    def test_outlives_the_link_and_its_end_waits_for_the_next_one(self):
        runtime, other = self.link.start(), self.link.start()
        self.link.close()
        agent = pid_of_agent(self.node, runtime)
        tell_agent(runtime, {"exit": 7})
        until("the end of the runtime", lambda: not lives(agent) and not os.path.exists(runtime["socket"]))
        self.link = self.relink()
        ended = self.link.event("runtime_ended", runtime["id"])
        self.assertEqual(ended["reason"], "exited")
        self.assertIn("status 7", ended["sentence"])
        self.assertEqual(self.link.running(), {other["id"]})
        self.assertEqual(run_inside(other, "echo", "alive"), "alive\n")
        self.link.stop(other["id"])
        self.link.event("runtime_ended", other["id"])
        self.link = self.relink()
        self.assertEqual(self.link.running(), set())
        self.assertEqual(self.link.events, [])

    def test_that_reaches_its_lifetime_is_stopped_and_the_person_told_how_long_it_was(self):
        runtime = self.link.start(lifetime_s=1)
        ended = self.link.event("runtime_ended", runtime["id"])
        self.assertEqual((ended["reason"], ended["sentence"]),
                         ("lifetime", "The runtime was stopped because it reached its longest lifetime of 1 s."))

    def test_whose_agent_an_operator_kills_says_so(self):
        runtime = self.link.start()
        os.kill(pid_of_agent(self.node, runtime), signal.SIGKILL)
        ended = self.link.event("runtime_ended", runtime["id"])
        self.assertEqual((ended["reason"], ended["sentence"]),
                         ("killed", "The runtime ended because its agent was killed by signal 9 (SIGKILL)."))

    def test_tells_of_a_process_that_was_killed_for_memory_with_limit_and_peak(self):
        runtime = self.link.start(memory_bytes=128 * MB)
        hog = tell_agent(runtime, {"argv": ["python3", "-c", "x = b'x' * (400 << 20)"]})
        self.assertEqual(hog["status"], -signal.SIGKILL)
        news = self.link.event("memory_ran_out", runtime["id"])
        self.assertEqual(news["kills"], 1)
        self.assertGreater(news["memory_peak_bytes"], 100 * MB)
        self.assertIn("it may use 128 MB, and 128 MB were in use", news["sentence"])
        self.assertEqual(run_inside(runtime, "echo", "alive"), "alive\n")
        self.assertEqual(self.link.ask("read_usage", {"id": runtime["id"]})["memory_kills"], 1)
        self.assertEqual(self.link.stop(runtime["id"])["reason"], "stopped")

    def test_that_ends_whole_for_memory_says_so_with_limit_and_peak(self):
        runtime = self.link.start(memory_bytes=128 * MB)
        tell_agent(runtime, {"hog": 400 * MB})
        ended = self.link.event("runtime_ended", runtime["id"])
        self.assertEqual(ended["reason"], "out_of_memory")
        self.assertIn("its memory ran out: it may use 128 MB, and 128 MB were in use", ended["sentence"])

    def test_is_measured_from_outside(self):
        runtime = self.link.start()
        run_inside(runtime, "sh", "-c", "head -c 20000000 /dev/zero > /content/zeros; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
        usage = self.link.ask("read_usage", {"id": runtime["id"]})
        self.assertEqual((usage["memory_limit_bytes"], usage["pids_limit"], usage["disk_limit_bytes"], usage["cpus"]), (256 * MB, 64, 64 * MB, 1))
        self.assertGreaterEqual(usage["disk_bytes"], 20_000_000)
        self.assertGreater(usage["cpu_s"], 0.05)
        self.assertGreaterEqual(usage["pids"], 1)
        self.assertLess(usage["memory_bytes"], usage["memory_peak_bytes"])
        self.link.stop(runtime["id"])
        self.assertRefused("not_found", "does not run here", self.link.ask, "read_usage", {"id": runtime["id"]})

    def test_that_prints_without_end_fills_no_log(self):
        runtime = self.link.start()
        before = len(self.node.log())
        tell_agent(runtime, {"print": 200_000})
        self.link.stop(runtime["id"])
        said = self.node.log()[before:]
        self.assertIn('"line":"line 0"', said)
        self.assertIn(f'"runtime":"{runtime["id"]}"', said)
        self.assertIn("agent.said_too_much", said)
        self.assertLess(said.count("agent.said\""), 400)

    def test_is_not_alone_sixteen_start_and_end_at_once(self):
        numbers = [self.link.send("start_runtime", {"id": new_id(), "owner": "tester", "python": "/usr", "limits": LIMITS}) for _ in range(16)]
        runtimes = [self.link.answer(number) for number in numbers]
        self.assertEqual(len({run_inside(runtime, "cat", "/proc/self/uid_map").split()[1] for runtime in runtimes}), 16)
        stops = [self.link.send("stop_runtime", {"id": runtime["id"]}) for runtime in runtimes]
        self.assertEqual({self.link.answer(number)["reason"] for number in stops}, {"stopped"})
        self.assertEqual(self.node.groups(), [])


class ANode(unittest.TestCase):
    def test_that_is_stopped_ends_its_runtimes_and_says_so(self):
        with Node() as node, Link(node) as link:
            runtime = link.start()
            node.process.send_signal(signal.SIGTERM)
            ended = link.event("runtime_ended", runtime["id"])
            self.assertEqual(ended["reason"], "node_stopped")
            self.assertEqual(node.process.wait(30), 0)

    def test_that_was_killed_leaves_what_the_next_one_goes_on_with(self):
        with Node() as node:
            with Link(node) as link:
                kept, lost = link.start(), link.start()
                agent, dead = pid_of_agent(node, kept), pid_of_agent(node, lost)
            node.kill()
            os.kill(dead, signal.SIGKILL)
            until("the agent to be gone", lambda: not lives(dead))
            node.start()
            self.assertTrue(lives(agent))
            with Link(node) as link:
                self.assertEqual(link.running(), {kept["id"]})
                self.assertNotIn(lost["id"], " ".join(node.groups()))
                link.stop(kept["id"], grace_ms=0)
                self.assertEqual(link.event("runtime_ended", kept["id"])["reason"], "stopped")
                self.assertFalse(lives(agent))

    def test_that_is_told_to_leaves_what_runs_to_the_next_one(self):
        with Node() as node:
            with Link(node) as link:
                runtime = link.start()
                agent = pid_of_agent(node, runtime)
            node.process.send_signal(signal.SIGHUP)
            self.assertEqual(node.process.wait(30), 0)
            self.assertTrue(lives(agent))
            node.start()
            with Link(node) as link:
                self.assertEqual(link.running(), {runtime["id"]})

    def test_is_alone_in_its_data_directory(self):
        with Node() as node:
            first = node.process
            with self.assertRaises(RuntimeError) as refused:
                node.start()
            node.process = first
            self.assertIn("another allmende-node serves", str(refused.exception))

    def test_that_cannot_start_says_why(self):
        with self.assertRaises(RuntimeError) as refused:
            Node(agent="/no/such/agent")
        self.assertIn("the agent's program /no/such/agent is missing", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
