"""Measure the sales funnel on the server, over a large ledger.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/funnel.py [MOVEMENTS] [ROUNDS]

SCRATCH is a database for this benchmark only. The first run fills it by SQL and commits: MOVEMENTS lines (default
1,000,000) over four years, nine a deal, and the visits. Ten million lines take about 4 GB: drop the database
afterwards.

The output is first the time of closing all weeks and of checking them. Then, for each question, it is the median of the
rounds, the processor time (the only figure that is comparable on a busy machine) and the statements. The cache of
records is cleared before each call. PostgreSQL works without parallel processes.

Limits at a million lines: the funnel of any day 300 ms, two days with waterfall and flow 800 ms. At ten million lines
three times as much.
"""

import gc
import os
import statistics
import time
from datetime import timedelta
from pathlib import Path

from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

MOVEMENTS = 1_000_000
SELLERS = 50
STAGES = 5
DAYS = 1460
#: A deal is created, grows, advances twice, is pushed, and ends after 80 days. One in twenty stays open.
STORY = """
    CROSS JOIN LATERAL (
        SELECT now() AT TIME ZONE 'UTC' - ((deal::numeric * %(days)s / %(deals)s) || ' days')::interval AS born,
               1 + deal %% 3 AS place, (100 + deal %% 5000)::numeric AS worth,
               (%(user_ids)s::int[])[1 + deal %% %(sellers)s] AS user_id,
               CURRENT_DATE - (deal * %(days)s / %(deals)s)::int + 60 AS closing,
               CASE WHEN deal %% 20 = 0 THEN NULL WHEN deal %% 3 = 0 THEN 'won' ELSE 'lost' END AS ending
    ) story
"""
FILL_MOVEMENTS = f"""
    INSERT INTO crm_pipeline_movement (date, day, lead_ref, kind, stage_id, stage_name, stage_sequence, team_id,
        user_id, company_id, date_deadline, deal_count, amount, currency_id, origin)
    SELECT born + line.later, (born + line.later)::date, %(first_ref)s + deal, line.kind,
           (%(stage_ids)s::int[])[line.stage], 'Stage', line.stage, %(team_id)s, user_id, %(company_id)s,
           closing + line.slipped, line.deal_count, line.amount, %(currency_id)s, 'live'
    FROM generate_series(0, %(deals)s - 1) deal {STORY}
    CROSS JOIN LATERAL (VALUES
        (1, interval '0', 'created', place, 0, 1, worth),
        (2, interval '9 days', 'amount_up', place, 0, 0, 50.25),
        (3, interval '20 days', 'advanced', place, 0, -1, -worth - 50.25),
        (4, interval '20 days', 'advanced', place + 1, 0, 1, worth + 50.25),
        (5, interval '40 days', 'pushed_out', place + 1, 0, -1, -worth - 50.25),
        (6, interval '40 days', 'pushed_out', place + 1, 30, 1, worth + 50.25),
        (7, interval '60 days', 'advanced', place + 1, 30, -1, -worth - 50.25),
        (8, interval '60 days', 'advanced', place + 2, 30, 1, worth + 50.25),
        (9, interval '80 days', ending, place + 2, 30, -1, -worth - 50.25)
    ) line (number, later, kind, stage, slipped, deal_count, amount)
    WHERE line.kind IS NOT NULL AND born + line.later < now() AT TIME ZONE 'UTC'
    ORDER BY born + line.later, deal, line.number
"""
FILL_VISITS = f"""
    INSERT INTO crm_stage_visit (lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome, is_first,
        team_id, user_id, company_id, amount, currency_id, date_deadline, origin)
    SELECT %(first_ref)s + deal, (%(stage_ids)s::int[])[stay.stage], 'Stage', stay.stage, born + stay.entered,
           stay.left_at, CASE WHEN stay.left_at IS NULL THEN 'open' ELSE stay.outcome END, TRUE, %(team_id)s, user_id,
           %(company_id)s, worth + CASE WHEN born + interval '9 days' < now() AT TIME ZONE 'UTC' THEN 50.25 ELSE 0 END,
           %(currency_id)s,
           closing + CASE WHEN born + interval '40 days' < now() AT TIME ZONE 'UTC' THEN 30 ELSE 0 END, 'live'
    FROM generate_series(0, %(deals)s - 1) deal {STORY}
    CROSS JOIN LATERAL (
        SELECT stage, entered, outcome, CASE WHEN outcome IS NOT NULL AND born + gone < now() AT TIME ZONE 'UTC'
               THEN born + gone END AS left_at
        FROM (VALUES
            (place, interval '0', interval '20 days', 'advanced'),
            (place + 1, interval '20 days', interval '60 days', 'advanced'),
            (place + 2, interval '60 days', interval '80 days', ending)
        ) path (stage, entered, gone, outcome)
    ) stay
    WHERE born + stay.entered < now() AT TIME ZONE 'UTC'
    ORDER BY born + stay.entered, deal
"""


