"""Runs *_test.py and closes with the plain line that ./test counts.

    run_python.py                      those beside it
    run_python.py FOLDER               those in a folder
    run_python.py FOLDER MODULE.CLASS  some of them
    run_python.py --beside FOLDER      each class as a process of its own, two at a time, as one waits more than it computes; what fails
                                       beside another is tried again alone, and counts as that comes out
"""
import re
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 2
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


def suite_of(folder, names):
    sys.path.insert(0, folder)
    loader = unittest.defaultTestLoader
    return loader.loadTestsFromNames(names) if names else loader.discover(folder, pattern="*_test.py")


def tests_in(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from tests_in(one)
        else:
            yield one


def run(suite):
    """Returns (passed, failed)."""
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return result.testsRun - bad - len(result.skipped), bad


def run_alone(folder, name):
    """The same of a class in a process of its own, and what it said."""
    done = subprocess.run([sys.executable, "-u", "-W", "ignore", __file__, folder, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    found = COUNTS.findall(done.stdout)
    passed, failed = map(int, found[-1]) if found else (0, 0)
    return passed, failed or (1 if done.returncode else 0), done.stdout


def without_count(said):
    return COUNTS.sub("", said).rstrip()


def run_beside(folder, suite):
    sizes = {}
    for test in tests_in(suite):
        name = test.id() if isinstance(test, unittest.loader._FailedTest) else f"{type(test).__module__}.{type(test).__name__}"
        sizes[name] = sizes.get(name, 0) + 1
    names = sorted(sizes, key=lambda name: -sizes[name])
    passed = failed = 0
    again = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, (good, bad, said) in zip(names, pool.map(lambda one: run_alone(folder, one), names), strict=True):
            if bad:
                again.append(name)
                print("\n".join("    beside another: " + line for line in without_count(said).splitlines()), flush=True)
            else:
                passed += good
                print(without_count(said), flush=True)
    for name in again:
        print(f"{name} failed beside another and is tried again alone", flush=True)
        good, bad, said = run_alone(folder, name)
        passed, failed = passed + good, failed + bad
        print(without_count(said), flush=True)
    return passed, failed


def main(arguments):
    beside = arguments[:1] == ["--beside"]
    folder, *names = arguments[beside:] or [str(Path(__file__).parent)]
    suite = suite_of(folder, names)
    passed, failed = run_beside(folder, suite) if beside else run(suite)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
