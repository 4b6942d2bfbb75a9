"""A queue that is paused, as before an upgrade: those who run go on, who comes waits and reads why."""
import contextlib
import os
import signal
import threading
import unittest

from client import Kernel, ask, free_port, until
from house import PASSWORD, House, database_flags


class APausedQueue(unittest.TestCase):
    def test_lets_nobody_in_says_why_outlives_a_restart_and_goes_on(self):
        with House("--port", str(free_port()), *database_flags()) as house:
            ada = house.make_ada()
            running = Kernel(house.url, ada)
            house.tool("account", "create", "bob", "--password-stdin", text=PASSWORD + "\n")
            bob = house.tool("token", "create", "--account", "bob", "--name", "tests")
            house.tool("queue", "pause", "--reason", "New memory is put in tonight.")

            def make():
                with contextlib.suppress(OSError):  # the server is killed while he waits
                    ask(f"{house.url}api/runtimes", bob, "POST", {})
            made = threading.Thread(target=make)
            made.start()

            def waiting():
                return next((one for one in ask(f"{house.url}api/runtimes", bob)[1] if one["state"] == "queued"), None)
            place = until("him to wait", waiting)["queue"]
            self.assertEqual((place["place"], place["paused"]), (1, "New memory is put in tonight."))
            self.assertNotIn("estimate_s", place)
            self.assertEqual(running.run("print(6 * 7)"), "42\n")
            self.assertIn("No new runtimes are let in: New memory", house.tool("runtime", "list"))
            os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
            until("what runs to be known", lambda: ask(f"{house.url}api/kernels/{running.id}", ada)[0] == 200)
            made.join(60)
            again = threading.Thread(target=make)
            again.start()
            until("him to wait again", waiting)
            house.tool("queue", "resume")
            until("his runtime", lambda: any(one["state"] == "ready" for one in ask(f"{house.url}api/runtimes", bob)[1]))
            again.join(60)
            self.assertNotIn("let in", house.tool("runtime", "list"))
            with self.assertRaisesRegex(RuntimeError, "reason"):
                house.tool("queue", "pause", "--reason", "")


if __name__ == "__main__":
    unittest.main()
