"""Compare the default view of each report with the plain SQL aggregate over the same rows, at a million visits.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/reports.py [ROUNDS] [DEALS]

SCRATCH is a database for this benchmark only. The first run fills both ledgers by SQL and commits. The call is that of
the web client, with the same arguments. The plain query is written by hand for the same figures. Both take turns within
each round. The figure is the median of the rounds' ratios.
"""

from timing import compare

from odoo import Command
from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

#: Each deal has four visits.
DEALS, VISITS_OF_A_DEAL = 250_000, 4
SELLERS = 20
STAGES = 6

#: Outcome of a deal by the last digit of its number: 30% open, 40% lost, 20% won, 10% removed.
OUTCOME = """CASE WHEN deal %% 10 < 3 THEN 'open' WHEN deal %% 10 < 7 THEN 'lost'
                  WHEN deal %% 10 < 9 THEN 'won' ELSE 'removed' END"""

FILL_LEADS = """
    INSERT INTO crm_lead (name, type, active, stage_id, user_id, company_id, expected_revenue, won_status)
    SELECT 'Scratch ' || number, 'opportunity', TRUE, %s, (%s::int[])[1 + number %% %s], %s, number, 'pending'
    FROM generate_series(1, %s) number
"""

#: Each deal visits its first two to six stages, spread over two years.
FILL_VISITS = f"""
    INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome,
        is_first, converted_at, working_days, team_id, user_id, company_id, amount, currency_id, date_deadline, origin)
    SELECT lead.id, lead.id, (%(stage_ids)s::int[])[step], 'Stage ' || step, step, entered_at,
           CASE WHEN step < steps OR outcome <> 'open' THEN entered_at + (days || ' days')::interval END,
           CASE WHEN step < steps THEN CASE WHEN deal %% 97 = step THEN 'skipped' ELSE 'advanced' END
                ELSE outcome END,
           TRUE,
           CASE WHEN step < steps OR outcome = 'won' THEN entered_at + (days || ' days')::interval END,
           days * 5 / 7.0, lead.team_id, lead.user_id, lead.company_id, lead.expected_revenue, %(currency_id)s,
           CURRENT_DATE + (deal %% 60)::int - 30, 'live'
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS deal FROM crm_lead WHERE name LIKE 'Scratch %%') lead
    CROSS JOIN LATERAL (SELECT 2 + (deal * 7919) %% 5 AS steps, {OUTCOME} AS outcome) path
    CROSS JOIN LATERAL generate_series(1, steps) step
    CROSS JOIN LATERAL (
        SELECT (deal * 31 + step * 17) %% 40 + 1 AS days,
               now() AT TIME ZONE 'UTC' - ((deal %% 700 + 240 - step * 40) || ' days')::interval AS entered_at
    ) stay
    ORDER BY entered_at
"""

#: One in twenty of the lost deals was reopened and is open.
REOPEN = """
    INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, outcome, is_first,
        team_id, user_id, company_id, amount, currency_id, origin)
    SELECT lead_id, lead_ref, stage_id, stage_name, stage_sequence, left_at, 'open', FALSE, team_id, user_id,
           company_id, amount, currency_id, 'live'
    FROM crm_stage_visit WHERE outcome = 'lost' AND lead_ref % 20 = 0
"""

#: One line for the begin of each visit, and one for its end.
FILL_MOVEMENTS = """
    INSERT INTO crm_pipeline_movement (date, day, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence,
        team_id, user_id, company_id, deal_count, amount, currency_id, origin)
    SELECT at, at::date, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence, team_id, user_id, company_id,
           deal_count, deal_count * amount, currency_id, 'live'
    FROM crm_stage_visit visit
    CROSS JOIN LATERAL (VALUES
        (visit.entered_at, 'created', 1),
        (visit.left_at, CASE WHEN outcome = 'skipped' THEN 'advanced' ELSE outcome END, -1)
    ) AS line (at, kind, deal_count)
    WHERE at IS NOT NULL AND visit.lead_id IS NOT NULL
    ORDER BY lead_ref, line.at, deal_count, visit.id
"""

