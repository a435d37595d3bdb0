"""Numbers that may be not known. Odoo's own fields read and store an empty number as 0."""

from odoo import fields


class OptionalNumber:
    """A number that is empty if it is not known: NULL in the database, None for the server, false for others.

    What is not known is neither more nor less than a number.
    """

    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        """Keep what is not known."""
        return None if _is_unknown(value) else super().convert_to_column(value, record, values, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        """Keep what is not known."""
        return None if _is_unknown(value) else super().convert_to_column_insert(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        """Keep what is not known."""
        return None if _is_unknown(value) else super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, _record):
        """Keep what is not known."""
        return value

    def convert_to_read(self, value, record, use_display_name=True):
        """Return false for what is not known: XML-RPC has no None."""
        return False if value is None else super().convert_to_read(value, record, use_display_name)


class OptionalFloat(OptionalNumber, fields.Float):
    """A floating point number that may be not known."""


class OptionalMonetary(OptionalNumber, fields.Monetary):
    """An amount that may be not known."""


def _is_unknown(value):
    return value is None or value is False
