"""Live documents: how soon others see a word, what an open notebook costs, and how fast output goes through document and log."""
import contextlib
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from arms import Collaborating, cpu_seconds, resident_kb  # noqa: E402 -- live.py lies with the tests
from live import LiveNotebook, session_of  # noqa: E402
from measures import Row, percentile, rounds  # noqa: E402

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


@contextlib.contextmanager
def both_kinds(house):
    """Allmende, and stock Jupyter's live documents, each by its name."""
    stock = Collaborating(house.room)
    try:
        yield {"allmende": house.allmende, stock.name: stock}
    finally:
        stock.stop()


def waits(lives, count, knows_stored):
    """Milliseconds until another one has a word, and until its writer hears that it is stored, `count` times."""
    seen, stored = [], []
    for number in range(count):
        writer, reader = lives[number % len(lives)], lives[(number + 1) % len(lives)]
        before = len(reader.sources()[0])
        begun = time.perf_counter()
        writer.write("y")
        reader.hear_until("the word came", lambda: len(reader.sources()[0]) > before)  # noqa: B023 -- called at once
        seen.append((time.perf_counter() - begun) * 1000)
        if knows_stored:
            writer.settle()
            stored.append((time.perf_counter() - begun) * 1000)
    return seen, stored


def keystrokes(house, count=300, people=50):
    """Time until another who has the notebook open sees a word, and until its writer hears that it is stored; alone with them, and among 50."""
    with both_kinds(house) as arms:
        for crowd in (2, people):
            seen, stored, spent = {name: [] for name in arms}, [], {}
            with contextlib.ExitStack() as rooms:
                lives = {name: rooms.enter_context(joined(arm, put_notebook(arm, ["x"] * people), crowd)) for name, arm in arms.items()}
                for name in rounds(6, list(arms)):
                    before = cpu_seconds(arms[name].processes())
                    more, acknowledged = waits(lives[name], count // 6, name == "allmende")
                    spent[name] = spent.get(name, 0) + cpu_seconds(arms[name].processes()) - before
                    seen[name] += more
                    stored += acknowledged
            for percent, bar in (50, 100), (95, 250):
                figures = {name: percentile(all, percent) for name, all in seen.items()}
                yield Row(f"a word is seen, {crowd} there, p{percent}", "ms", figures, figures["allmende"], bar)
            yield Row(f"a word, {crowd} there, CPU", "ms", {name: all * 1000 / count for name, all in spent.items()})
            figure = percentile(stored, 50)
            yield Row(f"a word is stored, {crowd} there, p50", "ms", {"allmende": figure}, figure, 20)


def opening(house, count=10):
    """A notebook of 500 cells and 1.8 MB: the server's processor time for a session and a first reader, and its memory while it is open."""
    sessions, both, grown = {}, {}, {}
    with both_kinds(house) as arms:
        for name, arm in arms.items():
            process = arm.processes()[0]
            visited, read = ([put_notebook(arm, ["y" * (BYTES // CELLS)] * CELLS) for _ in range(count)] for _ in range(2))
            spent = cpu_seconds([process])
            for path in visited:
                session_of(place_of(arm), arm.token, path)
            sessions[name] = (cpu_seconds([process]) - spent) * 1000 / count
            memory, spent = resident_kb(process), cpu_seconds([process])
            with contextlib.ExitStack() as readers:
                for path in read:  # each asks for its session and joins, as a page does
                    readers.enter_context(joined(arm, path, 1))
                both[name] = (cpu_seconds([process]) - spent) * 1000 / count
                grown[name] = (resident_kb(process) - memory) / 1000 / count
    yield Row("first session of 500 cells, CPU", "ms", sessions)
    yield Row("session and first reader, CPU", "ms", both, both["allmende"], 50)
    yield Row("memory of one that is open", "MB", grown, grown["allmende"], 2 * BYTES / 1e6 + 1)


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
