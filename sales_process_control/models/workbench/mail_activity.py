from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from .crm_workbench_block import OPEN_DEAL


class MailActivity(models.Model):
    """What activities are about, so that a domain can say it: Odoo keeps the name of a model and a number only."""

    _inherit = "mail.activity"

    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        compute="_compute_lead_id",
        search="_search_lead_id",
        groups=GROUP_SALESPERSON,
        help="The lead or opportunity that the activity is about, if one may read it.",
    )
    is_on_open_deal = fields.Boolean(
        compute="_compute_is_on_open_deal",
        search="_search_is_on_open_deal",
        groups=GROUP_SALESPERSON,
        help="The activity is about an opportunity that is open. Who has to do it may know that, even where he may not "
        "read the opportunity; others may not.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_id(self):
        leads = self.env["crm.lead"]
        numbers = {activity.res_id for activity in self if activity.res_model == "crm.lead"}
        readable = leads.browse(numbers).exists().sudo(False)._filtered_access("read")
        for activity in self:
            is_readable = activity.res_model == "crm.lead" and activity.res_id in readable._ids
            activity.lead_id = activity.res_id if is_readable else False

    def _search_lead_id(self, operator, value):
        leads, on_leads = self.env["crm.lead"].with_context(active_test=False), Domain("res_model", "=", "crm.lead")
        if operator in ("any", "any!"):
            if not isinstance(value, Domain):
                return on_leads & Domain("res_id", "in", value)

            def to_sql(model, alias, query):
                # As an EXISTS that PostgreSQL does not turn into a join: few activities are asked about, of many deals.
                deals = leads._search(value, bypass_access=operator == "any!")
                number = model._field_to_sql(alias, "res_id", query)
                deals.add_where(SQL("%s = %s", leads._field_to_sql(deals.table, "id", deals), number))
                return SQL("EXISTS (%s OFFSET 0)", deals.select())

            return on_leads & Domain.custom(to_sql=to_sql)
        if operator == "in":
            found = Domain("lead_id", "any", Domain("id", "in", [number for number in value if number]))
            return found if all(value) else found | Domain("res_model", "!=", "crm.lead")
        return NotImplemented

    @api.depends("res_model", "res_id", "user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_on_open_deal(self):
        on_deals = self.filtered(lambda activity: activity.res_model == "crm.lead")
        leads, own = self.env["crm.lead"], on_deals.filtered(lambda activity: activity.user_id == self.env.user)
        found = leads.search(OPEN_DEAL & Domain("id", "in", on_deals.mapped("res_id")))
        # In superuser mode: whether a deal is open on which the reader himself has something to do.
        of_own = leads.sudo().search(OPEN_DEAL & Domain("id", "in", own.mapped("res_id")))
        open_ids, own_ids = set(found._ids), set(of_own._ids)
        for activity in self:
            known = open_ids | own_ids if activity in own else open_ids
            activity.is_on_open_deal = activity in on_deals and activity.res_id in known

    def _search_is_on_open_deal(self, operator, value):
        if operator != "in":
            return NotImplemented
        rule = self.env["ir.rule"]._compute_domain("crm.lead", "read")
        is_reader = self.env["crm.lead"].has_access("read")
        reader_id = self.env.uid

        def to_sql(model, alias, query):
            # In superuser mode: whether the opportunity is open, of the reader's own activities; of those of others
            # his rules stand beside. As an EXISTS, for few activities are asked, of many deals that are open.
            leads = self.env["crm.lead"].sudo()
            deals, number = leads._search(OPEN_DEAL), model._field_to_sql(alias, "res_id", query)
            deals.add_where(SQL("%s = %s", leads._field_to_sql(deals.table, "id", deals), number))
            if not self.env.su:
                readable = (rule if is_reader else Domain.FALSE).optimize_full(leads)._to_sql(leads, deals.table, deals)
                user_id = model._field_to_sql(alias, "user_id", query)
                deals.add_where(SQL("(%s = %s OR %s)", user_id, reader_id, readable))
            res_model = model._field_to_sql(alias, "res_model", query)
            return SQL("(%s = 'crm.lead' AND EXISTS (%s))", res_model, deals.select())

        found = Domain.custom(to_sql=to_sql)
        return found if value == {True} else ~found if value == {False} else Domain.TRUE
