"""What happens at installation. Uninstalling needs no hook: Odoo drops the module's tables and columns by itself."""

import logging

from odoo.tools import SQL

_logger = logging.getLogger(__name__)


def pre_init_hook(env):
    """Add the columns of deals before Odoo does, so that it does not compute them one by one on a big database."""
    env.cr.execute("""
        ALTER TABLE crm_lead
            ADD COLUMN IF NOT EXISTS stage_entered_at timestamp,
            ADD COLUMN IF NOT EXISTS push_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS push_days integer DEFAULT 0
    """)
    # The constants above fill the old rows without touching them; new ones get their value from Odoo.
    env.cr.execute("""
        ALTER TABLE crm_lead ALTER COLUMN push_count DROP DEFAULT, ALTER COLUMN push_days DROP DEFAULT
    """)


def post_init_hook(env):
    """Give each open deal an open visit and a created line from what is known, and each deal its time in stage."""
    env.flush_all()
    main_company_id = env["crm.pipeline.reader"]._read_context().main_company_id
    _store_stage_entered_at(env)
    visits = _insert_open_visits(env, main_company_id)
    lines = _insert_created_lines(env, main_company_id)
    env.invalidate_all()
    _logger.info("Took over the pipeline: %s open opportunities, %s lines", visits, lines)


def _store_stage_entered_at(env):
    """Since when a deal is in its stage: its last tracked move into it, else its conversion, else its creation."""
    env.cr.execute(
        SQL(
            """
            UPDATE crm_lead lead
            SET stage_entered_at = COALESCE(moved.at, lead.date_conversion, lead.create_date)
            FROM crm_lead same
            LEFT JOIN (
                SELECT message.res_id, tracking.new_value_integer AS stage_id, max(message.date) AS at
                FROM mail_tracking_value tracking
                JOIN mail_message message ON message.id = tracking.mail_message_id
                WHERE tracking.field_id = %(stage_field_id)s AND message.model = 'crm.lead'
                GROUP BY message.res_id, tracking.new_value_integer
            ) moved ON moved.res_id = same.id AND moved.stage_id = same.stage_id
            WHERE lead.id = same.id AND lead.type = 'opportunity' AND lead.stage_entered_at IS NULL
            """,
            stage_field_id=env["ir.model.fields"]._get("crm.lead", "stage_id").id,
        )
    )


def _insert_open_visits(env, main_company_id):
    """One open visit a deal that is open; deals that have one are left alone."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_stage_visit (
                lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, outcome, is_first,
                team_id, user_id, company_id, currency_id, date_deadline, amount, origin
            )
            SELECT lead.id, lead.id, stage.id, COALESCE(stage.name->>partner.lang, stage.name->>'en_US', ''),
                   COALESCE(stage.sequence, 0), lead.stage_entered_at, 'open', TRUE,
                   lead.team_id, lead.user_id, lead.company_id, company.currency_id, lead.date_deadline,
                   COALESCE(lead.expected_revenue, 0), 'backfill'
            FROM crm_lead lead
            LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
            JOIN res_company company ON company.id = COALESCE(lead.company_id, %(main_company_id)s)
            JOIN res_company main ON main.id = %(main_company_id)s
            JOIN res_partner partner ON partner.id = main.partner_id
            WHERE lead.type = 'opportunity' AND lead.active AND COALESCE(lead.won_status, 'pending') = 'pending'
            ON CONFLICT DO NOTHING
            """,
            main_company_id=main_company_id,
        )
    )
    return env.cr.rowcount


def _insert_created_lines(env, main_company_id):
    """Put each open deal into its place on the day on which it became one."""
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_pipeline_movement (
                date, day, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence, team_id, user_id, company_id,
                currency_id, date_deadline, deal_count, amount, is_correction, origin
            )
            SELECT born.at, (born.at AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date,
                   visit.lead_id, visit.lead_ref, 'created', visit.stage_id, visit.stage_name, visit.stage_sequence,
                   visit.team_id, visit.user_id, visit.company_id, visit.currency_id, visit.date_deadline, 1,
                   visit.amount, FALSE, 'backfill'
            FROM crm_stage_visit visit
            JOIN crm_lead lead ON lead.id = visit.lead_id
            CROSS JOIN LATERAL (
                SELECT LEAST(COALESCE(lead.date_conversion, lead.create_date), visit.entered_at) AS at
            ) born
            LEFT JOIN res_company company ON company.id = COALESCE(visit.company_id, %(main_company_id)s)
            LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            WHERE visit.left_at IS NULL
              AND NOT EXISTS (SELECT FROM crm_pipeline_movement known WHERE known.lead_ref = visit.lead_ref)
            ORDER BY born.at, visit.lead_ref
            """,
            main_company_id=main_company_id,
        )
    )
    return env.cr.rowcount
