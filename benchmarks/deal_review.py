"""Measure the Deal Review on the server.

    ./sandbox script SCRATCH benchmarks/deal_review.py [ROUNDS]

`benchmarks/forecast_screen.py` has filled SCRATCH: 20,000 open deals, and four times as many that ended. The figures
are the time and the statements of the first page of the list (80 deals) with the columns and the order of the Deal
Review, of a list with as many of Odoo's own columns and order, and of the tiles; for a sales manager and for a
salesperson who sees own documents only, with cold caches of records. The last figures are the plans of the order by
risk.

Limits: the list takes 1.3 times Odoo's own list, the tiles 200 ms and 30 statements.
"""

import gc
import statistics
import time

from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

PAGE, OPEN = 80, [("type", "=", "opportunity"), ("active", "=", True), ("won_status", "=", "pending")]
NAMED = {"fields": {"display_name": {}}}
#: Columns of the Deal Review.
COLUMNS = {
    "name": {},
    "partner_id": NAMED,
    "user_id": NAMED,
    "stage_id": NAMED,
    "stage_days": {},
    "pace": {},
    "pace_reason": {},
    "stage_before_id": NAMED,
    "stage_change": {},
    "expected_revenue": {},
    "company_currency": NAMED,
    "amount_before": {},
    "date_deadline": {},
    "closing_before": {},
    "push_count": {},
    "is_new_since": {},
    "chance": {},
    "chance_evidence": {},
    "likelihood": {},
    "customer_budget": {},
    "last_contact_at": {},
    "last_word": {},
    "activity_date_deadline": {},
    "next_action": {},
    "step_progress": {},
    "open_step_names": {},
    "attention_reason": {},
    "is_hot": {},
}
#: As many columns of Odoo's own list.
PLAIN = {
    "name": {},
    "partner_id": NAMED,
    "user_id": NAMED,
    "stage_id": NAMED,
    "expected_revenue": {},
    "company_currency": NAMED,
    "date_deadline": {},
    "probability": {},
    "automated_probability": {},
    "priority": {},
    "team_id": NAMED,
    "company_id": NAMED,
    "contact_name": {},
    "email_from": {},
    "phone": {},
    "city": {},
    "state_id": NAMED,
    "country_id": NAMED,
    "tag_ids": NAMED,
    "create_date": {},
    "activity_ids": {},
    "activity_state": {},
    "activity_user_id": NAMED,
    "activity_date_deadline": {},
    "activity_summary": {},
    "my_activity_date_deadline": {},
    "lost_reason_id": NAMED,
    "recurring_plan": NAMED,
}


def timed(function):
    """Return the milliseconds and the number of statements of a call with cold caches of records."""
    env.invalidate_all()
    gc.collect()
    before, start = env.cr.sql_log_count, time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000, env.cr.sql_log_count - before


def measure(title, function, rounds):
    """Print the median time of a call, and return it."""
    found = [timed(function) for _round in range(rounds + 1)][1:]  # the first round fills the caches
    median = statistics.median(milliseconds for milliseconds, _statements in found)
    print(f"{title:<50} {median:8.0f} ms, {found[-1][1]:3d} statements", flush=True)
    return median


def page(leads, columns, order):
    """Read the first page of a list."""
    return leads.web_search_read(OPEN, columns, limit=PAGE, order=order, count_limit=10_001)


def measure_reader(label, user, rounds):
    """Measure for one reader."""
    leads, review = env["crm.lead"].with_user(user), env["crm.deal.review"].with_user(user)
    by_risk = "attention_rank, id"
    plain = measure(f"Odoo's list, {label}", lambda: page(leads, PLAIN, None), rounds)
    own = measure(f"Deal Review, {label}", lambda: page(leads, COLUMNS, by_risk), rounds)
    print(f"  ratio {own / plain:.2f}", flush=True)
    measure(f"Deal Review, Odoo's order, {label}", lambda: page(leads, COLUMNS, None), rounds)
    measure(f"order by risk alone, {label}", lambda: leads.search(OPEN, limit=PAGE, order=by_risk), rounds)
    measure(f"tiles, {label}", review.get_tiles, rounds)
    measure(f"tiles since 90 days, {label}", lambda: review.get_tiles("-90d"), rounds)
    query = leads._search(OPEN, limit=PAGE, order=by_risk)
    for (line,) in env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS) %s", query.select())):
        print("   ", line)


def main(rounds=7):
    """Measure for both readers."""
    rounds = int(rounds)
    seller = env["res.users"].search([("login", "=", "forecast_3")])
    for label, user in {"all documents": env.ref("base.user_admin"), "own documents": seller}.items():
        measure_reader(label, user, rounds)


main(*globals()["arguments"])
