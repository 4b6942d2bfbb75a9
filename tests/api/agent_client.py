"""A client of an agent that runs without a sandbox: HTTP and WebSockets over its Unix socket. For agent_test.py and bench/."""
import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import websocket

ROOT = Path(__file__).resolve().parent.parent.parent
V1 = "v1.kernel.websocket.jupyter.org"


def find_agent():
    """ALLMENDE_AGENT, or the newest build."""
    if os.environ.get("ALLMENDE_AGENT"):
        return os.environ["ALLMENDE_AGENT"]
    built = [path for preset in ("release", "dev") if (path := ROOT / "build" / preset / "allmende-agent").exists()]
    if not built:
        raise SystemExit("no allmende-agent is built; run: ninja -C build/dev allmende-agent")
    return str(max(built, key=lambda path: path.stat().st_mtime))


def find_python():
    """The environment whose kernels are started."""
    return os.environ.get("ALLMENDE_PYTHON", "/opt/allmende/python")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=90):
        super().__init__("agent", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Agent:
    """One running agent in a folder of its own. As a context manager it ends with the block, and its kernels with it."""

    def __init__(self, python=None, environment=None, arguments=()):
        self.folder = Path(tempfile.mkdtemp(prefix="agent-"))
        self.folder.chmod(0o711)
        self.content, self.spool, home = (self.folder / name for name in ("content", "spool", "home"))
        for path in (self.content, self.spool, home):
            path.mkdir()
        self.user = 1000 if os.geteuid() == 0 else os.geteuid()
        if os.geteuid() == 0:
            for path in (self.content, home):
                os.chown(path, 1000, 1000)
        self.socket = str(self.folder / "agent.sock")
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(
            [find_agent(), "--socket", self.socket, "--python", python or find_python(), "--content", str(self.content), "--run", str(self.folder / "run"),
             "--spool", str(self.spool), *arguments],
            stdout=self.log, stderr=self.log, env={**os.environ, "HOME": str(home), "MPLCONFIGDIR": str(home), **(environment or {})})
        end = time.monotonic() + 20
        while True:
            try:
                self.call("GET", "/api")
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the agent did not start:\n{self.logged()}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def logged(self):
        return (self.folder / "log").read_text()

    def call(self, method, path, body=None, headers=None):
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, path, json.dumps(body) if isinstance(body, (dict, list)) else body, headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def start_kernel(self, **demand):
        reply = self.call("POST", "/api/kernels", demand)
        assert reply.status == 201, reply.body
        return reply.json["id"]

    def web_socket(self, path, subprotocols=()):
        plain = socket.socket(socket.AF_UNIX)
        plain.connect(self.socket)
        return websocket.create_connection(f"ws://agent{path}", socket=plain, subprotocols=list(subprotocols), timeout=90, suppress_origin=True)

    def channels(self, kernel, session=None, legacy=False):
        return Channels(self, kernel, session or str(uuid.uuid4()), legacy)

    def memory(self):
        """Resident megabytes."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1000


def encode_v1(channel, parts, buffers=()):
    pieces = [channel.encode(), *(json.dumps(part).encode() for part in parts), *buffers]
    offsets = [8 * (len(pieces) + 2)]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(pieces)


def decode_v1(frame):
    (count,) = struct.unpack_from("<Q", frame)
    offsets = struct.unpack_from(f"<{count}Q", frame, 8)
    pieces = [frame[a:b] for a, b in zip(offsets, offsets[1:])]
    header, parent, metadata, content = (json.loads(piece) for piece in pieces[1:5])
    return {"channel": pieces[0].decode(), "header": header, "parent_header": parent, "metadata": metadata, "content": content, "buffers": pieces[5:]}


class Channels:
    """A kernel's WebSocket."""

    def __init__(self, agent, kernel, session, legacy):
        self.session, self.legacy = session, legacy
        self.socket = agent.web_socket(f"/api/kernels/{kernel}/channels?session_id={session}", () if legacy else [V1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def header(self, kind):
        return {"msg_id": str(uuid.uuid4()), "msg_type": kind, "session": self.session, "username": "test", "date": "2026-01-01T00:00:00.000000Z",
                "version": "5.4"}

    def send(self, kind, content, channel="shell", buffers=(), parent=None):
        header = self.header(kind)
        if self.legacy:
            self.socket.send(json.dumps({"header": header, "parent_header": parent or {}, "metadata": {}, "content": content, "channel": channel}))
        else:
            self.socket.send_binary(encode_v1(channel, [header, parent or {}, {}, content], buffers))
        return header["msg_id"]

    def receive(self):
        opcode, data = self.socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise ConnectionError(f"closed with {struct.unpack('>H', data[:2])[0]}: {data[2:].decode()}")
        if not self.legacy:
            return decode_v1(data)
        if opcode == websocket.ABNF.OPCODE_TEXT:
            return json.loads(data)
        count, first = struct.unpack_from(">II", data)
        offsets = (*struct.unpack_from(f">{count}I", data, 4), len(data))
        return {**json.loads(data[first:offsets[1]]), "buffers": [data[a:b] for a, b in zip(offsets[1:], offsets[2:])]}

    def until(self, holds):
        """Messages up to and with the first for which `holds`."""
        messages = []
        while True:
            messages.append(self.receive())
            if holds(messages[-1]):
                return messages

    def ask(self, code, **more):
        return self.send("execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                                             "stop_on_error": True, **more})

    def finish(self, asked):
        """All messages about `asked` until it is answered and the kernel idle again."""
        missing, about = {"execute_reply", "idle"}, []
        while missing:
            message = self.receive()
            if message["parent_header"].get("msg_id") != asked:
                continue
            about.append(message)
            kind = message["header"]["msg_type"]
            missing.discard(message["content"]["execution_state"] if kind == "status" else kind)
        return about

    def run(self, code, **more):
        return self.finish(self.ask(code, **more))

    def text(self, code):
        return text_of(self.run(code))


def text_of(messages):
    return "".join(message["content"]["text"] for message in messages if message["header"]["msg_type"] == "stream")


def is_status(state):
    return lambda message: message["header"]["msg_type"] == "status" and message["content"]["execution_state"] == state
