"""Measure the reports on sales actions over the visits of a database.

    ./sandbox script SCRATCH_DATABASE benchmarks/sales_actions.py [ROUNDS]

The database was filled by `generate.py`, and the module was installed afterwards. Each open stage gets three steps, and
seven of ten visits get progress on each of them. At the end all is rolled back. The output is the fastest round of each
default view, and of Stage Conversion with and without the measures of sales actions.
"""

import time

FILL_STEPS = """
    INSERT INTO crm_stage_step (name, stage_id, sequence, active, is_required, create_date)
    SELECT jsonb_build_object('en_US', 'Step ' || number), stage.id, number, TRUE, number < 3, TIMESTAMP '2000-01-01'
    FROM crm_stage stage, generate_series(1, 3) number
    WHERE stage.is_won IS NOT TRUE
"""
FILL_PROGRESS = """
    INSERT INTO crm_lead_progress (lead_id, visit_id, stage_id, date, source, step_id, step_name, reaction, company_id,
                                   team_id)
    SELECT visit.lead_id, visit.id, visit.stage_id,
           visit.entered_at + (COALESCE(visit.left_at, now() AT TIME ZONE 'UTC') - visit.entered_at) * random(),
           'activity', step.id, 'Step', (ARRAY['positive', 'neutral', 'negative'])[1 + step.id % 3], visit.company_id,
           visit.team_id
    FROM crm_stage_visit visit
    JOIN crm_stage_step step ON step.stage_id = visit.stage_id
    WHERE visit.lead_id IS NOT NULL AND visit.outcome NOT IN ('skipped', 'correction') AND random() < 0.7
"""
RATES = ["cohort:sum", "converted:sum", "lost:sum", "is_open:sum", "settled_rate:avg", "floor_rate:avg"]


def fastest(env, rounds, ask):
    """Return the seconds of the fastest round."""
    seconds = []
    for _round in range(rounds):
        env.invalidate_all()
        started = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def views(env):
    """Return (name, function) of each call to measure."""
    conversion, steps = env["crm.stage.conversion.report"], env["crm.stage.step.report"]
    progress = env["crm.lead.progress"]
    return [
        ("Sales Actions", lambda: progress._read_group([], ["stage_id", "step_id", "reaction"], ["__count"])),
        (
            "Conversion by Sales Action",
            lambda: steps._read_group(
                [], ["stage_id", "step_id", "with_step"], ["converted:sum", "lost:sum", "settled_rate:avg"]
            ),
        ),
        ("a page of its list", lambda: steps.web_search_read([], {"lead_id": {}, "with_step": {}}, limit=80)),
        ("Stage Conversion", lambda: conversion._read_group([], ["stage_id"], RATES)),
        ("by required actions", lambda: conversion._read_group([], ["stage_id", "required_taken"], RATES)),
        ("by last reaction", lambda: conversion._read_group([], ["stage_id", "last_reaction"], RATES)),
        ("with contacts", lambda: conversion._read_group([], ["stage_id"], [*RATES, "contact_count:avg"])),
    ]


def main(env, rounds):
    """Fill in steps and progress, measure, and roll back."""
    env.cr.execute(FILL_STEPS)
    env.cr.execute(FILL_PROGRESS)
    rows = env.cr.rowcount
    env.cr.execute("ANALYZE crm_stage_step; ANALYZE crm_lead_progress")
    visits = env["crm.stage.visit"].search_count([])
    print(f"{visits} visits, {rows} rows of progress")
    for name, ask in views(env):
        print(f"{name:>30}: {fastest(env, rounds, ask):6.2f} s", flush=True)
    env.cr.rollback()


main(env, int(arguments[0]) if arguments else 3)  # noqa: F821  given by `./sandbox script`
