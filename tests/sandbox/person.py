"""A person of a running Allmende who runs notebook code, and what the machine's operator sees of their runtime from outside."""
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import websocket

from api.agent_client import Channels, text_of

URL, DATA, BIN = os.environ["ALLMENDE_URL"], os.environ["ALLMENDE_DATA"], os.environ["ALLMENDE_BIN"]
PROBER = (Path(__file__).parent / "prober.py").read_text()


class Person:
    """An account, seen from its API."""

    def __init__(self, token):
        self.token = token

    @classmethod
    def new(cls, name):
        """An account made by the operator's own means."""
        def allmende(*arguments, text=""):
            return subprocess.run([f"{BIN}/allmende", "--data", DATA, *arguments], input=text, capture_output=True, text=True, timeout=60, check=True)
        allmende("account", "create", name, "--password-stdin", text="correct horse battery\n")
        return cls(allmende("token", "create", "--account", name, "--name", "tests").stdout.strip())

    def ask(self, method, path, body=None):
        """(status, body); the body as JSON where it is some."""
        request = urllib.request.Request(URL + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                status, text = reply.status, reply.read()
        except urllib.error.HTTPError as refused:
            with refused:
                status, text = refused.code, refused.read()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text.decode(errors="replace")

    def web_socket(self, path, subprotocols=()):
        return websocket.create_connection(URL.replace("http", "ws", 1).rstrip("/") + path, subprotocols=list(subprotocols), timeout=60,
                                           header=[f"Authorization: token {self.token}"], suppress_origin=True)

    def runtimes(self):
        """The one that runs, then the one that ended last."""
        return self.ask("GET", "api/runtimes")[1]

    def runtime(self):
        """What the person is told of the runtime that runs; None when none does."""
        return next((one for one in self.runtimes() if one["state"] != "stopped"), None)

    def ended(self, runtime):
        """What the person is told of that runtime once it has ended; None until then."""
        return next((one for one in self.runtimes() if one["id"] == runtime and one["state"] == "stopped"), None)

    def stop_runtime(self):
        runtime = self.runtime()
        if runtime:
            status, said = self.ask("DELETE", f"api/runtimes/{runtime['id']}")
            assert status in (204, 404), (status, said)

    def terminal(self, command, until):
        """What a terminal shows after `command`, up to the first `until` in it."""
        status, made = self.ask("POST", "api/terminals")
        assert status == 200, (status, made)
        plug = self.web_socket(f"/terminals/websocket/{made['name']}")
        try:
            plug.send(json.dumps(["stdin", command + "\r"]))
            shown = ""
            while until not in shown:
                kind, *values = json.loads(plug.recv())
                shown += values[0] if kind == "stdout" else ""
            return shown
        finally:
            plug.close()
            self.ask("DELETE", f"api/terminals/{made['name']}")


class Kernel:
    """A running kernel with the prober in it."""

    def __init__(self, person):
        status, model = person.ask("POST", "api/kernels", {"name": "python3"})
        assert status == 201, (status, model)
        self.person, self.id = person, model["id"]
        self.runtime = person.runtime()["id"]
        self.channels = Channels(person, self.id, str(uuid.uuid4()), legacy=False)
        self.run(PROBER)

    def close(self):
        self.channels.socket.close()

    def shut_down(self):
        self.close()
        status, said = self.person.ask("DELETE", f"api/kernels/{self.id}")
        assert status == 204, (status, said)

    def run(self, code):
        """What the code prints; fails with its error."""
        messages = self.channels.run(code)
        for message in messages:
            if message["header"]["msg_type"] == "error":
                raise AssertionError(f"in the kernel: {message['content']['ename']}: {message['content']['evalue']}")
        return text_of(messages)

    def value(self, expression):
        return json.loads(self.run(f"print(json.dumps({expression}))"))

    def death(self, code):
        """Why the kernel is told to have died of this code."""
        self.channels.ask(code)
        message = self.channels.until(lambda one: one["header"]["msg_type"] == "status" and one["content"]["execution_state"] in ("restarting", "dead"))[-1]
        return message["content"].get("reason", "")


def group_of(runtime, controller="pids"):
    """The directory of a runtime's cgroup; None when it is gone."""
    found = [path for path in Path("/sys/fs/cgroup").rglob(runtime) if path.is_dir()]
    return next((path for path in found if (path / f"{controller}.current").exists()), found[0] if found else None)


def processes_of(runtime):
    """The machine's ids of all processes in a runtime."""
    group = group_of(runtime)
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()] if group else []


def image_of(runtime):
    return Path(DATA) / "runtimes" / runtime / "disk.ext4"


def until(what, holds, patience=30):
    """Waits until `holds` gives something truthy."""
    end = time.monotonic() + patience
    while True:
        value = holds()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s in vain for {what}")
        os.sched_yield()
