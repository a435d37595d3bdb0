"""Server time of the workbench, compared with Odoo's own pipeline on the same database.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/workbench.py [ROUNDS] [CLOSED] [OPEN]

The benchmark needs a scratch database of its own. It inserts OPEN open deals (default 100,000) and CLOSED closed deals
(default 0) by SQL and commits them. A later run with higher numbers inserts the missing deals. To see how closed deals
change the times, run it with 0 and then with 900000 closed deals: the open deals are the same.

The calls of the pipeline are those of the web client when it opens the board: the columns with their first cards and
the fields of CRM's own view, and the progress bars. Each round calls the board, the first call of the workbench, and
each block, with cold caches of records. `state` is the check of an open page; "again" and "again later" are what it
reads after a change of a deal: the blocks of the first and of the second call. For each call the output has the median
time, the median of the ratios to the board within a round, and the number of statements.
"""

import statistics

from load_client import WIDGET_FIELDS
from lxml import etree
from timing import timed

from odoo.tools import SQL

#: Given by `./sandbox script`.
env = globals()["env"]

OPEN = 100_000
SELLERS = 20
STAGES = 6
PARTNERS = 20_000
PREFIX = "Workbench "
COLUMN = 40  # cards that the client reads of a column

FILL_PARTNERS = """
    INSERT INTO res_partner (name, complete_name, active, is_company, type, company_id, is_key_customer, user_id)
    SELECT %(prefix)s || number, %(prefix)s || number, TRUE, TRUE, 'contact', NULL, number %% 1000 = 0,
           (%(user_ids)s::int[])[1 + number %% %(sellers)s]
    FROM generate_series(1, %(partners)s) number;
    UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL
"""
#: Half of the open deals are longer in their stage than its limit; one in five hundred is hot; half closes soon.
FILL_LEADS = """
    INSERT INTO crm_lead (name, type, active, stage_id, user_id, team_id, company_id, partner_id, expected_revenue,
        won_status, probability, priority, create_date, date_deadline, stage_entered_at, date_last_stage_update,
        last_progress_at, date_closed)
    SELECT %(prefix)s || %(status)s || number, 'opportunity', %(status)s <> 'lost',
           CASE WHEN %(status)s = 'won' THEN %(won_id)s ELSE (%(stage_ids)s::int[])[1 + number %% %(stages)s] END,
           (%(user_ids)s::int[])[1 + number * 31 %% %(sellers)s], %(team_id)s, %(company_id)s,
           (%(partner_ids)s::int[])[1 + number * 7919 %% %(partners)s], 100 + number %% 5000, %(status)s,
           CASE %(status)s WHEN 'won' THEN 100 WHEN 'lost' THEN 0 ELSE 30 END, (number %% 3)::varchar,
           now() - (days + 40 || ' days')::interval, CURRENT_DATE + (number %% 60)::int,
           now() AT TIME ZONE 'UTC' - (days || ' days')::interval,
           now() AT TIME ZONE 'UTC' - (days || ' days')::interval,
           CASE WHEN number %% 2 = 0 THEN now() AT TIME ZONE 'UTC' - (days %% 50 || ' days')::interval END,
           CASE WHEN %(status)s <> 'pending' THEN now() AT TIME ZONE 'UTC' - (days || ' days')::interval END
    FROM generate_series(%(first)s::bigint, %(last)s) number
    CROSS JOIN LATERAL (SELECT (number * 104729 %% CASE WHEN %(status)s = 'pending' THEN 60 ELSE 1400 END) AS days) old
    RETURNING id
"""
#: Of an open deal: created forty days before it entered its stage, there since. Of a closed deal: one visit.
FILL_LEDGERS = """
    INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome,
        is_first, converted_at, team_id, user_id, company_id, amount, currency_id, date_deadline, origin)
    SELECT id, id, CASE WHEN is_last THEN stage_id ELSE %(first_id)s END, 'Stage', 1, entered_at,
           CASE WHEN is_last AND won_status = 'pending' THEN NULL ELSE stage_entered_at END,
           CASE WHEN NOT is_last THEN 'advanced' WHEN won_status = 'pending' THEN 'open' ELSE won_status END, TRUE,
           CASE WHEN NOT is_last OR won_status = 'won' THEN stage_entered_at END, team_id, user_id, company_id,
           expected_revenue, %(currency_id)s, date_deadline, 'live'
    FROM crm_lead
    CROSS JOIN LATERAL (
        VALUES (create_date, won_status <> 'pending'), (stage_entered_at, TRUE)
    ) visit (entered_at, is_last)
    WHERE id > %(after)s AND (won_status = 'pending' OR visit.entered_at = create_date)
    ORDER BY entered_at;
    INSERT INTO crm_pipeline_movement (date, day, lead_id, lead_ref, kind, stage_id, stage_name, stage_sequence,
        team_id, user_id, company_id, date_deadline, deal_count, amount, currency_id, origin)
    SELECT line.at, line.at::date, lead.id, lead.id, kind, line.stage_id, 'Stage', 1, team_id, user_id, company_id,
           date_deadline, line.deal_count, line.deal_count * expected_revenue, %(currency_id)s, 'live'
    FROM crm_lead lead
    CROSS JOIN LATERAL (VALUES
        (create_date, 'created', CASE WHEN won_status = 'pending' THEN %(first_id)s ELSE stage_id END, 1),
        (stage_entered_at, CASE won_status WHEN 'pending' THEN 'advanced' ELSE won_status END,
         CASE WHEN won_status = 'pending' THEN %(first_id)s ELSE stage_id END, -1),
        (stage_entered_at, 'advanced', stage_id, CASE WHEN won_status = 'pending' THEN 1 END)
    ) AS line (at, kind, stage_id, deal_count)
    WHERE lead.id > %(after)s AND line.deal_count IS NOT NULL
    ORDER BY lead.id, line.at, line.deal_count
"""
#: Every third open deal has a next activity, one in four was spoken about, one in five hundred is hot.
FILL_DOINGS = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, user_id, date_deadline, summary,
        active)
    SELECT %(model_id)s, 'crm.lead', id, %(type_id)s, user_id, CURRENT_DATE + (id %% 40)::int - 10, 'Call', TRUE
    FROM crm_lead WHERE id > %(after)s AND id %% 3 = 0;
    INSERT INTO crm_lead_progress (lead_id, stage_id, date, user_id, source, company_id)
    SELECT id, stage_id, last_progress_at, user_id, 'message', company_id
    FROM crm_lead WHERE id > %(after)s AND last_progress_at IS NOT NULL AND id %% 2 = 0;
    INSERT INTO crm_hot_flag (lead_id, lead_ref, partner_id, commercial_partner_id, customer_name, note, kind, outcome,
        raised_at, due_date, first_due_date, user_id, team_id, company_id)
    SELECT id, id, partner_id, partner_id, 'Customer', 'About to sign', 'sign', 'open',
           now() AT TIME ZONE 'UTC' - interval '9 days', CURRENT_DATE + (id %% 30)::int - 10,
           CURRENT_DATE + (id %% 30)::int - 10, user_id, team_id, company_id
    FROM crm_lead WHERE id > %(after)s AND id %% 500 = 0;
    UPDATE crm_lead lead SET is_hot = TRUE, was_hot = TRUE, hot_flag_id = flag.id, hot_due_date = flag.due_date
    FROM crm_hot_flag flag WHERE flag.lead_id = lead.id AND lead.id > %(after)s
