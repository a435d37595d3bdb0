"""Measure the Deal Review on the server.

    ./sandbox script SCRATCH benchmarks/deal_review.py [ROUNDS] [profile]

`benchmarks/forecast_screen.py` has filled SCRATCH: 20,000 open deals, and four times as many that ended. The figures
are the time and the statements of the first page (80 deals) of

- the list of the Deal Review, with the fields of its view and its order;
- Odoo's list, with the fields of its view and its order: what the web client asks for when people open it;
- a plain list with 28 of Odoo's own columns;

and of the tiles, those of the second call as well; for a sales manager and for a salesperson who sees own documents
only, with cold caches of records. Lists are timed in turns. The last figures are the plans of the order by risk. With
`profile`, each field of the Deal Review is timed alone.

Limits: the list takes 1.3 times Odoo's own list, the tiles of the first call 200 ms, both calls 30 statements.
"""

from lxml import etree
from timing import compare, measure

from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

PAGE, OPEN = 80, [("type", "=", "opportunity"), ("active", "=", True), ("won_status", "=", "pending")]
NAMED = {"fields": {"display_name": {}}}
BY_RISK = "attention_rank, id"
#: Columns of Odoo.
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


def fields_of(leads, arch):
    """Return the specification with which the web client reads the fields of a list."""
    names = dict.fromkeys(node.get("name") for node in etree.fromstring(arch).iter("field"))
    fields = [leads._fields[name] for name in names]
    readable = [field for field in fields if leads._has_field_access(field, "read")]
    return {field.name: NAMED if field.type in ("many2one", "many2many") else {} for field in readable}


def page(leads, columns, order):
    """Read the first page of a list."""
    return leads.web_search_read(OPEN, columns, limit=PAGE, order=order, count_limit=10_001)


def profile(leads, columns, rounds):
    """Time the page with each field alone."""
    measure(env, "  without fields", lambda: page(leads, {}, BY_RISK), rounds)
    for name, specification in columns.items():
        measure(env, f"  {name}", lambda: page(leads, {name: specification}, BY_RISK), rounds)  # noqa: B023


def measure_reader(label, user, rounds, with_profile):
    """Measure for one reader."""
    leads, review = env["crm.lead"].with_user(user), env["crm.deal.review"].with_user(user)
    own = fields_of(leads, leads.get_view(env.ref("sales_process_control.crm_lead_view_list_deal_review").id)["arch"])
    odoo = fields_of(leads, env.ref("crm.crm_case_tree_view_oppor").arch_db)
    for title, columns in (("Odoo's list", odoo), ("plain list", PLAIN)):
        compare(
            env,
            f"Deal Review ({len(own)} fields), {title} ({len(columns)}), {label}",
            lambda: page(leads, own, BY_RISK),
            lambda: page(leads, columns, None),  # noqa: B023
            rounds,
        )
    measure(env, f"Deal Review, {label}", lambda: page(leads, own, BY_RISK), rounds)
    measure(env, f"Deal Review, Odoo's order, {label}", lambda: page(leads, own, None), rounds)
    measure(env, f"order by risk alone, {label}", lambda: leads.search(OPEN, limit=PAGE, order=BY_RISK), rounds)
    measure(env, f"tiles, {label}", review.get_tiles, rounds)
    measure(env, f"tiles since 90 days, {label}", lambda: review.get_tiles("-90d"), rounds)
    measure(env, f"tiles of the forecast, {label}", review.get_forecast_tiles, min(rounds, 3))
    measure(
        env,
        f"evidence of one chance, {label}",
        lambda: leads.search(OPEN, limit=1).read(["chance_evidence"]),
        rounds,
    )
    if with_profile:
        profile(leads, own, rounds)
    query = leads._search(OPEN, limit=PAGE, order=BY_RISK)
    for (line,) in env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS) %s", query.select())):
        print("   ", line)


def main(rounds=7, with_profile=""):
    """Measure for both readers."""
    seller = env["res.users"].search([("login", "=", "forecast_5")])
    for label, user in {"all documents": env.ref("base.user_admin"), "own documents": seller}.items():
        measure_reader(label, user, int(rounds), bool(with_profile))


main(*globals()["arguments"])
