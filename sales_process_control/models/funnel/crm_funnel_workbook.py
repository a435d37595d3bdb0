import io

from odoo import fields, models
from odoo.exceptions import UserError

#: What can be told, and what numbers call it; in the order of the columns that tell all of them.
MEASURES = {"count": "value", "amount": "amount", "weighted": "weighted"}


class CrmFunnelWorkbook(models.AbstractModel):
    """The sales funnel as a spreadsheet: the numbers of the screen, real numbers and dates."""

    _name = "crm.funnel.workbook"
    _description = "Sales Funnel: Spreadsheet"

    def _make(self, day, before, domain, currency_id, measure):
        """The file.

        :param measure: what is told of each cell of the flow and of each week
        :rtype: bytes
        """
        if measure not in MEASURES:
            raise UserError(self.env._("The funnel is told in counts, amounts or weighted amounts."))
        movements = self.env["crm.pipeline.movement"]
        days = movements.get_funnel(day, before, domain, currency_id)
        weeks = movements.get_funnel_weeks(domain, currency_id)
        output = io.BytesIO()
        import xlsxwriter  # Odoo's own requirement, loaded where it is needed as Odoo does

        with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
            file = File(book, self.env["res.currency"].browse(days["currency_id"]), measure)
            self._write_distribution(file, days)
            self._write_changes(file, days)
            self._write_flow(file, days)
            self._write_weeks(file, weeks)
        return output.getvalue()

    def _measures(self):
        return [self.env._("Opportunities"), self.env._("Amount"), self.env._("Weighted")]

    def _write_distribution(self, file, days):
        file.begin(self.env._("Distribution"))
        texts = {"day": self.env._("Day"), "before": self.env._("Compared with")}
        for which, text in texts.items():
            note = self.env._("estimated") if which in days["estimated"] else ""
            file.row([text, fields.Date.to_date(days[which]), note])
        file.row([self.env._("Currency"), self.env["res.currency"].browse(days["currency_id"]).name])
        file.row([])
        columns = [f"{measure}, {days[which]}" for which in ("before", "day") for measure in self._measures()]
        file.header([self.env._("Stage"), *columns, self.env._("Share that is won")])
        for stage in days["stages"]:
            file.row([stage["name"], stage["before"], stage["day"], Share(stage["share"]["value"])])
        file.row([self.env._("Total"), days["totals"]["before"], days["totals"]["day"]])

    def _write_changes(self, file, days):
        file.begin(self.env._("What changed"))
        file.header([self.env._("Movement"), *self._measures()])
        for bar in days["waterfall"]:
            file.row([bar["name"], bar["number"]])

    def _write_flow(self, file, days):
        file.begin(self.env._("Where deals went"))
        columns = days["flow"]["columns"]
        file.header(["", *(column["name"] for column in columns)])
        for row in days["flow"]["rows"]:
            cells = {cell["key"]: cell["number"] for cell in row["cells"]}
            told = [cells[column["key"]][file.key] if column["key"] in cells else 0 for column in columns]
            file.row([row["name"], *map(file.measured, told)])

    def _write_weeks(self, file, weeks):
        file.begin(self.env._("Weeks"))
        names = [stage["name"] for stage in weeks["stages"]]
        file.header([self.env._("Day"), *names, self.env._("Total"), ""])
        place = list(MEASURES).index(file.measure)
        for point in weeks["points"]:
            told = [stage[place] for stage in point["stages"]]
            note = self.env._("estimated") if point["is_estimated"] else ""
            file.row([fields.Date.to_date(point["day"]), *map(file.measured, [*told, sum(told)]), note])


class Money(float):
    """A number that is an amount."""


class Share(float):
    """A number that is a share of one."""


class File:
    """Writes rows one after another into the sheets of a workbook."""

    def __init__(self, book, currency, measure):
        digits = "0" * currency.decimal_places
        self.measure, self.key = measure, MEASURES[measure]
        self._book = book
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats = {
            Money: book.add_format({"num_format": f"#,##0.{digits}" if digits else "#,##0"}),
            Share: book.add_format({"num_format": "0%"}),
            int: book.add_format({"num_format": "#,##0"}),
        }
        self._date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def measured(self, number):
        """A number of the measure that was asked for."""
        return number if self.measure == "count" else Money(number)

    def begin(self, name):
        """Begin a sheet."""
        # The name of a sheet is a short one, without some characters, in any language.
        kept = "".join(" " if letter in "[]:*?/\\" else letter for letter in name)[:31]
        self._sheet, self._line = self._book.add_worksheet(kept), 0
        self._sheet.set_column(0, 0, 28)
        self._sheet.set_column(1, 400, 16)

    def header(self, texts):
        """Write the names of the columns."""
        for column, text in enumerate(texts):
            self._sheet.write_string(self._line, column, text, self._bold)
        self._line += 1
        self._sheet.freeze_panes(self._line, 1)

    def row(self, values):
        """Write a row of texts, dates and numbers; one of the funnel's numbers takes three columns."""
        cells = []
        for value in values:
            is_number = isinstance(value, dict)
            cells += [value["value"], Money(value["amount"]), Money(value["weighted"])] if is_number else [value]
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                # A name that begins like a formula is none.
                self._sheet.write_string(self._line, column, cell)
            elif isinstance(cell, int | float):
                self._sheet.write_number(self._line, column, cell, self._formats[type(cell)])
            else:
                self._sheet.write_datetime(self._line, column, cell, self._date)
        self._line += 1
