"""Two servers on one database: one serves, the other forwards to it and takes over when it ends, dies or hangs."""
import contextlib
import os
import signal
import subprocess
import unittest

import websocket

from client import ask, free_port, until
from house import BIN, House, command_of, database_flags
from live import LiveNotebook

LINES = 400  # of the long cell, some 4 s


def notebook(*sources):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
                      for at, source in enumerate(sources)]}


class OneOfTwo(House):
    """What it leaves behind while the other lives on is no fault."""
    has_company = True

    def leftovers(self):
        return [] if self.has_company else super().leftovers()


def server_of(house):
    """The process of the server that this launcher started."""
    def find():
        with open(f"/proc/{house.process.pid}/task/{house.process.pid}/children") as children:
            return next((int(pid) for pid in children.read().split()
                         if command_of(pid) and os.path.basename(command_of(pid)[0]) == "allmende-server"), None)
    return until("the launcher to have a server", find)


class TwoServers(unittest.TestCase):
    def setUp(self):
        self.both = []
        self.first = self.start("--stand-by", "--port", str(free_port()), *database_flags())
        self.token = self.first.make_ada()
        self.second = self.start("--stand-by", "--port", str(free_port()), *database_flags(), data=self.first.data)
        status, said = self.call(self.first, "PUT", "contents/shared.ipynb", {"type": "notebook", "content": notebook(
            f"import time\nfor i in range({LINES}):\n    print(i, flush=True)\n    time.sleep(0.01)", "")})
        self.assertEqual(status, 201, said)

    def start(self, *flags, data=None):
        house = OneOfTwo(*flags, data=data)
        self.both.append(house)
        self.addCleanup(self.end, house)
        return house

    def end(self, house):
        """The one that is ended last must leave nothing."""
        if not os.path.exists(house.log_path):
            return  # removed with the other
        house.has_company = any(other is not house and other.process.poll() is None for other in self.both)
        faults = house.stop() if house.process.poll() is None else []
        log = house.log()
        if not house.has_company:
            for one in reversed(self.both):
                one.remove()
        self.assertEqual(faults, [], log[-3000:])

    def call(self, house, method, path, body=None):
        return ask(f"{house.url}api/{path}", self.token, method, body)

    def hear_end(self, live):
        """What the cell printed, once it has ended, however often the connection was cut meanwhile."""
        def ended():
            try:
                live.hear_end_of_runs()
            except OSError:
                self.reconnect(live)
                return False
            return True
        until("the cell to end", ended)
        live.connect()  # hears all that it has not
        self.assertEqual(live.text_of(0).splitlines(), [str(number) for number in range(LINES)])

    def reconnect(self, live):
        """As a page does."""
        def connected():
            with contextlib.suppress(websocket.WebSocketException, ConnectionError):
                live.connect()
                return True
        until("a server to take the connection", connected)

    def test_both_show_the_same_and_people_write_together_by_either(self):
        one, two = (LiveNotebook(house, self.token, "shared.ipynb") for house in (self.first, self.second))
        one.write("by the first;", cell=1)
        one.settle()
        two.write("by the second;", cell=1)
        two.settle()
        one.hear_until("what the other wrote", lambda: "by the second;" in one.sources()[1])
        self.assertIn("by the first;", two.sources()[1])
        two.run("c0")
        self.hear_end(two)
        one.close()
        two.close()

    def test_when_one_is_killed_the_other_goes_on_with_every_word_and_every_line(self):
        live = LiveNotebook(self.second, self.token, "shared.ipynb")
        live.run("c0")
        live.hear_until("some lines", lambda: len(live.text_of(0).splitlines()) > 20)
        live.write("before;", cell=1)
        live.settle()
        os.kill(server_of(self.first), signal.SIGKILL)
        live.write("while nobody served;", cell=1)
        self.reconnect(live)
        live.write("after;", cell=1)
        live.settle()
        self.hear_end(live)
        self.assertEqual(live.sources()[1].split(";"), ["before", "while nobody served", "after", ""])
        live.close()

    def test_when_one_hangs_the_other_takes_over_and_what_hung_changes_nothing_afterwards(self):
        live = LiveNotebook(self.first, self.token, "shared.ipynb")
        live.write("before;", cell=1)
        live.settle()
        hung = server_of(self.first)
        os.kill(hung, signal.SIGSTOP)
        try:
            live.write("to one that hangs;", cell=1)
            live.house = self.second
            self.reconnect(live)
            live.write("after;", cell=1)
            live.settle()
        finally:
            with contextlib.suppress(ProcessLookupError):  # who stands by has ended it
                os.kill(hung, signal.SIGCONT)
        until("the first to stand by", lambda: server_of(self.first) != hung and self.call(self.first, "GET", "status")[0] == 200)
        late = LiveNotebook(self.first, self.token, "shared.ipynb")
        self.assertEqual(late.sources()[1].split(";"), ["before", "to one that hangs", "after", ""])
        live.close()
        late.close()

    def test_when_the_first_is_stopped_the_other_has_it_all(self):
        self.end(self.first)
        until("the second to serve", lambda: self.call(self.second, "GET", "status")[0] == 200)
        live = LiveNotebook(self.second, self.token, "shared.ipynb")
        live.run("c0")  # which needs a node: the first one's has ended with it
        self.hear_end(live)
        live.close()

    def test_one_that_does_not_stand_by_is_refused_with_what_to_do(self):
        for program in (("allmende", "serve"), ("allmende-server",)):
            refused = subprocess.run([f"{BIN}/{program[0]}", *program[1:], "--port", "0", "--data", self.first.data, *database_flags()],
                                     capture_output=True, text=True, timeout=60)
            self.assertEqual(refused.returncode, 6 if len(program) > 1 else 1, refused.stderr)
            self.assertIn("stand", refused.stderr + refused.stdout)
        self.assertEqual(self.call(self.first, "GET", "status")[0], 200)


if __name__ == "__main__":
    unittest.main()
