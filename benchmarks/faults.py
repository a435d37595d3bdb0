"""Faults at random moments: nothing is lost, nothing is half done, and the work can be done again.

    .sandbox/venv/bin/python benchmarks/faults.py [FAULTS] [SEED]

The program makes a PostgreSQL cluster of its own in a temporary directory, with durability on, and removes it at the
end. FAULTS (32) are spread over four works (a bulk move of 2,000 deals, an import of 2,500 deals, an installation with
a past, the nightly jobs) and four faults at a random moment:

- the process of Odoo is killed with SIGKILL;
- the backend of PostgreSQL that works for it is killed with SIGKILL, so that PostgreSQL recovers;
- its connection is ended (`pg_terminate_backend`);
- PostgreSQL is stopped at once (`pg_ctl stop -m immediate`) and started again.

After each fault the database is checked: a transaction is there as a whole or not at all. Then the work is done again.
At the end both ledgers are proved, and compared with the same work without a fault.

Before, if the caller is root, a disk becomes full: a database on a file system (tmpfs) of limited size moves 2,000
deals. And a standby that is 15 seconds late answers what is read, while a browser writes (`db_replica_host`).
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "sandbox.d"), str(ROOT / "tests")]

import databases  # noqa: E402
import places  # noqa: E402
import postgres  # noqa: E402
import processes  # noqa: E402
import psycopg2  # noqa: E402
import setup  # noqa: E402
from cluster import Cluster  # noqa: E402
from faults_works import FILES, WORKS, run_script  # noqa: E402
from load_client import Session  # noqa: E402
from serving import free_port, wait_for_answer  # noqa: E402

FAULTS = ("kill Odoo", "kill -9 of the backend", "connection ended", "PostgreSQL stopped and started")
DELAY = 15
#: Space of the full disk beyond the database, in kilobytes.
SPACE = 1024


def backend_of(database):
    """Return the process id of the backend that works for Odoo, or None."""
    query = f"""
        SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' ORDER BY state = 'active' DESC, xact_start LIMIT 1
    """
    rows = databases.query(query)
    return int(rows[0][0]) if rows else None


def cause(fault, process, database, cluster):
    """Cause a fault while a process works on a database."""
    if fault == FAULTS[0]:
        process.send_signal(signal.SIGKILL)
    elif fault == FAULTS[3]:
        cluster.restart()
    elif backend := backend_of(database):
        if fault == FAULTS[1]:
            cluster.kill_backend(backend)
        else:
            databases.query(f"SELECT pg_terminate_backend({backend})")
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(60)
    processes.end_process(process)


class Trial:
    """One work with its faults.

    :param work: one of WORKS
    :param Cluster cluster: where it is done
    """

    def __init__(self, work, cluster):
        self.work, self.cluster = work, cluster
        self.base = work.make_base()
        self.seconds, self.expected = self.undisturbed()
        self.results = Counter()

    def undisturbed(self):
        """Do the work once. Return how long it took, and what is then in the database."""
        name = self.fresh()
        begin = time.monotonic()
        run_script(self.work.command(name))
        seconds = time.monotonic() - begin
        expected = self.work.content(name)
        databases.drop(name)
        return seconds, expected

    def fresh(self):
        """Return the name of a new copy of the database in which the work is to be done."""
        name = f"faults_{os.getpid()}_work"
        databases.copy(self.base, name)
        return name

    def run(self, faults, chance):
        """Do the work with several faults, until it is done, and compare. Begin anew whenever it is done."""
        name = self.fresh()
        for fault in faults:
            process = subprocess.Popen(
                self.work.command(name),
                env=setup.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # Odoo needs some seconds to load before it begins.
            moment = chance.uniform(min(2.5, self.seconds / 3), self.seconds * 0.95)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            was_running = process.poll() is None
            if was_running:
                cause(fault, process, name, self.cluster)
            problem = self.work.half_done(name)
            outcome = f"HALF DONE ({problem})" if problem else "whole" if was_running else "had finished before"
            self.results[fault, outcome] += 1
            print(f"  {self.work.name}, {fault} after {moment:.1f} of {self.seconds:.1f} s: {outcome}", flush=True)
            if self.work.is_done(name):
                self.finish(name)
                name = self.fresh()
        self.finish(name)

    def finish(self, name):
        """Do the work until it is done, prove both ledgers and compare with the work without a fault."""
        run_script(self.work.command(name))
        self.work.prove(name)
        found = self.work.content(name)
        different = [key for key in found if found[key] != self.expected[key]]
        self.results["all", f"DIFFERENT: {different}" if different else "done again with the same result"] += 1
        databases.drop(name)


def fill_disk(work):
    """Do a work on a disk that becomes full; return what came of it."""
    base, name = work.make_base(), f"faults_{os.getpid()}_full"
    with tempfile.TemporaryDirectory(prefix="faults-disk-") as place:
        Path(place).chmod(0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", place], check=True)
        try:
            directory = Path(place) / "space"
            postgres.make_owned(directory)
            databases.query(f"CREATE TABLESPACE small LOCATION '{directory}'")
            databases.query(f'CREATE DATABASE "{name}" TEMPLATE "{base}" TABLESPACE small')
            databases.query("CHECKPOINT")
            used = shutil.disk_usage(place).used // 1024
            subprocess.run(["mount", "-o", f"remount,size={used + SPACE}k", place], check=True)
            before = work.content(name)
            failed = subprocess.run(work.command(name), env=setup.environment(), capture_output=True, check=False)
            has_failed = failed.returncode != 0 and b"No space left" in failed.stderr
            is_same = work.content(name) == before
            subprocess.run(["mount", "-o", "remount,size=1g", place], check=True)
            run_script(work.command(name))
            work.prove(name)
            databases.drop(name)
            databases.query("DROP TABLESPACE small")
        finally:
            subprocess.run(["umount", place], check=True)
    stopped = "stopped by the full disk" if has_failed else "NOT STOPPED"
    return f"{stopped}, {'nothing changed' if is_same else 'HALF DONE'}; with more space done and proved"


READS = (
    ("crm.lead", "get_workbench", ("all",)),
    ("crm.pipeline.movement", "get_funnel", ()),
    ("crm.pipeline.movement", "get_funnel_weeks", ()),
    ("crm.process.review", "get_review", ()),
    ("crm.stage.visit", "stage_statistics", ()),
)


class LateReplica:
    """A server that reads from a standby which is late.

    :param str database: its name
    :param dict environment: environment variables of the server
    :param Cluster replica: the standby
    """

    def __init__(self, database, environment, replica):
        self.database, self.environment, self.replica = database, environment, replica

    def stages_there(self, lead_id):
        """Return the deal's open visit as the standby has it."""
        with contextlib.closing(psycopg2.connect(dbname=self.database, host=str(self.replica.directory))) as connection:
            cr = connection.cursor()
            cr.execute("SELECT stage_id FROM crm_stage_visit WHERE lead_ref = %s AND left_at IS NULL", [lead_id])
            return cr.fetchall()

    def run(self):
        """Move a deal, read everything while the standby is late and after it; return the differences."""
        port, log = free_port(), places.LOGS / f"{self.database}.log"
        command = databases.odoo_command("-d", self.database, "--db-filter", f"^{self.database}$", "-p", port)
        command += ["--db_replica_host", str(self.replica.directory), "--max-cron-threads", "0", "--logfile", log]
        process = subprocess.Popen(list(map(str, command)), env=self.environment)
        try:
            wait_for_answer(process, port)
            session = Session(port, self.database, "admin")
            # The session itself is a row that the standby does not have yet.
            first = [session.call(*read[:2], *read[2]) for read in READS]
            [lead] = session.call("crm.lead", "search_read", [("name", "=", "Many 7")], ["stage_id"], limit=1)
            stages = session.call("crm.stage", "search", [("is_won", "=", False)], order="sequence, id")
            session.call("crm.lead", "write", [lead["id"]], {"stage_id": stages[2]})
            late = self.stages_there(lead["id"]) == [(lead["stage_id"][0],)]
            during = [session.call(*read[:2], *read[2]) for read in READS]
            session.call("crm.lead", "write", [lead["id"]], {"expected_revenue": 4711})
            time.sleep(DELAY + 5)
            caught_up = self.stages_there(lead["id"]) == [(stages[2],)]
            after = [session.call(*read[:2], *read[2]) for read in READS]
        finally:
            processes.end_process(process)
        errors = sum(" ERROR " in line for line in log.read_text(errors="replace").splitlines())
        return {
            "was late": late,
            "caught up": caught_up,
            "funnel while late as before the move": first[1]["stages"] == during[1]["stages"],
            "funnel afterwards has moved": first[1]["stages"] != after[1]["stages"],
            "calls": 3 * len(READS),
            "errors in the log": errors,
        }


