"""Set up Odoo, PostgreSQL and the linters, and give the environment variables for them."""

import os
import shutil

import browser
import node
import places
import postgres
import python_environment
import runtime
import steps
from steps import read_text, write_atomically


def prepare():
    """Set up what is missing of Odoo and PostgreSQL.

    :return: names of the steps that were done
    """
    python_environment.check_python()
    if places.odoo_source() is None and not places.PREFIX.exists():
        # Fail before anything else is downloaded.
        import mirror

        mirror.find_mirror()
    made = steps.ensure(needed_steps())
    python_environment.link_odoo()
    write_configuration()
    return made


def needed_steps():
    """Return all steps except those of the linters, in order."""
    return [*python_environment.steps(), *postgres.steps(), *node.steps(), *runtime.steps()]


def prepare_linters():
    """Set up what is missing of the linters.

    :return: names of the steps that were done
    """
    python_environment.check_python()
    return steps.ensure([*python_environment.lint_steps(), *node.steps()])


def write_configuration():
    """Write Odoo's configuration file. The database server is passed through environment variables instead."""
    for directory in (places.ODOO_DATA, places.SCREENSHOTS):
        directory.mkdir(parents=True, exist_ok=True)
    text = f"""[options]
addons_path = {",".join(map(str, places.addons_path()))}
data_dir = {places.ODOO_DATA}
screenshots = {places.SCREENSHOTS}
http_interface = 127.0.0.1
log_handler = :INFO,werkzeug:WARNING
"""
    if read_text(places.ODOO_CONFIG) != text:
        write_atomically(places.ODOO_CONFIG, text)


def environment():
    """Return the environment variables for programs that use this Odoo and PostgreSQL."""
    variables = dict(os.environ)
    # Odoo would read these instead of its configuration.
    for name in ("PGDATABASE", "OPENERP_SERVER", "PYTHONPATH", "PYTHONHOME", "ODOO_HTTP_PORT"):
        variables.pop(name, None)
    directories = [browser.DIRECTORY, postgres.binaries(), places.VENV / "bin", *node.directories()]
    variables["PATH"] = os.pathsep.join([*map(str, directories), variables.get("PATH", "")])
    variables["ODOO_RC"] = str(places.ODOO_CONFIG)
    variables["PYTHONUNBUFFERED"] = "1"
    variables["AXE_CORE"] = str(node.AXE)
    return variables | own_caches() | postgres.environment()


def own_caches():
    """Return the environment variables that keep caches under .sandbox instead of in the home directory.

    The variable that keeps Python from writing compiled files is emptied: it takes seconds to compile Odoo each time.
    """
    return {
        "HYPOTHESIS_STORAGE_DIRECTORY": str(places.SANDBOX / "hypothesis"),
        "PSQL_HISTORY": str(places.SANDBOX / "psql_history"),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYLINTHOME": str(places.SANDBOX / "pylint"),
        "PYTHONPYCACHEPREFIX": str(places.SANDBOX / "pycache"),
        "XDG_CACHE_HOME": str(places.SANDBOX / "cache"),
    }


def remove():
    """Remove everything that the sandbox has created."""
    postgres.remove()
    shutil.rmtree(places.SANDBOX, ignore_errors=True)
