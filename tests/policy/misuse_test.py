"""Misuse that reaches the step it must, and how long that takes. Where no tool of that kind is at hand, a program of ours stands in under its name.

Case numbers are those of the corpus. All of them begin at once, each in a runtime of its own (and few of
them compute for long: there are two processors); the table at the end says what was seen when.
"""
import json
import subprocess
import sys
import time
import unittest

from client import ask, until
from person import BIN, URL, Kernel, Person, processes_of

PATIENCE = 240  # seconds in which all steps must be reached, beside each other on two processors
TABLE = []
STAND_IN = """
shutil.copy('/bin/sleep', '/content/{0}')
subprocess.Popen(['/content/{0}', '600'])"""
UDP_FLOOD = """
plug, end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.time() + 25
while time.time() < end: plug.sendto(b'x', ('203.0.113.10', 9999))"""
CONNECT_FLOOD = """
end = time.time() + 30
while time.time() < end:
    plug = socket.socket()
    plug.setblocking(False)
    plug.connect_ex(('203.0.113.10', 81))
    plug.close()"""
# It computes for 15 s by its own account, however fast the machine is.
RENAMED_MINER = """
shutil.copy('/bin/sh', '/content/train')
computes = 'i=0; while :; do i=$((i+1)); [ $((i % 10000)) = 0 ] || continue; read -r self < /proc/$$/stat; set -- $self; [ "${14}" -lt 1500 ] || break; done; sleep 600'
subprocess.Popen(['/content/train', '-c', computes, 'x', '-o', 'stratum+tcp://pool.invalid:3333', '--donate-level=1', '-u', 'SECRET'])"""
FACE_SWAPPER = """
open('/content/faceswap.py', 'w').write('import time; time.sleep(600)')
subprocess.Popen(['python3', '/content/faceswap.py', 'train', '-A', 'a', '-B', 'b'])"""
# The true algorithm, without a wallet and without a pool, in a program with a harmless name and no flag.
RANDOM_PROGRAMS = '''
open('/content/train.py', 'w').write("""
import ctypes, threading
lib = ctypes.CDLL('librandomx.so.0')
lib.randomx_alloc_cache.restype = lib.randomx_create_vm.restype = ctypes.c_void_p
flags = lib.randomx_get_flags()
cache = ctypes.c_void_p(lib.randomx_alloc_cache(flags))
lib.randomx_init_cache(cache, b'epoch', 5)
def work(n):
    vm = ctypes.c_void_p(lib.randomx_create_vm(flags, cache, None))
    out = ctypes.create_string_buffer(32)
    while True: lib.randomx_calculate_hash(vm, str(n).encode(), len(str(n)), out)
for n in range(2): threading.Thread(target=work, args=(n,)).start()
""")
subprocess.Popen(['python3', '/content/train.py'], stderr=open('/content/faults', 'w'))'''
# What a miner says to its pool, by a program with a harmless name that computes nothing.
STRATUM = '''
open('/content/fetch.py', 'w').write("""
import json, socket, time
plug = socket.create_connection(('203.0.113.10', 3333), 20)
for n, method in enumerate(('subscribe', 'authorize')): plug.sendall(json.dumps({'id': n, 'method': 'mining.' + method, 'params': ['WALLET', 'x']}).encode() + bytes([10]))
time.sleep(600)
""")
subprocess.Popen(['python3', '/content/fetch.py'])'''
# File sharers under other names, beside a true one: one that speaks to it in plain words, and a true one whose words are scrambled.
SHARER = '''
import urllib.request
open('/content/load.py', 'w').write(r"""
import hashlib, socket, struct, time, urllib.request
torrent = urllib.request.urlopen('http://203.0.113.10/shared.torrent', timeout=20).read()
about = hashlib.sha1(torrent[torrent.index(b'4:info') + 6:-1]).digest()
plug = socket.create_connection(('203.0.113.10', 6881))
words = plug.makefile('rb')
plug.sendall(b'\x13BitTorrent protocol' + bytes(8) + about + b'-XX0001-abcdefghijkl')
words.read(68)
plug.sendall(struct.pack('!IB', 1, 2))
def hear():
    (length,) = struct.unpack('!I', words.read(4))
    return words.read(length)
while hear()[:1] != bytes([1]): pass  # until it lets itself be asked
for piece in range(160):
    for block in range(16): plug.sendall(struct.pack('!IBIII', 13, 6, piece, block << 14, 1 << 14))
    for block in range(16):
        while hear()[:1] != bytes([7]): pass
print('had all of it', flush=True)
time.sleep(600)
""")
subprocess.Popen(['python3', '/content/load.py'], stdout=open('/content/said', 'w'), stderr=subprocess.STDOUT)'''
SCRAMBLED_SHARER = """
shutil.copy('/usr/bin/aria2c', '/content/wget2')
subprocess.Popen(['/content/wget2', '--quiet', '--dir=/content', '--enable-dht=false', '--bt-force-encryption', '--max-download-limit=100K', 'http://203.0.113.10/shared.torrent'])"""
# No program in a runtime can do this; whoever has broken out of its walls could.
SPOOFING = """
import socket, struct
plug = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for n in range(500):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28, 1, 0, 64, 17, 0, socket.inet_aton(f'203.0.{n % 250}.99'), socket.inet_aton('203.0.113.10'))
    plug.sendto(head + struct.pack('!HHHH', 4000, 9999, 8, 0), ('203.0.113.10', 0))"""
