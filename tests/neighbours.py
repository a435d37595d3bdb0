"""Other addons that companies use with CRM, and how Odoo runs their tests and those of CRM."""

import re
from contextlib import closing, contextmanager

import databases
import packages
import places
import steps
from scratch import copied

ODOO = (
    "base_automation",
    "crm_livechat",
    "crm_mail_plugin",
    "event_crm",
    "gamification_sale_crm",
    "hr",
    "mass_mailing_crm",
    "privacy_lookup",
    "sale_crm",
    "survey_crm",
    "test_crm_full",
    "website_crm",
    "website_crm_partner_assign",
)
# Addons that those bring along, as they extend CRM and are installed by themselves.
BROUGHT = (
    "crm_iap_enrich",
    "crm_iap_mine",
    "crm_sms",
    "event_crm_sale",
    "mass_mailing_crm_sms",
    "website_crm_iap_reveal",
    "website_crm_livechat",
    "website_crm_sms",
    "website_event_crm",
)
# Of the Odoo Community Association. One sets the probability of deals by their stage, the other one restricts wins.
COMMUNITY = ("crm_stage_probability", "crm_won_restrict_per_stage")
REQUIREMENTS = places.ROOT / "tests" / "requirements-neighbours.txt"
COMMUNITY_HOME = places.SANDBOX / "neighbours"

