"""Measure time and memory of rebuilding the history, in a database that `generate.py` has filled.

    ./sandbox script DATABASE benchmarks/past.py

The module must be installed. Its ledgers are emptied and rebuilt in one transaction, which is rolled back.
"""

import resource
import time


def main(env):
    """Rebuild the history and print the figures."""
    env.cr.execute("TRUNCATE crm_stage_visit, crm_pipeline_movement")
    env.cr.execute("UPDATE crm_lead SET stage_entered_at = NULL")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    deals = env["crm.pipeline.past"].rebuild()
    seconds = time.monotonic() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    env.cr.execute("SELECT count(*) FROM crm_stage_visit WHERE outcome <> 'skipped'")
    [visits] = env.cr.fetchone()
    env.cr.execute("SELECT count(*) FROM crm_pipeline_movement")
    [lines] = env.cr.fetchone()
    print(
        f"{deals:,} deals, {visits:,} visits, {lines:,} lines in {seconds:.1f} s; "
        f"memory {memory / 1024:.0f} MB before, {grown:.0f} MB more at the most"
    )
    env.cr.rollback()


main(env)  # noqa: F821  given by `./sandbox script`
