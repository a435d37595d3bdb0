"""Measure the recording of progress: the history of messages, and activities marked done, paired with bare CRM.

    ./sandbox script MODULE_DATABASE benchmarks/progress.py [BARE_DATABASE [ROUNDS]]

The history of a million messages is created by SQL, rebuilt, and rolled back. Half of the messages are from customers.
A quarter reports done activities, half of which are still stored as archived activities. The rest are notes. The
history is rebuilt twice, as by an update: the second time there is nothing to add.

With a bare database, each round also marks a thousand activities done in both databases, each in one transaction that
is rolled back. The figure is the median of the rounds' ratios, with the middle half of them, and the ratio of the
fastest rounds.
"""

import gc
import resource
import statistics
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

MESSAGES = 1_000_000
DEALS = 100_000
ACTIVITIES = 1000

FILL_LEADS = """
    INSERT INTO crm_lead (name, type, active, stage_id, company_id, won_status, create_date)
    SELECT 'Past ' || number, 'opportunity', TRUE, %(stage_id)s, %(company_id)s, 'pending', %(now)s - INTERVAL '3 years'
    FROM generate_series(1, %(deals)s) number
    RETURNING id
"""
#: The messages of a deal are spread over two years. Every fourth message reports a done activity.
FILL_MESSAGES = """
    INSERT INTO mail_message (model, res_id, date, create_date, create_uid, message_type, author_id, subtype_id,
                              mail_activity_type_id, body)
    SELECT 'crm.lead', %(first)s + number %% %(deals)s, at, at, %(user_id)s,
           CASE WHEN number %% 4 < 2 THEN 'email' ELSE 'notification' END,
           CASE WHEN number %% 4 < 2 THEN %(customer_id)s ELSE %(colleague_id)s END,
           CASE WHEN number %% 4 = 2 THEN %(activity_subtype_id)s ELSE %(note_subtype_id)s END,
           CASE WHEN number %% 4 = 2 THEN %(type_id)s END,
           CASE WHEN number %% 4 = 2 THEN '<div><p><span class="fa fa-phone fa-fw"></span><span>Call</span> done</p>
               <div><div class="fw-bold">Feedback:</div>They call back.<br>Price &lt; 100</div></div>'
               ELSE '<p>Hello, here is our answer.</p>' END
    FROM generate_series(1, %(messages)s) number
    CROSS JOIN LATERAL (SELECT %(now)s - number * INTERVAL '63 s' AS at) instant
"""
FILL_ACTIVITIES = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, date_deadline, user_id, active,
                               feedback, date_done, create_date, write_date)
    SELECT %(model_id)s, 'crm.lead', res_id, mail_activity_type_id, date::date, %(user_id)s, FALSE,
           'They call back.', date::date, date - INTERVAL '1 day', date
    FROM mail_message
    WHERE model = 'crm.lead' AND mail_activity_type_id IS NOT NULL AND id %% 2 = 0
"""


def fill(env, messages, deals):
    """Create deals with messages and activities, and update the planner's statistics."""
    values = {
        "messages": messages,
        "deals": deals,
        "now": env.cr.now(),
        "stage_id": env["crm.stage"].search([("is_won", "=", False)], limit=1).id,
        "company_id": env.company.id,
        "user_id": env.ref("base.user_admin").id,
        "customer_id": env["res.partner"].create({"name": "Buyer"}).id,
        "colleague_id": env.ref("base.user_admin").partner_id.id,
        "activity_subtype_id": env.ref("mail.mt_activities").id,
        "note_subtype_id": env.ref("mail.mt_note").id,
        "type_id": env.ref("mail.mail_activity_data_call").id,
        "model_id": env["ir.model"]._get_id("crm.lead"),
    }
    env.flush_all()
    env.cr.execute(FILL_LEADS, values)
    values["first"] = env.cr.fetchone()[0]
    env.cr.execute(FILL_MESSAGES, values)
    env.cr.execute(FILL_ACTIVITIES, values)
    for table in ("crm_lead", "mail_message", "mail_activity"):
        env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()


def measure_past(env, messages, deals):
    """Print the time of rebuilding the history, and of rebuilding it again."""
    fill(env, messages, deals)
    for what in ("read", "read again"):
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.monotonic()
        number = env["crm.lead.progress"].rebuild()
        seconds = time.monotonic() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
        print(f"{messages:,} messages {what}: {number:,} rows in {seconds:.1f} s, {grown:.0f} MB more at the most")
    env.cr.rollback()


class Side:
    """One of the two databases, with deals whose activities are planned and done."""

    def __init__(self, database):
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            values = [{"name": f"Deal {number}", "type": "opportunity"} for number in range(ACTIVITIES)]
            self.lead_ids = env["crm.lead"].create(values).ids
            self.user_id = env.ref("base.user_admin").id
            self.values = {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "activity_type_id": env.ref("mail.mail_activity_data_call").id,
                "user_id": self.user_id,
            }

    def mark_done(self):
        """Plan a thousand activities and measure marking them done.

        :return: (seconds, statements)
        """
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_id, {})
            activities = env["mail.activity"].create([{**self.values, "res_id": lead_id} for lead_id in self.lead_ids])
            cr.flush()
            env.invalidate_all()
            queries = cr.sql_log_count
            gc.collect()
            gc.disable()
            start = time.perf_counter()
            activities.action_feedback(feedback="They call back.")
            cr.flush()
            seconds = time.perf_counter() - start
            gc.enable()
            queries = cr.sql_log_count - queries
            cr.rollback()
        return seconds, queries


def measure_done(bare, module, rounds):
    """Print the median ratio for a thousand activities in one transaction."""
    ratios, times, queries = [], {bare: [], module: []}, {}
    for turn in range(rounds + 1):
        lots = {}
        for side in (bare, module) if turn % 2 else (module, bare):
            lots[side], queries[side] = side.mark_done()
        if not turn:
            continue  # the first round fills the caches
        for side, seconds in lots.items():
            times[side].append(seconds)
        ratios.append(lots[module] / lots[bare])
    low, _middle, high = statistics.quantiles(ratios, n=4)
    fastest = min(times[module]) / min(times[bare])
    print(
        f"{ACTIVITIES} activities done: bare {statistics.median(times[bare]):.2f} s, with the module "
        f"{statistics.median(times[module]):.2f} s, paired {(statistics.median(ratios) - 1) * 100:+.1f}% "
        f"(middle half {(low - 1) * 100:+.1f} to {(high - 1) * 100:+.1f}), "
        f"fastest of each {(fastest - 1) * 100:+.1f}%, queries {queries[bare]} and {queries[module]}"
    )


def main(env, bare_database=None, rounds=10):
    """Measure the history and, with a bare database, marking activities done."""
    measure_past(env, MESSAGES, DEALS)
    if bare_database:
        measure_done(Side(bare_database), Side(env.cr.dbname), int(rounds))


main(env, *arguments)  # noqa: F821  given by `./sandbox script`
