"""Measure the Process Review on the server.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/reports.py 1 [DEALS]
    ./sandbox script SCRATCH benchmarks/review.py [ROUNDS]

`benchmarks/reports.py` fills SCRATCH with four visits for each of DEALS deals, 250,000 by default. The figures are the
time and the statements of the first call and of each block alone, for a sales manager and for a salesperson who sees
own documents only, with cold caches of records. The last line compares the aggregate over lengths of visits with the
plain SQL aggregate over the same rows, in turns.
"""

from timing import compare, measure

#: Given by `./sandbox script`.
env = globals()["env"]

PERIODS = ("6_months", "12_months")
LENGTHS = """
    SELECT stage_id, outcome, CASE WHEN outcome IN ('open', 'removed') THEN floor(days) ELSE ceil(days) END, count(*)
    FROM (
        SELECT stage_id, outcome,
               EXTRACT(EPOCH FROM COALESCE(left_at, now() AT TIME ZONE 'UTC') - entered_at)::float8 / 86400 AS days
        FROM crm_stage_visit WHERE outcome NOT IN ('skipped', 'correction')
    ) visit
    GROUP BY 1, 2, 3
"""


def main(rounds=7):
    """Measure for both readers, then compare the aggregate."""
    seller = env["res.users"].search([("login", "=", "scratch_3")])
    readers = {"all documents": env.ref("base.user_admin"), "own documents": seller}
    for label, user in readers.items():
        review = env["crm.process.review"].with_user(user)
        for period in PERIODS:
            measure(env, f"first call, {period}, {label}", lambda: review.get_review(period), int(rounds))  # noqa: B023
            for key in env["crm.review.block"]._blocks_of_screen():
                measure(env, f"  {key}", lambda: review.get_review(period, blocks=[key]), int(rounds))  # noqa: B023
    manager = readers["all documents"]
    filters = {"user_id": seller.id}
    review = env["crm.process.review"].with_user(manager)
    measure(env, "first call of one salesperson", lambda: review.get_review("12_months", **filters), int(rounds))
    visits = env["crm.stage.visit"].with_user(manager)
    compare(env, "lengths of visits", lambda: visits._read_lengths([]), lambda: env.cr.execute(LENGTHS), int(rounds))


main(*globals()["arguments"])
