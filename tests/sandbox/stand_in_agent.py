#!/usr/bin/python3
"""Stands in for the agent in the tests of the sandbox: PID 1, listens on the socket handed in, runs what it is told.

One JSON object a connection: {"uid": 1000, "argv": […], "stdin": "…", "seconds": 20} is answered by {"status": 0, "output": "…"};
{"exit": 3} ends the agent, {"hog": N} makes it take N bytes itself, {"print": N} makes it print N lines. Each other request is served by a forked child, as kernels are.
"""
import json
import os
import signal
import socket
import subprocess
import sys

assert os.getpid() == 1 and os.environ["LISTEN_PID"] == "1" and os.environ["LISTEN_FDS"] == "1"
listening = socket.socket(fileno=3)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps


def serve(connection: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    demand = json.loads(connection.makefile("rb").readline())
    uid = demand.get("uid", 1000)
    if uid != 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    try:
        done = subprocess.run(demand["argv"], input=demand.get("stdin", ""), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=demand.get("seconds", 20), check=False)
        answer = {"status": done.returncode, "output": done.stdout}
    except subprocess.TimeoutExpired as late:
        answer = {"status": "timeout", "output": (late.stdout or b"").decode(errors="replace")}
    except OSError as error:
        answer = {"status": "error", "output": str(error)}
    connection.sendall(json.dumps(answer).encode() + b"\n")


def own_work(demand: dict) -> None:
    held.append(b"x" * demand.get("hog", 0))
    for line in range(demand.get("print", 0)):
        try:
            os.write(1, b"line %d\n" % line)
        except BlockingIOError:  # a full pipe takes no more, and holds nobody up
            pass


held: list[bytes] = []
while True:
    connection, _ = listening.accept()
    first = connection.recv(65536, socket.MSG_PEEK)
    if first.startswith(b'{"exit"'):
        os._exit(json.loads(first)["exit"])
    if first.startswith((b'{"hog"', b'{"print"')):
        own_work(json.loads(first))
        connection.sendall(b'{"status": 0, "output": ""}\n')
        connection.close()
        continue
    try:
        child = os.fork()
    except OSError:  # the process limit is reached: whoever asked hears that the connection closed
        connection.close()
        continue
    if child == 0:
        listening.close()
        try:
            serve(connection)
        except Exception as error:  # the test reads it in the node's log
            print("stand-in agent:", error, file=sys.stderr)
        os._exit(0)
    connection.close()
