"""What notebook code that takes all there is does to itself, and to nobody else: processes, memory, disk and time have bounds, the person is told
which one was met, and nothing stays behind. Each test has a runtime of its own.
"""
import ctypes
import os
import re
import shutil
import time
import unittest
import uuid
from pathlib import Path

from person import DATA, Kernel, Person, command_of, image_of, processes_of, until

ADA = os.environ["ALLMENDE_TOKEN"]
MB = 1 << 20
C = ctypes.CDLL(None, use_errno=True)
KILLED_FOR_MEMORY = r"^The kernel was (killed by signal 9 \(SIGKILL\), most likely|ended) because the runtime's memory ran out\.$"


class Exhausted(unittest.TestCase):
    def setUp(self):
        self.ada = Person(ADA)
        self.addCleanup(self.assertNothingIsLeft)
        self.kernel = Kernel(self.ada)
        self.addCleanup(self.kernel.close)
        self.runtime = self.ada.runtime()
        self.inside = processes_of(self.kernel.runtime)
        self.assertGreater(len(self.inside), 1)

    def assertNothingIsLeft(self):
        """The runtime's end is the end of every process, of its disk and of its socket; and the next runtime starts."""
        runtime = self.runtime["id"]
        self.ada.stop_runtime()
        self.assertEqual([path for path in Path("/sys/fs/cgroup").rglob(runtime) if path.is_dir()], [])
        self.assertFalse((Path(DATA) / "runtimes" / runtime).exists())
        self.assertServerAnswers()

    def assertServerAnswers(self):
        for path in ("healthz", "readyz", "api/status"):
            self.assertEqual(self.ada.ask("GET", path)[0], 200, path)

    def assertWorks(self, kernel):
        self.assertEqual(kernel.value("6 * 7"), 42)

    def assertAnotherWorks(self):
        kernel = Kernel(self.ada)
        self.addCleanup(kernel.close)
        self.assertWorks(kernel)

    def used(self, what):
        return self.ada.runtime()[what]["used"]


class Processes(Exhausted):
    def test_end_at_the_limit_with_the_error_that_says_so(self):
        limit = self.runtime["processes"]["limit"]
        self.kernel.run("children = []\n"
                        "def crowd():\n"
                        "    while True:\n"
                        "        child = os.fork()\n"
                        "        if child == 0:\n"
                        "            signal.pause()\n"
                        "        children.append(child)\n")
        crowd, children, another = self.kernel.value("[refusal(crowd), len(children), refusal(subprocess.run, ['true'])]")
        self.assertEqual((crowd, another), ("EAGAIN", "EAGAIN"))
        self.assertLess(children, limit)
        self.assertEqual(self.used("processes"), limit)
        self.assertServerAnswers()
        for one in ("api/kernels", "api/terminals"):
            status, said = self.ada.ask("POST", one, {})
            self.assertEqual((status, said["reason"]), (429, "over_limit"))
            self.assertIn("no more processes can be started (Resource temporarily unavailable); end some that run, or restart the runtime", said["message"])
        self.kernel.shut_down()
        self.assertEqual(self.programs(), ["agent"])
        self.assertAnotherWorks()

    def test_that_fork_without_end_are_bounded_and_end_with_their_kernel(self):
        self.bomb()
        self.kernel.shut_down()
        self.assertEqual(self.programs(), ["agent"])
        self.assertAnotherWorks()

    def test_that_fork_without_end_end_with_their_runtime(self):
        self.bomb()
        self.ada.stop_runtime()
        ended = self.ada.ended(self.runtime["id"])
        self.assertEqual((ended["reason"], ended["message"]), ("stopped", "The runtime was stopped."))
        self.assertAnotherWorks()

    def bomb(self):
        limit = self.runtime["processes"]["limit"]
        self.kernel.channels.ask("if os.fork() == 0:\n"
                                 "    while True:\n"
                                 "        try:\n"
                                 "            os.fork()\n"
                                 "        except OSError:\n"
                                 "            pass\n")
        until("the bomb to fill its runtime", lambda: self.used("processes") > limit * 0.9)
        self.assertLessEqual(self.used("processes"), limit)
        self.assertServerAnswers()

    def programs(self):
        """What runs in the runtime, as the machine sees it."""
        return [os.path.basename(command_of(pid)[0]) for pid in processes_of(self.runtime["id"])]

    def test_of_a_kernel_end_with_it_even_behind_a_double_fork(self):
        marker = f"marker-{uuid.uuid4().hex}"
        self.assertEqual(len(self.kernel.value(f"make_daemon('{marker}', None)")), 1)
        self.kernel.run("subprocess.Popen(['sleep', '1000'], start_new_session=True)\nsubprocess.Popen('sleep 1000 & sleep 1000', shell=True)")
        self.assertGreater(len(processes_of(self.kernel.runtime)), len(self.inside) + 3)
        self.kernel.shut_down()
        self.assertEqual(self.programs(), ["agent"])

    def test_that_deny_their_kernel_end_with_the_runtime(self):
        marker = f"marker-{uuid.uuid4().hex}"
        self.assertEqual(len(self.kernel.value(f"make_daemon('{marker}', {{}})")), 1)
        self.kernel.shut_down()
        inside = processes_of(self.kernel.runtime)
        self.ada.stop_runtime()
        self.assertEqual([pid for pid in inside if Path(f"/proc/{pid}").exists()], [])

    def test_are_killed_all_at_once_without_harm_to_the_agent(self):
        self.assertRegex(self.kernel.death("os.fork() or signal.pause()\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)"), r"^The kernel was killed by signal 9 \(SIGKILL\)")
        self.assertWorks(self.kernel)
        self.assertEqual(self.ada.runtime()["id"], self.runtime["id"])


