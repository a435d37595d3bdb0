"""The command `run`: a database with demo data, the server, address and logins."""

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
from steps import key_of, locked
from working import DEFAULT_DATABASE

DEFAULT_PORT = 8069
LOGINS = {True: "admin / admin, demo / demo", False: "admin / admin"}


def run(arguments):
    """Set up what is missing, then serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="sandbox run", description=__doc__)
    parser.add_argument("--db", default=DEFAULT_DATABASE, metavar="NAME")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, metavar="N")
    parser.add_argument("--empty", action="store_true", help="without demo data")
    options = parser.parse_args(arguments)
    databases.check_name(options.db)
    check_port(options.port)
    setup.prepare()
    with postgres.in_use(leave_running=False):
        ensure_database(options.db, demo=not options.empty)
        check_port(options.port)
        return serve(options.db, options.port)


def check_port(port):
    """Refuse a port that is taken, before anything is begun."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise Problem(f"port {port} is taken or not to be had: choose another with --port N.") from None


def free_port():
    """A port that nobody uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ensure_database(name, demo):
    """Make the database, or bring the module in it up to the sources."""
    stamp = key_of(databases.crm_key(), databases.module_key())
    with locked(places.SANDBOX / "run.lock"):
        known = databases.stamps()
        if known.get(name) == stamp:
            return
        begun = time.monotonic()
        if name not in known:
            sys.stderr.write(f"Making the database {name} (CRM, the module{', demo data' if demo else ''}) ...\n")
            databases.make(name, ["crm", places.MODULE_NAME], stamp, demo=demo)
        else:
            sys.stderr.write(f"Bringing the module in {name} up to date ...\n")
            arguments = ["-i", places.MODULE_NAME, "-u", places.MODULE_NAME, *(["--with-demo"] if demo else [])]
            databases.run_odoo(f"update-{name}", "-d", name, *arguments, "--stop-after-init", "--no-http")
            databases.set_stamp(name, stamp)
        sys.stderr.write(f"Database {name}: done in {time.monotonic() - begun:.1f} s\n")


def serve(name, port):
    """Run the server until it ends or is told to."""
    # Without a filter the server would offer the test databases, too.
    arguments = ["-d", name, "--db-filter", f"^{name}$", "-p", port]
    process = subprocess.Popen(databases.odoo_command(*arguments), env=setup.environment(), start_new_session=True)
    try:
        wait_for_answer(process, port)
        demo = databases.query("SELECT demo FROM ir_module_module WHERE name = 'crm'", name) == [["t"]]
        sys.stderr.write(f"\n  http://localhost:{port}   logins: {LOGINS[demo]}   Ctrl-C stops everything\n\n")
        return process.wait()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopping ...\n")
        # A second Ctrl-C must not leave the server behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return 0
    finally:
        processes.end_process(process)


def wait_for_answer(process, port):
    """Wait until the server answers, so that the address shown is true."""
    address = f"http://127.0.0.1:{port}/web/health"
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem("Odoo ended before it answered: its log above says why.")
