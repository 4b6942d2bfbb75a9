"""Live documents: how soon others see a word, what an open notebook costs, and how fast output goes through document and log."""
import contextlib
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from arms import cpu_seconds, resident_kb  # noqa: E402 -- live.py lies with the tests
from live import LiveNotebook, session_of  # noqa: E402
from measures import Row, percentile  # noqa: E402

CELLS, BYTES = 500, 1_800_000  # of the large notebook


def place_of(allmende):
    return SimpleNamespace(url=allmende.url + "/")


def put_notebook(allmende, cells):
    """A new notebook with these sources; returns its path."""
    path = f"bench-{uuid.uuid4().hex[:8]}.ipynb"
    made = [{"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None} for at, source in enumerate(cells)]
    allmende.call("PUT", f"/api/contents/{path}", {"type": "notebook", "content": {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}})
    return path


@contextlib.contextmanager
def joined(allmende, path, people):
    lives = [LiveNotebook(place_of(allmende), allmende.token, path) for _ in range(people)]
    try:
        yield lives
    finally:
        for live in lives:
            live.close()


def keystrokes(house, count=300, people=50):
    """Time until another who has the notebook open sees a word, and until its writer hears that it is stored; alone with them, and among 50."""
    path = put_notebook(house.allmende, ["x"] * people)
    for crowd in (2, people):
        with joined(house.allmende, path, crowd) as lives:
            seen, stored = [], []
            for number in range(count):
                writer, reader = lives[number % crowd], lives[(number + 1) % crowd]
                before = len(reader.sources()[0])
                begun = time.perf_counter()
                writer.write("y")
                reader.hear_until("the word came", lambda: len(reader.sources()[0]) > before)  # noqa: B023 -- called at once
                seen.append((time.perf_counter() - begun) * 1000)
                writer.settle()
                stored.append((time.perf_counter() - begun) * 1000)
        for percent, bar in (50, 100), (95, 250):
            figure = percentile(seen, percent)
            yield Row(f"a word is seen, {crowd} there, p{percent}", "ms", {"allmende": figure}, figure, bar)
        figure = percentile(stored, 50)
        yield Row(f"a word is stored, {crowd} there, p50", "ms", {"allmende": figure}, figure, 20)


def opening(house, count=10):
    """A notebook of 500 cells and 1.8 MB: the server's processor time for a session and a first reader, and its memory while it is open."""
    allmende = house.allmende
    paths = [put_notebook(allmende, ["y" * (BYTES // CELLS)] * CELLS) for _ in range(count)]
    memory, spent = resident_kb(allmende.server), cpu_seconds([allmende.server])
    for path in paths:
        session_of(place_of(allmende), allmende.token, path)
    sessions = (cpu_seconds([allmende.server]) - spent) * 1000 / count
    with contextlib.ExitStack() as readers:
        for path in paths:
            readers.enter_context(joined(allmende, path, 1))
        both = (cpu_seconds([allmende.server]) - spent) * 1000 / count
        grown = (resident_kb(allmende.server) - memory) / 1000 / count
    yield Row("first session of 500 cells, CPU", "ms", {"allmende": sessions})
    yield Row("session and first reader, CPU", "ms", {"allmende": both}, both, 50)
    yield Row("memory of one that is open", "MB", {"allmende": grown}, grown, 2 * BYTES / 1e6 + 1)


def many(house, count=1000):
    """What the server needs while 1,000 notebooks of 20 cells are open at once."""
    allmende = house.allmende
    before = resident_kb(allmende.server)
    with contextlib.ExitStack() as readers:
        for _ in range(count):
            readers.enter_context(joined(allmende, put_notebook(allmende, [f"x = {at}\nprint(x)" for at in range(20)]), 1))
        grown = (resident_kb(allmende.server) - before) / 1000
        spent = cpu_seconds([allmende.server])
        time.sleep(10)
        idle = (cpu_seconds([allmende.server]) - spent) * 10
    yield Row("memory while 1,000 are open", "MB", {"allmende": grown}, grown, 1000)
    yield Row("CPU while nobody writes in them", "%", {"allmende": idle}, idle, 10)


def printing(house, megabytes=50):
    """Output through kernel, document and log: a cell that prints 50 MB, until its end is known to a reader; the notebook holds the beginning."""
    path = put_notebook(house.allmende, ["pass", f"line = 'z' * 99\nfor _ in range({megabytes * 10_000}):\n    print(line)"])
    with joined(house.allmende, path, 1) as (live,):
        live.run("c0")
        live.hear_end_of_runs()
        begun = time.perf_counter()
        live.run("c1")
        live.hear_end_of_runs()
        took = time.perf_counter() - begun
        held, more = live.cells[1]["outputs"]
        rest = more["data"]["application/vnd.allmende.rest+json"]
        missing = megabytes * 1_000_000 - len(str(held["text"])) - rest["kept"] - rest["lost"]
    yield Row("printed through the document", "MB/s", {"allmende": megabytes / took}, megabytes / took, 10, least=True)
    yield Row("bytes neither held, nor kept beside, nor said to be too much", "", {"allmende": missing}, missing, 0)


MEASURES = {"keystrokes": keystrokes, "opening": opening, "many": many, "printing": printing}
