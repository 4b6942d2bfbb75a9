"""What ordinary notebook code may not: the prober runs in a real kernel, and every promise names the refusal it is kept by.

After each test the kernel still computes and the server still answers.
"""
import os
import platform
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import unittest
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from person import DATA, URL, Kernel, Person, processes_of

ADA = os.environ["ALLMENDE_TOKEN"]
PORT = urlsplit(URL).port

# With these arguments the kernel of a machine without walls does what it is asked, or at least needs no right to begin with it.
TOLD_NOT_PERMITTED = {
    "new namespaces and mounts": {
        "unshare": "0x10000000", "setns": "os.open('/proc/self/ns/net', 0), 0", "mount": "b'none', b'/tmp', b'tmpfs', 0, 0", "umount2": "b'/tmp', 0",
        "pivot_root": "b'/tmp', b'/tmp'", "chroot": "b'/tmp'", "move_mount": "-1, b'/tmp', -1, b'/content', 0", "open_tree": "-100, b'/tmp', 1",
        "fsopen": "b'tmpfs', 0", "fsconfig": "0, 0, 0, 0, 0", "fsmount": "0, 0, 0", "fspick": "-100, b'/tmp', 0",
        "mount_setattr": "-100, b'/tmp', 0, 0, 0", "open_by_handle_at": "os.open('/', 0), bytes(24), 0", "quotactl": "0, b'', 0, 0",
        "quotactl_fd": "0, 0, 0, 0"},
    "the kernel of the machine": {
        "bpf": "0, bytes(72), 72", "perf_event_open": "struct.pack('IIQ104x', 1, 120, 0), 0, -1, -1, 0", "userfaultfd": "1",
        "kexec_load": "0, 0, 0, 0", "kexec_file_load": "-1, -1, 0, b'', 0", "init_module": "b'', 0, b''", "finit_module": "0, b'', 0",
        "delete_module": "b'none', 0", "reboot": "0xfee1dead, 672274793, 0, 0", "swapon": "b'/content/swap', 0", "swapoff": "b'/content/swap'",
        "syslog": "10, 0, 0", "acct": "0", "iopl": "3", "ioperm": "0x80, 1, 1", "fanotify_init": "0x200, 0", "fanotify_mark": "0, 1, 0, -100, b'/'",
        "lookup_dcookie": "0, b'', 0", "nfsservctl": "0, 0, 0", "modify_ldt": "0, bytes(16), 16", "personality": "0xffffffff"},
    "keys, memory of others, clocks and names": {
        "add_key": "b'user', b'name', b'text', 4, -2", "request_key": "b'user', b'name', 0, 0", "keyctl": "0, -3, 1",
        "process_vm_readv": "os.getpid(), 0, 0, 0, 0, 0", "process_vm_writev": "os.getpid(), 0, 0, 0, 0, 0", "pidfd_getfd": "-1, 0, 0",
        "kcmp": "os.getpid(), os.getpid(), 1, 0, 0", "move_pages": "0, 0, 0, 0, 0, 0", "migrate_pages": "0, 0, 0, 0", "mbind": "0, 0, 0, 0, 0, 0",
        "set_mempolicy": "0, 0, 0", "sethostname": "b'mine', 4", "setdomainname": "b'mine', 4", "settimeofday": "bytes(16), 0",
        "clock_settime": "0, bytes(16)", "clock_adjtime": "0, bytes(208)", "adjtimex": "bytes(208)"},
}
TOLD_THERE_IS_NONE = {
    "io_uring_setup": "1, bytes(120)", "io_uring_enter": "0, 0, 0, 0, 0", "io_uring_register": "0, 0, 0, 0", "clone3": "bytes(88), 88",
    "memfd_secret": "0", "statmount": "0, 0, 0, 0", "listmount": "0, 0, 0, 0", "open_tree_attr": "-100, b'/', 0, 0, 0",
    "set_mempolicy_home_node": "0, 0, 0, 0", "lsm_get_self_attr": "0, 0, 0, 0", "lsm_set_self_attr": "0, 0, 0, 0", "lsm_list_modules": "0, 0, 0",
    "uselib": "b'/lib/none'", "_sysctl": "0", "an unknown one": ""}


