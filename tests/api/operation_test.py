"""What whoever runs an Allmende relies on: TLS, a reverse proxy, stopping, crashes, full disks, and refusals that say what to do.

Each test starts an Allmende of its own.
"""
import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import websocket

from client import Kernel, ask, free_port, reason_of_end, until
from house import BIN, House


def port_of(pid):
    """The TCP port on which a process listens."""
    sockets = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
            return int(words[1].split(":")[1], 16)
    raise RuntimeError(f"process {pid} listens on no port")


def close_code(sock):
    """The code with which the other side closes."""
    while True:
        frame = sock.recv_frame()
        if frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(frame.data[:2], "big")


def put_text(house, token, path, text):
    return ask(f"{house.url}api/contents/{path}", token, "PUT", {"type": "file", "format": "text", "content": text})


class Serving(unittest.TestCase):
    def test_with_a_certificate_speaks_tls_and_nothing_else(self):
        def certify(data):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                            "subjectAltName=IP:127.0.0.1", "-keyout", f"{data}/key.pem", "-out", f"{data}/cert.pem"], check=True, capture_output=True)
            for name in ("key.pem", "cert.pem"):
                shutil.chown(f"{data}/{name}", "allmende")
        folder = tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, folder, True)
        with House("--tls-certificate", f"{folder}/cert.pem", "--tls-key", f"{folder}/key.pem", data=folder, prepare=certify) as house:
            self.assertTrue(house.url.startswith("https://127.0.0.1:"), house.url)
            trust = ssl.create_default_context(cafile=f"{folder}/cert.pem")
            token = house.make_ada()
            self.assertEqual(ask(house.url + "api/status", token, context=trust)[0], 200)
            self.assertEqual(Kernel(house.url, token, context=trust).run("print(6 * 7)"), "42\n")
            with self.assertRaises(OSError):
                ask(house.url.replace("https", "http") + "api", patience=10)

    def test_works_behind_a_reverse_proxy_below_a_path(self):
        port = free_port()
        with House("--base-url", "/commons/", "--public-url", f"http://127.0.0.1:{port}/commons/", "--trusted-proxies", "127.0.0.1") as house, \
                tempfile.TemporaryDirectory() as folder:
            self.assertTrue(house.link.startswith(f"http://127.0.0.1:{port}/commons/login?link="), house.link)
            inner = port_of(house.pid_of("allmende-server"))
            Path(folder, "nginx.conf").write_text(f"""
                daemon off; pid {folder}/pid; error_log {folder}/error.log;
                events {{}}
                http {{
                  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
                  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
                  server {{
                    listen 127.0.0.1:{port};
                    location /commons/ {{
                      proxy_pass http://127.0.0.1:{inner};
                      proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_buffering off;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
                      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
                    }}
                  }}
                }}""")
            proxy = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
            try:
                url = f"http://127.0.0.1:{port}/commons/"
                until("the proxy to listen", lambda: ask(url + "api")[0] == 200)
                jar = http.cookiejar.CookieJar()
                browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
                page = browser.open(house.link, timeout=20).read().decode()
                assets = re.findall(r'(?:src|href)="([^"#]+)"', page)
                self.assertTrue(assets)
                for asset in assets:
                    self.assertTrue(asset.startswith("/commons/"), asset)
                    self.assertEqual(browser.open(f"http://127.0.0.1:{port}{asset}", timeout=20).status, 200)
                self.assertEqual({cookie.path for cookie in jar}, {"/commons/"})
                token = house.make_ada()
                self.assertEqual(Kernel(url, token).run("print(6 * 7)"), "42\n")
                self.assertEqual(put_text(house, token, "a.txt", "text")[0], 201)
                self.assertEqual(ask(f"http://127.0.0.1:{inner}/api")[0], 404)
            finally:
                proxy.terminate()
                proxy.wait(20)

    def test_ended_closes_its_sockets_as_restarting_so_that_clients_come_back(self):
        house = House()
        try:
            kernel = Kernel(house.url, house.make_ada())
            events = websocket.create_connection(f"{house.url.replace('http', 'ws', 1)}api/events/subscribe?token={kernel.token}", timeout=60)
            os.kill(house.pid_of("allmende-server"), signal.SIGTERM)
            self.assertEqual((close_code(kernel.socket), close_code(events)), (1012, 1012))
        finally:
            house.stop()
            faults = house.leftovers()
            house.remove()
        self.assertEqual(faults, [])

    def test_comes_back_by_itself_after_a_crash_with_kernels_and_files_as_they_were(self):
        port = free_port()
        with House("--port", str(port)) as house:
            token = house.make_ada()
            kernel = Kernel(house.url, token)
            kernel.run("x = 41")
            self.assertEqual(put_text(house, token, "kept.txt", "kept")[0], 201)
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            until("the server to serve again", lambda: ask(house.url + "api/status", token)[0] == 200)
            until("the kernel to be found", lambda: ask(f"{house.url}api/kernels/{kernel.id}", token)[0] == 200)
            kernel.connect()
            self.assertEqual(kernel.run("print(x + 1)"), "42\n")
            self.assertEqual(ask(house.url + "api/contents/kept.txt", token)[1]["content"], "kept")


    def test_comes_back_when_a_program_dies_again_while_it_starts(self):
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            for program in ("allmende-node", "allmende-server"):
                for _ in range(2):
                    before = house.pid_of(program)
                    os.kill(before, signal.SIGKILL)
                    until("another one", lambda: house.pid_of(program) != before)  # noqa: B023
            until("it to serve", lambda: ask(house.url + "api/status", token)[0] == 200)


