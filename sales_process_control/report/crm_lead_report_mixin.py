from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLeadReportMixin(models.AbstractModel):
    """What the reports about opportunities have in common: whose a row is, and the way to the opportunities behind it."""

    _name = "crm.lead.report.mixin"
    _description = "Report on Opportunities"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    lead_ref = fields.Integer(
        "Opportunity Number",
        readonly=True,
        aggregator="count_distinct",
        help="The number that the opportunity has, or had before it was deleted. Counted in distinct opportunities.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        compute_sudo=True,
        help="Whether the opportunity is the reader's own now, whoever had it then.",
    )

    # Whether an opportunity is one's own may be known without a right to read it.
    @api.depends("lead_id.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for row in self:
            row.is_mine = row.lead_id.user_id.id == self.env.uid

    def _search_is_mine(self, operator, value):
        """For the record rules: the reader's opportunities are selected once, where a path would join all to all rows.

        No rights are needed for what is one's own.
        """
        if operator != "in":
            return NotImplemented
        leads = self.env["crm.lead"]._search([("user_id", "=", self.env.uid)], active_test=False, bypass_access=True)
        mine = Domain("lead_id", "any!", leads)
        return Domain.OR([mine if wanted else ~mine for wanted in value])

    @api.model
    def _today_to_sql(self, company_sql) -> SQL:
        """Today in the time zone of the company's working calendar, the same for every reader.

        :param SQL company_sql: the row's company
        """
        context = self.env["crm.pipeline.reader"]._read_context()
        now = self.env.cr.now()
        today = context.day_of(now, None)
        others = {}
        for company_id in context.companies:
            day = context.day_of(now, company_id)
            if day != today:
                others.setdefault(day, []).append(company_id)
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s::date", company_sql, company_ids, day) for day, company_ids in others.items()
        )
        return SQL("CASE %s ELSE %s::date END", cases, today) if others else SQL("%s::date", today)

    def action_open_lead(self):
        """Open the opportunity of this row."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    def action_open_leads(self):
        """Open exactly the opportunities of these rows, lost ones included."""
        leads = self.lead_id
        if not leads:
            return leads._action_open_from_ledger()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Opportunities"),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", leads.ids)],
            "context": {"active_test": False, "create": False},
        }
        deleted = len(set(self.filtered(lambda row: not row.lead_id).mapped("lead_ref")))
        if not deleted:
            return action
        message = self.env._("Deleted opportunities that cannot be opened, their history stays: %s", deleted)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message, "next": action},
        }