DAYS = "EXTRACT(EPOCH FROM COALESCE(left_at, now() AT TIME ZONE 'UTC') - entered_at)::float8 / 86400"
STAYS = "FROM crm_stage_visit WHERE outcome NOT IN ('skipped', 'correction')"
COHORT = """
    SELECT visit.*, ended.outcome AS ended
    FROM crm_stage_visit visit
    LEFT JOIN (
        SELECT lead_ref, outcome FROM crm_stage_visit stay
        WHERE outcome IN ('lost', 'removed') AND NOT EXISTS (
            SELECT FROM crm_stage_visit later
            WHERE later.lead_ref = stay.lead_ref AND later.outcome NOT IN ('skipped', 'correction')
              AND (later.entered_at, later.id) > (stay.entered_at, stay.id))
    ) ended ON ended.lead_ref = visit.lead_ref AND visit.converted_at IS NULL
    WHERE is_first
"""
#: Counts of a cohort, from which its rates are computed.
STAYED = "count(*) FILTER (WHERE outcome <> 'skipped' AND ended IS DISTINCT FROM 'removed')"
WENT_ON = "count(converted_at) FILTER (WHERE outcome <> 'skipped')"
LOST, REMOVED = "count(*) FILTER (WHERE ended = 'lost')", "count(*) FILTER (WHERE ended = 'removed')"
RATE = f"{WENT_ON}::float8 / NULLIF({WENT_ON} + {LOST}, 0)"
RATES = f"""
    count(*), {STAYED}, {WENT_ON}, {LOST}, {REMOVED}, {STAYED} - {WENT_ON} - {LOST}, {RATE},
    {WENT_ON}::float8 / NULLIF({STAYED}, 0), 1 - {LOST}::float8 / NULLIF({STAYED}, 0), {REMOVED}::float8 / count(*),
    count(*) FILTER (WHERE outcome = 'skipped')
"""
OWN = "user_id IN (%(uid)s) OR user_id IS NULL OR lead_id IN (SELECT id FROM crm_lead WHERE user_id = %(uid)s)"
ENDED = """
    SELECT day AS date, kind, user_id, lead_id FROM crm_pipeline_movement movement
    WHERE kind IN ('won', 'lost', 'removed') AND is_correction IS NOT TRUE AND NOT EXISTS (
        SELECT FROM crm_pipeline_movement later
        WHERE later.lead_ref = movement.lead_ref AND later.id > movement.id AND later.is_correction IS NOT TRUE)
    UNION ALL
    SELECT date_deadline, 'overdue', user_id, lead_id FROM crm_stage_visit
    WHERE left_at IS NULL AND date_deadline < CURRENT_DATE
"""
WIN_RATES = """
    count(*), sum((kind = 'won')::int), sum((kind = 'lost')::int), sum((kind = 'overdue')::int),
    sum((kind = 'removed')::int), avg(CASE kind WHEN 'won' THEN 1.0::float8 WHEN 'lost' THEN 0 END),
    avg(CASE WHEN kind <> 'removed' THEN (kind = 'won')::int::float8 END),
    avg(CASE WHEN kind <> 'overdue' THEN (kind = 'removed')::int::float8 END)
"""


def grouped(select, key, source, sets=False):
    """Return a plain aggregate by one key.

    :param bool sets: whether to add the total, as a pivot does
    """
    groups = f"GROUPING SETS ((), ({key}))" if sets else key
    return f"SELECT {key}, {select} {source} GROUP BY {groups}"


