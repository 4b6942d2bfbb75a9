"""Live notebooks at their limits: very large and very early changes, files that are no text, and writing without end."""
import contextlib
import os
import sqlite3
import unittest

import websocket
from pycrdt import Array, Doc, Map, Text, create_update_message

from client import ask
from documents_test import WithAHouse, notebook
from live import room_url
from operation_test import close_code


class ALiveNotebookAtItsLimits(WithAHouse):
    def test_turns_away_a_message_beyond_128_mb_and_nobody_else_suffers(self):
        self.put("huge.ipynb", notebook("x"))
        live = self.join("huge.ipynb")
        sock = websocket.create_connection(room_url(self.house, self.token, live.session), timeout=60)
        with contextlib.suppress(OSError):  # hung up on in the middle of it
            sock.send_binary(b"\x00\x02" + bytes((128 << 20) + 1))
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self.assertEqual(close_code(sock), 1009)
        live.write(" y")
        live.settle()
        self.assertEqual(self.saved("huge.ipynb"), ["x y"])

    def test_keeps_a_change_that_comes_before_what_it_builds_on_until_that_comes(self):
        self.put("early.ipynb", notebook("x"))
        live = self.join("early.ipynb")
        other = Doc()
        changes = []
        other.apply_update(live.doc.get_update())
        other.observe(lambda event: changes.append(event.update))
        cells = other.get("cells", type=Array)
        cells.append(Map({"id": "new", "cell_type": "code", "source": Text("first"), "metadata": Map(), "outputs": Array(), "execution_count": None}))
        source = cells[1]["source"]
        source += " second"
        sock = websocket.create_connection(room_url(self.house, self.token, live.session), timeout=60)
        self.addCleanup(sock.close)
        sock.send_binary(create_update_message(changes[1]))
        live.write(" y")
        live.settle()
        self.assertEqual(self.saved("early.ipynb"), ["x y"])
        sock.send_binary(create_update_message(changes[0]))
        live.hear_until("both came", lambda: len(live.cells) == 2 and str(live.cells[1]["source"]) == "first second")
        self.assertEqual(self.saved("early.ipynb"), ["x y", "first second"])

    def test_is_not_opened_from_a_file_that_is_no_utf_8_nor_over_what_is_written_into_one_meanwhile(self):
        self.put("letters.ipynb", notebook("x"))
        live = self.join("letters.ipynb")
        file = self.on_disk("letters.ipynb")
        before = file.read_bytes()
        file.write_bytes(before.replace(b"x", b"\xff\xfe"))
        live.hear_until("the file is told to be none", lambda: any(one["type"] == "file" and one["state"] == "failed" for one in live.notices))
        said = next(one["message"] for one in live.notices if one["type"] == "file" and one["state"] == "failed")
        self.assertIn("changed by somebody else", said)
        live.write(" y")
        live.settle()
        self.assertIn(b"\xff\xfe", file.read_bytes(), "what somebody has is not written over")
        file.write_bytes(before)
        live.hear_until("it is written", lambda: live.notices[-1]["type"] == "file" and live.notices[-1]["state"] == "written")
        self.assertEqual(self.saved("letters.ipynb"), ["x y"])
        bad = self.on_disk("letters.ipynb").with_name("bad.ipynb")
        bad.write_bytes(before.replace(b"x", b"\xff\xfe"))
        status, answer = ask(f"{self.house.url}api/collaboration/session/bad.ipynb", self.token, "PUT", {"format": "json", "type": "notebook"})
        self.assertEqual(status, 400, answer)
        self.assertIn("the notebook cannot be read", answer["message"])

    @unittest.skipIf(os.environ.get("ALLMENDE_TEST_POSTGRES"), "looks into SQLite's file")
    def test_has_a_log_of_at_most_three_times_its_size_however_much_was_written_and_taken_back(self):
        self.put("log.ipynb", notebook("z" * 100_000, ""))
        live = self.join("log.ipynb")
        source = live.cells[1]["source"]
        for each in range(60):
            for _ in range(10):
                source += f"{each} goats, " * 200
            with live.doc.transaction():
                del source[0:len(source)]
            live.settle()
            if each % 10 == 9:
                self.assertEqual(self.saved("log.ipynb"), ["z" * 100_000, ""])
        with contextlib.closing(sqlite3.connect(f"{self.house.data}/allmende.db", timeout=30)) as database:
            (kept,) = database.execute("SELECT SUM(LENGTH(bytes)) FROM document_updates WHERE document_id = ?", (live.session["fileId"],)).fetchone()
        self.assertLessEqual(kept * 3 / 4, 3 * len(live.doc.get_update()))  # kept as base64


if __name__ == "__main__":
    unittest.main()
