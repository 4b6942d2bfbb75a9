"""A kernel that is as fast as a kernel can be: executed, a number says how many messages it prints; all are made and signed before the first goes out.

It speaks ZMTP 3.0 itself and writes ready-made bytes, so that no library of its own is what is measured.  flood.py CONNECTION_FILE
"""
import hashlib
import hmac
import json
import queue
import socket
import struct
import sys
import threading

DELIMITER = b"<IDS|MSG>"


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def frames_of(parts):
    out = []
    for number, part in enumerate(parts):
        more = number < len(parts) - 1
        out.append(struct.pack("!BB", more, len(part)) if len(part) < 256 else struct.pack("!BQ", more | 2, len(part)))
        out.append(part)
    return b"".join(out)


class Kernel:
    def __init__(self, file):
        self.is_at = json.load(open(file))
        self.key = hmac.new(self.is_at["key"].encode(), digestmod=hashlib.sha256)
        self.listeners, self.count, self.requests = [], 0, queue.Queue()
        for channel, kind in ("shell", "ROUTER"), ("control", "ROUTER"), ("stdin", "ROUTER"), ("iopub", "PUB"):
            threading.Thread(target=self.listen, args=(channel, kind), daemon=True).start()

    def listen(self, channel, kind):
        ip, port = self.is_at["ip"], self.is_at[f"{channel}_port"]
        if self.is_at["transport"] == "ipc":
            server = socket.socket(socket.AF_UNIX)
            server.bind(f"{ip}-{port}")
            server.listen()
        else:
            server = socket.create_server((ip, port))
        while True:
            threading.Thread(target=self.serve, args=(channel, kind, server.accept()[0]), daemon=True).start()

    def serve(self, channel, kind, peer):
        body = b"\5READY\x0bSocket-Type" + struct.pack("!I", len(kind)) + kind.encode()
        peer.sendall(b"\xff" + bytes(8) + b"\x7f\3\0NULL" + bytes(48) + struct.pack("!BB", 4, len(body)) + body)
        stream, parts = peer.makefile("rb"), []
        if channel == "iopub":
            self.listeners.append(peer)
        stream.read(64)
        while head := stream.read(2):
            flags, size = head
            if flags & 2:
                size = int.from_bytes(head[1:] + stream.read(7), "big")
            part = stream.read(size)
            if flags & 4:
                continue
            parts.append(part)
            if not flags & 1:
                if channel in ("shell", "control"):
                    self.requests.put((peer, parts[parts.index(DELIMITER) + 2:]))
                parts = []

    def message(self, kind, parent, content):
        self.count += 1
        header = dump({"msg_id": f"flood-{self.count}", "msg_type": kind, "username": "", "session": "flood", "date": "2026-01-01T00:00:00Z", "version": "5.4"})
        digest = self.key.copy()
        digest.update(header + parent + b"{}" + content)
        return frames_of([DELIMITER, digest.hexdigest().encode(), header, parent, b"{}", content])

    def publish(self, octets):
        for at in range(0, len(octets), 1 << 16):
            for peer in list(self.listeners):
                try:
                    peer.sendall(octets[at:at + (1 << 16)])
                except OSError:
                    self.listeners.remove(peer)

    def run(self):
        while True:
            peer, (header, _, _, content, *_) = self.requests.get()
            kind = json.loads(header)["msg_type"]
            self.publish(self.message("status", header, b'{"execution_state":"busy"}'))
            if kind == "execute_request":
                data = dump({"comm_id": "flood", "data": {"text": "x" * 200}})
                self.publish(b"".join([self.message("comm_msg", header, data) for _ in range(int(json.loads(content)["code"]))]))
            peer.sendall(self.message(kind.replace("_request", "_reply"), header, dump({"status": "ok", "protocol_version": "5.4", "language_info": {}})))
            self.publish(self.message("status", header, b'{"execution_state":"idle"}'))


if __name__ == "__main__":
    Kernel(sys.argv[1]).run()
