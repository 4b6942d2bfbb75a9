"""A run that was noted as sent and never was, and servers that die while they ask the kernel about it."""
import contextlib
import os
import signal
import sqlite3
import time
import unittest
import uuid

from client import ask, free_port, until
from documents_test import notebook
from house import House
from live import LiveNotebook


@unittest.skipIf(os.environ.get("ALLMENDE_TEST_POSTGRES"), "looks into SQLite's file")
class ARunThatWasNeverSent(unittest.TestCase):
    path = f"asked-{uuid.uuid4().hex}.ipynb"  # no other one on this machine: its kernel is found by it

    def note_sent(self, house, document, account, cell, source):
        with contextlib.closing(sqlite3.connect(f"{house.data}/allmende.db", timeout=30)) as database, database:
            database.execute(
                "INSERT INTO document_runs (id, document_id, place, cell, source, account_id, asked_by, account_name, state, changed_at) VALUES (?, ?, 99, ?, ?, ?, ?, 'Ada', 'sent', ?)",
                (str(uuid.uuid4()), document, cell, source, account, account, int(time.time() * 1000)))

    def test_is_run_once_though_a_second_server_asks_the_kernel_again_before_it_has_answered_the_first(self):
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            account = ask(f"{house.url}api/account", token)[1]["id"]
            source = "with open('/content/ran', 'a') as file:\n    file.write('once ')\nprint(open('/content/ran').read())"
            status, said = ask(f"{house.url}api/contents/{self.path}", token, "PUT", {"type": "notebook", "content": notebook("pass", source)})
            self.assertEqual(status, 201, said)
            live = LiveNotebook(house, token, self.path)
            live.run("c0")
            live.hear_end_of_runs()
            kernel = until("the kernel's process", lambda: next((int(pid) for pid in filter(str.isdigit, os.listdir("/proc")) if self.runs_notebook(pid)), None))
            os.kill(kernel, signal.SIGSTOP)
            house.process.send_signal(signal.SIGSTOP)  # nobody starts the server anew while its database is being changed
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            self.note_sent(house, live.session["fileId"], account, "c1", source)
            house.process.send_signal(signal.SIGCONT)
            until("a server that asks the kernel", lambda: house.log().count("run.asked_after") == 1)
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            until("another one that asks", lambda: house.log().count("run.asked_after") == 2)
            live.connect()
            live.notices.clear()
            os.kill(kernel, signal.SIGCONT)
            live.hear_until("it has run", lambda: "once" in live.text_of(1))
            live.run("c0")
            live.hear_end_of_runs()
            self.assertEqual(live.text_of(1), "once \n")
            live.close()

    def runs_notebook(self, pid):
        try:
            with open(f"/proc/{pid}/environ", "rb") as environment, open(f"/proc/{pid}/cmdline", "rb") as command:
                return f"/{self.path}\0".encode() in environment.read() and b"ipykernel" in command.read()
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()
