"""All tests of CRM and of addons that extend it, with browser tours, pass with the module if they pass without it.

They take about half an hour, so that they only run if they are asked for. With -s, the numbers are shown:

    ./sandbox test tests/check_neighbours.py -s
"""

import sys

import neighbours
import places
import pytest

ADDONS = [*neighbours.ODOO, *neighbours.BROUGHT]
TAGS = ",".join(f"/{name}" for name in ["crm", *ADDONS]) + ",crm_performance"
# Tests that run at the installation of their addon run at its update, too.
UPDATED = ("-u", "crm,hr,base_automation,privacy_lookup")
DEMO = "--with-demo"


@pytest.fixture(scope="module")
def bare_db(crm_template, odoo_cli):
    """A database with the neighbours and their demo data, without the module."""
    with neighbours.installed(odoo_cli, crm_template, ADDONS, DEMO) as name:
        yield name


@pytest.fixture
def module_db(bare_db, odoo_cli):
    """The same with the module, which was installed last."""
    with neighbours.installed(odoo_cli, bare_db, [places.MODULE_NAME], DEMO) as name:
        neighbours.prepare_for_tests_of_crm(name)
        yield name


def test_tests_of_neighbours_that_pass_without_the_module_pass_with_it(odoo_cli, copy_of, bare_db, module_db):
    bare_db = copy_of(bare_db)
    with_module = neighbours.run_tests(odoo_cli, module_db, TAGS, *UPDATED)
    without = neighbours.run_tests(odoo_cli, bare_db, TAGS, *UPDATED)
    new = with_module.failed - without.failed
    sys.stdout.write(f"With the module: {with_module}\nWithout: {without}\n")
    assert with_module.number >= 400, "the tests did not run"
    assert not neighbours.failed_with_the_module_only(odoo_cli, module_db, bare_db, new, *UPDATED)
    assert with_module.number == without.number


def test_neighbours_are_installed_after_the_module(odoo_cli, module_template):
    with neighbours.installed(odoo_cli, module_template, ADDONS, DEMO):
        pass
