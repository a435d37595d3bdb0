from datetime import date, datetime

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.hot.crm_hot_settler import FLAG_COLUMNS, Flag
from .alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertClosing(AlertCase):
    """What closes an alert (docs/definitions.md, Deal alerts)."""

    def assertClosed(self, deal, state="closed"):
        self.env.cr.flush()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        self.assertFalse(self.activities_of(deal))
        alerts = self.Alert.search([("lead_ref", "=", deal.id)])
        self.assertEqual(set(alerts.mapped("state")), {state})
        self.assertTrue(all(alerts.mapped("closed_at")))
        if deal.exists():
            self.assertFalse(deal.has_open_alert)

    def test_forward_and_back(self):
        for stage in (self.talks, self.needs):
            deal = self.bid()
            self.set_time(datetime(2026, 3, 13, 12))
            self.alert_again()
            deal.with_user(self.seller).stage_id = stage
            self.assertClosed(deal)
            self.set_time(self.start)

    def test_alert_of_the_leader_ends_with_a_move_of_the_salesperson(self):
        deal = self.bid()
        self.set_time(datetime(2026, 3, 27, 12))
        self.alert()
        self.assertEqual(len(self.activities_of(deal)), 2)
        deal.with_user(self.seller).stage_id = self.talks
        self.assertClosed(deal)

    def test_won(self):
        deal = self.alerted_deal()
        deal.action_set_won()
        self.assertClosed(deal)

    def test_lost(self):
        deal = self.alerted_deal()
        deal.action_set_lost()
        self.assertClosed(deal)

    def test_archived(self):
        deal = self.alerted_deal()
        deal.action_archive()
        self.assertClosed(deal)

    def test_turned_back_into_a_lead(self):
        deal = self.alerted_deal()
        deal.type = "lead"
        self.assertClosed(deal)

    def test_former_leader(self):
        """A team gets another leader: the nightly job closes the alert of the former one, the salesperson's stays."""
        deal = self.bid()
        self.set_time(datetime(2026, 3, 27, 12))
        self.alert()
        audit = self.env["crm.pipeline.audit"]
        audit._mend_computed_fields()
        both = [("stalled", "process_seller"), ("stalled_leader", "process_leader")]
        self.assertCountEqual(self.alerts_of(deal), both)
        self.team.user_id = self.manager
        self.env.cr.flush()
        audit._mend_computed_fields()
        self.env.invalidate_all()
        self.assertEqual(self.alerts_of(deal), both[:1])
        self.assertEqual(self.activities_of(deal).user_id, self.seller)
        self.assertTrue(deal.has_open_alert)

    def test_deleted(self):
        deal = self.alerted_deal()
        deal.unlink()
        self.assertClosed(deal)

    def test_merged(self):
        kept, merged = self.bid("Kept"), self.bid("Merged")
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        (kept | merged)._merge_opportunity(auto_unlink=True)
        survivor = (kept | merged).exists()
        self.env.cr.flush()
        self.assertEqual(len(survivor), 1)
        self.assertLessEqual(len(self.activities_of(survivor)), 1)
        gone = (kept | merged) - survivor
        self.assertEqual(self.Alert.search([("lead_ref", "=", gone.id)]).state, "closed")

    def test_another_owner_gets_an_alert_of_his_own(self):
        deal = self.alerted_deal()
        deal.user_id = self.colleague
        self.assertClosed(deal)
        self.set_time(datetime(2026, 3, 16, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_colleague")])
        # The former owner was alerted to this visit already.
        deal.user_id = self.seller
        self.set_time(datetime(2026, 3, 17, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [])

    def test_progress(self):
        deal = self.alerted_deal()
        self.plan(deal).action_feedback("Talked")
        self.assertClosed(deal)

    def test_message_of_the_customer(self):
        deal = self.alerted_deal()
        self.env.cr.flush()
        self.hear(deal)
        self.assertClosed(deal)

    def test_other_changes_close_nothing(self):
        deal = self.alerted_deal()
        deal.write({"expected_revenue": 7, "date_deadline": date(2026, 9, 1), "name": "New", "priority": "2"})
        self.plan(deal)
        self.env.cr.flush()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])

    def test_next_action_closes_the_alert_for_want_of_one(self):
        deal = self.bid()
        self.flag(deal, date(2026, 4, 1))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("hot_idle", "process_seller")])
        self.plan(deal)
        self.assertClosed(deal)

    def test_settled_or_extended_promise(self):
        for change in (
            lambda flag: flag.action_settle("broken"),
            lambda flag: flag.write({"due_date": date(2026, 4, 1)}),
            lambda flag: flag.write({"user_id": self.colleague.id}),
            lambda flag: flag.unlink(),
        ):
            deal = self.bid()
            self.plan(deal, date_deadline=date(2026, 5, 1))
            flag = self.flag(deal, date(2026, 3, 3))
            self.set_time(datetime(2026, 3, 4, 12))
            self.alert_again()
            self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
            change(flag)
            self.assertClosed(deal)
            self.set_time(self.start)

    def test_promise_on_a_deal_that_an_order_or_a_payment_has_kept(self):
        """The daily job settles such flags, and the deal goes on."""
        for kind in ("reorder", "payment"):
            deal = self.bid()
            self.plan(deal, date_deadline=date(2026, 5, 1))
            flag = self.flag(deal, date(2026, 3, 3), kind=kind)
            self.set_time(datetime(2026, 3, 4, 12))
            self.alert_again()
            self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
            self.settle_by_job(flag)
            self.assertClosed(deal)
            self.set_time(self.start)

    def settle_by_job(self, flag):
        """Settle a flag as the daily job does after an order or a payment, which other modules record."""
        self.env.cr.flush()
        rows = self.env.execute_query(SQL("SELECT %s FROM crm_hot_flag flag WHERE id = %s", FLAG_COLUMNS, flag.id))
        self.env["crm.hot.settler"]._write_outcomes([(Flag(*rows[0]), "kept")], {flag.id: self.env.cr.now()}, {})

    def test_deal_that_is_hot_no_longer(self):
        for change in (
            lambda flag: flag.action_settle("withdrawn"),
            lambda flag: flag.unlink(),
            self.settle_by_job,
        ):
            deal = self.bid()
            flag = self.flag(deal, date(2026, 4, 1))
            self.alert_again()
            self.assertEqual(self.alerts_of(deal), [("hot_idle", "process_seller")])
            flag.due_date = date(2026, 4, 2)
            self.assertEqual(self.alerts_of(deal), [("hot_idle", "process_seller")])
            change(flag)
            self.assertClosed(deal)

    def test_extended_promise_that_is_overdue_again(self):
        deal = self.bid()
        self.plan(deal, date_deadline=date(2026, 5, 1))
        flag = self.flag(deal, date(2026, 3, 3))
        self.set_time(datetime(2026, 3, 4, 12))
        self.alert()
        flag.due_date = date(2026, 3, 5)
        self.set_time(datetime(2026, 3, 6, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
        self.assertEqual(self.Alert.search_count([("flag_id", "=", flag.id)]), 2)

    def test_done_and_cancelled_by_the_person(self):
        for end, state in (("action_done", "done"), ("unlink", "closed")):
            deal = self.bid()
            self.set_time(datetime(2026, 3, 13, 12))
            self.alert_again()
            getattr(self.activities_of(deal).with_user(self.seller), end)()
            self.assertClosed(deal, state)
            self.alert_again()
            self.assertFalse(self.activities_of(deal))
            self.set_time(self.start)

    def test_alert_that_became_a_call_stays(self):
        deal = self.alerted_deal()
        activity = self.activities_of(deal)
        activity.with_user(self.seller).write({"activity_type_id": self.call.id})
        self.assertClosed(deal, "done")
        deal.stage_id = self.talks
        self.env.cr.flush()
        self.assertTrue(activity.exists())

    def test_many_deals_in_a_constant_number_of_statements(self):
        """What alerts add to a move does not depend on the number of deals."""
        self.company.alerts_per_day = 100

        def bids(count):
            return self.Lead.concat(*(self.bid() for _number in range(count)))

        def statements(deals):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deals.stage_id = self.talks
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        alerted = [bids(3), bids(30)]
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        added = []
        for deals in alerted:
            self.assertEqual(len(self.alerts_of(*deals)), len(deals))
            plain = bids(len(deals))
            self.env.cr.flush()
            added.append(statements(deals) - statements(plain))
            self.assertFalse(self.alerts_of(*deals))
        self.assertLessEqual(added[1], added[0] + 1, added)

    def test_deals_without_alerts_cost_no_statement(self):
        deal = self.stalled_deal()
        with self.assertStatements("crm_deal_alert", 0):
            deal.stage_id = self.talks
            self.env.cr.flush()
            self.plan(deal).action_feedback("Talked")
            self.hear(deal)
            deal.action_set_lost()
            self.env.cr.flush()

    def test_audit_closes_alerts_whose_activities_are_gone(self):
        deal = self.alerted_deal()
        self.env.cr.execute("DELETE FROM mail_activity WHERE id = %s", [self.activities_of(deal).id])
        self.env.invalidate_all()
        self.env["crm.pipeline.audit"]._mend_computed_fields()
        self.assertClosed(deal)
