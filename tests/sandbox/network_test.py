"""A runtime's way out: what it reaches, what it does not, and how much of it. The world is tests/world, see tests/with_world."""
import json
import os
import re
import socket
import subprocess
import sys
import unittest
from urllib.parse import urlsplit

from person import BIN, DATA, URL, Kernel, Person, processes_of

WORLD = os.environ.get("ALLMENDE_WORLD", "")
PORT = urlsplit(URL).port
GET = "__import__('urllib.request').request.urlopen('http://{}', timeout=20).read().decode()"


def in_the_world(code, *arguments):
    """What Python prints there."""
    return subprocess.run(["nsenter", f"--net={WORLD}", sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, timeout=60,
                          check=True).stdout


def seen():
    """What arrived in the world so far."""
    return json.loads(in_the_world("import urllib.request; print(urllib.request.urlopen('http://203.0.113.10/seen').read().decode())"))


def grant(name, tier):
    subprocess.run([f"{BIN}/allmende", "--data", DATA, "tier", "grant", tier, "--account", name, "--reason", "a test"], stdout=subprocess.PIPE, timeout=60, check=True)


class Way(unittest.TestCase):
    """Tests that share the kernel of one person, who has the tier."""
    tier = None

    @classmethod
    def setUpClass(cls):
        if not WORLD:
            raise unittest.SkipTest("there is no world beside this machine: run tests/sandbox/run")
        name = f"maria-{cls.tier}"
        cls.person = Person.new(name)
        grant(name, cls.tier)
        cls.kernel = Kernel(cls.person)
        cls.addClassCleanup(cls.person.stop_runtime)
        cls.addClassCleanup(cls.kernel.close)

    def value(self, expression):
        return self.kernel.value(expression)

    def get(self, what):
        return self.value(GET.format(what))

    def assertRefused(self, expected):
        """{(host, port): how connecting there is refused}"""
        said = self.value("{" + ", ".join(f"{f'{host} {port}'!r}: refusal(connect, {(host, port)!r})" for host, port in expected) + "}")
        self.assertEqual(said, {f"{host} {port}": refusal for (host, port), refusal in expected.items()})


class ARuntimeThatMayGoOut(Way):
    tier = "out"

    def test_reaches_a_web_server_by_its_name(self):
        self.assertEqual(self.get("web.test/hello"), "hello from outside")

    def test_is_seen_outside_as_its_machine(self):
        self.get("203.0.113.10/hello")
        self.assertEqual(set(seen()["from"]) - {"203.0.113.10"}, {"198.51.100.2"})

    def test_is_told_of_names_there_are_not_and_of_answers_that_need_a_stream(self):
        self.assertEqual(self.value("refusal(socket.getaddrinfo, 'nobody.test', 80)"), f"gai {socket.EAI_NONAME}")
        self.assertEqual(self.value("socket.gethostbyname('large.test')"), "203.0.113.10")

    def test_installs_packages_and_uses_them_at_once(self):
        said = self.kernel.run("%pip install --index-url http://packages.test/simple --trusted-host packages.test greeting-from-outside")
        self.assertIn("Successfully installed greeting-from-outside-1.0", said)
        self.assertEqual(self.value("__import__('greeting_from_outside').greet()"), "installed")

    def test_may_replace_a_package_that_was_there_and_spoils_it_for_nobody_else(self):
        self.assertIn("Successfully uninstalled", self.kernel.run("%pip uninstall --yes traitlets"))
        other = Person.new("nora")
        kernel = Kernel(other)
        self.addCleanup(other.stop_runtime)
        self.addCleanup(kernel.close)
        self.assertTrue(kernel.value("__import__('importlib.metadata').metadata.version('traitlets')"))

    def test_reaches_no_private_address_and_no_metadata(self):
        self.assertRefused({(host, 80): "EHOSTUNREACH" for host in ("10.9.0.1", "192.168.77.7", "169.254.169.254", "inside.test", "100.64.0.9")})

    def test_reaches_nothing_of_its_machine(self):
        uplink = re.search(r"inet (198\.1[89]\.\S+)/30", subprocess.run(["ip", "-o", "-4", "addr"], stdout=subprocess.PIPE, text=True).stdout)[1]
        with socket.create_server(("198.51.100.2", 0)) as listening:
            port = listening.getsockname()[1]
            self.assertRefused({("198.51.100.2", PORT): "EHOSTUNREACH", ("198.51.100.2", port): "EHOSTUNREACH", (uplink, PORT): "EHOSTUNREACH",
                                ("100.64.0.1", 80): "ECONNREFUSED", ("127.0.0.1", PORT): "ECONNREFUSED"})

    def test_reaches_no_other_runtime(self):
        other = Person.new("olga")
        grant("olga", "out")
        kernel = Kernel(other)
        self.addCleanup(other.stop_runtime)
        self.addCleanup(kernel.close)
        kernel.run("door = socket.create_server(('0.0.0.0', 8000))")
        address = kernel.value("[line.split()[1] for line in open('/proc/net/fib_trie') if '|--' in line and '100.64' in line][-1]")
        self.assertTrue(address.startswith("100.64."))
        self.assertRefused({(address, 8000): "EHOSTUNREACH"})
        self.assertEqual(kernel.value(f"refusal(connect, ({address!r}, 8000))"), "allowed")

    def test_sends_no_mail(self):
        self.assertRefused({("203.0.113.10", port): "ECONNREFUSED" for port in (25, 465, 587)})
        self.assertEqual({port: count for port, count in seen()["connections"].items() if port in ("25", "465", "587")}, {})

    def test_has_no_address_of_version_6(self):
        self.assertEqual(self.value("[line.split()[-1] for line in open('/proc/net/if_inet6')]"), ["lo"])
        self.assertEqual(self.value("refusal(connect, ('2001:db8::1', 80), socket.AF_INET6)"), "ENETUNREACH")

    def test_cannot_speak_in_the_name_of_others(self):
        code = ("import socket, struct\nplug = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)\n"
                "head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28, 1, 0, 64, 17, 0, socket.inet_aton('203.0.113.99'), socket.inet_aton('203.0.113.10'))\n"
                "for _ in range(50): plug.sendto(head + struct.pack('!HHHH', 4000, 9999, 8, 0), ('203.0.113.10', 0))")
        before = seen()["datagrams"].get("9999", 0)
        inside = processes_of(self.kernel.runtime)[0]
        subprocess.run(["nsenter", f"--net=/proc/{inside}/ns/net", sys.executable, "-c", code], timeout=60, check=True)
        self.get("web.test/hello")
        self.assertEqual(seen()["datagrams"].get("9999", 0), before)

    def test_is_not_reached_from_outside(self):
        address = self.value("[line.split()[1] for line in open('/proc/net/fib_trie') if '|--' in line and '100.64' in line][-1]")
        self.kernel.run("inward = socket.create_server(('0.0.0.0', 8001))")
        uplink = re.search(r"inet (198\.1[89]\.\d+\.)(\d+)/30", subprocess.run(["ip", "-o", "-4", "addr"], stdout=subprocess.PIPE, text=True).stdout)
        for host in (address, f"{uplink[1]}{int(uplink[2]) + 1}"):
            said = in_the_world("import socket, sys\ntry:\n    socket.create_connection((sys.argv[1], 8001), 2)\n    print('allowed')\nexcept OSError:\n"
                                "    print('refused')", host)
            self.assertEqual(said.strip(), "refused", host)

    def test_gets_hundreds_of_small_answers_in_a_row(self):
        self.assertEqual(self.value(f"len([{GET.format('203.0.113.10/hello')} for _ in range(250)])"), 250)

    def test_floods_nobody_with_datagrams_and_goes_on_afterwards(self):
        self.kernel.run("plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nfor _ in range(20000): plug.sendto(b'flood', ('203.0.113.10', 9999))")
        self.assertEqual(self.get("web.test/hello"), "hello from outside")
        self.assertLess(seen()["datagrams"]["9999"], 4000)

    def test_floods_nobody_with_connections(self):
        self.kernel.run("plugs = [socket.socket() for _ in range(3000)]\nfor plug in plugs:\n    plug.setblocking(False)\n"
                        "    plug.connect_ex(('203.0.113.10', 7000))\nfor plug in plugs: plug.close()")
        self.assertLess(seen()["connections"].get("7000", 0), 1500)

    def test_sends_no_faster_than_its_tier_allows(self):
        self.kernel.run("import urllib.request\nbegan = time.monotonic()\nurllib.request.urlopen('http://203.0.113.10/', data=bytes(4 << 20), timeout=60).read()\n"
                        "took = time.monotonic() - began")
        self.assertGreater(self.value("took"), 2)

    def test_shows_what_it_sent_and_received(self):
        self.value(f"len({GET.format('203.0.113.10/bytes/3000000')})")
        network = self.person.runtime()["network"]
        self.assertEqual(network["access"], "egress")
        self.assertGreater(network["received"], 3000000)
        self.assertGreater(network["sent"], 1000)

    def test_cannot_change_its_own_cable(self):
        said = self.kernel.run("print(subprocess.run(['ip', 'link', 'set', 'eth0', 'mtu', '1400'], capture_output=True, text=True).returncode)")
        self.assertNotEqual(said.strip(), "0")
        self.assertEqual(self.value("refusal(open, '/proc/sys/net/ipv4/ip_forward', 'w')"), "EROFS")


class ARuntimeThatReachesOnlyWhatIsNamed(Way):
    tier = "listed"

    def test_reaches_that_by_its_name_and_nothing_else(self):
        self.assertRefused({("203.0.113.10", 80): "EHOSTUNREACH"})
        self.assertEqual(self.get("packages.test/hello"), "hello from outside")
        self.assertEqual(self.get("203.0.113.10/hello"), "hello from outside")  # what the name stands for
        self.assertEqual(self.value("refusal(socket.getaddrinfo, 'other.test', 80)"), f"gai {socket.EAI_NONAME}")
        self.assertRefused({("203.0.113.11", 80): "EHOSTUNREACH"})

    def test_is_not_led_inside_by_a_name(self):
        self.assertRefused({("inside.test", 80): "EHOSTUNREACH", ("metadata.test", 80): "EHOSTUNREACH"})


class ARuntimeOfACampus(Way):
    tier = "campus"

    def test_reaches_the_network_that_was_named_beside_the_public_ones(self):
        self.assertEqual(self.get("10.9.0.1/hello"), "hello from outside")
        self.assertEqual(self.get("web.test/hello"), "hello from outside")
        self.assertRefused({("192.168.77.7", 80): "EHOSTUNREACH", ("169.254.169.254", 80): "EHOSTUNREACH"})


class ARuntimeWithoutNetwork(Way):
    tier = "free"

    def test_has_no_link_but_its_own_and_says_so(self):
        self.assertEqual(self.value("[name for _, name in socket.if_nameindex()]"), ["lo"])
        self.assertEqual(self.person.runtime()["network"]["access"], "none")


if __name__ == "__main__":
    unittest.main()
