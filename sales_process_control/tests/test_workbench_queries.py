from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .workbench_common import WorkbenchMixin

#: Statements of the first call. Four of them read the user and its company, as each call does.
MOST = 16


@tagged("post_install", "-at_install")
class TestWorkbenchQueries(WorkbenchMixin, PipelineCase):
    """The page takes few statements, whatever the number of records."""

    def fill(self, count):
        """Make late, hot deals of the seller that close soon, each with a customer, an activity and a meeting."""
        day = self.start.date()
        self.contact.rotting_threshold_days = 2
        self.set_time(self.start - timedelta(days=30))
        customers = self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(count)])
        deals = self.Lead.create(
            [
                {
                    "name": f"Deal of {customer.name}",
                    "type": "opportunity",
                    "stage_id": self.contact.id,
                    "user_id": self.seller.id,
                    "team_id": self.team.id,
                    "partner_id": customer.id,
                    "expected_revenue": 100,
                    "date_deadline": day + timedelta(days=3),
                }
                for customer in customers
            ]
        )
        self.env.cr.flush()
        self.set_time(self.start)
        self.fill_day(deals)

    def fill_day(self, deals):
        """Make a flag, an activity and a meeting on each deal."""
        day = self.start.date()
        self.env["crm.hot.flag"].create(
            [{"note": "Signs soon", "lead_id": deal.id, "due_date": day - timedelta(days=1)} for deal in deals]
        )
        for deal in deals:
            deal.activity_schedule("mail.mail_activity_data_call", date_deadline=day, user_id=self.seller.id)
        self.env["calendar.event"].create(
            [
                {
                    "name": "Meeting",
                    "opportunity_id": deal.id,
                    "user_id": self.seller.id,
                    "partner_ids": [Command.set(self.seller.partner_id.ids)],
                    "start": self.start,
                    "stop": self.start + timedelta(hours=1),
                }
                for deal in deals
            ]
        )
        self.env.cr.flush()

    def statements(self, user, scope, blocks=None):
        """Return the number of statements of a call, with warm caches."""
        self.workbench_of(user, scope, blocks)
        before = self.env.cr.sql_log_count
        self.workbench_of(user, scope, blocks)
        return self.env.cr.sql_log_count - before

    def test_statements_do_not_grow(self):
        self.team.user_id = self.manager
        calls = [(self.seller, "mine"), (self.manager, "mine"), (self.manager, "team"), (self.manager, "all")]
        self.fill(2)
        few = {call: self.statements(*call) for call in calls}
        later = {call: self.statements(*call, self.workbench_of(*call)["later"]) for call in calls}
        self.fill(30)
        for call in calls:
            with self.subTest(user=call[0].login, scope=call[1]):
                self.assertLessEqual(few[call], MOST)
                self.assertLessEqual(self.statements(*call), few[call])
                self.assertLessEqual(self.statements(*call, self.workbench_of(*call)["later"]), later[call])
