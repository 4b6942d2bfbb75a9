"""JupyterHub on one machine: its proxy, SimpleLocalProcessSpawner, and a jupyter_server for each person."""
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import requests

from arms import Server, until
from wire import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".cache" / "bench-hub"
VERSIONS = ["jupyterhub==5.5.4", "jupyter-server==2.21.1"]
PROXY = "configurable-http-proxy@5.3.0"
CONFIG = """
import json
given = json.loads({given!r})
c.JupyterHub.bind_url = "http://127.0.0.1:%d" % given["ports"][0]
c.JupyterHub.hub_port = given["ports"][1]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%d" % given["ports"][2]
c.ConfigurableHTTPProxy.command = given["proxy"]
c.JupyterHub.db_url = "sqlite:///" + given["folder"] + "/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = given["folder"] + "/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = given["folder"] + "/home-{{username}}"
c.Spawner.cmd = [given["single_user"]]
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = given["environment"]
c.JupyterHub.services = [{{"name": "bench", "api_token": given["token"]}}]
c.JupyterHub.load_roles = [{{"name": "bench", "services": ["bench"], "scopes": ["admin:users", "admin:servers", "access:servers"]}}]
c.JupyterHub.concurrent_spawn_limit = 0
c.Application.log_level = "ERROR"
"""


def install():
    """What is compared is installed beside the tests' own Python, by pip and npm; some minutes, once."""
    done = PLACE / "installed"
    if done.exists() and done.read_text() == " ".join([*VERSIONS, PROXY]):
        return
    print("installing JupyterHub to compare with (a minute or two)", file=sys.stderr, flush=True)
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-m", "venv", PLACE], **quiet)
    subprocess.run([PLACE / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *VERSIONS], **quiet)
    subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", PLACE, PROXY], **quiet,
                   env={**os.environ, "PATH": f"{ROOT}/.cache/tools/bin:{os.environ['PATH']}"})
    done.write_text(" ".join([*VERSIONS, PROXY]))


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class JupyterHub:
    """The hub, and each time another person's server on it."""

    name = "jupyterhub"

    def __init__(self, room):
        install()
        self.folder, self.token, ports = room.folder / "hub", uuid.uuid4().hex, free_ports(3)
        self.folder.mkdir()
        self.url = f"http://127.0.0.1:{ports[0]}"
        given = {"ports": ports, "folder": str(self.folder), "token": self.token, "single_user": str(PLACE / "bin" / "jupyterhub-singleuser"),
                 "proxy": [f"{ROOT}/.cache/tools/bin/node", str(PLACE / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy")],
                 "environment": {"JUPYTER_PATH": room.environment["JUPYTER_PATH"], "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp"}}
        config = self.folder / "config.py"
        config.write_text(CONFIG.format(given=json.dumps(given)))
        self.log = open(self.folder / "log", "a")
        self.process = subprocess.Popen([PLACE / "bin" / "jupyterhub", "-f", config], cwd=self.folder, stdout=self.log, stderr=self.log,
                                        env={**os.environ, "CONFIGPROXY_AUTH_TOKEN": uuid.uuid4().hex})
        until(self.answers, "JupyterHub's start")

    def answers(self):
        try:
            return requests.get(f"{self.url}/hub/api/", timeout=PATIENCE).ok
        except requests.ConnectionError:
            return False

    def call(self, method, path, body=None):
        response = requests.request(method, f"{self.url}/hub/api{path}", json=body, headers={"Authorization": f"token {self.token}"}, timeout=PATIENCE)
        response.raise_for_status()
        return response.json() if response.content else None

    def person(self):
        """The server of somebody who comes for the first time, once it runs."""
        name = f"p{uuid.uuid4().hex[:8]}"
        self.call("POST", f"/users/{name}")
        (self.folder / f"home-{name}").mkdir()
        self.call("POST", f"/users/{name}/server")
        end = time.monotonic() + PATIENCE
        while not self.call("GET", f"/users/{name}")["servers"].get("", {}).get("ready"):
            if time.monotonic() > end:
                raise TimeoutError("a person's server did not start")
            time.sleep(0.02)
        server = Server(f"{self.url}/user/{name}", self.token)
        server.spec, server.person = "bench", name
        return server

    def leave(self, server):
        self.call("DELETE", f"/users/{server.person}/server")

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()
