"""What a crash leaves between a notebook's file and what the database knows of it."""
import contextlib
import os
import sqlite3
import unittest

from client import ask, free_port
from documents_test import notebook
from house import House
from live import LiveNotebook


@unittest.skipIf(os.environ.get("ALLMENDE_TEST_POSTGRES"), "looks into SQLite's file")
class AFileThatWasHalfNoted(unittest.TestCase):
    """The server died after it wrote the file and before it noted so."""

    def row(self, house, document, change=None):
        with contextlib.closing(sqlite3.connect(f"{house.data}/allmende.db", timeout=30)) as database, database:
            if change:
                database.execute(f"UPDATE documents SET {change} WHERE id = ?", (document,))
            return database.execute("SELECT file_hash, saved_through, writing_hash FROM documents WHERE id = ?", (document,)).fetchone()

    def test_is_noted_as_its_own_at_once_so_that_another_crash_does_no_harm(self):
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            status, said = ask(f"{house.url}api/contents/half.ipynb", token, "PUT", {"type": "notebook", "content": notebook("first")})
            self.assertEqual(status, 201, said)
            live = LiveNotebook(house, token, "half.ipynb")
            document = live.session["fileId"]
            before = self.row(house, document)
            live.write(" second")
            live.settle()
            live.close()
            self.assertEqual(house.stop(), [])
            written = self.row(house, document)
            self.assertNotEqual(written[0], before[0])
            self.row(house, document, f"file_hash = '{before[0]}', saved_through = {before[1]}, writing_hash = '{written[0]}', writing_through = {written[1]}")
            house.start()
            live.connect()
            self.assertEqual(self.row(house, document), (written[0], written[1], None))
            self.assertEqual(live.sources(), ["first second"])
            live.close()


if __name__ == "__main__":
    unittest.main()
