"""Moves of deals that the stage gate does not check: those of jobs and overrides, and those that were checked before.

Whether moves are ungated is kept by cursor: a remote caller can set any key of the context, and the state has to
outlive the commits of a job.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: How many `ungated` blocks are open, by cursor.
_OPEN_BLOCKS = WeakKeyDictionary()


@contextmanager
def ungated(cr):
    """Switch the stage gate off for this cursor inside the block. Blocks may be nested."""
    _OPEN_BLOCKS[cr] = _OPEN_BLOCKS.get(cr, 0) + 1
    try:
        yield
    finally:
        _OPEN_BLOCKS[cr] -= 1


def is_ungated(cr):
    """Return whether the stage gate is switched off for this cursor."""
    return bool(_OPEN_BLOCKS.get(cr))
