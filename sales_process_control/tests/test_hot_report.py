from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..statistics import ENOUGH
from .common import AccessCase, PipelineCase


@tagged("post_install", "-at_install")
class TestHotReport(PipelineCase):
    """Hot customers that signed, and promises that were kept (docs/definitions.md, Hot Customers)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Flags of the demonstration data play no part.
        cls.env.cr.execute("DELETE FROM crm_hot_flag_revision; DELETE FROM crm_hot_flag")
        cls.Flag = cls.env["crm.hot.flag"]
        cls.Report = cls.env["crm.hot.report"]

    def raise_flags(self, deals, due_in=None, **values):
        """A flag on each deal, due so many days from now."""
        today = self.env.cr.now().date()
        due_date = today + timedelta(days=due_in) if due_in is not None else False
        return self.Flag.create(
            [
                {"lead_id": deal.id, "note": "Signing soon", "kind": "sign", "due_date": due_date, **values}
                for deal in deals
            ]
        )

    def make_deals(self, count, **values):
        deals = self.Lead
        for _number in range(count):
            deals |= self.make_deal(**values)
        return deals

    def statistics(self, domain=()):
        self.env.cr.flush()
        return self.Report.hot_statistics(domain)

    def test_golden_signing_rate(self):
        """12 of 40 = 30% (Wilson 18.1 to 45.4)."""
        deals = self.make_deals(40)
        self.raise_flags(deals)
        self.pass_time(days=30)
        deals[:11].action_set_won()
        # Another time said to sign is the same opportunity.
        self.raise_flags(self.make_deals(5))
        self.pass_time(days=60)
        # Exactly on the last day.
        deals[11].action_set_won()
        self.pass_time(days=1)
        # One too late.
        deals[12].action_set_won()
        deals[13:].action_set_lost()
        numbers = self.statistics()
        self.assertEqual((numbers["signing_count"], numbers["signed"]), (40, 12))
        self.assertAlmostEqual(numbers["signing_rate"], 0.3)
        low, high = numbers["signing_interval"]
        self.assertEqual((round(low * 100, 1), round(high * 100, 1)), (18.1, 45.4))

    def test_a_win_before_the_flag_is_no_signing(self):
        """Won, reopened, then said to sign, then lost."""
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.action_set_won()
        self.pass_time(days=1)
        deal.write({"stage_id": self.talks.id, "probability": 50})
        self.pass_time(days=1)
        self.raise_flags(deal)
        self.pass_time(days=1)
        deal.action_set_lost()
        self.pass_time(days=100)
        numbers = self.statistics()
        self.assertEqual((numbers["signing_count"], numbers["signed"]), (1, 0))
        self.assertEqual(self.kinds_of(deal), ["created", "won", "reopened", "lost"])

    def test_it_counts_once_its_days_have_passed(self):
        deal = self.make_deal()
        self.raise_flags(deal)
        self.pass_time(days=10)
        deal.action_set_won()
        self.assertIs(self.statistics()["signing_rate"], False)
        self.pass_time(days=79, hours=23)
        self.assertExactly(self.statistics()["signing_count"], 0)
        self.pass_time(hours=1)
        self.assertEqual(self.statistics()["signing_rate"], 1.0)

    def test_only_the_first_flag_counts(self):
        deal = self.make_deal()
        self.raise_flags(deal).action_settle("withdrawn")
        self.pass_time(days=80)
        self.raise_flags(deal)
        self.pass_time(days=20)
        deal.action_set_won()
        self.pass_time(days=90)
        numbers = self.statistics()
        self.assertEqual((numbers["signing_count"], numbers["signed"]), (1, 0))

    def test_only_the_first_flag_of_an_instant_counts(self):
        deal = self.make_deal()
        self.raise_flags(deal).action_settle("withdrawn")
        self.raise_flags(deal)
        self.pass_time(days=20)
        deal.action_set_won()
        self.pass_time(days=90)
        numbers = self.statistics()
        self.assertEqual((numbers["signing_count"], numbers["signed"]), (1, 1))

    def test_the_days_are_a_setting(self):
        deal = self.make_deal()
        self.raise_flags(deal)
        self.pass_time(days=40)
        deal.action_set_won()
        self.env["res.config.settings"].create({"hot_signing_days": 30}).execute()
        numbers = self.statistics()
        self.assertEqual((numbers["signing_count"], numbers["signed"]), (1, 0))
        with self.assertRaises(ValidationError):
            self.env["res.config.settings"].create({"hot_signing_days": 0})

    def test_promises(self):
        """What counts as a promise, and as kept: (days to the first date, what happens, after days, expected)."""
        cases = (
            (10, "won", 10, (1, 1, 0)),
            (10, "won", 9, (1, 1, 0)),
            (10, "won", 12, (1, 0, 2)),
            (10, "lost", 3, (1, 0, 0)),
            (10, "withdrawn", 10, (0, 0, False)),
            (10, "withdrawn", 11, (1, 0, 1)),
            (10, None, 10, (0, 0, False)),
            (10, None, 14, (1, 0, 4)),
            (None, "won", 5, (0, 0, False)),
        )
        for due_in, event, after, expected in cases:
            with self.subTest(due_in=due_in, event=event, after=after):
                deal = self.make_deal()
                flag = self.raise_flags(deal, due_in)
                self.pass_time(days=after)
                if event == "withdrawn":
                    flag.action_settle(event)
                elif event:
                    (deal.action_set_won if event == "won" else deal.action_set_lost)()
                self.env.cr.flush()
                row = self.Report.browse(flag.id)
                numbers = self.Report._read_group(
                    [("id", "=", flag.id)], [], ["promise_count:sum", "promises_kept:sum", "days_late:avg"]
                )[0]
                self.assertExactly(numbers, expected)
                self.assertEqual(row.promise_count, expected[0])

    def test_editing_does_not_mend_a_broken_promise(self):
        deal = self.make_deal()
        flag = self.raise_flags(deal, 5)
        self.pass_time(days=2)
        flag.due_date = self.env.cr.now().date() + timedelta(days=20)
        self.pass_time(days=10)
        self.assertExactly(self.statistics()["promise_rate"], 0.0)
        deal.action_set_won()
        numbers = self.statistics()
        self.assertEqual((flag.outcome, numbers["promise_count"], numbers["promises_kept"]), ("kept", 1, 0))

    def test_an_amount_paid_in_time_is_a_promise_kept(self):
        customer = self.env["res.partner"].create({"name": "Payer"})
        due = self.env.cr.now().date() + timedelta(days=3)
        flag = self.Flag.create(
            {"partner_id": customer.id, "note": "Pays 62,500", "kind": "payment", "amount": 62500, "due_date": due}
        )
        self.pass_time(days=3)
        flag.action_settle("kept")
        numbers = self.statistics()
        self.assertEqual((numbers["promise_count"], numbers["promise_rate"]), (1, 1.0))
        self.assertEqual(numbers["signing_count"], 0)
        self.assertIs(numbers["promise_interval"], False)

    def test_rates_are_right_at_any_grouping(self):
        deals = self.make_deals(12) | self.make_deals(6, user_id=self.colleague.id, team_id=self.other_team.id)
        self.raise_flags(deals, 10)
        self.pass_time(days=5)
        deals[:5].action_set_won()
        deals[12:14].action_set_won()
        self.pass_time(days=90)
        self.env.cr.flush()
        measures = ["signing_count:sum", "signed:sum", "signing_rate:avg", "promise_count:sum", "promises_kept:sum"]
        shown = set()
        for groupby in (["user_id"], ["team_id"], ["kind"], ["raised_at:month"], ["user_id", "outcome"]):
            groups = self.Report.formatted_read_group([], groupby, [*measures, "promise_rate:avg", "__count"])
            self.assertEqual(sum(group["__count"] for group in groups), 18)
            for group in groups:
                with self.subTest(groupby=groupby, group=group):
                    for rate, count, whole in (
                        ("signing_rate:avg", group["signed:sum"], group["signing_count:sum"]),
                        ("promise_rate:avg", group["promises_kept:sum"], group["promise_count:sum"]),
                    ):
                        if whole >= ENOUGH:
                            self.assertAlmostEqual(group[rate], count / whole)
                            shown.add(rate)
                        else:
                            self.assertIs(group[rate], False)
                    rows = self.Report.search(group["__extra_domain"])
                    self.assertEqual(len(rows), group["__count"])
                    self.assertEqual(sum(rows.mapped("signed")), group["signed:sum"])
        self.assertEqual(shown, {"signing_rate:avg", "promise_rate:avg"})

    def test_rows_open_their_flag_and_their_opportunities(self):
        deal = self.make_deal(name="Bridge")
        flag = self.raise_flags(deal)
        row = self.Report.browse(flag.id)
        self.assertIn("Bridge", row.display_name)
        action = row.action_open_flag()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.hot.flag", flag.id))
        self.assertEqual(self.Lead.search(row.action_open_leads()["domain"]), deal)
        deal.unlink()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertIn(str(row.lead_ref), row.display_name)

    def test_a_customer_without_an_opportunity_is_called_by_name(self):
        customer = self.env["res.partner"].create({"name": "Northern Mill"})
        flag = self.Flag.create({"partner_id": customer.id, "note": "May order", "kind": "reorder"})
        self.assertEqual(self.Report.browse(flag.id).display_name, "Northern Mill")


@tagged("post_install", "-at_install")
class TestHotReportAccess(AccessCase):
    """The report has rows only of flags that the user may read (docs/definitions.md, Access)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM crm_hot_flag_revision; DELETE FROM crm_hot_flag")
        cls.flags = {
            name: cls.env["crm.hot.flag"].create(
                {
                    "lead_id": deal.id,
                    "note": f"Flag of {name}",
                    "kind": "sign",
                    "user_id": deal.user_id.id,
                    "raised_at": cls.start,
                }
            )
            for name, deal in cls.deals.items()
        }
        cls.env.cr.flush()

    def test_read_count_group_and_statistics(self):
        self.pass_time(days=100)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                report = self.env["crm.hot.report"].with_user(user)
                report = report.with_context(allowed_company_ids=user.company_ids.ids)
                ids = {self.flags[name].id for name in names}
                rows = report.search([])
                self.assertEqual(set(rows.ids), ids)
                self.assertEqual(len(rows.mapped("display_name")), len(ids))
                self.assertEqual(report.search_count([]), len(ids))
                self.assertEqual(report.hot_statistics()["signing_count"], len(ids))
                groups = report.formatted_read_group([], ["lead_id"], ["signing_count:sum"])
                self.assertEqual({group["lead_id"][0] for group in groups}, {self.deals[name].id for name in names})

    def test_the_report_tells_of_the_flags_that_one_may_read(self):
        """The same rule for both, also when a deal was handed over."""
        self.deals["own"].user_id = self.colleague
        self.deals["colleague's"].user_id = False
        self.env.cr.flush()
        for user, _names in self.readers():
            with self.subTest(user=user.login):
                companies = {"allowed_company_ids": user.company_ids.ids}
                flags = self.env["crm.hot.flag"].with_user(user).with_context(**companies).search([])
                rows = self.env["crm.hot.report"].with_user(user).with_context(**companies).search([])
                self.assertEqual(set(rows.ids), set(flags.ids))

    def test_two_companies_at_once(self):
        self.manager.company_ids = [Command.set((self.company + self.second).ids)]
        report = self.env["crm.hot.report"].with_user(self.manager)
        for companies, count in ((self.company, 4), (self.second, 2), (self.company + self.second, 5)):
            self.assertEqual(report.with_context(allowed_company_ids=companies.ids).search_count([]), count)

    def test_no_sales_rights_no_rows(self):
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            report = self.env["crm.hot.report"].with_user(user)
            for use in (
                lambda: report.search([]),  # noqa: B023
                report.hot_statistics,
                lambda: report.formatted_read_group([], ["kind"], ["__count"]),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    use()
