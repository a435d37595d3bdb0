"""Rows that two workers of a job may want at once. No models."""

import psycopg2


def locked_rows(env, query):
    """Return the rows that a query locks or adds, none if another worker has changed or added any of them meanwhile.

    A row of a transaction that ended after this one began is an error for PostgreSQL: this one cannot see it.

    :param Environment env: of the job
    :param SQL query: with `FOR UPDATE SKIP LOCKED`, or with `ON CONFLICT DO NOTHING` and `RETURNING`
    :rtype: list
    """
    try:
        with env.cr.savepoint(flush=False):
            # The error below is expected, and not one for the log.
            env.cr.execute(query, log_exceptions=False)
            return env.cr.fetchall()
    except psycopg2.errors.SerializationFailure:
        return []
