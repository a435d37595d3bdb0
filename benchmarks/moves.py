"""What the ledgers cost a stage move: paired with bare CRM, one transaction a move.

    ./sandbox script MODULE_DATABASE benchmarks/moves.py BARE_DATABASE [ROUNDS]

Both databases are served by this one process and take turns within each round, so that whatever else the machine does
meets both alike. The figure is the median of the rounds' ratios, with the middle half of them. Beside it stands how the
fastest moves of the two sides compare, which tells more where a machine is busy.
"""

import gc
import statistics
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

DEALS = 1000


class Side:
    """One of the two databases, with deals to move."""

    def __init__(self, database):
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=3)
            self.stage_ids = stages.ids
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Deal {number}",
                        "type": "opportunity",
                        "expected_revenue": number,
                        "stage_id": stages[0].id,
                    }
                    for number in range(DEALS)
                ]
            )
            self.lead_ids = leads.ids
            self.user_id = env.ref("base.user_admin").id

    def move(self, lead_ids, turn):
        """Move deals to the next of three stages, so that none is taken back, in one transaction.

        :return: (seconds, queries)
        """
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_id, {})
            env["crm.lead"].browse(lead_ids).write({"stage_id": self.stage_ids[turn % 3]})
            cr.commit()
            queries = cr.sql_log_count
        seconds = time.perf_counter() - start
        gc.enable()
        return seconds, queries


def measure(bare, module, size, rounds):
    """Print the paired ratio for moves of `size` deals in one transaction."""
    ratios, bare_times, module_times, queries = [], [], [], None
    for turn in range(1, rounds + 1):
        lots = {}
        order = (bare, module) if turn % 2 else (module, bare)
        for side in order:
            first = (turn * size) % DEALS if size < DEALS else 0
            lots[side] = side.move(
                side.lead_ids[first : first + size], turn if size == DEALS else turn * size // DEALS + 1
            )
        if turn <= 2:
            continue  # caches are cold
        bare_times.append(lots[bare][0])
        module_times.append(lots[module][0])
        ratios.append(lots[module][0] / lots[bare][0])
        queries = lots[bare][1], lots[module][1]
    low, _middle, high = statistics.quantiles(ratios, n=4)
    fastest = min(module_times) / min(bare_times)
    print(
        f"{size:>5} deals: bare {statistics.median(bare_times) * 1000:8.2f} ms, with the module "
        f"{statistics.median(module_times) * 1000:8.2f} ms, paired {(statistics.median(ratios) - 1) * 100:+.1f}% "
        f"(middle half {(low - 1) * 100:+.1f} to {(high - 1) * 100:+.1f}), "
        f"fastest of each {(fastest - 1) * 100:+.1f}%, queries {queries[0]} and {queries[1]}"
    )


def main(bare_database, rounds=300):
    """Measure moves of one deal and of all."""
    bare, module = Side(bare_database), Side(env.cr.dbname)  # noqa: F821  the database that the script runs on
    measure(bare, module, 1, int(rounds))
    measure(bare, module, DEALS, max(int(rounds) // 15, 6))


main(*arguments)  # noqa: F821  what stands behind the file's name
