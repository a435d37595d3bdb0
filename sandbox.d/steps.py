"""Steps of the set-up: made once, known to be whole by a stamp written last.

A step that was interrupted has no stamp, or one with another key, and is made
again from its beginning; the steps before it are left alone.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import places
from problems import Problem
from progress import Progress

ROOM_NEEDED = 4 * 1024**3


@dataclass(frozen=True)
class Step:
    """One thing to be made, and how to know that it is there."""

    name: str
    title: str
    key: str
    proof: Path
    make: Callable

    @property
    def stamp(self):
        """The file that says with which key the thing was finished."""
        return places.STAMPS / self.name

    def is_done(self):
        """Whether the thing is whole and was made from the same input."""
        return self.proof.exists() and read_text(self.stamp) == self.key


def read_text(path):
    """The text of a file, empty where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def write_atomically(path, text):
    """Write a file so that nobody ever sees a half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def key_of(*parts):
    """A short key over texts and the contents of files; other paths are texts."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) and part.is_file() else str(part).encode()
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()[:24]


@contextlib.contextmanager
def locked(path=places.LOCK):
    """Hold a lock that dies with this process, so that none is ever left over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("sandbox: waiting for another sandbox command to finish ...\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def check_room():
    """Refuse to begin what the disk could not hold."""
    free = shutil.disk_usage(places.ROOT).free
    if free < ROOM_NEEDED:
        raise Problem(
            f"only {free / 1024**3:.1f} GB are free under {places.ROOT}: "
            f"make room for {ROOM_NEEDED / 1024**3:.0f} GB, then call it again."
        )


def ensure(steps):
    """Make what is missing, in order; return the names of what was made."""
    if all(step.is_done() for step in steps):
        return []
    check_room()
    with locked():
        # Another process may have made some while this one waited.
        missing = [step for step in steps if not step.is_done()]
        progress = Progress(len(missing))
        for step in missing:
            progress.begin(step.title)
            step.stamp.unlink(missing_ok=True)
            step.make(progress)
            write_atomically(step.stamp, step.key)
            progress.end()
    return [step.name for step in missing]


def make_empty(directory):
    """An empty directory in place of whatever an interrupted call left there."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