def read_from_late_replica(work, cluster):
    """Print what a server shows that reads from a standby which is late."""
    database = f"faults_{os.getpid()}_late"
    databases.copy(work.make_base(), database)
    replica = cluster.standby(f"{DELAY}s")
    try:
        time.sleep(DELAY + 5)
        print("late replica:", LateReplica(database, setup.environment(), replica).run(), flush=True)
        work.prove(database)
    finally:
        replica.remove()
        databases.drop(database)


def main(faults=32, seed=20):
    """Run all faults and print a table."""
    setup.prepare()
    cluster = Cluster.create()
    os.environ.update(cluster.environment())
    chance = random.Random(int(seed))
    databases.CRM_TEMPLATE, databases.MODULE_TEMPLATE = "faults_crm", "faults_module"
    try:
        works = [work() for work in WORKS]
        if os.geteuid() == 0:
            print("disk full:", fill_disk(works[0]), flush=True)
        read_from_late_replica(works[0], cluster)
        results = Counter()
        for position, work in enumerate(works):
            trial = Trial(work, cluster)
            mine = [FAULTS[number // len(works) % len(FAULTS)] for number in range(position, int(faults), len(works))]
            trial.run(mine, chance)
            results.update({(work.name, *key): count for key, count in trial.results.items()})
        for (name, fault, outcome), count in sorted(results.items()):
            print(f"{name:14} {fault:32} {outcome}: {count}")
    finally:
        for name in [name for name in databases.stamps() if name.startswith("faults_")]:
            databases.drop(name)
        cluster.remove()
        shutil.rmtree(FILES)


if __name__ == "__main__":
    main(*sys.argv[1:])
