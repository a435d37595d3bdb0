import importlib.util
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import tagged

from .common import PipelineCase

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@tagged("post_install", "-at_install")
class TestLedgerMigration(PipelineCase):
    """Rows of versions in which an end was never undone are corrected by the update to 19.0.1.11.0.

    Updates also rename records that are not updated with the module.
    """

    def migrate(self, path="19.0.1.11.0/post-ledgers.py"):
        spec = importlib.util.spec_from_file_location("migration", MIGRATIONS / path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.cr.flush()
        script.migrate(self.env.cr, "19.0.1.10.0")

    def test_names_of_scheduled_actions(self):
        """Names of before are replaced. A name that somebody has written stays."""
        audit = self.env.ref("sales_process_control.ir_cron_pipeline_audit")
        meetings = self.env.ref("sales_process_control.ir_cron_record_meetings")
        names = (audit | meetings).mapped("name")
        audit.name = "CRM: prove the stage history and the pipeline movements"
        meetings.name = "CRM: progress by meetings that are over"
        self.migrate("19.0.1.17.0/post-job-names.py")
        self.env.invalidate_all()
        self.assertEqual((audit | meetings).mapped("name"), names)
        self.assertEqual((audit | meetings).mapped("cron_name"), names)
        audit.name = "Nightly check"
        self.migrate("19.0.1.17.0/post-job-names.py")
        self.env.invalidate_all()
        self.assertEqual(audit.name, "Nightly check")

    def test_name_of_a_favourite(self):
        favourite = self.env.ref("sales_process_control.filter_actions_taken")
        name = "Sales actions done by salesperson"
        for before, after in (("Sales actions taken by salesperson", name), ("What we do", "What we do")):
            favourite.name = before
            self.migrate("19.0.1.17.0/pre-favourite-names.py")
            self.env.invalidate_all()
            self.assertEqual(favourite.name, after)

    def rewrite(self, deal, visits, lines):
        """Replace the rows of a deal by those of an old version.

        :param visits: (stage, entered, left, outcome, whether it is the first, converted, mover), times in minutes
        :param lines: (kind, minute, count)
        """
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM crm_stage_visit WHERE lead_ref = %s", [deal.id])
        self.env.cr.execute("DELETE FROM crm_pipeline_movement WHERE lead_ref = %s", [deal.id])
        for stage, entered, left, outcome, is_first, converted, mover in visits:
            self.env.cr.execute(
                """
                INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at,
                    left_at, outcome, is_first, converted_at, mover_ref, amount, currency_id, origin)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 100, %s, 'live')
                """,
                [
                    *(deal.id, deal.id, stage.id, stage.name, stage.sequence),
                    *(self.minute(entered), self.minute(left), outcome, is_first, self.minute(converted), mover.id),
                    self.company.currency_id.id,
                ],
            )
        for kind, minute, count in lines:
            self.env.cr.execute(
                """
                INSERT INTO crm_pipeline_movement (lead_id, lead_ref, kind, date, day, deal_count, amount, currency_id,
                    origin)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'live')
                """,
                [
                    *(deal.id, deal.id, kind, self.minute(minute), self.minute(minute).date(), count, 100 * count),
                    self.company.currency_id.id,
                ],
            )
        self.env.invalidate_all()

    def minute(self, minute):
        return None if minute is None else datetime(2026, 3, 2, 9) + timedelta(minutes=minute)

    def rows(self, deal):
        visits = self.Visit.search([("lead_ref", "=", deal.id)], order="entered_at, id")
        return [(visit.stage_id, visit.outcome, visit.is_first, bool(visit.converted_at)) for visit in visits]

    def win_and_return(self, seller, reopener, minutes):
        deal = self.make_deal(stage_id=self.needs.id, expected_revenue=100)
        back = 1000 + minutes
        self.rewrite(
            deal,
            [
                (self.needs, 0, 1000, "won", True, 1000, seller),
                (self.bidding, 1000, 1000, "skipped", True, 1000, seller),
                (self.talks, 1000, 1000, "skipped", True, 1000, seller),
                (self.needs, back, 2000, "advanced", False, None, reopener),
                (self.bidding, 2000, None, "open", False, None, reopener),
            ],
            [
                ("created", 0, 1),
                ("won", 1000, -1),
                ("reopened", back, 1),
                ("advanced", 2000, -1),
                ("advanced", 2000, 1),
            ],
        )
        return deal

    def test_undone_win(self):
        deal = self.win_and_return(self.seller, self.seller, 2)
        self.migrate()
        self.assertEqual(
            self.rows(deal),
            [
                (self.needs, "advanced", True, True),
                (self.bidding, "correction", False, False),
                (self.talks, "correction", False, False),
                (self.bidding, "open", True, False),
            ],
        )
        visit = self.Visit.search([("lead_ref", "=", deal.id)], order="entered_at, id", limit=1)
        self.assertEqual((visit.left_at, visit.converted_at), (self.minute(2000), self.minute(2000)))
        lines = self.Movement.search([("lead_ref", "=", deal.id)], order="id")
        self.assertEqual(lines.mapped("is_correction"), [False, True, True, False, False])

    def test_win_taken_back_later(self):
        deal = self.win_and_return(self.seller, self.manager, 2)
        self.migrate()
        self.assertEqual(
            self.rows(deal),
            [
                (self.needs, "won", True, True),
                (self.bidding, "correction", False, False),
                (self.talks, "correction", False, False),
                (self.needs, "advanced", False, False),
                (self.bidding, "open", True, False),
            ],
        )
        self.assertEqual(self.Movement.search_count([("lead_ref", "=", deal.id), ("is_correction", "=", True)]), 0)

    def test_undone_loss(self):
        """Who lost the deal is known from the message of the same transaction."""
        deal = self.make_deal(stage_id=self.needs.id, expected_revenue=100, user_id=self.seller.id)
        self.rewrite(
            deal,
            [
                (self.needs, 0, 1000, "lost", True, None, self.seller),
                (self.needs, 1003, None, "open", False, None, self.seller),
            ],
            [("created", 0, 1), ("lost", 1000, -1), ("reopened", 1003, 1)],
        )
        message = deal.with_user(self.seller).message_post(body="Lost")
        self.env.cr.flush()
        self.env.cr.execute("UPDATE mail_message SET create_date = %s WHERE id = %s", [self.minute(1000), message.id])
        self.migrate()
        self.assertEqual(self.rows(deal), [(self.needs, "open", True, False)])
        self.assertEqual(deal.stage_entered_at, self.minute(0))

    def test_created_as_lost(self):
        deal = self.make_deal(stage_id=self.needs.id)
        self.rewrite(
            deal,
            [
                (self.needs, 0, 0, "lost", True, None, self.seller),
                (self.needs, 500, None, "open", False, None, self.seller),
            ],
            [("created", 0, 1), ("lost", 0, -1), ("reopened", 500, 1)],
        )
        self.migrate()
        self.assertEqual(self.rows(deal), [(self.needs, "open", True, False)])

    def test_one_day_for_both_lines(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        west = self.env["res.company"].create({"name": "West", "currency_id": self.company.currency_id.id})
        west.resource_calendar_id = self.env["resource.calendar"].create({"name": "NY", "tz": "America/New_York"})
        deal = self.make_deal()
        self.rewrite(deal, [], [("created", 0, 1), ("transferred", 660, -1), ("transferred", 660, 1)])
        self.env.cr.execute(
            "UPDATE crm_pipeline_movement SET company_id = %s, day = day + (deal_count < 0)::int WHERE lead_ref = %s",
            [self.company.id, deal.id],
        )
        self.env.cr.execute(
            "UPDATE crm_pipeline_movement SET company_id = %s "
            "WHERE lead_ref = %s AND kind = 'transferred' AND deal_count = 1",
            [west.id, deal.id],
        )
        self.env.invalidate_all()
        self.migrate()
        lines = self.Movement.search([("lead_ref", "=", deal.id)], order="id")
        self.assertEqual([str(line.day) for line in lines], ["2026-03-02", "2026-03-03", "2026-03-03"])

    def test_again(self):
        """A second run changes nothing."""
        deal = self.win_and_return(self.seller, self.seller, 2)
        self.migrate()
        before = self.rows(deal)
        self.migrate()
        self.assertEqual(self.rows(deal), before)
