from odoo import fields, models


class CrmLead(models.Model):
    """What the customer can spend."""

    # Beside what crm_lead.py does for the ledgers: another matter.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    customer_budget = fields.Monetary(
        currency_field="company_currency",
        help="What the customer can spend on this, as far as it is known.",
    )
