"""Spreadsheets of screens: rows of texts, dates and numbers with their formats."""

import io

#: Longest name of a sheet, and characters that it must not have.
SHEET_NAME_LENGTH, SHEET_NAME_FORBIDDEN = 31, "[]:*?/\\"


def write_workbook(write):
    """Return the content of an XLSX file.

    :param write: called with the `xlsxwriter` workbook; writes its sheets
    :rtype: bytes
    """
    import xlsxwriter  # a dependency of Odoo, loaded only when it is used, as Odoo does

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        write(book)
    return output.getvalue()


class Money(float):
    """A number to write as an amount."""


class Share(float):
    """A number from 0 to 1 to write as a percentage."""


def known(value):
    """Return a number, or an empty text where nothing is known."""
    return "" if value is None or value is False else value


def share(value):
    """Return a rate as a percentage, or an empty text where it is not known."""
    return "" if known(value) == "" else Share(value)


def money(value):
    """Return an amount, or an empty text where it is not known."""
    return "" if known(value) == "" else Money(value)


def interval(bounds):
    """Return the cells of an interval, which are empty without one."""
    return [share(bound) for bound in bounds or (False, False)]


class SheetWriter:
    """Writes rows one after another into the sheets of a workbook.

    :param book: the `xlsxwriter` workbook
    :param currency: record of the currency of amounts
    """

    def __init__(self, book, currency):
        digits = "0" * currency.decimal_places
        self._book = book
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats = {
            Money: book.add_format({"num_format": f"#,##0.{digits}" if digits else "#,##0"}),
            Share: book.add_format({"num_format": "0%"}),
            int: book.add_format({"num_format": "#,##0"}),
            float: book.add_format({"num_format": "#,##0.0"}),
        }
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def begin(self, name):
        """Begin a sheet.

        :param str name: its name; characters that a sheet's name must not have become blanks
        """
        valid = "".join(" " if letter in SHEET_NAME_FORBIDDEN else letter for letter in name)
        self._sheet, self._line = self._book.add_worksheet(valid[:SHEET_NAME_LENGTH]), 0
        self._sheet.set_column(0, 0, 28)
        self._sheet.set_column(1, 400, 16)

    def header(self, texts):
        """Write the names of the columns, and freeze them."""
        self.titles(texts)
        self._sheet.freeze_panes(self._line, 1)

    def titles(self, texts):
        """Write the names of the columns of a further table in the same sheet."""
        for column, text in enumerate(texts):
            self._sheet.write_string(self._line, column, text, self._bold)
        self._line += 1

    def cells(self, values):
        """Return the cells of a row, of the types that :meth:`row` writes."""
        return values

    def row(self, values):
        """Write a row.

        :param values: texts, dates, :class:`Money`, :class:`Share`, integers and floats
        """
        for column, cell in enumerate(self.cells(values)):
            if isinstance(cell, str):
                # `write` would take a stage whose name begins with "=" for a formula.
                self._sheet.write_string(self._line, column, cell)
            elif isinstance(cell, int | float):
                self._sheet.write_number(self._line, column, cell, self._formats[type(cell)])
            else:
                self._sheet.write_datetime(self._line, column, cell, self._date)
        self._line += 1
