import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


def as_number(value):
    """What a program gave for a number: nothing is zero, and what is no number is NaN."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return math.nan


class CrmLead(models.Model):
    """What the customer can spend."""

    _inherit = "crm.lead"

    customer_budget = fields.Monetary(
        currency_field="company_currency",
        tracking=True,
        help="What the customer can spend on this, as far as it is known. Empty, or zero: nobody knows it.",
    )
    is_over_budget = fields.Boolean(
        "Over Budget",
        compute="_compute_is_over_budget",
        search="_search_is_over_budget",
        help="The expected revenue is more than what the customer can spend, as far as it is known.",
    )

    @api.depends("expected_revenue", "customer_budget")
    def _compute_is_over_budget(self):
        for lead in self:
            lead.is_over_budget = 0 < lead.customer_budget < lead.expected_revenue

    def _search_is_over_budget(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            budget, revenue = (
                model._field_to_sql(alias, name, query) for name in ("customer_budget", "expected_revenue")
            )
            is_over = SQL("COALESCE(%s > 0 AND %s < %s, FALSE)", budget, budget, revenue)
            return SQL("%s = ANY(%s)", is_over, [bool(one) for one in value])

        return Domain.custom(to_sql=to_sql)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_budget(vals.get("customer_budget"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_budget(vals.get("customer_budget"))
        return super().write(vals)

    @api.model
    def _check_budget(self, budget):
        """Refuse what nobody can spend.

        :raises ValidationError: for less than nothing, or what is no number
        """
        budget = as_number(budget)
        if not math.isfinite(budget) or budget < 0:
            raise ValidationError(self.env._("A customer's budget is a number that is not below zero."))

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "customer_budget"]
