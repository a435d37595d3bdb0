"""Databases of one test, or of the tests of one file."""

import contextlib
import itertools

import databases

COUNTER = itertools.count(1)


@contextlib.contextmanager
def copied(template, name=None, stamped=False):
    """A copy of a template, or of any database nobody uses, dropped afterwards.

    Stamped, it is up to date for a command that is given its name; otherwise the command updates the module first.
    """
    name = databases.scratch_name(name or next(COUNTER))
    databases.copy(template, name)
    try:
        if stamped:
            databases.set_stamp(name, databases.stamps()[template])
        yield name
    finally:
        forget(name)
        databases.drop(name)


@contextlib.contextmanager
def absent(name):
    """The name of a database that does not exist yet, dropped afterwards."""
    name = databases.scratch_name(name)
    try:
        yield name
    finally:
        forget(name)
        databases.drop(name)


def forget(name):
    """Let this process lose all connections to a database and what it knows of it."""
    import odoo.sql_db
    from odoo.modules.registry import Registry

    Registry.delete(name)
    odoo.sql_db.close_db(name)
