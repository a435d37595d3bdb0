"""Moves of deals that no rule of a stage may hold: those of imports, jobs and merges, and those that were let pass."""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: How many reasons a cursor has for it at present. Anybody may set a key of the context through RPC, which this is not;
#: and it outlives the commits that a job makes on its way.
_FREE = WeakKeyDictionary()


@contextmanager
def free_moves(cr):
    """Have no rule of a stage hold what is moved with this cursor."""
    _FREE[cr] = _FREE.get(cr, 0) + 1
    try:
        yield
    finally:
        _FREE[cr] -= 1


def are_moves_free(cr):
    """Whether what is moved with this cursor now is moved by no person."""
    return bool(_FREE.get(cr))
