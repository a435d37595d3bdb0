"""Measure the Process page of a long deal on the server.

    ./sandbox script MODULE_DATABASE benchmarks/process_page.py [ROUNDS [keep]]

Creates a deal with 200 visits and 1,000 rows of progress with feedback, and reads its page as its salesperson. The
caches are cleared before each round. The output is the median and the maximum of the rounds, and the statements. At the
end all is rolled back. With `keep` the deal is committed and its id printed, for `process_page_painted.py`.
"""

import statistics
import time

VISITS = 200
ENTRIES = 1000

FILL_VISITS = """
    INSERT INTO crm_stage_visit (lead_id, lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome,
                                 is_first, user_id, company_id, origin)
    SELECT %(lead_id)s, %(lead_id)s, stage_ids[1 + number %% cardinality(stage_ids)], 'Stage ' || number,
           number, entered_at, entered_at + INTERVAL '2 days',
           (ARRAY['advanced', 'moved_back'])[1 + number %% 2], FALSE, %(user_id)s, %(company_id)s, 'live'
    FROM generate_series(1, %(visits)s - 1) number
    CROSS JOIN LATERAL (
        SELECT %(now)s - (%(visits)s - number) * INTERVAL '2 days' AS entered_at, %(stage_ids)s AS stage_ids
    ) place
"""
FILL_ENTRIES = """
    INSERT INTO crm_lead_progress (lead_id, visit_id, stage_id, date, user_id, activity_type_id, source, feedback,
                                   step_id, step_name, reaction, company_id)
    SELECT %(lead_id)s, visit.id, visit.stage_id, visit.entered_at + number %% 40 * INTERVAL '1 hour', %(user_id)s,
           %(type_id)s, 'recorded', repeat('They compare us with two others. ', 1 + number %% 30),
           CASE WHEN number %% 3 = 0 THEN step.id END, CASE WHEN number %% 3 = 0 THEN 'Step ' || step.id END,
           (ARRAY['positive', 'neutral', 'negative', NULL])[1 + number %% 4], %(company_id)s
    FROM generate_series(1, %(entries)s) number
    JOIN (
        SELECT *, row_number() OVER (ORDER BY entered_at) - 1 AS place FROM crm_stage_visit WHERE lead_ref = %(lead_id)s
    ) visit ON visit.place = number %% %(visits)s
    LEFT JOIN LATERAL (
        SELECT id FROM crm_stage_step WHERE stage_id = visit.stage_id ORDER BY id OFFSET number %% 3 LIMIT 1
    ) step ON TRUE
"""


def fill(env):
    """Create the deal.

    :return: the deal, in the environment of its salesperson
    """
    user = env.ref("base.user_admin")
    stages = env["crm.stage"].search([("is_won", "=", False)], limit=5)
    steps = [
        {"stage_id": stage.id, "name": f"Step {number}", "is_required": number < 2, "guidance": "Ask who decides."}
        for stage in stages
        for number in range(5)
    ]
    env["crm.stage.step"].create(steps)
    lead = env["crm.lead"].create(
        {"name": "A long deal", "type": "opportunity", "user_id": user.id, "stage_id": stages[0].id}
    )
    env.cr.flush()
    values = {
        "lead_id": lead.id,
        "user_id": user.id,
        "company_id": lead.company_id.id or None,
        "stage_ids": stages.ids,
        "type_id": env.ref("mail.mail_activity_data_call").id,
        "now": env.cr.now(),
        "visits": VISITS,
        "entries": ENTRIES,
    }
    env.cr.execute(FILL_VISITS, values)
    env.cr.execute(FILL_ENTRIES, values)
    env.cr.execute("ANALYZE crm_stage_visit; ANALYZE crm_lead_progress")
    env.invalidate_all()
    return lead.with_user(user)


def main(env, rounds=30, keep=""):
    """Read the page's data several times and print the figures."""
    lead = fill(env)
    lead.get_process()
    times, statements = [], set()
    for _round in range(int(rounds)):
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        process = lead.get_process()
        times.append((time.perf_counter() - start) * 1000)
        statements.add(env.cr.sql_log_count - before)
    shown = sum(len(visit.get("entries", ())) for visit in process["stays"])
    print(
        f"{VISITS} visits, {ENTRIES} entries: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms, "
        f"{sorted(statements)} statements; {len(process['stays'])} visits with {shown} entries shown, "
        f"{process['more_stays']} more"
    )
    if keep:
        env.cr.commit()
        print(f"Kept: the deal with the id {lead.id}")
    env.cr.rollback()


main(env, *arguments)  # noqa: F821  given by `./sandbox script`