class Restarting(unittest.TestCase):
    def test_where_nothing_serves_says_so(self):
        with tempfile.TemporaryDirectory(prefix="allmende-test-", dir="/var/tmp") as data:
            done = subprocess.run([f"{BIN}/allmende", "restart", "--data", data], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"nothing serves {data}; start it with `allmende serve`", done.stderr)


class TheDoctor(unittest.TestCase):
    """Says what a machine lacks, with what that costs and what helps, and leaves the machine as it was."""

    def ask(self, data, *flags):
        done = subprocess.run([f"{BIN}/allmende", "doctor", "--data", data, *flags], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def test_finds_all_in_order_where_allmende_runs(self):
        with House() as house:
            code, said = self.ask(house.data, "--port", str(port_of(house.pid_of("allmende-server"))))
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"ok +port +127\.0\.0\.1 port \d+ serves this data directory")
        self.assertNotIn("FAIL", said)

    def test_names_what_is_in_the_way(self):
        with tempfile.TemporaryDirectory(prefix="allmende-test-", dir="/var/tmp") as data, socket.socket() as other:
            os.chmod(data, 0o755)
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = str(other.getsockname()[1])
            code, said = self.ask(data, "--port", port, "--python", "/nowhere", "--web", "/nowhere")
            self.assertEqual(code, 8, said)
            self.assertRegex(said, rf"FAIL +port +port {port} of 127\.0\.0\.1 is already in use.*\n +effect: .*\n +remedy: choose another with --port N")
            self.assertRegex(said, r"FAIL +Python +/nowhere has no kernels\n +effect: no kernel can be started\n +remedy: ")
            self.assertRegex(said, r"note +page +/nowhere has no index.html\n")
            Path(data, "allmende.toml").write_text("prot = 80\n")
            code, said = self.ask(data)
            self.assertEqual(code, 8, said)
            self.assertRegex(said, r"FAIL +settings +.*allmende\.toml.*prot")


