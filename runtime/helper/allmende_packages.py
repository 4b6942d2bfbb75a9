"""Python packages that a person installed in a runtime, kept with their files so that the next runtime has them.

`python -m allmende_packages list|keep|forget` does it and prints what there is then, as one line of JSON. What is kept lies in a folder of
the person's files, one for each version of Python; kernels look there first (see allmende_kernel), once they run, so that a package that is
broken keeps no kernel from starting.
"""
import importlib.metadata
import json
import os
import shutil
import sys
import sysconfig

FILES = "/content/drive/MyDrive"
PLACE = os.path.join(FILES, ".allmende", f"python{sys.version_info.major}.{sys.version_info.minor}")
SCRIPTS = os.path.join(PLACE, "bin")
BASELINE = os.path.join(sys.prefix, "share", "allmende", "packages.json")


class Refusal(Exception):
    """A sentence for the person."""


def _found(place):
    """The distributions in a folder, by their normal name."""
    found = {}
    for one in importlib.metadata.distributions(path=[place]):
        name = one.metadata["Name"]
        if name:
            found[name.lower().replace("_", "-").replace(".", "-")] = one
    return found


def versions(place):
    return {name: one.version for name, one in _found(place).items()}


def installed():
    """What the person added to the environment, or put another version of: {name: distribution}."""
    try:
        with open(BASELINE, encoding="utf-8") as file:
            before = json.load(file)
    except (OSError, ValueError) as broken:
        raise Refusal("This installation does not say which packages it came with; run its ./run once more.") from broken
    site = sysconfig.get_path("purelib")
    return {name: one for name, one in _found(site).items() if before.get(name) != one.version}


def _files(distribution):
    """(path, place it goes to) of each file that can be kept: modules, and programs."""
    site = os.path.realpath(sysconfig.get_path("purelib"))
    programs = os.path.realpath(sysconfig.get_path("scripts"))
    for file in distribution.files or []:
        path = os.path.realpath(str(distribution.locate_file(file)))
        if os.path.islink(str(distribution.locate_file(file))) or not os.path.isfile(path):
            continue
        if path.startswith(site + os.sep) and "__pycache__" not in file.parts:
            yield path, os.path.join(PLACE, os.path.relpath(path, site))
        elif os.path.dirname(path) == programs:
            yield path, os.path.join(SCRIPTS, os.path.basename(path))


def _remove(distribution):
    """Takes a kept one away; folders that it shares with others stay."""
    for file in distribution.files or []:
        path = os.path.normpath(os.path.join(PLACE, str(file)))
        if path.startswith(PLACE + os.sep):
            try:
                os.unlink(path)
            except OSError:
                pass
        if file.parts[0].endswith(".dist-info"):
            shutil.rmtree(os.path.join(PLACE, file.parts[0]), ignore_errors=True)


def size(distributions):
    return sum(os.path.getsize(path) for one in distributions for path, _ in _files(one))


def keep():
    if not os.path.ismount(FILES):
        raise Refusal("Your files are not seen in this runtime, so there is no place to keep packages in.")
    kept = _found(PLACE)
    for name, one in installed().items():
        if name in kept and kept[name].version == one.version:
            continue
        if name in kept:
            _remove(kept[name])
        # The folder that says that it is there comes last: one that was not copied to its end is not taken for kept.
        for path, to in sorted(_files(one), key=lambda pair: ".dist-info" in pair[1]):
            try:
                os.makedirs(os.path.dirname(to), exist_ok=True)
                shutil.copyfile(path, to + ".new")
                shutil.copymode(path, to + ".new")
                os.replace(to + ".new", to)
            except OSError as fault:
                if os.path.lexists(to + ".new"):
                    os.unlink(to + ".new")
                raise Refusal(f"{name} could not be kept: {fault.strerror or fault}. Is there room among your files?") from fault


def forget():
    try:
        shutil.rmtree(PLACE)
    except FileNotFoundError:
        pass
    except OSError as fault:
        raise Refusal(f"The kept packages could not be removed: {fault.strerror or fault}.") from fault


def report():
    kept = versions(PLACE)
    added = {name: one for name, one in installed().items() if kept.get(name) != one.version}
    listed = lambda all: [{"name": name, "version": version} for name, version in sorted(all.items())]
    return {"kept": listed(kept), "added": listed({name: one.version for name, one in added.items()}), "added_bytes": size(added.values()),
            "possible": os.path.ismount(FILES)}


def use():
    """Has this process and what it starts look among the kept packages first. Returns whether there are any."""
    if not os.path.isdir(PLACE):
        return False
    if PLACE not in sys.path:
        first = next((at for at, entry in enumerate(sys.path) if entry.endswith("site-packages")), len(sys.path))
        sys.path.insert(first, PLACE)
        importlib.invalidate_caches()
    for name, place in (("PYTHONPATH", PLACE), ("PATH", SCRIPTS)):
        before = os.environ.get(name, "")
        if place not in before.split(os.pathsep):
            os.environ[name] = place + (os.pathsep + before if before else "")
    return True


def main(words):
    deeds = {"list": lambda: None, "keep": keep, "forget": forget, "baseline": None}
    if len(words) != 1 or words[0] not in deeds:
        print("usage: python -m allmende_packages list|keep|forget", file=sys.stderr)
        return 2
    if words[0] == "baseline":  # of the environment as it is installed; tools/install keeps it
        print(json.dumps(versions(sysconfig.get_path("purelib")), sort_keys=True, indent=1))
        return 0
    try:
        deeds[words[0]]()
        print(json.dumps(report()))
    except Refusal as refusal:
        print(json.dumps({"refusal": str(refusal)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
