"""Both kinds of tests in one run of pytest.

The module's own tests (sales_process_control/tests) run in this process on a
database of their own, with a server for the browser, through pytest-odoo. The
tests under tests/ work from outside. Whatever is skipped counts as a failure,
and so does a warning that Odoo logs about the module.

`./sandbox test` spreads a whole run over several processes (pytest-xdist): what
is told here then holds in each of them, and one more puts together what they say.
"""

import os
import re
import signal
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "sandbox.d"))

import databases  # noqa: E402
import log_guard  # noqa: E402
import one_day  # noqa: E402
import places  # noqa: E402
from steps import read_text  # noqa: E402

GUARD = pytest.StashKey[log_guard.LogGuard]()
COMPLAINTS = pytest.StashKey[list]()
# What one process runs, one after the other: all that drives a browser, which wants more than a core by itself, and the
# tests of the commands that bring logs, which share the database that they begin with.
TOGETHER = {
    "browser": re.compile(r".*/test_(crm_suite|js|(\w+_)?(tours?|accessibility))\.py"),
    "logs": re.compile(r"tests/test_(replay|import)\.py"),
}
TOUR_ASSETS = ("web.assets_web", "web.assets_web_print", "web.assets_tests", "web.assets_backend_lazy")
UNIT_TEST_ASSETS = ("web.assets_unit_tests_setup", "web.assets_unit_tests")
# What takes minutes goes first, or one process would be left alone with it in the end.
LONGEST = (
    "tests/test_crm_suite.py",
    "tests/test_replay.py",
    "tests/test_installation.py",
    "tests/test_invariants.py",
    "tests/test_past.py",
    "tests/test_migration.py",
    "tests/test_hot_sale.py",
)


def is_module_test(item):
    """Whether a test belongs to the module and needs it loaded in this process."""
    return item.path.is_relative_to(places.MODULE)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Tell pytest-odoo which database it is going to get, before it asks."""
    if "ODOO_RC" not in os.environ:
        raise pytest.UsageError("Odoo is not set up here: run the tests with ./sandbox test")
    config.option.odoo_database = databases.scratch_name("module")
    config.option.odoo_http = True
    config.option.odoo_log_level = "warn"
    return (yield)


def pytest_configure(config):
    """Listen to the log from the beginning."""
    config.stash[COMPLAINTS] = []
    config.stash[GUARD] = log_guard.LogGuard()
    config.stash[GUARD].listen()


def is_worker(config):
    """Whether this is one of several processes that share a run."""
    return hasattr(config, "workerinput")


def share_of(nodeid):
    """The name of what is run by one process, in order: a file, or several."""
    path = nodeid.split("::", 1)[0]
    for name, pattern in TOGETHER.items():
        if pattern.fullmatch(path):
            return name
    return path


def pytest_collection_modifyitems(config, items):
    """Where a run is shared: what takes longest is handed out first."""
    if is_worker(config):
        rank = {share_of(path): number for number, path in reversed(list(enumerate(LONGEST)))}
        items.sort(key=lambda item: rank.get(share_of(item.nodeid), len(LONGEST)))


def pytest_xdist_make_scheduler(config, log):
    """Hand out files, as their fixtures are made once a file, in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class LoadShares(LoadScopeScheduling):
        """Whoever is done with a share gets the next one."""

        def _split_scope(self, nodeid):
            return share_of(nodeid)

    config.option.loadscopereorder = False
    return LoadShares(config, log)


def pytest_testnodedown(node):
    """Keep what one of the processes has heard between its tests."""
    node.config.stash[COMPLAINTS] += getattr(node, "workeroutput", {}).get("complaints", [])


@pytest.fixture
def guard_of_the_run(request):
    """What listens to the log of this run."""
    return request.config.stash[GUARD]


def checked_module_template():
    """The template with the module, which must have been installed without complaint."""
    name = databases.ensure_module_template()
    complaints = log_guard.complaints_in(read_text(databases.log_of(name)), everything=True)
    if complaints:
        pytest.fail("Odoo complained when it installed the module:\n" + "\n".join(complaints), pytrace=False)
    return name