class Memory(Exhausted):
    def test_that_a_kernel_takes_ends_it_and_the_person_is_told_why(self):
        self.assertRegex(self.kernel.death("hoard = bytearray(1 << 30)"), KILLED_FOR_MEMORY)
        told = until("the runtime's message", lambda: self.ada.runtime().get("message"))
        self.assertEqual(self.ada.runtime()["reason"], "memory_ran_out")
        self.assertRegex(told, r"^The runtime's memory ran out: it may use 384 MB, and 38\d MB were in use\. One process was ended because of that so far\.$")
        self.assertWorks(self.kernel)  # it was started again, under the same id, in the same runtime
        self.assertEqual(self.ada.runtime()["id"], self.runtime["id"])

    def test_that_ran_out_is_told_with_the_biggest_variables(self):
        self.kernel.run("import numpy\ntable = numpy.ones(12 << 20)\npictures = [bytes(1 << 20) for _ in range(40)]\nsmall = 1")
        self.assertRegex(self.kernel.death("hoard = bytearray(1 << 30)"),
                         r"memory ran out\. The biggest variables after the last cell that ended: table \(96 MB\), pictures \(40 MB\)\.$")
        self.kernel.run("small = 1")  # the next process knows nothing of that
        self.assertRegex(self.kernel.death("hoard = bytearray(1 << 30)"), KILLED_FOR_MEMORY)

    def test_that_a_child_takes_ends_the_child_alone(self):
        self.kernel.run("mine = 42")
        self.assertEqual(self.kernel.value("in_child(lambda: len(bytearray(1 << 30)))"), "killed by SIGKILL")
        self.assertEqual(self.kernel.value("mine"), 42)
        until("the person to be told", lambda: self.ada.runtime().get("reason") == "memory_ran_out")

    def test_that_nobody_holds_is_missing_until_the_runtime_ends_and_the_person_is_told_why(self):
        # Shared memory outlives whoever made it: ending kernels gives none of it back.
        self.assertRegex(self.kernel.death("libc.shmat.restype = ctypes.c_void_p\n"
                                           "while True:\n"
                                           "    place = libc.shmat(libc.shmget(0, 8 << 20, 0o1600), None, 0)\n"
                                           "    ctypes.memset(place, 1, 8 << 20)\n"
                                           "    libc.shmdt(ctypes.c_void_p(place))\n"), KILLED_FOR_MEMORY)
        status, another = self.ada.ask("POST", "api/kernels", {})
        self.assertEqual(status, 201, another)

        def dead():
            model = self.ada.ask("GET", f"api/kernels/{another['id']}")[1]
            return model["execution_state"] == "dead" and model
        self.assertRegex(until("the next kernel to die of it too", dead)["reason"], KILLED_FOR_MEMORY)
        told = until("the person to be told", lambda: self.ada.runtime().get("message"))
        self.assertRegex(told, r"^The runtime's memory ran out: it may use 384 MB, and 38\d MB were in use\.")
        self.assertServerAnswers()
        self.ada.stop_runtime()
        self.assertAnotherWorks()

    def test_that_looks_like_a_disk_is_a_quarter_at_most(self):
        quarter = self.runtime["memory"]["limit"] // 4
        for folder in ("/tmp", "/dev/shm"):
            self.assertEqual(self.kernel.value(f"fill('{folder}/full', 1 << 30)"), [quarter, "ENOSPC"])
            self.assertWorks(self.kernel)
            self.kernel.run(f"os.remove('{folder}/full')")

    def test_is_not_locked(self):
        self.assertEqual(self.kernel.value("call('prlimit64', 0, 8, struct.pack('QQ', 1 << 30, 1 << 30), 0)"), "EPERM")
        self.assertIn(self.kernel.value("in_child(lambda: 'allowed' if libc.mlock(ctypes.create_string_buffer(1 << 20), 1 << 20) == 0 else name_of(ctypes.get_errno()))"),
                      ("ENOMEM", "EPERM"))


