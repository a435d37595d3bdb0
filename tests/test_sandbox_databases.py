"""Copies of databases are complete and independent, and drafts are never used."""

import importlib
import os
import sys
from pathlib import Path

import commands
import databases
import places
import postgres
import pytest
import serving
import working
from problems import Problem


def test_a_copied_database_has_its_own_files(fresh_db, copy_of):
    # No connection to the original may be open while it is copied. None is, because no test has used it.
    files = [path for path in databases.filestore(fresh_db).rglob("*") if path.is_file()]
    assert files
    other = copy_of(fresh_db)
    databases.drop(fresh_db)
    assert not databases.filestore(fresh_db).exists()
    for path in files:
        assert (databases.filestore(other) / path.relative_to(databases.filestore(fresh_db))).is_file()


def test_template_is_bare_crm_with_demo_data(fresh_db):
    states = dict(databases.query("SELECT name, state FROM ir_module_module", fresh_db))
    assert states["crm"] == "installed"
    assert states[places.MODULE_NAME] == "uninstalled"
    assert int(databases.query("SELECT count(*) FROM crm_lead", fresh_db)[0][0]) > 20


def test_module_template_has_the_module_and_its_demo_data(module_db):
    rows = databases.query(f"SELECT state, demo FROM ir_module_module WHERE name = '{places.MODULE_NAME}'", module_db)
    assert rows == [["installed", "t"]]


def test_a_failed_creation_leaves_no_database(crm_template):
    name = databases.scratch_name("failed")
    try:
        with pytest.raises(Problem, match="no_such_module"):
            databases.make(name, ["no_such_module"], "stamp", source=crm_template)
        existing = databases.stamps()
        assert name not in existing
        assert not existing.get(f"{name}_draft")
    finally:
        databases.drop(f"{name}_draft")


def test_the_draft_of_an_interrupted_creation_is_replaced(crm_template):
    name = databases.scratch_name("resumed")
    databases.copy(crm_template, f"{name}_draft")
    databases.query("DROP TABLE ir_cron CASCADE", f"{name}_draft")
    try:
        databases.make(name, ["crm"], "stamp", source=crm_template)
        assert databases.stamps()[name] == "stamp"
        assert databases.query("SELECT to_regclass('ir_cron')", name) == [["ir_cron"]]
    finally:
        databases.drop(name)


def test_databases_of_dead_processes_are_dropped(crm_template):
    dead_process = next(number for number in range(400000, 500000) if not Path(f"/proc/{number}").exists())
    name = f"{databases.SCRATCH_PREFIX}_{dead_process}_1"
    own = databases.scratch_name("alive")
    databases.query(f'CREATE DATABASE "{name}"')
    databases.query(f'CREATE DATABASE "{own}"')
    try:
        databases.drop_scratch()
        existing = databases.stamps()
        assert name not in existing
        assert own in existing
    finally:
        databases.drop(own)
        databases.drop(name)


def test_module_key_changes_with_the_sources_but_not_with_tests(tmp_path, monkeypatch):
    module = tmp_path / places.MODULE_NAME
    (module / "tests").mkdir(parents=True)
    (module / "models.py").write_text("a = 1\n")
    monkeypatch.setattr(places, "MODULE", module)
    before = databases.module_key()
    (module / "tests" / "test_a.py").write_text("")
    assert databases.module_key() == before
    (module / "models.py").write_text("a = 2\n")
    changed = databases.module_key()
    assert changed != before
    (module / "models.py").rename(module / "other.py")
    assert databases.module_key() != changed


def test_a_database_is_up_to_date_with_the_addons_that_a_command_needs(monkeypatch):
    made = []
    monkeypatch.setattr(databases, "make", lambda name, modules, stamp, demo: made.append((modules, stamp)))
    names = places.installable_addons()
    assert names == list(places.ADDON_NAMES)
    for existing, addons, expected in (
        ({}, names, ["crm", *names]),
        ({}, [places.MODULE_NAME], ["crm", places.MODULE_NAME]),
        # A database with all addons serves where the module is enough.
        ({"sales": databases.addons_stamp(names)}, [places.MODULE_NAME], None),
        ({"sales": databases.addons_stamp(names)}, names, None),
    ):
        made.clear()
        monkeypatch.setattr(databases, "stamps", lambda existing=existing: existing)
        serving.ensure_database("sales", demo=True, addons=addons)
        assert [modules for modules, _stamp in made] == ([expected] if expected else [])


def test_addons_whose_dependencies_are_missing_are_left_out(monkeypatch):
    monkeypatch.setattr(places, "is_available", lambda name: name != "spreadsheet_dashboard")
    assert places.installable_addons() == [places.MODULE_NAME]


def test_script_runs_with_an_environment_and_commits(fresh_db, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("env['res.partner'].create({'name': arguments[0]})\n")
    assert working.run_in_odoo(fresh_db, script, ["Ada of the script"]) == 0
    assert databases.query("SELECT 1 FROM res_partner WHERE name = 'Ada of the script'", fresh_db) == [["1"]]


def test_failing_script_commits_nothing(fresh_db, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("env['res.partner'].create({'name': 'Lost'})\nenv.flush_all()\nraise SystemExit(3)\n")
    assert working.run_in_odoo(fresh_db, script) == 3
    assert databases.query("SELECT 1 FROM res_partner WHERE name = 'Lost'", fresh_db) == []


def test_private_server_runs_without_durability():
    if postgres.is_external():
        assert postgres.environment() == {}
        return
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert databases.query(f"SHOW {name}") == [["off"]]
    assert databases.query("SHOW listen_addresses") == [[""]] or databases.query("SHOW listen_addresses") == []


def test_socket_of_a_deep_checkout_is_outside_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "SANDBOX", tmp_path / ("deep" * 40) / ".sandbox")
    path = postgres.socket_directory() / f".s.PGSQL.{postgres.PORT}"
    assert len(os.fsencode(path)) <= 107
    assert places.CHECKOUT_ID in str(path)


def test_data_are_outside_a_checkout_that_the_server_cannot_enter(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    (closed / "checkout").mkdir(parents=True)
    closed.chmod(0o700)
    assert not postgres.is_open_to_others(closed / "checkout" / "later")
    monkeypatch.setattr(places, "ROOT", closed / "checkout")
    monkeypatch.setattr(postgres, "server_user", object)
    assert postgres.home() == postgres.outside_directory() / "postgres"
    monkeypatch.setattr(postgres, "server_user", lambda: None)
    assert postgres.home() == places.SANDBOX / "postgres"


@pytest.mark.parametrize("name", sorted(commands.COMMANDS))
def test_each_command_has_its_function(name):
    module, function, text = commands.COMMANDS[name]
    assert callable(getattr(importlib.import_module(module), function))
    assert text


def test_programs_that_odoo_calls_are_on_path(odoo_environment):
    import processes

    for program in ("psql", "pg_dump", "createdb", "rtlcss", "node"):
        assert processes.find_program(program, odoo_environment), program
    assert Path(sys.prefix) == places.VENV
