"""Measure the migration of the ledgers to version 19.0.1.11.0, in a database with the module and few deals.

    ./sandbox script DATABASE benchmarks/upgrade.py [VISITS]

Writes the rows of an old version by SQL: deals with four rows each. A fifth of them came back after a win or a loss, a
twentieth was created as lost. The transaction is rolled back.
"""

import importlib.util
import sys
import time
from pathlib import Path

SCRIPT = Path("sales_process_control/migrations/19.0.1.11.0/post-ledgers.py")
#: (row, kind of deal): stage, entered and left in minutes, outcome, converted in minutes. Kind 0 came back after a win,
#: kind 1 after a loss, kind 2 was created as lost, others went on to be won.
VISITS = """
    INSERT INTO crm_stage_visit (lead_ref, stage_id, stage_name, stage_sequence, entered_at, left_at, outcome, is_first,
        converted_at, mover_ref, amount, currency_id, origin)
    SELECT deal.id, stage.id, stage.id::text, stage.id, deal.at + row.entered * interval '1 minute',
           deal.at + row.gone * interval '1 minute', row.outcome, row.is_first,
           deal.at + row.converted * interval '1 minute', 2, 100, 1, 'live'
    FROM (SELECT 10000000 + number AS id, timestamp '2025-01-01' + number * interval '4 minutes' AS at,
                 CASE WHEN number %% 10 < 2 THEN number %% 10 WHEN number %% 20 = 2 THEN 2 ELSE 3 END AS kind
          FROM generate_series(1, %(deals)s) number) deal
    JOIN (VALUES
        (0, 1, 0, 1000, 'advanced', TRUE, 1000), (0, 2, 1000, 2000, 'won', TRUE, 2000),
        (0, 3, 2000, 2000, 'skipped', TRUE, 2000), (0, 2, 2002, NULL, 'open', FALSE, NULL),
        (1, 1, 0, 1000, 'advanced', TRUE, 1000), (1, 2, 1000, 1000, 'skipped', TRUE, 1000),
        (1, 3, 1000, 2000, 'lost', TRUE, NULL), (1, 3, 9000, NULL, 'open', FALSE, NULL),
        (2, 1, 0, 0, 'lost', TRUE, NULL), (2, 1, 500, 1000, 'advanced', FALSE, NULL),
        (2, 2, 1000, 2000, 'moved_back', TRUE, NULL), (2, 1, 2000, NULL, 'open', FALSE, NULL),
        (3, 1, 0, 1000, 'advanced', TRUE, 1000), (3, 2, 1000, 1500, 'advanced', TRUE, 1500),
        (3, 3, 1500, 1600, 'moved_back', TRUE, 2000), (3, 2, 1600, 2000, 'won', FALSE, NULL)
    ) row (kind, stage_id, entered, gone, outcome, is_first, converted) ON row.kind = deal.kind
    JOIN (SELECT id, row_number() OVER (ORDER BY sequence, id) AS place FROM crm_stage) stage
        ON stage.place = row.stage_id
    ORDER BY deal.id, row.entered, row.gone NULLS LAST
"""
LINES = """
    INSERT INTO crm_pipeline_movement (lead_ref, kind, date, day, stage_id, deal_count, amount, currency_id, origin)
    SELECT lead_ref, line.kind, line.date, line.date::date, stage_id, line.count, 100 * line.count, 1, 'live'
    FROM crm_stage_visit visit
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN EXISTS (SELECT FROM crm_stage_visit earlier WHERE earlier.lead_ref = visit.lead_ref
                           AND earlier.outcome IN ('won', 'lost') AND earlier.id < visit.id)
              THEN 'reopened' ELSE 'created' END, visit.entered_at, 1),
        (visit.outcome, visit.left_at, -1)
    ) line (kind, date, count)
    WHERE visit.lead_ref > 10000000 AND visit.outcome <> 'skipped' AND line.date IS NOT NULL
    ORDER BY visit.id, line.count DESC
"""


def main(env, visits):
    """Write the rows, migrate and print the figures."""
    env.cr.execute(VISITS, {"deals": visits // 4})
    env.cr.execute("ANALYZE crm_stage_visit")
    env.cr.execute(LINES)
    env.cr.execute("ANALYZE crm_stage_visit, crm_pipeline_movement")
    spec = importlib.util.spec_from_file_location("post_ledgers", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    start = time.monotonic()
    script.migrate(env.cr, "19.0.1.10.0")
    seconds = time.monotonic() - start
    env.cr.execute("SELECT count(*), count(*) FILTER (WHERE outcome = 'correction') FROM crm_stage_visit")
    rows, corrections = env.cr.fetchone()
    print(f"{rows:,} rows after the migration, {corrections:,} corrections: {seconds:.1f} s")
    env.cr.rollback()


main(env, int(sys.argv[1]) if len(sys.argv) > 1 else 350_000)  # noqa: F821  given by `./sandbox script`
