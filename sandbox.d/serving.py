"""The command `run`: create a database with demo data and serve it."""

import argparse
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import databases
import places
import postgres
import processes
import setup
from problems import Problem
from steps import locked
from working import DEFAULT_DATABASE

DEFAULT_PORT = 8069
LOGINS = {True: "admin / admin, demo / demo", False: "admin / admin"}


def run(arguments):
    """Set up what is missing, then serve until Ctrl-C.

    :return: the exit code
    """
    parser = argparse.ArgumentParser(prog="sandbox run", description=__doc__)
    parser.add_argument("--db", default=DEFAULT_DATABASE, metavar="NAME")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, metavar="N")
    parser.add_argument("--empty", action="store_true", help="without demo data")
    options = parser.parse_args(arguments)
    databases.check_name(options.db)
    check_port(options.port)
    setup.prepare()
    with postgres.in_use(leave_running=False):
        ensure_database(options.db, demo=not options.empty, addons=places.installable_addons())
        check_port(options.port)
        return serve(options.db, options.port)


def check_port(port):
    """Check that a port is free, before the long set-up begins.

    :raise Problem: if it is not
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise Problem(f"port {port} is taken or not to be had: choose another with --port N.") from None


def free_port():
    """Return a port that is free at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ensure_database(name, demo, addons=(places.MODULE_NAME,)):
    """Create the database, or update the addons in it if their sources have changed.

    :param bool demo: whether to load demo data
    :param addons: names of addons of this checkout
    """
    stamp = databases.addons_stamp(addons)
    with locked(places.SANDBOX / "run.lock"):
        existing = databases.stamps()
        # A database with all addons serves for a command that needs the module only.
        if existing.get(name) in {stamp, databases.addons_stamp(places.installable_addons())}:
            return
        started = time.monotonic()
        if name not in existing:
            sys.stderr.write(
                f"Making the database {name} (CRM, {', '.join(addons)}{', demo data' if demo else ''}) ...\n"
            )
            databases.make(name, ["crm", *addons], stamp, demo=demo)
        else:
            sys.stderr.write(f"Bringing the addons in {name} up to date ...\n")
            names = ",".join(addons)
            arguments = ["-i", names, "-u", names, *(["--with-demo"] if demo else [])]
            databases.run_odoo(f"update-{name}", "-d", name, *arguments, "--stop-after-init", "--no-http")
            databases.set_stamp(name, stamp)
        sys.stderr.write(f"Database {name}: done in {time.monotonic() - started:.1f} s\n")


def serve(name, port):
    """Run the server until it ends or Ctrl-C is pressed.

    :return: the exit code
    """
    # Without a filter the server would also list the databases of the tests.
    arguments = ["-d", name, "--db-filter", f"^{name}$", "-p", port]
    process = subprocess.Popen(databases.odoo_command(*arguments), env=setup.environment(), start_new_session=True)
    try:
        wait_for_answer(process, port)
        demo = databases.query("SELECT demo FROM ir_module_module WHERE name = 'crm'", name) == [["t"]]
        sys.stderr.write(f"\n  http://localhost:{port}   logins: {LOGINS[demo]}   Ctrl-C stops everything\n\n")
        return process.wait()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopping ...\n")
        # A second Ctrl-C would interrupt the stopping of the server.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return 0
    finally:
        processes.end_process(process)


def wait_for_answer(process, port):
    """Wait until the server answers, so that the printed address works.

    :raise Problem: if the server ends before
    """
    address = f"http://127.0.0.1:{port}/web/health"
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem("Odoo ended before it answered: its log above says why.")
