from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .review_rest_common import ReviewMixin

PARTS = ("won", "lost", "removed", "pushed", "open")


@tagged("post_install", "-at_install")
class TestSlippage(ReviewMixin, PipelineCase):
    """What became of the deals whose expected closing lay in a month at its first day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]

    def make_due(self, day=date(2026, 3, 20), **values):
        return self.make_deal(date_deadline=day, **values)

    def slippage(self, user=None, **arguments):
        """Return [due, won, lost, removed, pushed, open] by month, of the months with deals that were due."""
        rows = self.read_block("results", user, **{"period": "3_months", **arguments})["slippage"]
        for row in rows:
            for name in ("value", "amount"):
                self.assertAlmostEqual(row["due"][name], sum(row[part][name] for part in PARTS))
        return {row["month"]: [row[part]["value"] for part in ("due", *PARTS)] for row in rows if row["due"]["value"]}

    def at(self, month, day):
        self.set_time(datetime(2026, month, day, 12))

    def test_parts(self):
        self.at(2, 20)
        won, lost, removed, pushed, undated, pulled, later = (
            self.make_due(expected_revenue=100 * (number + 1)) for number in range(7)
        )
        self.make_due(expected_revenue=5000)
        made_late = self.make_due(day=date(2026, 5, 2))
        self.at(3, 10)
        won.expected_revenue = 990
        won.action_set_won()
        lost.action_set_lost()
        removed.unlink()
        pushed.date_deadline = date(2026, 4, 2)
        undated.date_deadline = False
        pulled.date_deadline = date(2026, 3, 1)
        later.date_deadline = date(2026, 3, 31)
        # Nothing that happens to deals that were not due on the first day of the month is slippage of it.
        made_late.date_deadline = date(2026, 3, 20)
        self.make_due()
        self.at(4, 20)
        later.action_set_won()
        rows = self.slippage()
        self.assertEqual(rows["2026-03"], [8, 1, 1, 1, 2, 3])
        # What was pushed into April before it began is due in it.
        self.assertEqual(rows["2026-04"], [1, 0, 0, 0, 0, 1])
        [march] = [row for row in self.read_block("results")["slippage"] if row["month"] == "2026-03"]
        # Amounts are those before the month.
        self.assertEqual((march["won"]["amount"], march["due"]["amount"]), (100, 2800 + 5000))
        self.assertEqual(self.opened(march["lost"]).lead_id, lost)
        self.assertEqual(set(self.opened(march["pushed"]).mapped("became")), {"pushed"})

    def test_months_are_not_called_stages_in_chinese(self):
        """A title about a month and one about a stage differ in Chinese, where they are alike in English."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self.at(2, 20)
        self.make_due()
        self.at(3, 10)
        for month in self.read_block("results", period="3_months")["slippage"]:
            for part in ("due", *PARTS):
                self.assertIn(month["name"], month[part]["name"])
                self.assertNotIn("阶段", month[part]["name"])

    def test_this_month_so_far(self):
        self.at(2, 20)
        deals = [self.make_due() for _number in range(3)]
        self.at(3, 5)
        deals[0].action_set_won()
        self.at(3, 9)
        self.assertEqual(self.slippage(period="month")["2026-03"], [3, 1, 0, 0, 0, 2])
        deals[1].date_deadline = date(2026, 4, 1)
        self.assertEqual(self.slippage(period="month")["2026-03"], [3, 1, 0, 0, 1, 1])

    def test_what_happened_later_does_not_change_a_month(self):
        self.at(2, 20)
        deal = self.make_due()
        self.at(3, 10)
        deal.action_set_lost()
        self.at(4, 10)
        deal.action_unarchive()
        self.at(4, 12)
        self.assertEqual(self.slippage()["2026-03"], [1, 0, 1, 0, 0, 0])

    def test_an_end_that_was_taken_back(self):
        self.at(2, 20)
        deal = self.make_due()
        self.at(3, 10)
        deal.with_user(self.seller).action_set_won()
        self.pass_time(minutes=2)
        deal.with_user(self.seller).write({"stage_id": self.contact.id})
        self.at(4, 10)
        self.assertEqual(self.slippage()["2026-03"], [1, 0, 0, 0, 0, 1])

    def test_a_deal_that_was_given_away(self):
        """It counts where it was due, with what became of it."""
        self.at(2, 20)
        deal = self.make_due()
        self.at(3, 10)
        deal.write({"user_id": self.colleague.id, "team_id": self.other_team.id})
        deal.action_set_won()
        self.at(4, 10)
        self.assertEqual(self.slippage(user_id=self.seller.id)["2026-03"], [1, 1, 0, 0, 0, 0])
        self.assertEqual(self.slippage(user_id=self.colleague.id), {})
        self.assertEqual(self.slippage(self.seller)["2026-03"], [1, 1, 0, 0, 0, 0])
        self.assertEqual(self.slippage(self.colleague), {})

    def test_months(self):
        self.at(5, 31)
        for period, months in (("month", 3), ("quarter", 3), ("3_months", 3), ("6_months", 6), ("12_months", 12)):
            rows = self.read_block("results", period=period)["slippage"]
            self.assertEqual((len(rows), rows[-1]["month"]), (months, "2026-05"))
