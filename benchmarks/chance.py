"""Measure the table of chances, the chances that are stored on deals, and lists that are sorted by them.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/chance.py [VISITS] [DEALS] [ROUNDS]

SCRATCH is a database for this benchmark only. The first run fills it by SQL and commits: VISITS visits (default
1,000,000) in six stages, which began in the last 23 months, and DEALS open deals (default 100,000). Visits last 12
days on average, some of them half a year.

The output is the time of each part of a rebuild, the plan of the query, the time in which the nightly job finds the
chances of all deals anew (once with a new chance for each deal, once with none), the plans of the lists, and medians
of the ratios between the lists of a round. The lists show 80 deals with the number of all: in Odoo's order without
chances, and sorted by each of the chances with them. PostgreSQL works without parallel processes.

Limits: 3 s for a rebuild; 1.2 times the list in Odoo's order without chances, for lists with the highest first.
"""

import gc
import statistics
import time

from odoo.addons.sales_process_control.ledger import outcomes
from odoo.addons.sales_process_control.models.chance.crm_stage_chance import COUNTS, HORIZONS, NO_COMPANY
from odoo.addons.sales_process_control.statistics import Chances, VisitCount
from odoo.tools import SQL

#: Given by `./sandbox script`.
env, arguments = globals()["env"], globals()["arguments"]

VISITS, DEALS, STAGES, PREFIX = 1_000_000, 100_000, 6, "Chance "
SPAN = 700
FILL_VISITS = """
    INSERT INTO crm_stage_visit (lead_ref, stage_id, stage_name, stage_sequence, next_stage_id, entered_at, left_at,
                                 outcome, is_first, company_id, amount, currency_id, origin)
    SELECT 100000000 + number, (%(stage_ids)s::int[])[place], 'Stage', place,
           CASE WHEN ended AND dice >= 0.5 THEN (%(stage_ids)s::int[])[1 + place %% %(stages)s] END,
           born, CASE WHEN ended THEN born + lasting END,
           CASE WHEN NOT ended THEN 'open' WHEN dice < 0.1 + place * 0.04 THEN 'won' WHEN dice < 0.5 THEN 'lost'
                WHEN place = %(stages)s THEN 'moved_back' ELSE 'advanced' END,
           TRUE, %(company_id)s, 100, %(currency_id)s, 'live'
    FROM generate_series(1, %(visits)s) number
    CROSS JOIN LATERAL (
        SELECT 1 + number %% %(stages)s AS place, random() + number * 0 AS dice,
               %(now)s - (random() + number * 0) * %(span)s * INTERVAL '1 day' AS born,
               least(-ln(random() + number * 0 + 1e-9) * 12, 183) * INTERVAL '1 day' AS lasting
    ) visit
    CROSS JOIN LATERAL (SELECT born + lasting < %(now)s AS ended) state
"""
FILL_DEALS = """
    INSERT INTO crm_lead (name, type, active, stage_id, company_id, expected_revenue, won_status, probability, priority,
                          stage_entered_at, date_deadline, create_date)
    SELECT 'Chance ' || number, 'opportunity', TRUE, (%(stage_ids)s::int[])[1 + number %% %(stages)s], %(company_id)s,
           100 + number %% 5000, 'pending', 10, '0', %(now)s - random() * INTERVAL '150 days',
           %(today)s + (random() * 200)::int, %(now)s
    FROM generate_series(1, %(deals)s) number
"""
COLUMNS = (
    "name",
    "contact_name",
    "email_from",
    "expected_revenue",
    "stage_days",
    "pace",
    "date_deadline",
    "probability",
)
CHANCES = ("chance", "chance_by_closing", "expected_amount")


def fill(visits, deals):
    """Write visits and deals by SQL, and commit."""
    stages = env["crm.stage"].create([{"name": f"{PREFIX}{number}", "sequence": number} for number in range(STAGES)])
    company = env.ref("base.main_company")
    values = {
        "stage_ids": stages.ids,
        "stages": STAGES,
        "company_id": company.id,
        "currency_id": company.currency_id.id,
        "now": env.cr.now(),
        "today": env.cr.now().date(),
        "span": SPAN,
        "visits": visits,
        "deals": deals,
    }
    env.cr.execute(FILL_VISITS, values)
    env.cr.execute(FILL_DEALS, values)
    env.cr.commit()
    env.cr.execute("ANALYZE crm_stage_visit; ANALYZE crm_lead")
    env.cr.commit()


