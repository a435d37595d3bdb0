"""Installing the module on a database with deals, updating and uninstalling it loses no data and leaves none behind."""

import ast
import zipfile

import log_guard
import places
import pytest
import working
from installation import LEDGERS, MODULE, WITHOUT_CHECKOUT, columns_of, content_of, rows
from scratch import copied

DASHBOARDS = places.DASHBOARDS_NAME
STATES = f"SELECT name, state FROM ir_module_module WHERE name IN ('{MODULE}', '{DASHBOARDS}') ORDER BY name"
OPEN = "type = 'opportunity' AND active AND won_status = 'pending'"


@pytest.fixture(scope="module")
def with_dashboards(installed, odoo_cli, python_with_wheel):
    """The name of a copy of `installed` with Odoo's dashboards, which bring along the addon of this checkout."""
    with copied(installed) as name:
        arguments = ["-d", name, "-i", "spreadsheet_dashboard", "--stop-after-init", *WITHOUT_CHECKOUT]
        odoo_cli(*arguments, python=python_with_wheel)
        yield name


@pytest.fixture
def crm_with_history_db(crm_with_history, copy_of):
    """The name of a new copy of `crm_with_history`."""
    return copy_of(crm_with_history)


@pytest.fixture
def installed_db(installed, copy_of):
    """The name of a new copy of `installed`."""
    return copy_of(installed)


@pytest.fixture
def with_dashboards_db(with_dashboards, copy_of):
    """The name of a new copy of `with_dashboards`."""
    return copy_of(with_dashboards)


def uninstall(database, tmp_path):
    """Save the settings, use a playbook and the workbench, then uninstall the module."""
    script = tmp_path / "uninstall.py"
    script.write_text(
        f"""env["res.config.settings"].create({{}}).execute()
stage, lead = env["crm.stage"].search([], limit=1), env["crm.lead"].search([], limit=1)
step = env["crm.stage.step"].create({{"stage_id": stage.id, "name": "Send the offer", "is_required": True}})
stage.leaving_rule = "stop"
env.flush_all()
env.cr.execute(
    "INSERT INTO crm_stage_pass (lead_id, stage_id, date, reason, step_names) "
    "VALUES (%s, %s, now() AT TIME ZONE 'UTC', 'Signs', 'Send the offer')",
    [lead.id, stage.id],
)
env.cr.execute(
    "INSERT INTO crm_lead_progress (lead_id, stage_id, step_id, step_name, date, source, reaction) "
    "VALUES (%s, %s, %s, 'Send the offer', now() AT TIME ZONE 'UTC', 'recorded', 'positive')",
    [lead.id, stage.id, step.id],
)
env["ir.config_parameter"].set_param("sales_process_control.webhook_internal_hosts", "chat.lan")
env["res.users"].with_user(env.ref("base.user_admin")).set_workbench_home(True)
env["res.users"].with_user(env.ref("base.user_admin")).answer_workbench_offer(True)
# A guided tour that was left.
env.ref("base.user_admin").write({{"tour_enabled": True, "is_onboarding_borrowed": True}})
env.cr.commit()
env["ir.module.module"].search([("name", "=", "{MODULE}")]).button_immediate_uninstall()
"""
    )
    assert working.run_in_odoo(database, script) == 0


def test_installing_records_the_existing_pipeline(installed_db):
    deals = dict(rows(installed_db, f"SELECT id, stage_id FROM crm_lead WHERE {OPEN}"))
    visits = rows(installed_db, "SELECT lead_ref, stage_id FROM crm_stage_visit WHERE left_at IS NULL")
    assert len(deals) > 20
    assert dict(visits) == deals
    assert len(visits) == len(deals)
    assert rows(installed_db, "SELECT DISTINCT origin FROM crm_pipeline_movement") == [("backfill",)]
    created = "SELECT lead_ref FROM crm_pipeline_movement WHERE kind = 'created'"
    assert sorted(rows(installed_db, created)) == rows(
        installed_db, "SELECT id FROM crm_lead WHERE type = 'opportunity' ORDER BY id"
    )
    ends = "SELECT lead_ref, kind FROM crm_pipeline_movement WHERE kind IN ('won', 'lost', 'removed')"
    assert sorted(rows(installed_db, ends)) == rows(
        installed_db,
        f"""SELECT id, CASE won_status WHEN 'pending' THEN 'removed' ELSE won_status END
        FROM crm_lead WHERE type = 'opportunity' AND NOT ({OPEN}) ORDER BY id""",
    )
    columns = "stage_id, team_id, user_id, company_id, date_deadline"
    recorded = rows(
        installed_db,
        f"""SELECT {columns}, sum(deal_count), sum(amount) FROM crm_pipeline_movement GROUP BY {columns}
        HAVING sum(deal_count) <> 0 OR sum(amount) <> 0""",
    )
    live = rows(
        installed_db,
        f"SELECT {columns}, count(*), sum(COALESCE(expected_revenue, 0)) FROM crm_lead WHERE {OPEN} GROUP BY {columns}",
    )
    assert set(recorded) == set(live)
    assert not rows(
        installed_db,
        "SELECT 1 FROM crm_lead WHERE type = 'opportunity' AND (stage_entered_at IS NULL OR push_count <> 0)",
    )


