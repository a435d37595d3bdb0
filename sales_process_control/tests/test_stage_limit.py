from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

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
            elif then == "removed":
                deal.unlink()
            elif then == "advanced":
                deal.stage_id = to or self.talks
        self.env.cr.flush()
        self.env.invalidate_all()

    def suggestion(self, stage=None):
        stage = stage or self.bidding
        return stage.suggested_limit_days, stage.suggested_limit_stays

    def test_ninth_decile_rounded_up(self):
        self.stay(*(days - 0.5 for days in range(1, 21)))
        # 18 of 20 have ended after 17.5 days.
        self.assertEqual(self.suggestion(), (18, 20))
        self.assertEqual(self.bidding.suggested_limit_text, "Suggested limit: 18 days (from 20 visits)")

    def test_golden_example_twice(self):
        """The ninth decile of the example in docs/definitions.md is not known, however many visits there are."""
        self.stay(*[4, 6, 9, 12, 20] * 4)
        self.assertEqual(self.suggestion(), (20, 20))
        for days in (15, 35, 50):
            self.set_time(self.start + timedelta(days=100 - days))
            for _time in range(4):
                self.make_deal(stage_id=self.bidding.id)
        self.set_time(self.start + timedelta(days=100))
        self.env.invalidate_all()
        self.assertEqual(self.suggestion(), (0, 20))
        self.assertFalse(self.bidding.suggested_limit_text)

    def test_none_under_twenty(self):
        self.stay(*range(1, 20))
        self.assertEqual(self.suggestion(), (0, 19))
        self.assertFalse(self.bidding.suggested_limit_text)
        with self.assertRaises(UserError):
            self.bidding.action_apply_suggested_limit()

    def test_which_stays_count(self):
        """All that ended count, whatever their outcome. The others count as at least so long."""
        self.stay(*[10] * 8)
        self.stay(*[10] * 4, to=self.signed)
        self.stay(*[10] * 4, then="lost")
        self.stay(*[10] * 4, to=self.needs)
        # Deals that skip the stage have no visit.
        for _time in range(9):
            self.set_time(self.start)
            deal = self.make_deal(stage_id=self.needs.id)
            self.pass_time(days=1)
            deal.stage_id = self.talks
            self.pass_time(days=1)
        self.assertEqual(self.suggestion(), (10, 20))
        self.stay(*[30] * 2, then="open")
        self.assertEqual(self.suggestion(), (10, 20))
        self.stay(*[30] * 1, then="removed")
        self.assertEqual(self.suggestion(), (0, 20))

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

    def test_a_team_that_the_reader_may_not_read(self):
        """The stage belongs to two teams, whoever reads it."""
        second = self.env["res.company"].create({"name": "Second Company"})
        abroad = self.env["crm.team"].create({"name": "Abroad", "company_id": second.id})
        self.stay(*[10] * 20)
        self.stay(*[30] * 20, team_id=self.other_team.id)
        for teams, expected in ((self.team, (10, 20)), (self.team | abroad, (30, 40))):
            self.bidding.team_ids = teams
            self.env.invalidate_all()
            stage = self.bidding.with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
            self.assertEqual((stage.team_ids, self.suggestion(stage)), (self.team, expected))

    def test_one_click_applies_it(self):
        self.stay(*[10] * 20)
        stage = self.bidding.with_user(self.manager)
        with Form(stage) as form:
            self.assertEqual(form.suggested_limit_days, 10)
        stage.action_apply_suggested_limit()
        self.assertEqual(self.bidding.rotting_threshold_days, 10)

    def test_new_stage_has_none(self):
        self.assertFalse(self.env["crm.stage"].new({"name": "New"}).suggested_limit_days)

    def test_limits_of_several_stages_take_one_query(self):
        self.stay(*[10] * 20)
        stages = self.env["crm.stage"].search([])
        for name in ("team_ids", "is_won"):
            stages.mapped(name)
        with self.assertQueryCount(1):
            stages.mapped("suggested_limit_days")


@tagged("post_install", "-at_install")
class TestLimitInForce(PipelineCase):
    """The limit by which the pace is measured, and where it comes from."""

    def assertLimit(self, stage, days, source, text):
        found = (stage.pace_limit_days, stage.pace_limit_source or None, stage.pace_limit_text)
        self.assertEqual(found, (days, source, text))

    def ended_visits(self, number, days):
        self.set_time(self.start)
        deals = self.Lead.concat(*(self.make_deal(stage_id=self.bidding.id) for _number in range(number)))
        self.pass_time(days=days)
        deals.stage_id = self.talks
        self.env.cr.flush()

    def test_default(self):
        self.assertLimit(self.bidding, 30, "default", "30 days (default)")

    def test_won_and_unlimited_stages_have_none(self):
        self.assertLimit(self.signed, 0, None, "No limit")
        self.bidding.write({"is_unlimited": True, "rotting_threshold_days": 5})
        self.assertLimit(self.bidding, 0, None, "No limit")

    def test_suggested_by_the_daily_job(self):
        self.ended_visits(20, days=22)
        self.assertLimit(self.bidding, 30, "default", "30 days (default)")
        self.env["crm.pipeline.audit"]._cron_audit()
        self.assertLimit(self.bidding, 22, "suggested", "22 days (suggested)")
        self.assertLimit(self.talks, 30, "default", "30 days (default)")
        self.bidding.rotting_threshold_days = 12
        self.assertLimit(self.bidding, 12, "set", "12 days")
        self.bidding.rotting_threshold_days = 0
        self.assertLimit(self.bidding, 22, "suggested", "22 days (suggested)")

    def test_the_job_writes_what_has_changed_only(self):
        self.ended_visits(20, days=1)
        stages = self.env["crm.stage"]
        stages._update_nightly_limits()
        self.assertLimit(self.bidding, 1, "suggested", "1 day (suggested)")
        self.env.cr.flush()
        self.bidding.invalidate_recordset()
        changed = self.bidding.write_date
        self.pass_time(days=1)
        stages._update_nightly_limits()
        self.env.cr.flush()
        self.bidding.invalidate_recordset()
        self.assertEqual(self.bidding.write_date, changed)

    def test_same_for_all_companies(self):
        """The pace of a deal is the same for every reader, so that the limit rests on the visits of all companies."""
        second = self.env["res.company"].create({"name": "Second Company"})
        self.ended_visits(10, days=10)
        self.set_time(self.start)
        deals = self.Lead.concat(
            *(
                self.make_deal(stage_id=self.bidding.id, company_id=second.id, team_id=False, user_id=False)
                for _number in range(10)
            )
        )
        self.pass_time(days=30)
        deals.stage_id = self.talks
        self.env.cr.flush()
        self.env["crm.stage"]._update_nightly_limits()
        stage = self.bidding.with_user(self.manager)
        self.assertEqual(stage.suggested_limit_days, 0)
        self.assertEqual(stage.pace_limit_days, 30)
        self.assertEqual(stage.pace_limit_source, "suggested")

    def test_only_salespeople_see_it(self):
        internal = new_test_user(self.env, "process_limit_internal", groups="base.group_user")
        fields = self.env["crm.stage"].with_user(internal).fields_get()
        self.assertFalse({"pace_limit_days", "pace_limit_source", "nightly_limit_days"} & fields.keys())
        self.assertEqual(self.bidding.with_user(self.seller).pace_limit_days, 30)
