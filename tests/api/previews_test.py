"""Web apps that run in a runtime, shown at host names of their own: real sockets from a browser's side to an app that a kernel runs."""
import hashlib
import http.client
import json
import os
import re
import signal
import unittest
import urllib.parse

import websocket

from client import Kernel, ask, until
from house import PASSWORD, House

APP = '''
import base64, hashlib, http.server, json, threading

class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    go = threading.Event()

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            return self.echo()
        if self.path == "/headers":
            return self.answer(json.dumps(dict(self.headers)).encode())
        if self.path == "/redirect":
            return self.answer(b"", 302, Location=f"http://localhost:{self.server.server_address[1]}/next")
        if self.path == "/cookie":
            return self.answer(b"", Set_Cookie="a=1; Domain=localhost; Path=/")
        if self.path == "/silent":
            self.close_connection = True
            return
        if self.path == "/go":
            App.go.set()
        if self.path != "/stream":
            return self.answer(f"you are at {self.path}".encode())
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"4\\r\\none\\n\\r\\n")
        App.go.wait(30)
        self.wfile.write(b"4\\r\\ntwo\\n\\r\\n0\\r\\n\\r\\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(hashlib.sha256(body).hexdigest().encode())

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        while True:
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 15 == 8:
                self.close_connection = True
                return
            size = head[1] & 127
            mask, body = self.rfile.read(4), self.rfile.read(size)
            self.wfile.write(bytes([0x81, size]) + bytes(byte ^ mask[at % 4] for at, byte in enumerate(body)))
            self.wfile.flush()

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1])
'''
RAW = '''
import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    while True:
        one, _ = listener.accept()
        one.sendall(b"SSH-2.0-Nothing\\r\\n\\r\\n")
        one.close()
threading.Thread(target=serve, daemon=True).start()
print(listener.getsockname()[1])
'''


class Browser:
    """Follows links by hand: it knows one cookie, and that every name below localhost is this machine."""

    def __init__(self, house):
        self.port, self.host, self.cookie = urllib.parse.urlsplit(house.url).port, None, None

    def enter(self, link):
        """Opens a link into a preview; returns where that leads."""
        url = urllib.parse.urlsplit(link)
        self.host = url.netloc
        status, headers, _ = self.get(f"{url.path}?{url.query}")
        if status == 302:
            self.cookie = headers["Set-Cookie"].split(";")[0]
        return status, headers

    def get(self, path, method="GET", body=None, **headers):
        connection = self.ask(path, method, body, **headers)
        with connection.getresponse() as answer:
            return answer.status, answer.headers, answer.read()

    def ask(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {}), **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, body, sent)
        return connection

    def socket(self, path):
        return websocket.create_connection(f"ws://127.0.0.1:{self.port}{path}", host=self.host, cookie=self.cookie, origin=f"http://{self.host}", timeout=60)


