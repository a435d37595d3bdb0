"""Read the deals for the oracle, and the ledgers that are compared with it.

Functions with the argument `after` leave out leads up to this id.
"""

from decimal import Decimal

from oracle_types import DealState, StageState

MAIN_COMPANY = "(SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'main_company')"
GROUP_COLUMNS = {
    "stage": "stage_id",
    "team": "team_id",
    "user": "user_id",
    "company": "company_id",
    "currency": "currency_id",
    "deadline": "date_deadline",
}
LIVE = f"""
    SELECT lead.id, lead.stage_id, lead.team_id, lead.user_id, lead.company_id, company.currency_id,
           lead.date_deadline, COALESCE(lead.expected_revenue, 0) AS amount
    FROM crm_lead lead
    JOIN res_company company ON company.id = COALESCE(lead.company_id, {MAIN_COMPANY})
    WHERE lead.type = 'opportunity' AND lead.active AND lead.won_status = 'pending'
"""


def cents(amount):
    """Round an amount to cents, as Odoo stores it."""
    return round(Decimal(amount or 0), 2)


def deal_states(cr, after):
    """Return {lead id: DealState}."""
    cr.execute(
        f"""
        SELECT lead.id,
               CASE WHEN lead.type <> 'opportunity' THEN NULL
                    WHEN lead.won_status <> 'pending' THEN lead.won_status
                    WHEN lead.active THEN 'open' END,
               lead.stage_id, lead.team_id, lead.user_id, lead.company_id, company.currency_id, lead.date_deadline,
               lead.expected_revenue
        FROM crm_lead lead
        JOIN res_company company ON company.id = COALESCE(lead.company_id, {MAIN_COMPANY})
        WHERE lead.id > %s
        """,
        [after],
    )
    return {lead_id: DealState(*rest, cents(amount)) for lead_id, *rest, amount in cr.fetchall()}


def stages(cr):
    """Return {stage id: StageState}."""
    cr.execute("""
        SELECT stage.id, COALESCE(stage.sequence, 0), COALESCE(stage.is_won, FALSE),
               array_remove(array_agg(rel.crm_team_id), NULL)
        FROM crm_stage stage LEFT JOIN crm_stage_crm_team_rel rel ON rel.crm_stage_id = stage.id
        GROUP BY stage.id
    """)
    return {row[0]: StageState(*row[:3], frozenset(row[3])) for row in cr.fetchall()}


def zones(cr):
    """Return {company id: time zone of its calendar}. None stands for no company."""
    cr.execute(f"""
        SELECT company.id, calendar.tz, company.id = {MAIN_COMPANY}
        FROM res_company company JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
    """)
    rows = cr.fetchall()
    [of_main] = [zone for _company, zone, is_main in rows if is_main]
    return {None: of_main} | {company: zone for company, zone, _is_main in rows}


def deal_fields(cr, after):
    """Return {lead id: (stage entered at, pushes, days pushed)}."""
    cr.execute("SELECT id, stage_entered_at, push_count, push_days FROM crm_lead WHERE id > %s", [after])
    return {lead_id: rest for lead_id, *rest in cr.fetchall()}


def visits(cr, after):
    """Return {lead id: rows of the visit ledger}, in their order."""
    cr.execute(
        """
        SELECT lead_ref, stage_id, entered_at, left_at, outcome, is_first, converted_at, next_stage_id,
               team_id, user_id, company_id, currency_id, amount
        FROM crm_stage_visit WHERE lead_ref > %s ORDER BY lead_ref, entered_at, id
        """,
        [after],
    )
    found = {}
    for lead_id, *row, amount in cr.fetchall():
        found.setdefault(lead_id, []).append((*row, cents(amount)))
    return found


def lines(cr, after):
    """Return {lead id: lines of the movement ledger}, in the order of posting."""
    cr.execute(
        """
        SELECT lead_ref, date, day, kind, stage_id, team_id, user_id, company_id, currency_id, date_deadline,
               deal_count, is_correction, amount
        FROM crm_pipeline_movement WHERE lead_ref > %s ORDER BY lead_ref, id
        """,
        [after],
    )
    found = {}
    for lead_id, *row, amount in cr.fetchall():
        found.setdefault(lead_id, []).append((*row, cents(amount)))
    return found


def movements(cr, after, columns, condition, parameters=()):
    """Return {group: (deals, amount)} of the lines for which a condition holds.

    :param columns: keys of GROUP_COLUMNS
    """
    names = ", ".join(GROUP_COLUMNS[column] for column in columns)
    cr.execute(
        f"""
        SELECT {names + "," if names else ""} sum(deal_count), sum(amount) FROM crm_pipeline_movement
        WHERE lead_ref > %s AND {condition} GROUP BY {names or "()"}
        """,
        [after, *parameters],
    )
    return {tuple(group): (count or 0, cents(amount)) for *group, count, amount in cr.fetchall()}


def live_pipeline(cr, columns):
    """Return {group: (deals, amount)} of the open deals in the database."""
    names = ", ".join(GROUP_COLUMNS[column] for column in columns)
    cr.execute(
        f"SELECT {names + ',' if names else ''} count(*), sum(amount) FROM ({LIVE}) live GROUP BY {names or '()'}"
    )
    return {tuple(group): (count, cents(amount)) for *group, count, amount in cr.fetchall()}
