"""The ways to reach a kernel that are compared. All kernels are the same ipykernel of the same Python environment."""
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import requests
from jupyter_client.manager import KernelManager

from wire import PATIENCE, WebSocketChannel, ZmqChannel

PYTHON = os.environ.get("ALLMENDE_PYTHON", "/opt/allmende/python")
SPEC = "bench"


def cpu_seconds(pids):
    """User and system time of the processes, all threads; in steps of 10 ms."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_kb(pid, field="VmRSS"):
    """VmRSS is all that is resident, RssAnon what is not a page of a file."""
    return next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith(field + ":"))


def until(found, what):
    """Polls for a condition of another process; returns what it found."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise TimeoutError(f"{what} did not happen within {PATIENCE} s")


class Server:
    """Anything that speaks Jupyter's Server API."""

    spec = "python3"

    def __init__(self, url, token):
        self.url, self.token = url.rstrip("/"), token

    def call(self, method, path, body=None):
        response = requests.request(method, self.url + path, json=body, headers={"Authorization": f"token {self.token}"}, timeout=PATIENCE)
        response.raise_for_status()
        return response.json() if response.content else None

    def start_kernel(self):
        return self.call("POST", "/api/kernels", {"name": self.spec})["id"]

    def stop_kernel(self, kernel):
        self.call("DELETE", f"/api/kernels/{kernel}")

    def channel(self, kernel):
        return WebSocketChannel(self.url, kernel, self.token)


class Allmende(Server):
    """What tests/with_allmende started."""

    name = "allmende"

    def __init__(self):
        super().__init__(os.environ["ALLMENDE_URL"], os.environ["ALLMENDE_TOKEN"])
        self.server = until(lambda: find_process("allmende-server", os.environ["ALLMENDE_DATA"], "cmdline"), "the server's process")

    @property
    def runtime(self):
        """The id of the one that runs, or None."""
        return next((each["id"] for each in self.call("GET", "/api/runtimes") if each["state"] == "ready"), None)

    def agent(self):
        runtime = self.runtime
        return until(lambda: find_process("agent", f"ALLMENDE_RUNTIME={runtime}", "environ"), "the agent's process")

    def stop_runtime(self):
        if runtime := self.runtime:
            self.call("DELETE", f"/api/runtimes/{runtime}")

    def processes(self):
        return [self.server, *([self.agent()] if self.runtime else [])]


def find_process(program, mark, where):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if program in (folder / "comm").read_text() and mark.encode() in (folder / where).read_bytes():
                return int(folder.name)
        except OSError:
            pass  # ended meanwhile
    return None


class Stock(Server):
    """A stock jupyter_server on this machine, without walls."""

    name, spec = "jupyter_server", SPEC

    def __init__(self, room, arguments=(), extensions=()):
        self.log = open(room.folder / "jupyter_server.log", "a")
        runtime = Path(tempfile.mkdtemp(dir=room.folder))
        self.process = subprocess.Popen(
            [room.python, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=bench",
             f"--ServerApp.root_dir={room.folder}", "--ServerApp.log_level=ERROR",
             f"--ServerApp.jpserver_extensions={ {name: name in extensions for name in ('jupyter_server_ydoc', 'jupyter_server_fileid')} }",
             *arguments],
            env={**room.environment, "JUPYTER_RUNTIME_DIR": str(runtime)}, stdout=self.log, stderr=self.log)
        described = until(lambda: next((file for file in runtime.glob("jpserver-*.json") if file.read_text().endswith("}")), None), "jupyter_server's start")
        super().__init__(json.loads(described.read_text())["url"], "bench")

    def processes(self):
        return [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()


class Collaborating(Stock):
    """Stock Jupyter's live documents: jupyter_server with the extension that jupyter-collaboration brings."""

    name = "collaboration"

    def __init__(self, room):
        super().__init__(room, (f"--BaseFileIdManager.db_path={room.folder}/file_id.db", f"--SQLiteYStore.db_path={room.folder}/ystore.db"),
                         extensions=("jupyter_server_ydoc", "jupyter_server_fileid"))


class Direct:
    """jupyter_client starts an ipykernel; ZeroMQ sockets lead straight to it. The floor that ratios are taken against."""

    name = "direct"

    def __init__(self, room, prefix="k"):
        self.room, self.kernels, self.prefix, self.count = room, {}, prefix, 0

    def start_kernel(self):
        self.count += 1
        name = f"{self.prefix}{self.count}"
        manager = KernelManager(kernel_name=SPEC, transport="ipc", ip=str(self.room.folder / name),
                                connection_file=str(self.room.folder / f"{name}.json"))
        manager.start_kernel(env=self.room.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.kernels[name] = manager
        return name

    def stop_kernel(self, kernel):
        self.kernels.pop(kernel).shutdown_kernel(now=True)

    def channel(self, kernel):
        return ZmqChannel(json.loads((self.room.folder / f"{kernel}.json").read_text()))

    def processes(self):
        return []


class JupyterClient:
    """The same as people have it: an ipykernel, and jupyter_client's blocking client."""

    name = "jupyter_client"

    def __init__(self, room):
        self.direct = Direct(room, "c")
        self.kernel = self.direct.start_kernel()
        self.client = self.direct.kernels[self.kernel].blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(PATIENCE)

    def execute(self, code):
        self.client.execute_interactive(code, store_history=False, output_hook=lambda message: None, timeout=PATIENCE)

    def processes(self):
        return []

    def close(self):
        self.client.stop_channels()
        self.direct.stop_kernel(self.kernel)


class Room:
    """A folder for stock Jupyter's files, and the environment in which its programs find the same kernel as Allmende's."""

    def __init__(self, python):
        self.python, self.hold = python, tempfile.TemporaryDirectory(prefix="bench-", dir="/var/tmp")
        self.folder = Path(self.hold.name)
        self.folder.chmod(0o755)
        of = Path(PYTHON) / "share" / "jupyter" / "kernels" / "python3"
        argv = json.loads((of / "kernel.json").read_text())["argv"]
        spec = self.folder / "jupyter" / "kernels" / SPEC
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(json.dumps({
            "argv": [f"{PYTHON}/bin/python3", *(part.replace("{resource_dir}", str(of)) for part in argv[1:])], "display_name": SPEC, "language": "python"}))
        self.environment = {**os.environ, "JUPYTER_PATH": str(self.folder / "jupyter"), "JUPYTER_NO_CONFIG": "1", "HOME": str(self.folder),
                            "IPYTHONDIR": str(self.folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(self.folder)}
        os.environ.update(self.environment)  # jupyter_client in this process looks there, too

    def close(self):
        self.hold.cleanup()


class House:
    """All that is compared, running."""

    def __init__(self, python):
        self.room, self.allmende = Room(python), Allmende()
        self.stock = Stock(self.room)

    def close(self):
        self.stock.stop()
        self.room.close()
