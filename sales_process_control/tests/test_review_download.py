import io
from datetime import date, datetime
from urllib.parse import urlencode

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PipelineCase
from .funnel_common import FunnelMixin

URL = "/sales_process_control/review/xlsx"
TODAY = date(2026, 3, 12)


@tagged("post_install", "-at_install")
class TestReviewDownload(FunnelMixin, HttpCase, PipelineCase):
    """The spreadsheet has the numbers of the screen, as numbers and dates."""

    def setUp(self):
        super().setUp()
        # The requests have a transaction of their own, whose clock is not set.
        self.patch(self.env.registry["crm.process.review"], "_today", lambda *_args: TODAY)
        self.contact.name = "=1+1"
        going, lost = self.make_deal(expected_revenue=100), self.make_deal(expected_revenue=50)
        self.make_deal(user_id=self.colleague.id, expected_revenue=3)
        self.pass_time(days=10)
        going.stage_id = self.bidding
        lost.action_set_lost()
        self.env.flush_all()

    def download(self, user, **parameters):
        self.authenticate(user.login, user.login)
        return self.url_open(f"{URL}?{urlencode(parameters)}")

    def sheets(self, user, **parameters):
        response = self.download(user, **parameters)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Process%20Review.xlsx", response.headers["Content-Disposition"])
        book = load_workbook(io.BytesIO(response.content))
        return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}

    def stages(self, user, **parameters):
        """Return the rows of the stages by name, each a dictionary by the names of the columns."""
        heads, *rows = self.sheets(user, **parameters)["Stages"]
        return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}

    def test_numbers_of_the_screen(self):
        sheets = self.sheets(self.manager, period="3_months")
        self.assertEqual(
            list(sheets),
            [
                "Process Review",
                "Stages",
                "What usually happens",
                "Reasons and sales actions",
                "From this age on",
                "Results",
                "By month",
                "Probably not real",
                "By salesperson",
                "Reliability of these numbers",
            ],
        )
        scope = {row[0]: row[1] for row in sheets["Process Review"]}
        self.assertEqual(scope["Period"], "Last 3 Months")
        self.assertEqual(scope["From, to"], datetime(2025, 12, 13))
        self.assertEqual(scope["Compared with"], datetime(2025, 9, 13))
        stage = self.stages(self.manager, period="3_months")["=1+1"]
        found = next(
            stage for stage in self.review(self.manager)["blocks"]["stages"]["stages"] if stage["name"] == "=1+1"
        )
        for column, key in (
            ("Came in", "entered"),
            ("Moved on", "went_on"),
            ("Lost", "lost"),
            ("Moved on or lost", "decided"),
        ):
            self.assertEqual(stage[column], found[key]["value"], column)
        self.assertEqual((stage["Came in"], stage["Lost"], stage["Amount lost"]), (3, 1, 50))
        self.assertEqual(stage["Conversion"], "", "Two decided deals are too few for a percentage")

    def test_sheets_of_parts_that_could_not_be_read(self):
        """They have the names of the sheets that they would be."""
        names = list(self.sheets(self.manager))
        for model in ("crm.review.doubtful", "crm.review.trust"):
            self.patch(self.env.registry[model], "_read_block", lambda *_args: 1 / 0)
        with mute_logger("odoo.addons.sales_process_control.models.screen.crm_screen_block"):
            sheets = self.sheets(self.manager)
        self.assertEqual(list(sheets), names)
        for name in ("Probably not real", "Reliability of these numbers"):
            self.assertEqual(sheets[name][0][0], "This part could not be read.")

    def review(self, user):
        return self.env["crm.process.review"].with_user(user).get_review("3_months")

    @mute_logger("odoo.addons.sales_process_control.models.screen.crm_screen_block")
    def test_details_that_could_not_be_read_are_told(self):
        reason = "Out of order."

        def fail(*_args):
            raise UserError(reason)

        def told(sheets):
            return {name for name, rows in sheets.items() if any(row[1] == reason for row in rows)}

        self.assertFalse(told(self.sheets(self.manager)))
        self.patch(self.env.registry["crm.review.details"], "_read_block", fail)
        sheets = self.sheets(self.manager)
        self.assertEqual(told(sheets), {"Stages", "Reasons and sales actions", "From this age on"})
        self.assertIn("=1+1", [row[0] for row in sheets["Stages"]])

    def test_filter_and_rights(self):
        colleague = {"user_id": self.colleague.id}
        self.assertEqual(self.stages(self.manager, **colleague)["=1+1"]["Came in"], 1)
        scope = dict(row[:2] for row in self.sheets(self.manager, **colleague)["Process Review"])
        self.assertEqual(scope["Salesperson"], self.colleague.name)
        self.assertEqual(self.stages(self.colleague)["=1+1"]["Came in"], 1)

    @mute_logger("odoo.http")
    def test_bad_input(self):
        for parameters in ({"period": "century"}, {"team_id": "Europe"}):
            with self.subTest(parameters=parameters):
                response = self.download(self.manager, **parameters)
                self.assertEqual(response.status_code, 422)
                self.assertIn("Process Review", response.text)
        self.authenticate(None, None)
        self.assertNotIn("spreadsheet", self.url_open(URL).headers["Content-Type"])
