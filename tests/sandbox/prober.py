"""What ordinary notebook code can try against the walls. The text of this file is run as a cell; it needs nothing but Python itself.

Every attempt is answered by the name of the error that refused it, "allowed" when none did, or "killed by SIGNAME".
"""
import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

NUMBERS = {  # of x86_64
    "ptrace": 101, "clone": 56, "kill": 62, "syslog": 103, "personality": 135, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163,
    "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179, "nfsservctl": 180, "uselib": 134, "_sysctl": 156,
    "lookup_dcookie": 212, "clock_settime": 227, "mbind": 237, "set_mempolicy": 238, "get_robust_list": 274, "kexec_load": 246, "add_key": 248,
    "request_key": 249, "keyctl": 250, "migrate_pages": 256, "unshare": 272, "move_pages": 279, "perf_event_open": 298, "fanotify_init": 300,
    "fanotify_mark": 301, "prlimit64": 302, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323, "modify_ldt": 154,
    "mknod": 133, "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447, "process_mrelease": 448,
    "set_mempolicy_home_node": 450, "statmount": 457, "listmount": 458, "lsm_get_self_attr": 459, "lsm_set_self_attr": 460,
    "lsm_list_modules": 461, "open_tree_attr": 467, "an unknown one": 9999,
}
NEW_NAMESPACE = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}


def name_of(code):
    return errno.errorcode.get(code, str(code))


def refusal(attempt, *arguments, **named):
    """How Python's own call was refused."""
    try:
        attempt(*arguments, **named)
    except socket.gaierror as error:
        return f"gai {error.errno}"
    except OSError as error:
        return name_of(error.errno)
    return "allowed"


def succeed(answer):
    """What a function of C answered; raises its error."""
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return answer


def in_child(attempt):
    """What `attempt` returned in a process of its own, or by which signal that ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(attempt()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    said = b""
    while piece := os.read(reading, 65536):
        said += piece
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return json.loads(said)


def plain(argument):
    """As a register holds it."""
    if isinstance(argument, int):
        return ctypes.c_long(argument)
    return argument


def raw(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *map(plain, arguments)) == -1:
        return name_of(ctypes.get_errno())
    return "allowed"


def call(name, *arguments):
    """A system call in a process of its own, so that one that is allowed changes nothing here."""
    return in_child(lambda: raw(NUMBERS[name], *arguments))


def clone(flags):
    def attempt():
        # A new child returns here too, and must say nothing.
        before = os.getpid()
        answer = raw(NUMBERS["clone"], flags | signal.SIGCHLD, 0, 0, 0, 0)
        if libc.getpid() != before:
            os._exit(0)
        return answer
    return in_child(attempt)


def machine_code(code):
    """Runs instructions of x86_64 that leave their result in eax."""
    def attempt():
        memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        memory.write(code)
        return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
    return in_child(attempt)


def read(path, most=1 << 20):
    with open(path, "rb") as file:
        return file.read(most)


def write(path):
    """How opening for writing was refused; nothing is written."""
    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY))


def below(*roots):
    """Everything below these folders that can be seen, as (path, status); never across links."""
    for root in roots:
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(folder, name)
                try:
                    yield path, os.lstat(path)
                except OSError:
                    pass


def writable(*roots):
    """Files below these folders that can be opened for writing."""
    return [path for path, status in below(*roots) if stat.S_ISREG(status.st_mode) and refusal(write, path) == "allowed"]


def processes():
    """The command lines of all processes that can be seen."""
    seen = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            seen[int(pid)] = read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode().strip()
        except OSError:
            pass
    return seen


def status_of(pid="self"):
    return dict(line.split(":\t", 1) for line in read(f"/proc/{pid}/status").decode().splitlines())


def connect(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as plug:
        plug.settimeout(10)
        plug.connect(address)


def is_answered():
    """Whether a server and a client in this runtime find each other by loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=10):
        return True


def fill(path, most, piece=1 << 20):
    """Writes zeros until it is refused; returns how many bytes went in and the refusal."""
    taken, block = 0, os.urandom(piece)
    try:
        file = open(path, "wb", buffering=0)
    except OSError as error:  # no room for the name itself
        return taken, name_of(error.errno)
    with file:
        while taken < most:
            try:
                taken += file.write(block)
            except OSError as error:
                return taken, name_of(error.errno)
        os.fsync(file.fileno())
    return taken, "allowed"


def hoard_signals():
    """Sends itself signals it never takes, in a process with one thread that then stays; returns how that was refused."""
    def flood():
        for _ in range(1_000_000):
            succeed(libc.sigqueue(os.getpid(), 40, None))
    reading, writing = os.pipe()
    if os.fork() == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, [40])
        os.write(writing, refusal(flood).encode())
        while True:
            signal.pause()
    return os.read(reading, 100).decode()


def make_daemon(marker, environment):
    """A process that is nobody's child, in a session of its own, and holds nothing of ours open."""
    program = "import os, signal\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\nwhile True: signal.pause()"
    subprocess.run([sys.executable, "-S", "-c", program, marker], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, start_new_session=True, check=True)
    end = time.monotonic() + 10
    while len(found := [pid for pid, line in processes().items() if line.endswith(marker)]) != 1 and time.monotonic() < end:
        pass
    return found
