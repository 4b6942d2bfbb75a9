"""Two people write in one notebook while a cell of it runs, and things break at random moments. Nothing that was written or printed may be missing
in the end, or be there twice.

    ALLMENDE_FAULT_ROUNDS  how many faults (200)
    ALLMENDE_FAULT_SEED    where chance begins; printed, so that a run can be repeated
"""
import contextlib
import ctypes
import glob
import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import uuid
from collections import Counter

from client import ask, free_port, until
from house import House
from live import LiveNotebook

ROUNDS = int(os.environ.get("ALLMENDE_FAULT_ROUNDS", "200"))
SEED = int(os.environ.get("ALLMENDE_FAULT_SEED", time.time_ns() % 1_000_000))
KILLS_OF_ONE_HOUSE = 5  # a launcher starts its programs anew no oftener within ten minutes
FAKE_TIME = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")  # Debian's libfaketime
LINES = 1500            # that the cell prints, some 5 s long


LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.sem_open.restype = ctypes.c_void_p


@contextlib.contextmanager
def semaphore(path):
    """The POSIX semaphore whose file that is."""
    one = ctypes.c_void_p(LIBC.sem_open(os.path.basename(path).replace("sem.", "/", 1).encode(), 0))
    if not one.value:
        raise FileNotFoundError(path)
    try:
        yield one
    finally:
        LIBC.sem_close(one)


def value_of(path):
    """None when it is gone."""
    value = ctypes.c_int()
    with contextlib.suppress(FileNotFoundError), semaphore(path) as one:
        LIBC.sem_getvalue(one, ctypes.byref(value))
        return value.value
    return None


def notebook(*sources):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
                      for at, source in enumerate(sources)]}


