"""Errors of the database after which nothing can go on. No models."""

import psycopg2


def is_lost(cr, error):
    """Return whether the connection to the database is lost."""
    return cr.closed or isinstance(error, psycopg2.InterfaceError)


def stops_transaction(cr, error):
    """Return whether an error concerns the whole transaction: PostgreSQL wants it again, or cannot go on.

    Who goes on after other errors would meet this one again at each step. The error of a lost connection is no
    operational one from the second statement on.
    """
    return isinstance(error, psycopg2.OperationalError) or is_lost(cr, error)
