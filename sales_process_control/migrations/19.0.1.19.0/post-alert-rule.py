"""Keep alerts of deals that went to another company from their former readers. Updates do not change record rules."""

from odoo import SUPERUSER_ID, api

BEFORE = "[('company_id', 'in', company_ids + [False])]"
AFTER = "[('company_id', 'in', company_ids + [False]), ('is_elsewhere', '=', False)]"


def migrate(cr, version):
    """Change the rule if nobody has changed it."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = version and env.ref("sales_process_control.crm_deal_alert_rule_company", raise_if_not_found=False)
    if rule and rule.domain_force == BEFORE:
        rule.domain_force = AFTER
