"""Odoo's own tests of CRM, including browser tours, pass with the module if they pass without it."""

import neighbours


def test_crm_tests_that_pass_without_the_module_pass_with_it(odoo_cli, module_db, fresh_db):
    neighbours.prepare_for_tests_of_crm(module_db)
    updated = ("-u", "crm")
    suite = neighbours.run_tests(odoo_cli, module_db, "/crm", *updated)
    assert suite.number > 100, "CRM's suite did not run"
    assert not neighbours.failed_with_the_module_only(odoo_cli, module_db, fresh_db, suite.failed, *updated)
