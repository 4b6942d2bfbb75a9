"""Ordinary use that stays silent: of the people who do this nobody hears a word of any rule."""
import time
import unittest

from client import ask
from person import URL, Kernel, Person

# What looks like misuse to whoever reads words: every one of these is somebody's homework.
CELLS = [
    "%pip list",
    "# xmrig, hashcat -m 0 and hydra -l root are what this lesson is about\nprint('lesson')",
    "tools = ['xmrig', 'john', 'aria2c', 'faceswap']\nprint(len(tools))",
    "import hashlib\nnonce = 0\nwhile not hashlib.sha256(str(nonce).encode()).hexdigest().startswith('0000'): nonce += 1\nprint(nonce > 0)",
    "import urllib.request\nprint(sum(len(urllib.request.urlopen('http://203.0.113.10/hello', timeout=20).read()) for _ in range(150)) > 0)",
    "import concurrent.futures, urllib.request\nwith concurrent.futures.ThreadPoolExecutor(40) as pool: print(len(list(pool.map(lambda n: urllib.request.urlopen('http://203.0.113.10/hello', timeout=20).read(), range(80)))))",
    "import subprocess, sys\nserver = subprocess.Popen([sys.executable, '-m', 'http.server', '8123'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\nimport time; time.sleep(1)\n"
    "import urllib.request\nprint(len(urllib.request.urlopen('http://127.0.0.1:8123/', timeout=10).read()) > 0)",
    "import socket\nopen_ports = []\nfor port in range(8000, 8020):\n    with socket.socket() as probe:\n        probe.settimeout(0.2)\n        if probe.connect_ex(('127.0.0.1', port)) == 0: open_ports.append(port)\nprint(open_ports)",
    "import shutil, subprocess\nshutil.copy('/bin/sleep', '/content/ssh')\np = subprocess.Popen(['/content/ssh', '60', '-L', '5432:localhost:5432'], stderr=subprocess.DEVNULL)\nprint('forwarding')",
    "import shutil, subprocess\nshutil.copy('/bin/sleep', '/content/aria2c')\np = subprocess.Popen(['/content/aria2c', '60'])\nprint('downloading')",
    "import shutil, subprocess\nshutil.copy('/bin/sleep', '/content/john')\np = subprocess.Popen(['/content/john', '60'])\nprint('a contest')",
    # Interval arithmetic: rounding down and up, never to zero.
    "import ctypes, time\nlibm, end, n = ctypes.CDLL('libm.so.6'), time.time() + 40, 0\nwhile time.time() < end:\n    libm.fesetround((0x400, 0x800)[n // 100 % 2])\n    n += 1\nlibm.fesetround(0)\nprint(n > 0)",
    "import time\nend = time.time() + 45\nn = 0\nwhile time.time() < end: n += 1\nprint(n > 0)",
]


class AnOrdinaryPerson(unittest.TestCase):
    def test_never_hears_of_the_rules(self):
        person = Person.new("student")
        self.addCleanup(person.stop_runtime)
        kernel = Kernel(person)
        self.addCleanup(kernel.close)
        began = time.monotonic()
        for cell in CELLS:
            said = kernel.run(cell)
            self.assertTrue(said.strip(), cell)
            self.assertNotIn("Error", said, cell)
        self.assertGreater(time.monotonic() - began, 40)  # long enough to be looked at several times
        self.assertEqual(ask(f"{URL}api/decisions", person.token)[1], [])


if __name__ == "__main__":
    unittest.main()
