"""The sales funnel as a spreadsheet."""

from odoo import fields
from odoo.exceptions import UserError

from ..recording.sheet_writer import Money, SheetWriter, interval, known, share, write_workbook
from ..recording.text_lists import joined_phrases

#: Key of each measure in the numbers of the funnel, in the order of the columns.
MEASURES = {"count": "value", "amount": "amount", "weighted": "weighted", "chance": "expected"}


class FunnelWorkbook:
    """Writes the numbers of the sales funnel into a spreadsheet, as numbers and dates.

    A number that is not known is an empty cell.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env

    def content(self, day, before, domain, currency_id, measure):
        """Return the content of the XLSX file.

        The first four parameters are those of :meth:`~.crm.pipeline.movement.get_funnel`.

        :param str measure: count, amount, weighted or chance: the number of each cell of the flow and of each week
        :rtype: bytes
        :raises UserError: for an unknown measure, and as `get_funnel`
        """
        if measure not in MEASURES:
            raise UserError(self.env._("The funnel shows counts, amounts, weighted amounts, or amounts by chance."))
        movements = self.env["crm.pipeline.movement"]
        days = movements.get_funnel(day, before, domain, currency_id)
        conversion = movements.get_funnel_conversion(days["day"], days["before"], domain)
        weeks = movements.get_funnel_weeks(domain, currency_id)
        currency = self.env["res.currency"].browse(days["currency_id"])
        # The numbers are 0 where the weight is not known.
        weights = {"weighted": days["has_shares"], "expected": days["has_chances"]}
        unknown = {key for key, is_known in weights.items() if not is_known}

        def write(book):
            sheets = FunnelSheetWriter(book, currency, measure, unknown)
            self._write_distribution(sheets, days, currency)
            self._write_conversion(sheets, conversion)
            self._write_changes(sheets, days)
            self._write_flow(sheets, days)
            self._write_weeks(sheets, weeks)

        return write_workbook(write)

    def _measure_labels(self):
        return [self.env._("Opportunities"), self.env._("Amount"), self.env._("Weighted"), self.env._("By Chance")]

    def _write_distribution(self, sheets, days, currency):
        sheets.begin(self.env._("Distribution"))
        labels = {"day": self.env._("Day"), "before": self.env._("Compared with")}
        for which, label in labels.items():
            note = self.env._("estimated") if which in days["estimated"] else ""
            sheets.row([label, fields.Date.to_date(days[which]), note])
        sheets.row([self.env._("Currency"), currency.name])
        for which in labels:
            for left_out in days["left_out"][which]:
                amount, day = Money(left_out["amount"]), fields.Date.to_date(days[which])
                sheets.row([self.env._("Not included: no exchange rate"), left_out["name"], amount, day])
        sheets.row([])
        columns = [
            joined_phrases(self.env, (label, str(days[which])))
            for which in ("before", "day")
            for label in self._measure_labels()
        ]
        sheets.header([self.env._("Stage"), *columns, self.env._("Share that is won")])
        for stage in days["stages"]:
            sheets.row([stage["name"], stage["before"], stage["day"], share(stage["share"]["value"])])
        sheets.row([self.env._("Total"), days["totals"]["before"], days["totals"]["day"]])

    def _write_conversion(self, sheets, conversion):
        sheets.begin(self.env._("Conversion from stage to stage"))
        sheets.header(
            [
                self.env._("Stage"),
                self.env._("Came in"),
                self.env._("Moved on"),
                self.env._("Lost"),
                self.env._("Open"),
                self.env._("Moved on or lost"),
                self.env._("Conversion"),
                self.env._("Range from"),
                self.env._("Range to"),
                self.env._("Lowest"),
                self.env._("Highest"),
                self.env._("Visits"),
                self.env._("Half leave within (days)"),
            ]
        )
        for stage in conversion["stages"]:
            counts = [stage[name]["value"] for name in ("entered", "went_on", "lost", "open", "decided")]
            sheets.row(
                [
                    stage["name"],
                    *counts,
                    share(stage["rate"]),
                    *interval(stage["interval"]),
                    share(stage["at_least"]),
                    share(stage["at_most"]),
                    stage["visits"]["value"],
                    known(stage["median"]),
                ]
            )

    def _write_changes(self, sheets, days):
        sheets.begin(self.env._("What changed"))
        sheets.header([self.env._("Movement"), *self._measure_labels()])
        for bar in days["waterfall"]:
            sheets.row([bar["name"], bar["number"]])

    def _write_flow(self, sheets, days):
        sheets.begin(self.env._("Where deals went"))
        columns = days["flow"]["columns"]
        sheets.header(["", *(column["name"] for column in columns)])
        for row in days["flow"]["rows"]:
            cells = {cell["key"]: cell["number"][sheets.key] for cell in row["cells"]}
            sheets.row([row["name"], *(sheets.measured(cells.get(column["key"], 0)) for column in columns)])

    def _write_weeks(self, sheets, weeks):
        sheets.begin(self.env._("Weeks"))
        stage_names = [stage["name"] for stage in weeks["stages"]]
        sheets.header([self.env._("Day"), *stage_names, self.env._("Total"), ""])
        column = list(MEASURES).index(sheets.measure)
        for point in weeks["points"]:
            values = [stage[column] for stage in point["stages"]]
            note = self.env._("estimated") if point["is_estimated"] else ""
            sheets.row([fields.Date.to_date(point["day"]), *map(sheets.measured, [*values, sum(values)]), note])


class FunnelSheetWriter(SheetWriter):
    """Writes numbers of the funnel, which have a count, an amount and two weighted amounts.

    :param str measure: a key of :data:`MEASURES`
    :param set unknown: keys of the weighted amounts whose weights are not known; their cells are empty
    """

    def __init__(self, book, currency, measure, unknown):
        super().__init__(book, currency)
        self.measure, self.key, self._unknown = measure, MEASURES[measure], unknown

    def measured(self, number):
        """Return a number of :attr:`measure` with the type that selects its format."""
        return number if self.measure == "count" else self._money(self.key, number)

    def _money(self, key, amount):
        return "" if key in self._unknown else Money(amount)

    def cells(self, values):
        """Return the cells of a row; a number of the funnel takes four of them."""
        cells = []
        for value in values:
            is_number = isinstance(value, dict)
            names = ("amount", "weighted", "expected") if is_number else ()
            amounts = [self._money(name, value[name]) for name in names]
            cells += [value["value"], *amounts] if is_number else [value]
        return cells
