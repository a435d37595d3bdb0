"""Steps of the set-up. A step is complete once its stamp is written, at the end.

An interrupted step has no stamp, or a stamp with another key. It is done again from the start; the steps before it are
not.
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
    """One step of the set-up.

    :param str key: key of the step's input; a step whose key has changed is done again
    :param Path proof: a file or directory that exists once the step is done
    :param make: function that does the step; it takes a :class:`~progress.Progress`
    """

    name: str
    title: str
    key: str
    proof: Path
    make: Callable

    @property
    def stamp(self):
        """The file that contains the key with which the step was completed."""
        return places.STAMPS / self.name

    def is_done(self):
        """Return whether the step was completed with the same key."""
        return self.proof.exists() and read_text(self.stamp) == self.key


def read_text(path):
    """Return the text of a file, or an empty string if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def write_atomically(path, text):
    """Write a file through a temporary one, so that nobody reads an incomplete file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def key_of(*parts):
    """Return a short key of texts and of the contents of files. A path that is not a file counts as text."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) and part.is_file() else str(part).encode()
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()[:24]


@contextlib.contextmanager
def locked(path=places.LOCK):
    """Hold a lock within the block. The lock ends with the process, so that none is left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("sandbox: waiting for another sandbox command to finish ...\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def check_room():
    """Check that the disk has enough room.

    :raise Problem: if it has not
    """
    free = shutil.disk_usage(places.ROOT).free
    if free < ROOM_NEEDED:
        raise Problem(
            f"only {free / 1024**3:.1f} GB are free under {places.ROOT}: "
            f"make room for {ROOM_NEEDED / 1024**3:.0f} GB, then call it again."
        )


def ensure(steps):
    """Do the steps that are not done, in order.

    :return: names of the steps that were done
    """
    if all(step.is_done() for step in steps):
        return []
    check_room()
    with locked():
        # Another process may have done some while this one waited for the lock.
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
    """Create an empty directory, and remove a previous one with its content.

    :return: its path
    """
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory
