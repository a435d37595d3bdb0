"""How rows reach the tables of the ledgers."""

import json
from operator import itemgetter

from odoo.tools import SQL

#: Up to so many rows are written out in the statement.
FEW_ROWS = 8


class LedgerInsert:
    """An insertion into one table. It is asked for at every move, so that the parts of its text are built once.

    Few rows are written out: the database plans each statement anew, and takes a third less time so than from JSON. Of
    many it takes half the time from JSON.

    :param str table: name of the table
    :param columns: names of the columns; where `id` is one, rows without it are given the next number
    :param conflict: what is done where a row is there already, from `ON CONFLICT` on
    """

    def __init__(self, table, columns, conflict=""):
        names = ", ".join(columns)
        read = ", ".join(f"COALESCE(id, nextval('{table}_id_seq'))" if name == "id" else name for name in columns)
        self._into = f"INSERT INTO {table} AS ledger ({names})"
        self._conflict = conflict
        self._from_json = f"SELECT {read} FROM json_populate_recordset(NULL::{table}, %s)"
        self._id_index = columns.index("id") if "id" in columns else None
        self._values_of = itemgetter(*columns)
        self._row = ", ".join(["%s"] * len(columns))
        self._new_row = ", ".join("DEFAULT" if name == "id" else "%s" for name in columns)

    def query(self, rows):
        """The query that inserts rows in their order.

        :param rows: a dictionary a row, with a value for each column
        :rtype: SQL
        """
        if len(rows) > FEW_ROWS:
            return SQL(f"{self._into} {self._from_json} {self._conflict}", json.dumps(rows, default=str))
        texts, values, index = [], [], self._id_index
        for row in rows:
            of_row = self._values_of(row)
            if index is None or of_row[index]:
                texts.append(f"({self._row})")
                values += of_row
            else:
                texts.append(f"({self._new_row})")
                values += of_row[:index] + of_row[index + 1 :]
        # One by one: a tuple for each row takes four times as long to be written out.
        return SQL(f"{self._into} VALUES {', '.join(texts)} {self._conflict}", *values)
