"""Locks of rows that two workers of a job may want at once. No models."""

import psycopg2


def locked_rows(env, query):
    """Return the rows of a query that locks rows, none if another worker has changed them meanwhile.

    :param Environment env: of the job
    :param SQL query: with `FOR UPDATE SKIP LOCKED`
    :rtype: list
    """
    try:
        with env.cr.savepoint(flush=False):
            return env.execute_query(query)
    except psycopg2.errors.SerializationFailure:
        return []
