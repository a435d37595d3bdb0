"""What is read from the database: the deals, for the oracle; the ledgers, to be compared with it."""

from decimal import Decimal

from oracle_words import Seen, Step

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
    """To the cent: Odoo keeps no more."""
    return round(Decimal(amount or 0), 2)


def seen_deals(cr, after):
    """{number: how the deal looks} of all leads above a number."""
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
    return {number: Seen(*rest, cents(amount)) for number, *rest, amount in cr.fetchall()}


def steps(cr):
    """{number: stage} as they are now."""
    cr.execute("""
        SELECT stage.id, COALESCE(stage.sequence, 0), COALESCE(stage.is_won, FALSE),
               array_remove(array_agg(rel.crm_team_id), NULL)
        FROM crm_stage stage LEFT JOIN crm_stage_crm_team_rel rel ON rel.crm_stage_id = stage.id
        GROUP BY stage.id
    """)
    return {row[0]: Step(*row[:3], frozenset(row[3])) for row in cr.fetchall()}


def zones(cr):
    """{company: time zone of its calendar}; None is no company."""
    cr.execute(f"""
        SELECT company.id, calendar.tz, company.id = {MAIN_COMPANY}
        FROM res_company company JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
    """)
    rows = cr.fetchall()
    [of_main] = [zone for _company, zone, is_main in rows if is_main]
    return {None: of_main} | {company: zone for company, zone, _is_main in rows}


def numbers_of_deals(cr, after):
    """{number: (stage entered, pushes, days pushed)}."""
    cr.execute("SELECT id, stage_entered_at, push_count, push_days FROM crm_lead WHERE id > %s", [after])
    return {number: rest for number, *rest in cr.fetchall()}


def visits(cr, after):
    """The rows of the visit ledger of each deal, in order."""
    cr.execute(
        """
        SELECT lead_ref, stage_id, entered_at, left_at, outcome, is_first, converted_at, next_stage_id,
               team_id, user_id, company_id, currency_id, amount
        FROM crm_stage_visit WHERE lead_ref > %s ORDER BY lead_ref, entered_at, id
        """,
        [after],
    )
    found = {}
    for number, *row, amount in cr.fetchall():
        found.setdefault(number, []).append((*row, cents(amount)))
    return found


def lines(cr, after):
    """The lines of each deal in the movement ledger, in the order in which they were posted."""
    cr.execute(
        """
        SELECT lead_ref, date, kind, stage_id, team_id, user_id, company_id, currency_id, date_deadline, deal_count,
               is_correction, amount
        FROM crm_pipeline_movement WHERE lead_ref > %s ORDER BY lead_ref, id
        """,
        [after],
    )
    found = {}
    for number, *row, amount in cr.fetchall():
        found.setdefault(number, []).append((*row, cents(amount)))
    return found


def movements(cr, after, columns, condition, parameters=()):
    """{group: (deals, amount)} added up by the database."""
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
    """{group: (deals, amount)} of all open deals of the database."""
    names = ", ".join(GROUP_COLUMNS[column] for column in columns)
    cr.execute(
        f"SELECT {names + ',' if names else ''} count(*), sum(amount) FROM ({LIVE}) live GROUP BY {names or '()'}"
    )
    return {tuple(group): (count, cents(amount)) for *group, count, amount in cr.fetchall()}
