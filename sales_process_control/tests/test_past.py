import logging
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import EMPTY_LEDGERS, PipelineCase


@tagged("post_install", "-at_install")
class TestPast(PipelineCase):
    """Rebuilding the past in a database that has ledgers already."""

    def rows_of_ledgers(self):
        self.env.flush_all()
        found = []
        for model in (self.Visit, self.Movement):
            self.env.cr.execute(f"SELECT row::text FROM {model._table} row ORDER BY id")
            found.append([row for (row,) in self.env.cr.fetchall()])
        return found

    def keys_of_ledgers(self):
        self.env.cr.execute(
            """
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid IN ('crm_stage_visit'::regclass, 'crm_pipeline_movement'::regclass) AND contype = 'f'
            UNION
            SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('crm_stage_visit', 'crm_pipeline_movement')
            """
        )
        return dict(self.env.cr.fetchall())

    def test_rebuilding_again_changes_nothing(self):
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.bidding
        self.env.cr.flush()
        before = self.rows_of_ledgers()
        self.env["crm.pipeline.past"].rebuild()
        self.assertEqual(self.rows_of_ledgers(), before)

    def test_deal_without_rows_is_rebuilt(self):
        deal = self.make_deal(stage_id=self.needs.id, expected_revenue=500)
        self.pass_time(days=2)
        deal.action_set_lost()
        self.env.cr.flush()
        for table in ("crm_stage_visit", "crm_pipeline_movement"):
            self.env.cr.execute(f"DELETE FROM {table} WHERE lead_ref = %s", [deal.id])
        # The daily job does this.
        self.assertEqual(self.env["crm.pipeline.balance"].close(), 2)
        self.assertEqual(self.env["crm.pipeline.past"].rebuild(), 1)
        self.assertEqual(self.outcomes_of(deal.id), ["Needs Analysis: lost"])
        self.assertEqual(self.kinds_of(deal.id), ["created", "lost"])
        self.assertEqual(set(self.Visit.search([("lead_ref", "=", deal.id)]).mapped("origin")), {"backfill"})
        self.assertBalanced()

    def test_changes_of_another_deal(self):
        """Merging moves the tracked changes of the other deals to the one that stays, and gives them a subject."""
        deal = self.make_deal(stage_id=self.bidding.id)
        self.env.cr.flush()
        self.env.cr.execute(EMPTY_LEDGERS)
        field = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        created_at = deal.create_date
        for seconds, old, new, subject in (
            (-2, self.contact, self.needs, False),
            (3600, self.bidding, self.contact, "From Other Deal"),
            (7200, self.contact, self.bidding, "From Other Deal"),
            (86400, self.bidding, self.talks, False),
        ):
            date = created_at + timedelta(seconds=seconds)
            message = self.env["mail.message"].create(
                {"model": "crm.lead", "res_id": deal.id, "date": date, "subject": subject}
            )
            self.env["mail.tracking.value"].create(
                {
                    "mail_message_id": message.id,
                    "field_id": field.id,
                    "old_value_integer": old.id,
                    "new_value_integer": new.id,
                }
            )
        self.env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", [self.talks.id, deal.id])
        self.env.invalidate_all()
        self.assertEqual(self.env["crm.pipeline.past"].rebuild(), 1)
        self.assertEqual(self.outcomes_of(deal), ["Bidding: advanced", "Negotiation: open"])

    def test_loading_reads_no_ledger_deal_by_deal(self):
        """While a big past is loaded the ledgers have no indexes: each lookup would read the whole table."""
        self.make_deal(stage_id=self.needs.id)
        self.env.cr.flush()
        self.env.cr.execute(EMPTY_LEDGERS)
        updates, execute = [], self.env.cr.execute

        def listening(query, *args, **kwargs):
            code = getattr(query, "code", query)
            if "UPDATE crm_lead" in code and "stage_entered_at" in code:
                updates.append(code)
            return execute(query, *args, **kwargs)

        with patch.object(self.env.cr, "execute", listening):
            self.assertEqual(self.env["crm.pipeline.past"].rebuild(), 1)
        self.assertTrue(updates)
        for update in updates:
            self.assertNotIn("crm_stage_visit", update)

    def test_without_tracking_values_a_warning_is_logged(self):
        """From Odoo 19.3 on only creation and closing are known."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.bidding
        self.env.cr.flush()
        for table in ("crm_stage_visit", "crm_pipeline_movement"):
            self.env.cr.execute(f"DELETE FROM {table} WHERE lead_ref = %s", [deal.id])
        past = self.env["crm.pipeline.past"]
        with (
            patch.object(type(past), "_tracks_changes", lambda self: False),
            self.assertLogs(
                "odoo.addons.sales_process_control.models.recording.crm_pipeline_past", logging.WARNING
            ) as log,
        ):
            past.rebuild()
        self.assertIn("No mail.tracking.value here", log.output[0])
        self.assertEqual(self.outcomes_of(deal.id), ["Bidding: open"])

    def test_dropped_keys_are_created_again(self):
        before = self.keys_of_ledgers()
        with self.env["crm.pipeline.loader"].keys_checked_at_the_end():
            self.assertEqual(set(self.keys_of_ledgers()), {"crm_stage_visit_pkey", "crm_pipeline_movement_pkey"})
            deal = self.make_deal(stage_id=self.needs.id)
            self.env.cr.flush()
        self.assertEqual(self.keys_of_ledgers(), before)
        self.assertEqual(self.outcomes_of(deal.id), ["Needs Analysis: open"])
