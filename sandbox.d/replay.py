"""The command `replay`: play a log of events through CRM as users would have worked.

`replay_log.py` reads the log. This file prepares the database and starts the workers, each of which runs
`replay_in_odoo.py` for its share of the deals.
"""

import argparse
import contextlib
import fcntl
import itertools
import subprocess
import sys
import threading
import time
from pathlib import Path

import places
from problems import Problem
from replay_log import COLUMNS, read_log

DEFAULT_DATABASE = "replay"
# One more than the cores of a small machine, because one worker often waits for the lock.
WORKERS = 3
# Names the log that was played. The comment of the database is already used for its stamp.
LOG_PARAMETER = "sandbox.replayed_log"
# The log's stages replace those of the database, which is only allowed while it contains nothing but Odoo's own data.
USED_QUERY = """
    SELECT EXISTS (SELECT FROM crm_lead) OR EXISTS (
        SELECT FROM crm_stage stage LEFT JOIN ir_model_data data
            ON data.module = 'crm' AND data.model = 'crm.stage' AND data.res_id = stage.id
        WHERE data.id IS NULL
    )
"""


def run(arguments):
    """Check the log and the database, create what is missing, then play the log.

    :return: the exit code
    """
    options = parse(arguments)
    path = Path(options.file)
    log = read_log(path)
    # Odoo's process imports this file as well, and must not load the sandbox's other modules.
    import databases
    import postgres
    import setup
    from steps import key_of, locked

    databases.check_name(options.db)
    setup.prepare()
    with postgres.in_use(leave_running=True), locked(places.SANDBOX / "replay" / f"{options.db}.lock"):
        fingerprint = key_of(path)
        prepare_database(options.db, fingerprint)
        wanted = set(itertools.islice(dict.fromkeys(event.deal for event in log.events), options.deals))
        total = sum(event.deal in wanted for event in log.events)
        arguments = [path.resolve(), fingerprint, len(wanted)]
        return play(options.db, Progress(total, len(wanted)), arguments, setup.environment())


class Progress:
    """How many events all workers have played, and how long the rest will take."""

    def __init__(self, total, deals):
        self.total = total
        self.deals = deals
        self.done = [0] * WORKERS
        self.played_before = [None] * WORKERS
        self.day = ""
        self.started = self.shown = time.monotonic()

    def follow(self, worker, lines):
        """Read a worker's progress lines until it ends."""
        for line in lines:
            done, self.day = line.split()
            self.done[worker] = int(done)
            if self.played_before[worker] is None:
                # The first line comes once Odoo has loaded, which must not count for the estimated time.
                self.played_before[worker], self.started = int(done), time.monotonic()

    def show(self):
        """Print the progress: in a terminal as one changing line, in a log as a line every ten seconds."""
        is_terminal = sys.stderr.isatty()
        seconds, done = time.monotonic() - self.started, sum(self.done)
        new = done - sum(filter(None, self.played_before))
        if time.monotonic() - self.shown < (0.5 if is_terminal else 10) or not new or None in self.played_before:
            return
        self.shown = time.monotonic()
        time_left = duration_text((self.total - done) * seconds / new)
        text = f"{self.day}: {done:,} of {self.total:,} events, {new / seconds:.0f} a second, {time_left} left"
        sys.stderr.write(f"\r\033[K{text}" if is_terminal else f"{text}\n")

    def end(self, database):
        """Print the result."""
        done = sum(self.done)
        played = f"{done:,} of {self.total:,} events"
        new = done - sum(filter(None, self.played_before))
        seconds = time.monotonic() - self.started
        if done < self.total:
            text = f"Stopped after {played}; the same command continues from there."
        elif new:
            text = f"Replayed {played} of {self.deals:,} deals, {new:,} of them now, in {duration_text(seconds)}."
        else:
            text = f"All {played} of {self.deals:,} deals are played already."
        start = "\r\033[K" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{start}{text}\n  ./sandbox run --db {database}   shows them\n")


def duration_text(seconds):
    """Return a number of seconds as text."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def play(database, progress, arguments, environment):
    """Start the workers, each with a share of the deals, and wait for them.

    :return: the exit code
    """
    scripts = [places.PARTS / "in_odoo.py", database, places.PARTS / "replay_in_odoo.py"]
    command = [places.VENV_PYTHON, *scripts, *arguments]
    workers, threads = [], []
    try:
        for number in range(WORKERS):
            # A session of its own keeps Ctrl-C away from a worker, which would otherwise abort its transaction.
            worker = subprocess.Popen(
                [str(part) for part in (*command, number, WORKERS)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            workers.append(worker)
            threads.append(threading.Thread(target=progress.follow, args=(number, worker.stdout)))
            threads[-1].start()
        while any(worker.poll() is None for worker in workers) and not any(worker.poll() for worker in workers):
            time.sleep(0.2)
            progress.show()
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
        for thread in threads:
            thread.join()
        codes = [worker.wait() for worker in workers]
        progress.end(database)
    return max(map(abs, codes))


@contextlib.contextmanager
def exclusive_turn(database):
    """Hold the lock that only one worker may hold at a time."""
    with open(places.SANDBOX / "replay" / f"{database}.turn", "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def parse(arguments):
    """Return the parsed options.

    :raise Problem: if a value is out of range
    """
    parser = argparse.ArgumentParser(prog="sandbox replay", description=__doc__)
    parser.add_argument("file", metavar="FILE", help=f"a csv with the columns {', '.join(COLUMNS)}")
    parser.add_argument("--db", default=DEFAULT_DATABASE, metavar="NAME", help="created if missing, without demo data")
    parser.add_argument("--deals", type=int, metavar="N", help="only the first N deals, by their first event")
    options = parser.parse_args(arguments)
    if options.deals is not None and options.deals < 1:
        raise Problem(f"--deals {options.deals} leaves nothing to play: give a number from 1 on, or leave it out.")
    return options


def prepare_database(name, fingerprint):
    """Create the database, or check an existing one.

    :param str fingerprint: key of the log
    :raise Problem: if the database contains other deals than those of this log
    """
    import databases
    import serving

    existing = databases.stamps()
    if name in existing:
        hint = "name another database with --db."
        if databases.query("SELECT to_regclass('crm_lead') IS NULL", name) == [["t"]]:
            raise Problem(f"the database {name} has no CRM: {hint}")
        played = databases.query(f"SELECT value FROM ir_config_parameter WHERE key = '{LOG_PARAMETER}'", name)
        if not played and databases.query(USED_QUERY, name) != [["f"]]:
            raise Problem(f"the database {name} is in use for something else: {hint}")
        if played and played != [[fingerprint]]:
            raise Problem(f"the database {name} holds the deals of another log: {hint}")
    serving.ensure_database(name, demo=False)
