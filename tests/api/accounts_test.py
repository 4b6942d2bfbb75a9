"""One person with several accounts: seen only where the operator asks for it, by a browser and by work that goes on, and followed by a notice alone."""
import http.cookiejar
import json
import unittest
import urllib.request
from pathlib import Path

from client import Kernel, ask, until
from house import PASSWORD, House
from policy_test import rule

SHARING = rule("sharing", 'most = "notice"') + '''[detector.handed]
rule = "sharing"
tier = 2
when = "account.hand_overs >= 1"
says = "{account.hand_overs} times, {account.shared_device} accounts."
says_de = "{account.hand_overs}-mal, {account.shared_device} Konten."
'''
CELL = "losses = [round(1 / (epoch + 1), 3) for epoch in range(12)]  # of a long training that goes on\nprint(losses[-1])"


class SeveralAccounts(unittest.TestCase):
    people = ("ada", "bob", "cem")

    def begin(self, *flags):
        def prepare(data):
            Path(data, "rules").mkdir(mode=0o755)
            Path(data, "rules", "sharing.toml").write_text(SHARING)
            Path(data, "tiers.toml").write_text('[tier.free]\ntitle = "Free"\nunits = 40.0\n')
            Path(data, "tiers.toml").chmod(0o644)
        self.house = House(*flags, prepare=prepare)
        self.enterContext(self.house)
        self.tokens = {}
        for name in self.people:
            self.house.tool("account", "create", name, "--password-stdin", text=PASSWORD + "\n")
            self.tokens[name] = self.house.tool("token", "create", "--account", name, "--name", "tests")

    def sign_in(self, name, jar):
        """As a browser does that has these cookies; returns their names."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        request = urllib.request.Request(self.house.url + "api/sign-in", method="POST", data=json.dumps({"name": name, "password": PASSWORD}).encode(),
                                         headers={"Content-Type": "application/json", "X-XSRFToken": "x", "Cookie": "_xsrf=x"})
        for cookie in jar:
            if cookie.name == "allmende_device":
                request.add_header("Cookie", f"_xsrf=x; allmende_device={cookie.value}")
        browser.open(request, timeout=60).close()
        return {cookie.name for cookie in jar}

    def decisions(self, name):
        return ask(f"{self.house.url}api/decisions", self.tokens[name])[1]

    def kernel(self, name):
        kernel = Kernel(self.house.url, self.tokens[name])
        self.addCleanup(kernel.socket.close)
        return kernel

    def test_are_seen_when_work_goes_on_in_the_same_browser_after_the_units_were_used_up(self):
        self.begin("--account-evidence", "true")
        shared, other = http.cookiejar.CookieJar(), http.cookiejar.CookieJar()
        for name, jar in (("ada", shared), ("bob", shared), ("cem", other)):
            self.assertIn("allmende_device", self.sign_in(name, jar))
        devices = {cookie.value for jar in (shared, other) for cookie in jar if cookie.name == "allmende_device"}
        self.assertEqual(len(devices), 2)
        kernel = self.kernel("ada")
        self.assertEqual(kernel.run(CELL), "0.083\n")
        self.house.tool("units", "give", "-50", "--account", "ada", "--reason", "a test of the end")
        until("ada's units to end her runtime", lambda: ask(f"{self.house.url}api/runtimes", self.tokens["ada"])[1][0].get("reason") == "quota", 240)
        # cem runs the same lesson in a browser of cem's own, bob goes on in ada's.
        self.assertEqual(self.kernel("cem").run(CELL), "0.083\n")
        bobs = self.kernel("bob")
        bobs.run("print(1)")
        self.assertEqual(self.decisions("bob"), [])
        self.assertEqual(bobs.run(CELL), "0.083\n")
        notice = until("bob to be told", lambda: self.decisions("bob"))[0]
        self.assertEqual((notice["step"], notice["evidence"][0]["says"], notice["evidence"][0]["family"]), ("notice", "1 times, 2 accounts.", "account"))
        self.assertEqual(self.decisions("cem"), [])
        self.assertEqual(bobs.run("print(2)"), "2\n")

    def test_are_not_looked_for_unless_the_operator_asks_for_it(self):
        self.begin()
        self.assertEqual(self.sign_in("ada", http.cookiejar.CookieJar()) & {"allmende_device"}, set())


if __name__ == "__main__":
    unittest.main()
