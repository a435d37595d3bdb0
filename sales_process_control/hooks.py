"""Hooks of installation and uninstallation. Odoo itself drops tables and columns."""

from odoo.tools import SQL

from .models.chance.crm_lead import REFRESH_POSITION
from .models.chance.crm_stage_chance import REBUILD_POSITION
from .models.forecast.forecast_store import FORECAST_SECONDS
from .models.history_import.history_plan import EXTERNAL_MODULE
from .models.hot.crm_lead import OWNER_STATISTICS
from .models.hot.res_config_settings import SIGNING_DAYS
from .models.recording.crm_pipeline_audit import WORKING_DAYS_POSITION
from .models.report_channel.crm_report_destination import INSIDE_HOSTS
from .models.workbench.res_users import OFFERED, WORKBENCH_ACTION

MODULE = "sales_process_control"
#: Models of demonstration records that its opportunities refer to.
DEMO_MODELS = ("crm.stage", "crm.team", "crm.team.member", "mail.alias", "res.partner", "res.users")
#: Module of their external ids while this one is not installed.
KEPT_MODULE = "__sales_process_kept__"


def pre_init_hook(env):
    """Add stored columns of deals before Odoo does, which would compute them deal by deal.

    Demonstration records that stayed when the module was uninstalled get their external ids again.
    """
    env.cr.execute("UPDATE ir_model_data SET module = %s WHERE module = %s", [MODULE, KEPT_MODULE])
    env.cr.execute("""
        ALTER TABLE crm_lead
            ADD COLUMN IF NOT EXISTS stage_entered_at timestamp,
            ADD COLUMN IF NOT EXISTS last_progress_at timestamp,
            ADD COLUMN IF NOT EXISTS push_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS push_days integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS chance double precision,
            ADD COLUMN IF NOT EXISTS chance_by_closing double precision,
            ADD COLUMN IF NOT EXISTS expected_amount numeric
    """)
    # PostgreSQL fills existing rows with a default without writing them. New rows get their values from Odoo.
    env.cr.execute("""
        ALTER TABLE crm_lead ALTER COLUMN push_count DROP DEFAULT, ALTER COLUMN push_days DROP DEFAULT
    """)


def post_init_hook(env):
    """Rebuild both ledgers from tracked changes, and progress from activities, meetings and messages.

    Closing the past weeks makes the sales funnel of a past day fast. The visits suggest limits for the stages,
    and say how likely deals are won. The forecasts of the past twelve months are computed as they would have been known
    then; the daily job does what takes too long here.
    """
    env["crm.pipeline.past"].rebuild()
    env["crm.pipeline.balance"].close()
    env["crm.lead.progress"].rebuild()
    env["crm.stage"]._update_nightly_limits()
    env["crm.stage.chance"]._rebuild()
    env["crm.lead"]._refresh_chances()
    env["crm.forecast"]._rebuild(seconds=FORECAST_SECONDS)


def uninstall_hook(env):
    """Remove data outside the module's own tables.

    That is: external ids of imports, parameters, home actions of users, and records of foreign keys.

    Users whose home action is the workbench start with Odoo's own page again: no foreign key clears that field.
    For those who have left a guided tour, Odoo's own tours are off again.
    """
    # Of versions before 19.0.1.10.0, where the module is uninstalled without an upgrade.
    env.cr.execute("DROP FUNCTION IF EXISTS crm_ledger_clear_references() CASCADE")
    env.cr.execute(SQL("DROP STATISTICS IF EXISTS %s", SQL.identifier(OWNER_STATISTICS)))
    env.cr.execute("DELETE FROM ir_model_data WHERE module = %s", [EXTERNAL_MODULE])
    # Opportunities of the demonstration stay, with their stages, teams and people. Odoo would try to delete these.
    env["ir.model.data"].search([("module", "=", MODULE), ("model", "in", DEMO_MODELS)]).module = KEPT_MODULE
    parameters = (SIGNING_DAYS, OFFERED, WORKING_DAYS_POSITION, REBUILD_POSITION, REFRESH_POSITION, INSIDE_HOSTS)
    for parameter in parameters:
        env["ir.config_parameter"].set_param(parameter, False)
    # Odoo would make To-Dos of the activities of a type that is deleted.
    alerts = [("activity_type_id", "=", env["mail.activity"]._alert_type_id())]
    env["mail.activity"].with_context(active_test=False).search(alerts).unlink()
    # Odoo deletes the records of foreign keys only together with their model: those of fields of CRM would stay.
    env["ir.model.constraint"].search([("module.name", "=", MODULE), ("type", "=", "f")]).unlink()
    users = env["res.users"].with_context(active_test=False)
    users.search([("action_id", "=", env.ref(WORKBENCH_ACTION).id)]).action_id = False
    users.search([("is_onboarding_borrowed", "=", True)])._give_onboarding_back()
