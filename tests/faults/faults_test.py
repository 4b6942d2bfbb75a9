"""Two people write in one notebook while a cell of it runs, and things break at random moments. Nothing that was written or printed may be missing
in the end, or be there twice.

    ALLMENDE_FAULT_ROUNDS  how many faults (200)
    ALLMENDE_FAULT_SEED    where chance begins; printed, so that a run can be repeated
"""
import contextlib
import os
import random
import signal
import sqlite3
import time
import unittest
from collections import Counter

from client import ask, free_port, until
from house import House
from live import LiveNotebook

ROUNDS = int(os.environ.get("ALLMENDE_FAULT_ROUNDS", "200"))
SEED = int(os.environ.get("ALLMENDE_FAULT_SEED", time.time_ns() % 1_000_000))
KILLS_OF_ONE_HOUSE = 5  # a launcher starts its server anew no oftener within ten minutes
LINES = 1500            # that the cell prints, some 5 s long


def notebook(*sources):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
                      for at, source in enumerate(sources)]}


def kernel_of(path):
    """The process of the kernel that runs a notebook; they know it by JPY_SESSION_NAME."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as environment:
            if f"/{path}\0".encode() in environment.read() and b"ipykernel" in open(f"/proc/{pid}/cmdline", "rb").read():
                return int(pid)
    raise RuntimeError(f"no kernel runs {path}")


class Story:
    """One house, from its first word to its last."""

    def __init__(self, house, token, chance):
        self.house, self.token, self.chance = house, token, chance
        self.words, self.kills = [], 0
        status, model = ask(f"{house.url}api/contents/story.ipynb", token, "PUT", {"type": "notebook", "content": notebook(
            f"import time\nfor i in range({LINES}):\n    print(i, flush=True)\n    time.sleep(0.003)", "", "", "")})
        assert status in (200, 201), model
        self.people = [LiveNotebook(house, token, "story.ipynb") for _ in range(2)]
        self.people[0].run("c0")

    def write(self):
        for _ in range(self.chance.randrange(5, 40)):
            person = self.chance.choice(self.people)
            if self.chance.random() < 0.1:
                person.settle()
            else:
                self.words.append(f"w{len(self.words)};")
                person.write(self.words[-1], cell=self.chance.randrange(1, 4))

    def fault(self):
        kind = self.chance.choices(["kill", "cut", "lock", "pause"], [4, 4, 1, 1])[0]
        if kind == "kill" and self.kills == KILLS_OF_ONE_HOUSE:
            kind = "cut"
        for person in getattr(self, kind)():
            self.write_cut_off(person)
            person.connect()

    # Each breaks something and returns whose connection that has cost.

    def kill(self):
        self.kills += 1
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
        until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
        return self.people

    def cut(self):
        person = self.chance.choice(self.people)
        person.socket.sock.close()  # in the middle of whatever was on its way
        return [person]

    def lock(self):
        """Somebody else holds the database for a while, as a backup does; people write on."""
        if os.environ.get("ALLMENDE_TEST_POSTGRES"):
            return []
        with contextlib.closing(sqlite3.connect(f"{self.house.data}/allmende.db", timeout=30, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            self.write_quickly()
            time.sleep(self.chance.uniform(0.1, 1.5))
            holder.execute("ROLLBACK")
        return []

    def pause(self):
        """The server does not get on for a while, as on a machine that is overloaded or suspended."""
        server = self.house.pid_of("allmende-server")
        os.kill(server, signal.SIGSTOP)
        try:
            self.write_quickly()
            time.sleep(self.chance.uniform(0.1, 1.5))
        finally:
            os.kill(server, signal.SIGCONT)
        return []

    def write_quickly(self):
        """Without waiting for what the server says."""
        for person in self.people:
            self.words.append(f"w{len(self.words)};")
            person.write(self.words[-1], cell=2)

    def write_cut_off(self, person):
        self.words.append(f"w{len(self.words)};")
        person.write(self.words[-1], cell=1)

    def end(self, test):
        for person in self.people:
            person.settle()
        first, second = self.people
        first.hear_end_of_runs()
        for person in self.people:
            person.connect()  # hears all that it has not
        printed = first.text_of(0).splitlines()
        test.assertEqual(printed, [str(i) for i in range(LINES)])
        self.end_of_words(test)

    def end_of_words(self, test):
        first, second = self.people
        found = Counter(word + ";" for source in first.sources()[1:] for word in source.split(";") if word)
        test.assertEqual(found, Counter(self.words))
        test.assertEqual(second.sources(), first.sources())
        status, model = ask(f"{self.house.url}api/contents/story.ipynb", self.token)
        test.assertEqual([cell["source"] for cell in model["content"]["cells"]], first.sources())
        for person in self.people:
            person.close()


class WhateverBreaks(unittest.TestCase):
    def test_nothing_is_lost_or_doubled(self):
        print(f"ALLMENDE_FAULT_SEED={SEED}", flush=True)
        done = 0
        while done < ROUNDS:
            chance = random.Random(SEED + done)
            with House("--port", str(free_port())) as house:
                story = Story(house, house.make_ada(), chance)
                for _ in range(min(15, ROUNDS - done)):
                    story.write()
                    story.fault()
                    done += 1
                story.end(self)
        print(f"{done} faults", flush=True)

    def test_what_a_kernel_printed_before_it_was_killed_is_there_once_and_every_word_too(self):
        chance = random.Random(SEED)
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            for number in range(max(1, ROUNDS // 40)):
                story = Story(house, token, chance)
                story.write()
                story.people[0].hear_until("some of it was printed", lambda: len(story.people[0].text_of(0)) > chance.randrange(200, 2000))  # noqa: B023
                killed = kernel_of("story.ipynb")
                os.kill(killed, signal.SIGKILL)
                story.write()
                story.people[0].hear_end_of_runs()
                for person in story.people:
                    person.settle()
                    person.connect()
                *printed, died = story.people[0].text_of(0).splitlines()
                self.assertTrue(died.startswith("KernelDied: "), died)
                self.assertEqual(printed[:-1], [str(i) for i in range(len(printed) - 1)], number)  # the last line may have been cut off
                story.end_of_words(self)
                self.assertIn(ask(f"{house.url}api/contents/story.ipynb", token, "DELETE")[0], (204,))


if __name__ == "__main__":
    unittest.main()
