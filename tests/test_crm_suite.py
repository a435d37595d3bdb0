"""Odoo's own tests of CRM, including browser tours, pass with the module if they pass without it."""

import neighbours


def test_crm_tests_that_pass_without_the_module_pass_with_it(odoo_cli, module_db, fresh_db):
    neighbours.prepare_for_tests_of_crm(module_db)
    suite = neighbours.run_tests(odoo_cli, module_db, "/crm")
    assert suite.number > 20, "CRM's suite did not run"
    assert not neighbours.failed_with_the_module_only(odoo_cli, module_db, fresh_db, suite.failed)


def test_tests_at_the_installation_of_crm_pass_with_the_module(odoo_cli, module_db, fresh_db):
    """At an update of CRM, Odoo would run them before it loads the module."""
    neighbours.prepare_for_tests_of_crm(module_db)
    suite, failed = neighbours.run_tests_of_installation(odoo_cli, module_db, fresh_db, ["crm"])
    assert suite.number > 100, "CRM's tests did not run"
    assert neighbours.CHANGED_ORDER in suite.failed, "the module is not loaded"
    assert not failed