CASES = {
    "M05": ("faker", FACE_SWAPPER),
    "M10": ("swapper", SHARER),
    "M11": ("scrambler", SCRAMBLED_SHARER),
    "M13": ("sharer", STAND_IN.format("transmission-daemon")),
    "M18": ("pooler", STRATUM),
    "M23": ("prospector", RANDOM_PROGRAMS),
    "M27": ("digger", RENAMED_MINER),
    "M30": ("mallory", UDP_FLOOD),
    "M31": ("spoofer", "pass"),
    "M32": ("trudy", CONNECT_FLOOD),
    "M42": ("tunneler", STAND_IN.format("dropbear")),
}


class Misuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernels = {}
        for case, (name, code) in CASES.items():
            person = Person.new(name)
            cls.addClassCleanup(person.stop_runtime)
            kernel = cls.kernels[case] = Kernel(person)
            cls.addClassCleanup(kernel.close)
            kernel.person = person
            kernel.run("import shutil, socket, subprocess, time")
        cls.began = time.monotonic()
        for case, (_, code) in CASES.items():
            cls.kernels[case].channels.ask(code)
        inside = processes_of(cls.kernels["M31"].runtime)[0]
        subprocess.run(["nsenter", f"--net=/proc/{inside}/ns/net", sys.executable, "-c", SPOOFING], timeout=60, check=True)
        cls.addClassCleanup(lambda: print("\n".join(["", "case  rule                 step      within seconds", *sorted(TABLE)])))

    def reaches(self, case, rule, step):
        def decided():
            found = ask(f"{URL}api/decisions", self.kernels[case].person.token)[1]
            return next((one for one in found if one["rule"] == rule and one["step"] == step), None)
        decision = until(f"{case}: {rule} to {step}", decided, PATIENCE)
        TABLE.append(f"{case}   {rule:<20} {step:<9} {time.monotonic() - self.began:5.0f}")
        for finding in decision["evidence"]:
            self.assertTrue(finding["says"] and finding["says_de"])
            self.assertNotIn("?", finding["says"])
        return decision

    def test_1_foreign_senders_end_the_runtime_at_once(self):
        self.reaches("M31", "denial-of-service", "stop")
        token = self.kernels["M31"].person.token
        until("the runtime to be gone", lambda: all(one["state"] == "stopped" for one in ask(f"{URL}api/runtimes", token)[1]))

    def test_2_a_flood_of_connections_is_cut_off(self):
        self.reaches("M32", "denial-of-service", "throttle")

    def test_3_a_flood_of_datagrams_is_cut_off_and_nobody_else_is(self):
        self.assertEqual(self.reaches("M30", "denial-of-service", "throttle")["throttle"], "connections")
        connect = "try: socket.create_connection(('203.0.113.10', 80), 5); print('open')\nexcept OSError as fault: print(fault)"
        # Nothing new is opened from here on, though the kernel is there; others are not touched.
        until("new connections to be refused", lambda: "No route" in self.kernels["M30"].run(connect))
        self.assertEqual(self.kernels["M42"].run(connect), "open\n")

    def test_4_a_miner_under_another_name_is_known_by_its_flags_and_asked_about(self):
        decision = self.reaches("M27", "crypto-mining", "notice")
        self.assertNotIn("SECRET", json.dumps(decision))
        self.assertNotIn("pool.invalid", json.dumps(decision))
        self.reaches("M27", "crypto-mining", "warning")

    def test_5_mining_without_any_name_is_known_by_how_it_computes_and_slowed_down(self):
        said = subprocess.run([f"{BIN}/allmende-node", "--doctor", "--data", "/nonexistent"], stdout=subprocess.PIPE, text=True, timeout=60).stdout
        finding = next(found for found in map(json.loads, said.splitlines()) if found["check"] == "evidence")
        if not finding["ok"]:
            self.skipTest(finding["found"])
        decision = self.reaches("M23", "crypto-mining", "throttle")
        self.assertEqual([one["family"] for one in decision["evidence"]], ["cpu"])

    def test_5_who_speaks_to_a_mining_pool_is_slowed_down_whatever_the_program_is_called(self):
        decision = self.reaches("M18", "crypto-mining", "throttle")
        self.assertEqual([one["family"] for one in decision["evidence"]], ["payload"])
        self.assertNotIn("WALLET", json.dumps(decision))

    def test_5_who_shares_files_under_another_name_is_cut_off(self):
        self.assertEqual(self.reaches("M10", "peer-to-peer", "throttle")["throttle"], "all_but_web")

    def test_5_who_shares_files_in_scrambled_words_is_told_for_whom_it_asks(self):
        decision = self.reaches("M11", "peer-to-peer", "notice")
        self.assertEqual([one["family"] for one in decision["evidence"]], ["payload"])

    def test_5_who_lets_others_in_by_a_tunnel_is_told(self):
        self.reaches("M42", "remote-access", "notice")

    def test_6_a_torrent_client_is_told(self):
        self.reaches("M13", "peer-to-peer", "notice")

    def test_7_the_training_of_a_face_swapper_is_told(self):
        self.reaches("M05", "deepfakes", "notice")


if __name__ == "__main__":
    unittest.main()
