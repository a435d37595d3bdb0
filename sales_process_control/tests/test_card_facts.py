import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..const import GROUP_SALESPERSON
from .hot_common import HotCase

FACTS = ("stage_days", "pace", "is_over_budget", "open_step_count", "pace_reason", "is_hot", "hot_note", "hot_due_date")


def facts_of(deal):
    """Return what the card of a deal shows."""
    return json.loads(deal.card_facts)


@tagged("post_install", "-at_install")
class TestCardFacts(HotCase):
    """What the cards of the pipeline show is what the fields of the deal say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.needs.rotting_threshold_days = 12

    def make_deals(self):
        """Two late deals with an open step, one of them hot and over budget, and two new ones."""
        self.env["crm.stage.step"].create({"name": "Visit", "stage_id": self.needs.id, "is_required": True})
        deals = self.make_deal(name="Old", stage_id=self.needs.id)
        hot, flag = self.make_hot_deal({"expected_revenue": 100, "customer_budget": 80, "stage_id": self.needs.id})
        self.pass_time(days=20)
        return deals | hot | self.make_deal(name="New") | self.make_deal(name="Undated"), flag

    def assertFacts(self, deals, user):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["name", *FACTS]
        for deal in deals.with_user(user):
            [values] = deal.read(names)
            expected = {name: values[name] or False for name in FACTS}
            expected["hot_due_date"] = values["hot_due_date"] and str(values["hot_due_date"])
            facts = {name: facts_of(deal).get(name) or False for name in FACTS}
            self.assertAlmostEqual(facts.pop("stage_days"), expected.pop("stage_days"), 6, values["name"])
            self.assertEqual(facts, expected, values["name"])

    def test_facts_are_those_of_the_fields(self):
        deals, flag = self.make_deals()
        flag.due_date = self.day(2)
        self.assertEqual([facts_of(deal).get("pace") for deal in deals], ["stalled", "stalled", "on_pace", "on_pace"])
        self.assertFacts(deals, self.seller)
        deals[0].action_set_lost()
        deals[1].action_set_won()
        self.assertFacts(deals, self.seller)

    def test_facts_follow_the_deal(self):
        deals, flag = self.make_deals()
        self.assertTrue(facts_of(deals[1])["is_over_budget"])
        deals[1].customer_budget = 120
        self.assertFalse(facts_of(deals[1])["is_over_budget"])
        self.assertEqual(facts_of(deals[1])["hot_note"], "About to act")
        flag.action_settle("broken")
        self.env.cr.flush()
        self.assertNotIn("hot_note", facts_of(deals[1]))

    def test_a_new_deal_has_no_facts(self):
        self.assertFalse(self.Lead.new({"name": "New"}).card_facts)

    def test_who_does_not_sell_gets_no_facts_of_flags(self):
        deals, _flag = self.make_deals()
        reader = self.make_user("facts_reader", "base.group_user", company_id=self.env.company.id)
        self.assertFalse(reader.has_group(GROUP_SALESPERSON))
        self.env["ir.model.access"].create(
            {
                "name": "Deals for all users",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        facts = facts_of(deals[1].with_user(reader))
        self.assertEqual(facts["pace"], "stalled")
        self.assertFalse({"open_step_count", "hot_note", "hot_due_date"} & set(facts))

    def test_portal_reads_no_facts(self):
        deals, _flag = self.make_deals()
        portal = self.make_user("facts_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            deals.with_user(portal).read(["card_facts"])

    def test_statements_do_not_grow_with_deals(self):
        deals, _flag = self.make_deals()
        more = deals | self.Lead.concat(*(self.make_deal(name=f"Deal {number}") for number in range(40)))

        def statements(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.seller).read(["card_facts"])
            return self.env.cr.sql_log_count - before

        statements(more)
        self.assertEqual(statements(more), statements(deals))
