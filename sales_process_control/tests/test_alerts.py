from datetime import date, datetime, timedelta
from unittest.mock import patch

import psycopg2
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_common import AlertCase

LOGGER = "odoo.addons.sales_process_control.models.alert.crm_deal_alerter"


@tagged("post_install", "-at_install")
class TestAlertKinds(AlertCase):
    """Who is alerted to what (docs/definitions.md, Deal alerts)."""

    def test_stalled_deal_alerts_its_salesperson(self):
        deal = self.bid()
        self.set_time(datetime(2026, 3, 12, 8, 59))
        self.alert()
        self.assertFalse(self.activities_of(deal))
        self.set_time(datetime(2026, 3, 13, 9, 1))
        self.alert()
        activity = self.activities_of(deal)
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.summary, "11 days in Bidding (limit 10), no contact from the customer yet.")
        self.assertEqual(activity.summary, deal.pace_reason)
        self.assertEqual(activity.date_deadline, date(2026, 3, 13))
        self.assertEqual(activity.create_uid, self.env.ref("base.user_root"))
        self.assertTrue(activity.automated)
        alert = self.Alert.search([("lead_id", "=", deal.id)])
        self.assertEqual((alert.kind, alert.state, alert.day), ("stalled", "open", date(2026, 3, 13)))
        self.assertEqual((alert.activity_id, alert.entered_at), (activity, self.start))
        self.assertTrue(deal.has_open_alert)

    def test_sentence_is_in_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["sales_process_control"], ["zh_CN"])
        self.seller.lang = "zh_CN"
        self.bidding.with_context(lang="zh_CN").name = "投标"
        deal = self.stalled_deal()
        self.alert()
        summary = self.activities_of(deal).summary
        self.assertEqual(summary, deal.with_context(lang="zh_CN").pace_reason)
        self.assertIn("投标", summary)

    def test_no_mail_is_sent_and_nobody_follows_the_deal(self):
        deal = self.stalled_deal()
        self.set_time(datetime(2026, 3, 30, 12))
        followers, mails = deal.message_partner_ids, self.env["mail.mail"].search_count([])
        messages = len(deal.message_ids)
        self.alert()
        self.assertEqual(len(self.activities_of(deal)), 2)
        self.assertEqual(deal.message_partner_ids, followers)
        self.assertNotIn(self.leader.partner_id, followers)
        self.assertEqual((self.env["mail.mail"].search_count([]), len(deal.message_ids)), (mails, messages))

    def test_leader_is_alerted_past_twice_the_limit(self):
        deal = self.bid()
        self.set_time(self.start + timedelta(days=18))  # a Friday
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])
        self.set_time(self.start + timedelta(days=21))  # a Monday
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller"), ("stalled_leader", "process_leader")])

    def test_leader_who_is_the_salesperson_gets_one_alert(self):
        deal = self.bid(user_id=self.leader.id)
        self.set_time(self.start + timedelta(days=22))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_leader")])

    def test_deal_without_salesperson_alerts_the_leader(self):
        deal, orphan = self.bid(user_id=False), self.bid(user_id=False, team_id=False)
        self.set_time(self.start + timedelta(days=22))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_leader")])
        self.assertEqual(self.alerts_of(orphan), [])

    def test_people_who_cannot_act_are_left_out(self):
        archived = self.make_user("gone", groups="sales_team.group_sale_salesman")
        internal = self.make_user("cook", groups="base.group_user")
        portal = self.make_user("reseller", groups="base.group_portal")
        other = self.env["res.company"].create({"name": "Other"})
        abroad = self.make_user(
            "abroad",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        deals = [self.bid(user_id=user.id) for user in (archived, internal)]
        archived.active = False
        self.env.cr.flush()
        for user in (portal, abroad):
            deal = self.bid(user_id=False)
            self.env.cr.flush()
            self.env.cr.execute("UPDATE crm_lead SET user_id = %s WHERE id = %s", [user.id, deal.id])
            deals.append(deal)
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        self.assertEqual(self.alerts_of(*deals), [("stalled", "process_leader")] * 4)

    def test_planned_action_and_stage_without_limit_alert_nobody(self):
        planned, won = self.bid(), self.bid()
        unlimited = self.make_deal(stage_id=self.needs.id)
        self.plan(planned, date_deadline=date(2026, 4, 10))
        self.needs.is_unlimited = True
        won.action_set_won()
        # Longer than the 30 days of a stage for which no limit is set.
        self.set_time(datetime(2026, 4, 3, 12))
        self.alert()
        self.assertFalse(self.Alert.search([]))
        self.needs.is_unlimited = False
        self.alert_again()
        self.assertEqual(self.Alert.search([]).lead_id, unlimited)
        self.assertEqual(self.alerts_of(unlimited), [("stalled", "process_seller")])

    def test_overdue_promise_alerts_its_owner_and_later_the_leader(self):
        # The seller may raise a flag on the colleague's deal.
        self.seller.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        deal = self.make_deal(user_id=self.colleague.id)
        self.plan(deal, date_deadline=date(2026, 5, 1))
        flag = self.flag(deal, date(2026, 3, 4), user_id=self.seller.id)
        self.set_time(datetime(2026, 3, 4, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [])
        self.set_time(datetime(2026, 3, 5, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
        self.assertEqual(self.activities_of(deal).summary, "Promise 1 day overdue.")
        self.assertEqual(self.Alert.search([("flag_id", "=", flag.id)]).due_date, date(2026, 3, 4))
        self.set_time(datetime(2026, 3, 11, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
        self.set_time(datetime(2026, 3, 12, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller"), ("promise_leader", "process_leader")])
        self.assertEqual(self.activities_of(deal)[1].summary, "Promise 8 days overdue.")

    def test_promise_without_deal_alerts_on_the_customer(self):
        values = {"note": "Orders", "partner_id": self.customer.id, "kind": "reorder", "due_date": date(2026, 3, 3)}
        flag = self.Flag.with_user(self.seller).create(values).with_user(self.env.user)
        self.set_time(datetime(2026, 3, 4, 12))
        self.alert()
        activity = self.activities_of(self.customer)
        self.assertEqual((activity.user_id, activity.summary), (self.seller, "Promise 1 day overdue."))
        self.assertNotIn(self.seller.partner_id, self.customer.message_partner_ids)
        self.alert_again()
        self.assertEqual(len(self.activities_of(self.customer)), 1)
        flag.action_settle("withdrawn")
        self.assertFalse(self.activities_of(self.customer))

    def test_hot_deal_without_next_action(self):
        deal, planned, cold = self.bid(), self.bid(), self.bid()
        self.plan(planned)
        for hot in (deal, planned):
            self.flag(hot, date(2026, 4, 1))
        self.alert()
        self.assertEqual(self.alerts_of(deal, planned, cold), [("hot_idle", "process_seller")])
        self.assertEqual(self.activities_of(deal).summary, "Hot customer, no next action.")

    def test_most_urgent_reason_only(self):
        deal = self.bid()
        self.flag(deal, date(2026, 3, 12))
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
        # Not before the person has reacted.
        self.set_time(datetime(2026, 3, 16, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("promise", "process_seller")])
        self.activities_of(deal).action_done()
        self.set_time(datetime(2026, 3, 17, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])


@tagged("post_install", "-at_install")
class TestAlertJob(AlertCase):
    """When alerts are given, how many, and what a fault does."""

    def test_off_by_default(self):
        company = self.env["res.company"].create({"name": "New"})
        fields = [
            name for name, field in company._fields.items() if name.startswith("alerts_") and field.type == "boolean"
        ]
        self.assertEqual(len(fields), 5)
        self.assertFalse(any(company[name] for name in fields))
        self.company.write(dict.fromkeys(fields, False))
        self.stalled_deal()
        self.alert()
        self.assertFalse(self.Alert.search([]))

    def test_one_kind_can_be_switched_off(self):
        self.company.alerts_stalled = False
        deal = self.bid()
        self.set_time(self.start + timedelta(days=22))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled_leader", "process_leader")])

    def test_once_a_visit(self):
        deal = self.alerted_deal()
        self.alert_again()
        self.assertEqual(len(self.activities_of(deal)), 1)
        self.activities_of(deal).action_done()
        for day in (16, 17, 20):
            self.set_time(datetime(2026, 3, day, 12))
            self.alert()
            self.assertFalse(self.activities_of(deal))
        deal.stage_id = self.talks
        self.set_time(datetime(2026, 4, 1, 12))
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])

    def test_once_a_day(self):
        self.alerted_deal()
        late = self.bid()
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_lead SET stage_entered_at = %s WHERE id = %s", [self.start, late.id])
        self.env.invalidate_all()
        self.pass_time(hours=1)
        self.alert()
        self.assertEqual(self.alerts_of(late), [])
        self.set_time(datetime(2026, 3, 16, 12))
        self.alert()
        self.assertEqual(self.alerts_of(late), [("stalled", "process_seller")])

    def test_at_most_so_many_a_day_most_money_first(self):
        self.company.alerts_per_day = 2
        deals = [self.bid(expected_revenue=amount) for amount in (10, 40, 20, 50, 30)]
        other = self.bid(user_id=self.colleague.id, team_id=self.other_team.id)
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        given = self.Alert.search([("user_id", "=", self.seller.id)], order="id").lead_id
        self.assertEqual(given.mapped("expected_revenue"), [50, 40])
        self.assertEqual(self.alerts_of(other), [("stalled", "process_colleague")])
        self.alert_again()
        self.assertEqual(self.Alert.search_count([("user_id", "=", self.seller.id)]), 2)
        self.set_time(datetime(2026, 3, 16, 12))
        self.alert()
        given = self.Alert.search([("user_id", "=", self.seller.id)], order="id").lead_id
        self.assertEqual(given.mapped("expected_revenue"), [50, 40, 30, 20])
        self.assertEqual(len(self.alerts_of(*deals)), 4)

    def test_amounts_of_several_currencies(self):
        currency = self.env["res.currency"].create({"name": "XAL", "symbol": "x", "rounding": 0.01})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 10, "company_id": self.company.id}
        )
        other = self.env["res.company"].create({"name": "Other", "currency_id": currency.id})
        other.resource_calendar_id = self.working_week("UTC")
        other.write({"alerts_stalled": True})
        self.seller.company_ids += other
        self.company.alerts_per_day = 1
        small, large = (
            self.bid(expected_revenue=100),
            self.bid(expected_revenue=900, company_id=other.id, team_id=self.team.id),
        )
        self.set_time(datetime(2026, 3, 13, 12))
        self.alert()
        # 900 are worth 90 in the currency of the main company.
        self.assertEqual(self.alerts_of(small, large), [("stalled", "process_seller")])
        self.assertEqual(self.Alert.search([]).lead_id, small)
        self.env.cr.execute("SELECT alerts_given_on FROM res_company WHERE id = %s", [other.id])
        self.assertEqual(self.env.cr.fetchone(), (date(2026, 3, 13),))

    def test_weekends_and_holidays(self):
        self.bid()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 16),
                "date_to": datetime(2026, 3, 16, 23, 59, 59),
            }
        )
        for day, count in ((14, 0), (15, 0), (16, 0), (17, 1)):
            self.set_time(datetime(2026, 3, day, 12))
            self.alert()
            self.assertEqual(self.Alert.search_count([]), count, day)

    def test_company_without_calendar_works_every_day(self):
        self.company.resource_calendar_id = False
        self.bid()
        self.set_time(datetime(2026, 3, 14, 12))
        self.alert()
        self.assertEqual(self.Alert.search_count([]), 1)

    def test_days_begin_in_the_time_zone_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.resource_calendar_id = self.working_week("America/Los_Angeles")
        other.write({"alerts_stalled": True})
        self.seller.company_ids += other
        here, there = self.bid(), self.bid(company_id=other.id)
        # Monday in UTC, still Sunday in Los Angeles.
        self.set_time(datetime(2026, 3, 16, 6, 30))
        self.alert()
        self.assertEqual((len(self.activities_of(here)), len(self.activities_of(there))), (1, 0))
        # With daylight saving time Monday begins at seven.
        self.set_time(datetime(2026, 3, 16, 7, 30))
        self.alert()
        self.assertEqual(self.activities_of(there).date_deadline, date(2026, 3, 16))
        self.assertEqual(len(self.activities_of(here)), 1)

    def test_clock_set_back_repeats_nothing(self):
        deal = self.alerted_deal()
        self.company.alerts_given_on = date(2027, 1, 1)
        self.set_time(datetime(2026, 3, 12, 12))
        self.alert()
        self.assertEqual(len(self.activities_of(deal)), 1)
        other = self.bid()
        self.set_time(datetime(2026, 4, 1, 12))
        self.alert()
        self.assertEqual(self.alerts_of(other), [("stalled", "process_seller")])

    def test_deal_without_company_belongs_to_the_main_company(self):
        deal = self.stalled_deal(company_id=False)
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])

    def test_a_lost_connection_stops_the_job(self):
        self.bid("First")
        self.bid("Second")
        self.set_time(datetime(2026, 3, 13, 12))
        lost = psycopg2.InterfaceError("connection already closed")
        with (
            patch.object(type(self.env["crm.deal.alerter"]), "_give", side_effect=lost) as give,
            self.assertNoLogs(LOGGER, "ERROR"),
            self.assertRaises(psycopg2.InterfaceError),
        ):
            self.alert()
        self.assertEqual(give.call_count, 1)

    def test_a_fault_stops_nobody_and_repeats_nothing(self):
        faulty, good = self.bid("Faulty", expected_revenue=500), self.bid("Good")
        other = self.bid(user_id=self.colleague.id, team_id=self.other_team.id)
        self.set_time(datetime(2026, 3, 13, 12))
        alerter = type(self.env["crm.deal.alerter"])
        give = alerter._give

        def failing(job, user_id, candidates, day):
            give(job, user_id, candidates, day)
            if faulty.id in [candidate.lead_id for candidate in candidates]:
                raise ValueError("No sentence")

        with patch.object(alerter, "_give", failing), self.assertLogs(LOGGER, "ERROR") as logs:
            self.alert()
        self.assertEqual(len(logs.output), 1)
        self.assertIn(f"opportunity {faulty.id} ", logs.output[0])
        self.assertEqual(
            self.alerts_of(faulty, good, other), [("stalled", "process_seller"), ("stalled", "process_colleague")]
        )
        self.assertFalse(self.activities_of(faulty))
        self.set_time(datetime(2026, 3, 16, 12))
        self.alert()
        self.assertEqual(len(self.activities_of(good)), 1)
        self.assertEqual(self.alerts_of(faulty), [("stalled", "process_seller")])

    def test_killed_job_continues(self):
        self.bid()
        self.bid(user_id=self.colleague.id, team_id=self.other_team.id)
        self.set_time(datetime(2026, 3, 13, 12))
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            self.alert()
        self.assertEqual(self.Alert.search_count([]), 1)
        self.alert()
        self.assertEqual(self.Alert.search_count([]), 2)
        self.alert_again()
        self.assertEqual(self.Alert.search_count([]), 2)

    def test_fractions_of_a_second(self):
        """The visit of an alert is the visit of the deal, to the microsecond."""
        self.set_time(self.start.replace(microsecond=123457))
        deal = self.alerted_deal()
        self.assertEqual(deal.stage_entered_at.microsecond, 123457)
        self.assertEqual(self.Alert.search([("lead_id", "=", deal.id)]).entered_at, deal.stage_entered_at)
        self.alert_again()
        self.activities_of(deal).action_done()
        self.alert_again()
        self.assertEqual(self.Alert.search_count([("lead_id", "=", deal.id)]), 1)

    def test_what_has_changed_meanwhile_is_left_out(self):
        moved, deleted, kept, promised = (self.bid(name) for name in ("Moved", "Deleted", "Kept", "Promised"))
        flag = self.flag(promised, date(2026, 3, 5))
        self.set_time(datetime(2026, 3, 13, 12))
        alerter = type(self.env["crm.deal.alerter"])
        give = alerter._give

        def giving(job, user_id, candidates, day):
            # The job goes on to the leader afterwards.
            if deleted.exists():
                moved.stage_id = self.talks
                deleted.unlink()
                flag.due_date = date(2026, 4, 1)
                self.env.cr.flush()
            return give(job, user_id, candidates, day)

        with patch.object(alerter, "_give", giving), self.assertNoLogs(LOGGER, level="DEBUG"):
            self.alert()
        self.assertEqual(self.Alert.search([]).lead_id, kept)

    def test_who_and_what_an_alert_is_about_have_changed_meanwhile(self):
        passed, given = (self.bid(name) for name in ("Passed", "Given"))
        # Without a limit these are not stalled.
        self.needs.is_unlimited = True
        planned, cold = hot = [self.make_deal(name=name, stage_id=self.needs.id) for name in ("Planned", "Cold")]
        self.bid("Kept")
        flags = {deal: self.flag(deal, date(2026, 4, 20)) for deal in hot}
        flag = self.flag(given, date(2026, 3, 3))
        self.set_time(datetime(2026, 4, 3, 12))
        alerter = type(self.env["crm.deal.alerter"])
        give = alerter._give

        def giving(job, user_id, candidates, day):
            if user_id == self.seller.id:
                self.assertEqual(
                    {(self.Lead.browse(one.lead_id).name, one.kind) for one in candidates},
                    {
                        ("Passed", "stalled"),
                        ("Planned", "hot_idle"),
                        ("Cold", "hot_idle"),
                        ("Given", "promise"),
                        ("Kept", "stalled"),
                    },
                )
                passed.user_id = self.colleague
                self.plan(planned)
                flags[cold].action_settle("withdrawn")
                flag.user_id = self.colleague
                self.env.cr.flush()
            return give(job, user_id, candidates, day)

        with patch.object(alerter, "_give", giving), self.assertNoLogs(LOGGER, level="DEBUG"):
            self.alert()
        self.assertEqual(self.Alert.search([("user_id", "=", self.seller.id)]).lead_id.name, "Kept")

    def test_deal_without_the_time_of_its_visit_alerts_nobody(self):
        deal = self.bid()
        self.flag(deal, date(2026, 4, 1))
        self.env.cr.execute("UPDATE crm_lead SET stage_entered_at = NULL WHERE id = %s", [deal.id])
        self.env.invalidate_all()
        self.alert()
        self.assertFalse(self.Alert.search([]))

    def test_database_refuses_a_second_alert(self):
        deal = self.alerted_deal()
        alert = self.Alert.search([("lead_id", "=", deal.id)])
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            alert.copy({"activity_id": False, "lead_ref": alert.lead_ref})
