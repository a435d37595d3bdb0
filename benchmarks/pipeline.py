"""Measure what sorting hot deals first costs in the pipeline: the board, a column and the list.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/pipeline.py [ROUNDS] [DEALS]

SCRATCH is a database for this benchmark only. The first run fills it by SQL and commits. The calls are those of the web
client, with the fields of the views. The module's order and Odoo's order take turns within each round, on the same
database. The figure is the median of the rounds' ratios. At the end it prints the query plans for the largest stage.
"""

import gc
import statistics
import time

from lxml import etree

from odoo.fields import Domain
from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

DEALS = 200_000
SELLERS = 30
STAGES = 7
PREFIX = "Pipeline "
PLAIN = "priority desc, id desc"
COLUMN, LIST = 40, 80  # records that the client reads at once

#: Most deals are in the first stages, one in fifty is hot, one in five is archived as lost.
FILL_LEADS = """
    INSERT INTO crm_lead (name, type, active, stage_id, user_id, company_id, expected_revenue, won_status, probability,
        priority, is_hot, create_date, stage_entered_at, date_last_stage_update)
    SELECT %(prefix)s || number, 'opportunity', number %% 5 > 0,
           (%(stage_ids)s::int[])[1 + floor(power((number * 7919 %% 1000) / 1000.0, 2) * %(stages)s)::int],
           (%(user_ids)s::int[])[1 + number * 31 %% %(sellers)s], %(company_id)s, number,
           CASE WHEN number %% 5 > 0 THEN 'pending' ELSE 'lost' END, CASE WHEN number %% 5 > 0 THEN 30 ELSE 0 END,
           (number * 104729 %% 100 / 85 + number %% 7 / 5)::varchar, number * 15485863 %% 50 = 1, at, at, at
    FROM generate_series(1::bigint, %(deals)s) number
    CROSS JOIN LATERAL (SELECT now() AT TIME ZONE 'UTC' - (number %% 200 || ' days')::interval AS at) entered
"""


def fill(deals):
    """Create sellers, stages and deals."""
    cr = env.cr
    stages = env["crm.stage"].create(
        [{"name": f"{PREFIX}{number}", "sequence": 100 + number} for number in range(1, STAGES + 1)]
    )
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].with_context(no_reset_password=True)
    sellers = users.create(
        [
            {"name": f"{PREFIX}{number}", "login": f"pipeline_{number}", "group_ids": [(4, group.id)]}
            for number in range(SELLERS)
        ]
    )
    env.flush_all()
    cr.execute(
        SQL(
            FILL_LEADS,
            prefix=PREFIX,
            stage_ids=stages.ids,
            stages=STAGES,
            user_ids=sellers.ids,
            sellers=SELLERS,
            company_id=env.ref("base.main_company").id,
            deals=deals,
        )
    )
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE")
    cr._cnx.autocommit = False


def specification(model, view, kind):
    """Return the specification by which the client reads the fields of a view."""
    views = model.get_views([(env.ref(view).id, kind)])
    names = {node.get("name") for node in etree.fromstring(views["views"][kind]["arch"]).iter("field")}
    spec = {}
    for name in sorted(names & model._fields.keys()):
        field = model._fields[name]
        spec[name] = {"fields": {"display_name": {}}} if field.type == "many2one" else {}
    return spec


def calls_of(model, domain, stage):
    """Return {name: function} of the client's calls."""
    card = specification(model, "crm.crm_case_kanban_view_leads", "kanban")
    row = specification(model, "crm.crm_case_tree_view_oppor", "list")
    in_stage = [*domain, ("stage_id", "=", stage.id)]
    return {
        "board": lambda: model.web_read_group(
            domain,
            ["stage_id"],
            ["expected_revenue:sum", "recurring_revenue_monthly:sum"],
            auto_unfold=True,
            unfold_read_specification=card,
            unfold_read_default_limit=COLUMN,
        ),
        "column": lambda: model.web_search_read(in_stage, card, limit=2 * COLUMN, count_limit=10001),
        "list": lambda: model.web_search_read(domain, row, limit=LIST, count_limit=10001),
        "list, page 10": lambda: model.web_search_read(domain, row, offset=9 * LIST, limit=LIST, count_limit=10001),
        "names of a column": lambda: model.search_fetch(in_stage, ["name"], limit=2 * COLUMN),
    }


def timed(call, order):
    """Return the seconds that a call takes with one order of deals."""
    lead_class = env.registry["crm.lead"]
    kept = lead_class._order
    lead_class._order = order
    env.invalidate_all()
    gc.collect()
    try:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start
    finally:
        lead_class._order = kept


def compare(title, call, rounds):
    """Print the median ratio of both orders."""
    hot, times = env["crm.lead"]._order, []
    for turn in range(rounds + 1):
        pair = {order: timed(call, order) for order in ((hot, PLAIN) if turn % 2 else (PLAIN, hot))}
        if turn:  # the first round fills the caches
            times.append((pair[hot], pair[PLAIN]))
    ratio = statistics.median(mine / other for mine, other in times)
    mine, other = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    print(f"{title:<40} {mine:8.1f} ms, Odoo's order {other:8.1f} ms, paired {ratio:.2f}", flush=True)


def explain(model, domain):
    """Print the query plans for the first deals of a column."""
    for order in (model._order, PLAIN):
        query = model._search(Domain(domain), order=order, limit=COLUMN)
        print(f"\n{order}")
        for (line,) in env.execute_query(SQL("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) %s", query.select("id"))):
            print(f"    {line}")


def main(rounds=9, deals=DEALS):
    """Measure for a user who sees all deals, and for a salesperson who sees own deals only."""
    leads = env["crm.lead"]
    if not leads.search_count([("name", "=like", f"{PREFIX}%")], limit=1):
        fill(int(deals))
    everything = [("type", "=", "opportunity")]
    first, last = (f"{PREFIX}{number}" for number in (1, STAGES))
    seller = env["res.users"].search([("login", "=", "pipeline_3")])
    for user, domain in (
        (env.ref("base.user_admin"), everything),
        (seller, [*everything, ("user_id", "=", seller.id)]),
    ):
        model = leads.with_user(user)
        who = "own deals" if user == seller else "all deals"
        for name in (first, last):
            stage = env["crm.stage"].search([("name", "=", name)], limit=1)
            calls = calls_of(model, domain, stage)
            for what, call in calls.items():
                if name == first or what in ("column", "names of a column"):
                    compare(f"{what}, {who}, {name}", call, int(rounds))
            explain(model, [*domain, ("stage_id", "=", stage.id)])


main(*arguments)  # noqa: F821  given by `./sandbox script`
