"""What has to hold after a fault: both ledgers agree with the deals, and the work can be done again."""

import psycopg2
from story_checks import check_whole_database

from odoo import SUPERUSER_ID, api

#: Rows of the ledgers and of the deals without their instants and ids, which differ from run to run.
WITHOUT_INSTANTS = {
    "visits": """
        SELECT visit.lead_ref, visit.stage_name, visit.outcome, visit.is_first, visit.next_stage_id, visit.team_id,
               visit.user_id, visit.company_id, visit.currency_id, visit.amount, visit.origin, visit.lead_id
        FROM crm_stage_visit visit ORDER BY visit.lead_ref, visit.id
    """,
    "lines": """
        SELECT lead_ref, kind, stage_name, team_id, user_id, company_id, currency_id, date_deadline, deal_count, amount,
               origin, is_correction, lead_id
        FROM crm_pipeline_movement ORDER BY lead_ref, id
    """,
    "deals": """
        SELECT id, name, type, active, won_status, stage_id, team_id, user_id, company_id, date_deadline,
               expected_revenue, push_count, push_days, stage_entered_at IS NULL, last_progress_at IS NULL
        FROM crm_lead ORDER BY id
    """,
    "flags": "SELECT lead_ref, partner_id, kind, outcome, days_late FROM crm_hot_flag ORDER BY id",
    "progress": "SELECT lead_id, stage_id, source, event_id FROM crm_lead_progress ORDER BY lead_id, event_id, id",
    "working days": "SELECT lead_ref, stage_id, round(working_days::numeric, 1) FROM crm_stage_visit ORDER BY id",
}
#: Rows of imported deals, by name: another import has other ids.
WITHOUT_IDS = {
    "visits": """
        SELECT lead.name, visit.stage_name, visit.entered_at, visit.left_at, visit.outcome, visit.is_first, visit.amount
        FROM crm_stage_visit visit JOIN crm_lead lead ON lead.id = visit.lead_ref
        ORDER BY lead.name, visit.entered_at, visit.id
    """,
    "lines": """
        SELECT lead.name, line.date, line.day, line.kind, line.stage_name, line.deal_count, line.amount
        FROM crm_pipeline_movement line JOIN crm_lead lead ON lead.id = line.lead_ref
        ORDER BY lead.name, line.date, line.id
    """,
    "balances": """
        SELECT week, kind, sum(deal_count), sum(amount), sum(line_count) FROM crm_pipeline_balance
        WHERE is_mark IS NOT TRUE GROUP BY week, kind HAVING sum(line_count) > 0 ORDER BY week, kind
    """,
    "deals": """
        SELECT name, active, won_status, expected_revenue, stage_entered_at, imported_until FROM crm_lead
        ORDER BY name, id
    """,
}


def read(database, queries):
    """Return {name: rows} of some queries, read through a new connection."""
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cr:
            found = {}
            for name, query in queries.items():
                cr.execute(query)
                found[name] = cr.fetchall()
            return found
    finally:
        connection.close()


def prove(registry):
    """Fail unless both ledgers, their balances and all computed fields agree with the deals, without a repair."""
    with registry.cursor() as cr:
        check_whole_database(cr)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        audit = env["crm.pipeline.audit"]
        repairs = {
            "deals that had drifted": audit._repair_drift(),
            "deals that did not balance": audit._repair_balances(),
            "places with wrong balances of weeks": env["crm.pipeline.balance"].close(),
            "deals with wrong computed fields": len(audit._mend_computed_fields()),
        }
    assert not any(repairs.values()), repairs
