"""What happens at installation, and before uninstalling; tables and columns Odoo drops by itself."""

from odoo.tools import SQL

from .models.history_import.history_plan import EXTERNAL_MODULE
from .models.hot.crm_lead import OWNER_STATISTICS
from .models.hot.res_config_settings import SIGNING_DAYS
from .models.recording.crm_pipeline_audit import WORKING_DAYS_POSITION
from .models.workbench.res_users import OFFERED, WORKBENCH_ACTION


def pre_init_hook(env):
    """Add the columns of deals before Odoo does, so that it does not compute them one by one on a big database."""
    env.cr.execute("""
        ALTER TABLE crm_lead
            ADD COLUMN IF NOT EXISTS stage_entered_at timestamp,
            ADD COLUMN IF NOT EXISTS push_count integer DEFAULT 0,
            ADD COLUMN IF NOT EXISTS push_days integer DEFAULT 0
    """)
    # The constants above fill the old rows without touching them; new ones get their value from Odoo.
    env.cr.execute("""
        ALTER TABLE crm_lead ALTER COLUMN push_count DROP DEFAULT, ALTER COLUMN push_days DROP DEFAULT
    """)


def post_init_hook(env):
    """Rebuild both ledgers from what Odoo has tracked, and progress from what people did; give deals both times.

    The weeks that are over are closed, so that the funnel of any day is quick.
    """
    env["crm.pipeline.past"].rebuild()
    env["crm.pipeline.balance"].close()
    env["crm.lead.progress"].rebuild()


def uninstall_hook(env):
    """Forget by what names imported deals were known in another program, and the settings; the deals stay.

    Who begins on the workbench begins on Odoo's own first page again: no key holds users to the action.
    """
    env.cr.execute(SQL("DROP STATISTICS IF EXISTS %s", SQL.identifier(OWNER_STATISTICS)))
    env.cr.execute("DELETE FROM ir_model_data WHERE module = %s", [EXTERNAL_MODULE])
    for parameter in (SIGNING_DAYS, OFFERED, WORKING_DAYS_POSITION):
        env["ir.config_parameter"].set_param(parameter, False)
    domain = [("action_id", "=", env.ref(WORKBENCH_ACTION).id)]
    env["res.users"].with_context(active_test=False).search(domain).action_id = False
