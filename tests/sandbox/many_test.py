"""Two hundred runtimes at once, on an Allmende of their own: each is found again after a crash, and nothing of them is left in the end."""
import os
import signal
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from client import ask, until
from house import House

RUNTIMES, OF_ONE = 200, 20


class ManyRuntimes(unittest.TestCase):
    def test_stand_side_by_side_are_found_again_and_leave_nothing(self):
        tiers = self.enterContext(tempfile.NamedTemporaryFile("w", suffix=".toml", dir="/var/tmp"))
        os.chmod(tiers.name, 0o644)  # the server is another user
        tiers.write(f"[tier.free]\nruntimes = {OF_ONE}\n")
        tiers.flush()
        with House("--runtime-memory", "96 MB", "--runtime-disk", "64 MB", "--tiers", tiers.name) as house, ThreadPoolExecutor(8) as people:
            tokens = []
            for number in range(RUNTIMES // OF_ONE):
                house.tool("account", "create", f"p{number}", "--password-stdin", text="correct horse battery\n")
                tokens.append(house.tool("token", "create", "--account", f"p{number}", "--name", "tests"))

            def starts(number):
                return ask(f"{house.url}api/runtimes", tokens[number // OF_ONE], "POST", {"name": f"r{number}"})
            answers = list(people.map(starts, range(RUNTIMES)))
            self.assertEqual([said for status, said in answers if status != 201], [])
            made = {said["id"] for _, said in answers}
            self.assertEqual(len(made), RUNTIMES)

            def ready():
                return {one["id"] for token in tokens for one in ask(f"{house.url}api/runtimes", token)[1] if one["state"] == "ready" and "memory" in one}
            self.assertEqual(ready(), made)
            for program in ("allmende-node", "allmende-server"):
                before = house.pid_of(program)
                os.kill(before, signal.SIGKILL)
                until(f"another {program}", lambda: house.pid_of(program) != before)  # noqa: B023
                until("every runtime to be there again", lambda: ready() == made)
        # A house that ends looks for mounts, loop devices, cgroups and processes of its own.


if __name__ == "__main__":
    unittest.main()
