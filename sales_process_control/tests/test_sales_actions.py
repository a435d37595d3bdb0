from odoo.tests import tagged

from .progress_common import ProgressCase


class SalesActionsCase(ProgressCase):
    """A stage that expects three actions, two of which it requires."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Conversion = cls.env["crm.stage.conversion.report"]
        cls.StepReport = cls.env["crm.stage.step.report"]
        cls.meeting = cls.env.ref("mail.mail_activity_data_meeting")
        cls.env.cr._now = cls.start
        common = {"stage_id": cls.needs.id}
        cls.ask, cls.visit, cls.write_down = cls.env["crm.stage.step"].create(
            [
                {**common, "name": "Ask for the budget", "activity_type_id": cls.call.id, "is_required": True},
                {**common, "name": "Visit the site", "activity_type_id": cls.meeting.id, "is_required": True},
                {**common, "name": "Write it down", "activity_type_id": cls.todo.id},
            ]
        )

    def take(self, deal, step, reaction=False):
        """Take a step by marking an activity of its type done."""
        activity = self.plan(deal, activity_type_id=step.activity_type_id.id, customer_reaction=reaction)
        activity.action_feedback(feedback="Said so")

    def enter(self, count, **values):
        deals = [self.make_deal(stage_id=self.needs.id, probability=30, **values) for _number in range(count)]
        self.pass_time(days=1)
        return self.Lead.browse([deal.id for deal in deals])

    def row_of(self, deal, stage=None):
        self.env.cr.flush()
        stage = stage or self.needs
        return self.Conversion.search([("lead_id", "=", deal.id), ("stage_id", "=", stage.id)])

    def work_of(self, deal):
        """(share of required steps, all, some or none of them, last reaction, contacts) in Needs Analysis."""
        row = self.row_of(deal)
        row.invalidate_recordset()
        share = round(row.required_rate, 3) if row.required_taken else None
        return share, row.required_taken, row.last_reaction, row.contact_count


@tagged("post_install", "-at_install")
class TestConversionWork(SalesActionsCase):
    """What was done in a stage, beside what became of the deal."""

    def test_what_was_done_while_the_deal_is_there(self):
        deal = self.enter(1)
        self.assertExactly(self.work_of(deal), (0, "none", False, 0))
        self.take(deal, self.ask, "negative")
        self.pass_time(hours=1)
        self.assertEqual(self.work_of(deal), (0.5, "some", "negative", 1))
        self.take(deal, self.visit, "positive")
        self.take(deal, self.write_down)
        self.assertEqual(self.work_of(deal), (1, "all", "positive", 3))

    def test_what_comes_after_the_deal_went_on_does_not_count(self):
        deal = self.enter(1)
        self.take(deal, self.ask)
        self.pass_time(hours=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        self.take(deal, self.visit, "negative")
        self.assertExactly(self.work_of(deal), (0.5, "some", False, 1))

    def test_an_action_of_the_same_instant_counts(self):
        deal = self.enter(1)
        self.take(deal, self.ask)
        self.take(deal, self.visit)
        deal.stage_id = self.bidding
        self.assertExactly(self.work_of(deal), (1, "all", False, 2))

    def test_no_deal_is_asked_for_what_was_thought_of_later(self):
        gone, here = self.enter(2)
        self.take(gone, self.ask)
        gone.stage_id = self.bidding
        self.pass_time(days=1)
        self.env["crm.stage.step"].create({"stage_id": self.needs.id, "name": "Later thought", "is_required": True})
        self.pass_time(days=1)
        self.assertEqual(self.work_of(gone)[:2], (0.5, "some"))
        self.take(here, self.ask)
        self.take(here, self.visit)
        self.assertEqual(self.work_of(here)[:2], (0.667, "some"))

    def test_a_team_has_steps_of_its_own(self):
        self.visit.team_id = self.other_team
        ours, theirs = self.enter(1), self.enter(1, team_id=self.other_team.id)
        for deal in (ours, theirs):
            self.take(deal, self.ask)
        self.assertEqual([self.work_of(deal)[:2] for deal in (ours, theirs)], [(1, "all"), (0.5, "some")])

    def test_a_stage_that_requires_nothing_has_no_share(self):
        (self.ask + self.visit).is_required = False
        deal = self.enter(1)
        self.take(deal, self.ask)
        self.assertExactly(self.work_of(deal), (None, False, False, 1))
        group = self.Conversion.formatted_read_group([("lead_id", "=", deal.id)], [], ["required_rate:avg"])[0]
        self.assertIs(group["required_rate:avg"], False)

    def test_conversion_with_and_without_the_required_actions(self):
        deals = self.enter(12)
        for deal in deals[:10]:
            self.take(deal, self.ask)
            self.take(deal, self.visit)
        deals[:8].write({"stage_id": self.bidding.id})
        deals[8:11].action_set_lost()
        self.env.cr.flush()
        found = self.Conversion._read_group(
            [("stage_id", "=", self.needs.id)],
            ["required_taken"],
            ["converted:sum", "lost:sum", "required_rate:avg"],
        )
        self.assertExactly(sorted(found), [("all", 8, 2, 1), ("none", 0, 1, False)])

    def test_who_had_the_deal_does_not_learn_what_was_done_since(self):
        deal = self.enter(1)
        deal.stage_id = self.bidding
        self.pass_time(hours=1)
        self.take(deal, self.ask, "positive")
        self.env.cr.flush()
        deal.user_id = self.colleague
        self.pass_time(hours=1)
        former = self.row_of(deal).with_user(self.seller)
        self.assertTrue(former.exists())
        self.assertEqual((former.required_taken, former.last_reaction, former.contact_count), (False, False, 0))
        former.invalidate_recordset()
        current = self.row_of(deal).with_user(self.colleague)
        self.assertEqual(current.required_taken, "none")


@tagged("post_install", "-at_install")
class TestStepReport(SalesActionsCase):
    """Each action of a stage, with and without it."""

    def groups_of(self, step):
        """{with or without: (deals, converted, lost, open, rate)}."""
        self.env.cr.flush()
        groups = self.StepReport._read_group(
            [("step_id", "=", step.id)],
            ["with_step"],
            ["__count", "converted:sum", "lost:sum", "is_open:sum", "settled_rate:avg"],
        )
        return {key: tuple(values) for key, *values in groups}

    def make_cohort(self):
        """Of 24 deals 12 were visited, of which 9 went on and 3 were lost; of the others 3 of 9, and 3 are there."""
        deals = self.enter(24)
        for deal in deals[:12]:
            self.take(deal, self.visit)
        (deals[:9] + deals[12:15]).write({"stage_id": self.bidding.id})
        (deals[9:12] + deals[15:21]).action_set_lost()
        return deals

    def test_with_and_without_a_visit(self):
        self.make_cohort()
        # Under ten settled deals there is no rate; the counts say three of nine.
        self.assertExactly(self.groups_of(self.visit), {"with": (12, 9, 3, 0, 0.75), "without": (12, 3, 6, 3, False)})
        self.assertEqual(self.groups_of(self.ask), {"without": (24, 12, 9, 3, 12 / 21)})

    def test_an_action_that_is_repeated_after_the_stage_was_taken_in_it(self):
        deal = self.enter(1)
        self.take(deal, self.visit)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        self.take(deal, self.visit)
        self.assertExactly(self.groups_of(self.visit), {"with": (1, 1, 0, 0, False)})

    def test_deals_are_those_of_the_conversion_report(self):
        self.make_cohort()
        self.env.cr.flush()
        fields = ["converted:sum", "lost:sum", "is_open:sum"]
        expected = self.Conversion._read_group([("stage_id", "=", self.needs.id)], [], ["cohort:sum", *fields])
        for step in (self.ask, self.visit, self.write_down):
            found = self.StepReport._read_group([("step_id", "=", step.id)], [], ["cohort:sum", *fields])
            self.assertEqual(found, expected)

    def test_rows_are_numbered_once_and_can_be_read(self):
        self.make_cohort()
        self.env.cr.flush()
        rows = self.StepReport.search([])
        self.assertEqual(len(set(rows.ids)), 24 * 3)
        names = rows.mapped("display_name")
        self.assertIn("Visit the site: Deal", names)
        self.assertEqual(len(rows.filtered(lambda row: row.with_step == "with")), 12)

    def test_a_deal_that_is_deleted_says_nothing_of_what_was_done(self):
        deals = self.make_cohort()
        deals[0].unlink()
        self.assertEqual(self.groups_of(self.visit)["with"][:2], (11, 8))

    def test_an_action_that_is_archived_is_expected_no_more(self):
        self.make_cohort()
        self.visit.active = False
        self.assertFalse(self.groups_of(self.visit))

    def test_a_stage_that_was_jumped_over_expected_nothing(self):
        self.env["crm.stage.step"].create({"stage_id": self.bidding.id, "name": "Send the offer", "is_required": True})
        deals = self.enter(12)
        deals.write({"stage_id": self.talks.id})
        self.env.cr.flush()
        rows = self.Conversion.search([("lead_id", "in", deals.ids), ("stage_id", "=", self.bidding.id)])
        self.assertEqual(set(rows.mapped("is_skipped")), {1})
        self.assertEqual(set(rows.mapped("required_taken")), {False})
        self.assertFalse(self.StepReport.search([("lead_id", "in", deals.ids), ("stage_id", "=", self.bidding.id)]))

    def test_rows_of_another_company_stay_there(self):
        """A deal that has come from another company shows nothing of what was expected there."""
        second = self.env["res.company"].create({"name": "Step Company"})
        team = self.env["crm.team"].create({"name": "Team abroad", "company_id": second.id})
        secret = self.env["crm.stage.step"].create(
            {"stage_id": self.needs.id, "name": "Abroad only", "team_id": team.id, "is_required": True}
        )
        self.pass_time(days=1)
        deal = self.enter(1, company_id=second.id, team_id=team.id, user_id=False)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.write({"company_id": self.company.id, "team_id": self.team.id, "user_id": self.seller.id})
        self.env.cr.flush()
        self.assertTrue(self.StepReport.search([("step_id", "=", secret.id)]))
        seen = self.StepReport.with_user(self.seller).search([("lead_id", "=", deal.id)])
        self.assertNotIn(secret, seen.sudo().step_id)

    def test_share_taken(self):
        self.make_cohort()
        self.env.cr.flush()
        [(share,)] = self.StepReport._read_group([("step_id", "=", self.visit.id)], [], ["taken_rate:avg"])
        self.assertEqual(share, 0.5)

    def test_deals_behind_a_number(self):
        deals = self.make_cohort()
        self.env.cr.flush()
        rows = self.StepReport.search([("step_id", "=", self.visit.id), ("with_step", "=", "with")])
        action = rows.action_open_leads()
        self.assertEqual(self.Lead.with_context(active_test=False).search(action["domain"]), deals[:12].sorted())


@tagged("post_install", "-at_install")
class TestSalesActions(SalesActionsCase):
    """Progress, counted by what was done and how customers took it."""

    def test_actions_by_step_and_reaction(self):
        deals = self.enter(3)
        self.take(deals[0], self.ask, "positive")
        self.take(deals[1], self.ask, "negative")
        self.take(deals[2], self.visit, "positive")
        self.env.cr.flush()
        found = self.Progress._read_group([("lead_id", "in", deals.ids)], ["step_id", "reaction"], ["__count"])
        self.assertEqual(
            {(step, reaction): count for step, reaction, count in found},
            {(self.ask, "positive"): 1, (self.ask, "negative"): 1, (self.visit, "positive"): 1},
        )

    def test_share_of_positive_reactions_from_ten_on(self):
        deals = self.enter(12)
        for number, deal in enumerate(deals):
            self.take(deal, self.ask, "positive" if number < 6 else "neutral" if number < 9 else False)
        self.env.cr.flush()
        domain = [("lead_id", "in", deals.ids)]

        def share():
            return self.Progress.formatted_read_group(domain, [], ["positive_rate:avg"])[0]["positive_rate:avg"]

        # Nine customers have said what they think: too few for a share.
        self.assertIs(share(), False)
        self.take(deals[0], self.visit, "negative")
        self.env.cr.flush()
        self.assertEqual(share(), 0.6)

    def test_every_grouping_of_the_screen_works(self):
        deal = self.enter(1)
        self.take(deal, self.ask, "positive")
        self.env.cr.flush()
        for name in (
            "stage_id",
            "step_id",
            "reaction",
            "user_id",
            "team_id",
            "activity_type_id",
            "source",
            "date:month",
        ):
            groups = self.Progress.with_user(self.seller).formatted_read_group(
                [("lead_id", "=", deal.id)], [name], ["__count", "likelihood:avg"]
            )
            self.assertEqual([group["__count"] for group in groups], [1], name)
