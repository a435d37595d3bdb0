"""Measure what the ledgers cost a stage move, paired with bare CRM: one transaction a move.

    ./sandbox odoo -d bare -i crm --with-demo --stop-after-init --no-http
    ./sandbox psql postgres -c 'CREATE DATABASE module TEMPLATE bare'
    ./sandbox psql module -c 'UPDATE ir_module_module SET demo = FALSE'
    ./sandbox odoo -d module -i sales_process_control --stop-after-init --no-http
    ./sandbox script module benchmarks/moves.py bare [ROUNDS]

The second database is a copy of the first, and the module adds no demo deals to it: Odoo's predictive scoring runs more
statements for each team that has won or lost a deal. The benchmark first checks that both hold as many deals.

This one process serves both databases and lets them take turns within each round, so that other load on the machine
affects both alike. The figure is the median of the rounds' ratios, with the middle half of them. Beside it stand the
ratio of the fastest moves and the ratio of the processor time of Odoo and its database connections (which must be on
the same machine). These two are more reliable than the first on a busy machine.

Moves are measured of deals of the person who moves them and of a colleague's deals, one and 1,000 in a transaction. The
colleague is online, so that the transaction also sends a message to the colleague's workbench. The line after each
figure says how many statements the module adds, and whether the limits below are kept.
"""

import gc
import statistics
import time
from pathlib import Path

import odoo.sql_db
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

DEALS = 1000
#: Additional time in percent by (whose deals, deals in a transaction), on a quiet machine.
LIMITS = {("own", 1): 20, ("colleague's", 1): 25, ("own", DEALS): 10, ("colleague's", DEALS): 10}
#: Additional statements of a transaction, however many deals it moves.
MOST_STATEMENTS = 8


class Side:
    """One of the two databases, with deals of the person who moves them or of a colleague who is online.

    :param str database: its name
    :param bool is_own: whether the deals belong to the person who moves them
    """

    def __init__(self, database, is_own):
        self.database = database
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=3)
            self.stage_ids = stages.ids
            self.user_id = env.ref("base.user_admin").id
            colleague = env["res.users"].search([("login", "=", "colleague")]) or env["res.users"].create(
                {"name": "Colleague", "login": "colleague", "group_ids": env.ref("base.user_admin").group_ids.ids}
            )
            self._set_online(colleague)
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Deal {number}",
                        "type": "opportunity",
                        "expected_revenue": number,
                        "stage_id": stages[0].id,
                        "user_id": self.user_id if is_own else colleague.id,
                    }
                    for number in range(DEALS)
                ]
            )
            self.lead_ids = leads.ids

    @staticmethod
    def _set_online(user):
        """Let a user have the workbench open in a browser, as far as Odoo knows."""
        presences = user.env["mail.presence"]
        presence = presences.search([("user_id", "=", user.id)]) or presences.create({"user_id": user.id})
        now = fields.Datetime.now()
        presence.write({"status": "online", "last_poll": now, "last_presence": now})

    def age(self):
        """Let all deals have entered their stage an hour ago, as no one moves a deal every few seconds.

        Within five minutes a move may be an undo, and the module then reads the ledgers once more.
        """
        with self.registry.cursor() as cr:
            cr.execute("SELECT to_regclass('crm_stage_visit')")
            if not cr.fetchone()[0]:
                return
            for query in (
                "UPDATE crm_lead SET stage_entered_at = stage_entered_at - INTERVAL '1 hour' WHERE id = ANY(%s)",
                """
                UPDATE crm_stage_visit SET entered_at = entered_at - INTERVAL '1 hour'
                WHERE lead_ref = ANY(%s) AND left_at IS NULL
                """,
            ):
                cr.execute(query, [self.lead_ids])

    def move(self, lead_ids, turn):
        """Move deals to the next of three stages in one transaction.

        With three stages no move returns to the stage before, which the ledgers would take as an undo.

        :return: (seconds, seconds of processor time, statements)
        """
        gc.collect()
        gc.disable()
        start, processor_start = time.perf_counter(), self.processor_seconds()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_id, {})
            env["crm.lead"].browse(lead_ids).write({"stage_id": self.stage_ids[turn % 3]})
            cr.commit()
            statements = cr.sql_log_count
        seconds = time.perf_counter() - start
        time.sleep(0.001)  # a connection may still work after its answer
        processor_seconds = self.processor_seconds() - processor_start
        gc.enable()
        return seconds, processor_seconds, statements

    def processor_seconds(self):
        """Return the processor time that this thread and the server processes of its connections have used so far."""
        pids = [
            connection.info.backend_pid
            for connection in odoo.sql_db._Pool._connections
            if not connection.closed and connection.info.dbname == self.database
        ]
        used = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
        return (used + time.thread_time_ns()) / 1e9


