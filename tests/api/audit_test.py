"""The audit journal: read by the staff, sealed by a chain of hashes, and shown to be broken when somebody meddled with it."""
import json
import sqlite3
import subprocess
import unittest
from contextlib import closing
from pathlib import Path

from client import ask, until
from house import BIN, PASSWORD, House, database_flags


class TheAuditJournal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(*database_flags())
        cls.enterClassContext(cls.house)
        cls.house.tool("account", "create", "ada", "--admin", "--password-stdin", text=PASSWORD + "\n")
        cls.ada = cls.house.tool("token", "create", "--account", "ada", "--name", "tests", "--scope", "administer")
        cls.house.tool("account", "create", "bob", "--password-stdin", text=PASSWORD + "\n")
        cls.bob = cls.house.tool("token", "create", "--account", "bob", "--name", "tests")

    def ask(self, path, token, expect=200):
        status, answer = ask(f"{self.house.url}api/staff/audit{path}", token)
        self.assertEqual(status, expect, answer)
        return answer

    def tool(self, *arguments, fails=False):
        done = subprocess.run([f"{BIN}/allmende", "--data", self.house.data, "audit", *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    def sealed(self):
        return until("all events to be sealed", lambda: (lambda found: found if found["unsealed"] == 0 else None)(self.ask("/verification", self.ada)))

    def head_that_both_name(self):
        head = self.tool("head").strip()
        return head if head == self.ask("/verification", self.ada)["head"] else None

    def test_is_read_by_the_staff_alone(self):
        events = self.ask("?account=bob", self.ada)["events"]
        self.assertEqual([event["name"] for event in events], ["token.created", "account.created"])
        self.assertEqual(json.loads(events[0]["detail"])["name"], "tests")
        self.assertEqual(self.ask(f"?subject={events[0]['subjects'][-1]}&limit=1", self.ada)["events"], events[:1])
        self.assertEqual(self.ask(f"?account=bob&before={events[0]['number']}", self.ada)["events"], events[1:])
        self.ask("", self.bob, expect=403)
        self.ask("/verification", self.bob, expect=403)
        self.ask("", "", expect=401)
        refused = subprocess.run([f"{BIN}/allmende", "--data", self.house.data, "token", "create", "--account", "bob", "--scope", "fly"], capture_output=True, text=True, timeout=60)
        self.assertIn("administer", refused.stderr)  # among those that there are

    def test_says_what_cannot_be_asked(self):
        self.assertIn("allowed are 1 to 1000", self.ask("?limit=0", self.ada, expect=400)["message"])
        self.assertIn("no account 'nobody'", self.ask("?account=nobody", self.ada, expect=404)["message"])
        self.assertIn("one of them", self.ask("?account=bob&subject=x", self.ada, expect=400)["message"])
        self.assertIn("audit head", self.ask("/verification?head=17", self.ada, expect=400)["message"])

    def test_shows_whether_it_is_as_it_was_written(self):
        found = self.sealed()
        self.assertEqual(found["broken"], "")
        head = until("the tool and the API to name one head", self.head_that_both_name)  # events are written meanwhile
        self.assertIn("as they were written", self.tool("verify", "--head", head))
        self.assertIn("account.created", self.tool("list", "--account", "bob"))
        if database_flags():
            return  # the rest meddles with the file of SQLite
        # Somebody who can write to the database blots out who made the token.
        self.assertEqual(self.house.stop(), [])
        with closing(sqlite3.connect(Path(self.house.data, "allmende.db"))) as database:
            number, = database.execute("SELECT number FROM events WHERE name = 'token.created' ORDER BY number DESC").fetchone()
            before = database.execute("SELECT detail FROM events WHERE number = ?", (number,)).fetchone()
            database.execute("UPDATE events SET detail = '{}' WHERE number = ?", (number,))
            database.commit()
        self.house.start()
        self.assertIn(f"event {number}", self.tool("verify", fails=True))
        self.assertIn(f"event {number}", self.ask("/verification", self.ada)["broken"])
        self.assertEqual(self.house.stop(), [])
        with closing(sqlite3.connect(Path(self.house.data, "allmende.db"))) as database:
            database.execute("UPDATE events SET detail = ? WHERE number = ?", (*before, number))
            database.commit()
        self.house.start()
        self.tool("verify", "--head", head)


if __name__ == "__main__":
    unittest.main()
