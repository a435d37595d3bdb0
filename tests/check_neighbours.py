"""All tests of CRM and of addons that extend it, with browser tours, pass with the module if they pass without it.

They take long, so that they only run if they are asked for. With -s, the number of tests is shown. The addons whose
tests run can be chosen; all addons are installed in any case:

    ./sandbox test tests/check_neighbours.py -s
    SALES_PROCESS_NEIGHBOURS=crm,website_crm ./sandbox test tests/check_neighbours.py -s
"""

import os
import sys

import neighbours
import places
import pytest

ADDONS = [*neighbours.ODOO, *neighbours.BROUGHT]
CHOSEN = os.environ.get("SALES_PROCESS_NEIGHBOURS")
TESTED = CHOSEN.split(",") if CHOSEN else ["crm", *ADDONS]
TAGS = ",".join(f"/{name}" for name in TESTED) + ",crm_performance"
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


def test_tests_of_neighbours_that_pass_without_the_module_pass_with_it(odoo_cli, bare_db, module_db):
    suite = neighbours.run_tests(odoo_cli, module_db, TAGS, *UPDATED)
    sys.stdout.write(f"With the module: {suite}\n")
    assert neighbours.with_tests(TESTED) <= suite.addons, "the tests of these addons did not run"
    assert not neighbours.failed_with_the_module_only(odoo_cli, module_db, bare_db, suite.failed, *UPDATED)


def test_tests_at_the_installation_of_neighbours_pass_with_the_module(odoo_cli, bare_db, module_db):
    """Odoo would run those of addons that it loads before the module without it."""
    suite, failed = neighbours.run_tests_of_installation(odoo_cli, module_db, bare_db, TESTED)
    sys.stdout.write(f"At the installation, with the module: {suite}\n")
    assert suite.number > (0 if CHOSEN else 200), "the tests did not run"
    assert not failed


def test_neighbours_are_installed_after_the_module(odoo_cli, module_template):
    with neighbours.installed(odoo_cli, module_template, ADDONS, DEMO):
        pass
