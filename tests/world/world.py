"""The world outside of a test machine: a web server, a name server, and what must not be reached. Runs in a network namespace of its own.

    world.py FOLDER        serves the files of FOLDER on port 80 of every address, names on port 53, and swallows everything else;
                           a mining pool that never pays on port 3333, and a file sharer on 6881 with its tracker on port 80

GET /seen tells what came so far, as JSON: new connections by port, datagrams by port, and from which addresses.
"""
import collections
import contextlib
import hashlib
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

NAMES = {"web.test": "203.0.113.10", "packages.test": "203.0.113.10", "other.test": "203.0.113.11", "inside.test": "10.9.0.1",
         "metadata.test": "169.254.169.254", "large.test": "203.0.113.10"}
POOL, SHARER = 3333, 6881
SINKS = (25, 465, 587, 7000)
seen = {"connections": collections.Counter(), "datagrams": collections.Counter(), "from": collections.Counter()}


class Web(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        seen["connections"][80] += 1
        seen["from"][self.client_address[0]] += 1
        if self.path == "/seen":
            return self.answer(json.dumps(seen).encode())
        if self.path == "/hello":
            return self.answer(b"hello from outside")
        if self.path.startswith("/announce?"):
            return self.answer(b"d8:intervali60e5:peers6:" + socket.inet_aton("203.0.113.10") + struct.pack("!H", SHARER) + b"e")
        if self.path.startswith("/bytes/"):
            return self.answer(bytes(int(self.path.removeprefix("/bytes/"))))
        return super().do_GET()

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 16)))
        self.answer(b"taken")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def answer_to(question, stream):
    """A DNS answer: one address, none, or (large.test) more than a datagram holds."""
    end = 12
    labels = []
    while question[end]:
        labels.append(question[end + 1:end + 1 + question[end]].decode().lower())
        end += 1 + question[end]
    asked, (kind,) = question[12:end + 5], struct.unpack("!H", question[end + 1:end + 3])
    address = NAMES.get(".".join(labels))
    cut = ".".join(labels) == "large.test" and not stream
    records = [address] if address and kind == 1 and not cut else []
    flags = 0x8180 | (0x0200 if cut else 0) | (3 if not address else 0)
    answer = question[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + asked
    for record in records:
        answer += struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(record)
    return answer


def tell_names():
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("10.9.0.1", 53))
    while True:
        question, whence = door.recvfrom(4096)
        seen["datagrams"][53] += 1
        door.sendto(answer_to(question, False), whence)


def tell_names_by_streams():
    door = socket.create_server(("10.9.0.1", 53))
    while True:
        plug, _ = door.accept()
        with plug:
            (length,) = struct.unpack("!H", plug.recv(2, socket.MSG_WAITALL))
            answer = answer_to(plug.recv(length, socket.MSG_WAITALL), True)
            plug.sendall(struct.pack("!H", len(answer)) + answer)


def be_a_pool(port):
    """Speaks as a mining pool (stratum): gives work and takes none."""
    door = socket.create_server(("", port))

    def serve(plug):
        with contextlib.suppress(OSError), plug, plug.makefile("r") as lines:
            for line in lines:
                asked = json.loads(line)
                said = [{"id": asked["id"], "result": [[["mining.notify", "1"]], "08000002", 4], "error": None}]
                if asked["method"] == "mining.authorize":
                    said = [{"id": asked["id"], "result": True, "error": None}, {"id": None, "method": "mining.set_difficulty", "params": [1]},
                            {"id": None, "method": "mining.notify", "params": ["1", "0" * 64, "01", "02", [], "2", "1d00ffff", "5", True]}]
                plug.sendall("".join(json.dumps(one) + "\n" for one in said).encode())

    while True:
        plug, _ = door.accept()
        threading.Thread(target=serve, args=(plug,), daemon=True).start()


def bencoded(value):
    if isinstance(value, dict):
        return b"d" + b"".join(bencoded(key) + bencoded(value[key]) for key in sorted(value)) + b"e"
    if isinstance(value, int):
        return b"i%de" % value
    text = value if isinstance(value, bytes) else value.encode()
    return b"%d:%s" % (len(text), text)


def share(folder):
    """Shares a file of 40 MB with whoever asks the tracker; /shared.torrent says how to. Where aria2 is not installed nothing is shared."""
    if not shutil.which("aria2c"):
        return
    piece = 1 << 18
    data = bytes(160 * piece)
    Path(folder, "shared.bin").write_bytes(data)
    pieces = b"".join(hashlib.sha1(data[at:at + piece]).digest() for at in range(0, len(data), piece))
    torrent = {"announce": "http://203.0.113.10/announce", "info": {"name": "shared.bin", "length": len(data), "piece length": piece, "pieces": pieces}}
    Path(folder, "shared.torrent").write_bytes(bencoded(torrent))
    subprocess.Popen(["aria2c", "--quiet", "--dir", folder, f"--listen-port={SHARER}", "--seed-ratio=0", "--bt-seed-unverified", "--enable-dht=false",
                      "--stop-with-process", str(os.getpid()), "--bt-enable-lpd=false", str(Path(folder, "shared.torrent"))])


def swallow(port):
    door = socket.create_server(("", port), backlog=1024)
    while True:
        plug, whence = door.accept()
        seen["connections"][port] += 1
        seen["from"][whence[0]] += 1
        plug.close()


def swallow_datagrams(port):
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("", port))
    while True:
        door.recvfrom(65535)
        seen["datagrams"][port] += 1


def main(folder):
    http.server.ThreadingHTTPServer.request_queue_size = 512
    server = http.server.ThreadingHTTPServer(("", 80), lambda *whence: Web(*whence, directory=folder))
    share(folder)
    work = [(tell_names,), (tell_names_by_streams,), (swallow_datagrams, 9999), (be_a_pool, POOL)] + [(swallow, port) for port in SINKS]
    for what, *arguments in work:
        threading.Thread(target=what, args=arguments, daemon=True).start()
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
