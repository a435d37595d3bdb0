from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.recording.crm_pipeline_movement import ORIGINS

#: Fields whose groups are in the order of stages.
STAGE_FIELDS = ("stage_id", "next_stage_id")


class CrmLeadReportMixin(models.AbstractModel):
    """Base of all reports: the deal of a row, its owner, and actions that open deals."""

    _name = "crm.lead.report.mixin"
    _description = "Report on Opportunities"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted. Counted in distinct opportunities.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        # sudo: users may know which deals are theirs, whether or not they may read these.
        compute_sudo=True,
        help="Whether the opportunity is the reader's own now, whoever had it then.",
    )

    @api.depends("lead_id.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for row in self:
            row.is_mine = row.lead_id.user_id.id == self.env.uid

    def _search_is_mine(self, operator, value):
        """Search by the present salesperson, for the record rules.

        The subquery selects the user's deals once. A path `lead_id.user_id` would join each row with its deal. Access
        rights are bypassed: the subquery finds the user's own deals only.
        """
        if operator != "in":
            return NotImplemented
        leads = self.env["crm.lead"]._search([("user_id", "=", self.env.uid)], active_test=False, bypass_access=True)
        mine = Domain("lead_id", "any!", leads)
        return Domain.OR([mine if wanted else ~mine for wanted in value])

    @api.model
    def _today_to_sql(self, company_sql) -> SQL:
        """Return today in the time zone of the working calendar of a row's company, the same for all users.

        :param SQL company_sql: column of the company id
        :return: an expression of type date
        """
        context = self.env["crm.pipeline.reader"]._read_context()
        now = self.env.cr.now()
        today = context.day_of(now, None)
        other_days = {}
        for company_id in context.companies:
            day = context.day_of(now, company_id)
            if day != today:
                other_days.setdefault(day, []).append(company_id)
        if not other_days:
            return SQL("%s::date", today)
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s::date", company_sql, company_ids, day)
            for day, company_ids in other_days.items()
        )
        return SQL("CASE %s ELSE %s::date END", cases, today)

    def action_open_lead(self):
        """Open the opportunity of this row."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    def action_open_leads(self):
        """Open the opportunities of these rows, including lost ones.

        :return: an action; if some opportunities are deleted, a notification with their number that goes on to it
        """
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


class CrmStageReportMixin(models.AbstractModel):
    """Base of the reports on the ledgers: the stage of a row, and how the row came to be known."""

    _name = "crm.stage.report.mixin"
    _inherit = "crm.lead.report.mixin"
    _description = "Report on Stages"

    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_name = fields.Char("Stage at the Time", readonly=True, help="The stage's name as it was at that time.")
    origin = fields.Selection(ORIGINS, readonly=True, help="How the row came to be known.")

    @api.depends("lead_id.name", "lead_ref", "stage_id.name", "stage_name")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for row, name in zip(self, self.lead_id._names_in_ledger(self), strict=True):
            stage = row.stage_id.name or row.stage_name
            row.display_name = f"{stage}: {name}" if stage else name

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Order groups by stage in the order of stages. Odoo would join each row with its stage before it groups."""
        parts = [part.strip() for part in (order or ",".join(groupby_terms)).split(",")]
        if not any(part.split(" ")[0] in STAGE_FIELDS for part in parts):
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = []
        for part in parts:
            spec, _space, direction = part.partition(" ")
            if spec in STAGE_FIELDS and spec in groupby_terms:
                terms.append(self._stage_rank_to_sql(groupby_terms[spec], direction))
            else:
                terms.append(super()._read_group_orderby(part, groupby_terms, query))
        return SQL(", ").join(terms)

    @api.model
    def _stage_rank_to_sql(self, stage_sql, direction):
        stages = self.env["crm.stage"]
        ranked = stages._search([], order=stages._order).select()
        descending = direction.upper().startswith("DESC")
        return SQL("array_position(ARRAY(%s), %s) %s", ranked, stage_sql, SQL("DESC" if descending else "ASC"))