class Disk(Exhausted):
    def setUp(self):
        super().setUp()
        self.limit = self.runtime["disk"]["limit"]

    def assertMachineUnharmed(self):
        self.assertLessEqual(os.stat(image_of(self.kernel.runtime)).st_blocks * 512, self.limit)
        self.assertGreater(shutil.disk_usage(DATA).free, self.limit)

    def test_is_full_at_its_limit_and_the_machines_is_not(self):
        taken, refusal = self.kernel.value("fill('/content/full', 1 << 30)")
        self.assertEqual(refusal, "ENOSPC")
        self.assertTrue(self.limit * 0.8 < taken < self.limit, taken)
        self.kernel.run("os.sync()")
        self.assertMachineUnharmed()
        # Home and the rest of the root lie on the same disk.
        self.assertEqual(self.kernel.value("fill(os.path.expanduser('~/more'), 1 << 30)[1]"), "ENOSPC")
        self.assertEqual(self.kernel.value("fill('/var/tmp/more', 1 << 30)[1]"), "ENOSPC")
        # The person goes on: to compute, to start kernels, to see what is full, and to make room.
        self.assertWorks(self.kernel)
        self.assertAnotherWorks()
        self.assertGreater(self.used("disk"), self.limit * 0.8)
        self.assertEqual(self.ada.ask("DELETE", f"api/runtimes/{self.kernel.runtime}/contents/full")[0], 204)
        self.assertEqual(self.kernel.value("fill('/content/again', 8 << 20)"), [8 * MB, "allowed"])

    def test_has_no_room_for_files_without_end(self):
        self.kernel.run("def crowd():\n"
                        "    for number in range(1 << 22):\n"
                        "        os.close(os.open(f'/content/file-{number}', os.O_CREAT))\n")
        self.assertEqual(self.kernel.value("refusal(crowd)"), "ENOSPC")
        self.assertWorks(self.kernel)
        self.assertMachineUnharmed()

    def test_cannot_be_promised_away_frozen_or_grown(self):
        self.kernel.run("huge = os.open('/content/huge', os.O_CREAT | os.O_RDWR)")
        self.assertEqual(self.kernel.value("refusal(os.posix_fallocate, huge, 0, 1 << 40)"), "ENOSPC")
        self.kernel.run("os.ftruncate(huge, 0)")
        self.assertEqual(self.kernel.value("refusal(os.ftruncate, huge, 1 << 40)"), "allowed")  # holes take no room
        self.assertEqual(self.kernel.value("fill('/content/more', 1 << 30)[1]"), "ENOSPC")
        ioctls = {"FIFREEZE": 0xC0045877, "FITHAW": 0xC0045878, "EXT4_IOC_RESIZE_FS": 0x40086610, "EXT4_IOC_SHUTDOWN": 0x8004587D}
        for name, number in ioctls.items():
            self.assertEqual(self.kernel.value(f"refusal(__import__('fcntl').ioctl, os.open('/content', 0), {number}, bytes(8))"), "EPERM", name)
        self.assertMachineUnharmed()