def percent_more(lots, column):
    """Return the quartiles of the rounds' ratios, as percentages above bare CRM.

    :param list lots: by round, what :meth:`Side.move` has returned for bare CRM and for the module
    :param int column: which of the returned figures
    :return: (lower quartile, median, upper quartile)
    """
    return statistics.quantiles([(module[column] / bare[column] - 1) * 100 for bare, module in lots], n=4)


def shown_percent(quartiles):
    """Return the text of :func:`percent_more`'s result."""
    return "{1:+.1f}% (middle half {0:+.1f} to {2:+.1f})".format(*quartiles)


def measure(bare, module, size, rounds, whose):
    """Print how moves of `size` deals in one transaction compare, and whether they keep the limits."""
    lots = []
    for turn in range(1, rounds + 1):
        first = (turn * size) % DEALS if size < DEALS else 0
        step = turn if size == DEALS else turn * size // DEALS + 1
        order = (bare, module) if turn % 2 else (module, bare)
        if size == DEALS or turn == 1:
            module.age()
        moved = {side: side.move(side.lead_ids[first : first + size], step) for side in order}
        if turn > 2:  # the first rounds fill the caches
            lots.append((moved[bare], moved[module]))
    bare_time, module_time = (statistics.median(lot[side][0] for lot in lots) * 1000 for side in (0, 1))
    fastest = min(lot[1][0] for lot in lots) / min(lot[0][0] for lot in lots) - 1
    quartiles = percent_more(lots, 0)
    print(
        f"{size:>5} {whose} deals: bare {bare_time:8.2f} ms, with the module {module_time:8.2f} ms, "
        f"paired {shown_percent(quartiles)}, fastest of each {fastest * 100:+.1f}%, "
        f"processor time {shown_percent(percent_more(lots, 1))}"
    )
    bare_statements, module_statements = (int(statistics.median(lot[side][2] for lot in lots)) for side in (0, 1))
    more = max(module_lot[2] - bare_lot[2] for bare_lot, module_lot in lots)
    limit = LIMITS[whose, size]
    print(
        f"      statements: bare {bare_statements}, with the module {module_statements}, at most {more} more "
        f"({verdict(more, MOST_STATEMENTS)}); time {verdict(round(quartiles[1], 1), limit, '%')}",
        flush=True,
    )


def verdict(value, limit, unit=""):
    """Return the text that says whether a value keeps its limit."""
    return f"{'within' if value <= limit else 'ABOVE'} the limit of {limit}{unit}"


def check_alike(bare_database):
    """Refuse to compare databases with different numbers of deals."""
    counts = "SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM crm_lead_scoring_frequency)"
    found = []
    for database in (bare_database, env.cr.dbname):  # noqa: F821
        with Registry(database).cursor() as cr:
            cr.execute(counts)
            found.append(cr.fetchone())
    if found[0] != found[1]:
        raise SystemExit("Deals and frequencies differ, {} and {}: make both databases anew.".format(*found))


def main(bare_database, rounds=300):
    """Measure moves of one deal and of many, of one's own deals and of a colleague's."""
    rounds = int(rounds)
    check_alike(bare_database)
    for whose in ("own", "colleague's"):
        bare, module = (Side(database, whose == "own") for database in (bare_database, env.cr.dbname))  # noqa: F821
        measure(bare, module, 1, rounds, whose)
        measure(bare, module, DEALS, max(rounds // 15, 6), whose)


main(*arguments)  # noqa: F821  given by `./sandbox script`
