"""Run the module's own tests and the tests of `tests/` in one run of pytest.

The module's tests (sales_process_control/tests) run in this process on a database of their own, with a server for the
browser, through pytest-odoo. The tests in `tests/` use databases and processes of their own. A skipped test counts as a
failure, and so does a warning about the module in Odoo's log.

`./sandbox test` may share a run among several worker processes (pytest-xdist). Each of them then runs the hooks below,
and a controlling process collects the results.
"""

import contextlib
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
# Files that one process runs one after the other: those that drive a browser, which takes more than one core, and those
# that share a database (of the commands that read logs, with the module installed on a past, with other addons).
TOGETHER = {
    "browser": re.compile(r".*/test_(js|weekly_mail|(\w+_)?(tours?|accessibility))\.py"),
    "suites": re.compile(r"tests/test_(crm_suite|dashboards)\.py"),
    "logs": re.compile(r"tests/test_(replay|import)\.py"),
    "installation": re.compile(r"tests/test_(installation|faults)\.py"),
    "neighbours": re.compile(r"tests/test_(neighbours|hot_sale)\.py"),
}
TOUR_ASSETS = (
    *("web.assets_web", "web.assets_web_dark", "web.assets_web_print", "web.assets_backend_lazy", "web.assets_tests"),
    *("web.assets_emoji", "web.chartjs_lib", "web_tour.automatic", "bus.websocket_worker_assets"),
    *(f"{places.MODULE_NAME}.{name}" for name in ("assets_workbench", "assets_funnel", "assets_review")),
    *(f"{places.MODULE_NAME}.{name}" for name in ("assets_forecast", "assets_deal_review", "chart_funnel_lib")),
)
UNIT_TEST_ASSETS = ("web.assets_unit_tests_setup", "web.assets_unit_tests")
# Files whose tests look at the deals of the demonstration. All others begin with deleting them, in each class of tests:
# 500 deals with all that belongs to them, which would take a second of each class.
DEMONSTRATION = ("test_demo.py",)
# Files that take minutes run first. Otherwise one process would run the last of them while the others are idle. Those
# without a database follow the very first, which makes the template that all others need.
LONGEST = (
    "tests/test_crm_suite.py",
    "tests/test_sql_lint.py",
    "tests/test_sandbox_surroundings.py",
    "tests/test_sandbox_steps.py",
    "tests/test_import_parts.py",
    "tests/test_dwell.py",
    "tests/test_neighbours.py",
    "sales_process_control/tests/test_tours.py",
    "tests/test_replay.py",
    "tests/test_installation.py",
    "tests/test_invariants.py",
    "tests/test_past.py",
    "tests/test_migration.py",
)


def is_module_test(item):
    """Return whether a test belongs to the module and needs it loaded in this process."""
    return item.path.is_relative_to(places.MODULE)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Tell pytest-odoo the name of its database before it reads its options."""
    if "ODOO_RC" not in os.environ:
        raise pytest.UsageError("Odoo is not set up here: run the tests with ./sandbox test")
    config.option.odoo_database = databases.scratch_name("module")
    config.option.odoo_http = True
    config.option.odoo_log_level = "warn"
    return (yield)


def pytest_configure(config):
    """Start the log guard at the beginning of the run."""
    config.stash[COMPLAINTS] = []
    config.stash[GUARD] = log_guard.LogGuard()
    config.stash[GUARD].listen()


def is_worker(config):
    """Return whether this process is a worker of a shared run."""
    return hasattr(config, "workerinput")


def group_of(nodeid):
    """Return the name of the group of files that one process runs together, by default a file."""
    path = nodeid.split("::", 1)[0]
    for name, pattern in TOGETHER.items():
        if pattern.fullmatch(path):
            return name
    return path


def pytest_collection_modifyitems(config, items):
    """Sort the slowest files to the front in a shared run."""
    if is_worker(config):
        rank = {group_of(path): position for position, path in reversed(list(enumerate(LONGEST)))}
        items.sort(key=lambda item: rank.get(group_of(item.nodeid), len(LONGEST)))


def pytest_xdist_make_scheduler(config, log):
    """Hand out whole files, because most fixtures exist once a file, in the order of collection."""
    from xdist.scheduler import LoadScopeScheduling

    class LoadGroups(LoadScopeScheduling):
        """Give the next group of files to each worker that has finished one."""

        def _split_scope(self, nodeid):
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return LoadGroups(config, log)


def pytest_testnodedown(node):
    """Collect the complaints that a worker logged between its tests."""
    node.config.stash[COMPLAINTS] += getattr(node, "workeroutput", {}).get("complaints", [])


@pytest.fixture
def run_guard(request):
    """The log guard of this run."""
    return request.config.stash[GUARD]


def checked_module_template():
    """Return the name of the template with the module, and fail if Odoo complained during its installation."""
    name = databases.ensure_module_template()
    complaints = log_guard.complaints_in(read_text(databases.log_of(name)), everything=True)
    if complaints:
        pytest.fail("Odoo complained when it installed the module:\n" + "\n".join(complaints), pytrace=False)
    return name


@pytest.fixture(scope="session")
def module_template():
    """The name of a template with CRM, demo data and the module from the current sources."""
    return checked_module_template()


@pytest.fixture(scope="class", autouse=True)
def not_across_midnight():
    """Do not start a class of tests shortly before midnight, because its tests may compare dates."""
    one_day.wait_for_one_day()


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Replace pytest-odoo's fixture, which would always load the registry: `loaded_module` does so if needed."""


