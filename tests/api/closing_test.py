"""Accounts whose people leave: closed, opened again, deleted for good."""
import json
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import websocket

from client import Kernel, ask, free_port, until
from documents_test import notebook
from house import PASSWORD, House, database_flags
from live import LiveNotebook
from operation_test import close_code
from sharing_test import SharedNotebook


class AnAccountThatIsClosed(unittest.TestCase):
    def setUp(self):
        self.house = self.enterContext(House("--port", str(free_port()), *database_flags()))
        self.tokens = {"ada": self.house.make_ada()}
        self.make("bob")

    def make(self, name):
        self.house.tool("account", "create", name, "--password-stdin", text=PASSWORD + "\n")
        self.tokens[name] = self.house.tool("token", "create", "--account", name, "--name", "tests")

    def call(self, who, method, path, body=None):
        return ask(f"{self.house.url}api/{path}", self.tokens[who], method, body)

    def close(self, name="bob"):
        self.house.tool("account", "close", name, "--reason", "the course is over")

    def sign_in(self, name, password):
        request = urllib.request.Request(f"{self.house.url}api/sign-in", method="POST", data=json.dumps({"name": name, "password": password}).encode(),
                                         headers={"Content-Type": "application/json", "X-XSRFToken": "x", "Cookie": "_xsrf=x"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def put(self, who, path, *sources):
        status, said = self.call(who, "PUT", f"contents/{path}", {"type": "notebook", "content": notebook(*sources)})
        self.assertEqual(status, 201, said)

    def shared(self, owner, path, whom):
        """The owner's copy of a notebook, and that of an editor."""
        live = LiveNotebook(self.house, self.tokens[owner], path)
        status, said = self.call(owner, "POST", f"documents/{live.session['fileId']}/shares", {"whom": "account", "account": whom, "role": "editor"})
        self.assertEqual(status, 201, said)
        return live, SharedNotebook(self.house, self.tokens[whom], live.session["fileId"])

    def test_has_its_people_shown_out_while_they_write_and_run_and_nobody_else_suffers(self):
        self.put("ada", "together.ipynb", "import time\nprint('runs')\ntime.sleep(300)", "")
        ada, bob = self.shared("ada", "together.ipynb", "bob")
        own = Kernel(self.house.url, self.tokens["bob"])
        bob.run("c0")
        bob.hear_until("it to run", lambda: bob.text_of(0) == "runs\n")
        bob.write("by bob;", cell=1)
        bob.settle()
        events = websocket.create_connection(f"{self.house.url.replace('http', 'ws', 1)}api/events/subscribe?token={self.tokens['bob']}", timeout=60)
        self.close()
        self.assertEqual(close_code(bob.socket), 4401)
        self.assertNotEqual(close_code(events), None)
        self.assertEqual(self.call("bob", "GET", "contents/")[0], 403)  # as for any token that is worth nothing
        ada.hear_until("his words, and his cell's end", lambda: ada.sources()[1] == "by bob;" and ada.text_of(0).startswith("runs\n") and len(ada.text_of(0)) > 5)
        ada.write("by ada;", cell=1)
        ada.settle()
        until("his runtime to end", lambda: " bob " not in self.house.tool("runtime", "list"))
        own.socket.close()
        ada.close()

    def test_is_told_why_and_has_all_of_it_once_it_is_opened_again(self):
        self.put("bob", "mine.ipynb", "kept")
        self.close()
        status, said = self.sign_in("bob", PASSWORD)
        self.assertEqual((status, "the course is over" in said["message"]), (403, True), said)
        status, said = self.sign_in("bob", "a wrong password")
        self.assertEqual((status, "closed" in said["message"]), (401, False), said)  # nobody else learns of it
        self.assertRegex(self.house.tool("account", "list"), r"bob +since .* closed 2")
        with self.assertRaisesRegex(RuntimeError, "closed already"):
            self.close()
        with self.assertRaisesRegex(RuntimeError, "closed"):
            self.house.tool("account", "link", "bob")
        self.house.tool("account", "reopen", "bob")
        self.assertEqual(self.call("bob", "GET", "contents/mine.ipynb")[0], 200)

    def test_is_deleted_with_all_that_is_its_own_and_others_keep_what_they_have(self):
        self.put("bob", "mine.ipynb", "x")
        self.put("ada", "hers.ipynb", "")
        mine, _ = self.shared("bob", "mine.ipynb", "ada")
        hers, his = self.shared("ada", "hers.ipynb", "bob")
        his.write("by bob;", cell=0)
        his.settle()
        document = hers.session["fileId"]
        self.assertEqual(self.call("bob", "POST", f"documents/{document}/comments", {"cell": "c0", "text": "well done"})[0], 201)
        status, group = self.call("bob", "POST", "groups", {"title": "Both"})
        self.assertEqual(self.call("bob", "PUT", f"groups/{group['id']}/members", {"account": "ada"})[0], 204)
        drive = next(path.parent for path in Path(self.house.data, "drives").glob("*/mine.ipynb"))
        with self.assertRaisesRegex(RuntimeError, "not closed"):
            self.house.tool("account", "delete", "bob", "--for-good")
        self.close()
        self.house.tool("account", "delete", "bob", "--for-good")
        self.assertFalse(drive.exists())
        self.assertEqual(self.call("ada", "GET", f"documents/{mine.session['fileId']}")[0], 404)
        self.assertEqual(self.call("ada", "GET", "documents/shared")[1], [])
        self.assertEqual([one["part"] for one in self.call("ada", "GET", "groups")[1]], ["manager"])
        said = self.call("ada", "GET", f"documents/{document}/comments")[1][0]
        self.assertEqual((said["text"], said["author"]["display_name"]), ("well done", "Deleted account"))
        self.assertEqual([one for one in self.call("ada", "GET", f"documents/{document}/shares")[1]], [])
        self.assertNotRegex(self.house.tool("account", "list"), r"\bbob\b")
        self.make("bob")  # somebody else of that name
        self.assertEqual(self.call("bob", "GET", "contents/")[1]["content"], [])
        self.assertEqual(self.call("bob", "GET", f"documents/{document}")[0], 403)
        hers.hear_until("the words", lambda: hers.sources()[0] == "by bob;")

    def test_is_never_the_last_administrator(self):
        admin = next(line.split()[0] for line in self.house.tool("account", "list").splitlines() if "administrator" in line)
        with self.assertRaisesRegex(RuntimeError, "last administrator"):
            self.close(admin)
        with self.assertRaisesRegex(RuntimeError, "there is no account 'nobody'"):
            self.close("nobody")


if __name__ == "__main__":
    unittest.main()
