"""Measure the Sales Forecast on the server.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/forecast_screen.py [DEALS] [ROUNDS]

SCRATCH is a database for this benchmark only. The first run fills both ledgers by SQL and commits: DEALS open deals
(default 20,000) in six stages, of 20 salespeople, and four times as many that were won or lost in the last 23 months,
with targets and a month of stored forecasts. The figures are the time and the statements of the first call and of each
block alone, for a sales manager and for a salesperson who sees own documents only, with cold caches of records.

Limit: 800 ms for the first call.
"""

from datetime import timedelta

from timing import measure

from odoo import Command
from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

DEALS, SELLERS, STAGES, PREFIX = 20_000, 20, 6, "Forecast "
PERIODS = ("quarter", "next_quarter", "month", "next_month")
#: One deal in five is open.
FILL_LEADS = """
    INSERT INTO crm_lead (name, type, active, stage_id, user_id, team_id, company_id, expected_revenue, won_status,
                          create_date, stage_entered_at)
    SELECT %(prefix)s || number, 'opportunity', number %% 5 < 3, (%(stage_ids)s::int[])[1 + number %% %(stages)s],
           (%(user_ids)s::int[])[1 + number %% %(sellers)s], %(team_id)s, %(company_id)s, number %% 9000,
           CASE WHEN number %% 5 = 0 THEN 'pending' WHEN number %% 5 < 3 THEN 'won' ELSE 'lost' END, born, born
    FROM generate_series(1, %(deals)s) number
    CROSS JOIN LATERAL (
        SELECT now() AT TIME ZONE 'UTC'
               - ((CASE WHEN number %% 5 = 0 THEN (number / 5) %% 90 ELSE (number / 5) %% 600 + 40 END)
                  || ' days')::interval
               AS born
    ) birth
"""
#: Deals that were decided stayed in their stage for up to 40 days.
FILL_VISITS = """
    INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome,
                                 is_first, team_id, user_id, company_id, amount, currency_id, origin)
    SELECT id, id, stage_id, 'Stage', 1, stage_entered_at,
           CASE WHEN won_status <> 'pending' THEN stage_entered_at + (1 + id %% 40 || ' days')::interval END,
           CASE WHEN won_status = 'pending' THEN 'open' ELSE won_status END, TRUE, team_id, user_id, company_id,
           expected_revenue, %(currency_id)s, 'live'
    FROM crm_lead WHERE name LIKE %(prefix)s || '%%'
"""
FILL_MOVEMENTS = """
    INSERT INTO crm_pipeline_movement (date, day, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence,
                                       team_id, user_id, company_id, deal_count, amount, currency_id, origin)
    SELECT at, at::date, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence, team_id, user_id, company_id,
           deal_count, deal_count * amount, currency_id, 'live'
    FROM crm_stage_visit visit
    CROSS JOIN LATERAL (VALUES (entered_at, 'created', 1), (left_at, outcome, -1)) AS line (at, kind, deal_count)
    WHERE at IS NOT NULL
    ORDER BY lead_ref, line.at, deal_count DESC
"""


def fill(deals):
    """Fill the database once."""
    if env["crm.lead"].with_context(active_test=False).search_count([("name", "=like", f"{PREFIX}%")]):
        return
    company = env.company
    stages = env["crm.stage"].create([{"name": f"{PREFIX}{number}", "sequence": number} for number in range(STAGES)])
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].create(
        [
            {"name": f"{PREFIX}{number}", "login": f"forecast_{number}", "group_ids": [Command.link(group.id)]}
            for number in range(SELLERS)
        ]
    )
    team = env["crm.team"].create({"name": f"{PREFIX}team", "member_ids": [Command.set(users.ids)]})
    month = env.cr.now().date().replace(day=1)
    env["crm.sales.target"].create(
        [{"month": month, "amount": 1e6, "user_id": user.id} for user in users] + [{"month": month, "amount": 3e7}]
    )
    env.flush_all()
    values = {
        "prefix": PREFIX,
        "stage_ids": stages.ids,
        "stages": STAGES,
        "user_ids": users.ids,
        "sellers": SELLERS,
        "team_id": team.id,
        "company_id": company.id,
        "currency_id": company.currency_id.id,
        "deals": deals * 5,
    }
    for statement in (FILL_LEADS, FILL_VISITS, FILL_MOVEMENTS):
        env.cr.execute(SQL(statement, **values))
    env.cr.execute("ANALYZE")
    env.invalidate_all()
    env["crm.stage.chance"]._rebuild()
    env["crm.forecast"]._rebuild(seconds=60)
    env.cr.commit()
    env.cr.execute("ANALYZE")


def main(deals=DEALS, rounds=7):
    """Fill the database, then measure for both readers."""
    fill(int(deals))
    day = env.cr.now().date() - timedelta(days=1)
    print(f"stored forecasts up to {day}: {env['crm.forecast'].search_count([])}", flush=True)
    seller = env["res.users"].search([("login", "=", "forecast_3")])
    for label, user in {"all documents": env.ref("base.user_admin"), "own documents": seller}.items():
        screen = env["crm.forecast.screen"].with_user(user)
        for period in PERIODS:
            measure(env, f"first call, {period}, {label}", lambda: screen.get_screen(period), int(rounds))  # noqa: B023
        for key in env["crm.forecast.block"]._blocks_of_screen():
            measure(env, f"  {key}", lambda: screen.get_screen(blocks=[key]), int(rounds))  # noqa: B023


main(*globals()["arguments"])
