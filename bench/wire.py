"""What a client needs to speak to a kernel, as thin as Python allows, so that what is measured is the other end.

A channel, WebSocket or ZeroMQ, has the same three calls: send(type, content) → message id, receive() → Message, close().
"""
import hashlib
import hmac
import json
import os
import socket
import struct
import time
import uuid
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import urlsplit

import zmq

V1 = "v1.kernel.websocket.jupyter.org"
PATIENCE = 120  # seconds that nothing may take longer than


class Message(NamedTuple):
    channel: str
    kind: str
    parent: str  # the id of the request it belongs to
    content: bytes


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def request_parts(kind, content, session):
    """Message id and the four JSON parts of a request."""
    identity = uuid.uuid4().hex
    header = {"msg_id": identity, "msg_type": kind, "username": "bench", "session": session, "date": "2026-01-01T00:00:00Z", "version": "5.4"}
    return identity, [compact(header), b"{}", b"{}", compact(content)]


def message_of(channel, header, parent, content):
    return Message(channel, json.loads(header)["msg_type"], json.loads(parent).get("msg_id", ""), content)


class Socket:
    """The client's side of RFC 6455: whole frames out, whole messages in."""

    def __init__(self, url, target, token, subprotocol=V1):
        to = urlsplit(url)
        self.socket = socket.create_connection((to.hostname, to.port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"GET {target} HTTP/1.1", f"Host: {to.netloc}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                 f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}", f"Sec-WebSocket-Protocol: {subprotocol}", f"Authorization: token {token}"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.unread, self.at = b"", 0
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(f"{target} was not upgraded: {head.decode()}")

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

    def read(self):
        """The next data message; pings are answered meanwhile."""
        whole = b""
        while True:
            first, length = self.take(2)
            if length >= 126:
                length = int.from_bytes(self.take(2 if length == 126 else 8), "big")
            payload = self.take(length)
            kind = first & 15
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

    def close(self):
        self.socket.close()


class WebSocketChannel:
    """A kernel through a Jupyter server, v1 frames."""

    def __init__(self, url, kernel, token):
        self.session = uuid.uuid4().hex
        self.socket = Socket(url, f"/api/kernels/{kernel}/channels?session_id={self.session}", token)

    def send(self, kind, content):
        identity, parts = request_parts(kind, content, self.session)
        pieces = [b"shell", *parts]
        offsets = [8 * (len(pieces) + 2)]
        for piece in pieces:
            offsets.append(offsets[-1] + len(piece))
        self.socket.write(struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(pieces))
        return identity

    def receive(self):
        frame = self.socket.read()
        count, *bounds = struct.unpack_from("<7Q", frame)
        channel, header, parent, _, content = (frame[a:b] for a, b in zip(bounds[:5], bounds[1:6]))
        return message_of(channel.decode(), header, parent, content)

    def skim(self):
        """Reads one message without looking into it: the cheapest that a client can do."""
        return self.socket.read()

    def close(self):
        self.socket.close()


class ZmqChannel:
    """The same kernel protocol without any server: sockets straight to what a connection file names."""

    def __init__(self, connection, folder=None):
        """`folder` replaces the one of ipc sockets, for a kernel whose file system is another one's."""
        self.session, self.context = uuid.uuid4().hex, zmq.Context()
        self.key = hmac.new(connection["key"].encode(), digestmod=hashlib.sha256)
        self.shell, self.iopub = self.context.socket(zmq.DEALER), self.context.socket(zmq.SUB)
        base = connection["ip"] if folder is None else os.path.join(folder, os.path.basename(connection["ip"]))
        for to, port in (self.shell, "shell_port"), (self.iopub, "iopub_port"):
            to.linger, to.rcvhwm, to.reconnect_ivl = 0, 0, 5
            to.connect(f"ipc://{base}-{connection[port]}" if connection["transport"] == "ipc" else f"tcp://{base}:{connection[port]}")
        self.iopub.subscribe(b"")
        self.poller = zmq.Poller()
        for each in (self.shell, self.iopub):
            self.poller.register(each, zmq.POLLIN)

    def send(self, kind, content):
        identity, parts = request_parts(kind, content, self.session)
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

    def receive(self):
        name, frames = self.frames()
        at = frames.index(b"<IDS|MSG>")
        return message_of(name, frames[at + 2], frames[at + 3], frames[at + 5])

    def skim(self):
        return self.frames()[1][-1]

    def close(self):
        self.context.destroy(0)


def answered(channel, asked, hear=lambda message: None):
    """Reads until the request is answered and the kernel idle again; `hear` gets every message that belongs to it."""
    missing, end = {"reply", "idle"}, time.monotonic() + PATIENCE
    while missing:
        message = channel.receive()
        if message.parent != asked:
            if time.monotonic() > end:
                raise TimeoutError("the request is not answered")
            continue
        if message.channel == "shell":
            missing.discard("reply")
        elif message.kind == "status" and b'"idle"' in message.content:
            missing.discard("idle")
        hear(message)


def execute(channel, code, hear=lambda message: None):
    answered(channel, channel.send("execute_request", {"code": code, "silent": False, "store_history": False, "user_expressions": {},
                                                       "allow_stdin": False, "stop_on_error": True}), hear)


def until_ready(channel):
    """Until the kernel answers and its output is heard; what it said before the subscription came through is lost, so it is asked again."""
    output = False
    while not output:
        asked = channel.send("kernel_info_request", {})
        while (message := channel.receive()).channel != "shell" or message.parent != asked:
            output = output or message.channel == "iopub"