@pytest.fixture(scope="session", autouse=True)
def load_http():
    """Replace pytest-odoo's fixture, which would always start a server: `served_module` does so if needed."""


def load_module():
    """Load the module's registry on a new database for the module's tests.

    :return: the name of the database
    """
    import odoo.modules.registry
    import odoo.sql_db

    name = odoo.tools.config["db_name"][0]
    odoo.modules.registry.Registry.delete(name)
    odoo.sql_db.close_db(name)
    databases.copy(checked_module_template(), name)
    odoo.modules.registry.Registry(name)
    return name


@pytest.fixture(scope="session")
def loaded_module():
    """Load the module's registry, see :func:`load_module`, and drop its database afterwards."""
    import odoo.sql_db

    name = load_module()
    yield
    odoo.sql_db.close_db(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def served_module(loaded_module):
    """Serve the module's database for the browser on a free port."""
    from serving import free_port

    import odoo.http
    import odoo.tools
    from odoo.service import server

    odoo.tools.config["http_port"] = free_port()
    server.load_server_wide_modules()
    server.server = server.ThreadedServer(odoo.http.root)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    server.server.start(stop=False)
    # Odoo's handlers count the signals instead of raising KeyboardInterrupt for pytest.
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])
    yield
    server.server.stop()


@contextlib.contextmanager
def committed_environment():
    """An environment of the module's database. What is changed in it stays for all tests of this process."""
    import odoo.api
    import odoo.modules.registry

    with odoo.modules.registry.Registry(odoo.tools.config["db_name"][0]).cursor() as cr:
        yield odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})


def prepare_deals(path):
    """Let a file of tests find the deals of the demonstration, or none.

    A class of tests that deletes them in its own transaction finds none to delete, and is faster.
    """
    from odoo.addons.sales_process_control.tests.common import delete_deals

    is_for_demonstration = path.name in DEMONSTRATION
    with committed_environment() as env:
        has_deals = bool(env["crm.lead"].with_context(active_test=False).search_count([], limit=1))
        if has_deals and not is_for_demonstration:
            delete_deals(env)
    if is_for_demonstration and not has_deals:
        load_module()


def make_assets(request):
    """Create and commit the asset bundles that the browser tests of a file fetch.

    Otherwise each tour would create them again, because the transaction of a test is rolled back.
    """
    if group_of(request.node.nodeid) != "browser":
        return
    with committed_environment() as env:
        templates = env["ir.qweb"]
        for name in UNIT_TEST_ASSETS if request.path.name == "test_js.py" else TOUR_ASSETS:
            templates._get_asset_bundle(name, css=False, js=True).js()
            for rtl in (False,) if request.path.name == "test_js.py" else (False, True):
                templates._get_asset_bundle(name, css=True, js=False, rtl=rtl).css()


@pytest.fixture(scope="module", autouse=True)
def enable_odoo_test_flag(request):
    """Set Odoo's `test_enable` for the module's tests only.

    Outside of them, loading a registry with this flag would run Odoo's own tests.
    """
    import odoo.tools

    inside = request.path.is_relative_to(places.MODULE)
    if inside:
        request.getfixturevalue("served_module")
        prepare_deals(request.path)
        make_assets(request)
    odoo.tools.config["test_enable"] = inside
    threading.current_thread().testing = inside
    yield
    odoo.tools.config["test_enable"] = False
    threading.current_thread().testing = False


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """Clear `current_test`, which pytest-odoo sets for each test of a class, for tests outside the module.

    While it is set, Odoo's jobs do not commit.
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
    """Report skipped tests and complaints in the log as failures."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which counts as a failure: {report.longrepr[2]}"
    complaints = item.config.stash[GUARD].take(everything=is_module_test(item))
    if complaints and report.passed:
        report.outcome = "failed"
        report.longrepr = "Odoo complained in its log:\n" + "\n".join(complaints)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Report a file that skips itself as a failure."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped as a whole, which counts as a failure: {report.longrepr[2]}"
    return report


def pytest_sessionfinish(session):
    """Report complaints that were logged between the tests as a failure of the run."""
    complaints = session.config.stash[GUARD].take(everything=False)
    if is_worker(session.config):
        # Only the controlling process prints complaints and sets the exit code.
        session.config.workeroutput["complaints"] = complaints
        return
    complaints += session.config.stash[COMPLAINTS]
    if complaints:
        sys.stderr.write("\nOdoo complained in its log between tests:\n" + "\n".join(complaints) + "\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
