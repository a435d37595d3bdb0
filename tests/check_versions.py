"""Updating from each earlier version on the main branch leads to ledgers that agree with the deals.

Each version is installed from the repository's history on a database with a past, used, and updated to the current
sources. This takes ten minutes and needs the history of the repository, so that it only runs if it is asked for:

    ./sandbox test tests/check_versions.py
"""

import os
import re
import subprocess

import databases
import places
import pytest
from fault_proof import prove, read
from installation import MODULE, rows

MANIFEST = f"{MODULE}/__manifest__.py"
#: Of versions whose last commit cannot be installed: the last one that can.
INSTALLABLE = {"19.0.1.13.0": "0db6b3e"}
#: Changes deals with an earlier version.
WORK = """
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
deals = env["crm.lead"].search([("name", "like", "Deal %"), ("won_status", "=", "pending")], order="id")
deals[:3].write({"stage_id": stages[2].id})
env.cr.commit()
deals[3].action_set_won()
deals[4].action_set_lost()
deals[5].expected_revenue = 4711
env["crm.lead"].create({"name": "Deal of an earlier version", "type": "opportunity", "stage_id": stages[0].id})
"""
#: What an update must lead to, however the deals came there.
STATE = {
    "visits": """
        SELECT lead.name, visit.stage_name, visit.outcome, visit.is_first FROM crm_stage_visit visit
        JOIN crm_lead lead ON lead.id = visit.lead_ref WHERE lead.name LIKE 'Deal %'
        ORDER BY lead.name, lead.id, visit.entered_at, visit.id
    """,
    "lines": """
        SELECT lead.name, line.kind, line.stage_name, line.deal_count, line.amount FROM crm_pipeline_movement line
        JOIN crm_lead lead ON lead.id = line.lead_ref WHERE lead.name LIKE 'Deal %'
        ORDER BY lead.name, lead.id, line.date, line.id
    """,
}


def git(*arguments):
    """Return the output of git in this checkout."""
    return subprocess.run(["git", *arguments], cwd=places.ROOT, capture_output=True, check=True).stdout


def version_of(commit):
    """Return the version of the module in a commit."""
    return re.search(r'"version": "([\d.]+)"', git("show", f"{commit}:{MANIFEST}").decode())[1]


def earlier_versions():
    """Return {version: the last commit with it that can be installed} of the versions before the current one."""
    commits = git("log", "--first-parent", "--reverse", "--format=%h", "--", MANIFEST).decode().split()
    found, before = {}, None
    for commit in commits:
        version = version_of(commit)
        if before and version != before:
            # The commit before this one, which need not have changed the manifest.
            found[before] = git("rev-parse", "--short", f"{commit}^").decode().strip()
        before = version
    found.pop(before, None)
    return found | INSTALLABLE


@pytest.fixture
def sources(tmp_path):
    """A function that unpacks the module of a commit and returns the directory of addons."""

    def unpack(commit):
        directory = tmp_path / commit
        directory.mkdir()
        archive = git("archive", commit, MODULE)
        subprocess.run(["tar", "x", "-C", directory], input=archive, check=True)
        return directory

    return unpack


def addons_with(directory):
    """Return Odoo's option for the addons path with other sources of the module."""
    return f"--addons-path={','.join(map(str, [directory, *places.addons_path()[1:]]))}"


@pytest.mark.parametrize("version", earlier_versions())
def test_update_from(version, crm_with_history, installed, copy_of, odoo_cli, registry_of, sources, tmp_path):
    database, current = copy_of(crm_with_history), copy_of(installed)
    addons = addons_with(sources(earlier_versions()[version]))
    script = tmp_path / "work.py"
    script.write_text(WORK)
    odoo_cli("-d", database, addons, "-i", MODULE, "--stop-after-init", check=False)
    module_version = f"SELECT state, latest_version FROM ir_module_module WHERE name = '{MODULE}'"
    assert rows(database, module_version) == [("installed", version)]
    for name, option in ((database, [addons]), (current, [])):
        command = databases.odoo_command("shell", "-d", name, *option, "--no-http", "--log-level=warn")
        with script.open() as code:
            subprocess.run([*command, "--shell-interface=python"], stdin=code, env=os.environ, check=True)
    odoo_cli("-d", database, "-u", MODULE, "--stop-after-init")
    prove(registry_of(database))
    assert read(database, STATE) == read(current, STATE)
