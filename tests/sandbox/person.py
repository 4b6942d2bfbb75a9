"""A person of a running Allmende who runs notebook code, and what the machine's operator sees of their runtime from outside."""
import ast
import json
import os
import subprocess
import time
import uuid
from pathlib import Path

import websocket

import client
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
            command = [f"{BIN}/allmende", "--data", DATA, *arguments]
            return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout
        allmende("account", "create", name, "--password-stdin", text="correct horse battery\n")
        return cls(allmende("token", "create", "--account", name, "--name", "tests").strip())

    def ask(self, method, path, body=None):
        """(status, body); the body as JSON where it is some."""
        return client.ask(URL + path, self.token, method, body)

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
        self.begin()

    def begin(self):
        """What a kernel needs again after it was restarted."""
        self.run(PROBER)

    def close(self):
        self.channels.socket.close()

    def shut_down(self):
        self.close()
        status, said = self.person.ask("DELETE", f"api/kernels/{self.id}")
        assert status == 204, (status, said)

    def patience(self):
        return client.patience_with(self.channels.socket)

    def run(self, code):
        """What the code prints; fails with its error."""
        with self.patience():
            messages = self.channels.run(code)
        for message in messages:
            if message["header"]["msg_type"] == "error":
                raise AssertionError(f"in the kernel: {message['content']['ename']}: {message['content']['evalue']}")
        return text_of(messages)

    def value(self, expression):
        """An expression's value, as JSON holds it. It is not printed: on a full disk IPython prints complaints of its own in between."""
        with self.patience():
            messages = self.channels.run("", user_expressions={"value": f"__import__('json').dumps({expression})"})
        answer = next(message for message in messages if message["header"]["msg_type"] == "execute_reply")["content"]["user_expressions"]["value"]
        if answer["status"] != "ok":
            raise AssertionError(f"in the kernel: {answer['ename']}: {answer['evalue']}")
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def death(self, code):
        """Why the kernel is told to have died of this code."""
        def is_told(message):
            return message["header"]["msg_type"] == "status" and message["content"]["execution_state"] in client.ENDED
        self.channels.ask(code)
        with self.patience():
            return self.channels.until(is_told)[-1]["content"].get("reason", "")

    def model(self):
        return self.person.ask("GET", f"api/kernels/{self.id}")[1]


def group_of(runtime, controller="pids"):
    """The directory of a runtime's cgroup; None when it is gone."""
    found = [path for path in Path("/sys/fs/cgroup").rglob(runtime) if path.is_dir()]
    return next((path for path in found if (path / f"{controller}.current").exists()), found[0] if found else None)


def processes_of(runtime):
    """The machine's ids of all processes in a runtime."""
    group = group_of(runtime)
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()] if group else []


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")


def image_of(runtime):
    """The file that holds a runtime's disk."""
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