class WhatTheMachineCounts(Exhausted):
    """Some of the kernel's tables are one for the whole machine: what one runtime takes of them, others and the machine itself must not miss."""

    def setUp(self):
        super().setUp()
        eve = Person.new(f"eve-{uuid.uuid4().hex[:8]}")
        self.theirs = Kernel(eve)
        self.addCleanup(eve.stop_runtime)
        self.addCleanup(self.theirs.close)

    def hoard(self, attempt, refusal):
        """Repeats the attempt, keeping what it gives, until it is refused."""
        self.kernel.run(f"hoard = []\ndef take():\n    while len(hoard) < 200_000: hoard.append({attempt})\n")
        self.assertEqual(self.kernel.value("refusal(take)"), refusal)

    def test_as_watches_of_files(self):
        self.hoard("succeed(libc.inotify_init1(0))", "EMFILE")
        self.assertGreaterEqual(self.theirs.value("succeed(libc.inotify_init1(0))"), 0)
        watch = C.inotify_init1(0)
        self.assertGreaterEqual(watch, 0)
        os.close(watch)

    def test_as_message_queues(self):
        self.hoard("succeed(libc.mq_open(b'/queue-%d' % len(hoard), os.O_CREAT | os.O_RDWR, 0o600, None))", "EMFILE")
        self.assertGreaterEqual(self.theirs.value("succeed(libc.mq_open(b'/queue', os.O_CREAT | os.O_RDWR, 0o600, None))"), 0)

    def test_as_timers_and_waiting_signals(self):
        self.assertEqual(self.kernel.value("hoard_signals()"), "EAGAIN")
        self.assertEqual(self.theirs.value("succeed(libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p())))"), 0)
        timer = ctypes.c_void_p()
        self.assertEqual(C.timer_create(1, None, ctypes.byref(timer)), 0)
        C.timer_delete(timer)

    def test_as_terminals(self):
        self.hoard("os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)", "ENOSPC")
        self.assertEqual(self.theirs.person.ask("POST", "api/terminals", {})[0], 200)
        for end in os.openpty():
            os.close(end)

    def test_as_memory_of_sockets(self):
        self.kernel.run("server = socket.create_server(('127.0.0.1', 0))\n"
                        "plugs, block = [], bytes(1 << 20)\n"
                        "for _ in range(60):\n"
                        "    plugs += [socket.create_connection(server.getsockname()), server.accept()[0]]\n"
                        "    for plug in plugs[-2:]:\n"
                        "        plug.setblocking(False)\n"
                        "        try:\n"
                        "            while True: plug.send(block)\n"
                        "        except BlockingIOError:\n"
                        "            pass\n")
        pages = re.search(r"^TCP: .* mem (\d+)$", Path("/proc/net/sockstat").read_text(), re.MULTILINE)
        # cgroup version 2 counts them with all other memory, version 1 apart from it.
        most = self.runtime["memory"]["limit"] / (1 if Path("/sys/fs/cgroup/cgroup.controllers").exists() else 2)
        self.assertLess(int(pages[1]) * os.sysconf("SC_PAGE_SIZE"), most)
        self.assertEqual(self.theirs.value("is_answered()"), True)


class Time(Exhausted):
    def test_of_processors_is_not_more_than_the_share(self):
        self.kernel.run("busy = [subprocess.Popen([sys.executable, '-S', '-c', 'while True: pass']) for _ in range(4)]")
        before, began = self.ada.runtime()["cpu"], time.monotonic()
        until("four processes to compute", lambda: time.monotonic() - began > 1.5)
        used, took = self.ada.runtime()["cpu"]["used_s"] - before["used_s"], time.monotonic() - began
        self.assertLess(used, before["limit"] * took + 0.3)
        self.kernel.run("for one in busy: one.kill(), one.wait()")


if __name__ == "__main__":
    unittest.main()