class Walled(unittest.TestCase):
    """Tests that share one kernel."""

    @classmethod
    def setUpClass(cls):
        cls.ada = Person(ADA)
        cls.kernel = Kernel(cls.ada)
        cls.addClassCleanup(cls.ada.stop_runtime)
        cls.addClassCleanup(cls.kernel.close)

    def tearDown(self):
        self.assertEqual(self.kernel.value("6 * 7"), 42)
        self.assertEqual(self.ada.ask("GET", "api/status")[0], 200)
        self.assertEqual(self.ada.ask("GET", "healthz")[0], 200)

    def value(self, expression):
        return self.kernel.value(expression)

    def assertRefusals(self, expected):
        """{expression of an attempt: its refusal}, all at once, so that a failure names every gap."""
        said = self.value("{" + ", ".join(f"{attempt!r}: {attempt}" for attempt in expected) + "}")
        self.assertEqual(said, expected)


@unittest.skipUnless(platform.machine() == "x86_64", "the prober numbers calls as x86_64 does")
class SystemCalls(Walled):
    def assertCalls(self, calls, refusal):
        self.assertRefusals({f"call({', '.join(filter(None, (repr(name), arguments)))})": refusal for name, arguments in calls.items()})

    def test_that_lead_to_new_namespaces_and_mounts_are_not_permitted(self):
        self.assertCalls(TOLD_NOT_PERMITTED["new namespaces and mounts"], "EPERM")

    def test_that_reach_the_kernel_of_the_machine_are_not_permitted(self):
        self.assertCalls(TOLD_NOT_PERMITTED["the kernel of the machine"], "EPERM")

    def test_for_keys_memory_of_others_clocks_and_names_are_not_permitted(self):
        self.assertCalls(TOLD_NOT_PERMITTED["keys, memory of others, clocks and names"], "EPERM")

    def test_that_are_not_known_to_be_harmless_are_not_there(self):
        self.assertCalls(TOLD_THERE_IS_NONE, "ENOSYS")

    def test_make_no_namespace_of_any_kind(self):
        for way, refusal in (("call('unshare', flag)", "EPERM"), ("clone(flag)", "ENOSYS")):
            said = self.value(f"{{kind: {way} for kind, flag in NEW_NAMESPACE.items()}}")
            self.assertEqual(said, dict.fromkeys(("mount", "cgroup", "uts", "ipc", "user", "pid", "net"), refusal), way)
        self.assertEqual(self.value("clone(0)"), "allowed")

    def test_of_32_bits_end_who_makes_them(self):
        getpid = {"int 0x80": "b814000000cd80c3", "x32": "b8270000400f05c3"}
        for way, code in getpid.items():
            self.assertEqual(self.value(f"machine_code(bytes.fromhex('{code}'))"), "killed by SIGSYS", way)
        self.assertIsInstance(self.value("machine_code(bytes.fromhex('b8270000000f05c3'))"), int)  # as 64 bits do it


class Rights(Walled):
    NONE = {"Uid": "1000\t1000\t1000\t1000", "Gid": "1000\t1000\t1000\t1000", "Groups": " ", "CapInh": "0" * 16, "CapPrm": "0" * 16, "CapEff": "0" * 16,
            "CapBnd": "0" * 16, "CapAmb": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}

    def test_of_a_kernel_are_none(self):
        status = self.value("status_of()")
        self.assertEqual({name: status[name] for name in self.NONE}, self.NONE)

    def test_of_a_terminal_are_none(self):
        shown = self.ada.terminal("cat /proc/self/status; echo end-of-status", "Seccomp_filters")
        status = dict(re.findall(r"^(\w+):\t(.*?)\r?$", shown, re.MULTILINE))
        self.assertEqual({name: status[name] for name in self.NONE}, self.NONE)

    def test_are_not_gained_by_setuid_programs(self):
        su = shutil.which("su")
        self.assertTrue(os.stat(su).st_mode & stat.S_ISUID, "this machine has no setuid program to try")
        # The loader heeds LD_SHOW_AUXV only where the program gained nothing.
        shown = self.value(f"subprocess.run([{su!r}, '--version'], env={{'LD_SHOW_AUXV': '1'}}, capture_output=True, text=True).stdout")
        self.assertEqual(dict(re.findall(r"^(AT_E?UID|AT_SECURE): +(\d+)$", shown, re.MULTILINE)),
                         {"AT_UID": "1000", "AT_EUID": "1000", "AT_SECURE": "0"})

    def test_are_not_gained_by_becoming_somebody_else(self):
        self.assertRefusals({
            "refusal(os.setuid, 0)": "EPERM", "refusal(os.setgid, 0)": "EPERM", "refusal(os.setgroups, [0])": "EPERM",
            "refusal(os.chown, '/content', 0, 0)": "EPERM", "refusal(os.mknod, '/content/disk', 0o60600, os.makedev(7, 0))": "EPERM",
            "refusal(os.mknod, '/content/memory', 0o20600, os.makedev(1, 1))": "EPERM"})

    def test_hold_for_more_files_and_for_a_better_place_in_line(self):
        self.assertRefusals({
            "call('prlimit64', 0, 7, struct.pack('QQ', 4097, 4097), 0)": "EPERM", "call('prlimit64', 0, 4, struct.pack('QQ', 1 << 20, 1 << 20), 0)": "EPERM",
            "refusal(os.nice, -1)": "EPERM", "refusal(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))": "EPERM",
            "refusal(os.write, os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1')": "EACCES"})


