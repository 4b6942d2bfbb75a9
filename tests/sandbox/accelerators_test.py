"""Accelerators, made up: two devices that a file in /etc/cdi describes, as it does a graphics processor's. Each is handed out to one runtime."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

from adoption_test import pid_of
from client import ask, until
from house import House
from network_test import grant
from person import URL, Kernel, Person

KIND = "tests.example/gpu"
TYPES = "api/runtime-types"


class Accelerators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="allmende-cdi-", dir="/var/tmp")))
        cls.folder.chmod(0o777)  # a hook runs as the runtime's root, who is nobody outside
        (cls.folder / "library").write_text("as if it were the driver's\n")
        devices = [{"name": str(at), "containerEdits": {"env": [f"TESTS_GPU={at}"], "deviceNodes": [{"path": f"/dev/tests-gpu{at}", "hostPath": path}]}}
                   for at, path in enumerate(("/dev/full", "/dev/zero"))]
        spec = {"cdiVersion": "0.6.0", "kind": KIND, "devices": devices, "containerEdits": {
            "mounts": [{"hostPath": str(cls.folder / "library"), "containerPath": "/run/tests-library", "options": ["ro", "nosuid", "nodev", "bind"]}],
            "hooks": [{"hookName": "createContainer", "path": "/usr/bin/mkdir", "args": ["mkdir", "-p", str(cls.folder / "hook-ran")]}]}}
        Path("/etc/cdi").mkdir(exist_ok=True)
        file = Path(f"/etc/cdi/allmende-tests-{os.getpid()}.json")
        cls.addClassCleanup(file.unlink)
        file.write_text(json.dumps(spec))

    def person(self, tier="lab", wants=KIND):
        name = f"p{uuid.uuid4().hex[:12]}"
        person = Person.new(name)
        self.addCleanup(person.stop_runtime)
        grant(name, tier)
        if wants:
            self.assertEqual(person.ask("PUT", TYPES, {"name": "", "accelerator": wants})[0], 204)
        return person

    def kernel(self, person):
        kernel = Kernel(person)
        self.addCleanup(kernel.close)
        return kernel

    def free(self, person):
        return next(one["free"] for one in person.ask("GET", TYPES)[1]["accelerators"] if one["kind"] == KIND)

    def test_are_in_the_runtime_that_has_them_with_all_they_need_and_in_no_other(self):
        ada = self.person()
        self.assertEqual(ada.ask("GET", TYPES), (200, {"accelerators": [{"kind": KIND, "count": 2, "free": 2, "units_per_hour": 1 + 384 / 1024 / 4 + 5}],
                                                       "runtimes": [{"name": "", "accelerator": KIND}]}))
        kernel = self.kernel(ada)
        self.assertEqual(kernel.value("[os.environ['TESTS_GPU'], sorted(one for one in os.listdir('/dev') if 'tests' in one)]"), ["0", ["tests-gpu0"]])
        self.assertEqual(kernel.value("refusal(os.write, os.open('/dev/tests-gpu0', os.O_RDWR), b'x')"), "ENOSPC")  # it is /dev/full
        self.assertEqual(kernel.value("[open('/run/tests-library').read(), refusal(open, '/run/tests-library', 'w')]"), ["as if it were the driver's\n", "EROFS"])
        self.assertTrue((self.folder / "hook-ran").exists())
        self.assertEqual(ada.runtime()["accelerator"], f"{KIND}=0")
        self.assertEqual(self.free(ada), 1)
        other = self.kernel(self.person(wants=None))
        self.assertEqual(other.value("[os.environ.get('TESTS_GPU'), [one for one in os.listdir('/dev') if 'tests' in one], os.path.exists('/run/tests-library')]"), [None, [], False])
        ada.stop_runtime()
        self.assertEqual(self.free(ada), 2)

    def test_are_handed_out_once_each_waited_for_and_still_somebodys_after_a_crash_of_the_node(self):
        first, second, third, fourth = (self.person() for _ in range(4))
        self.assertEqual([self.kernel(one).value("os.environ['TESTS_GPU']") for one in (first, second)], ["0", "1"])
        before = pid_of("allmende-node")
        os.kill(before, signal.SIGKILL)
        until("another node", lambda: pid_of("allmende-node") not in (None, before))
        until("it to be asked", lambda: third.ask("GET", TYPES)[0] == 200)
        waiting = []
        for place, one in enumerate((third, fourth), 1):
            waiting.append(self.starts(one))
            queue = until("a place in the queue", lambda: (one.runtime() or {}).get("queue"))  # noqa: B023
            self.assertEqual((queue["place"], queue["of"]), (place, place))
        self.assertEqual(third.runtime()["accelerator"], KIND)
        self.assertEqual(self.kernel(self.person(wants=None)).value("6 * 7"), 42)  # who wants none does not wait for them
        second.stop_runtime()
        until("the third to have it", lambda: third.runtime()["state"] == "ready")
        self.assertEqual(third.runtime()["accelerator"], f"{KIND}=1")
        self.assertEqual(fourth.runtime()["queue"]["place"], 1)
        fourth.stop_runtime()
        for one in waiting:
            one.communicate(timeout=60)

    def starts(self, person):
        """A runtime that is asked for while we go on."""
        code = "import sys; sys.path.insert(0, sys.argv[3]); import client; client.ask(sys.argv[1] + 'api/runtimes', sys.argv[2], 'POST', {})"
        return subprocess.Popen([sys.executable, "-c", code, URL, person.token, str(Path(__file__).parent.parent)])

    def test_stay_with_a_runtime_that_is_given_another_name(self):
        ada = self.person(wants=None)
        self.assertEqual(ada.ask("PUT", TYPES, {"name": "long", "accelerator": KIND})[0], 204)
        status, made = ada.ask("POST", "api/runtimes", {"name": "long"})
        self.assertEqual((status, made["accelerator"].split("=")[0]), (201, KIND), made)
        self.assertEqual(ada.ask("PATCH", f"api/runtimes/{made['id']}", {"name": "longer"})[0], 204)
        self.assertEqual(ada.ask("GET", TYPES)[1]["runtimes"], [{"name": "longer", "accelerator": KIND}])

    def test_that_cannot_be_had_are_refused_with_what_can(self):
        ada = self.person(wants=None)
        for wish, words in ((f"{KIND}x", "it has tests.example/gpu, tests.example/none"), ("tests.example/none", "this machine has no tests.example/none"), ("x" * 200, "has no accelerator")):
            status, said = ada.ask("PUT", TYPES, {"name": "", "accelerator": wish})
            self.assertEqual(status, 400, said)
            self.assertIn(words, said["message"])
        self.assertEqual(ada.ask("PUT", TYPES, {"name": "x" * 41, "accelerator": KIND})[0], 400)
        free = self.person(tier="small", wants=None)
        self.assertEqual(free.ask("GET", TYPES), (200, {"accelerators": [], "runtimes": []}))
        status, said = free.ask("PUT", TYPES, {"name": "", "accelerator": KIND})
        self.assertEqual((status, "it has none" in said["message"]), (400, True), said)
        # One whose tier changes keeps the wish, and is told when it cannot be granted.
        name = ada.ask("GET", "api/me")[1]["identity"]["username"]
        self.assertEqual(ada.ask("PUT", TYPES, {"name": "", "accelerator": KIND})[0], 204)
        grant(name, "small")
        status, said = ada.ask("POST", "api/runtimes", {})
        self.assertEqual((status, "has no accelerator" in said["message"]), (400, True), said)
        self.assertEqual(ada.ask("PUT", TYPES, {"name": "", "accelerator": ""})[0], 204)
        self.assertEqual(ada.ask("POST", "api/runtimes", {})[0], 201)


# What the node asks of NVIDIA's library, in its published C interface; the processor is made up.
LIBRARY = """
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned number, void** device) { static int seven; *device = &seven; return number == 7 ? 0 : 6; }
int nvmlDeviceGetHandleByUUID(const char* name, void** device) { return 6; }
int nvmlDeviceGetMemoryInfo(void* device, unsigned long long memory[3]) { memory[0] = 16ULL << 30; memory[1] = 12ULL << 30; memory[2] = 4ULL << 30; return 0; }
int nvmlDeviceGetUtilizationRates(void* device, unsigned rates[2]) { rates[0] = 62; rates[1] = 30; return 0; }
"""


class AnAccelerator(unittest.TestCase):
    def test_shows_what_it_is_used_for_where_its_makers_library_tells(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="allmende-nvml-", dir="/var/tmp")))
        subprocess.run(["clang-19", "-shared", "-fPIC", "-x", "c", "-", "-o", folder / "libnvidia-ml.so.1"], input=LIBRARY, text=True, check=True, timeout=60)
        file = Path(f"/etc/cdi/allmende-nvml-{os.getpid()}.json")
        file.parent.mkdir(exist_ok=True)
        self.addCleanup(file.unlink)
        devices = [{"name": "7", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia7", "hostPath": "/dev/full"}]}}]
        file.write_text(json.dumps({"cdiVersion": "0.6.0", "kind": "nvidia.com/gpu", "devices": devices}))
        tiers = folder / "tiers.toml"
        tiers.write_text('[tier.free]\naccelerators = ["nvidia.com/gpu"]\n')
        folder.chmod(0o755)
        with House("--tiers", str(tiers), environment={"LD_LIBRARY_PATH": str(folder)}) as house:
            token = house.make_ada()
            self.assertEqual(ask(house.url + TYPES, token, "PUT", {"name": "", "accelerator": "nvidia.com/gpu"})[0], 204)
            status, made = ask(house.url + "api/runtimes", token, "POST", {})
            self.assertEqual((status, made["accelerator"]), (201, "nvidia.com/gpu=7"))
            self.assertEqual(made["accelerator_memory"], {"used": 4 << 30, "limit": 16 << 30})
            self.assertEqual(made["accelerator_busy"], 0.62)


if __name__ == "__main__":
    unittest.main()
