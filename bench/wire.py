"""What a client needs to speak to a kernel, as thin as Python allows, so that what is measured is the other end.

A channel, over WebSocket or ZeroMQ, has the same calls: send(type, content) → message id, receive() → Message, skim() → bytes, close().
"""
import hashlib
import hmac
import json
import os
import socket
import struct
import uuid
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import urlsplit

import zmq

PATIENCE = 120  # seconds that nothing may take longer than


class Message(NamedTuple):
    channel: str
    kind: str
    parent: str  # the id of the request it belongs to
    content: bytes


def message_of(channel, header, parent, content):
    return Message(channel, json.loads(header)["msg_type"], json.loads(parent).get("msg_id", ""), content)


def request(kind, content, session):
    """Message id and the four JSON parts of a request."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": session, "date": "2026-01-01T00:00:00Z", "version": "5.4"}
    return header["msg_id"], [json.dumps(part).encode() for part in (header, {}, {}, content)]


class WebSocketChannel:
    """A kernel through a Jupyter server: the client's side of RFC 6455, carrying frames of v1.kernel.websocket.jupyter.org."""

    def __init__(self, url, kernel, token):
        self.session, to = uuid.uuid4().hex, urlsplit(url)
        self.socket = socket.create_connection((to.hostname, to.port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"GET {to.path}/api/kernels/{kernel}/channels?session_id={self.session} HTTP/1.1", f"Host: {to.netloc}", "Connection: Upgrade",
                 "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
                 "Sec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org", f"Authorization: token {token}"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.unread, self.at, head = b"", 0, b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(f"the kernel's socket did not open: {head.decode()}")

    def take(self, count):
        missing = count - (len(self.unread) - self.at)
        if missing > 0:
            pieces = [self.unread[self.at:]]
            while missing > 0:
                pieces.append(self.socket.recv(1 << 18))
                if not pieces[-1]:
                    raise ConnectionError("the server closed the connection")
                missing -= len(pieces[-1])
            self.unread, self.at = b"".join(pieces), 0
        self.at += count
        return self.unread[self.at - count:self.at]

    def skim(self):
        """The next whole message; pings are answered meanwhile."""
        whole = b""
        while True:
            first, length = self.take(2)
            if length >= 126:
                length = int.from_bytes(self.take(2 if length == 126 else 8), "big")
            payload, kind = self.take(length), first & 15
            if kind == 8:
                raise ConnectionError(f"closed with {int.from_bytes(payload[:2], 'big')}: {payload[2:].decode()}")
            if kind == 9:
                self.write(payload, kind=10)
            if kind > 8:
                continue
            whole = whole + payload if whole else payload
            if first & 128:
                return whole

    def write(self, payload, kind=2):
        size, key = len(payload), os.urandom(4)
        length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BH", 254, size) if size < 65536 else struct.pack("!BQ", 255, size)
        mask = (key * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")).to_bytes(size, "little")
        self.socket.sendall(bytes([128 | kind]) + length + key + masked)

    def send(self, kind, content):
        identity, parts = request(kind, content, self.session)
        offsets = [8 * (len(parts) + 3)]
        for piece in [b"shell", *parts]:
            offsets.append(offsets[-1] + len(piece))
        self.write(struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"shell" + b"".join(parts))
        return identity

    def receive(self):
        frame = self.skim()
        bounds = struct.unpack_from("<7Q", frame)[1:]
        channel, header, parent, _, content = (frame[a:b] for a, b in zip(bounds, bounds[1:]))
        return message_of(channel.decode(), header, parent, content)

    def close(self):
        self.socket.close()


class ZmqChannel:
    """The same without any server: sockets straight to what a connection file names."""

    def __init__(self, at):
        self.session, self.context = uuid.uuid4().hex, zmq.Context()
        self.key = hmac.new(at["key"].encode(), digestmod=hashlib.sha256)
        self.shell, self.iopub, self.poller = self.context.socket(zmq.DEALER), self.context.socket(zmq.SUB), zmq.Poller()
        for to, port in (self.shell, "shell_port"), (self.iopub, "iopub_port"):
            to.rcvhwm, to.reconnect_ivl = 0, 5
            to.connect(f"ipc://{at['ip']}-{at[port]}" if at["transport"] == "ipc" else f"tcp://{at['ip']}:{at[port]}")
            self.poller.register(to, zmq.POLLIN)
        self.iopub.subscribe(b"")

    def send(self, kind, content):
        identity, parts = request(kind, content, self.session)
        digest = self.key.copy()
        digest.update(b"".join(parts))
        self.shell.send_multipart([b"<IDS|MSG>", digest.hexdigest().encode(), *parts])
        return identity

    def frames(self):
        while True:
            for name, each in (("iopub", self.iopub), ("shell", self.shell)):
                try:
                    return name, each.recv_multipart(zmq.NOBLOCK)
                except zmq.Again:
                    pass
            if not self.poller.poll(PATIENCE * 1000):
                raise TimeoutError("the kernel says nothing")

    def skim(self):
        return b"".join(self.frames()[1])

    def receive(self):
        name, frames = self.frames()
        at = frames.index(b"<IDS|MSG>")
        return message_of(name, frames[at + 2], frames[at + 3], frames[at + 5])

    def close(self):
        self.context.destroy(0)


def ask(channel, code):
    return channel.send("execute_request", {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False})


def answered(channel, asked, hear=lambda message: None):
    """Reads until the request is answered and the kernel idle again; `hear` gets every message that belongs to it."""
    missing = {"reply", "idle"}
    while missing:
        message = channel.receive()
        if message.parent != asked:
            continue
        if message.channel == "shell":
            missing.discard("reply")
        elif message.kind == "status" and b'"idle"' in message.content:
            missing.discard("idle")
        hear(message)


def execute(channel, code):
    answered(channel, ask(channel, code))


def until_ready(channel):
    """Until the kernel answers and its output is heard; what it said before the subscription came through is lost, so it is asked again."""
    output = False
    while not output:
        asked = channel.send("kernel_info_request", {})
        while (message := channel.receive()).channel != "shell" or message.parent != asked:
            output = output or message.channel == "iopub"