def timed(call):
    """Return the seconds of a call, and its result."""
    gc.collect()
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure_rebuild(rounds):
    """Print the time of the parts of a rebuild."""
    model = env["crm.stage.chance"]
    company_id = env.ref("base.main_company").id
    for _round in range(rounds):
        pools = model._pools([company_id], None)
        query = SQL(COUNTS, pools=model._pools_sql(pools), no_stay=outcomes.NO_STAY, no_company=NO_COMPANY)
        read, rows = timed(lambda query=query: env.execute_query(query))
        counts = [VisitCount(*row[1:]) for row in rows if row[0] == company_id]
        built, chances = timed(lambda counts=counts: Chances(counts))
        tabled, table = timed(lambda chances=chances: list(chances.table(HORIZONS)))
        whole, _ids = timed(model._rebuild)
        print(
            f"rebuild {whole:.2f} s; query {read:.2f} s, {len(rows):,} cases; chances {built:.2f} s; "
            f"table {tabled:.2f} s, {len(table):,} rows",
            flush=True,
        )
    for (line,) in env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) %s", query)):
        print(f"    {line}")
    env.cr.commit()
    env.cr.execute("ANALYZE crm_stage_chance")
    env.cr.commit()


def measure_refresh():
    """Print how long the nightly job takes for the deals."""
    leads = env["crm.lead"]
    env.cr.execute("UPDATE crm_lead SET chance = NULL WHERE chance IS NOT NULL")
    env.cr.commit()
    for name in ("all chances differ", "no chance differs"):
        seconds, _result = timed(leads._cron_refresh_chances)
        print(f"refresh, {name}: {seconds:.2f} s", flush=True)
    env.cr.execute("ANALYZE crm_lead")
    env.cr.commit()


def measure_list(rounds):
    """Print the medians of the lists, and of their ratios to the first."""
    leads = env["crm.lead"].with_user(env.ref("base.user_admin"))
    domain = [("type", "=", "opportunity")]
    calls = {
        "in Odoo's order, without chances": (COLUMNS, None),
        "by chance": ((*COLUMNS, *CHANCES), "chance desc"),
        "by chance, least first": ((*COLUMNS, *CHANCES), "chance"),
        "by chance by closing": ((*COLUMNS, *CHANCES), "chance_by_closing desc"),
        "by expected amount": ((*COLUMNS, *CHANCES), "expected_amount desc"),
        "by amount, without chances": (COLUMNS, "expected_revenue desc"),
    }
    for name, (_columns, order) in calls.items():
        query = leads._search(domain, limit=80, order=order or leads._order)
        plan = env.execute_query(SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) %s", query.select()))
        print(f"plan {name}", *(f"    {line}" for (line,) in plan), sep="\n")
    times = {name: [] for name in calls}
    for _round in range(rounds + 1):
        for name, (columns, order) in calls.items():
            env.invalidate_all()
            specification = {column: {} for column in columns}
            times[name].append(
                timed(
                    lambda order=order, specification=specification: leads.web_search_read(
                        domain, specification, limit=80, order=order, count_limit=10001
                    )
                )[0]
            )
    plain = times["in Odoo's order, without chances"][1:]
    for name, seconds in times.items():
        ratio = statistics.median(one / other for one, other in zip(seconds[1:], plain, strict=True))
        print(f"list {name:<36} {statistics.median(seconds[1:]) * 1000:7.1f} ms, {ratio:.2f} times", flush=True)


def main(visits=VISITS, deals=DEALS, rounds=5):
    """Fill the database, and measure."""
    if not env["crm.stage"].search_count([("name", "=like", f"{PREFIX}%")], limit=1):
        fill(int(visits), int(deals))
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    measure_rebuild(int(rounds))
    measure_refresh()
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    measure_list(int(rounds))


main(*arguments)
