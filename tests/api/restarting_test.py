"""What the launcher does when both of its programs die."""
import os
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

import house
from client import ask, free_port, until


class ANodeThatStartsSlowly(unittest.TestCase):
    """Its program is held up as long as a file is there."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="allmende-slow-", dir="/var/tmp")))
        self.folder.chmod(0o755)
        programs, self.held = self.folder / "bin", self.folder / "held"
        programs.mkdir()
        real = Path(house.BIN).resolve()
        for program in ("allmende", "allmende-server", "allmende-agent"):
            shutil.copy(real / program, programs)
        (programs / "allmende-node").write_text(f'#!/bin/sh\nwhile [ -e {self.held} ]; do sleep 0.05; done\nexec {real}/allmende-node "$@"\n')
        (programs / "allmende-node").chmod(0o755)
        if (real.parent / "share").exists():
            (self.folder / "share").symlink_to(real.parent / "share")
        before, house.BIN = house.BIN, str(programs)
        self.addCleanup(setattr, house, "BIN", before)

    def test_keeps_nobody_from_a_server_that_has_died_meanwhile(self):
        with house.House("--port", str(free_port())) as here:
            token = here.make_ada()
            self.held.touch()
            node = here.pid_of("allmende-node")
            os.kill(node, signal.SIGKILL)
            until("the launcher to have noticed", lambda: '"program":"allmende-node"' in here.log() and "program.ended" in here.log())
            os.kill(here.pid_of("allmende-server"), signal.SIGKILL)
            until("a server that serves", lambda: ask(here.url + "api/status", token)[0] == 200)
            self.assertTrue(self.held.exists())
            self.held.unlink()
            until("a node", lambda: here.pid_of("allmende-node"))
            until("that can be reached", lambda: ask(here.url + "readyz")[0] == 200)

    def test_keeps_nobody_from_ending_it(self):
        here = house.House()
        self.addCleanup(here.remove)
        self.held.touch()
        os.kill(here.pid_of("allmende-node"), signal.SIGKILL)
        until("the launcher to have noticed", lambda: "program.ended" in here.log())
        self.assertEqual(here.stop(), [])


if __name__ == "__main__":
    unittest.main()