def created_records():
    """Create the sellers, the first of whom is a sales manager, and the stages, if they are missing.

    :return: values for the SQL below
    """
    users = env["res.users"].search([("login", "=like", "funnel_%")], order="id")
    if not users:
        manager, seller = (env.ref(f"sales_team.{name}").id for name in ("group_sale_manager", "group_sale_salesman"))
        users = users.with_context(no_reset_password=True).create(
            [
                {
                    "name": f"Seller {number}",
                    "login": f"funnel_{number}",
                    "group_ids": [(4, seller if number else manager)],
                }
                for number in range(SELLERS)
            ]
        )
        env["crm.team"].create({"name": "Funnel team", "member_ids": [(6, 0, users.ids)]})
        env["crm.stage"].create([{"name": f"Funnel {number}", "sequence": 100 + number} for number in range(STAGES)])
        env.flush_all()
    company = env.ref("base.main_company")
    return {
        "user_ids": users.ids,
        "sellers": SELLERS,
        "team_id": env["crm.team"].search([("name", "=", "Funnel team")]).id,
        "company_id": company.id,
        "currency_id": company.currency_id.id,
        "stage_ids": env["crm.stage"].search([("name", "=like", "Funnel %")], order="sequence").ids,
        "days": DAYS,
        "first_ref": 1_000_000_000,
    }


def fill(wanted):
    """Fill in the lines if they are missing, and update the planner's statistics."""
    cr, values = env.cr, {**created_records(), "deals": wanted // 9 + 1}
    cr.execute("SELECT count(*) FROM crm_pipeline_movement WHERE lead_ref >= %s", [values["first_ref"]])
    if not cr.fetchone()[0]:
        print(f"filling in {wanted:,} movements", flush=True)
        with env["crm.pipeline.loader"].keys_checked_at_the_end():
            cr.execute(SQL(FILL_MOVEMENTS, **values))
            cr.execute(SQL(FILL_VISITS, **values))
        cr.commit()
        close("closing all weeks")
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE crm_pipeline_movement, crm_stage_visit, crm_pipeline_balance")
    cr._cnx.autocommit = False
    cr.execute("SELECT (SELECT count(*) FROM crm_pipeline_movement), (SELECT count(*) FROM crm_pipeline_balance)")
    print("{:,} movements, {:,} balances".format(*cr.fetchone()), flush=True)


def close(name):
    """Close the weeks, or check those that are closed, and print the time."""
    start = time.perf_counter()
    wrong = env["crm.pipeline.balance"].close()
    env.cr.commit()
    print(f"{name}: {time.perf_counter() - start:.1f} s, {wrong} places posted", flush=True)


def processor_seconds():
    """Return the processor time that this process and its PostgreSQL process have used, in seconds."""
    stat = Path(f"/proc/{env.cr._cnx.info.backend_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return time.process_time() + (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def timed(call):
    """Measure a call.

    :return: (milliseconds, milliseconds of processor time, statements)
    """
    env.invalidate_all()
    gc.collect()
    before, processor_start, start = env.cr.sql_log_count, processor_seconds(), time.perf_counter()
    call()
    return (
        (time.perf_counter() - start) * 1000,
        (processor_seconds() - processor_start) * 1000,
        env.cr.sql_log_count - before,
    )


def calls_of(user):
    """Return {name: function} of the calls to measure."""
    ledger = env["crm.pipeline.movement"].with_user(user)
    today = env.cr.now().date()
    old = today - timedelta(days=700)
    quarter = [("date_deadline", ">=", str(today)), ("date_deadline", "<=", str(today + timedelta(days=90)))]
    return {
        "funnel of today": lambda: ledger.funnel_at(today),
        "funnel of 30 days ago": lambda: ledger.funnel_at(today - timedelta(days=30)),
        "funnel of 700 days ago": lambda: ledger.funnel_at(old),
        "that day, by closing": lambda: ledger.funnel_at(old, quarter),
        "two days, 30 apart": ledger.get_funnel,
        "two days, by closing": lambda: ledger.get_funnel(domain=quarter),
        "two days long ago": lambda: ledger.get_funnel(old, old - timedelta(days=30)),
        "two days, a year apart": lambda: ledger.get_funnel(today, today - timedelta(days=365)),
        "how deals went on, 30 days": ledger.get_funnel_conversion,
        "how deals went on, a year": lambda: ledger.get_funnel_conversion(today, today - timedelta(days=365)),
        "weeks": ledger.get_funnel_weeks,
        "weeks, by closing": lambda: ledger.get_funnel_weeks(quarter),
    }


def main(movements=MOVEMENTS, rounds=7):
    """Measure for a sales manager and for a salesperson who sees own documents only."""
    fill(int(movements))
    close("proof of all weeks")
    env.cr.execute("SET max_parallel_workers_per_gather = 0")
    env.cr.commit()
    manager, seller = env["res.users"].search([("login", "=like", "funnel_%")], order="id", limit=2)
    for user in (manager, seller):
        calls = calls_of(user)
        found = {name: [] for name in calls}
        for turn in range(int(rounds) + 1):
            for name in list(calls) if turn % 2 else list(reversed(calls)):
                figures = timed(calls[name])
                if turn:  # the first round fills the caches
                    found[name].append(figures)
        for name, figures in found.items():
            took, busy, statements = (statistics.median(column) for column in zip(*figures, strict=True))
            print(
                f"{user.login:<10} {name:<24} {took:8.1f} ms {busy:8.1f} ms busy {statements:4.0f} statements",
                flush=True,
            )


main(*arguments)  # noqa: F821  given by `./sandbox script`
