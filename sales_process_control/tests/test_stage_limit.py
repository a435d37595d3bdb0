from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestSuggestedLimit(PipelineCase):
    """The limit that the visits of a stage suggest (docs/definitions.md, Stage limit)."""

    def stay(self, *lengths, then="advanced", to=None, **values):
        """Create deals that leave Bidding after so many days each."""
        for days in lengths:
            self.set_time(self.start)
            deal = self.make_deal(stage_id=self.bidding.id, **values)
            self.set_time(self.start + timedelta(days=days))
            if then == "lost":
                deal.action_set_lost()
            elif then == "advanced":
                deal.stage_id = to or self.talks
        self.env.cr.flush()
        self.env.invalidate_all()

    def suggestion(self, stage=None):
        stage = stage or self.bidding
        return stage.suggested_limit_days, stage.suggested_limit_stays

    def test_eighth_decile_rounded_up(self):
        self.stay(*range(1, 21))
        # 80% of the way from 1 to 20: 16.2 days.
        self.assertEqual(self.suggestion(), (17, 20))
        self.assertEqual(self.bidding.suggested_limit_text, "Suggested limit: 17 days (from 20 visits)")

    def test_none_under_twenty(self):
        self.stay(*range(1, 20))
        self.assertEqual(self.suggestion(), (0, 19))
        self.assertFalse(self.bidding.suggested_limit_text)
        with self.assertRaises(UserError):
            self.bidding.action_apply_suggested_limit()

    def test_which_stays_count(self):
        self.stay(*[10] * 15)
        self.stay(*[10] * 5, to=self.signed)
        self.stay(*[90] * 9, then="lost")
        self.stay(*[90] * 9, to=self.needs)
        self.stay(*[90] * 9, then="open")
        # Deals that skip the stage have no visit.
        for _time in range(9):
            self.set_time(self.start)
            deal = self.make_deal(stage_id=self.needs.id)
            self.pass_time(days=1)
            deal.stage_id = self.talks
            self.pass_time(days=1)
        self.assertEqual(self.suggestion(), (10, 20))

    def test_one_day_at_least(self):
        self.stay(*[0.1] * 20)
        self.assertEqual(self.bidding.suggested_limit_text, "Suggested limit: 1 day (from 20 visits)")

    def test_stage_of_one_team(self):
        self.stay(*[10] * 20)
        self.stay(*[30] * 20, team_id=self.other_team.id)
        self.assertEqual(self.suggestion(), (30, 40))
        self.bidding.team_ids = self.team
        self.assertEqual(self.suggestion(), (10, 20))
        self.bidding.team_ids = self.team | self.other_team
        self.assertEqual(self.suggestion(), (30, 40))

    def test_companies_do_not_mix(self):
        second = self.env["res.company"].create({"name": "Second Company"})
        self.manager.company_ids = [Command.link(second.id)]
        self.stay(*[10] * 20)
        self.stay(*[30] * 20, company_id=second.id, team_id=False, user_id=self.manager.id)
        stage = self.bidding.with_user(self.manager)
        for companies, expected in (
            (self.company, (10, 20)),
            (second, (30, 20)),
            (self.company | second, (30, 40)),
        ):
            self.assertEqual(self.suggestion(stage.with_context(allowed_company_ids=companies.ids)), expected)

    def test_one_click_applies_it(self):
        self.stay(*[10] * 20)
        stage = self.bidding.with_user(self.manager)
        with Form(stage) as form:
            self.assertEqual(form.suggested_limit_days, 10)
        stage.action_apply_suggested_limit()
        self.assertEqual(self.bidding.rotting_threshold_days, 10)

    def test_new_stage_has_none(self):
        self.assertFalse(self.env["crm.stage"].new({"name": "New"}).suggested_limit_days)
