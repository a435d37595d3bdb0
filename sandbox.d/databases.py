"""Making, copying and dropping Odoo databases, with their files."""

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
# Others may work on the same server: names carry the checkout.
SCRATCH_PREFIX = f"scratch_{places.CHECKOUT_ID[:6]}"
CRM_TEMPLATE = f"crm_{places.CHECKOUT_ID[:6]}"
MODULE_TEMPLATE = f"module_{places.CHECKOUT_ID[:6]}"
# The comment on a database says from what it was made: it is dropped with it.
STAMP_QUERY = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE NOT datistemplate
"""


def check_name(name):
    """Refuse a name that would need quoting somewhere on its way."""
    if not NAME.fullmatch(name):
        raise Problem(f"`{name}` is no database name here: use lower-case letters, digits and _.")


def query(statement, database="postgres"):
    """Run SQL through psql; return the rows as lists of texts."""
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
    """The stamp of each database, empty for those without one."""
    return {row[0]: row[1] for row in query(STAMP_QUERY)}


def set_stamp(name, stamp):
    """Write down from what a database was made."""
    query(f"COMMENT ON DATABASE \"{name}\" IS '{stamp}'")


def scratch_name(suffix):
    """A name for a database of this very process, dropped when the process is gone."""
    return f"{SCRATCH_PREFIX}_{os.getpid()}_{suffix}"


def drop_scratch():
    """Drop what processes have left that were killed before they could do it."""
    for name in stamps():
        found = re.fullmatch(rf"{SCRATCH_PREFIX}_(\d+)_\w+", name)
        if found and not Path(f"/proc/{found[1]}").exists():
            drop(name)


def filestore(name):
    """Where Odoo keeps the files of a database."""
    return places.ODOO_DATA / "filestore" / name


def drop(name):
    """Drop a database and its files, whoever is still connected."""
    query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(template, name):
    """Copy a database; its files are never changed, so that links to them serve."""
    drop(name)
    query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    if filestore(template).exists():
        shutil.copytree(filestore(template), filestore(name), copy_function=os.link)


def rename(old, new):
    """Give a database another name; nobody may be connected to it."""
    drop(new)
    if filestore(old).exists():
        filestore(old).rename(filestore(new))
    query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def odoo_command(*arguments):
    """The command line that runs this Odoo."""
    return [str(places.VENV_PYTHON), "-m", "odoo", *map(str, arguments)]


def run_odoo(log_name, *arguments):
    """Run Odoo to its end with its output in a log."""
    processes.run_logged(log_name, odoo_command(*arguments), env=setup.environment(), cwd=places.SANDBOX)


def log_of(name):
    """The log of the making of a database."""
    return places.LOGS / f"make-{name}.log"


def make(name, modules, stamp, demo=True, source=None):
    """Make a database under another name and give it its own only when it is whole."""
    draft = f"{name[:50]}_draft"
    if source:
        copy(source, draft)
    else:
        drop(draft)
    # Asked for again on a copy, or the modules that are added would come without.
    flags = ["--with-demo"] if demo else []
    log = log_of(name)
    log.unlink(missing_ok=True)
    run_odoo(log.stem, "-d", draft, "-i", ",".join(modules), *flags, "--stop-after-init", "--no-http")
    check_installed(draft, modules)
    set_stamp(draft, stamp)
    rename(draft, name)


def check_installed(name, modules):
    """Odoo only warns about modules that it cannot install; here they are wanted."""
    installed = query("SELECT name FROM ir_module_module WHERE state = 'installed'", name)
    missing = set(modules) - {row[0] for row in installed}
    if missing:
        raise Problem(f"Odoo did not install {', '.join(sorted(missing))}: {log_of(name.removesuffix('_draft'))}")


def module_key():
    """A key over the module's sources, tests aside, which no database holds."""
    paths = sorted(
        path
        for path in places.MODULE.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "tests" not in path.relative_to(places.MODULE).parts[:1]
    )
    return key_of(*(part for path in paths for part in (path.relative_to(places.MODULE), path)))


def crm_key():
    """A key over the Odoo from which a template is made."""
    home = places.odoo_home()
    return key_of(home, runtime.version_of(home), home / "odoo" / "addons" / "base" / "__manifest__.py")


def ensure_template(prefix, stamp, modules, source=None):
    """The name of a template made from what `stamp` stands for; older ones go."""
    name = f"{prefix}_{stamp[:12]}"
    with locked(places.SANDBOX / "templates.lock"):
        known = stamps()
        if known.get(name) == stamp:
            return name
        for other in known:
            if re.fullmatch(rf"{prefix}_[0-9a-f]{{12}}(_draft)?", other):
                drop(other)
        make(name, modules, stamp, source=source)
    return name


def ensure_crm_template():
    """The template with CRM and demo data, without the module."""
    return ensure_template(CRM_TEMPLATE, crm_key(), ["crm"])


def ensure_module_template():
    """The template with the module installed on top of CRM and demo data."""
    stamp = key_of(crm_key(), module_key())
    name = f"{MODULE_TEMPLATE}_{stamp[:12]}"
    if stamps().get(name) == stamp:
        return name
    return ensure_template(MODULE_TEMPLATE, stamp, [places.MODULE_NAME], source=ensure_crm_template())
