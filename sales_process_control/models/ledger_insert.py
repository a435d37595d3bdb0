"""How rows reach the tables of the ledgers."""

import json
from operator import itemgetter

from psycopg2.extensions import AsIs

from odoo.tools import SQL

#: Up to so many rows are written out in the statement.
FEW_ROWS = 8
DEFAULT = AsIs("DEFAULT")


class LedgerInsert:
    """An insertion into one table. It is asked for at every move, so that its text is built once.

    Few rows are written out: the database plans each statement anew, and takes a third less time so than from JSON. Of
    many it takes half the time from JSON.

    :param str table: name of the table
    :param columns: names of the columns; where `id` is one, rows without it are given the next number
    :param conflict: what is done where a row is there already, from `ON CONFLICT` on
    """

    def __init__(self, table, columns, conflict=""):
        names = ", ".join(columns)
        read = ", ".join(f"COALESCE(id, nextval('{table}_id_seq'))" if name == "id" else name for name in columns)
        into = f"INSERT INTO {table} AS ledger ({names})"
        self._id_index = columns.index("id") if "id" in columns else None
        self._values_of = itemgetter(*columns)
        self._few = f"{into} VALUES %s {conflict}"
        self._many = f"{into} SELECT {read} FROM json_populate_recordset(NULL::{table}, %s) {conflict}"

    def query(self, rows):
        """The query that inserts rows in their order.

        :param rows: a dictionary a row, with a value for each column
        :rtype: SQL
        """
        if len(rows) > FEW_ROWS:
            return SQL(self._many, json.dumps(rows, default=str))
        tuples = [self._tuple_of(row) for row in rows]
        return SQL(self._few, SQL(", ".join(["%s"] * len(tuples)), *tuples))

    def _tuple_of(self, row):
        values = self._values_of(row)
        index = self._id_index
        if index is None or values[index]:
            return values
        return (*values[:index], DEFAULT, *values[index + 1 :])
