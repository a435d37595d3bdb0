"""Keep rows of deals that went to another company from their former readers. Updates do not change record rules."""

from odoo import SUPERUSER_ID, api

BEFORE = "[('company_id', 'in', company_ids + [False])]"
AFTER = "[('company_id', 'in', company_ids + [False]), ('is_elsewhere', '=', False)]"
RULES = (
    "crm_stage_visit_rule_company",
    "crm_stage_dwell_report_rule_company",
    "crm_stage_conversion_report_rule_company",
    "crm_hot_report_rule_company",
)


def migrate(cr, version):
    """Change the rules that nobody has changed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES if version else ():
        rule = env.ref(f"sales_process_control.{name}", raise_if_not_found=False)
        if rule and rule.domain_force == BEFORE:
            rule.domain_force = AFTER
