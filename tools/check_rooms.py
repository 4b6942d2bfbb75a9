#!/usr/bin/env python3
"""Checks that every include and import goes through a door that rooms.txt allows, that rights stay at home, and that files stay readable."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANY_DOORS = {"lib/base", "web/core", "web/api", "web/ui", "web/features", "web/app", "web/frame"}
# What a line may not say, and the rooms where it may. Tests may do more: they stand outside the house.
RIGHTS = {
    r"\b(system_clock|steady_clock)::now\b": {"lib/base"},
    r"\bgetenv\(": {"lib/config"},
    r"\b(fork|vfork|execve?p?|posix_spawn|unshare|clone3?|setns)\(": {"node", "node/machine", "node/sandbox", "agent/processes", "cli"},
    r"\bsoci::": {"lib/store"},
    r"\bstd::j?thread\b": {"lib/base", "lib/net"},
    r"\bboost::beast\b": {"lib/net"},
    r"\basio::detached\b": set(),
}
LONGEST, LONGEST_DOOR = 600, 200
CODE = {".h", ".cpp", ".ts", ".tsx", ".py", ".rs"}


def read_rooms():
    rooms = {}
    for line in (ROOT / "rooms.txt").read_text().splitlines():
        if "<-" in line and not line.startswith("#"):
            room, doors = line.split("<-")
            rooms[room.strip()] = doors.split()
    return rooms


def check_no_cycle(rooms, room, above=()):
    if room in above:
        sys.exit(f"rooms.txt: cycle {' -> '.join(above + (room,))}")
    for lower in rooms[room]:
        if lower not in rooms:
            sys.exit(f"rooms.txt: {room} names {lower}, which has no line")
        check_no_cycle(rooms, lower, above + (room,))


def room_of(rooms, path):
    """The room a file of the tree lies in; None outside all rooms. web/src/x is the room web/x."""
    path = path.replace("web/src/", "web/", 1)
    return next((room for room in sorted(rooms, key=len, reverse=True) if path.startswith(room + "/")), None)


def cpp_faults(rooms, path, room, lines):
    for number, line in enumerate(lines, 1):
        include = re.match(r'#include "(.+)"', line)
        if include:
            other = room_of(rooms, include[1])
            if other == room:
                continue
            if other not in rooms[room]:
                yield f"{path}:{number}: {room} may not know {other or include[1]}"
            elif other not in MANY_DOORS and include[1] != f"{other}/{other.rsplit('/')[-1]}.h":
                yield f"{path}:{number}: {include[1]} is behind the door of {other}"
        if path.endswith("_test.cpp"):
            continue
        for pattern, homes in RIGHTS.items():
            if room not in homes and re.search(pattern, line.split("//")[0]):
                yield f"{path}:{number}: {room} has no right to {re.search(pattern, line)[0]}"


def web_faults(rooms, path, room, lines):
    for number, line in enumerate(lines, 1):
        wanted = re.search(r"""(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]""", line)
        if not wanted:
            continue
        target = (ROOT / path).parent.joinpath(wanted[1]).resolve()
        if not target.is_relative_to(ROOT):
            yield f"{path}:{number}: {wanted[1]} leaves the tree"
            continue
        other = room_of(rooms, target.relative_to(ROOT).as_posix() + "/")
        if other and other != room and other not in rooms[room]:
            yield f"{path}:{number}: {room} may not know {other}"


def main():
    rooms = read_rooms()
    for room in rooms:
        check_no_cycle(rooms, room)
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    faults = []
    for path in listed.stdout.splitlines():
        file = ROOT / path
        if file.suffix not in CODE or not file.is_file() or path.endswith("schema.ts"):
            continue
        room, lines = room_of(rooms, path), file.read_text().splitlines()
        longest = LONGEST_DOOR if room and path == f"{room}/{room.rsplit('/')[-1]}.h" else LONGEST
        if len(lines) > longest:
            faults.append(f"{path}: {len(lines)} lines, {longest} are allowed")
        if room and file.suffix in {".h", ".cpp"}:
            faults += cpp_faults(rooms, path, room, lines)
        elif room and file.suffix in {".ts", ".tsx"}:
            faults += web_faults(rooms, path, room, lines)
    print("\n".join(faults) or "rooms: all in order")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
