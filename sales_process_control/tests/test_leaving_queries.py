from unittest.mock import patch

from odoo.tests import tagged

from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestLeavingQueries(LeavingCase):
    """A rule costs a move two statements at most, whatever the number of deals; no rule costs none."""

    def deals(self, number):
        values = {"type": "opportunity", "stage_id": self.bidding.id, "user_id": self.seller.id}
        deals = self.Lead.create([{**values, "name": f"Deal {index}"} for index in range(number)])
        self.take(deals[0], self.offer, self.present)
        return deals.with_user(self.seller)

    def count(self, move, number):
        """Statements of a move out of the stage."""
        deals = self.deals(number)
        self.pass_time(hours=1)
        before = self.env.cr.sql_log_count
        move(deals)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def assertAdded(self, rule, added):
        """Assert how many statements asking adds to each way on, of one deal and of many."""
        self.bidding.leaving_rule = rule
        lead = type(self.Lead)
        for way, move in (
            ("move", lambda deals: deals.write({"stage_id": self.talks.id})),
            ("win", lambda deals: deals.action_set_won()),
            ("list", lambda deals: deals.web_save_multi([{"stage_id": self.talks.id}] * len(deals), {})),
        ):
            # Caches of the process are warm, as they are in daily work.
            self.count(move, 2)
            for number in (2, 30):
                with patch.multiple(
                    lead, _check_stage_gate=lambda *_args: [], _check_stage_gate_for_win=lambda *_args: []
                ):
                    without = self.count(move, number)
                with self.subTest(way=way, number=number):
                    self.assertEqual(self.count(move, number) - without, added)

    def test_no_rule_costs_nothing(self):
        """What is asked of a stage is read with the deals anyway."""
        self.assertAdded("nothing", 0)

    def test_a_stop_that_does_not_hold(self):
        (self.offer | self.present).is_required = False
        self.assertAdded("stop", 1)

    def test_a_warning(self):
        """One to ask, and one to tell."""
        self.assertAdded("warning", 2)

    def test_a_rule_elsewhere(self):
        """Only a stage between may matter: of a deal that moves on by one none does."""
        later = self.env["crm.stage"].create({"name": "After all", "sequence": 45})
        self.Step.create({"name": "Ask", "stage_id": later.id, "is_required": True})
        later.leaving_rule = "stop"
        self.bidding.leaving_rule = "nothing"
        lead = type(self.Lead)

        def move(deals):
            deals.write({"stage_id": self.talks.id})

        self.count(move, 2)
        with patch.multiple(lead, _check_stage_gate=lambda *_args: []):
            without = self.count(move, 30)
        self.assertEqual(self.count(move, 30), without)
        deals = self.deals(100)
        with self.assertStatements("crm_stage_step step", 1):
            deals.action_set_won()
        self.assertEqual(set(deals.mapped("won_status")), {"won"})

    def test_a_stop_of_many_deals(self):
        """It asks once, however many deals it names."""
        self.bidding.leaving_rule = "stop"
        for number in (2, 100):
            deals = self.deals(number)
            with self.assertStatements("crm_stage_step step", 1):
                self.assertStopped(lambda: deals.write({"stage_id": self.talks.id}), *deals)  # noqa: B023
