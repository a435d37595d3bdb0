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

    def count(self, rule, move, number):
        """Statements of a move out of the stage under a rule."""
        self.bidding.leaving_rule = rule
        deals = self.deals(number)
        self.pass_time(hours=1)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        move(deals)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_statements(self):
        ways = {
            "move": lambda deals: deals.write({"stage_id": self.talks.id}),
            "win": lambda deals: deals.action_set_won(),
            "list": lambda deals: deals.web_save_multi([{"stage_id": self.talks.id}] * len(deals), {}),
        }
        for way, move in ways.items():
            for number in (1, 50):
                for rule in ("nothing", "stop"):
                    # Caches of the process are warm, as they are in daily work; a deal that is held is not moved.
                    self.offer.is_required = self.present.is_required = rule == "nothing"
                    self.count(rule, move, 2)
                without = self.count("nothing", move, number)
                with self.subTest(way=way, number=number, rule="stop"):
                    self.assertEqual(self.count("stop", move, number) - without, 1)
                self.offer.is_required = True
                self.bidding.leaving_rule = "warning"
                with self.subTest(way=way, number=number, rule="warning"):
                    added = self.count("warning", move, number) - without
                    self.assertLessEqual(added, 2 if number > 1 else 1)
                    self.assertGreater(added, 0)

    def test_no_rule_costs_nothing(self):
        """What is asked of a stage is read with the deals anyway."""
        move, asked = lambda deals: deals.write({"stage_id": self.talks.id}), type(self.Lead)._ask_to_leave
        for number in (1, 50):
            self.count("nothing", move, number)
            with_rules = self.count("nothing", move, number)
            self.patch(type(self.Lead), "_ask_to_leave", lambda *_args: [])
            self.assertEqual(with_rules, self.count("nothing", move, number))
            self.patch(type(self.Lead), "_ask_to_leave", asked)

    def test_a_stop_of_many_deals(self):
        """It asks once, however many deals it names."""
        self.bidding.leaving_rule = "stop"
        for number in (2, 100):
            deals = self.deals(number)
            with self.assertStatements("crm_stage_step step", 1):
                self.assertStopped(lambda: deals.write({"stage_id": self.talks.id}), *deals)  # noqa: B023
