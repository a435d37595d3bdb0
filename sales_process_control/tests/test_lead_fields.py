from datetime import date, timedelta

from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestLeadFields(PipelineCase):
    """Fields that this room adds to deals."""

    def test_days_in_stage_are_right_in_the_same_request(self):
        """The response to a moved card has the new days, before the transaction ends."""
        deal = self.make_deal()
        self.pass_time(days=4)
        self.assertEqual(deal.stage_days, 4)
        values = deal.web_save({"stage_id": self.needs.id}, {"stage_days": {}, "stage_entered_at": {}})[0]
        self.assertEqual(values["stage_days"], 0)
        self.assertEqual(deal.stage_entered_at, self.env.cr.now())
        self.env.cr.flush()
        self.assertEqual(deal.stage_entered_at, self.env.cr.now())

    def test_other_changes_keep_the_time_of_entry(self):
        deal, other = self.make_deal(), self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=4)
        (deal + other).write({"stage_id": self.needs.id, "priority": "2", "team_id": self.other_team.id})
        self.pass_time(days=1)
        self.assertEqual(deal.stage_entered_at, self.start + timedelta(days=4))
        self.assertEqual(other.stage_entered_at, self.start, "a batch does not stamp deals that stay")

    def test_clock_stands_still_while_closed(self):
        won, lost = self.make_deal(stage_id=self.talks.id), self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=3)
        won.action_set_won()
        lost.action_set_lost()
        self.pass_time(days=10)
        self.assertEqual((won.stage_days, lost.stage_days), (0, 3))
        lost.action_restore()
        self.pass_time(days=2)
        self.assertEqual(lost.stage_days, 2)

    def test_archiving_a_won_deal_changes_nothing(self):
        deal = self.make_deal()
        self.pass_time(days=3)
        deal.action_set_won()
        self.pass_time(days=1)
        for step in (deal.action_archive, deal.action_unarchive):
            step()
            self.pass_time(days=1)
            self.assertEqual(deal.stage_entered_at, self.start + timedelta(days=3))
        self.assertEqual(self.kinds_of(deal), ["created", "won"])

    def test_search_sort_and_average(self):
        old = self.make_deal(name="Old")
        self.pass_time(days=10)
        new = self.make_deal(name="New")
        self.pass_time(days=2)
        deals = self.Lead.search([("stage_days", ">", 5)])
        self.assertEqual(deals, old)
        self.assertEqual(self.Lead.search([("stage_days", "<=", 2)]), new)
        self.assertEqual(self.Lead.search([("stage_days", "=", 12)]), old)
        self.assertEqual(self.Lead.search([("stage_days", "!=", 12)]), new)
        self.assertEqual(self.Lead.search([("id", "in", (old + new).ids)], order="stage_days"), new + old)
        [(average,)] = self.Lead._read_group([("id", "in", (old + new).ids)], [], ["stage_days:avg"])
        self.assertEqual(average, 7)
        self.assertTrue(self.Lead.fields_get(["stage_days"])["stage_days"]["sortable"])
        self.assertEqual((old + new).filtered_domain([("stage_days", ">", 5)]), old)

    def test_group_by_date(self):
        self.make_deal()
        self.pass_time(days=40)
        self.make_deal()
        self.env.cr.flush()
        groups = self.Lead._read_group([], ["stage_entered_at:month"], ["__count"])
        self.assertEqual([count for _month, count in groups], [1, 1])

    def test_pushes_over_several_days(self):
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        for closing in (date(2026, 3, 20), date(2026, 3, 15), date(2026, 4, 1), False, date(2026, 5, 1)):
            self.pass_time(days=1)
            deal.date_deadline = closing
        self.pass_time(days=1)
        self.assertEqual((deal.push_count, deal.push_days), (2, 10 + 17))

    def test_out_and_back_in_a_day_is_no_push(self):
        """Several changes in one day count by their net effect."""
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        self.pass_time(days=1)
        for closing, pushes in ((20, (1, 10)), (10, (0, 0)), (8, (0, 0)), (10, (0, 0)), (13, (1, 3)), (10, (0, 0))):
            self.pass_time(minutes=20)
            deal.date_deadline = date(2026, 3, closing)
            self.pass_time(minutes=20)
            self.assertEqual((deal.push_count, deal.push_days), pushes)
        self.assertEqual(set(self.kinds_of(deal)), {"created", "pushed_out", "pulled_in"})

    def test_a_push_that_its_transaction_takes_back_is_none(self):
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        self.pass_time(days=1)
        for closing, pushes in ((20, 1), (10, 0)):
            deal.date_deadline = date(2026, 3, closing)
            self.env.cr.flush()
            self.assertEqual(deal.push_count, pushes)

    def test_a_form_that_is_saved_shows_its_push(self):
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        self.pass_time(days=1)
        [values] = deal.web_save({"date_deadline": "2026-03-20"}, {"push_count": {}, "push_days": {}})
        self.assertEqual((values["push_count"], values["push_days"]), (1, 10))

    def test_pushes_cannot_be_written_on_a_copy(self):
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        self.pass_time(days=1)
        deal.date_deadline = date(2026, 3, 20)
        self.pass_time(days=1)
        self.assertEqual(deal.push_count, 1)
        self.assertEqual(deal.copy().push_count, 0)

    def test_stage_history_opens_its_own_rows(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.env.cr.flush()
        action = deal.action_open_stage_visits()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.lead_id, deal)
        self.assertEqual(len(rows), 4)
        self.assertEqual(deal.stage_visit_count, 2, "skips are no stays")
        self.assertEqual(rows[0].action_open_lead()["res_id"], deal.id)

    def test_row_of_a_deleted_deal_says_so(self):
        deal = self.make_deal()
        self.env.cr.flush()
        lead_ref = deal.id
        self.pass_time(days=1)
        deal.unlink()
        self.env.cr.flush()
        for model in ("crm.stage.visit", "crm.pipeline.movement"):
            row = self.env[model].search([("lead_ref", "=", lead_ref)], limit=1)
            self.assertEqual(row.action_open_lead()["tag"], "display_notification")
