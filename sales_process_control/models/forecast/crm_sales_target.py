from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import LARGEST_AMOUNT
from ..recording.day_texts import month_text
from ..recording.numbers import is_amount
from ..recording.text_lists import labelled


class CrmSalesTarget(models.Model):
    """What a company, a sales team or a salesperson is to win in a month (docs/definitions.md, Sales targets)."""

    _name = "crm.sales.target"
    _inherit = ["crm.write.check.mixin"]
    _description = "Sales Target"
    _order = "month desc, company_id, team_id, user_id, id"
    _check_company_auto = True

    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self, self.env.cr.now()).replace(day=1),
        help="The first day of the month. Another day is changed to the first day.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="If team and salesperson are empty, this is the target of the company.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="A target belongs either to a team or to a salesperson.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        aggregator="sum", help="Expected revenue of the opportunities to be won, in the currency of the company."
    )

    _one_in_a_month = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), COALESCE(user_id, 0), month)",
        "This company, team or salesperson already has a target in this month.",
    )
    _first_day = models.Constraint(
        "CHECK (EXTRACT(DAY FROM month) = 1)", "The month of a target must be the first day of a month."
    )
    _team_or_user = models.Constraint(
        "CHECK (team_id IS NULL OR user_id IS NULL)", "A target belongs either to a team or to a salesperson."
    )

    @api.depends("month", "team_id", "user_id", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            owner = target.team_id or target.user_id or target.company_id
            month = month_text(self.env, target.month) if target.month else ""
            target.display_name = labelled(self.env, month, owner.display_name)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._checked_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._checked_values(vals))

    @api.model
    def _checked_values(self, vals):
        """Return values as they come through RPC with the first day of their month.

        :raises ValidationError: for an amount below zero, very large or no number, and for what is no day
        """
        if not is_amount(vals.get("amount")):
            raise ValidationError(self.env._("The amount of a target must be between 0 and %s.", f"{LARGEST_AMOUNT:,}"))
        if not vals.get("month"):
            return vals
        try:
            return {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}
        except (AttributeError, TypeError, ValueError):
            raise ValidationError(
                self.env._("Write the month of a target as a date, for example 2026-12-01.")
            ) from None