def test_installing_stores_the_chances_of_open_deals(installed_db):
    assert not rows(installed_db, f"SELECT id FROM crm_lead WHERE (chance IS NOT NULL) <> ({OPEN})")
    assert rows(installed_db, "SELECT id FROM crm_lead WHERE expected_amount > 0")


def test_an_open_visit_begins_at_the_last_tracked_move(installed_db):
    [(entered_at, moved_at, created_at)] = rows(
        installed_db,
        """
        SELECT visit.entered_at, max(message.create_date), lead.create_date
        FROM crm_lead lead
        JOIN crm_stage_visit visit ON visit.lead_id = lead.id AND visit.outcome = 'open'
        JOIN mail_message message ON message.model = 'crm.lead' AND message.res_id = lead.id
        JOIN mail_tracking_value tracking ON tracking.mail_message_id = message.id
         AND tracking.new_value_integer = lead.stage_id
        WHERE lead.name = 'Deal 1'
        GROUP BY visit.entered_at, lead.create_date
        """,
    )
    assert entered_at == moved_at
    assert entered_at > created_at


def test_wheels_say_what_they_need_and_hold_what_odoo_reads(wheels):
    assert set(wheels) == set(places.ADDON_NAMES)
    needed = {}
    for name, path in wheels.items():
        with zipfile.ZipFile(path) as wheel:
            [metadata] = [member for member in wheel.namelist() if member.endswith("METADATA")]
            lines = wheel.read(metadata).decode().splitlines()
            members = set(wheel.namelist())
        needed[name] = {line.split(": ")[1] for line in lines if line.startswith("Requires-Dist: ")}
        manifest = ast.literal_eval((places.ROOT / name / "__manifest__.py").read_text(encoding="utf-8"))
        assert f"Version: {manifest['version']}" in "\n".join(lines)
        files = {f"odoo/addons/{name}/{file}" for file in (*manifest["data"], *manifest["images"])}
        assert files <= members, files - members
        assert f"odoo/addons/{name}/static/description/icon.png" in members
    assert needed[MODULE] == {"odoo==19.0.*"}
    assert needed[DASHBOARDS] == {"odoo==19.0.*", f"odoo-addon-{MODULE}==19.0.*"}


def test_dashboards_come_from_their_wheel_and_go_without_a_trace(with_dashboards_db, tmp_path):
    name = with_dashboards_db
    assert rows(name, STATES) == [(MODULE, "installed"), (DASHBOARDS, "installed")]
    documents = f"""
        SELECT count(*) FROM ir_model_data data
        JOIN ir_attachment file ON file.res_model = data.model AND file.res_id = data.res_id
            AND file.res_field = 'spreadsheet_binary_data' AND file.file_size > 10000
        WHERE data.module = '{DASHBOARDS}' AND data.model = 'spreadsheet.dashboard'
    """
    assert rows(name, documents) == [(2,)]
    script = tmp_path / "uninstall_dashboards.py"
    script.write_text(f'env["ir.module.module"].search([("name", "=", "{DASHBOARDS}")]).button_immediate_uninstall()\n')
    assert working.run_in_odoo(name, script) == 0
    assert rows(name, STATES) == [(MODULE, "installed"), (DASHBOARDS, "uninstalled")]
    assert not rows(name, f"SELECT model FROM ir_model_data WHERE module = '{DASHBOARDS}'")
    assert not rows(name, "SELECT id FROM spreadsheet_dashboard WHERE name->>'en_US' LIKE '%Sales Process'")


def test_updating_changes_no_rows(installed_db, odoo_cli, tmp_path):
    script = tmp_path / "first.py"
    script.write_text('env["res.users"]._set_workbench_first(True)\nenv.cr.commit()\n')
    assert working.run_in_odoo(installed_db, script) == 0
    order = "SELECT id, sequence FROM ir_ui_menu ORDER BY id"
    menus = rows(installed_db, order)
    before = [content_of(installed_db, table, columns_of(installed_db, table)) for table in (*LEDGERS, "crm_lead")]
    odoo_cli("-d", installed_db, "-u", MODULE, "--stop-after-init")
    after = [content_of(installed_db, table, columns_of(installed_db, table)) for table in (*LEDGERS, "crm_lead")]
    assert after == before
    assert all(before)
    assert rows(installed_db, order) == menus, "whether CRM opens on the workbench is the setting's"


