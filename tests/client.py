"""A program of somebody's who has an API token: requests, and kernels with one socket."""
import contextlib
import json
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid

import websocket

ENDED = ("restarting", "dead")  # states told of a kernel whose process ended


def ask(url, token="", method="GET", body=None, context=None, patience=60):
    """(status, body); the body as JSON where it is some."""
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Content-Type": "application/json", **({"Authorization": f"token {token}"} if token else {})})
    try:
        with urllib.request.urlopen(request, timeout=patience, context=context) as reply:
            status, text = reply.status, reply.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            status, text = refusal.code, refusal.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode(errors="replace")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what, holds, patience=60):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(OSError, RuntimeError):
            if value := holds():
                return value
        time.sleep(0.02)
    raise AssertionError(f"waited {patience} s in vain for: {what}")


@contextlib.contextmanager
def patience_with(web_socket, seconds=60):
    """Ends the connection of whoever waits too long on it: the server's pings alone would keep it alive."""
    timer = threading.Timer(seconds, lambda: web_socket.sock.shutdown(socket.SHUT_RDWR))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Kernel:
    """A kernel of an installation, and a socket to it."""

    def __init__(self, url, token, **options):
        status, model = ask(url + "api/kernels", token, "POST", {"name": "python3"}, context=options.get("context"))
        assert status == 201, (status, model)
        self.id, self.url, self.token = model["id"], url, token
        self.connect(**options)

    def connect(self, context=None):
        self.socket = websocket.create_connection(f"{self.url.replace('http', 'ws', 1)}api/kernels/{self.id}/channels?token={self.token}",
                                                  timeout=60, sslopt={"context": context} if context else None)

    def send(self, code):
        """Asks for the code to be run; returns the request's id."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "session": uuid.uuid4().hex, "username": "", "version": "5.3", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        self.socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "channel": "shell", "content": content}))
        return number

    def heard(self):
        """(type, content, id of the request it is about) of the next message."""
        kind, frame = self.socket.recv_data()
        if kind == websocket.ABNF.OPCODE_CLOSE:
            raise AssertionError(f"the server closed the connection: {int.from_bytes(frame[:2], 'big')} {frame[2:].decode()}")
        message = json.loads(frame)
        return message["msg_type"], message["content"], message["parent_header"].get("msg_id")

    def run(self, code):
        """What the code prints; fails when its kernel ends meanwhile."""
        number, text = self.send(code), ""
        with patience_with(self.socket):
            while True:
                kind, content, about = self.heard()
                if kind == "status" and content["execution_state"] in ENDED:
                    raise AssertionError(f"the kernel ended while it ran {code!r}: {content.get('reason')}")
                if about != number:
                    continue
                text += content["text"] if kind == "stream" else ""
                if kind == "status" and content["execution_state"] == "idle":
                    return text

    def death(self, code):
        """Why the kernel is told to have died of this code."""
        self.send(code)
        with patience_with(self.socket):
            while True:
                kind, content, _ = self.heard()
                if kind == "status" and content["execution_state"] in ENDED:
                    return content.get("reason")


def reason_of_end(kernel, token):
    """Why the kernel at this address is dead; None while it is not."""
    model = ask(kernel, token)[1]
    return model["reason"] if model["execution_state"] == "dead" else None
