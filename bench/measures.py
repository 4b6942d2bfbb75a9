"""What is measured. Each function is one name of bench/run; its first sentence says what, and it gives rows of the table."""
import contextlib
import functools
import statistics
import time
from dataclasses import dataclass, field

from arms import Direct, JupyterClient, cpu_seconds, find_process, resident_kb
from hub import JupyterHub
from wire import execute, until_ready


@dataclass
class Row:
    what: str
    unit: str
    figures: dict                      # arm → number
    judged: float | None = None        # what the bar is held against
    bar: float | None = None
    least: bool = False                # whether the bar is a floor
    raw: dict = field(default_factory=dict)

    @property
    def holds(self):
        return None if self.bar is None else (self.judged >= self.bar if self.least else self.judged <= self.bar)


def percentile(values, percent):
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def paired(above, below):
    """The median of the ratios of values taken next to each other: what slows a whole round down changes none of them."""
    return statistics.median(a / b for a, b in zip(above, below))


def rounds(count, arms):
    """Who goes first changes every time."""
    for number in range(count):
        for arm in arms if number % 2 == 0 else reversed(arms):
            yield arm


@contextlib.contextmanager
def kernels(arms):
    """A kernel for each arm and a channel to it."""
    with contextlib.ExitStack() as open_things:
        channels = {}
        for arm in arms:
            kernel = arm.start_kernel()
            open_things.callback(arm.stop_kernel, kernel)
            channels[arm.name] = arm.channel(kernel)
            open_things.callback(channels[arm.name].close)
            until_ready(channels[arm.name])
        yield channels


def idle(house):
    """Resident memory of server and agent with one idle kernel and no client."""
    kernel = house.allmende.start_kernel()
    channel = house.allmende.channel(kernel)
    until_ready(channel)
    channel.close()
    for what, pid, bar in ("server, resident", house.allmende.server, 30), ("agent, resident", house.allmende.agent(), 8):
        whole = resident_kb(pid) / 1000
        yield Row(what, "MB", {"allmende": whole}, whole, bar, raw={"anonymous": resident_kb(pid, "RssAnon") / 1000})
    house.allmende.stop_kernel(kernel)
    yield Row("jupyter_server, resident", "MB", {"jupyter_server": resident_kb(house.stock.process.pid) / 1000})


def ready(arm):
    """Seconds until a new kernel answers."""
    begun = time.perf_counter()
    kernel = arm.start_kernel()
    channel = arm.channel(kernel)
    until_ready(channel)
    took = time.perf_counter() - begun
    channel.close()
    arm.stop_kernel(kernel)
    return took


def start(house, count=8):
    """Time until a new kernel answers: in a runtime that runs, and with the runtime's own start (cold)."""
    allmende, stock, direct = house.allmende, house.stock, Direct(house.room)

    def cold():
        allmende.stop_runtime()
        return ready(allmende)

    cold()  # the first of all also reads programs and libraries from the disk
    ready(stock), ready(direct)
    took = {"allmende": [], "cold": [], "direct": [], "jupyter_server": []}
    ways = [("allmende", lambda: ready(allmende)), ("direct", lambda: ready(direct)), ("cold", cold), ("jupyter_server", lambda: ready(stock))]
    for name, way in rounds(count, ways):
        took[name].append(way())
    middle = {name: statistics.median(values) for name, values in took.items()}
    yield Row("kernel ready", "s", {name: value for name, value in middle.items() if name != "cold"}, paired(took["allmende"], took["direct"]), 1.3,
              raw=took)
    yield Row("runtime and kernel ready", "s", {"allmende": middle["cold"], "direct": middle["direct"]}, paired(took["cold"], took["direct"]), 1.3)


def claim(house, count=8):
    """Time until a new person's first kernel answers, in a runtime that waited."""
    allmende, direct = house.allmende, Direct(house.room)

    took = {"allmende": [], "direct": []}
    for _ in range(count + 1):
        allmende.stop_runtime()
        time.sleep(3)  # another is made ready meanwhile
        took["allmende"].append(ready(allmende))
        took["direct"].append(ready(direct))
    took = {name: values[1:] for name, values in took.items()}  # none waited for the first
    yield Row("waiting runtime ready, p50", "ms", {name: 1000 * statistics.median(values) for name, values in took.items()},
              1000 * statistics.median(took["allmende"]), 20, raw=took)
    yield Row("waiting runtime ready, p95", "ms", {name: 1000 * percentile(values, 95) for name, values in took.items()},
              1000 * percentile(took["allmende"], 95), 60)


def person(house, count=6):
    """Time until somebody who has just come has a kernel, in a runtime that is started for them; and memory for them beside the kernel."""
    allmende, direct, hub = house.allmende, Direct(house.room), JupyterHub(house.room)
    took = {"allmende": [], "direct": [], "jupyterhub": []}
    memory = {}

    def with_hub():
        begun = time.perf_counter()
        server = hub.person()
        until_ready(server.channel(server.start_kernel()))
        spent = time.perf_counter() - begun
        memory["jupyterhub"] = resident_kb(find_process("jupyterhub-sin", f"JUPYTERHUB_USER={server.person}", "environ")) / 1000
        hub.leave(server)
        return spent

    def with_allmende():
        allmende.stop_runtime()
        spent = ready(allmende)
        memory["allmende"] = resident_kb(allmende.agent()) / 1000
        return spent

    try:
        ways = [("allmende", with_allmende), ("direct", lambda: ready(direct)), ("jupyterhub", with_hub)]
        for _, way in ways:
            way()
        for name, way in rounds(count, ways):
            took[name].append(way())
    finally:
        hub.stop()
    middle = {name: statistics.median(values) for name, values in took.items()}
    yield Row("a new person's kernel ready", "s", middle, paired(took["allmende"], took["jupyterhub"]), 0.5, raw=took)
    yield Row("for a person beside the kernel", "MB", memory, memory["allmende"], 10)


def execute_cell(house, count=12, executes=150):
    """Round trip of the cell `pass`, from the request until reply and idle are there, and the CPU time servers spend on it."""
    arms = [house.allmende, Direct(house.room), house.stock]
    with kernels(arms) as channels, contextlib.closing(JupyterClient(house.room)) as reference:
        cells = {name: functools.partial(execute, channel, "pass") for name, channel in channels.items()}
        cells[reference.name] = functools.partial(reference.execute, "pass")
        arms.append(reference)
        took, middles, spent = ({arm.name: [] for arm in arms} for _ in range(3))
        processes = {arm.name: arm.processes() for arm in arms}
        for cell in cells.values():
            for _ in range(50):
                cell()
        for arm in rounds(count, arms):
            before, times = cpu_seconds(processes[arm.name]), []
            for _ in range(executes):
                begun = time.perf_counter()
                cells[arm.name]()
                times.append((time.perf_counter() - begun) * 1000)
            spent[arm.name].append((cpu_seconds(processes[arm.name]) - before) * 1000 / executes)
            middles[arm.name].append(statistics.median(times))
            took[arm.name] += times
    for percent, bar in (50, 1.10), (95, None):
        figures = {name: percentile(values, percent) for name, values in took.items()}
        yield Row(f"execute, p{percent}", "ms", figures, paired(middles["allmende"], middles["direct"]) if bar else figures["allmende"] / figures["direct"],
                  bar, raw=middles if bar else {})
    cost = {name: statistics.mean(spent[name]) for name in ("allmende", "jupyter_server")}
    yield Row("CPU of server and agent per execute", "ms", cost, cost["allmende"], 0.7)


MEASURES = {"idle": idle, "start": start, "claim": claim, "person": person, "execute": execute_cell}
