import re
from datetime import timedelta

from odoo.tests import tagged

from .progress_common import ProgressCase
from .report_common import report_models


@tagged("post_install", "-at_install")
class TestReportFreshness(ProgressCase):
    """Rows of reports that are in the cache follow changes of the same transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr._now = cls.start
        cls.step = cls.env["crm.stage.step"].create(
            {"stage_id": cls.contact.id, "name": "Call", "activity_type_id": cls.call.id, "is_required": True}
        )

    def row(self, report, deal):
        """The row of a deal in a report."""
        self.env.cr.flush()
        row = self.env[report].search([("lead_ref", "=", deal.id)])
        row.ensure_one()
        return row

    def assert_becomes(self, row, act, **changes):
        """Values of a row before and after a change: each a pair."""
        names = list(changes)
        self.assertEqual([row[name] for name in names], [before for before, _after in changes.values()])
        act()
        self.env.cr.flush()
        self.assertEqual([row[name] for name in names], [after for _before, after in changes.values()])
        [values] = row.search([("id", "=", row.id)]).read(names)
        self.assertEqual([values[name] for name in names], [after for _before, after in changes.values()])

    def test_every_report_names_the_tables_that_it_reads(self):
        models = {model._table: name for name, model in self.env.items() if not model._abstract}
        for report in report_models(self.env):
            tables = re.findall(r'\b(?:FROM|JOIN)\s+"?(\w+)', self.env[report]._table_query.code)
            with self.subTest(report=report):
                self.assertEqual({models[table] for table in tables if table in models}, set(self.env[report]._depends))

    def test_move_in_dwell_time(self):
        deal = self.make_deal()
        row = self.row("crm.stage.dwell.report", deal)
        self.pass_time(days=2)
        self.assert_becomes(
            row,
            lambda: deal.write({"stage_id": self.needs.id}),
            outcome=("open", "advanced"),
            left_at=(False, self.start.date() + timedelta(days=2)),
            is_open=(1, 0),
        )

    def test_move_in_conversion(self):
        deal = self.make_deal()
        row = self.row("crm.stage.conversion.report", deal)
        self.pass_time(days=2)
        self.assert_becomes(row, lambda: deal.write({"stage_id": self.needs.id}), converted=(0, 1), is_open=(1, 0))

    def test_move_in_conversion_by_sales_action(self):
        deal = self.make_deal()
        row = self.row("crm.stage.step.report", deal)
        self.pass_time(days=2)
        self.assert_becomes(row, lambda: deal.write({"stage_id": self.needs.id}), converted=(0, 1), is_open=(1, 0))

    def test_end_in_win_rate(self):
        deal = self.make_deal(date_deadline=self.start.date() - timedelta(days=1))
        row = self.row("crm.win.report", deal)
        self.assert_becomes(row, deal.action_set_won, is_overdue=(1, 0), won=(0, 1))

    def test_end_in_hot_customers(self):
        deal = self.make_deal()
        self.env["crm.hot.flag"].create({"lead_id": deal.id, "note": "Signing soon", "kind": "sign"})
        self.pass_time(days=90)
        row = self.row("crm.hot.report", deal)
        self.assert_becomes(row, deal.action_set_won, outcome=("open", "kept"), signing_count=(1, 1), signed=(0, 1))

    def test_settled_flag_in_hot_customers(self):
        deal = self.make_deal()
        due = self.start.date() + timedelta(days=5)
        values = {"lead_id": deal.id, "note": "Pays soon", "kind": "payment", "due_date": due}
        flag = self.env["crm.hot.flag"].create(values)
        row = self.row("crm.hot.report", deal)
        later = due + timedelta(days=5)
        self.assert_becomes(row, lambda: flag.write({"due_date": later}), due_date=(due, later))
        promises = {"promise_count": (0, 1), "promises_kept": (0, 1)}
        self.assert_becomes(row, lambda: flag.action_settle("kept"), outcome=("open", "kept"), **promises)

    def test_progress_in_conversion(self):
        deal = self.make_deal()
        row = self.row("crm.stage.conversion.report", deal)
        self.assert_becomes(
            row,
            lambda: self.plan(deal, customer_reaction="positive").action_feedback(feedback="Said so"),
            required_taken=("none", "all"),
            required_rate=(0, 1),
            last_reaction=(False, "positive"),
            contact_count=(0, 1),
        )

    def test_progress_in_conversion_by_sales_action(self):
        deal = self.make_deal()
        row = self.row("crm.stage.step.report", deal)
        self.assert_becomes(
            row, lambda: self.plan(deal).action_feedback(), with_step=("without", "with"), taken_rate=(0, 1)
        )

    def test_sales_action_in_conversion(self):
        deal = self.make_deal()
        row = self.row("crm.stage.conversion.report", deal)
        self.assert_becomes(row, lambda: self.step.write({"is_required": False}), required_taken=("none", False))
        required = {"stage_id": self.contact.id, "name": "Visit", "is_required": True}
        self.assert_becomes(row, lambda: self.step.create(required), required_taken=(False, "none"))

    def test_sales_action_in_conversion_by_sales_action(self):
        deal = self.make_deal()
        row = self.row("crm.stage.step.report", deal)
        self.assert_becomes(row, lambda: self.step.write({"is_required": False}), is_required=(True, False))
