"""Databases on which the module was installed after deals had moved and ended, and what is compared in databases.

`conftest.py` makes the fixtures known to all tests.
"""

import subprocess
import venv
from contextlib import closing

import places
import pytest
import working
from scratch import copied

MODULE = places.MODULE_NAME
PIP = (places.VENV_PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check")
LEDGERS = ("crm_stage_visit", "crm_pipeline_movement", "crm_pipeline_balance")
#: Odoo finds the addons of this checkout only where their wheels are installed.
WITHOUT_CHECKOUT = ("--addons-path", ",".join(str(path) for path in places.addons_path() if path != places.ROOT))


def rows(database, query):
    """Return the rows of a query, read through a new connection."""
    import odoo.sql_db

    with closing(odoo.sql_db.db_connect(database).cursor()) as cr:
        cr.execute(query)
        return cr.fetchall()


def columns_of(database, table):
    """Return (name, type) of each column of a table."""
    return rows(
        database,
        f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1",
    )


def content_of(database, table, columns):
    """Return all rows of a table as text, ordered by id."""
    names = ", ".join(f'"{name}"' for name, _type in columns)
    return rows(database, f"SELECT ({names})::text FROM {table} ORDER BY id")


@pytest.fixture(scope="session")
def crm_with_history(crm_template, tmp_path_factory):
    """The name of a database without the module, whose deals have moved and ended. One of them has no company."""
    script = tmp_path_factory.mktemp("installation") / "live.py"
    script.write_text(
        """
Lead = env["crm.lead"]
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
deals = Lead.create([
    {"name": f"Deal {number}", "type": "opportunity", "expected_revenue": number * 10.5, "stage_id": stages[0].id}
    for number in range(40)
])
deals[0].write({"company_id": False, "team_id": False, "user_id": False})
env.cr.commit()
deals[1:20].write({"stage_id": stages[1].id})
env.cr.commit()
deals[5:10].action_set_won()
deals[10:15].action_set_lost()
deals[15].write({"active": False})
env.cr.commit()
deals[1].write({"stage_id": stages[2].id})
Lead.create({"name": "Only a lead", "type": "lead"})
# As in a company's database: no demonstration comes with the module.
env.cr.execute("UPDATE ir_module_module SET demo = FALSE")
"""
    )
    with copied(crm_template) as name:
        assert working.run_in_odoo(name, script) == 0
        yield name


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """The wheels of the addons, by the name of the addon."""
    folder = tmp_path_factory.mktemp("wheels")
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*PIP, "wheel", *options, *places.ADDONS], check=True, cwd=folder)
    # The names of packages are those of the OCA: odoo_addon_<name of the addon>-<version>.
    return {path.name.split("-")[0].removeprefix("odoo_addon_"): path for path in folder.glob("*.whl")}


@pytest.fixture(scope="session")
def python_with_wheel(wheels, tmp_path_factory):
    """The interpreter of a virtual environment with Odoo and the wheels of the addons."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    [packages] = (folder / "venv").glob("lib/python*/site-packages")
    [with_odoo] = places.VENV.glob("lib/python*/site-packages")
    (packages / "odoo.pth").write_text(f"import site; site.addsitedir({str(with_odoo)!r})\n")
    install = [*PIP, "--python", python, "install", "--no-deps", "--no-index", *wheels.values()]
    subprocess.run(install, check=True, cwd=folder)
    return python


@pytest.fixture(scope="session")
def installed(crm_with_history, odoo_cli, python_with_wheel):
    """The name of a copy of `crm_with_history` into which the module was installed, from its wheel."""
    with copied(crm_with_history) as name:
        odoo_cli("-d", name, "-i", MODULE, "--stop-after-init", *WITHOUT_CHECKOUT, python=python_with_wheel)
        yield name