class AWebApp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = cls.enterClassContext(House())
        cls.ada = cls.house.make_ada()
        cls.house.tool("account", "create", "bob", "--password-stdin", text=PASSWORD + "\n")
        cls.bob = cls.house.tool("token", "create", "--account", "bob", "--name", "tests")
        cls.kernel = Kernel(cls.house.url, cls.ada)
        cls.port = int(cls.kernel.run(APP))
        cls.runtime = next(one["id"] for one in ask(f"{cls.house.url}api/runtimes", cls.ada)[1] if one["state"] == "ready")

    def ask(self, path, token=None, method="GET", body=None):
        return ask(f"{self.house.url}api/{path}", token or self.ada, method, body)

    def preview(self, port=None):
        status, model = self.ask("previews", method="POST", body={"runtime": self.runtime, "port": port or self.port})
        self.assertEqual(status, 201, model)
        return model

    def link(self, preview, token=None, path="/"):
        status, model = self.ask(f"previews/{preview['id']}/link", token, "POST", {"path": path})
        self.assertEqual(status, 200, model)
        # Programs call the server by its address; what is shown is below localhost all the same.
        self.assertRegex(model["url"], rf"^http://{preview['id']}\.localhost:\d+/\.allmende/enter\?ticket=[0-9a-f]{{32}}&to=")
        return model["url"]

    def entered(self, preview=None, token=None):
        browser = Browser(self.house)
        status, headers = browser.enter(self.link(preview or self.preview(), token))
        self.assertEqual((status, headers["Location"]), (302, "/"))
        return browser

    def test_is_found_and_seen_by_its_owner(self):
        status, ports = self.ask(f"runtimes/{self.runtime}/ports")
        self.assertEqual(status, 200, ports)
        self.assertIn("ipykernel", next(one["program"] for one in ports if one["port"] == self.port))
        others = self.kernel.run("print(*{int(line.split()[1].split(':')[1], 16) for line in open('/proc/net/tcp').readlines()[1:] if line.split()[3] == '0A'})")
        self.assertGreater(len(others.split()), len(ports), "what ipykernel listens at for itself is left out")
        self.assertEqual(self.preview()["id"], self.preview()["id"], "a port has one preview")
        status, headers, body = self.entered().get("/a?b=c")
        self.assertEqual((status, body), (200, b"you are at /a?b=c"))
        self.assertEqual(headers["Connection"], "close")

    def test_sees_itself_called_as_where_it_runs_and_nothing_of_ours(self):
        browser = self.entered()
        _, _, body = browser.get("/headers", Origin=f"http://{browser.host}", X_Forwarded_For="10.0.0.1", Accept_Encoding="gzip")
        seen = {name.lower(): value for name, value in json.loads(body).items()}
        self.assertEqual(seen["host"], f"localhost:{self.port}")
        self.assertEqual(seen["origin"], f"http://localhost:{self.port}")
        self.assertNotIn("x-forwarded-for", seen, "from where somebody looks is not its business")
        self.assertEqual(seen["x-forwarded-host"], browser.host)
        self.assertNotIn("cookie", seen)
        status, headers, _ = browser.get("/redirect")
        self.assertEqual((status, headers["Location"]), (302, "/next"))
        self.assertEqual(browser.get("/cookie")[1]["Set-Cookie"], "a=1; Path=/")

    def test_sends_a_stream_as_it_comes(self):
        browser = self.entered()
        with browser.ask("/stream").getresponse() as answer:
            self.assertEqual(answer.readline(), b"one\n")  # before the app has said more
            browser.get("/go")
            self.assertEqual(answer.read(), b"two\n")

    def test_takes_an_upload_of_40_mb(self):
        body = os.urandom(1 << 20) * 40
        status, _, said = self.entered().get("/size", "POST", body)
        self.assertEqual((status, said.decode()), (200, hashlib.sha256(body).hexdigest()))

    def test_speaks_websocket(self):
        socket = self.entered().socket("/ws")
        for word in ("hello", "again", "x" * 100):
            socket.send(word)
            self.assertEqual(socket.recv(), word)
        socket.close()

    def test_is_for_nobody_else(self):
        preview = self.preview()
        stranger = Browser(self.house)
        link = self.link(preview)
        stranger.host = urllib.parse.urlsplit(link).netloc
        self.assertEqual(stranger.get("/")[0], 401)
        status, headers, _ = stranger.get("/a?b=c", Accept="text/html,*/*")
        self.assertEqual((status, headers["Location"]), (302, f"{self.house.url}preview/{preview['id']}?to=%2Fa%3Fb%3Dc"))
        self.assertEqual(stranger.enter(link)[0], 302)
        self.assertEqual(Browser(self.house).enter(link)[0], 401, "a link is good once")
        other = Browser(self.house)
        other.enter(self.link(self.preview(1234)))
        other.host = stranger.host
        self.assertEqual(other.get("/")[0], 401, "a pass leads to one web app alone")
        self.assertEqual(stranger.get("/", Origin="https://example.org")[0], 403)
        self.assertEqual(stranger.get("/", "PROPFIND")[0], 405)
        self.assertEqual(self.ask(f"previews/{preview['id']}/link", self.bob, "POST", {})[0], 404)
        self.assertEqual(self.ask(f"previews/{preview['id']}", self.bob, "DELETE")[0], 404)
        self.assertEqual(self.ask(f"previews/{preview['id']}/viewers", self.bob, "PUT", {"account": "bob"})[0], 404)
        self.assertEqual(self.ask(f"runtimes/{self.runtime}/ports", self.bob)[0], 404)
        self.assertEqual(self.ask("previews", self.bob, "POST", {"runtime": self.runtime, "port": self.port})[0], 404)
        self.assertEqual(self.ask("previews", self.bob)[1], [])
        self.assertEqual(ask(f"{self.house.url}preview/{preview['id']}", self.bob)[0], 404)
        stranger.host = stranger.host.replace(preview["id"], "app-" + "0" * 20)
        self.assertEqual(stranger.get("/")[0], 404)

    def test_is_shown_to_whom_its_owner_names_until_they_take_it_back(self):
        preview = self.preview()
        self.assertEqual(self.ask(f"previews/{preview['id']}/viewers", method="PUT", body={"account": "nobody"})[0], 404)
        self.assertEqual(self.ask(f"previews/{preview['id']}/viewers", method="PUT", body={"account": "bob"})[0], 204)
        (seen,) = self.ask("previews", self.bob)[1]
        self.assertEqual((seen["owner"]["name"], seen["viewers"]), ("ada", []))
        self.assertEqual([one["name"] for one in self.preview()["viewers"]], ["bob"])
        browser = self.entered(preview, self.bob)
        self.assertEqual(browser.get("/")[0], 200)
        socket = browser.socket("/ws")
        self.assertEqual(self.ask(f"previews/{preview['id']}/viewers/bob", method="DELETE")[0], 204)
        with self.assertRaises((websocket.WebSocketException, OSError)):
            socket.recv()
        self.assertEqual(browser.get("/")[0], 401)

    def test_says_so_when_it_does_not_answer_or_is_none(self):
        status, _, body = self.entered(self.preview(9)).get("/", Accept_Language="de-DE")
        self.assertEqual(status, 502)
        self.assertIn("An diesem Port antwortet nichts", body.decode())
        status, _, body = self.entered(self.preview(int(self.kernel.run(RAW)))).get("/")
        self.assertEqual((status, "This is no web app" in body.decode()), (502, True), body)
        status, _, body = self.entered().get("/silent")
        self.assertEqual((status, "hung up" in body.decode()), (502, True), body)

    def test_bad_wishes_are_answered_with_what_is_allowed(self):
        for port in (0, -1, 65536):
            status, model = self.ask("previews", method="POST", body={"runtime": self.runtime, "port": port})
            self.assertEqual((status, model["message"]), (400, f"{port} is no port; those are 1 to 65535"))
        self.assertEqual(self.ask("previews", method="POST", body={"runtime": "rt_" + "0" * 20, "port": 80})[0], 404)
        preview = self.preview()
        for path in ("//example.org", "/\\example.org", "x", "/a\nb"):
            status, model = self.ask(f"previews/{preview['id']}/link", method="POST", body={"path": path})
            self.assertEqual(status, 400, path)
            self.assertRegex(model["message"], "is no path of a web app; one begins with '/'$")

    def test_no_more_than_twenty_are_shown_at_once(self):
        made = [self.preview(port)["id"] for port in range(20_000, 20_020 - len(self.ask("previews")[1]))]
        status, model = self.ask("previews", method="POST", body={"runtime": self.runtime, "port": 21_000})
        self.assertEqual((status, model["message"]), (429, "20 web apps are shown already, which is the most; end one first"))
        for each in made:
            self.assertEqual(self.ask(f"previews/{each}", method="DELETE")[0], 204)

    def test_the_page_may_frame_it_and_nothing_else(self):
        connection = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(self.house.url).port, timeout=60)
        connection.request("GET", "/", headers={"Host": f"localhost:{connection.port}"})
        policy = connection.getresponse().headers["Content-Security-Policy"]
        self.assertIn(f"frame-src 'self' http://*.localhost:{connection.port};", policy)


