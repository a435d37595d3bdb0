from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.addons.sales_process_control.ledger import outcomes

from .common import PipelineCase


class ChanceCase(PipelineCase):
    """Visits that tests write into the ledger day by day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Chance = cls.env["crm.stage.chance"]
        cls.Chance._rebuild()
        cls.today = cls.start.date()

    @classmethod
    def add_visits(cls, *visits, company=True, lead=None):
        """Write visits.

        :param visits: (stage, days since the visit began, its length in days or None for an open one, outcome, next
            stage). Visits begin and end at noon
        :param company: by default the main company; False for none
        :param lead: the deal, by default one that is deleted
        """
        company_id = cls.company.id if company is True else company and company.id
        noon = datetime.combine(cls.today, time(12))
        cls.env.cr.execute("SELECT COALESCE(max(lead_ref), 0) + 1000000 FROM crm_stage_visit")
        [(first_ref,)] = cls.env.cr.fetchall()
        for ref, (stage, begun, days, outcome, *next_stage) in enumerate(visits, first_ref):
            entered_at = noon - timedelta(days=begun)
            cls.env.cr.execute(
                """
                INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, next_stage_id, entered_at,
                                             left_at, outcome, origin, company_id, is_first)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'live', %s, TRUE)
                """,
                [
                    lead and lead.id,
                    lead.id if lead else ref,
                    stage and stage.id,
                    stage and stage.name,
                    next_stage[0].id if next_stage else None,
                    entered_at,
                    None if days is None else entered_at + timedelta(days=days),
                    outcome,
                    company_id or None,
                ],
            )

    @classmethod
    def add_won_and_lost(cls, stage, won=6, lost=6, days=10, **options):
        """Write visits that began 100 days ago and ended after some days."""
        cls.add_visits(
            *[(stage, 100, days, outcomes.WON)] * won, *[(stage, 100, days, outcomes.LOST)] * lost, **options
        )


def day_of(instant, tz):
    return instant.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz)).date()
