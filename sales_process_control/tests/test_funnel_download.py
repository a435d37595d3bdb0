import io
import json
from datetime import date, datetime
from urllib.parse import urlencode

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PipelineCase
from .funnel_common import FunnelMixin

URL = "/sales_process_control/funnel/xlsx"


@tagged("post_install", "-at_install")
class TestFunnelDownload(FunnelMixin, HttpCase, PipelineCase):
    """The spreadsheet has the numbers of the screen, as numbers and dates."""

    def setUp(self):
        super().setUp()
        self.contact.name = "=1+1"
        going, lost = self.make_deal(expected_revenue=0.1), self.make_deal(expected_revenue=10**12)
        self.make_deal(user_id=self.colleague.id, expected_revenue=3)
        self.pass_time(days=10)
        going.stage_id = self.bidding
        lost.action_set_lost()
        self.env.flush_all()

    def download(self, user, **parameters):
        self.authenticate(user.login, user.login)
        asked = {"day": "2026-03-12", "before": "2026-03-05", **parameters}
        return self.url_open(f"{URL}?{urlencode(asked)}")

    def sheets(self, user, **parameters):
        response = self.download(user, **parameters)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Sales%20Funnel.xlsx", response.headers["Content-Disposition"])
        book = load_workbook(io.BytesIO(response.content))
        return {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}

    def test_numbers_of_the_screen(self):
        sheets = self.sheets(self.manager)
        found = self.reader(self.manager).get_funnel("2026-03-12", "2026-03-05")
        self.assertEqual(
            list(sheets),
            ["Distribution", "Conversion from stage to stage", "What changed", "Where deals went", "Weeks"],
        )
        distribution = sheets["Distribution"]
        self.assertEqual([row[1] for row in distribution[:2]], [datetime(2026, 3, 12), datetime(2026, 3, 5)])
        contact, bidding, total = distribution[5:]
        self.assertEqual([contact[0], *contact[1:3], *contact[5:7]], ["=1+1", 3, 10**12 + 3.1, 1, 3])
        self.assertEqual([bidding[0], *bidding[1:3], *bidding[5:7]], ["Bidding", 0, 0, 1, 0.1])
        self.assertEqual([total[1], total[6]], [3, 3.1])
        changes = [
            [bar["name"], *(bar["number"][name] for name in ("value", "amount", "weighted", "expected"))]
            for bar in found["waterfall"]
        ]
        # A workbook holds 16 digits.
        rounded = [
            [[row[0], *(float(f"{number:.12g}") for number in row[1:])] for row in rows]
            for rows in (sheets["What changed"][1:], changes)
        ]
        self.assertEqual(*rounded)

    def test_weights_that_are_not_known(self):
        """Cells of amounts whose share or chance is not known are empty, not 0."""
        self.forget_chances()
        found = self.funnel(self.manager, day="2026-03-12", before="2026-03-05")
        self.assertEqual((found["has_shares"], found["has_chances"]), (True, False))
        sheets = self.sheets(self.manager, measure="chance")
        contact, _bidding, total = sheets["Distribution"][5:]
        self.assertEqual((contact[3:5], contact[7:10], total[8]), ([0, ""], [0, "", 0], ""))
        self.assertEqual({row[4] for row in sheets["What changed"][1:]}, {""})
        self.assertEqual({*sheets["Where deals went"][1][1:], *sheets["Weeks"][1][1:-1]}, {""})
        self.Lead.with_context(active_test=False).search([("won_status", "=", "lost")]).action_unarchive()
        self.forget_chances()
        found = self.funnel(self.manager, day="2026-03-12", before="2026-03-05")
        self.assertEqual((found["has_shares"], found["has_chances"]), (False, False))
        sheets = self.sheets(self.manager, measure="weighted")
        contact, _bidding, total = sheets["Distribution"][5:]
        self.assertEqual((contact[3:5], contact[9], total[3]), (["", ""], "", ""))
        self.assertEqual({*sheets["Weeks"][1][1:-1]}, {""})

    def forget_chances(self):
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_lead SET chance = NULL, expected_amount = NULL")

    def test_amounts_without_a_rate(self):
        """Of both days, each with its day."""
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        abroad = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(abroad.id)]
        self.set_time(self.start)
        deal = self.make_deal(company_id=abroad.id, expected_revenue=400, team_id=False, user_id=False)
        self.pass_time(days=10)
        deal.expected_revenue = 500
        self.env.flush_all()
        rows = [row[:4] for row in self.sheets(self.manager)["Distribution"] if str(row[0]).startswith("Not included")]
        label = "Not included: no exchange rate"
        self.assertEqual(
            rows,
            [[label, "XWF", 500, datetime(2026, 3, 12)], [label, "XWF", 400, datetime(2026, 3, 5)]],
        )

    def test_from_stage_to_stage(self):
        """Counts as on the screen; what is not known is empty."""
        sheet = self.sheets(self.manager, before="2026-03-01")["Conversion from stage to stage"]
        found = self.reader(self.manager).get_funnel_conversion("2026-03-12", "2026-03-01")
        names = ("entered", "went_on", "lost", "open", "decided")
        self.assertEqual(
            [[row[0], *row[1:6], row[11]] for row in sheet[1:]],
            [
                [stage["name"], *(stage[name]["value"] for name in names), stage["visits"]["value"]]
                for stage in found["stages"]
            ],
        )
        self.assertEqual(sheet[1][:6], ["=1+1", 3, 1, 1, 1, 2])
        self.assertEqual((sheet[1][6:11], sheet[1][12]), ([""] * 5, ""))

    def test_measures(self):
        for measure, stood, went in (("count", 1, 1), ("amount", 3, 10**12)):
            sheets = self.sheets(self.manager, measure=measure)
            heads, row = sheets["Where deals went"]
            values = dict(zip(heads[1:], row[1:], strict=True))
            self.assertEqual((values["=1+1"], values["Lost"], values["Won"]), (stood, went, 0))
            weeks = sheets["Weeks"]
            self.assertEqual(weeks[1][0].date(), date(2026, 3, 8))
            self.assertEqual(weeks[1][-2], 3 if measure == "count" else 10**12 + 3.1)

    def test_filter_and_rights(self):
        domain = json.dumps([["user_id", "=", self.colleague.id]])
        self.assertEqual(self.sheets(self.manager, domain=domain)["Distribution"][5][1], 1)
        self.assertEqual(self.sheets(self.colleague)["Distribution"][5][1], 1)
        self.assertEqual(self.sheets(self.seller)["Distribution"][-1][1], 2)

    @mute_logger("odoo.http")
    def test_bad_input(self):
        for parameters in (
            {"domain": "[["},
            {"domain": '[["kind", "=", "won"]]'},
            {"currency_id": "EUR"},
            {"measure": "size"},
            {"day": "2999-01-01"},
            {"before": "2026-03-13"},
        ):
            with self.subTest(parameters=parameters):
                response = self.download(self.manager, **parameters)
                self.assertEqual(response.status_code, 422)
                self.assertIn("funnel", response.text)
        self.authenticate(None, None)
        self.assertNotIn("spreadsheet", self.url_open(URL).headers["Content-Type"])