#: Runs the tests that Odoo runs at the installation of some addons, after all addons were loaded. At an installation or
#: update, the addons that are loaded later take no part in them.
TESTS_OF_INSTALLATION = """
import logging
from odoo.tests import loader
suite = loader.make_suite({addons}, "at_install")
logging.getLogger("odoo.tests.result").info("%s", loader.run_suite(suite))
"""
#: It asserts the default order of opportunities: with the module, hot ones are first.
CHANGED_ORDER = ("crm", "TestCrmMailActivity", "test_crm_activity_ordering")
UNIT_TEST_PAGES = ("web.unit_tests_suite", "web.qunit_suite", "web.test_helpers")
FAILED = re.compile(
    r" odoo\.addons\.(?P<module>\w+)\.tests\S*: (?:FAIL|ERROR): (?:Subtest |setUpClass \(\S*\.)?(?P<test>\w+(?:\.\w+)?)"
)
STARTED = re.compile(r" odoo\.addons\.(\w+)\.tests\S*: Starting ")
RAN = re.compile(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests")


def community_path():
    """Download the addons of the community if they are missing.

    :return: the value for Odoo's option `--addons-path`
    """
    addons = COMMUNITY_HOME / "odoo" / "addons"

    def make(progress):
        steps.make_empty(COMMUNITY_HOME)
        packages.install("neighbours", places.VENV_PYTHON, REQUIREMENTS, progress, target=COMMUNITY_HOME)

    steps.ensure(
        [steps.Step("neighbours", "Addons of the community", steps.key_of("neighbours", REQUIREMENTS), addons, make)]
    )
    return ",".join(map(str, [*places.addons_path(), addons]))


def with_tests(addons):
    """Return the names of those of some addons of Odoo that have tests."""
    return {name for name in addons for path in places.addons_path() if any((path / name / "tests").glob("test_*.py"))}


@contextmanager
def installed(odoo_cli, template, addons, *options):
    """Install addons in a copy of a database, which is dropped at the end of the block.

    Any warning fails the caller: a warning about a view of another addon may be due to fields of the module.

    :param options: more options of Odoo
    :return: the name of the copy
    """
    with copied(template) as name:
        run = odoo_cli("-d", name, "-i", ",".join(addons), "--stop-after-init", *options)
        assert not run.complaints(everything=True), "\n".join(run.complaints(everything=True))
        databases.check_installed(name, addons)
        yield name


#: Failing tests are counted by those who run them.
ANY_RESULT = {"check": False, "timeout": 7200}


class Suite:
    """The result of a run of tests.

    :ivar set failed: (addon, class, test) of each test that failed; the test is empty if its class did not start
    :ivar int number: number of tests that ran
    :ivar set addons: names of the addons of which tests ran
    """

    def __init__(self, output):
        self.failed = set()
        for found in FAILED.finditer(output):
            case, _dot, test = found["test"].partition(".")
            self.failed.add((found["module"], case, test))
        self.number = int(RAN.findall(output)[-1][2])
        self.addons = set(STARTED.findall(output))

    def __str__(self):
        return f"{self.number} tests, {len(self.failed)} failed: {sorted(self.failed)}"


def run_tests(odoo_cli, database, tags, *arguments):
    """Run tests of Odoo on a database. A warning about the module fails the caller.

    :param str tags: value of Odoo's option `--test-tags`
    :rtype: Suite
    """
    # Before tests with a browser, Odoo builds the bundles of all pages. None opens these.
    databases.query(f"UPDATE ir_ui_view SET active = FALSE WHERE key IN {UNIT_TEST_PAGES}", database)
    return _suite_of(odoo_cli("-d", database, "--test-tags", tags, "--stop-after-init", *arguments, **ANY_RESULT))


def run_tests_of_installation(odoo_cli, module_db, bare_db, addons):
    """Run the tests that Odoo runs at the installation of addons, with all addons of a database loaded.

    :return: how all ended with the module, and the names of those that fail with the module only, but for those that
        assert what the module changes
    :rtype: tuple[Suite, set]
    """

    def run(database, tags):
        script = TESTS_OF_INSTALLATION.format(addons=list(addons))
        command = ("shell", "-d", database, "--no-http", "--test-tags", tags)
        return _suite_of(odoo_cli(*command, script=script, **ANY_RESULT))

    suite = run(module_db, ",".join(f"/{addon}" for addon in addons))
    failed = suite.failed - {CHANGED_ORDER}
    if failed:
        failed -= run(bare_db, _classes_of(failed)).failed
    return suite, failed


def _suite_of(result):
    assert RAN.search(result.output), result.output[-6000:]
    assert not result.complaints(), "\n".join(result.complaints())
    return Suite(result.output)


def failed_with_the_module_only(odoo_cli, module_db, bare_db, failed, *arguments):
    """Run tests that failed with the module without it, and those that pass there once more with the module.

    They run once more because a tour may time out on a busy machine while its assets are built for the first time.

    :param set failed: names of the tests, see :class:`Suite`
    :return: names of the tests that fail with the module only
    """
    for database in (bare_db, module_db):
        if not failed:
            break
        again = run_tests(odoo_cli, database, _classes_of(failed), *arguments)
        failed = failed & again.failed if database == module_db else failed - again.failed
    return failed


def _classes_of(failed):
    """Return the value of `--test-tags` for whole classes: some tests depend on an earlier test of their class."""
    return ",".join(sorted({f"/{module}:{case}" for module, case, _test in failed}))


def prepare_for_tests_of_crm(database):
    """Give CRM's own tests the conditions that they expect in a database with the module.

    They limit the number of statements, and the scoring of CRM runs one more for each team that has won or lost a deal
    recently. The module's demo data contain such teams on some days only, so their scoring frequencies are removed.
    """
    import odoo.sql_db

    with closing(odoo.sql_db.db_connect(database).cursor()) as cr:
        cr.execute("""
            DELETE FROM crm_lead_scoring_frequency WHERE team_id IN (
                SELECT res_id FROM ir_model_data WHERE module = 'sales_process_control' AND model = 'crm.team'
            )
        """)
        # Odoo's tours expect the pipeline as the first page of CRM, as it is in an installation without demo data.
        cr.execute("""
            UPDATE ir_ui_menu workbench SET sequence = pipeline.sequence + 1
            FROM ir_ui_menu pipeline, ir_model_data ours, ir_model_data theirs
            WHERE ours.module = 'sales_process_control' AND ours.name = 'crm_workbench_menu'
              AND workbench.id = ours.res_id
              AND theirs.module = 'crm' AND theirs.name = 'menu_crm_opportunities' AND pipeline.id = theirs.res_id
        """)
        cr.commit()
