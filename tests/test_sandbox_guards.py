"""Skipped tests and Odoo's complaints about the module are failures."""

import logging
import re
import shutil
import subprocess
import sys

import browser
import log_guard
import places
import processes
import pytest

LOG = f"""\
2026-01-05 10:00:00,123 77 INFO crm odoo.modules.loading: loading {places.MODULE_NAME}/views/a.xml
2026-01-05 10:00:00,124 77 WARNING crm odoo.addons.base: Deprecated, used by {places.MODULE_NAME}
2026-01-05 10:00:00,125 77 WARNING crm odoo.addons.mail: about something else
2026-01-05 10:00:00,126 77 ERROR crm odoo.sql_db: bad query
Traceback (most recent call last):
  File "/x/{places.MODULE_NAME}/models/a.py", line 1
2026-01-05 10:00:00,127 77 INFO crm odoo.modules.loading: done
"""


def test_complaints_about_the_module_are_found_in_a_log():
    first, second = log_guard.complaints_in(LOG)
    assert first.endswith(f"Deprecated, used by {places.MODULE_NAME}")
    assert second.endswith("line 1")
    assert len(log_guard.complaints_in(LOG, everything=True)) == 3


def test_log_of_another_program_is_no_complaint():
    assert log_guard.complaints_in("WARNING: sales_process_control\n\nERROR\n", everything=True) == []


@pytest.fixture
def listening_guard():
    guard = log_guard.LogGuard()
    guard.listen()
    yield guard
    logging.getLogger().removeHandler(guard)


def test_guard_collects_warnings_that_name_the_module(listening_guard, run_guard):
    logging.getLogger("odoo.addons.crm").warning("about %s", places.MODULE_NAME)
    logging.getLogger("odoo.addons.crm").warning("about nothing")
    logging.getLogger("odoo.addons.crm").info("about %s", places.MODULE_NAME)
    texts = listening_guard.take(everything=False)
    # The guard of this run has collected the warning as well, and must not fail this test.
    assert run_guard.take(everything=False) == texts
    assert texts == [f"WARNING odoo.addons.crm: about {places.MODULE_NAME}"]
    assert listening_guard.take(everything=True) == []


INNER_TESTS = f"""
import logging
import unittest
import pytest

def test_call():
    pytest.skip("no browser")

@pytest.mark.skip(reason="no browser")
def test_mark():
    pass

class TestMethod(unittest.TestCase):
    def test_method(self):
        self.skipTest("no browser")

class TestClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise unittest.SkipTest("no browser")

    def test_class(self):
        pass

def test_complaint():
    logging.getLogger("odoo.addons.x").warning("about {places.MODULE_NAME}")

def test_other_complaint():
    logging.getLogger("odoo.addons.x").warning("about something else")
"""


LATE_COMPLAINT = f"""
import logging

def pytest_sessionfinish(session):
    # The controlling process runs no tests and logs nothing.
    if session.config.option.dist == "no":
        logging.getLogger("odoo.addons.x").warning("about {places.MODULE_NAME}")
"""


@pytest.fixture(scope="module")
def run_inner(odoo_environment):
    """A function that runs pytest over some files, given as {name: text}, with the settings of this project."""

    def run(*options, **files):
        directory = places.SANDBOX / "inner_tests"
        directory.mkdir(exist_ok=True)
        for name, text in files.items():
            (directory / f"{name}.py").write_text(text)
        # By default pytest ignores directories whose name starts with a dot.
        settings = ["-o", f"cache_dir={directory}/cache", "-o", "norecursedirs=static"]
        command = [sys.executable, "-m", "pytest", "-rA", "--continue-on-collection-errors", *settings, *options]
        result = subprocess.run(
            [*command, directory], env=odoo_environment, cwd=places.ROOT, capture_output=True, text=True, check=False
        )
        shutil.rmtree(directory)
        return result

    return run


@pytest.fixture(scope="module", params=["-n0", "-n2"])
def inner_run(request, run_inner):
    """A run of tests that skip and complain, in one process and in two."""
    skips = "import pytest\npytest.importorskip('there_is_no_such_package')\n"
    return run_inner(request.param, test_inner=INNER_TESTS, test_file=skips)


@pytest.mark.parametrize("name", ["test_call", "test_mark", "test_method", "test_class"])
def test_skipped_test_is_a_failure(inner_run, name):
    summary = inner_run.stdout.split("short test summary info")[1]
    assert re.search(rf"^(FAILED|ERROR) .*::{name}\b", summary, re.MULTILINE), inner_run.stdout
    assert inner_run.stdout.count("Skipped, which counts as a failure: Skipped: no browser") == 4


def test_file_that_skips_itself_is_a_failure(inner_run):
    assert "Skipped as a whole, which counts as a failure" in inner_run.stdout


def test_complaint_about_the_module_is_a_failure(inner_run):
    summary = inner_run.stdout.split("short test summary info")[1]
    assert re.search(r"^FAILED .*::test_complaint\b", summary, re.MULTILINE), inner_run.stdout
    assert re.search(r"^PASSED .*::test_other_complaint\b", summary, re.MULTILINE)
    assert "Odoo complained in its log" in inner_run.stdout


def test_run_fails_and_ends_with_the_summary_of_pytest(inner_run):
    assert inner_run.returncode == 1
    assert re.search(r"3 failed, 1 passed, 3 errors in [0-9.]+s", inner_run.stdout.splitlines()[-1])


def test_complaint_after_the_last_test_fails_the_run(run_inner):
    result = run_inner("-n1", conftest=LATE_COMPLAINT, test_fine="def test_fine():\n    pass\n")
    assert "1 passed" in result.stdout.splitlines()[-1]
    complaint = f"Odoo complained in its log between tests:\nWARNING odoo.addons.x: about {places.MODULE_NAME}\n"
    assert complaint in result.stderr
    assert result.returncode == 1


def test_browser_and_websocket_client_are_installed():
    """Without one of them, Odoo would skip all tours."""
    import websocket

    assert any(map(processes.find_program, browser.NAMES))
    assert websocket.create_connection


def test_plain_pytest_is_refused(odoo_environment):
    variables = {name: value for name, value in odoo_environment.items() if name != "ODOO_RC"}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_sandbox_guards.py"]
    result = subprocess.run(command, env=variables, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "./sandbox test" in result.stderr