@pytest.fixture(scope="session")
def module_template():
    """The name of a template with CRM, demo data and the module as it is now."""
    return checked_module_template()


@pytest.fixture(scope="class", autouse=True)
def same_day():
    """Begin nothing that makes its records on one day and looks at them on the next."""
    one_day.wait_for_one_day()


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Load nothing yet (pytest-odoo would): `served_module` does, for those who need it."""


@pytest.fixture(scope="session", autouse=True)
def load_http():
    """Serve nothing yet, either."""


@pytest.fixture(scope="session")
def loaded_module():
    """Load the module on a database of its own, for the module's tests."""
    import odoo.modules.registry
    import odoo.sql_db

    name = odoo.tools.config["db_name"][0]
    databases.copy(checked_module_template(), name)
    odoo.modules.registry.Registry(name)
    yield
    odoo.sql_db.close_db(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def served_module(loaded_module):
    """Serve the module's database for the browser, on a port that is free."""
    from serving import free_port

    import odoo.http
    import odoo.tools
    from odoo.service import server

    odoo.tools.config["http_port"] = free_port()
    server.load_server_wide_modules()
    server.server = server.ThreadedServer(odoo.http.root)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    server.server.start(stop=False)
    # Odoo's handlers would only count the signals that are meant for pytest.
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])
    yield
    server.server.stop()


def make_assets(request):
    """Make, once, the assets that all tests of a file with a browser fetch.

    What a test makes goes with its transaction: each tour would make them anew.
    """
    import odoo.api
    import odoo.modules.registry
    from odoo.tests import HttpCase

    cases = {item.cls for item in request.session.items if item.path == request.path and item.cls}
    if not any(issubclass(case, HttpCase) for case in cases):
        return
    with odoo.modules.registry.Registry(odoo.tools.config["db_name"][0]).cursor() as cr:
        templates = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})["ir.qweb"]
        for name in UNIT_TEST_ASSETS if request.path.name == "test_js.py" else TOUR_ASSETS:
            templates._get_asset_bundle(name, css=False, js=True).js()
            templates._get_asset_bundle(name, css=True, js=False).css()


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag(request):
    """Odoo's code asks for this flag; outside the module's tests it must be false.

    With the flag a registry that is loaded would run tests of its own.
    """
    import odoo.tools

    inside = request.path.is_relative_to(places.MODULE)
    if inside:
        request.getfixturevalue("served_module")
        make_assets(request)
    odoo.tools.config["test_enable"] = inside
    threading.current_thread().testing = inside
    yield
    odoo.tools.config["test_enable"] = False
    threading.current_thread().testing = False


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """pytest-odoo marks any test of a class as Odoo's; those outside are not.

    Odoo commits nothing in its jobs while it believes to be in a test.
    """
    import odoo.modules.module

    if is_module_test(item):
        return (yield)
    odoo.modules.module.current_test = False
    try:
        return (yield)
    finally:
        odoo.modules.module.current_test = False


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(item, call):
    """Turn skips and complaints in the log into failures of the test."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which counts as a failure: {report.longrepr[2]}"
    faults = item.config.stash[GUARD].take(everything=is_module_test(item))
    if faults and report.passed:
        report.outcome = "failed"
        report.longrepr = "Odoo complained in its log:\n" + "\n".join(faults)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """A file that skips itself is a failure, too."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped as a whole, which counts as a failure: {report.longrepr[2]}"
    return report


def pytest_sessionfinish(session):
    """What was logged between the tests must not be lost."""
    faults = session.config.stash[GUARD].take(everything=False)
    if is_worker(session.config):
        # Nobody would see it here, nor how this process ends.
        session.config.workeroutput["complaints"] = faults
        return
    faults += session.config.stash[COMPLAINTS]
    if faults:
        sys.stderr.write("\nOdoo complained in its log between tests:\n" + "\n".join(faults) + "\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
