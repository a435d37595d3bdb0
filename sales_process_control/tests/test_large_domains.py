import inspect
import json
from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.recording.rpc_domain import MOST_VALUES
from .common import PipelineCase
from .introspection import added_methods, models_with_code

IDS = list(range(1, MOST_VALUES + 2))
#: Domains with too many values: ids, conditions, and ids in a nested domain.
LARGE_DOMAINS = (
    [("id", "in", IDS)],
    ["|"] * MOST_VALUES + [("id", "=", 1)] * (MOST_VALUES + 1),
    [("stage_id", "any", [("id", "in", IDS)])],
)


@tagged("post_install", "-at_install")
class TestLargeDomains(PipelineCase):
    """A call with very many values gets a message at once, instead of an answer after a minute."""

    def days(self, number):
        return [date(2026, 3, 2) - timedelta(days=days) for days in range(number)]

    def test_every_method_with_a_domain(self):
        found = set()
        for model in models_with_code(self.env(user=self.manager)):
            for name, method in added_methods(model):
                if "domain" not in inspect.signature(method).parameters:
                    continue
                found.add(name)
                days = {
                    argument: "2026-03-01"
                    for argument in ("day", "date_end")
                    if argument in inspect.signature(method).parameters
                }
                for domain in LARGE_DOMAINS:
                    with self.subTest(name), self.assertRaisesRegex(UserError, "more than 10,000 values"):
                        getattr(model, name)(domain=domain, **days)
        self.assertLessEqual({"get_funnel", "funnel_at", "stage_statistics", "hot_statistics"}, found)

    def test_as_many_values_as_are_allowed(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        funnel = self.Movement.with_user(self.seller).get_funnel(domain=[("lead_ref", "in", [deal.id, *IDS[:9000]])])
        self.assertEqual(funnel["totals"]["day"]["value"], 1)

    def test_names(self):
        """Odoo takes texts for names of records."""
        self.make_deal()
        self.pass_time(days=1)
        movements = self.Movement.with_user(self.seller)
        for value in ("First Contact", ["First Contact"]):
            for domain, count in (([("stage_id", "=", value)], 1), ([("stage_id", "!=", value)], 0)):
                with self.subTest(domain):
                    self.assertEqual(sum(row["deal_count"] for row in movements.funnel_at("2026-03-02", domain)), count)

    def test_cells_and_days(self):
        cell = json.dumps(["2026-02-01", "2026-03-01", "entered", "won", []])
        estimates = json.dumps(["seller", 1, False, "2026-03-01"])
        searches = (
            (self.Movement, "flow_cell", [f"{cell}{' ' * number}" for number in range(101)]),
            (self.env["crm.pipeline.day"], "flow_cell", [f"{cell}{' ' * number}" for number in range(101)]),
            (self.Movement, "standing_on", self.days(101)),
            (self.env["crm.lead"], "estimate_cell", [f"{estimates}{' ' * number}" for number in range(21)]),
        )
        for model, name, values in searches:
            with self.subTest(model=model._name, name=name):
                model.search([(name, "in", values[:-1])])
                with self.assertRaisesRegex(UserError, f"more than {len(values) - 1} values"):
                    model.search([(name, "in", values)])

    def test_many_days(self):
        """The days of a list of any length are those of the company."""
        self.make_deal()
        self.env.cr.flush()
        self.pass_time(days=1)
        for model, name in ((self.Visit, "entered_day"), (self.env["crm.stage.dwell.report"], "entered_at")):
            for days in (self.days(3), self.days(3000)):
                with self.subTest(name, days=len(days)):
                    self.assertEqual(len(model.search([(name, "in", days)])), 1)
                    self.assertEqual(len(model.search([(name, "in", days[1:])])), 0)
                    self.assertEqual(len(model.search([(name, "not in", days)])), 0)
        everything = [False, *self.days(3000)]
        self.assertEqual(len(self.Visit.search([("left_day", "in", everything)])), 1, "not left yet")

    def test_lines_of_very_many_deals(self):
        with self.assertRaisesRegex(UserError, "more than 10,000 values"):
            self.env["crm.pipeline.day"].browse(IDS).action_open_lines()
