from odoo.tests import tagged

from .recording_common import RecordingCase


@tagged("post_install", "-at_install")
class TestOpenSteps(RecordingCase):
    """Required sales actions of the stage that a deal has not taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Required: of all in First Contact to ring and to see them, of the South its own action.
        (cls.see | cls.of_others).is_required = True
        cls.env.cr.flush()

    def open_of(self, deal):
        self.env.cr.flush()
        self.env.invalidate_all()
        deal = deal.with_user(self.manager)
        self.assertEqual(deal.open_step_count, len(deal.open_step_ids))
        return deal.open_step_names

    def found(self, *domain):
        self.env.cr.flush()
        return self.Lead.with_user(self.manager).search([*domain, ("id", "in", self.all.ids)], order="id")

    def test_of_a_deal(self):
        deal = self.make_deal()
        self.assertEqual(self.open_of(deal), "Ring them, See them")
        self.record(deal, step=self.ring, feedback="Rang")
        self.assertEqual(self.open_of(deal), "See them")
        deal.team_id = self.other_team
        self.assertEqual(self.open_of(deal), "See them, What the South does")
        deal.stage_id = self.bidding
        self.assertFalse(self.open_of(deal))

    def test_closed_deals_and_leads_have_none(self):
        won, lost, archived = self.make_deal(), self.make_deal(), self.make_deal(probability=50)
        lead = self.make_deal(type="lead")
        won.action_set_won()
        lost.action_set_lost()
        archived.active = False
        for deal in (won, lost, archived, lead):
            self.assertFalse(self.open_of(deal))

    def test_an_archived_action_is_not_required(self):
        deal = self.make_deal()
        self.see.active = False
        self.assertEqual(self.open_of(deal), "Ring them")

    def test_search_and_group(self):
        both, one, south, none = (self.make_deal(name=name) for name in ("both", "one", "south", "none"))
        self.all = both | one | south | none
        south.team_id = self.other_team
        none.stage_id = self.bidding
        self.record(one, step=self.ring, feedback="Rang")
        for domain, expected in (
            (("open_step_count", ">", 0), both | one | south),
            (("open_step_count", "=", 0), none),
            (("open_step_count", "in", [1, 3]), one | south),
            (("open_step_ids", "in", self.ring.ids), both | south),
            (("open_step_ids", "not in", self.ring.ids), one | none),
            (("open_step_ids", "=", False), none),
            (("open_step_ids", "!=", False), both | one | south),
            (("open_step_names", "ilike", "the south"), south),
            (("open_step_names", "=", False), none),
            (("open_step_names", "not ilike", "ring"), one | none),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.found(domain), expected)
        groups = self.Lead._read_group([("id", "in", self.all.ids)], ["open_step_count"], ["__count"])
        self.assertEqual(groups, [(0, 1), (1, 1), (2, 1), (3, 1)])

    def test_one_query(self):
        deals = self.make_deal() | self.make_deal() | self.make_deal()
        self.env.cr.flush()
        self.env.invalidate_all()
        deals.mapped("stage_id")
        with self.assertStatements('"crm_stage_step" AS "step"', 1):
            deals.mapped("open_step_names")
