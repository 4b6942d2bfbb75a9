"""What holds on the machine most people have: Debian's own kernel, cgroups of version 2, root or not."""
import os
import subprocess
import tempfile
import unittest

from client import Kernel, ask, until
from house import BIN, House

ROOT = os.geteuid() == 0
PYTHON = "/opt/allmende/python" if ROOT else os.path.expanduser("~/.local/lib/allmende/python")
MB = 1 << 20


class AMachine(unittest.TestCase):
    def test_has_all_that_matters_by_the_doctors_word(self):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as data:
            said = subprocess.run([f"{BIN}/allmende", "doctor", "--data", data], capture_output=True, text=True, timeout=120)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertIn("one was started and removed", said.stdout)

    def test_runs_code_within_its_limits_and_is_left_as_it_was(self):
        with House("--runtime-memory", "400 MB", "--runtime-disk", "150 MB", "--runtime-processes", "100") as house:
            self.assertEqual("runs without root. What is lost:" in house.log(), not ROOT)
            token = house.make_ada()
            kernel = Kernel(house.url, token)
            self.assertEqual(kernel.run("print(6 * 7)"), "42\n")
            # The disk ends, and says so.
            written = kernel.run("import errno\n"
                                 "written = 0\n"
                                 "try:\n"
                                 "    with open('/content/full', 'wb', buffering=0) as file:\n"
                                 "        while True: written += file.write(bytes(1 << 20))\n"
                                 "except OSError as error:\n"
                                 "    print(written, errno.errorcode[error.errno])\n")
            size, refusal = written.split()
            self.assertEqual(refusal, "ENOSPC")
            self.assertTrue(100 * MB < int(size) <= 150 * MB, size)
            kernel.run("import os; os.unlink('/content/full')")
            # Processes end at their number.
            started = int(kernel.run("import subprocess\n"
                                     "children = []\n"
                                     "try:\n"
                                     "    for _ in range(200): children.append(subprocess.Popen(['sleep', '600']))\n"
                                     "except OSError:\n"
                                     "    pass\n"
                                     "print(len(children))\n"
                                     "for child in children: child.kill()\n"))
            self.assertTrue(50 < started < 100, started)
            # Code is neither the agent nor anybody of the machine; of the home that Python may lie in, it sees Python alone.
            self.assertEqual(kernel.run("import sys; print(os.getuid(), os.path.exists('/home/maria/.bashrc'), sys.prefix)"), f"1000 False {PYTHON}\n")
            # Memory ends the kernel; the person hears why, and goes on.
            self.assertRegex(kernel.death("hoard = bytearray(b'x') * (1 << 30)"), "because the runtime's memory ran out")
            told = until("the runtime's message", lambda: ask(house.url + "api/runtimes", token)[1][0].get("message"))
            self.assertRegex(told, r"memory ran out: it may use 400 MB, and \d+ MB were in use")
            self.assertEqual(kernel.run("print(6 * 7)"), "42\n")

    def test_starts_without_root_only_where_that_limits_runtimes(self):
        # The cgroup of the machine's own first processes is no user's.
        outside = f"echo $$ > /sys/fs/cgroup/cgroup.procs; exec setpriv --reuid 1234 --regid 1234 --clear-groups {BIN}/allmende serve --port 0 --data /var/tmp/of-nobody"
        if not ROOT:
            self.skipTest("only root can leave a cgroup")
        os.makedirs("/var/tmp/of-nobody")
        os.chown("/var/tmp/of-nobody", 1234, 1234)
        said = subprocess.run(["bash", "-c", outside], capture_output=True, text=True, timeout=60)
        self.assertEqual(said.returncode, 8, said.stderr)
        self.assertIn("without root nothing would limit runtimes here", said.stderr)
        self.assertIn("systemd-run --user --scope", said.stderr)
