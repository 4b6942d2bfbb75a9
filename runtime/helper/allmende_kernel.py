"""What a Python kernel of ours does beside running cells. An IPython extension, loaded by runtime/config/ipython_kernel_config.py.

Before the first cell it looks where the person's kept packages are (allmende_packages): not sooner, as their files may come after it, and
as a broken package is to keep no kernel from starting.

It says which variables are big, for the sentence that a person reads when the kernel was ended because memory ran out. After a cell, and only when the process has grown by GROWTH, the
biggest variables are written beside the kernel's connection file, where the agent reads them when the kernel has died. Of a value
nothing is read but its size, and nothing of its own is called: kinds that are not known here count as small.
"""
import json
import os
import sys
import time

GROWTH = 64 << 20     # bytes beyond what the process had when it began
WORTH_NAMING = 8 << 20  # bytes
MOST_NAMED = 3
MOST_TIME = 0.02      # seconds for looking through them all
SAMPLE = 50           # of the members of a list, dict or set
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident():
    """Bytes of memory that the process has; 0 where that cannot be seen."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _of_numpy(value):
    return int(value.nbytes)


def _of_pandas(value):
    used = value.memory_usage(index=True, deep=False)
    return int(used if isinstance(used, int) else used.sum())


def _of_torch(value):
    return int(value.element_size() * value.nelement()) if value.device.type == "cpu" else 0


# By the module and name of the very type: a class of somebody's own may do anything when it is asked for its size.
_KNOWN = {
    ("numpy", "ndarray"): _of_numpy,
    ("pandas", "DataFrame"): _of_pandas, ("pandas.core.frame", "DataFrame"): _of_pandas,
    ("pandas", "Series"): _of_pandas, ("pandas.core.series", "Series"): _of_pandas,
    ("torch", "Tensor"): _of_torch,
}


def size_of(value):
    """About how many bytes a variable holds."""
    kind = type(value)
    known = _KNOWN.get((kind.__module__, kind.__name__))
    if known:
        return known(value)
    if kind in (list, tuple, set, frozenset, dict):
        members = value.values() if kind is dict else value
        count = len(value)
        looked = [sys.getsizeof(member) if type(member) in (str, bytes, bytearray, int, float, list, tuple, dict, set) else
                  size_of(member) if (type(member).__module__, type(member).__name__) in _KNOWN else 0
                  for member, _ in zip(members, range(SAMPLE))]
        return sys.getsizeof(value) + (sum(looked) * count // len(looked) if looked else 0)
    return sys.getsizeof(value) if kind in (str, bytes, bytearray, memoryview) else 0


def biggest(namespace):
    """[{"name", "bytes"}, …] of the biggest variables that are worth naming, the biggest first."""
    end = time.monotonic() + MOST_TIME
    found = []
    for name, value in list(namespace.items()):
        if name.startswith("_"):
            continue
        if time.monotonic() > end:
            break
        try:
            size = size_of(value)
        except Exception:  # a value that cannot say how big it is does not keep the others from it
            continue
        if size >= WORTH_NAMING:
            found.append({"name": name, "bytes": size})
    return sorted(found, key=lambda one: -one["bytes"])[:MOST_NAMED]


class _Watch:
    def __init__(self, shell, file):
        self.shell, self.file = shell, file
        self.began = resident()
        self.wrote = False

    def after_cell(self, _result):
        grown = resident() - self.began > GROWTH
        if not grown and not self.wrote:
            return
        try:
            text = json.dumps(biggest(self.shell.user_ns) if grown else [])
            with open(self.file + ".new", "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(self.file + ".new", self.file)
            self.wrote = grown
        except OSError:
            pass  # no room for it: the kernel goes on


def _use_packages(shell):
    def once(_info):
        shell.events.unregister("pre_run_cell", once)
        import allmende_packages
        allmende_packages.use()
    shell.events.register("pre_run_cell", once)


def load_ipython_extension(shell):
    _use_packages(shell)
    from ipykernel.kernelapp import IPKernelApp
    if IPKernelApp.initialized():
        file = IPKernelApp.instance().abs_connection_file.removesuffix(".json") + ".memory"
        shell.events.register("post_run_cell", _Watch(shell, file).after_cell)
