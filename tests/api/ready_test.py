"""Runtimes that wait, with a kernel, for whoever comes next: given at once, whole, and nobody's before."""
import json
import os
import signal
import unittest
from pathlib import Path

from client import Kernel, ask, until
from house import House


class Waiting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = cls.enterClassContext(House("--runtimes-ready", "1", "--runtime-memory", "512 MB"))
        cls.people = 0

    def token(self):
        """Of a new account."""
        type(self).people += 1
        name = f"person{self.people}"
        self.house.tool("account", "create", name, "--password-stdin", text="correct horse battery\n")
        return self.house.tool("token", "create", "--account", name, "--name", "tests")

    def events(self, *names):
        """What the log says of those events, oldest first."""
        lines = (json.loads(line) for line in self.house.log().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] in names]

    def waiting(self):
        """Sandboxes that wait with a kernel, by their folders' names."""
        folders = [path for path in Path(self.house.data, "runtimes").glob("rt_*") if not (path / "kept.json").exists()]
        return [path.name for path in folders if self.kernels_in(path.name)]

    def kernels_in(self, sandbox):
        groups = [path for path in Path("/sys/fs/cgroup").rglob(sandbox) if (path / "pids.current").exists()]
        pids = (groups[0] / "cgroup.procs").read_text().split() if groups else []
        return [pid for pid in pids if b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def start(self, path=None):
        """A kernel of a new person, and their token; the runtime ends with the test."""
        token = self.token()
        kernel = Kernel(self.house.url, token)
        self.addCleanup(self.stop, token)
        self.addCleanup(kernel.socket.close)
        return kernel, token

    def stop(self, token):
        for runtime in ask(self.house.url + "api/runtimes", token)[1]:
            if runtime["state"] != "stopped":
                ask(f"{self.house.url}api/runtimes/{runtime['id']}", token, "DELETE")

    def start_ready(self):
        """The same of one that waited; what waits at first may be of another kind, or be nothing."""
        for _ in range(3):
            kernel, token = self.start()
            if self.events("runtime.started")[-1]["was_ready"]:
                return kernel, token
            kernel.socket.close()
            self.stop(token)
            until("a runtime to wait", self.waiting)
        raise AssertionError("no runtime was ready")

    def test_is_given_with_its_kernel_and_is_what_another_would_have_been(self):
        warm, token = self.start_ready()
        cold = Kernel(self.house.url, token)  # a second one in the same runtime
        self.addCleanup(cold.socket.close)
        seen = ("import json, os, resource, sys; print(json.dumps([sorted(name for name in os.environ if name != 'JPY_SESSION_NAME'), os.getcwd(), sys.executable, os.listdir('/content'),"
                " os.listdir('/content/drive/MyDrive'), os.getuid(), os.environ['ALLMENDE_MEMORY_LIMIT'], open('/proc/self/cgroup').read().count('rt_'), len(dir())]))")
        self.assertEqual(json.loads(warm.run(seen)), json.loads(cold.run(seen)))
        view = ask(self.house.url + "api/runtimes", token)[1][0]
        self.assertEqual((view["state"], view["tier"], view["kernels"], view["memory"]["limit"]), ("ready", "free", 2, 512 << 20))
        self.assertEqual(ask(f"{self.house.url}api/kernels/{warm.id}", token)[1]["execution_state"], "idle")

    def test_counts_its_first_cell_as_the_first(self):
        warm, _ = self.start_ready()
        number = warm.send("_ih, get_ipython().execution_count")
        while True:
            kind, content, about = warm.heard()
            if about == number and kind == "execute_reply":
                break
        self.assertEqual(warm.run("print(len(get_ipython().user_ns['_ih']), 'os' in globals())"), "1 False\n")

    def test_shows_its_person_their_files(self):
        self.start_ready()
        until("a runtime to wait", self.waiting)
        token = self.token()
        ask(f"{self.house.url}api/contents/own.txt", token, "PUT", {"type": "file", "format": "text", "content": "mine"})
        kernel = Kernel(self.house.url, token)
        self.addCleanup(self.stop, token)
        self.addCleanup(kernel.socket.close)
        self.assertTrue(self.events("runtime.started")[-1]["was_ready"])
        self.assertEqual(kernel.run("print(open('/content/drive/MyDrive/own.txt').read())"), "mine\n")

    def test_is_restarted_and_ended_like_any_other_with_all_it_started(self):
        kernel, token = self.start_ready()
        kernel.run("import subprocess; child = subprocess.Popen(['sleep', '1000'], start_new_session=True); x = 1")
        status, said = ask(f"{self.house.url}api/kernels/{kernel.id}/restart", token, "POST")
        self.assertEqual(status, 200, said)
        kernel.connect()
        self.assertEqual(kernel.run("print('x' in globals()); import subprocess; print(subprocess.run(['pgrep', '-c', 'sleep'], capture_output=True, text=True).stdout)").split(),
                         ["False", "0"])
        self.assertEqual(ask(f"{self.house.url}api/kernels/{kernel.id}", token, "DELETE")[0], 204)
        self.assertEqual(ask(f"{self.house.url}api/kernels", token)[1], [])

    def test_is_nobodys_until_then_and_yields_to_all(self):
        self.start()
        sandbox = until("a runtime to wait", self.waiting)[0]
        self.assertNotIn(sandbox, self.house.tool("runtime", "list"))
        group = next(path for path in Path("/sys/fs/cgroup").rglob(sandbox) if (path / "cpu.shares").exists() or (path / "cpu.weight").exists())
        self.assertEqual((group / ("cpu.shares" if (group / "cpu.shares").exists() else "cpu.weight")).read_text().strip() in ("1", "2"), True)

    def test_is_not_given_to_whom_another_kind_is_due(self):
        self.start()
        until("a runtime to wait", self.waiting)
        Path(self.house.data, "tiers.toml").write_text("[tier.free]\n[tier.small]\nmemory = \"256 MB\"\n")
        self.addCleanup(self.house.tool, "tier", "read")
        self.addCleanup(os.unlink, Path(self.house.data, "tiers.toml"))
        self.house.tool("tier", "read")
        token = self.token()
        self.house.tool("tier", "grant", "small", "--account", f"person{self.people}", "--reason", "a test")
        kernel = Kernel(self.house.url, token)
        self.addCleanup(self.stop, token)
        self.addCleanup(kernel.socket.close)
        self.assertFalse(self.events("runtime.started")[-1]["was_ready"])
        self.assertEqual(kernel.run("import os; print(os.environ['ALLMENDE_MEMORY_LIMIT'])").strip(), str(256 << 20))

    def test_outlives_a_crash_of_the_node_when_it_was_given_and_goes_when_not(self):
        kernel, token = self.start_ready()
        kernel.run("kept = 42")
        waiting = until("another to wait", self.waiting)[0]
        os.kill(self.house.pid_of("allmende-node"), signal.SIGKILL)
        until("what waited to be gone", lambda: not Path(self.house.data, "runtimes", waiting).exists())
        until("the runtime to be seen", lambda: ask(self.house.url + "api/runtimes", token)[1][0].get("memory"))
        self.assertEqual(kernel.run("print(kept)"), "42\n")


if __name__ == "__main__":
    unittest.main()
