"""A node or server that is killed or restarted: what runs goes on, nothing of it is lost, and it can be ended afterwards as ever."""
import os
import signal
import subprocess
import unittest
import uuid
from pathlib import Path

import client
from house import command_of
from network_test import GET, WORLD, grant
from person import BIN, DATA, Kernel, Person, group_of, processes_of

DRIVE = "/content/drive/MyDrive"


def pid_of(program):
    """The process of this installation that runs it; None when there is none."""
    def serves(pid):
        words = command_of(pid)
        return words and os.path.basename(words[0]) == program and DATA in words
    return next((int(pid) for pid in filter(str.isdigit, os.listdir("/proc")) if serves(pid)), None)


class WhatRuns(unittest.TestCase):
    def setUp(self):
        self.name = f"rosa-{uuid.uuid4().hex[:8]}"
        self.person = Person.new(self.name)

    def start(self, tier=None):
        if tier:
            grant(self.name, tier)
        self.kernel = Kernel(self.person)
        self.addCleanup(self.end)
        return self.kernel

    def end(self):
        self.kernel.close()
        self.person.stop_runtime()

    def crash_node(self):
        """Killed, and another is there that has seen what runs."""
        before = pid_of("allmende-node")
        os.kill(before, signal.SIGKILL)
        client.until("another node", lambda: pid_of("allmende-node") not in (None, before))
        self.await_usage()

    def await_usage(self):
        client.until("the runtime to be seen", lambda: (self.person.runtime() or {}).get("memory"))

    def test_goes_on_when_the_node_is_killed(self):
        kernel = self.start()
        kernel.run("kept = 42")
        before = self.person.runtime()
        kernel.channels.ask("import time\nfor number in range(400):\n    print(number, flush=True)\n    time.sleep(0.005)")
        self.crash_node()
        with kernel.patience():
            messages = kernel.channels.until(lambda message: message["header"]["msg_type"] == "execute_reply")
            rest = [] if any(m["content"].get("execution_state") == "idle" for m in messages) else kernel.channels.until(
                lambda message: message["content"].get("execution_state") == "idle")
        text = "".join(m["content"]["text"] for m in messages + rest if m["header"]["msg_type"] == "stream")
        self.assertEqual(text.split(), [str(number) for number in range(400)])
        self.assertEqual(kernel.value("kept"), 42)
        after = self.person.runtime()
        self.assertEqual({key: after[key] for key in ("id", "started_at", "ends_at", "state")}, {key: before[key] for key in ("id", "started_at", "ends_at", "state")})
        self.assertEqual((after["disk"]["limit"], after["memory"]["limit"]), (before["disk"]["limit"], before["memory"]["limit"]))

    def test_goes_on_when_node_and_server_are_restarted_and_new_runtimes_begin_beside_it(self):
        kernel = self.start()
        kernel.run("kept = 43")
        node, server = pid_of("allmende-node"), pid_of("allmende-server")
        subprocess.run([f"{BIN}/allmende", "--data", DATA, "restart"], stdout=subprocess.PIPE, timeout=60, check=True)
        client.until("both to be others", lambda: pid_of("allmende-node") not in (None, node) and pid_of("allmende-server") not in (None, server))
        def answers():
            try:
                return self.person.runtime() and self.person.runtime().get("memory")
            except OSError:
                return None
        client.until("the server to know what runs", answers)
        kernel.channels.socket.close()
        kernel.channels = type(kernel.channels)(self.person, kernel.id, str(uuid.uuid4()), legacy=False)
        self.assertEqual(kernel.value("kept"), 43)
        other = Person.new(f"rita-{uuid.uuid4().hex[:8]}")
        beside = Kernel(other)
        self.addCleanup(other.stop_runtime)
        self.addCleanup(beside.close)
        self.assertEqual(beside.value("6 * 7"), 42)
        self.assertNotEqual(os.stat(f"/proc/{processes_of(beside.runtime)[0]}").st_uid, os.stat(f"/proc/{processes_of(kernel.runtime)[0]}").st_uid)

    def test_is_still_limited_and_ends_without_a_trace(self):
        kernel = self.start("small")
        runtime, agent = kernel.runtime, processes_of(kernel.runtime)[0]
        kernel.run("os.rename('/content/drive', '/content/moved away')")
        self.crash_node()
        kernel.run("open('/content/moved away/MyDrive/large', 'wb').truncate(64 << 20); sum(range(10 ** 7))")
        client.until("the drive to be closed", lambda: "MyDrive ro," in Path(f"/proc/{agent}/mountinfo").read_text())
        self.person.stop_runtime()
        self.assertEqual(self.person.ended(runtime)["reason"], "stopped")
        self.assertIsNone(group_of(runtime))
        self.assertFalse(Path(DATA, "runtimes", runtime).exists())
        client.until("its disk to be free", lambda: runtime not in subprocess.run(["losetup", "--list"], capture_output=True, text=True).stdout)

    def test_that_ended_while_no_node_was_there_is_told_to_have_ended(self):
        kernel = self.start()
        node, agent = pid_of("allmende-node"), processes_of(kernel.runtime)[0]
        os.kill(node, signal.SIGSTOP)  # so that it sees nothing of what follows
        os.kill(agent, signal.SIGKILL)
        os.kill(node, signal.SIGKILL)
        client.until("the end", lambda: self.person.ended(kernel.runtime))
        self.assertIn(self.person.ended(kernel.runtime)["reason"], ("engine_gone", "exited", "killed"))
        self.assertEqual(self.start().value("6 * 7"), 42)

    @unittest.skipUnless(WORLD, "there is no world beside this machine: run tests/sandbox/run")
    def test_reaches_the_world_again(self):
        kernel = self.start("out")
        self.assertEqual(kernel.value(GET.format("web.test/hello")), "hello from outside")
        self.crash_node()
        client.until("the world", lambda: kernel.value("refusal(connect, ('203.0.113.10', 80))") == "allowed")
        self.assertEqual(kernel.value(GET.format("web.test/hello")), "hello from outside")
        self.assertEqual(kernel.value("refusal(connect, ('10.9.0.1', 80))"), "EHOSTUNREACH")


if __name__ == "__main__":
    unittest.main()
