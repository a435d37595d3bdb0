from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .hot_common import HotCase
from .test_recorder_transactions import GoBack

SETTLER = "odoo.addons.sales_process_control.models.hot.crm_hot_settler"
#: Has PostgreSQL refuse what the settlement writes.
REFUSE_OUTCOMES = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON crm_hot_flag EXECUTE FUNCTION refuse()
"""


@tagged("post_install", "-at_install")
class TestHotSettling(HotCase):
    """Flags settle by the ends of their deals, and by the net effect of a transaction only."""

    def ends(self):
        """(what is done to a deal, what becomes of a signing, what of another flag on it)."""
        return (
            (lambda deal: deal.action_set_won(), "kept", "open"),
            (lambda deal: deal.write({"stage_id": self.signed.id}), "kept", "open"),
            (lambda deal: deal.action_set_lost(), "broken", "withdrawn"),
            (lambda deal: deal.write({"active": False}), "broken", "withdrawn"),
            (lambda deal: deal.write({"type": "lead"}), "broken", "withdrawn"),
            (lambda deal: deal.unlink(), "broken", "withdrawn"),
        )

    def test_ends_of_deals(self):
        for end, signing, others in self.ends():
            deals = {kind: self.make_hot_deal(kind=kind) for kind in ("sign", "reorder", "payment", "other")}
            self.pass_time(days=1)
            for deal, _flag in deals.values():
                end(deal)
            self.env.cr.flush()
            now = self.env.cr.now()
            for kind, (deal, flag) in deals.items():
                outcome = signing if kind == "sign" else others
                with self.subTest(outcome=outcome, kind=kind):
                    closed_at = False if outcome == "open" else now
                    self.assertEqual((flag.outcome, flag.closed_at), (outcome, closed_at))
                    self.assertFalse(flag.closed_by_id)
                    if deal.exists():
                        self.assertHot(deal, flag if outcome == "open" else self.Flag)

    def test_moving_on_settles_nothing(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        deal.write({"stage_id": self.talks.id, "expected_revenue": 7, "user_id": self.colleague.id})
        self.assertEqual(self.outcome_of(flag), "open")
        self.assertHot(deal, flag)

    def test_days_late_of_a_signing(self):
        deal, flag = self.make_hot_deal(due_date=self.day(2))
        flag.with_user(self.seller).due_date = self.day(20)
        self.pass_time(days=7)
        deal.action_set_won()
        self.assertEqual((self.outcome_of(flag), flag.days_late), ("kept", 5))

    def test_clock_that_was_set_back(self):
        """No promise is kept before it was made."""
        deal = self.make_deal()
        self.pass_time(days=1)
        flag = self.raise_flag(deal, due_date=self.day(2))
        self.pass_time(hours=-2)
        deal.action_set_won()
        self.assertEqual((self.outcome_of(flag), flag.closed_at), ("kept", flag.raised_at))

    def test_lost_and_won_at_once_is_kept(self):
        deal, flag = self.make_hot_deal()
        deal_with_order, order = self.make_hot_deal(kind="reorder")
        self.pass_time(days=1)
        both = deal | deal_with_order
        both.action_set_lost()
        self.assertEqual((self.outcome_of(flag), self.outcome_of(order)), ("broken", "withdrawn"))
        both.action_unarchive()
        self.env.cr.flush()
        both.action_set_won()
        self.assertEqual((self.outcome_of(flag), self.outcome_of(order)), ("kept", "open"))
        self.assertHot(deal_with_order, order)

    def test_lost_and_taken_back_at_once_is_open(self):
        for there, back in (
            (lambda deal: deal.action_set_lost(), lambda deal: deal.action_unarchive()),
            (lambda deal: deal.write({"active": False}), lambda deal: deal.write({"active": True})),
            (lambda deal: deal.action_set_won(), lambda deal: deal.write({"stage_id": self.contact.id})),
        ):
            deal, flag = self.make_hot_deal(due_date=self.day(2))
            self.pass_time(days=9)
            there(deal)
            self.assertNotEqual(self.outcome_of(flag), "open")
            back(deal)
            self.assertEqual(self.outcome_of(flag), "open")
            self.assertEqual((flag.closed_at, flag.days_late), (False, 0))
            self.assertHot(deal, flag)

    def test_back_to_a_savepoint(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        for end in (deal.action_set_lost, deal.action_set_won):
            try:
                with self.env.cr.savepoint():
                    end()
                    self.assertNotEqual(self.outcome_of(flag), "open")
                    raise GoBack
            except GoBack:
                self.assertEqual(self.outcome_of(flag), "open")
        deal.expected_revenue = 7
        self.assertEqual(self.outcome_of(flag), "open")
        deal.action_set_won()
        self.assertEqual(self.outcome_of(flag), "kept")

    def test_taken_back_later_stays_settled(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        deal.action_set_lost()
        self.pass_time(days=1)
        deal.action_unarchive()
        self.assertEqual(self.outcome_of(flag), "broken")
        again = self.raise_flag(deal)
        self.pass_time(days=1)
        deal.action_set_won()
        self.assertEqual((self.outcome_of(flag), self.outcome_of(again)), ("broken", "kept"))

    def test_raised_anew_within_the_same_transaction(self):
        """Only one may be open: the one that a person has raised since."""
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        deal.action_set_lost()
        self.env.cr.flush()
        deal.with_context(mail_notrack=True).action_unarchive()
        again = self.raise_flag(deal, kind="other")
        self.env.cr.flush()
        self.assertEqual({self.outcome_of(flag), self.outcome_of(again)}, {"broken", "open"})
        self.assertHot(deal, again)

    def test_what_a_person_settled_stays_settled(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        flag.with_user(self.seller).action_settle("withdrawn")
        deal.action_set_lost()
        self.env.cr.flush()
        deal.action_unarchive()
        self.assertEqual((self.outcome_of(flag), flag.closed_by_id), ("withdrawn", self.seller))

    def test_deal_is_made_and_won_at_once(self):
        deal = self.make_deal()
        flag = self.raise_flag(deal)
        deal.action_set_won()
        self.assertEqual(self.outcome_of(flag), "kept")
        self.assertGreaterEqual(flag.closed_at, flag.raised_at)

    def test_a_failure_stops_neither_the_person_nor_the_ledgers(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        failing = patch.object(
            type(self.env["crm.hot.settler"]), "_write_outcomes", side_effect=ValueError("Something is wrong")
        )
        with failing, self.assertLogs(SETTLER, level="ERROR"):
            deal.action_set_won()
            self.env.cr.flush()
        self.assertEqual(self.kinds_of(deal), ["created", "won"])
        self.assertEqual(flag.outcome, "open")
        won_at = self.env.cr.now()
        self.pass_time(days=1)
        self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual((flag.outcome, flag.closed_at), ("kept", won_at))
        self.assertFalse(deal.is_hot)

    def test_a_lost_connection_stops_the_person(self):
        deal, _flag = self.make_hot_deal()
        self.pass_time(days=1)
        is_raised = False
        with patch.object(type(self.env["crm.hot.settler"]), "_write_outcomes", side_effect=psycopg2.InterfaceError):
            deal.action_set_won()
            # Not assertRaises, which goes back to a savepoint: nothing would be left to flush.
            try:
                self.env.cr.flush()
            except psycopg2.InterfaceError:
                is_raised = True
        self.assertTrue(is_raised)
        self.env["crm.pipeline.recorder"].record(deal.ids)

    def test_a_failure_of_the_database_stops_neither_the_person_nor_the_ledgers(self):
        """PostgreSQL refuses all that follows in a transaction, unless it goes back to a savepoint."""
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        self.env.cr.execute(REFUSE_OUTCOMES)
        with self.assertLogs(SETTLER, level="ERROR"), mute_logger("odoo.sql_db"):
            deal.action_set_won()
            self.env.cr.flush()
        self.assertEqual(self.kinds_of(deal), ["created", "won"])
        self.assertEqual((deal.won_status, flag.outcome), ("won", "open"))

    def test_the_daily_job_leaves_the_rest_alone(self):
        open_one = self.make_hot_deal()[1]
        lost = self.make_deal()
        lost.action_set_lost()
        self.pass_time(days=1)
        hope = self.raise_flag(lost, kind="other")
        order = self.raise_flag(self.customer)
        self.pass_time(days=1)
        self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual((open_one | hope | order).mapped("outcome"), ["open"] * 3)

    def test_the_daily_job_withdraws_what_is_said_of_leads_that_are_gone(self):
        """A lead is no deal: the ledgers do not know it."""
        leads = [self.make_deal(type="lead", name=f"Lead {number}") for number in range(3)]
        flags = [self.raise_flag(lead, kind="other") for lead in leads]
        leads[0].unlink()
        leads[1].action_set_lost()
        self.pass_time(days=1)
        self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual([flag.outcome for flag in flags], ["withdrawn", "withdrawn", "open"])

    def test_the_daily_job_goes_in_batches(self):
        pairs = [self.make_hot_deal() for _number in range(5)]
        self.pass_time(days=1)
        with patch.object(type(self.env["crm.hot.settler"]), "_settle_at_ends"):
            for deal, _flag in pairs:
                deal.action_set_lost()
            self.env.cr.flush()
        with patch(f"{SETTLER}.BATCH_SIZE", 2):
            self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual([flag.outcome for _deal, flag in pairs], ["broken"] * 5)

    def test_the_daily_job_stops_when_its_time_is_used_up(self):
        pairs = [self.make_hot_deal() for _number in range(5)]
        self.pass_time(days=1)
        with patch.object(type(self.env["crm.hot.settler"]), "_settle_at_ends"):
            for deal, _flag in pairs:
                deal.action_set_lost()
            self.env.cr.flush()
        done = []

        def commit(_cron, processed=0, *, remaining=None):
            done.append((processed, bool(remaining)))
            return 0

        with patch(f"{SETTLER}.BATCH_SIZE", 2), patch.object(type(self.env["ir.cron"]), "_commit_progress", commit):
            self.env["crm.hot.settler"]._cron_settle()
        # Odoo runs a job again that has left something to do.
        self.assertEqual(done, [(2, True)])
        self.assertEqual([flag.outcome for _deal, flag in pairs].count("open"), 3)
        self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual([flag.outcome for _deal, flag in pairs], ["broken"] * 5)

    def test_nobody_is_sent_anything(self):
        deal, _flag = self.make_hot_deal()
        self.pass_time(days=1)
        before = self.env["mail.mail"].search_count([]), self.env["mail.notification"].search_count([])
        deal.with_context(mail_notrack=True).action_set_lost()
        self.env.cr.flush()
        self.assertEqual(
            (self.env["mail.mail"].search_count([]), self.env["mail.notification"].search_count([])), before
        )

    def statements(self, act):
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        act()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_ends_cost_a_constant_number_of_statements(self):
        def hot_deals(number):
            deals = self.Lead.create(
                [{"name": f"Deal {index}", "type": "opportunity", "user_id": self.seller.id} for index in range(number)]
            )
            self.env.cr.flush()
            self.Flag.create([{"note": "Signs", "lead_id": deal.id} for deal in deals])
            self.pass_time(hours=1)
            return deals

        def lose(deals):
            deals.write({"active": False, "probability": 0})

        settler = type(self.env["crm.hot.settler"])
        added = []
        for number in (1, 50):
            hot_deals(2).write({"active": False, "probability": 0})
            bare, whole = hot_deals(number), hot_deals(number)
            with patch.object(settler, "_settle_at_ends"):
                without = self.statements(lambda: lose(bare))  # noqa: B023
            added.append(self.statements(lambda: lose(whole)) - without)  # noqa: B023
            self.assertEqual(set(whole.hot_flag_ids.mapped("outcome")), {"broken"})
        self.assertEqual(added[0], added[1])
        # Of these, one reads the flags for the chatter and two write there.
        self.assertEqual(added[1], 8)

    def test_what_is_no_end_costs_nothing(self):
        deals = self.make_deal() | self.make_deal()
        self.pass_time(days=1)
        with patch.object(type(self.env["crm.hot.settler"]), "_settle_at_ends") as settle:
            deals.write({"stage_id": self.needs.id})
            self.env.cr.flush()
            deals.write({"expected_revenue": 9, "date_deadline": self.env.cr.now().date() + timedelta(days=1)})
            self.make_deal()
            self.env.cr.flush()
        settle.assert_not_called()

    def test_creating_and_moving_deals_does_not_ask_for_flags(self):
        asked = []
        execute = type(self.env.cr).execute

        def listening(cursor, query, *arguments, **options):
            asked.append(str(query))
            return execute(cursor, query, *arguments, **options)

        with patch.object(type(self.env.cr), "execute", listening):
            deal = self.make_deal()
            self.env.cr.flush()
            self.pass_time(days=1)
            deal.stage_id = self.needs
            self.env.cr.flush()
        self.assertTrue(asked)
        self.assertFalse([query for query in asked if "crm_hot_flag" in query])

    @mute_logger("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit")
    def test_ends_that_nobody_saw(self):
        """Raw SQL has lost a deal: the proof of the ledgers finds it, and the flag settles with it."""
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        self.env.cr.execute("UPDATE crm_lead SET active = FALSE, won_status = 'lost' WHERE id = %s", [deal.id])
        self.env.invalidate_all()
        self.env["crm.pipeline.audit"]._cron_audit()
        self.env.invalidate_all()
        self.assertEqual(flag.outcome, "broken")
