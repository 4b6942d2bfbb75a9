"""Python packages that a person installed: kept for the next runtime, and never in the way of a kernel."""
import unittest
import uuid

from person import Kernel, Person

# Makes a wheel by hand, as no package index can be reached here, and installs it.
INSTALL = '''
def install(name, version, source):
    import subprocess, sys, zipfile
    wheel = f"/content/{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(f"{name}/__init__.py", source)
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        file.writestr(f"{info}/entry_points.txt", f"[console_scripts]\\n{name}-says = {name}:main\\n")
        file.writestr(f"{info}/RECORD", f"{name}/__init__.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/entry_points.txt,,\\n{info}/RECORD,,\\n")
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", "--quiet", "--disable-pip-version-check", wheel], capture_output=True, text=True)
    return done.stdout + done.stderr
'''


class Packages(unittest.TestCase):
    def setUp(self):
        self.person = Person.new(f"olga-{uuid.uuid4().hex[:8]}")
        self.addCleanup(self.person.stop_runtime)

    def start(self):
        kernel = Kernel(self.person)
        self.addCleanup(kernel.close)
        kernel.run(INSTALL)
        return kernel

    def packages(self, method="GET"):
        status, said = self.person.ask(method, f"api/runtimes/{self.person.runtime()['id']}/packages")
        self.assertEqual(status, 200, said)
        return [[(one["name"], one["version"]) for one in said[which]] for which in ("kept", "added")]

    def test_that_were_kept_are_there_in_the_next_runtime_and_in_its_programs(self):
        kernel = self.start()
        self.assertEqual(self.packages(), [[], []])
        self.assertEqual(kernel.value("install('herd', '1.0', 'def main():\\n    print(\"moo\")\\n')"), "")
        self.assertEqual(self.packages(), [[], [("herd", "1.0")]])
        self.assertEqual(self.packages("POST"), [[("herd", "1.0")], []])
        kernel.value("install('herd', '2.0', 'def main():\\n    print(\"moo moo\")\\n')")
        self.assertEqual(self.packages(), [[("herd", "1.0")], [("herd", "2.0")]])
        self.assertEqual(self.packages("POST"), [[("herd", "2.0")], []])
        self.person.stop_runtime()
        kernel = self.start()
        self.assertEqual(kernel.value("__import__('importlib.metadata').metadata.version('herd')"), "2.0")
        self.assertEqual(kernel.value("subprocess.run(['herd-says'], capture_output=True, text=True).stdout"), "moo moo\n")
        self.assertEqual(kernel.value("subprocess.run([sys.executable, '-c', 'import herd; herd.main()'], capture_output=True, text=True).stdout"), "moo moo\n")
        self.assertEqual(self.packages("DELETE"), [[], []])
        self.person.stop_runtime()
        kernel = self.start()
        self.assertEqual(kernel.value("__import__('importlib.util').util.find_spec('herd')"), None)

    def test_that_are_broken_keep_no_kernel_from_starting(self):
        kernel = self.start()
        kernel.value("install('stormy', '1.0', 'raise RuntimeError(\"broken\")')")
        self.packages("POST")
        # As bad as can be: what kept packages say is what the kernel itself needs.
        kernel.run("folder = f'/content/drive/MyDrive/.allmende/python{sys.version_info.major}.{sys.version_info.minor}'\n"
                   "for module in ('traitlets', 'zmq', 'json', 'ipykernel'):\n    open(f'{folder}/{module}.py', 'w').write('raise RuntimeError(1)')")
        self.person.stop_runtime()
        kernel = self.start()
        self.assertEqual(kernel.value("6 * 7"), 42)
        self.assertEqual(self.packages("DELETE")[0], [])

    def test_of_somebody_else_cannot_be_asked_for(self):
        self.start()
        other = Person.new(f"pia-{uuid.uuid4().hex[:8]}")
        for method in ("GET", "POST", "DELETE"):
            status, said = other.ask(method, f"api/runtimes/{self.person.runtime()['id']}/packages")
            self.assertEqual(status, 404, said)
