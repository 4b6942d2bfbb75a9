#!/usr/bin/env python3
"""Runs the steps of ./test one after another and closes with counts. Each step's whole output is kept in .cache/test/."""
import os
import re
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "test"
NODE_PATH = f"{ROOT}/.cache/tools/bin:{os.environ['PATH']}"


@dataclass
class Step:
    name: str
    says: str
    command: str  # for bash, in the root of the tree
    minutes: int  # the most it may take
    quick: bool = False  # part of ./test --quick
    whole: bool = True  # part of ./test
    beside: bool = False  # at the same time as the step before it: both wait more than they compute
    needs: str = ""  # a file without which there is nothing to test yet; the step is then skipped, and said to be


def build(preset, targets=""):
    return f"{{ [ -f build/{preset}/build.ninja ] || cmake --preset {preset}; }} && ninja -C build/{preset} {targets}"


POSTGRES = "PYTHONPATH=tests tests/with_postgres .cache/tests-python/bin/python tests/api/run_python.py"


def steps(preset):
    """The steps in their order; `preset` is the build whose programs the tests of parts are run with."""
    return [
        Step("rooms", "the graph of rooms holds", "tools/check_rooms.py", 1, quick=True),
        Step("format", "C++ and Rust are formatted",
             "git ls-files '*.cpp' '*.h' | xargs clang-format-19 --dry-run --Werror && git ls-files '*.rs' | xargs /usr/bin/rustfmt --check", 2, quick=True),
        # A build from nothing is the dearest step: the whole run has every room's tests from the build with sanitizers alone.
        Step("unit", "every room's own tests", f"{build('dev')} && ctest --test-dir build/dev --verbose --timeout 120", 25, quick=True, whole=False),
        Step("asan", "every room's own tests under AddressSanitizer and UBSan",
             f"{build('asan')} && ctest --test-dir build/asan --verbose --timeout 300 -E '^fuzz/'", 40),
        Step("fuzz", "the fuzz targets over their corpus", f"{build('asan', 'fuzzers')} && ctest --test-dir build/asan --verbose --timeout 300 -R '^fuzz/'", 20),
        Step("generated", "generated files are fresh",
             f"{build(preset, 'allmende-server')} && tools/generate --check build/{preset}/allmende-server", 20, quick=True),
        Step("postgres", "the store on a real PostgreSQL", f"{build(preset, 'lib_store_test')} && tests/with_postgres build/{preset}/lib_store_test", 10),
        Step("ydoc", "live documents beside npm's Yjs", f"{build(preset, 'ydoc_peer')} && YDOC_PEER=build/{preset}/ydoc_peer tests/ydoc/run", 10, quick=True),
        Step("page", "the page's own tests", "cd web && npm test --silent", 5, quick=True),
        Step("release", "the release builds", "tools/build", 30, quick=True, needs="node/main.cpp"),
        # Whole runs drive the programs that have sanitizers; the released ones are what everything from here on runs.
        Step("api", "stock clients against the real server", "tests/api/run", 15, quick=True, whole=False, needs="node/main.cpp"),
        Step("documents", "live documents, rules and the journal on a real PostgreSQL",
             f"for each in documents_test.ALiveNotebook documents_test.ARunOfCells documents_test.AnEarlierVersion sharing_test.ASharedNotebook sharing_test.AComment sharing_test.ASharedRun sharing_test.TheOwnersRuntime notices_test.WhatOneIsTold standby_test.TwoServers.test_when_one_is_killed_the_other_goes_on_with_every_word_and_every_line standby_test.TwoServers.test_when_one_hangs_the_other_takes_over_and_what_hung_changes_nothing_afterwards closing_test.AnAccountThatIsClosed.test_is_deleted_with_all_that_is_its_own_and_others_keep_what_they_have policy_test.TheRules policy_test.ACell policy_test.AFolderOfRules policy_test.ARestriction audit_test.TheAuditJournal; do {POSTGRES} tests/api $each || code=1; done; exit ${{code:-0}}", 10, needs="node/main.cpp"),
        Step("faults", "whatever breaks, no word and no output is lost or doubled", "tests/faults/run", 15, beside=True, needs="node/main.cpp"),
        Step("sandbox", "the walls of a runtime", "tests/sandbox/run", 10, needs="tests/sandbox/run"),
        Step("policy", "the rules against misuse and ordinary use", "tests/policy/run", 10, needs="tests/policy/run"),
        Step("machine", "root or not, on Debian's own kernel", "tests/machine/run", 15, needs="tests/machine/run"),
        Step("e2e", "a person in a browser", "tests/e2e/run", 20, needs="node/main.cpp"),
        Step("asan-api", "stock clients against the server under both", f"{build('asan', 'allmende allmende-server allmende-node allmende-agent')} && tests/api/run asan", 20),
        Step("tsan", "what runs on threads under ThreadSanitizer",
             f"{build('tsan', 'lib_base_test lib_net_test lib_store_test')} && ctest --test-dir build/tsan --verbose --timeout 300 -R '^lib/(base|net|store)$'", 20),
    ]