class ABadDay(unittest.TestCase):
    """Nothing saved is lost, nothing hangs, and the sentence helps."""

    def assertRefusesToStart(self, words, *flags, **named):
        with self.assertRaises(RuntimeError) as refused:
            House(*flags, **named).stop()
        self.assertIn(words, str(refused.exception))

    def test_a_port_in_use_is_named(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.assertRefusesToStart(f"port {other.getsockname()[1]} of 127.0.0.1 is already in use", "--port", str(other.getsockname()[1]))

    def test_a_data_directory_that_is_served_already_is_not_served_twice(self):
        with House() as house:
            second = subprocess.run([f"{BIN}/allmende", "serve", "--port", "0", "--data", house.data], capture_output=True, text=True, timeout=60)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn("is served by another", second.stderr)

    def test_a_data_directory_that_cannot_be_written_is_named(self):
        folder = tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        self.addCleanup(os.rmdir, folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        done = subprocess.run([f"{BIN}/allmende", "serve", "--port", "0", "--data", folder], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(folder, done.stderr)
        self.assertIn("Read-only file system", done.stderr)
        self.assertIn("--data DIR", done.stderr)

    def test_a_program_that_looks_into_the_database_and_leaves_takes_nothing_along(self):
        folder = tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, folder, True)
        with House(data=folder):
            pass
        with House("--port", str(free_port()), data=folder) as house:  # over tables that are there already
            token = house.make_ada()
            with contextlib.closing(sqlite3.connect(f"{folder}/allmende.db")) as backup:
                backup.execute("SELECT COUNT(*) FROM accounts").fetchall()
            house.tool("account", "create", "eve", "--password-stdin", text="correct horse battery\n")
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            until("the server to serve again", lambda: ask(house.url + "api/status", token)[0] == 200)
            house.tool("token", "create", "--account", "eve", "--name", "still there")

    def test_data_of_a_newer_version_is_left_alone(self):
        folder = tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, folder, True)
        with House(data=folder):
            pass
        with contextlib.closing(sqlite3.connect(f"{folder}/allmende.db")) as database, database:
            database.execute("INSERT INTO migrations (number, name, applied_at) VALUES (9999, 'of tomorrow', 0)")
        self.assertRefusesToStart("from a newer version of Allmende", data=folder)

    def test_a_setting_that_is_wrong_is_told_with_its_place(self):
        def misspell(data):
            Path(data, "allmende.toml").write_text("prot = 80\n")
        self.assertRefusesToStart("prot", prepare=misspell)
        with tempfile.TemporaryDirectory(prefix="allmende-test-", dir="/var/tmp") as data:
            misspell(data)
            shutil.chown(data, "allmende", "allmende")
            asked = subprocess.run([f"{BIN}/allmende", "account", "create", "eve", "--password-stdin", "--data", data], input="correct horse\n",
                                   capture_output=True, text=True, timeout=60)
            self.assertEqual(asked.returncode, 2, asked)
            self.assertRegex(asked.stderr, "prot")
        self.assertRefusesToStart("port", "--port", "eighty")
        self.assertRefusesToStart("tls_certificate and tls_key go together", "--tls-certificate", "/etc/hostname")

    def test_a_full_disk_refuses_to_save_and_keeps_what_was_there(self):
        folder = tempfile.mkdtemp(prefix="allmende-test-", dir="/var/tmp")
        self.addCleanup(os.rmdir, folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        house = House(data=folder)
        try:
            token = house.make_ada()
            self.assertEqual(put_text(house, token, "precious.txt", "first")[0], 201)
            status, reply = put_text(house, token, "precious.txt", "x" * 30_000_000)
            self.assertEqual((status, reply["reason"]), (507, "disk_full"))
            self.assertRegex(reply["message"], "(?i)space|full")
            self.assertEqual(ask(house.url + "api/contents/precious.txt", token)[1]["content"], "first")
            self.assertEqual(put_text(house, token, "precious.txt", "second")[0], 200)
            self.assertEqual(ask(house.url + "healthz")[0], 200)
        finally:
            faults = [fault for fault in house.stop() if fault != f"mount: tmpfs {folder}"]
            house.remove()
        self.assertEqual(faults, [])

    def test_an_agent_that_hangs_gives_an_answer_and_can_be_ended(self):
        with House() as house:
            token = house.make_ada()
            kernel = Kernel(house.url, token)
            runtime = ask(house.url + "api/runtimes", token)[1][0]["id"]
            os.kill(agent_of(runtime), signal.SIGSTOP)
            status, reply = ask(f"{house.url}api/kernels/{kernel.id}/interrupt", token, "POST", patience=90)
            self.assertIn(status, (502, 503, 504), reply)
            self.assertTrue(reply["message"])
            self.assertEqual(ask(f"{house.url}api/runtimes/{runtime}", token, "DELETE", patience=90)[0], 204)
            self.assertEqual(Kernel(house.url, token).run("print('new')"), "new\n")

    def test_a_kernel_that_dies_at_once_or_cannot_be_started_says_why(self):
        python = tempfile.mkdtemp(prefix="allmende-python-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, python)
        os.chmod(python, 0o755)
        Path(python, "bin").mkdir()
        Path(python, "bin/python3").symlink_to("/usr/bin/python3")
        for name, argv in {"dies": ["/bin/sh", "-c", "echo no such planet >&2; exit 3", "{connection_file}"], "missing": ["/usr/bin/fortran"]}.items():
            spec = Path(python, "share/jupyter/kernels", name)
            spec.mkdir(parents=True)
            spec.joinpath("kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "none"}))
        with House("--python", python) as house:
            token = house.make_ada()
            for name, why in {"dies": r"status 3.*no such planet", "missing": r"/usr/bin/fortran"}.items():
                status, model = ask(house.url + "api/kernels", token, "POST", {"name": name})
                if status == 201:
                    kernel = f"{house.url}api/kernels/{model['id']}"
                    said = until("the kernel's end", lambda: reason_of_end(kernel, token))
                    self.assertEqual(ask(kernel, token, "DELETE")[0], 204)
                else:
                    said = model["message"]
                self.assertRegex(said, f"(?s){why}")
            self.assertEqual(ask(house.url + "api/kernels", token)[1], [])

    def test_an_expired_token_is_worth_nothing(self):
        with House() as house:
            token = house.make_ada()
            status, brief = ask(house.url + "api/tokens", token, "POST", {"name": "brief", "expires_in_s": 1})
            self.assertEqual(status, 201, brief)
            until("the token to expire", lambda: ask(house.url + "api/status", brief["token"])[0] == 403, 20)


def agent_of(runtime):
    """The process on this machine that is process 1 of a runtime."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and runtime in entry.joinpath("cgroup").read_text() and re.search(r"^NSpid:.*\t1$", entry.joinpath("status").read_text(), re.MULTILINE):
                return int(entry.name)
    raise RuntimeError(f"{runtime} has no agent")


if __name__ == "__main__":
    unittest.main()
