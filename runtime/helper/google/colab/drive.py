"""A person's files. They are always there, so mounting them only has to say where."""
import os

_FILES = "/content/drive/MyDrive"


def mount(mountpoint, force_remount=False, timeout_ms=120_000, readonly=False):
    """Makes the files reachable below `mountpoint` as well, where they are not yet, and says where they are.

    Raises ValueError when something else lies at `mountpoint`, RuntimeError where a runtime does not see its person's files.
    """
    if not os.path.ismount(_FILES):
        raise RuntimeError("Your files are not seen in this runtime: the machine it runs on cannot show them (allmende doctor says why).")
    place = os.path.abspath(os.path.expanduser(mountpoint))
    home = os.path.dirname(_FILES)
    if os.path.realpath(place) != home:
        if os.path.lexists(place):
            if not os.path.isdir(place) or os.path.islink(place) or os.listdir(place):
                raise ValueError(f"Mountpoint must not contain files: {place} is in use; choose another, or use {_FILES}.")
            os.rmdir(place)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.symlink(home, place)
    print(f"Your files are at {place}/MyDrive.")


def flush_and_unmount(timeout_ms=24 * 60 * 60 * 1000):
    """Writes out what is still in memory. The files stay where they are."""
    os.sync()
    print(f"All is written to {_FILES}.")
