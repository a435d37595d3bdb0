"""Fixtures for tests that need databases, processes and cursors of their own."""

import itertools
import subprocess

import databases
import log_guard
import pytest
import setup
from serving import free_port

COUNTER = itertools.count(1)


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


@pytest.fixture
def copy_of():
    """Make copies of a template, or of any database nobody uses; dropped afterwards."""
    made = []

    def copy(template):
        name = databases.scratch_name(next(COUNTER))
        made.append(name)
        databases.copy(template, name)
        return name

    yield copy
    for name in made:
        forget(name)
        databases.drop(name)


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


def forget(name):
    """Let this process lose all connections to a database and what it knows of it."""
    import odoo.sql_db
    from odoo.modules.registry import Registry

    Registry.delete(name)
    odoo.sql_db.close_db(name)