"""


def world():
    """Sellers, their manager, stages and customers; made once."""
    seller = env["res.users"].search([("login", "=", "workbench_1")])
    if not seller:
        make_world()
    users = env["res.users"].search([("login", "=like", "workbench_%")], order="id")
    stages = env["crm.stage"].search([("name", "=like", f"{PREFIX}%")], order="sequence")
    company = env.ref("base.main_company")
    return {
        "prefix": PREFIX,
        "user_ids": users.ids,
        "sellers": SELLERS,
        "team_id": env["crm.team"].search([("name", "=", f"{PREFIX}team")]).id,
        "company_id": company.id,
        "currency_id": company.currency_id.id,
        "stage_ids": stages.filtered(lambda stage: not stage.is_won).ids,
        "first_id": stages[0].id,
        "won_id": stages.filtered("is_won").id,
        "stages": STAGES,
        "partners": PARTNERS,
        "partner_ids": env["res.partner"].search([("name", "=like", f"{PREFIX}%"), ("is_company", "=", True)]).ids,
        "model_id": env["ir.model"]._get_id("crm.lead"),
        "type_id": env.ref("mail.mail_activity_data_call").id,
    }


def make_world():
    """The first seller manages the team, and sees all documents."""
    manager, seller = (env.ref(f"sales_team.{name}").id for name in ("group_sale_manager", "group_sale_salesman"))
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Seller {number}",
                    "login": f"workbench_{number}",
                    "password": f"workbench_{number}",  # for workbench_page.py
                    "group_ids": [(4, seller if number else manager)],
                }
                for number in range(SELLERS)
            ]
        )
    )
    env["crm.team"].create({"name": f"{PREFIX}team", "user_id": users[0].id, "member_ids": [(6, 0, users.ids)]})
    env["crm.stage"].create(
        [
            {
                "name": f"{PREFIX}{number}",
                "sequence": 100 + number,
                "is_won": number == STAGES,
                "rotting_threshold_days": 30,
            }
            for number in range(STAGES + 1)
        ]
    )
    env.flush_all()
    values = {"prefix": PREFIX, "partners": PARTNERS, "user_ids": users.ids, "sellers": SELLERS}
    env.cr.execute(SQL(FILL_PARTNERS, **values))


def fill(wanted_open, wanted_closed):
    """Insert the missing deals, and update the statistics of the planner."""
    cr, values = env.cr, world()
    for statuses, wanted in ((("pending",), wanted_open), (("won", "lost"), wanted_closed)):
        for status in statuses:
            cr.execute("SELECT count(*) FROM crm_lead WHERE name LIKE %s", [f"{PREFIX}{status}%"])
            [there] = cr.fetchone()
            if there >= wanted // len(statuses):
                continue
            print(f"filling in {wanted // len(statuses) - there:,} deals: {status}", flush=True)
            cr.execute("SELECT COALESCE(max(id), 0) FROM crm_lead")
            row = {**values, "after": cr.fetchone()[0], "status": status}
            cr.execute(SQL(FILL_LEADS, **row, first=there + 1, last=wanted // len(statuses)))
            cr.execute(SQL(FILL_LEDGERS, **row))
            if status == "pending":
                cr.execute(SQL(FILL_DOINGS, **row))
            cr.commit()
    cr.commit()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE")
    cr._cnx.autocommit = False
    env.invalidate_all()


def board_calls(leads, domain):
    """Make the calls of the web client when it opens the board."""
    card = {}
    nodes = list(etree.fromstring(env.ref("crm.crm_case_kanban_view_leads").arch_db).iter("field"))
    of_widgets = {name for node in nodes for name in WIDGET_FIELDS.get(node.get("widget"), ())}
    for name in {"is_rotting", *of_widgets, *(node.get("name") for node in nodes)} & leads._fields.keys():
        card[name] = {"fields": {"display_name": {}}} if leads._fields[name].type == "many2one" else {}
    leads = leads.with_context(read_group_expand=True)
    sums = ["expected_revenue:sum", "recurring_revenue_monthly:sum"]
    colors = {"planned": "success", "today": "warning", "overdue": "danger"}
    leads.web_read_group(
        domain,
        ["stage_id"],
        sums,
        auto_unfold=True,
        unfold_read_specification=card,
        unfold_read_default_limit=COLUMN,
    )
    leads.read_progress_bar(domain, "stage_id", {"field": "activity_state", "colors": colors})


def read(leads, scope, blocks=None):
    """Read blocks of the workbench.

    :raises RuntimeError: if a block failed, since a failed block is fast
    """
    answer = leads.get_workbench(scope, blocks)
    failed = {name: block["error"] for name, block in answer["blocks"].items() if "error" in block}
    if failed:
        raise RuntimeError(failed)


def measure(user, scope, domain, rounds):
    """Print the medians for one reader and scope."""
    leads = env["crm.lead"].with_user(user)
    blocks = env["crm.workbench.block"]._find_blocks(scope)
    calls = {"board": lambda: board_calls(leads, domain), "first call": lambda: read(leads, scope)}
    calls.update({name: lambda name=name: read(leads, scope, [name]) for name in blocks})
    for name, is_later in (("again", False), ("again later", True)):
        keys = [key for key, block in blocks.items() if key != "state" and block._block_is_later == is_later]
        calls[name] = lambda keys=keys: read(leads, scope, keys)
    found = {name: [] for name in calls}
    for turn in range(rounds + 1):
        order = list(calls) if turn % 2 else list(reversed(calls))
        for name in order:
            figures = timed(env, calls[name])
            if turn:  # in the first round caches are cold
                found[name].append(figures)
    board = [milliseconds for milliseconds, _statements in found["board"]]
    for name, figures in found.items():
        times = [milliseconds for milliseconds, _statements in figures]
        ratio = statistics.median(mine / other for mine, other in zip(times, board, strict=True))
        most = max(count for _milliseconds, count in figures)
        print(
            f"{user.login:<12} {scope:<5} {name:<14} {statistics.median(times):8.1f} ms  {ratio:5.2f} of the board  "
            f"{most:3} statements",
            flush=True,
        )


def main(rounds=9, closed=0, wanted_open=OPEN):
    """Measure for a manager in each scope, and for a salesperson who may read the own documents only."""
    fill(int(wanted_open), int(closed))
    manager, seller = env["res.users"].search([("login", "=like", "workbench_%")], order="id", limit=2)
    team = env["crm.team"].search([("user_id", "=", manager.id)])
    everything = [("type", "=", "opportunity")]
    for user, scope, domain in (
        (seller, "mine", [*everything, ("user_id", "=", seller.id)]),
        (manager, "mine", [*everything, ("user_id", "=", manager.id)]),
        (manager, "team", [*everything, ("team_id", "in", team.ids)]),
        (manager, "all", everything),
    ):
        measure(user, scope, domain, int(rounds))


main(*globals()["arguments"])
