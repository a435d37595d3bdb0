"""Numbers that may be not known. Odoo's own fields read an empty number as 0."""

from odoo import fields


class OptionalNumber:
    """A number that reads as empty if it is not known: None for the server, false for others."""

    def convert_to_cache(self, value, record, validate=True):
        """Keep what is not known."""
        return None if value is None or value is False else super().convert_to_cache(value, record, validate)

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
