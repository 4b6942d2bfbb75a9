"""What is measured under load: many messages, much output, many requests, many sockets. As in measures.py."""
import contextlib
import hashlib
import json
import os
import re
import resource
import statistics
import subprocess
import threading
import time

from arms import Direct, Stock, cpu_seconds, resident_kb
from measures import Row, kernels, rounds
from wire import PATIENCE, answered, ask

PRINTING = "for i in range({lines}): print('line %d of many, and some words to make it as long as lines are' % i)\nprint('x' * {bytes})"
UNLIMITED = ["--ZMQChannelsWebsocketConnection.iopub_msg_rate_limit=1e9", "--ZMQChannelsWebsocketConnection.iopub_data_rate_limit=1e12"]


def messages(house, count=60_000, times=5):
    """Messages per second from a kernel that does nothing but send (flood.py), read by a client that does nothing but count."""
    stock = Stock(house.room, UNLIMITED)  # by default it drops what comes faster than 1000 in a second
    arms = [house.allmende, Direct(house.room), stock]
    rates, lost, spent = {arm.name: [] for arm in arms}, {arm.name: 0 for arm in arms}, {arm.name: 0.0 for arm in arms}
    try:
        for arm in rounds(times, arms):
            with kernels([arm]) as channels:  # anew each time: a stock server hangs up on who lets its pings wait
                pids, heard, begun = arm.processes(), 0, 0.0
                before = cpu_seconds(pids)
                ask(channels[arm.name], str(count))
                while b'"idle"' not in (frame := channels[arm.name].skim()) or not heard:
                    if b'"flood","data"' in frame:
                        begun, heard = begun or time.perf_counter(), heard + 1
                rates[arm.name].append(heard / (time.perf_counter() - begun))
                spent[arm.name] += cpu_seconds(pids) - before
                lost[arm.name] += count - heard
    finally:
        stock.stop()
    figures = {name: statistics.median(values) for name, values in rates.items()}
    yield Row("messages, signed and whole", "1/s", figures, figures["allmende"], 30_000, least=True, raw=rates)
    yield Row("messages lost", "", lost, lost["allmende"], 0)
    yield Row("CPU of server and agent per message", "µs", {name: spent[name] * 1e6 / count / times for name in ("allmende", "jupyter_server")})


@contextlib.contextmanager
def growth(pids):
    """Gives a list that ends with the most, in MB, by which the processes together were larger than at first, sampled on a thread of its own."""
    over, seen = threading.Event(), []
    def look():
        while not seen or not over.wait(0.1):
            seen.append(sum(resident_kb(pid) for pid in pids) / 1000)
    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
        seen.append(max(seen) - seen[0])


def output(house, silence=30, lines=200_000, size=50_000_000):
    """Of 200,000 printed lines and a print of 50 MB, what does not arrive, and how server and agent grow; read at once, and after 30 s of silence."""
    code = PRINTING.format(lines=lines, bytes=size)
    expected = hashlib.sha256()
    for number in range(lines):
        expected.update(b"line %d of many, and some words to make it as long as lines are\n" % number)
    expected.update(b"x" * size + b"\n")
    for what, wait, arms in (("read at once", 0, [house.allmende, house.stock]), (f"{silence} s unread", silence, [house.allmende])):
        lost, other, grown, took, same = {}, {}, {}, {}, True
        for arm in arms:
            with kernels([arm]) as channels, growth(arm.processes()) as sizes:
                got, digest, begun = {"lines": 0, "bytes": 0}, hashlib.sha256(), time.perf_counter()

                def hear(message):
                    if message.kind == "stream":
                        text = json.loads(message.content)["text"].encode()
                        got["lines"] += text.count(b"\n")
                        got["bytes"] += text.count(b"x")
                        digest.update(text)
                asked = ask(channels[arm.name], code)
                time.sleep(wait)  # the client's silence
                answered(channels[arm.name], asked, hear)
                took[arm.name] = time.perf_counter() - begun - wait
            lost[arm.name], other[arm.name] = max(0, lines + 1 - got["lines"]), (size - got["bytes"]) / 1e6
            grown[arm.name] = sizes[-1]
            same = same and (arm is house.stock or digest.digest() == expected.digest())
        yield Row(f"lines lost, {what}", "", lost, lost["allmende"] if same else float("inf"), 0)
        yield Row(f"of 50 MB lost, {what}", "MB", other, other["allmende"], 0)
        yield Row(f"server and agent grow, {what}", "MB", grown, grown["allmende"], 64)
        yield Row(f"until the last line, {what}", "s", took)


def requests(house, connections=32, seconds=5, times=3):
    """Requests per second of /api/status with a token over kept-alive connections; wrk makes them, on a processor of its own where there are two."""
    arms, processor = [house.allmende, house.stock], max(os.sched_getaffinity(0))
    rates, busy, spent = ({arm.name: [] for arm in arms} for _ in range(3))
    for arm in rounds(times, arms):
        before, cpu = resource.getrusage(resource.RUSAGE_CHILDREN), cpu_seconds([arm.processes()[0]])
        said = subprocess.run(["taskset", "-c", str(processor), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H",
                               f"Authorization: token {arm.token}", arm.url + "/api/status"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"{arm.name} did not answer every request with 200: {said}")
        rates[arm.name].append(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]))
        busy[arm.name].append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds * 100)
        spent[arm.name].append((cpu_seconds([arm.processes()[0]]) - cpu) * 1e6 / rates[arm.name][-1] / seconds)
    middle = [{name: statistics.median(values) for name, values in of.items()} for of in (rates, spent, busy)]
    yield Row("GET /api/status", "1/s", middle[0], statistics.median(a / b for a, b in zip(rates["allmende"], rates["jupyter_server"])), 40, least=True,
              raw=rates)
    yield Row("server CPU per request", "µs", middle[1])
    yield Row("wrk's own CPU (100: it is the limit)", "%", middle[2])


def sockets(house, count=1000):
    """Server memory per kernel socket when 1,000 clients look at one kernel, each of which must hear of a cell that one of them runs."""
    with kernels([house.allmende]) as channels:
        kernel = next(each["id"] for each in house.allmende.call("GET", "/api/kernels"))
        processes = house.allmende.processes()
        before, begun = [resident_kb(pid) for pid in processes], time.perf_counter()
        opened = [house.allmende.channel(kernel) for _ in range(count)]
        took = (time.perf_counter() - begun) * 1000 / count
        idle_kb = [(resident_kb(pid) - old) / count for pid, old in zip(processes, before)]
        asked = ask(opened[0], "pass")
        silent = sum(not hears(channel, asked) for channel in opened)
        used_kb = (resident_kb(processes[0]) - before[0]) / count
        for channel in opened:
            channel.close()
    yield Row("sockets that do not hear", "", {"allmende": silent}, silent, 0)
    yield Row("server, per idle socket", "kB", {"allmende": idle_kb[0]}, idle_kb[0], 25)
    yield Row("server, per socket that was used", "kB", {"allmende": used_kb}, used_kb, 25)
    yield Row("agent, per idle socket", "kB", {"allmende": idle_kb[1]})
    yield Row("time to open a socket", "ms", {"allmende": took})


def hears(channel, asked):
    """Whether the end of somebody's cell arrives."""
    with contextlib.suppress(OSError):
        while (message := channel.receive()).parent != asked or b'"idle"' not in message.content:
            pass
        return True
    return False


MEASURES = {"messages": messages, "output": output, "requests": requests, "sockets": sockets}
