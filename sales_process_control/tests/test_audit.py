import logging
from datetime import timedelta

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PipelineCase

AUDIT = "odoo.addons.sales_process_control.models.recording.crm_pipeline_audit"

#: Duplicates a line.
TWICE = """
    INSERT INTO crm_pipeline_movement (date, day, lead_ref, kind, deal_count, amount, currency_id, origin)
    SELECT date, day, lead_ref, kind, deal_count, amount, currency_id, origin
    FROM crm_pipeline_movement WHERE lead_ref = %s LIMIT 1
"""
#: Jobs that run once a night.
NIGHTLY = {
    "pipeline_audit",
    "update_working_days",
    "settle_hot_flags",
    "rebuild_chances",
    "refresh_chances",
    "store_forecasts",
}


@tagged("post_install", "-at_install")
class TestAudit(PipelineCase):
    """The daily job compares both ledgers with the live deals, and repairs changes by raw SQL."""

    def run_audit(self):
        self.pass_time(days=1)
        self.env["crm.pipeline.audit"]._cron_audit()
        self.env.invalidate_all()

    def run_raw_sql(self, query, *parameters):
        self.pass_time(days=1)
        self.env.cr.execute(query, parameters)
        self.env.invalidate_all()

    def assertRepaired(self):
        with self.assertLogs(AUDIT, level="WARNING") as logs:
            self.run_audit()
        self.assertIn("repaired", logs.output[0])
        self.assertBalanced()
        self.assertSound()

    def assertSound(self):
        # Not "INFO": Odoo has a level of its own with this name.
        with self.assertLogs(AUDIT, level=logging.INFO) as logs:
            self.run_audit()
        self.assertIn("agree", logs.output[0])
        self.assertFalse([line for line in logs.output if "WARNING" in line])

    def test_nothing_to_repair(self):
        deals = self.make_deal() + self.make_deal(stage_id=self.talks.id) + self.make_deal()
        self.pass_time(days=1)
        deals[0].stage_id = self.bidding
        deals[1].action_set_won()
        deals[2].action_set_lost()
        self.assertSound()

    def test_changed_deal(self):
        deal = self.make_deal()
        changes = {
            "stage": ("UPDATE crm_lead SET stage_id = %s WHERE id = %s", self.bidding.id, "advanced"),
            "amount": ("UPDATE crm_lead SET expected_revenue = %s WHERE id = %s", 777, "amount_up"),
            "salesperson": ("UPDATE crm_lead SET user_id = %s WHERE id = %s", self.colleague.id, "transferred"),
            "closing": ("UPDATE crm_lead SET date_deadline = %s WHERE id = %s", "2026-09-01", "pulled_in"),
            "status": ("UPDATE crm_lead SET won_status = %s, active = FALSE WHERE id = %s", "lost", "lost"),
        }
        for name, (query, value, kind) in changes.items():
            with self.subTest(name):
                self.run_raw_sql(query, value, deal.id)
                self.assertRepaired()
                last = self.Movement.search([("lead_ref", "=", deal.id)], order="id desc", limit=1)
                self.assertEqual((last.kind, last.origin), (kind, "repair"))

    def test_amount_with_more_digits_than_odoo_reads(self):
        deal = self.make_deal()
        self.run_raw_sql("UPDATE crm_lead SET expected_revenue = 12345678901234567.891 WHERE id = %s", deal.id)
        self.assertRepaired()
        self.assertEqual(deal.stage_visit_ids.amount, deal.expected_revenue)

    def test_changed_closed_deal(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.action_set_lost()
        self.run_raw_sql(
            "UPDATE crm_lead SET won_status = 'won', active = TRUE, probability = 100, stage_id = %s WHERE id = %s",
            self.signed.id,
            deal.id,
        )
        self.assertRepaired()
        self.assertEqual(self.kinds_of(deal)[-2:], ["reopened", "won"])

    def test_reference_to_a_deleted_record(self):
        """Foreign keys reject it."""
        deal = self.make_deal()
        deleted_id = self.env["crm.team"].search([], order="id desc", limit=1).id + 1000
        for table in ("crm_stage_visit", "crm_pipeline_movement"):
            with (
                self.subTest(table=table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.ForeignKeyViolation),
                self.env.cr.savepoint(),
            ):
                self.run_raw_sql(f"UPDATE {table} SET team_id = %s WHERE lead_ref = %s", deleted_id, deal.id)
        self.assertBalanced()
        self.assertSound()

    def test_deal_that_was_deleted_or_inserted(self):
        deal, other = self.make_deal(), self.make_deal()
        self.run_raw_sql("DELETE FROM crm_lead WHERE id = %s", deal.id)
        self.assertRepaired()
        self.assertEqual(self.kinds_of(deal.id), ["created", "removed"])
        self.run_raw_sql(
            "INSERT INTO crm_lead (name, type, active, won_status, stage_id, expected_revenue) "
            "SELECT 'Raw', type, active, won_status, stage_id, 5 FROM crm_lead WHERE id = %s",
            other.id,
        )
        self.assertRepaired()
        raw = self.Lead.search([("name", "=", "Raw")])
        self.assertEqual(self.outcomes_of(raw), ["First Contact: open"])
        self.assertTrue(raw.stage_entered_at)

    def test_changed_ledger(self):
        deal, lost = self.make_deal(), self.make_deal()
        self.pass_time(days=1)
        lost.action_set_lost()
        for query in (
            "DELETE FROM crm_pipeline_movement WHERE lead_ref = %s",
            "DELETE FROM crm_stage_visit WHERE lead_ref = %s",
            "UPDATE crm_pipeline_movement SET amount = amount + 0.01 WHERE lead_ref = %s",
            "UPDATE crm_stage_visit SET amount = 3 WHERE lead_ref = %s",
            TWICE,
        ):
            with self.subTest(query):
                self.run_raw_sql(query, deal.id)
                self.assertRepaired()
        self.run_raw_sql("DELETE FROM crm_pipeline_movement WHERE lead_ref = %s AND kind = 'lost'", lost.id)
        self.assertRepaired()

    def test_kinds_of_balancing_lines(self):
        """A missing count is restored or removed, a missing amount is up or down, and an end stays an end."""
        delete_first = "DELETE FROM crm_pipeline_movement WHERE id = (SELECT min(id) {})"
        of_deal = "FROM crm_pipeline_movement WHERE lead_ref = %s"
        amount = "UPDATE crm_pipeline_movement SET amount = amount {} 5 WHERE lead_ref = %s"
        for query, kind, count, value in (
            (delete_first.format(of_deal), "restored", 1, 100),
            (TWICE, "removed", -1, -100),
            (amount.format("-"), "amount_up", 0, 5),
            (amount.format("+"), "amount_down", 0, -5),
        ):
            with self.subTest(kind):
                deal = self.make_deal()
                self.assertBalancing(deal.id, query, kind, count, value)
        ends = {"won": "action_set_won", "lost": "action_set_lost", "removed": "unlink"}
        for kind, end in ends.items():
            with self.subTest(end=kind):
                deal = self.make_deal()
                self.pass_time(days=1)
                getattr(deal, end)()
                self.assertBalancing(deal.id, delete_first.format(of_deal), kind, 1, 100)
        with self.subTest("no end"):
            deal = self.make_deal()
            self.pass_time(days=1)
            deal.unlink()
            self.env.cr.flush()
            last = "DELETE FROM crm_pipeline_movement WHERE kind = 'removed' AND lead_ref = %s"
            self.assertBalancing(deal.id, last, "removed", -1, -100)

    def assertBalancing(self, lead_ref, query, *line):
        """Assert that the repair of what a query breaks posts one line, of a kind with a count and an amount."""
        self.env.cr.flush()
        self.run_raw_sql(query, lead_ref)
        self.assertRepaired()
        last = self.Movement.search([("lead_ref", "=", lead_ref)], order="id desc", limit=1)
        self.assertEqual((last.kind, last.deal_count, last.amount, last.origin), (*line, "repair"))

    def test_administrators_are_notified(self):
        deal = self.make_deal()
        self.run_raw_sql("UPDATE crm_lead SET expected_revenue = 5 WHERE id = %s", deal.id)
        self.assertRepaired()
        administrator = self.env.ref("base.user_admin").partner_id
        message = self.env["mail.message"].search([("subject", "ilike", "data was repaired")], limit=1)
        self.assertIn(administrator, message.notified_partner_ids)
        self.assertIn("1 opportunity was changed", message.body)

    def test_each_administrator_is_notified_in_the_own_language(self):
        """Jobs have no language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["sales_process_control"], ["zh_CN"])
        groups = "base.group_system,sales_team.group_sale_manager"
        english = self.make_user("admin_en", groups=groups, lang="en_US").partner_id
        chinese = self.make_user("admin_zh", groups=groups, lang="zh_CN").partner_id
        self.env["crm.pipeline.audit"].with_context(lang=None)._notify_administrators(1, 0, 2, 0)
        messages = self.env["mail.message"].search([("notified_partner_ids", "in", (english | chinese).ids)])
        self.assertEqual(len(messages), 2)
        [said] = messages.filtered(lambda one: english in one.notified_partner_ids)
        self.assertEqual(said.subject, "Sales process: data was repaired")
        self.assertIn("1 opportunity was changed", said.body)
        self.assertIn("in 2 places", said.body)
        [said] = messages - said
        self.assertEqual(said.notified_partner_ids & (english | chinese), chinese)
        self.assertIn("数据已修复", said.subject)
        self.assertIn("有 1 个商机", said.body)

    def test_deals_closed_before_the_ledgers_began_are_left_alone(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.action_set_lost()
        self.run_raw_sql("DELETE FROM crm_stage_visit WHERE lead_ref = %s", deal.id)
        self.run_raw_sql("DELETE FROM crm_pipeline_movement WHERE lead_ref = %s", deal.id)
        self.env.cr.execute("DELETE FROM crm_pipeline_balance WHERE is_mark IS NOT TRUE")
        self.assertSound()

    def test_jobs_are_scheduled(self):
        """All jobs run, those of a day for the first time in the night after the installation."""
        data = self.env["ir.model.data"].search([("module", "=", "sales_process_control"), ("model", "=", "ir.cron")])
        jobs = {one.name.removeprefix("ir_cron_"): self.env["ir.cron"].browse(one.res_id) for one in data}
        self.assertEqual(
            {name: (job.active, job.interval_number, job.interval_type) for name, job in jobs.items()},
            {
                **dict.fromkeys(NIGHTLY, (True, 1, "days")),
                "record_meetings": (True, 1, "hours"),
                "alert": (True, 1, "hours"),
                "send_weekly_reports": (True, 1, "hours"),
                "send_digests": (True, 15, "minutes"),
            },
        )
        for name, job in jobs.items():
            with self.subTest(name):
                wait = job.nextcall - (job.lastcall or job.create_date)
                # The last job of a night begins at half past four.
                self.assertLess(wait, timedelta(days=1, hours=5) if name in NIGHTLY else timedelta(hours=2))
                if name in NIGHTLY:
                    self.assertIn(job.nextcall.hour, range(1, 5))
