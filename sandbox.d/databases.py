"""Create, copy and drop Odoo databases with their files."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import places
import processes
import runtime
import setup
from problems import Problem
from steps import key_of, locked

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# Several checkouts may share a server, so the names contain the checkout's id.
SCRATCH_PREFIX = f"scratch_{places.CHECKOUT_ID[:6]}"
CRM_TEMPLATE = f"crm_{places.CHECKOUT_ID[:6]}"
MODULE_TEMPLATE = f"module_{places.CHECKOUT_ID[:6]}"
# The stamp is stored as the comment of the database, which PostgreSQL drops with the database.
STAMP_QUERY = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE NOT datistemplate
"""


def check_name(name):
    """Refuse a database name that would need quoting in SQL or in a shell.

    :raise Problem: if the name has other characters than lower-case letters, digits and _
    """
    if not NAME.fullmatch(name):
        raise Problem(f"`{name}` is no database name here: use lower-case letters, digits and _.")


def query(statement, database="postgres"):
    """Run SQL through psql.

    :return: the rows as lists of strings
    :raise Problem: if the statement fails
    """
    result = subprocess.run(
        ["psql", "-X", "-d", database, "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", statement],
        env=setup.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Problem(f"psql failed: {result.stderr.strip().splitlines()[-1]}")
    return [line.split("\t") for line in result.stdout.splitlines()]


def stamps():
    """Return {name: stamp} of all databases. The stamp is empty if a database has none."""
    return {row[0]: row[1] for row in query(STAMP_QUERY)}


def set_stamp(name, stamp):
    """Store the stamp of a database: the key of what it was created from."""
    query(f"COMMENT ON DATABASE \"{name}\" IS '{stamp}'")


def scratch_name(suffix):
    """Return a name for a database that is dropped once this process has ended."""
    return f"{SCRATCH_PREFIX}_{os.getpid()}_{suffix}"


def drop_scratch():
    """Drop the scratch databases of processes that no longer run, for example because they were killed."""
    for name in stamps():
        found = re.fullmatch(rf"{SCRATCH_PREFIX}_(\d+)_\w+", name)
        if found and not Path(f"/proc/{found[1]}").exists():
            drop(name)


def filestore(name):
    """Return the directory where Odoo keeps the files of a database."""
    return places.ODOO_DATA / "filestore" / name


def drop(name):
    """Drop a database and its files. Open connections are closed."""
    query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(template, name):
    """Copy a database and its files. Hard links are enough, because Odoo never changes a stored file."""
    drop(name)
    query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    if filestore(template).exists():
        shutil.copytree(filestore(template), filestore(name), copy_function=os.link)


def rename(old, new):
    """Rename a database and its files. No connection may be open."""
    drop(new)
    if filestore(old).exists():
        filestore(old).rename(filestore(new))
    query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def odoo_command(*arguments, python=places.VENV_PYTHON):
    """Return the command line that runs Odoo with some arguments."""
    return [str(python), "-m", "odoo", *map(str, arguments)]


def run_odoo(log_name, *arguments):
    """Run Odoo until it ends, with its output in a log.

    :raise Problem: if Odoo fails
    """
    processes.run_logged(log_name, odoo_command(*arguments), env=setup.environment(), cwd=places.SANDBOX)


def log_of(name):
    """Return the path of the log of a database's creation."""
    return places.LOGS / f"make-{name}.log"


def make(name, modules, stamp, demo=True, source=None):
    """Create a database with some modules.

    The database is created under another name and renamed at the end, so that an incomplete one is never used.

    :param list modules: names of the modules to install
    :param str stamp: key of what the database is created from
    :param bool demo: whether to load demo data
    :param str source: a database to copy first; without it, the new database is empty
    :raise Problem: if Odoo does not install all modules
    """
    draft = f"{name[:50]}_draft"
    if source:
        copy(source, draft)
    else:
        drop(draft)
    # A copy needs the option again: without it Odoo installs the additional modules without demo data.
    flags = ["--with-demo"] if demo else []
    log = log_of(name)
    log.unlink(missing_ok=True)
    run_odoo(log.stem, "-d", draft, "-i", ",".join(modules), *flags, "--stop-after-init", "--no-http")
    check_installed(draft, modules)
    set_stamp(draft, stamp)
    rename(draft, name)


def check_installed(name, modules):
    """Check that all modules were installed, because Odoo only logs a warning if it cannot install one.

    :raise Problem: if a module is missing
    """
    installed = query("SELECT name FROM ir_module_module WHERE state = 'installed'", name)
    missing = set(modules) - {row[0] for row in installed}
    if missing:
        raise Problem(f"Odoo did not install {', '.join(sorted(missing))}: {log_of(name.removesuffix('_draft'))}")


def module_key():
    """Return a key of the module's sources without its tests, which no database contains."""
    return sources_key(places.MODULE)


def sources_key(addon):
    """Return a key of an addon's sources without its tests.

    :param Path addon: its directory
    """
    paths = sorted(
        path
        for path in addon.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "tests" not in path.relative_to(addon).parts[:1]
    )
    return key_of(*(part for path in paths for part in (path.relative_to(addon), path)))


def addons_stamp(names):
    """Return the stamp of a database with some addons of this checkout, by name."""
    return key_of(crm_key(), *(sources_key(places.ROOT / name) for name in names))


def crm_key():
    """Return a key of the Odoo version from which templates are created."""
    home = places.odoo_home()
    return key_of(home, runtime.version_of(home), home / "odoo" / "addons" / "base" / "__manifest__.py")


def ensure_template(prefix, stamp, modules, source=None):
    """Create a template if it is missing, and drop older ones with the same prefix.

    :return: the name of the template
    """
    name = f"{prefix}_{stamp[:12]}"
    with locked(places.SANDBOX / "templates.lock"):
        existing = stamps()
        if existing.get(name) == stamp:
            return name
        for other in existing:
            if re.fullmatch(rf"{prefix}_[0-9a-f]{{12}}(_draft)?", other):
                drop(other)
        make(name, modules, stamp, source=source)
    return name


def ensure_crm_template():
    """Create the template with CRM and demo data, without the module, if it is missing.

    :return: its name
    """
    return ensure_template(CRM_TEMPLATE, crm_key(), ["crm"])


def ensure_module_template():
    """Create the template with the module on top of CRM and demo data, if it is missing.

    :return: its name
    """
    stamp = key_of(crm_key(), module_key())
    name = f"{MODULE_TEMPLATE}_{stamp[:12]}"
    if stamps().get(name) == stamp:
        return name
    return ensure_template(MODULE_TEMPLATE, stamp, [places.MODULE_NAME], source=ensure_crm_template())
