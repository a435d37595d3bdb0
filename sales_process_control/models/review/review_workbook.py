"""The Process Review as a spreadsheet."""

from odoo import fields

from ..recording.sheet_writer import SheetWriter, interval, known, money, share, write_workbook
from ..recording.text_lists import joined_sentences

#: Keys of the counts of a stage, in the order of the columns.
STAGE_COUNTS = (
    "entered",
    "skipped",
    "went_on",
    "lost",
    "open",
    "decided",
    "removed",
    "moved_back",
    "came_back",
    "still_here",
    "visits",
    "here",
)
#: Keys of what usually happens, in the order of the columns.
OUTCOMES = ("went_on", "moved_back", "lost", "here")
#: Keys of what became of the deals of a month or of an age, in the order of the columns.
SLIPPAGE = ("due", "won", "pushed", "lost", "open", "removed")
AGES = ("deals", "won", "lost", "open", "removed")


class ReviewWorkbook:
    """Writes the numbers of the Process Review into a spreadsheet, as numbers and dates.

    A number that is not known is an empty cell.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env

    def content(self, period, team_id, user_id, company_id):
        """Return the content of the XLSX file.

        The parameters are those of :meth:`~.crm.process.review.get_review`.

        :rtype: bytes
        :raises UserError: as `get_review`
        """
        reviews = self.env["crm.process.review"]
        review = reviews.get_review(period, team_id, user_id, company_id)
        blocks = review["blocks"]
        if review["later"]:
            blocks |= reviews.get_review(period, team_id, user_id, company_id, review["later"])["blocks"]
        self._add_details(blocks)
        writers = {
            "stages": self._write_stages,
            "results": self._write_results,
            "doubtful": self._write_doubtful,
            "sellers": self._write_sellers,
            "trust": self._write_trust,
        }
        names = self._sheet_names()
        currency = self.env["res.currency"].browse(review["currency_id"])

        def write(book):
            sheets = SheetWriter(book, currency)
            self._write_scope(sheets, review, currency)
            for key, block in blocks.items():
                sheets.begin(names[key])
                if "error" in block:
                    # The reason may be a failure of the server, which the screen shows as well.
                    sheets.row([self.env._("This part could not be read."), block["error"]])
                else:
                    writers[key](sheets, block)

        return write_workbook(write)

    def _sheet_names(self):
        """Return the name of the first sheet of each block."""
        return {
            "stages": self.env._("Stages"),
            "results": self.env._("Results"),
            "doubtful": self.env._("Probably not real"),
            "sellers": self.env._("By salesperson"),
            "trust": self.env._("Reliability of these numbers"),
        }

    def _add_details(self, blocks):
        """Add the block *Details* to the stages, as the screen does, or why it could not be read."""
        details = blocks.pop("details", {})
        blocks["stages"]["details_error"] = details.get("error")
        by_stage = {stage["stage_id"]: stage for stage in details.get("stages", ())}
        for stage in blocks["stages"].get("stages", ()):
            more = by_stage.get(stage["stage_id"], {"reasons": [], "ages": [], "dwell": {"suggested": False}})
            stage.update({**more, "dwell": {**stage["dwell"], **more["dwell"]}})

    def _write_scope(self, sheets, review, currency):
        sheets.begin(self.env._("Process Review"))
        names = {period["key"]: period["name"] for period in review["periods"]}
        sheets.row([self.env._("Period"), names[review["period"]]])
        days = {name: fields.Date.to_date(review[name]) for name in ("start", "end", "before_start", "before_end")}
        sheets.row([self.env._("From, to"), days["start"], days["end"]])
        sheets.row([self.env._("Compared with"), days["before_start"], days["before_end"]])
        for label, model, key in (
            (self.env._("Sales Team"), "crm.team", "team_id"),
            (self.env._("Salesperson"), "res.users", "user_id"),
            (self.env._("Company"), "res.company", "company_id"),
        ):
            if review[key]:
                sheets.row([label, self.env[model].browse(review[key]).display_name])
        sheets.row([self.env._("Currency"), currency.name])
        stages = review["blocks"].get("stages", {})
        for key in ("headline", "improved"):
            finding = stages.get(key)
            if finding:
                sheets.row([finding["title"], joined_sentences(self.env, finding["sentences"])])

    def _stage_count_labels(self):
        return [
            self.env._("Came in"),
            self.env._("Skipped"),
            self.env._("Moved on"),
            self.env._("Lost"),
            self.env._("Open"),
            self.env._("Moved on or lost"),
            self.env._("Removed"),
            self.env._("Moved back"),
            self.env._("Came back"),
            self.env._("Still here"),
            self.env._("Visits"),
            self.env._("Here now"),
        ]

    def _write_stages(self, sheets, block):
        sheets.header(
            [
                self.env._("Stage"),
                *self._stage_count_labels(),
                self.env._("Amount lost"),
                self.env._("Conversion"),
                self.env._("Range from"),
                self.env._("Range to"),
                self.env._("Lowest"),
                self.env._("Highest"),
                self.env._("Conversion before"),
                self.env._("Conversion of the company"),
                self.env._("Half leave within (days)"),
                self.env._("Nine in ten leave within (days)"),
                self.env._("Limit (days)"),
                self.env._("Suggested limit (days)"),
            ]
        )
        for stage in block["stages"]:
            company, dwell = stage["company"] or {}, stage["dwell"]
            sheets.row(
                [
                    stage["name"],
                    *(stage[key]["value"] for key in STAGE_COUNTS),
                    money(stage["lost"].get("amount")),
                    share(stage["rate"]),
                    *interval(stage["interval"]),
                    share(stage["at_least"]),
                    share(stage["at_most"]),
                    share(stage["before"]["rate"]),
                    share(company.get("rate")),
                    *(known(dwell[key]) for key in ("median", "p90", "limit", "suggested")),
                ]
            )
        self._write_details_error(sheets, block, self.env._("Suggested limit (days)"))
        self._write_outlook(sheets, block)
        self._write_reasons(sheets, block)
        self._write_ages(sheets, block)

    def _write_details_error(self, sheets, block, label):
        """Write why a part of a sheet is missing, if the details could not be read."""
        if block["details_error"]:
            sheets.row([label, block["details_error"]])

    def _write_outlook(self, sheets, block):
        sheets.begin(self.env._("What usually happens"))
        outcomes = [self.env._("Moved on"), self.env._("Moved back"), self.env._("Lost"), self.env._("Still here")]
        sheets.header([self.env._("Stage"), self.env._("Days"), *outcomes])
        for stage in block["stages"]:
            for row in stage["incidence"]:
                sheets.row([stage["name"], row["days"], *(share(row[key]) for key in OUTCOMES)])

    def _write_reasons(self, sheets, block):
        sheets.begin(self.env._("Reasons and sales actions"))
        sheets.header([self.env._("Stage"), self.env._("Lost reason"), self.env._("Lost")])
        for stage in block["stages"]:
            for reason in stage["reasons"]:
                sheets.row([stage["name"], reason["name"], reason["number"]["value"]])
        self._write_details_error(sheets, block, self.env._("Lost reason"))
        sheets.row([])
        sheets.titles([self.env._("Stage"), self.env._("Sales Action"), self.env._("Missing"), self.env._("Open")])
        for stage in block["stages"]:
            for step in stage["steps"]:
                sheets.row([stage["name"], step["name"], step["missing"]["value"], step["of"]])

    def _write_ages(self, sheets, block):
        sheets.begin(self.env._("From this age on"))
        sheets.header(
            [
                self.env._("Stage"),
                self.env._("Stayed (days or longer)"),
                self.env._("Deals"),
                self.env._("Won"),
                self.env._("Lost"),
                self.env._("Open"),
                self.env._("Removed"),
            ]
        )
        for stage in block["stages"]:
            for age in stage["ages"]:
                sheets.row([stage["name"], age["days"], *(age[key]["value"] for key in AGES)])
        self._write_details_error(sheets, block, self.env._("From this age on"))

    def _write_results(self, sheets, block):
        cycle, size, win, velocity = (block[key] for key in ("cycle", "size", "win", "velocity"))
        for label, value in (
            (self.env._("Half are won within (days)"), known(cycle["median"])),
            (self.env._("Nine in ten are won within (days)"), known(cycle["p90"])),
            (self.env._("Half of the won within (days)"), known(cycle["won_median"])),
            (self.env._("Average won amount"), money(size["average"])),
            (self.env._("Won"), win["won"]["value"]),
            (self.env._("Won or lost"), win["decided"]["value"]),
            (self.env._("Win rate"), share(win["rate"])),
            (self.env._("Open deals"), velocity["open"]["value"]),
            (self.env._("Velocity per day"), money(velocity["value"])),
        ):
            sheets.row([label, value])
        sheets.row([])
        sheets.titles([self.env._("Amount"), self.env._("Won"), self.env._("Won or lost"), self.env._("Win rate")])
        for band in block["bands"]:
            sheets.row([band["name"], band["won"]["value"], band["decided"]["value"], share(band["rate"])])
        self._write_months(sheets, block)

    def _write_months(self, sheets, block):
        sheets.begin(self.env._("By month"))
        sheets.header([self.env._("Month"), self.env._("Velocity per day")])
        for month in block["velocity"]["trend"]:
            sheets.row([month["name"], money(month["value"])])
        sheets.row([])
        sheets.titles(
            [
                self.env._("Expected closing in"),
                self.env._("Due"),
                self.env._("Won"),
                self.env._("Pushed out"),
                self.env._("Lost"),
                self.env._("Open"),
                self.env._("Removed"),
            ]
        )
        for month in block["slippage"]:
            sheets.row([month["name"], *(month[key]["value"] for key in SLIPPAGE)])

    def _write_doubtful(self, sheets, block):
        sheets.header(["", self.env._("Deals"), self.env._("Amount")])
        labels = {
            "stalled": self.env._("Stalled"),
            "silent_hot": self.env._("Hot without contact from the customer"),
            "all": self.env._("Total"),
        }
        for key, label in labels.items():
            sheets.row([label, block[key]["value"], money(block[key].get("amount"))])

    def _write_sellers(self, sheets, block):
        sheets.header(
            [
                self.env._("Salesperson"),
                self.env._("Open"),
                self.env._("With a next action"),
                self.env._("Progress in 7 days"),
                self.env._("Promises kept in time"),
                self.env._("Promises due"),
                self.env._("Required actions done"),
                self.env._("Required actions"),
                self.env._("Moved in bulk"),
            ]
        )
        for seller in block["sellers"]:
            promises, steps = seller["promises"], seller["steps"]
            numbers = [
                *(seller[key] for key in ("open", "with_next", "progress")),
                promises["kept"],
                promises["settled"],
                steps["taken"],
                steps["required"],
                seller["bulk"],
            ]
            sheets.row([seller["name"] or "", *(number["value"] for number in numbers)])

    def _write_trust(self, sheets, block):
        sheets.row([self.env._("Visits"), block["visits"]["value"]])
        for origin in block["origins"]:
            sheets.row([origin["name"], origin["number"]["value"]])
        labels = {
            "corrections": self.env._("Undone within five minutes"),
            "bulk": self.env._("Moved in bulk"),
            "same_day": self.env._("Left on the day they came in"),
            "no_amount": self.env._("Open deals without an amount"),
            "no_closing": self.env._("Open deals without an expected closing"),
        }
        for key, label in labels.items():
            sheets.row([label, block[key]["value"]])