class Files(Walled):
    def test_of_the_machine_are_not_there(self):
        self.assertRefusals({
            "refusal(read, '/etc/shadow')": "ENOENT", "refusal(read, '/root/.bashrc')": "EACCES", "refusal(os.listdir, '/root')": "EACCES",
            "refusal(os.listdir, '/work')": "ENOENT", f"refusal(os.listdir, {DATA!r})": "ENOENT", "refusal(os.listdir, '/var/lib/allmende')": "EACCES",
            "refusal(os.listdir, '/proc/1/root')": "ENOENT", "refusal(os.listdir, '/proc/1/cwd')": "ENOENT", "refusal(read, '/proc/1/environ')": "ENOENT",
            "refusal(read, '/etc/machine-id')": "ENOENT", "refusal(os.listdir, '/boot')": "ENOENT", "refusal(os.listdir, '/srv')": "ENOENT"})
        accounts = [line.split(":")[0] for line in self.value("read('/etc/passwd').decode()").splitlines()]
        self.assertEqual(accounts, ["root", "allmende", "nobody"])

    def test_that_lie_anywhere_on_the_machine_are_seen_nowhere(self):
        marker = f"marker-{uuid.uuid4().hex}"
        for folder in ("/var/tmp", "/tmp", "/dev/shm", "/run", DATA):
            path = Path(folder, marker)
            path.touch()
            self.addCleanup(path.unlink)
        self.kernel.run(f"os.close(os.open('/content/own-{marker}', os.O_CREAT))")
        found = self.value(f"[path for root in os.listdir('/') if root not in ('proc', 'sys', 'usr') for path, _ in below('/' + root) if '{marker}' in path]")
        self.assertEqual(found, [f"/content/own-{marker}"])

    def test_of_the_machine_can_be_changed_nowhere(self):
        self.assertRefusals({
            "refusal(os.mkdir, '/usr/mine')": "EROFS", "refusal(os.mkdir, '/etc/mine')": "EACCES", "refusal(os.mkdir, '/mine')": "EACCES",
            "refusal(os.mkdir, '/dev/mine')": "EACCES", "refusal(os.mkdir, '/run/mine')": "EACCES", "refusal(os.mkdir, '/run/allmende/mine')": "EACCES",
            "refusal(write, '/run/allmende/agent')": "EACCES", "refusal(os.chmod, '/sys', 0o777)": "EROFS",
            "refusal(os.chmod, '/usr', 0o777)": "EROFS", "refusal(os.rename, '/mnt', '/mine')": "EACCES",
            "[path for path in ('/usr', '/run/allmende/agent', '/sys') if not os.statvfs(path).f_flag & os.ST_RDONLY]": []})

    def test_of_python_are_changed_inside_and_stay_as_they_were_outside(self):
        python = self.value("os.environ['ALLMENDE_PYTHON']")
        marker = f"{python}/lib/marker-{uuid.uuid4().hex}"
        before = Path(python, "pyvenv.cfg").read_bytes()
        self.kernel.run(f"open({marker!r}, 'w').close(); open('{python}/pyvenv.cfg', 'a').write('#')")
        self.assertEqual(self.value(f"[os.path.exists({marker!r}), read('{python}/pyvenv.cfg').decode()[-1]]"), [True, "#"])
        self.assertEqual((os.path.exists(marker), Path(python, "pyvenv.cfg").read_bytes()), (False, before))

    def test_of_proc_and_sys_tell_and_change_nothing(self):
        self.assertEqual(self.value("writable('/sys')"), [])
        own = "[f'/proc/{name}' for name in os.listdir('/proc') if not name.isdigit() and name not in ('self', 'thread-self', 'net')]"
        self.assertEqual(self.value(f"writable(*(path for path in {own} if os.path.isdir(path)))"), [])
        self.assertEqual(self.value(f"[path for path in {own} if os.path.isfile(path) and refusal(write, path) == 'allowed']"), [])
        # Not every machine has these; where they are, one shows nothing and the other heeds nothing.
        self.assertIn(self.value("refusal(read, '/proc/kcore') == 'allowed' and read('/proc/kcore').decode()"), (False, ""))
        self.assertIn(self.value("refusal(write, '/proc/sysrq-trigger')"), ("EACCES", "EROFS") if os.path.exists("/proc/sysrq-trigger") else ("ENOENT",))
        self.assertRefusals({
            "refusal(read, '/proc/kmsg')": "EACCES", "refusal(read, '/proc/kpageflags')": "EACCES", "refusal(read, '/proc/slabinfo')": "EACCES",
            "read('/proc/keys').decode()": "", "read('/proc/timer_list').decode()": "", "os.listdir('/sys/firmware')": [], "os.listdir('/proc/acpi')": [],
            "os.listdir('/sys/kernel/debug')": [], "os.listdir('/sys/kernel/tracing')": [], "os.listdir('/sys/fs/cgroup')": [],
            "refusal(write, '/proc/sys/kernel/core_pattern')": "EACCES", "refusal(os.utime, '/proc/sys/kernel/core_pattern')": "EROFS",
            "[path for path in ('/proc/sys', '/proc/irq', '/proc/bus', '/proc/fs') if not os.statvfs(path).f_flag & os.ST_RDONLY]": [],
            # Where things lie in memory: numbers are shown as nought.
            "read('/proc/kallsyms', 16).decode()": "0" * 16, "{line.split()[0] for line in read('/proc/iomem').decode().splitlines()} == {'00000000-00000000'}": True})

    def test_that_are_devices_are_the_harmless_ones(self):
        self.assertEqual(self.value("sorted(os.listdir('/dev'))"), sorted(
            ["core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"]))
        self.assertRefusals({"refusal(read, '/dev/core')": "ENOENT"} if not os.path.exists("/proc/kcore") else {"read('/dev/core').decode()": ""})

    def test_behind_links_are_not_fetched_by_the_agent(self):
        links = {"own": "own.txt", "hosts": "/etc/hosts", "environ": "/proc/1/environ", "root": "/root", "all": "/"}
        for name, target in links.items():
            self.kernel.run(f"os.symlink({target!r}, '/content/link-{name}')")
        self.kernel.run("print('ours', file=open('/content/own.txt', 'w'), end='')")
        self.assertEqual(self.ada.ask("GET", f"api/runtimes/{self.kernel.runtime}/files/link-own"), (200, "ours"))
        for path in ("files/link-hosts", "files/link-environ", "contents/link-root", "contents/link-all", "files/link-all/etc/hosts", "files/../etc/hosts",
                     "files/%2e%2e/etc/hosts", "files/..%2fetc/hosts"):
            status, said = self.ada.ask("GET", f"api/runtimes/{self.kernel.runtime}/{path}")
            self.assertIn(status, (403, 404), (path, said))