def test_uninstalling_leaves_crm_as_it_was(crm_with_history_db, with_dashboards_db, odoo_cli, tmp_path):
    installed_db = with_dashboards_db
    columns = columns_of(crm_with_history_db, "crm_lead")
    content = content_of(crm_with_history_db, "crm_lead", columns)
    assert columns_of(installed_db, "crm_lead") != columns
    uninstall(installed_db, tmp_path)
    assert columns_of(installed_db, "crm_lead") == columns
    assert content_of(installed_db, "crm_lead", columns) == content
    tables = rows(
        installed_db,
        "SELECT relname FROM pg_class WHERE relname IN ('crm_stage_visit', 'crm_pipeline_movement') "
        "OR relname ~ '^crm_(hot|stage_step|stage_pass|lead_progress|planned_activity)'",
    )
    assert not tables
    assert rows(installed_db, STATES) == [(MODULE, "uninstalled"), (DASHBOARDS, "uninstalled")]
    assert not rows(installed_db, f"SELECT name FROM ir_model_data WHERE module IN ('{MODULE}', '{DASHBOARDS}')")
    assert not rows(installed_db, "SELECT id FROM spreadsheet_dashboard WHERE name->>'en_US' LIKE '%Sales Process'")
    assert not rows(installed_db, f"SELECT key FROM ir_config_parameter WHERE key LIKE '{MODULE}%'")
    assert not rows(
        installed_db, "SELECT id FROM res_users WHERE action_id IS NOT NULL AND login IN ('admin', '__system__')"
    )
    assert rows(installed_db, "SELECT tour_enabled FROM res_users WHERE login = 'admin'") == [(False,)]
    left_over = f"""
        SELECT c.name FROM ir_model_constraint c JOIN ir_module_module m ON m.id = c.module WHERE m.name = '{MODULE}'
    """
    assert not rows(installed_db, left_over)
    assert not rows(installed_db, "SELECT FROM pg_statistic_ext WHERE stxrelid = 'crm_lead'::regclass")
    assert not rows(installed_db, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert not rows(installed_db, "SELECT proname FROM pg_proc WHERE proname ~ '^crm_'")
    left = "SELECT cron_name FROM ir_cron WHERE cron_name ILIKE '%stage history%'"
    assert not rows(installed_db, left)
    odoo_cli("-d", installed_db, "-u", "crm", "--stop-after-init")


def test_uninstalling_keeps_the_demonstration(module_db, odoo_cli, capfd, tmp_path):
    """Its opportunities stay as imported ones do, with their stages, teams and people: Odoo tries to delete none.

    A demonstration that is installed again finds them.
    """
    deals = "SELECT count(*), count(stage_id), count(team_id), count(user_id) FROM crm_lead"
    before = rows(module_db, deals)
    capfd.readouterr()
    uninstall(module_db, tmp_path)
    output = "".join(capfd.readouterr())
    assert not log_guard.complaints_in(output, True), output
    assert rows(module_db, deals) == before
    assert not rows(module_db, f"SELECT name FROM ir_model_data WHERE module = '{MODULE}'")
    odoo_cli("-d", module_db, "-i", MODULE, "--with-demo", "--stop-after-init")
    assert not rows(module_db, "SELECT error FROM ir_demo_failure")
    assert rows(module_db, deals) == before
    uninstall(module_db, tmp_path)
    assert rows(module_db, deals) == before


def test_installing_again_rebuilds_the_history(installed_db, odoo_cli, tmp_path):
    visits = "SELECT lead_ref, stage_id, entered_at, outcome FROM crm_stage_visit ORDER BY id"
    before = rows(installed_db, visits)
    script = tmp_path / "import.py"
    script.write_text(
        """content = b"deal,stage,at\\nImported,New,2024-01-31T09:30:00Z\\n"
env["crm.history.importer"].import_history(content)
"""
    )
    assert working.run_in_odoo(installed_db, script) == 0
    names = "SELECT res_id FROM ir_model_data WHERE module = '__sales_process_import__' AND model = 'crm.lead'"
    [(imported_id,)] = rows(installed_db, names)
    uninstall(installed_db, tmp_path)
    odoo_cli("-d", installed_db, "-i", MODULE, "--stop-after-init")
    assert not rows(installed_db, names)
    # The imported deal is still there. It is recorded like a deal without tracked moves.
    assert rows(installed_db, visits)[:-1] == before
    assert rows(installed_db, visits)[-1][0] == imported_id