class WhatEndsAWebApp(unittest.TestCase):
    def shown(self, house):
        """Ada's token, her runtime, and a preview of an app in it."""
        ada = house.make_ada()
        port = int(Kernel(house.url, ada).run(APP))
        (runtime,) = [one["id"] for one in ask(f"{house.url}api/runtimes", ada)[1] if one["state"] == "ready"]
        return ada, runtime, ask(f"{house.url}api/previews", ada, "POST", {"runtime": runtime, "port": port})[1]

    def test_a_restarted_server_shows_it_still_and_its_runtimes_end_ends_it(self):
        with House() as house:
            ada, runtime, preview = self.shown(house)

            def link():
                status, said = ask(f"{house.url}api/previews/{preview['id']}/link", ada, "POST", {})
                return said["url"] if status == 200 else None

            browser = Browser(house)
            browser.enter(link())
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            until("the server to serve again", link)
            self.assertEqual(browser.get("/")[0], 401, "a pass ends with the server")
            browser.enter(link())
            until("the runtime is found again", lambda: browser.get("/")[0] == 200)
            self.assertEqual(ask(f"{house.url}api/runtimes/{runtime}", ada, "DELETE")[0], 204)
            status, _, body = browser.get("/")
            self.assertEqual(status, 404)
            self.assertIn("not there any more", body.decode())
            self.assertEqual(ask(f"{house.url}api/previews", ada)[1], [])

    def test_signing_out_ends_the_pass(self):
        with House() as house:
            ada, _, preview = self.shown(house)
            browser = Browser(house)
            browser.enter(ask(f"{house.url}api/previews/{preview['id']}/link", ada, "POST", {})[1]["url"])
            self.assertEqual(browser.get("/")[0], 200)
            page = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=60)
            page.request("POST", "/api/sign-in", json.dumps({"name": "ada", "password": PASSWORD}), {"Content-Type": "application/json", "Cookie": "_xsrf=1", "X-XSRFToken": "1"})
            answer = page.getresponse()
            cookies = "; ".join(re.match("[^;]*", one)[0] for one in answer.headers.get_all("Set-Cookie"))
            answer.read()
            page.request("POST", "/api/sign-out", "{}", {"Cookie": cookies + "; _xsrf=1", "X-XSRFToken": "1"})
            self.assertEqual(page.getresponse().status, 204)
            self.assertEqual(browser.get("/")[0], 401)


if __name__ == "__main__":
    unittest.main()
