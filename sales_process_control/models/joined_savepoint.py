"""A savepoint that costs no round trips to the database of its own."""

from odoo.tools import SQL

SET = SQL("SAVEPOINT pipeline_recorder")
RELEASE = SQL("RELEASE SAVEPOINT pipeline_recorder")
GO_BACK = SQL("ROLLBACK TO SAVEPOINT pipeline_recorder; RELEASE SAVEPOINT pipeline_recorder")


class JoinedSavepoint:
    """A savepoint that is set together with the first statement in it, and released together with the last one.

    Odoo's own takes two round trips, and a move of one deal has some twenty-five. PostgreSQL runs statements that come
    together one after the other, as if they came one by one, and answers with the rows of the last one. Nothing is
    flushed: it is for code that runs inside a flush, and asks the database only.

    :param cr: the cursor
    """

    def __init__(self, cr):
        self._cr = cr
        self._is_set = False

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, traceback):
        if self._is_set:
            self._cr.execute(GO_BACK if error_type else RELEASE)

    def ensure(self):
        """Set it, unless it is set already: before statements that others send."""
        if not self._is_set:
            self._is_set = True
            self._cr.execute(SET)

    def set_before(self, query):
        """The query, with the savepoint before it unless that is set already."""
        if self._is_set:
            return query
        self._is_set = True
        return SQL("%s; %s", SET, query)

    def run(self, queries, are_last):
        """Run queries in one round trip.

        :param bool are_last: whether to release the savepoint with them; more statements follow otherwise
        """
        if not self._is_set and (queries or not are_last):
            self._is_set = True
            queries = [SET, *queries]
        if are_last and self._is_set:
            queries = [*queries, RELEASE]
        if queries:
            self._cr.execute(SQL("; ").join(queries))
        self._is_set = self._is_set and not are_last