def process_with(mark, program):
    """The process in whose environment `mark` stands and in whose command line `program` does."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as environment:
            if mark in environment.read() and program in open(f"/proc/{pid}/cmdline", "rb").read():
                return int(pid)
    raise RuntimeError(f"no {program} runs with {mark}")


def kernel_of(path):
    """The process of the kernel that runs a notebook; they know it by JPY_SESSION_NAME."""
    return process_with(f"/{path}\0".encode(), b"ipykernel")


class Clock:
    """The wall clock of a house's programs, which can be set anew while they run. Time since their start goes on as it does."""

    def __init__(self):
        self.file = tempfile.NamedTemporaryFile("w", prefix="allmende-clock-", dir="/var/tmp")
        os.chmod(self.file.name, 0o644)  # the server is another user
        self.set(0)
        self.sweep()
        self.environment = {"LD_PRELOAD": FAKE_TIME[0], "FAKETIME_TIMESTAMP_FILE": self.file.name, "FAKETIME_CACHE_DURATION": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}

    @staticmethod
    def sweep():
        """Removes what the library leaves of processes that were killed: another user's program that gets such an id could not start."""
        for left in glob.glob("/dev/shm/*faketime_*"):
            if not os.path.exists(f"/proc/{left.rsplit('_', 1)[1]}"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(left)

    @staticmethod
    def release():
        """Lets go of the library's semaphores that nobody holds any more. It takes one while a program starts; who is killed just then keeps it,
        and no program of that house would start again."""
        held = [path for path in glob.glob("/dev/shm/sem.faketime_sem_*") if value_of(path) == 0]
        if held:
            time.sleep(0.1)  # it is held for microseconds
        for path in held:
            if value_of(path) == 0:
                with semaphore(path) as one:
                    LIBC.sem_post(one)

    def set(self, seconds_off):
        self.file.seek(0)
        self.file.write(f"{seconds_off:+d}\n")
        self.file.truncate()
        self.file.flush()


class Story:
    """One house, from its first word to its last."""

    def __init__(self, house, token, chance, clock=None, runs=True):
        self.house, self.token, self.chance, self.clock = house, token, chance, clock
        self.words, self.kills = [], 0
        self.path = f"story-{uuid.uuid4().hex}.ipynb"  # no other one on this machine: its kernel is found by it
        status, model = ask(f"{house.url}api/contents/{self.path}", token, "PUT", {"type": "notebook", "content": notebook(
            f"import time\nfor i in range({LINES}):\n    print(i, flush=True)\n    time.sleep(0.003)", "", "", "")})
        assert status in (200, 201), model
        self.people = [LiveNotebook(house, token, self.path) for _ in range(2)]
        if runs:
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
        kind = self.chance.choices(["kill", "cut", "lock", "pause", "node", "jump"], [4, 4, 1, 1, 1, 1])[0]
        if kind in ("kill", "node") and self.kills == KILLS_OF_ONE_HOUSE:
            kind = "cut"
        if kind == "node" and self.people[0].text_of(0) == "":
            kind = "cut"  # a runtime that is being started goes with its node
        for person in getattr(self, kind)():
            self.write_cut_off(person)
            person.connect()

    # Each breaks something and returns whose connection that has cost.

    def kill(self):
        self.kills += 1
        Clock.sweep()
        os.kill(self.house.pid_of("allmende-server"), signal.SIGKILL)
        Clock.release()
        until("the server to serve again", lambda: ask(self.house.url + "api/status", self.token)[0] == 200)
        return self.people

    def node(self):
        """What looks after the runtimes dies, and comes back; they go on."""
        self.kills += 1
        Clock.sweep()
        before = self.house.pid_of("allmende-node")
        os.kill(before, signal.SIGKILL)
        Clock.release()
        self.write_quickly()
        until("a new node", lambda: self.house.pid_of("allmende-node") != before)
        return []

    def jump(self):
        """The wall clock is set anew, by up to two days in either direction."""
        if self.clock:
            self.clock.set(self.chance.randrange(-172_800, 172_800))
            self.write_quickly()
        return []

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
        status, model = ask(f"{self.house.url}api/contents/{self.path}", self.token)
        test.assertEqual([cell["source"] for cell in model["content"]["cells"]], first.sources())
        for person in self.people:
            person.close()


class WhateverBreaks(unittest.TestCase):
    def test_nothing_is_lost_or_doubled(self):
        print(f"ALLMENDE_FAULT_SEED={SEED}", flush=True)
        done = 0
        while done < ROUNDS:
            chance = random.Random(SEED + done)
            clock = Clock()
            with House("--port", str(free_port()), environment=clock.environment) as house:
                story = Story(house, house.make_ada(), chance, clock)
                for _ in range(min(15, ROUNDS - done)):
                    story.write()
                    story.fault()
                    done += 1
                story.end(self)
            Clock.sweep()
            if done % 300 == 0:
                print(f"{done} faults so far", flush=True)
        print(f"{done} faults", flush=True)

    def test_what_was_printed_before_a_runtime_died_is_there_once_and_the_next_cell_gets_another(self):
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            for number in range(max(1, ROUNDS // 100)):
                story = Story(house, token, random.Random(SEED + number))
                story.write()
                story.people[0].hear_until("some of it was printed", lambda: len(story.people[0].text_of(0)) > 500)  # noqa: B023
                runtime = next(one["id"] for one in ask(f"{house.url}api/runtimes", token)[1] if one["state"] == "ready")
                os.kill(process_with(f"ALLMENDE_RUNTIME={runtime}\0".encode(), b"agent"), signal.SIGKILL)
                story.write()
                story.people[0].hear_end_of_runs()
                for person in story.people:
                    person.settle()
                    person.connect()
                *printed, died = story.people[0].text_of(0).splitlines()
                self.assertRegex(died, "^(KernelDied|RuntimeUnavailable): ")
                self.assertEqual(printed[:-1], [str(i) for i in range(len(printed) - 1)], number)  # the last line may have been cut off
                story.people[0].run("c0")
                story.people[0].hear_until("it prints anew", lambda: story.people[0].text_of(0).startswith("0\n1\n"))  # noqa: B023
                status, said = ask(f"{house.url}api/documents/{story.people[0].session['fileId']}/runs", token, "DELETE")
                self.assertEqual(status, 204, said)
                story.people[0].hear_end_of_runs()
                story.end_of_words(self)
                self.assertIn(ask(f"{house.url}api/contents/{story.path}", token, "DELETE")[0], (204,))

    def test_on_a_full_disk_nothing_is_called_stored_that_is_not_and_all_of_it_is_once_there_is_room(self):
        with contextlib.ExitStack() as left:
            folder = left.enter_context(tempfile.TemporaryDirectory(prefix="allmende-full-", dir="/var/tmp"))
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", folder], check=True)
            left.callback(subprocess.run, ["umount", folder], check=True)
            os.mkdir(f"{folder}/data")
            with House("--port", str(free_port()), data=f"{folder}/data") as house:
                story = Story(house, house.make_ada(), random.Random(SEED), runs=False)
                refused = 0
                for number in range(max(2, ROUNDS // 50)):
                    story.write()
                    filler = f"{folder}/filler"
                    with open(filler, "wb", buffering=0) as full, contextlib.suppress(OSError):
                        while True:
                            full.write(bytes(1 << 16))
                    story.write_quickly()
                    said = [word for person, word in zip(story.people, story.words[-2:], strict=True) if person.is_stored_within(0.7)]
                    refused += len(said) < len(story.people)
                    if number % 2:
                        os.kill(house.pid_of("allmende-server"), signal.SIGKILL)
                    os.unlink(filler)
                    until("the server to serve", lambda: ask(house.url + "api/status", story.token)[0] == 200)  # noqa: B023
                    witness = LiveNotebook(house, story.token, story.path)  # who knows nothing but what the server does
                    self.assertEqual([word for word in said if word not in "".join(witness.sources())], [], number)
                    witness.close()
                    for person in story.people:
                        person.connect()
                        person.settle()
                story.end_of_words(self)
                self.assertGreater(refused, 0, "the disk was never full")

    def test_what_a_kernel_printed_before_it_was_killed_is_there_once_and_every_word_too(self):
        chance = random.Random(SEED)
        with House("--port", str(free_port())) as house:
            token = house.make_ada()
            for number in range(max(1, ROUNDS // 40)):
                story = Story(house, token, chance)
                story.write()
                story.people[0].hear_until("some of it was printed", lambda: len(story.people[0].text_of(0)) > chance.randrange(200, 2000))  # noqa: B023
                killed = kernel_of(story.path)
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
                self.assertIn(ask(f"{house.url}api/contents/{story.path}", token, "DELETE")[0], (204,))


if __name__ == "__main__":
    unittest.main()