RATE_MEASURES = ["stayed:sum", "stayed_converted:sum", "lost:sum", "is_removed:sum", "is_open:sum", "is_skipped:sum"]
RATE_MEASURES += ["stayed_rate:avg", "stayed_floor_rate:avg", "stayed_ceiling_rate:avg", "removed_rate:avg"]
WIN_MEASURES = ["won:sum", "lost:sum", "is_removed:sum", "is_overdue:sum"]
WIN_MEASURES += ["win_rate:avg", "win_rate_broad:avg", "removed_rate:avg"]

#: Model, view, grouping, measures; then columns, key and source of the plain query. The first view of a model is its
#: default.
VIEWS = [
    ("crm.stage.dwell.report", "graph", "stage_id", ["days:avg"], f"count(*), avg({DAYS})", "stage_id", STAYS),
    (
        "crm.stage.dwell.report",
        "pivot",
        "stage_id",
        ["days:avg", "working_days:avg", "is_open:sum"],
        f"count(*), avg({DAYS}), avg(working_days), sum((outcome = 'open')::int)",
        "stage_id",
        STAYS,
    ),
    ("crm.stage.conversion.report", "pivot", "stage_id", RATE_MEASURES, RATES, "stage_id", f"FROM ({COHORT}) cohort"),
    (
        "crm.stage.conversion.report",
        "graph",
        "stage_id",
        ["stayed_rate:avg"],
        f"count(*), {RATE}",
        "stage_id",
        f"FROM ({COHORT}) cohort",
    ),
    (
        "crm.win.report",
        "pivot",
        "date:month",
        WIN_MEASURES,
        WIN_RATES,
        "date_trunc('month', date)",
        f"FROM ({ENDED}) ended",
    ),
]


def make_sellers():
    """Create salespersons who see own documents only."""
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create(
        [
            {"name": f"Scratch {number}", "login": f"scratch_{number}", "group_ids": [Command.link(group.id)]}
            for number in range(SELLERS)
        ]
    )


def fill(deals):
    """Fill in deals with their visits and movements."""
    cr = env.cr
    stages = env["crm.stage"].create(
        [{"name": f"Stage {number}", "sequence": 100 + number} for number in range(1, STAGES + 1)]
    )
    seller_ids = make_sellers().ids
    company = env.ref("base.main_company")
    env.flush_all()
    cr.execute(SQL(FILL_LEADS, stages[0].id, seller_ids, SELLERS, company.id, deals))
    cr.execute(SQL(FILL_VISITS, stage_ids=stages.ids, currency_id=company.currency_id.id))
    cr.execute(REOPEN)
    cr.execute(FILL_MOVEMENTS)
    cr.commit()
    # A ledger that has grown over months has statistics and a visibility map for index-only scans.
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE")
    cr._cnx.autocommit = False


def client_call(model, view, group, measures):
    """Read the data of a view with the methods that the web client calls."""
    measures = [*measures, "__count"]
    if view == "graph":
        return model.formatted_read_group([], [group], measures)
    return model.formatted_read_grouping_sets([], [[], [group]], measures)


def main(rounds=7, deals=DEALS):
    """Measure each view, for a sales manager and for a salesperson who sees own documents only."""
    visits = int(deals) * VISITS_OF_A_DEAL
    if env["crm.stage.visit"].search_count([], limit=visits) < visits:
        fill(int(deals))
    managers = env.ref("base.user_admin")
    seller = env["res.users"].search([("login", "=", "scratch_3")])
    for model, view, group, measures, select, key, source in VIEWS:
        for user in (managers, seller):
            report = env[model].with_user(user)
            rows = f"FROM (SELECT * {source}) own WHERE {OWN}" if user == seller else source
            query = grouped(select, key, rows, sets=view == "pivot")
            compare(
                env,
                f"{model} {view}, {'own documents' if user == seller else 'all documents'}",
                lambda: client_call(report, view, group, measures),  # noqa: B023
                lambda: env.cr.execute(query, {"uid": user.id}),  # noqa: B023
                int(rounds),
            )


main(*arguments)  # noqa: F821  given by `./sandbox script`