class Network(Walled):
    ALLOWED = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK}

    def test_is_loopback_alone(self):
        self.assertEqual(self.value("os.listdir('/sys/class/net')"), ["lo"])
        self.assertTrue(self.value("is_answered()"))
        self.assertRefusals({
            "refusal(connect, ('198.51.100.1', 80))": "ENETUNREACH", "refusal(connect, ('169.254.169.254', 80))": "ENETUNREACH",
            "refusal(connect, ('2001:db8::1', 80), socket.AF_INET6)": "ENETUNREACH",
            "refusal(connect, ('198.51.100.1', 53), kind=socket.SOCK_DGRAM)": "ENETUNREACH",
            "refusal(socket.getaddrinfo, 'example.org', 80)": f"gai {socket.EAI_AGAIN}"})

    def test_does_not_reach_the_machine(self):
        addresses = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
        expected = {f"refusal(connect, ({address!r}, {PORT}){', socket.AF_INET6' if ':' in address else ''})": "ENETUNREACH" for address in addresses}
        self.assertRefusals({f"refusal(connect, ('127.0.0.1', {PORT}))": "ECONNREFUSED", f"refusal(connect, ('::1', {PORT}), socket.AF_INET6)": "ECONNREFUSED",
                             **expected})

    def test_has_no_sockets_but_of_four_families(self):
        said = self.value("{family: refusal(lambda: socket.socket(family, kind).close()) for kind in (1, 2, 3, 5) for family in range(64) if family not in (1, 2, 10, 16)}")
        self.assertEqual(said, {str(family): "EAFNOSUPPORT" for family in range(64) if family not in self.ALLOWED})
        self.assertEqual(self.value("refusal(lambda: socket.socket(1 << 20, 1))"), "ENOSYS")

    def test_tells_of_itself_by_routing_messages_alone(self):
        self.assertEqual(self.value("[name for _, name in socket.if_nameindex()]"), ["lo"])
        said = self.value("{protocol: refusal(lambda: socket.socket(16, socket.SOCK_RAW, protocol).close()) for protocol in range(32)}")
        self.assertEqual(said, {"0": "allowed", **{str(protocol): "EPROTONOSUPPORT" for protocol in range(1, 32)}})

    def test_has_no_pairs_of_sockets_but_of_the_unix_family(self):
        said = self.value("{family: refusal(socket.socketpair, family, kind) for kind in (2, 1) for family in range(72) if family != 1}")
        self.assertEqual(said, {str(family): "EAFNOSUPPORT" for family in range(72) if family != socket.AF_UNIX})
        self.assertEqual(self.value("[refusal(socket.socketpair, 1, kind) for kind in (1, 2, 5)]"), ["allowed"] * 3)

    def test_has_no_raw_sockets_and_settings(self):
        self.assertRefusals({
            "refusal(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))": "EPERM",
            "refusal(lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58))": "EPERM",
            "refusal(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1))": "EACCES",
            "refusal(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))": "EAFNOSUPPORT",
            "refusal(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))": "EAFNOSUPPORT",
            "refusal(lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET))": "EAFNOSUPPORT",
            "refusal(lambda: socket.create_server(('127.0.0.1', 80)))": "EACCES"})


