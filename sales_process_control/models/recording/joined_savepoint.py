"""A savepoint that costs no round trips to the database of its own."""

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.tools import SQL

SET = SQL("SAVEPOINT pipeline_recorder")
RELEASE = SQL("RELEASE SAVEPOINT pipeline_recorder")
GO_BACK = SQL("ROLLBACK TO SAVEPOINT pipeline_recorder; RELEASE SAVEPOINT pipeline_recorder")


class JoinedSavepoint:
    """A savepoint that is set together with the first statement in it, and released together with the last one.

    Odoo's own takes two round trips, and a move of one deal has some twenty-five. PostgreSQL runs statements that come
    together one after the other, as if they came one by one, and answers with the rows of the last one. Nothing is
    flushed: it is for code that runs inside a flush, and asks the database only.

    Whatever is sent first to this cursor, by whomever, brings it along.

    :param cr: the cursor
    """

    def __init__(self, cr):
        self._cr = cr
        self._is_set = False
        self._former = vars(cr).get("execute")

    def __enter__(self):
        # Of this cursor alone, until the first statement.
        self._cr.execute = self._execute_first
        return self

    def __exit__(self, error_type, error, traceback):
        self._let_through()
        if error_type:
            # What failed may have come with the savepoint: then it is there.
            if self._is_set or self.is_transaction_failed:
                self._cr.execute(GO_BACK)
        elif self._is_set:
            self._cr.execute(RELEASE)

    @property
    def is_transaction_failed(self):
        """Whether nothing but going back is possible. Without a savepoint, all that the person did is lost."""
        return self._cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR

    def run(self, queries, are_last):
        """Run queries in one round trip.

        :param bool are_last: whether to release the savepoint with them; more statements follow otherwise
        """
        if are_last and (queries or self._is_set):
            queries = [*queries, RELEASE]
        if queries:
            self._cr.execute(SQL("; ").join(queries))
            self._is_set = not are_last

    def _execute_first(self, query, *arguments, **options):
        self._let_through()
        if isinstance(query, SQL):
            query = SQL("%s; %s", SET, query)
        else:
            self._cr.execute(SET)
        result = self._cr.execute(query, *arguments, **options)
        self._is_set = True
        return result

    def _let_through(self):
        of_cursor = vars(self._cr)
        if of_cursor.get("execute") == self._execute_first:
            del of_cursor["execute"]
            if self._former:
                of_cursor["execute"] = self._former