COUNTERS = [  # (pattern, group that passed, group that failed); a step's counts are the sum of all matches
    (r"^(?:\d+: )?\[  PASSED  \] (\d+) tests?\.", 1, None),
    (r"^(?:\d+: )?\[  FAILED  \] (\d+) tests?, listed", None, 1),
    (r"^\s*Tests\s+(?:(?P<failed>\d+) failed \| )?(?P<passed>\d+) passed", "passed", "failed"),
    (r"^(?:\w+: )?(\d+) passed, (\d+) failed", 1, 2),
    (r"^# pass (\d+)", 1, None),
    (r"^# fail (\d+)", None, 1),
    (r"^ℹ pass (\d+)", 1, None),
    (r"^ℹ fail (\d+)", None, 1),
]
# What a failing test says of itself in its runner's words: gtest, unittest, node:test, vitest, compilers.
TELLS = re.compile(r"^(?:\d+: )?(?:\[  FAILED  \] \w|(?:FAIL|ERROR): |ℹ Error|✖ (?!failing tests)|\s*FAIL  |.*: (?:fatal )?error: )")
TOLD_LINES = 14  # of each failure


def counts(text):
    passed = failed = 0
    for pattern, good, bad in COUNTERS:
        for match in re.finditer(pattern, text, re.MULTILINE):
            passed += int(match[good] or 0) if good else 0
            failed += int(match[bad] or 0) if bad else 0
    return passed, failed


def failures(text):
    """What failed, each with the lines that follow; when nothing looks like a failure, the end of it all."""
    lines = text.splitlines()
    wanted = sorted({at for start, line in enumerate(lines) if TELLS.match(line) for at in range(start, min(start + TOLD_LINES, len(lines)))})
    return [lines[at] for at in wanted[-150:]] or lines[-60:]


def processor_seconds():
    """Of all that was run and waited for: what a step needs beyond it, it spends waiting."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


RUNNING = set()  # processes of steps, each the leader of its own group


def end(process):
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def run(step):
    """Runs one step; returns (passed, failed). A step that fails without counting a failure counts one."""
    log = LOGS / f"{step.name}.log"
    started, computed = time.monotonic(), processor_seconds()
    with log.open("wb") as output:
        process = subprocess.Popen(["bash", "-o", "pipefail", "-c", step.command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, "PATH": NODE_PATH, "NINJA_STATUS": "[%f/%t] "})
        RUNNING.add(process)
        try:
            code, why = process.wait(timeout=step.minutes * 60), ""
        except subprocess.TimeoutExpired:
            end(process)
            code, why = 124, f" (cut off after {step.minutes} minutes)"
        RUNNING.discard(process)
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    passed, failed = counts(text)
    if code != 0 and failed == 0:
        failed = 1
    if code == 0 and passed == 0 and failed == 0:
        passed = 1  # a check that holds, such as the graph of rooms
    word = "FAILED" if failed else "passed"
    told = [f"{word}  {step.name:<10} {step.says}: {passed} passed, {failed} failed in {time.monotonic() - started:.0f} s "
            f"({processor_seconds() - computed:.0f} s of processor){why}"]
    if failed:
        told += [f"    {line}" for line in failures(text)] + [f"    (all of it: {log.relative_to(ROOT)})"]
    sys.stdout.write("\n".join(told) + "\n")  # at once, as another step may be beside
    sys.stdout.flush()
    return passed, failed


def groups_of(steps):
    """In their order, those together that run at the same time."""
    groups = []
    for step in steps:
        if step.beside and groups:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def main(arguments):
    if "--list" in arguments:
        print("\n".join(f"{step.name:<10} {step.says}{' (quick)' if step.quick else ''}" for step in steps("dev")))
        return 0
    quick = "--quick" in arguments
    filters = [argument for argument in arguments if not argument.startswith("--")]
    whole = not quick and not filters
    unknown = [argument for argument in arguments if argument.startswith("--") and argument != "--quick"]
    if unknown or len(filters) > 1:
        print(f"unknown argument '{(unknown or filters[1:])[0]}'; allowed: --quick, --list, and one FILTER", file=sys.stderr)
        return 2
    chosen = [step for step in steps("asan" if whole else "dev")
              if (step.quick or not quick) and (step.whole or not whole) and (not filters or filters[0] in step.name)]
    if not chosen:
        print(f"no step's name contains '{filters[0]}'; ./test --list names them", file=sys.stderr)
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    skipped = [step for step in chosen if not (ROOT / step.needs).exists()]
    for step in skipped:
        print(f"skipped {step.name:<10} {step.says}: {step.needs} is not there yet", flush=True)
    totals = []
    for group in groups_of([step for step in chosen if step not in skipped]):
        with ThreadPoolExecutor(len(group)) as pool:
            try:
                totals += pool.map(run, group)
            except KeyboardInterrupt:
                for process in list(RUNNING):
                    end(process)
                raise
    passed, failed = sum(total[0] for total in totals), sum(total[1] for total in totals)
    print(f"\nin {time.monotonic() - started:.0f} s:")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
