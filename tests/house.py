"""A fresh Allmende of a test's own: started as a user would, stopped, and looked after for what it left behind."""
import glob
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

BIN = os.environ.get("ALLMENDE_BIN", "/opt/allmende/bin")
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|: runtime error: ")  # in the programs of the presets asan and tsan
PASSWORD = "correct horse battery"


def database_flags():
    """The database of tests/with_postgres, where one was given, which has room for one Allmende; else SQLite."""
    database = os.environ.get("ALLMENDE_TEST_POSTGRES")
    return ["--database", database] if database else []


class House:
    """`allmende serve` with a data directory of its own. As a context manager it ends with the block and fails when anything was left."""

    def __init__(self, *flags, data=None, prepare=None, environment=None):
        """`prepare` is called with the data directory before the first start, `data` is one made elsewhere (and not removed)."""
        self.environment = {**os.environ, **(environment or {})}
        # Tests reach nothing outside: those of the network have a world of their own.
        own = () if "--runtime-network" in flags else ("--runtime-network", "none")
        # Nor is a kernel started for nobody in each of them: those of waiting runtimes ask for it.
        own += () if "--runtimes-ready" in flags else ("--runtimes-ready", "0")
        self.keeps, self.flags = data is not None, (*own, *flags)
        self.data = data or tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        os.chmod(self.data, 0o755)
        self.log_path = f"{self.data.rstrip('/')}.{time.time_ns()}.log"
        self.process = None
        if prepare:
            prepare(self.data)
        try:
            self.start()
        except RuntimeError:
            self.remove()
            raise

    def start(self):
        """Sets .link, the first administrator's one-time link, and .url, where the installation begins."""
        with open(self.log_path, "w") as log:
            port = [] if "--port" in self.flags else ["--port", "0"]
            self.process = subprocess.Popen([f"{BIN}/allmende", "serve", *port, "--data", self.data, *self.flags],
                                            stdout=subprocess.PIPE, text=True, stderr=log, env=self.environment)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 1)[0]:
                line = self.process.stdout.readline()
                if line.startswith(("Allmende is ready: ", "Allmende stands by")):
                    self.link = line.split(": ", 1)[1].strip()
                    self.url = re.match(r"[^?]*/", self.link)[0].removesuffix("login/")
                    return
                if not line:
                    break
        else:
            self.process.kill()
        self.code = self.process.wait(60)
        self.process.stdout.close()
        raise RuntimeError(f"Allmende did not come up; its log:\n{self.log()[-4000:]}")

    def log(self):
        with open(self.log_path) as log:
            return log.read()

    def tool(self, *arguments, text=""):
        """What `allmende ARGUMENTS` prints; fails when it does."""
        done = subprocess.run([f"{BIN}/allmende", "--data", self.data, *arguments], input=text, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"allmende {' '.join(arguments)} failed with {done.returncode}: {done.stderr}")
        return done.stdout.strip()

    def make_ada(self):
        """An account with PASSWORD; returns an API token of it."""
        self.tool("account", "create", "ada", "--password-stdin", text=PASSWORD + "\n")
        return self.tool("token", "create", "--account", "ada", "--name", "tests")

    def pid_of(self, program):
        """The process of this installation that runs `program`, such as allmende-server."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            words = command_of(pid)
            if words and os.path.basename(words[0]) == program and self.data in words:
                return int(pid)
        raise RuntimeError(f"no {program} runs for {self.data}")

    def leftovers(self):
        """What an ended Allmende must not leave: mounts, loop devices, processes and cgroups that are named after its data directory."""
        found = [f"mount: {line.strip()}" for line in open("/proc/self/mounts") if f"{self.data}/" in line]
        loops = subprocess.run(["losetup", "--list", "--noheadings", "--output", "BACK-FILE"], capture_output=True, text=True).stdout
        found += [f"loop device: {line}" for line in loops.splitlines() if self.data in line]
        found += [f"cgroup: {path}" for path in glob.glob(f"/sys/fs/cgroup/**/{node_name(self.data)}", recursive=True)]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            command = " ".join(command_of(pid))
            if self.data in command and int(pid) != os.getpid():
                found.append(f"process {pid}: {command[:120]}")
        return found

    def stop(self):
        """Ends it as Ctrl+C does; returns what was wrong with that, each as a line."""
        if self.process.poll() is not None:
            self.process.stdout.close()
            return [f"Allmende ended by itself with {self.process.returncode}"]
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return ["Allmende did not stop within 60 s"]
        finally:
            self.process.stdout.close()
        return ([f"allmende serve ended with {code}"] if code != 0 else []) + self.leftovers()

    def remove(self):
        if not self.keeps:
            shutil.rmtree(self.data, ignore_errors=True)
        os.unlink(self.log_path)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        faults = self.stop()
        log = self.log()
        faults += [line for line in log.splitlines() if SANITIZER.search(line)]
        self.remove()
        if kind is not None:
            print(f"The log of the Allmende with which that happened:\n{log[-6000:]}", flush=True)
        if faults and kind is None:
            raise AssertionError("\n".join(["left behind or broken:", *faults, "its log:", log[-3000:]]))


def node_name(data):
    """What a node with that data directory calls itself: FNV-1a, as in node/machine/short_hash.h."""
    number = 0x811C9DC5
    for byte in data.rstrip("/").encode():
        number = (number ^ byte) * 0x01000193 % (1 << 32)
    return f"allmende-{number:08x}"


def command_of(pid):
    """The words of a process' command line; none for one that has ended."""
    try:
        with open(f"/proc/{pid}/cmdline") as command:
            return command.read().rstrip("\0").split("\0")
    except OSError:
        return []
