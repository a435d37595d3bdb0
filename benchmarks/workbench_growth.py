"""Growth of the first call of the workbench with the number of closed deals.

    ./sandbox script SMALL benchmarks/workbench_growth.py BIG [ROUNDS]

`benchmarks/workbench.py` has filled both databases with the same open deals, for instance with `1 80000 20000` and with
`1 980000 20000`. This process serves both, and they take turns within each round. The output has the median of the
ratios within a round.
"""

import gc
import statistics
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

READERS = (("workbench_1", "mine"), ("workbench_0", "mine"), ("workbench_0", "team"), ("workbench_0", "all"))


def timed(side, login, scope):
    """Return the milliseconds of the first call with cold caches of records."""
    user = side["res.users"].search([("login", "=", login)])
    side.invalidate_all()
    gc.collect()
    start = time.perf_counter()
    side["crm.lead"].with_user(user).get_workbench(scope)
    return (time.perf_counter() - start) * 1000


def main(big_database, rounds=15):
    """Print the paired ratio for each reader and scope."""
    small = globals()["env"]
    with Registry(big_database).cursor() as cr:
        big = api.Environment(cr, SUPERUSER_ID, {})
        for login, scope in READERS:
            pairs = []
            for turn in range(int(rounds) + 1):
                order = (small, big) if turn % 2 else (big, small)
                times = {side: timed(side, login, scope) for side in order}
                if turn:  # in the first round caches are cold
                    pairs.append((times[small], times[big]))
            ratio = statistics.median(more / less for less, more in pairs)
            less, more = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{login:<12} {scope:<5} {less:8.1f} ms, with more closed deals {more:8.1f} ms, {ratio:5.2f} times")


main(*globals()["arguments"])
