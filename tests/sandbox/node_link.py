"""Runs an allmende-node of its own, with the stand-in as its agent, and speaks to it as the server does: asks and events as JSON texts."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import websocket

STAND_IN = str(Path(__file__).resolve().parent / "stand_in_agent.py")
GREETING = '{"hello": {"major": 1, "minor": 0, "program": "test"}}'
SERVER_USER = "allmende"
MB = 1 << 20
LIMITS = {"memory_bytes": 256 * MB, "cpus": 1.0, "disk_bytes": 64 * MB, "pids": 64, "lifetime_s": 600,
          "network": {"access": "none", "reach": [], "upload_bps": 0, "download_bps": 0}, "drive_bytes": 0, "devices": []}


def new_id():
    return "rt_" + uuid.uuid4().hex[:20]


class Refused(Exception):
    """An ask was answered by an error."""

    def __init__(self, error):
        super().__init__(f"{error['reason']}: {error['message']}")
        self.reason, self.message = error["reason"], error["message"]


class Node:
    """A running allmende-node. As a context manager it is stopped with the block, and must have left nothing behind."""

    def __init__(self, agent=STAND_IN):
        self.data = tempfile.mkdtemp(prefix="allmende-node-", dir="/var/tmp")
        os.chmod(self.data, 0o755)
        shutil.chown(self.data, SERVER_USER, SERVER_USER)
        self.agent = agent
        self.log_path = self.data + ".log"
        self.process = None
        self.start()

    def start(self):
        program = os.path.join(os.environ.get("ALLMENDE_BIN", "/opt/allmende/bin"), "allmende-node")
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen([program, "--data", self.data, "--server-user", SERVER_USER, "--agent", self.agent],
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        said = json.loads(self.process.stdout.readline() or '{"failure": "it said nothing"}')
        if "failure" in said:
            self.process.wait(30)
            self.process.stdout.close()
            raise RuntimeError(f"allmende-node did not start: {said['failure']}\n{self.log()}")
        self.socket = said["socket"]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        left = self.leftovers()
        if kind is not None:
            print(self.log()[-3000:])
        shutil.rmtree(self.data, ignore_errors=True)
        os.unlink(self.log_path)
        if kind is None:
            assert code == 0, f"allmende-node ended with {code}"
            assert not left, left

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()

    def log(self):
        return Path(self.log_path).read_text()

    def groups(self):
        """The cgroups of runtimes that are there, in any hierarchy."""
        return [str(found) for found in Path("/sys/fs/cgroup").rglob("rt_*") if found.is_dir() and self.name in str(found)]

    @property
    def name(self):
        """What everything of this node is called by: FNV-1a of its data directory."""
        value = 2166136261
        for byte in os.path.realpath(self.data).encode():
            value = (value ^ byte) * 16777619 % 2**32
        return f"allmende-{value:08x}"

    def leftovers(self):
        """What an ended node must not leave: runtimes' directories, cgroups, loop devices, its place in /run."""
        runtimes = Path(self.data) / "runtimes"
        left = [str(path) for path in runtimes.glob("rt_*")] if runtimes.exists() else []
        left += [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{self.name}")]
        loops = subprocess.run(["losetup", "--list", "--noheadings", "--output", "BACK-FILE"], capture_output=True, text=True).stdout
        left += [f"loop device of {line}" for line in loops.splitlines() if self.data in line or self.name in line]
        return left + ([f"/run/{self.name}"] if os.path.exists(f"/run/{self.name}") else [])


class Link:
    """One link to a node. Events that come while an answer is awaited are kept."""

    def __init__(self, node, greeting=GREETING):
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(60)
        plain.connect(node.socket)
        self.socket = websocket.create_connection("ws://node/link", socket=plain, timeout=60, suppress_origin=True)
        self.number, self.events, self.answers = 0, [], {}
        if greeting is not None:
            self.say(greeting)
            self.hello = json.loads(self.socket.recv())["hello"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def say(self, text):
        self.socket.send(text)

    def receive(self):
        """One text, put where it belongs; fails with ConnectionError and the reason when the node closes."""
        opcode, data = self.socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise ConnectionError(f"{int.from_bytes(data[:2], 'big')} {data[2:].decode()}")
        said = json.loads(data)
        if "event" in said:
            self.events.append({"event": said["event"], **said["body"]})
        else:
            self.answers[said["answer"]] = said

    def send(self, ask, body=None):
        self.number += 1
        self.say(json.dumps({"ask": ask, "number": self.number, "body": body or {}}))
        return self.number

    def answer(self, number):
        while number not in self.answers:
            self.receive()
        said = self.answers.pop(number)
        if "error" in said:
            raise Refused(said["error"])
        return said["body"]

    def ask(self, ask, body=None):
        return self.answer(self.send(ask, body))

    def event(self, kind, runtime):
        """The next event of that kind about that runtime."""
        while True:
            for at, event in enumerate(self.events):
                if event["event"] == kind and event["id"] == runtime:
                    return self.events.pop(at)
            self.receive()

    def start(self, runtime=None, python="/usr", **limits):
        return self.ask("start_runtime", {"id": runtime or new_id(), "owner": "tester", "python": python, "limits": {**LIMITS, **limits}})

    def stop(self, runtime, grace_ms=2000):
        return self.ask("stop_runtime", {"id": runtime, "grace_ms": grace_ms})

    def running(self):
        return {runtime["id"] for runtime in self.ask("list_runtimes")["runtimes"]}


def tell_agent(runtime, demand):
    """What the stand-in answers to a demand; None when it closed without an answer."""
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(60)
        agent.connect(runtime["socket"])
        agent.sendall(json.dumps(demand).encode() + b"\n")
        try:
            line = agent.makefile("rb").readline()
        except ConnectionResetError:
            line = b""
    return json.loads(line) if line else None


def run_inside(runtime, *argv, uid=1000):
    answer = tell_agent(runtime, {"uid": uid, "argv": argv})
    if answer is None or answer["status"] != 0:
        raise RuntimeError(f"{argv} inside: {answer}")
    return answer["output"]


def lives(pid):
    """False for what is gone, and for what only waits for somebody to ask how it ended."""
    try:
        return not re.search(r"^State:\tZ", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return False


def until(what, holds, patience=20):
    """Waits until `holds` gives something truthy."""
    end = time.monotonic() + patience
    while True:
        value = holds()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s in vain for {what}")
        os.sched_yield()


def pid_of_agent(node, runtime):
    """The process of the runtime's PID 1, as the machine counts."""
    for group in node.groups():
        if group.endswith(runtime["id"]):
            for pid in (Path(group) / "cgroup.procs").read_text().split():
                status = Path(f"/proc/{pid}/status").read_text()
                if re.search(r"^NSpid:.*\t1$", status, re.MULTILINE):
                    return int(pid)
    raise AssertionError(f"{runtime['id']} has no process 1")
