"""Fixtures for tests that need databases, processes and cursors of their own."""

import contextlib
import subprocess
import sys

import databases
import log_guard
import places
import pytest
import setup
from scratch import absent, copied, forget
from serving import free_port


class OdooRun:
    """What a run of Odoo has said and how it has ended."""

    def __init__(self, returncode, output):
        self.returncode = returncode
        self.output = output

    def complaints(self, everything=False):
        """Warnings and errors about the module, or all of them."""
        return log_guard.complaints_in(self.output, everything)


@pytest.fixture(scope="session")
def odoo_environment():
    """The variables with which other programs find Odoo and PostgreSQL."""
    return setup.environment()


@pytest.fixture(scope="session")
def odoo_cli(odoo_environment):
    """Run Odoo with arguments; fails on a bad exit code or a complaint about the module."""

    def run(*arguments, check=True, timeout=1800):
        command = databases.odoo_command(*arguments)
        if "-p" not in arguments and "--no-http" not in arguments:
            command += ["-p", str(free_port())]
        result = subprocess.run(
            command,
            env=odoo_environment,
            stdin=subprocess.DEVNULL,
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
    """The name of a template with CRM and demo data, without the module.

    Nobody may connect to it: copy it.
    """
    return databases.ensure_crm_template()


@pytest.fixture(scope="session")
def empty_template(odoo_environment, tmp_path_factory):
    """The name of a database as commands make it: CRM and the module without demo data, and no deal yet.

    Made by `import`, which makes its database before it refuses a file. Copy it.
    """
    bad = tmp_path_factory.mktemp("empty") / "bad.csv"
    bad.write_text("nothing\n", encoding="utf-8")
    with absent("empty") as name:
        command = [sys.executable, places.ROOT / "sandbox", "import", bad, "--db", name]
        result = subprocess.run(command, env=odoo_environment, capture_output=True, text=True, check=False)
        assert (result.returncode, "nothing of" in result.stderr) == (2, True), result.stderr
        yield name


@pytest.fixture
def copy_of():
    """Make copies of a template, or of any database nobody uses; dropped afterwards."""
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


@pytest.fixture
def registry_of():
    """The registry of a database in this process, whose cursors really commit."""
    from odoo.modules.registry import Registry

    opened = []

    def registry(name):
        opened.append(name)
        return Registry(name)

    yield registry
    for name in opened:
        forget(name)
