"""Fixtures for tests that need databases, processes and committing cursors of their own."""

import contextlib
import subprocess
import sys

import databases
import log_guard
import neighbours
import places
import pytest
import setup
from installation import crm_with_history, installed, python_with_wheel, wheels
from scratch import absent, copied, forget
from serving import free_port

# Fixtures. All files that use one share it.
__all__ = ["crm_with_history", "installed", "python_with_wheel", "wheels"]


class OdooRun:
    """The output and the exit code of a run of Odoo."""

    def __init__(self, returncode, output):
        self.returncode = returncode
        self.output = output

    def complaints(self, everything=False):
        """Return the warnings and errors in the output.

        :param bool everything: whether to return all of them, or only those that name the module
        """
        return log_guard.complaints_in(self.output, everything)


@pytest.fixture(scope="session")
def odoo_environment():
    """The environment variables with which other programs find Odoo and PostgreSQL."""
    return setup.environment()


@pytest.fixture(scope="session")
def odoo_cli(odoo_environment):
    """Run Odoo with some arguments and return an :class:`OdooRun`.

    Unless `check` is false, a bad exit code or a complaint about the module fails the test. `script` is what Odoo's
    shell reads. `python` is the interpreter that runs Odoo.
    """

    def run(*arguments, check=True, timeout=1800, script="", python=places.VENV_PYTHON):
        command = databases.odoo_command(*arguments, python=python)
        if "-p" not in arguments and "--no-http" not in arguments:
            command += ["-p", str(free_port())]
        result = subprocess.run(
            command,
            env=odoo_environment,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        run_result = OdooRun(result.returncode, result.stdout)
        if check:
            assert result.returncode == 0, result.stdout[-6000:]
            assert not run_result.complaints(), "\n".join(run_result.complaints())
        return run_result

    return run


@pytest.fixture(scope="session")
def crm_template():
    """The name of a template with CRM and demo data, without the module. Copy it, do not connect to it."""
    return databases.ensure_crm_template()


@pytest.fixture(scope="session")
def empty_template(odoo_environment, tmp_path_factory):
    """The name of a database with CRM and the module, without demo data and deals. Copy it, do not connect to it.

    The command `import` creates it, before it refuses the file.
    """
    bad = tmp_path_factory.mktemp("empty") / "bad.csv"
    bad.write_text("nothing\n", encoding="utf-8")
    with absent("empty") as name:
        command = [sys.executable, places.ROOT / "sandbox", "import", bad, "--db", name]
        result = subprocess.run(command, env=odoo_environment, capture_output=True, text=True, check=False)
        assert (result.returncode, "nothing of" in result.stderr) == (2, True), result.stderr
        yield name


@pytest.fixture(scope="session")
def neighbours_db(crm_template, odoo_cli):
    """A database with the neighbours of Odoo, without their demo data and without the module."""
    with neighbours.installed(odoo_cli, crm_template, neighbours.ODOO) as name:
        yield name


@pytest.fixture(scope="session")
def full_db(neighbours_db, odoo_cli):
    """The same with the module, which was installed last. A complaint about the module would fail the tests."""
    with neighbours.installed(odoo_cli, neighbours_db, [places.MODULE_NAME]) as name:
        yield name


@pytest.fixture
def copy_of():
    """A function that copies a template, or another database without connections. The copies are dropped afterwards."""
    with contextlib.ExitStack() as stack:
        yield lambda template: stack.enter_context(copied(template))


@pytest.fixture
def fresh_db(crm_template, copy_of):
    """The name of a new database with CRM and demo data, without the module."""
    return copy_of(crm_template)


@pytest.fixture
def module_db(module_template, copy_of):
    """The name of a new database with CRM, demo data and the module."""
    return copy_of(module_template)


@pytest.fixture(scope="module")
def shared_db(module_template):
    """The name of a database with CRM, demo data and the module for all tests of a file.

    Tests either roll back, or work with records of their own.
    """
    with copied(module_template) as name:
        yield name


@pytest.fixture
def shared_registry(shared_db):
    """The registry of `shared_db` in this process. Its cursors commit."""
    from odoo.modules.registry import Registry

    registry = Registry(shared_db)
    yield registry
    # A transaction that was rolled back may have filled caches.
    registry.clear_all_caches()


@pytest.fixture
def env(shared_registry):
    """An environment of the administrator of `shared_db` that is rolled back."""
    from odoo import SUPERUSER_ID, api

    with shared_registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield env(user=env.ref("base.user_admin"))
        cr.rollback()


@pytest.fixture
def registry_of():
    """A function that returns the registry of a database in this process. Its cursors commit."""
    from odoo.modules.registry import Registry

    opened = []

    def registry(name):
        opened.append(name)
        return Registry(name)

    yield registry
    for name in opened:
        forget(name)
