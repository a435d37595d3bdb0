"""Works that a fault interrupts, and how they are run: in a process that can be killed, or in a thread."""

import contextlib
import signal
import subprocess
import threading

import places
import psycopg2

from odoo import SUPERUSER_ID, api

#: Deals of the bulk move, and deals of which `benchmarks/faults.py` makes the work of jobs.
MANY, DRIFTED, FLAGGED, MET = 2000, 1300, 1300, 300
#: Moves all of them in one transaction.
MOVE = """
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
env["crm.lead"].search([("name", "like", "Many %")], order="id").write({"stage_id": stages[1].id})
"""
AGE = """
    UPDATE crm_lead SET stage_entered_at = stage_entered_at - INTERVAL '30 days' WHERE name LIKE 'Many %';
    UPDATE crm_stage_visit SET entered_at = entered_at - INTERVAL '30 days'
    WHERE left_at IS NULL AND lead_ref IN (SELECT id FROM crm_lead WHERE name LIKE 'Many %');
"""
DRIFT = """
    UPDATE crm_lead SET stage_id = (SELECT id FROM crm_stage WHERE NOT is_won ORDER BY sequence, id LIMIT 1 OFFSET 1)
    WHERE name LIKE 'Many %%' AND expected_revenue < %s;
"""
REOPEN_FLAGS = """
    UPDATE crm_hot_flag SET outcome = 'open', closed_at = NULL, closed_by_id = NULL
    WHERE lead_ref IN (SELECT id FROM crm_lead WHERE name LIKE 'Many %');
"""


def make_drift(env, number=DRIFTED):
    """Move deals by raw SQL, which the recorder does not see."""
    env.cr.execute(DRIFT, [number])


def make_flags(env, number=FLAGGED):
    """Flag deals and lose them. Then open the flags again, as if their settlement had failed."""
    deals = env["crm.lead"].search([("name", "like", "Many %")], order="id", limit=number)
    env["crm.hot.flag"].create([{"note": "Signs", "lead_id": deal.id} for deal in deals])
    env.cr.flush()
    deals.with_context(tracking_disable=True).action_set_lost()
    env.cr.flush()
    env.cr.execute(REOPEN_FLAGS)


def make_meetings(env, number=MET):
    """Create meetings about deals. They are over and not recorded yet."""
    deals = env["crm.lead"].search([("name", "like", "Many %")], order="id desc", limit=number)
    env["calendar.event"].with_context(no_mail_to_attendees=True).create(
        [
            {"name": "Visit", "start": "2026-01-05 08:00:00", "stop": "2026-01-05 09:00:00", "opportunity_id": deal.id}
            for deal in deals
        ]
    )


def make_many_deals(env, number=MANY):
    """Create deals that have been in the first stage for 30 days."""
    stage = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=1)
    env["crm.lead"].with_context(tracking_disable=True, mail_create_nosubscribe=True).create(
        [
            {
                "name": f"Many {place}",
                "type": "opportunity",
                "stage_id": stage.id,
                "user_id": env.ref("base.user_admin").id,
                "expected_revenue": place,
            }
            for place in range(number)
        ]
    )
    env.cr.flush()
    env.cr.execute(AGE)


def history_file(deals):
    """Return a CSV file of another program: two stages and an end for each deal."""
    lines = ["deal,at,event,stage,amount"]
    for number in range(deals):
        day = f"2025-{number % 9 + 1:02}"
        lines += [
            f"Story {number},{day}-03T10:00:00Z,stage,Bought,{number}",
            f"Story {number},{day}-14T10:00:00Z,stage,Delivered,{number + 1}",
            f"Story {number},{day}-20T10:00:00Z,{'won' if number % 3 else 'lost'},,",
        ]
    return "\n".join(lines) + "\n"


def script_command(database, path, *arguments):
    """Return the command line that runs a Python script with an Odoo environment."""
    return list(map(str, (places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, path, *arguments)))


class Process:
    """A program in a process of its own, which ends with the block.

    :param list command: its command line
    :param dict environment: its environment variables
    :param path: file for its output
    """

    def __init__(self, command, environment, path):
        self.path = path
        with open(path, "wb") as output:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.kill()

    def is_alive(self):
        """Return whether it still runs."""
        return self.process.poll() is None

    def kill(self):
        """Kill it with SIGKILL and wait for its end."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def finish(self):
        """Wait for its end. Fail unless it has succeeded."""
        code = self.process.wait()
        assert code == 0, self.path.read_text(errors="replace")[-4000:]


class Work(threading.Thread):
    """A function of an environment that runs in a thread, in a transaction of its own.

    :param registry: of the database
    :param function: what to run
    """

    def __init__(self, registry, function):
        super().__init__()
        self.registry = registry
        self.function = function
        self.error = None

    def run(self):
        """Run the function and commit. Keep the error if the database fails."""
        try:
            with self.registry.cursor() as cr:
                self.function(api.Environment(cr, SUPERUSER_ID, {}))
        except psycopg2.Error as error:
            self.error = error