class Others(Walled):
    """What else runs: the agent, the server, and the runtime of somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = Person.new(f"eve-{uuid.uuid4().hex[:8]}")
        cls.theirs = Kernel(cls.eve)
        cls.addClassCleanup(cls.eve.stop_runtime)
        cls.addClassCleanup(cls.theirs.close)

    def test_are_processes_that_cannot_be_seen(self):
        marker = f"marker-{uuid.uuid4().hex}"
        self.theirs.run(f"make_daemon('{marker}', None)")
        seen = self.value("processes()")
        self.assertNotIn("1", seen)
        self.assertEqual([line for line in seen.values() if "ipykernel_launcher" not in line], [])
        self.assertEqual(self.value("{status_of(pid)['Uid'] for pid in processes()} == {'1000\\t1000\\t1000\\t1000'}"), True)
        outside = [pid for pid in processes_of(self.theirs.runtime) if marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
        self.assertEqual(len(outside), 1)
        owners = [os.stat(f"/proc/{processes_of(runtime)[-1]}").st_uid for runtime in (self.kernel.runtime, self.theirs.runtime)]
        self.assertEqual(len(set(owners) | {0, 1000}), 4)

    def test_cannot_be_signalled_traced_or_changed(self):
        self.assertRefusals({
            "refusal(os.kill, 1, 9)": "EPERM", "call('ptrace', 16, 1, 0, 0)": "EPERM", "call('ptrace', 0x4206, 1, 0, 0)": "EPERM",
            "call('pidfd_send_signal', os.pidfd_open(1), 9, 0, 0)": "EPERM", "call('get_robust_list', 1, 0, 0)": "EPERM",
            "call('prlimit64', 1, 7, struct.pack('QQ', 1, 1), 0)": "EPERM", "refusal(os.setpriority, os.PRIO_PROCESS, 1, 19)": "EPERM",
            "refusal(os.sched_setaffinity, 1, {0})": "EPERM", "refusal(read, '/proc/1/mem')": "ENOENT", "refusal(read, '/proc/1/maps')": "ENOENT",
            "refusal(os.kill, 4194303, 9)": "ESRCH"})

    def test_share_no_memory_queues_or_ports_with_us(self):
        name = f"marker-{uuid.uuid4().hex}"
        self.theirs.run(f"open('/dev/shm/{name}', 'w').close(); open('/tmp/{name}', 'w').close(); open('/dev/mqueue/{name}', 'w').close()\n"
                        f"segment = libc.shmget(0x5eed, 4096, 0o1666)\n"
                        f"plug = socket.socket(socket.AF_UNIX); plug.bind('\\0{name}'); plug.listen()\n"
                        f"server = socket.create_server(('127.0.0.1', 0))")
        port = self.theirs.value("server.getsockname()[1]")
        attempts = {f"os.path.exists('{folder}/{name}')": (True, False) for folder in ("/dev/shm", "/tmp", "/dev/mqueue")}
        attempts |= {"libc.shmget(0x5eed, 4096, 0o666) >= 0": (True, False), f"refusal(connect, '\\0{name}', socket.AF_UNIX)": ("allowed", "ECONNREFUSED"),
                     f"refusal(connect, ('127.0.0.1', {port}))": ("allowed", "ECONNREFUSED")}
        for attempt, (there, here) in attempts.items():
            self.assertEqual((self.theirs.value(attempt), self.value(attempt)), (there, here), attempt)

    def test_listen_on_sockets_that_cannot_be_reached(self):
        sockets = [str(path) for path in Path(DATA).rglob("*") if path.is_socket()]
        names = {os.path.basename(path) for path in sockets}
        self.assertLessEqual({"node.sock", "admin.sock", "agent.sock"}, names)
        self.assertRefusals({f"refusal(connect, {path!r}, socket.AF_UNIX)": "ENOENT" for path in sockets})
        ours = self.value("[path for root in os.listdir('/') if root not in ('proc', 'sys', 'usr') for path, status in below('/' + root) if stat.S_ISSOCK(status.st_mode)]")
        self.assertEqual({os.path.dirname(path) for path in ours}, {"/run/allmende/kernels"})
        shown = self.value("read('/proc/net/unix').decode()")
        self.assertEqual({path for path in re.findall(r" (\S*/\S+)$", shown, re.MULTILINE) if not path.startswith("/run/allmende/kernels/")}, set())

    def test_on_the_machine_hear_nobody_by_abstract_names(self):
        name = f"marker-{uuid.uuid4().hex}"
        with socket.socket(socket.AF_UNIX) as plug:
            plug.bind(f"\0{name}")
            plug.listen()
            with socket.socket(socket.AF_UNIX) as proof:
                proof.connect(f"\0{name}")
            self.assertEqual(self.value(f"refusal(connect, '\\0{name}', socket.AF_UNIX)"), "ECONNREFUSED")

    def test_hand_nothing_open_to_a_kernel(self):
        self.assertEqual(self.value("[name for name in os.environ if name.startswith(('LISTEN_', 'ALLMENDE_TOKEN', 'ALLMENDE_DATA'))]"), [])
        child = "import os; print([os.readlink('/proc/self/fd/' + fd) for fd in os.listdir('/proc/self/fd') if int(fd) > 2 and os.path.lexists('/proc/self/fd/' + fd)])"
        self.assertEqual(self.value(f"subprocess.run([sys.executable, '-c', {child!r}], capture_output=True, text=True, close_fds=False).stdout"), "[]\n")

    def test_have_kernels_runtimes_and_files_that_are_not_ours(self):
        self.theirs.run("open('/content/theirs.txt', 'w').close()")
        for path in (f"api/kernels/{self.theirs.id}", f"api/runtimes/{self.theirs.runtime}/contents/", f"api/runtimes/{self.theirs.runtime}/files/theirs.txt"):
            self.assertEqual((self.eve.ask("GET", path)[0], self.ada.ask("GET", path)[0]), (200, 404), path)
        self.assertEqual(self.ada.ask("DELETE", f"api/runtimes/{self.theirs.runtime}")[0], 404)
        self.assertEqual(self.theirs.value("1 + 1"), 2)


if __name__ == "__main__":
    unittest.main()
