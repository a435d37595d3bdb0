from unittest.mock import patch

from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestQueryCount(PipelineCase):
    """The ledgers need a constant number of statements, whatever the number of deals.

    Two of them are the savepoint. A move reads the deals, reads what the ledgers hold and writes the rows of both. The
    statement that writes them stores the chances of the deals, too: the company of the demonstration has chances.
    """

    def count(self, change):
        """Return the number of statements of a change and its flush."""
        self.pass_time(hours=1)
        before = self.env.cr.sql_log_count
        change()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def assertConstant(self, statements, prepare, change, many=100):
        """Assert that the ledgers add exactly some statements to a change of one deal and of many.

        :param int statements: number of statements
        :param prepare: function that makes a number of deals
        :param change: function that changes these deals
        """
        recorder = type(self.env["crm.pipeline.recorder"])
        for number in (1, many):
            # Fill the caches of the process first.
            warm, bare, whole = prepare(2), prepare(number), prepare(number)
            self.count(lambda: change(warm))  # noqa: B023
            with patch.object(recorder, "record", return_value=[]):
                without = self.count(lambda: change(bare))  # noqa: B023
            self.env["crm.pipeline.recorder"].record(bare.ids)
            added = self.count(lambda: change(whole)) - without  # noqa: B023
            self.assertEqual(added, statements, f"{number} deals")

    def make_deals(self, number, *, is_logged=False, **values):
        """Make deals, by default without the message that each was created, which takes longer than all else."""
        deals = self.Lead.with_context(mail_create_nolog=not is_logged).create(
            [
                {
                    "name": f"Deal {index}",
                    "type": "opportunity",
                    "stage_id": self.contact.id,
                    "user_id": False,
                    **values,
                }
                for index in range(number)
            ]
        )
        self.env.cr.flush()
        return deals.with_env(self.env)

    def test_move(self):
        self.assertConstant(5, self.make_deals, lambda deals: deals.write({"stage_id": self.bidding.id}), many=150)

    def test_undo(self):
        def move(number):
            deals = self.make_deals(number)
            self.pass_time(hours=1)
            deals.write({"stage_id": self.bidding.id})
            self.env.cr.flush()
            return deals

        def undo(deals):
            self.env.cr._now = deals[0].stage_entered_at
            self.pass_time(minutes=1)
            deals.write({"stage_id": self.contact.id})

        # It reads the last posting, and marks the lines of the undone move.
        self.assertConstant(8, move, undo)

    def test_lose_with_another_amount_and_date(self):
        # It counts the pushes of deals again.
        self.assertConstant(
            7,
            lambda number: self.make_deals(number, date_deadline="2026-03-10"),
            lambda deals: deals.write(
                {"expected_revenue": 7, "date_deadline": "2026-04-10", "active": False, "probability": 0}
            ),
        )

    def test_fields_that_are_not_recorded_need_no_statement(self):
        deals = self.make_deals(10)
        self.count(lambda: deals.write({"priority": "1"}))
        with patch.object(type(self.env["crm.pipeline.recorder"]), "record") as record:
            self.count(lambda: deals.write({"priority": "2", "description": "Nothing"}))
            self.count(lambda: deals.write({"stage_id": self.contact.id}))
        record.assert_not_called()

    def test_creation(self):
        recorder = type(self.env["crm.pipeline.recorder"])
        self.make_deals(2, is_logged=True)
        for number in (1, 100):
            with patch.object(recorder, "record", return_value=[]):
                without = self.count(lambda: self.make_deals(number, is_logged=True))  # noqa: B023
                bare = self.Lead.search([], order="id desc", limit=number)
            self.env["crm.pipeline.recorder"].record(bare.ids)
            # The ledgers hold nothing about deals that were just created.
            made = self.count(lambda: self.make_deals(number, is_logged=True))  # noqa: B023
            self.assertEqual(made - without, 4)

    def test_done_activities(self):
        """Activities that are done together need a constant number of statements, also if each takes a step."""
        recorder = type(self.env["crm.progress.recorder"])
        model_id = self.env["ir.model"]._get_id("crm.lead")
        call = self.env.ref("mail.mail_activity_data_call")
        steps = [
            {"stage_id": self.contact.id, "name": name, "activity_type_id": call.id, "is_required": True}
            for name in ("Ring them", "Ring them again")
        ]
        self.env["crm.stage.step"].create(steps)

        def plan(number):
            deals = self.make_deals(number)
            values = {"res_model_id": model_id, "user_id": self.env.uid, "activity_type_id": call.id}
            return self.env["mail.activity"].create([{**values, "res_id": deal.id} for deal in deals])

        for number in (1, 150):
            warm, bare, whole = plan(2), plan(number), plan(number)
            self.count(lambda: warm._action_done(feedback="Called"))  # noqa: B023
            with patch.object(recorder, "_record_activities"):
                without = self.count(lambda: bare._action_done(feedback="Called"))  # noqa: B023
            added = self.count(lambda: whole._action_done(feedback="Called")) - without  # noqa: B023
            self.assertEqual(added, 2, f"{number} activities")
            rows = self.env["crm.lead.progress"].search([("activity_id", "in", whole.ids)])
            self.assertEqual(rows.mapped("step_name"), ["Ring them"] * number)

    def test_planned_activities(self):
        recorder = type(self.env["crm.progress.recorder"])
        model_id = self.env["ir.model"]._get_id("crm.lead")
        for number in (2, 100):
            deals = self.make_deals(number)
            values = [{"res_model_id": model_id, "user_id": self.env.uid, "res_id": deal.id} for deal in deals]
            create = self.env["mail.activity"].create
            self.count(lambda: create(values))  # noqa: B023
            with patch.object(recorder, "_record_plans"):
                without = self.count(lambda: create(values))  # noqa: B023
            # One for the plans. The deals are read together for their alerts, which saves Odoo a statement for each.
            self.assertLessEqual(self.count(lambda: create(values)) - without, 1)  # noqa: B023
