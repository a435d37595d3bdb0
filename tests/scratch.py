"""Databases that exist for one test or for the tests of one file, and changes that are rolled back."""

import contextlib
import itertools

import databases

COUNTER = itertools.count(1)


@contextlib.contextmanager
def copied(template, name=None, stamped=False):
    """Copy a database, and drop the copy at the end of the block.

    :param str template: a template, or another database without connections
    :param bool stamped: whether the copy gets the template's stamp; without it, commands update the module first
    :return: the name of the copy
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
    """Yield the name of a database that does not exist yet. It is dropped at the end of the block."""
    name = databases.scratch_name(name)
    try:
        yield name
    finally:
        forget(name)
        databases.drop(name)


def forget(name):
    """Close this process's connections to a database and remove its registry."""
    import odoo.sql_db
    from odoo.modules.registry import Registry

    Registry.delete(name)
    odoo.sql_db.close_db(name)


@contextlib.contextmanager
def going_back(env):
    """Roll back at the end, also after a failure, so that the next example or file starts from the same database."""
    env.cr.execute("SAVEPOINT going_back")
    try:
        yield
    finally:
        # Without flushing.
        env.cr.clear()
        env.cr.execute("ROLLBACK TO SAVEPOINT going_back")
        env.registry.clear_cache()
