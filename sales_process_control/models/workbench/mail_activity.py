from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..screen.crm_screen_block import OPEN_DEAL, OPPORTUNITY
from .workbench_messages import Concerned, notify_workbenches

#: Fields that the workbench shows of an activity.
SHOWN_FIELDS = frozenset(("user_id", "date_deadline", "active", "summary", "activity_type_id"))


class MailActivity(models.Model):
    """Fields that let a domain name the opportunity of an activity: Odoo stores the name of a model and an id only."""

    _inherit = "mail.activity"

    lead_id = fields.Many2one(
        "crm.lead",
        "Opportunity",
        compute="_compute_lead_id",
        search="_search_lead_id",
        groups=GROUP_SALESPERSON,
        help="The lead or opportunity of the activity, if you may read it.",
    )
    is_on_open_deal = fields.Boolean(
        compute="_compute_is_on_open_deal",
        search="_search_is_on_open_deal",
        groups=GROUP_SALESPERSON,
        help="The activity is about an open opportunity. The responsible user sees this even without access to the "
        "opportunity.",
    )

    is_on_opportunity = fields.Boolean(
        compute="_compute_is_on_opportunity",
        search="_search_is_on_opportunity",
        groups=GROUP_SALESPERSON,
        help="The activity is about an opportunity, open or closed. The responsible user sees this even without "
        "access to the opportunity.",
    )

    @api.model
    def _computed_field_names(self):
        """A value of these fields would be read back in the same call, with the name of any deal."""
        return super()._computed_field_names() | {"lead_id", "is_on_open_deal", "is_on_opportunity"}

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_id(self):
        leads = self.env["crm.lead"]
        lead_ids = {activity.res_id for activity in self if activity.res_model == "crm.lead"}
        readable = leads.browse(lead_ids).exists().sudo(False)._filtered_access("read")
        for activity in self:
            is_readable = activity.res_model == "crm.lead" and activity.res_id in readable._ids
            activity.lead_id = activity.res_id if is_readable else False

    def _search_lead_id(self, operator, value):
        leads, on_leads = self.env["crm.lead"].with_context(active_test=False), Domain("res_model", "=", "crm.lead")
        if operator in ("any", "any!"):
            if not isinstance(value, Domain):
                return on_leads & Domain("res_id", "in", value)

            def to_sql(model, alias, query):
                # OFFSET 0 prevents a join in place of EXISTS: there are few activities and many deals.
                deals = leads._search(value, bypass_access=operator == "any!")
                lead_id = model._field_to_sql(alias, "res_id", query)
                deals.add_where(SQL("%s = %s", leads._field_to_sql(deals.table, "id", deals), lead_id))
                return SQL("EXISTS (%s OFFSET 0)", deals.select())

            return on_leads & Domain.custom(to_sql=to_sql)
        if operator == "in":
            found = Domain("lead_id", "any", Domain("id", "in", [lead_id for lead_id in value if lead_id]))
            return found if all(value) else found | Domain("res_model", "!=", "crm.lead")
        return NotImplemented

    @api.depends("res_model", "res_id", "user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_on_open_deal(self):
        found = self._on_deals(OPEN_DEAL)
        for activity in self:
            activity.is_on_open_deal = activity in found

    @api.depends("res_model", "res_id", "user_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_on_opportunity(self):
        found = self._on_deals(OPPORTUNITY)
        for activity in self:
            activity.is_on_opportunity = activity in found

    def _search_is_on_open_deal(self, operator, value):
        return self._search_on_deals(operator, value, OPEN_DEAL)

    def _search_is_on_opportunity(self, operator, value):
        return self._search_on_deals(operator, value, OPPORTUNITY)

    def _on_deals(self, domain):
        """Return those of these activities that are about a deal of a domain, as far as the reader may know it."""
        on_deals = self.filtered(lambda activity: activity.res_model == "crm.lead")
        own = on_deals.filtered(lambda activity: activity.user_id == self.env.user)
        leads = self.env["crm.lead"].with_context(active_test=False)
        readable = set(leads.search(domain & Domain("id", "in", on_deals.mapped("res_id")))._ids)
        # sudo: a user may know whether the deal of an own activity is in the domain; nothing else of it is read.
        of_own = set(leads.sudo().search(domain & Domain("id", "in", own.mapped("res_id")))._ids)
        return on_deals.filtered(lambda one: one.res_id in readable or (one in own and one.res_id in of_own))

    def _search_on_deals(self, operator, value, domain):
        """Return the domain of activities about a deal of a domain, as far as the reader may know it."""
        if operator != "in":
            return NotImplemented
        rule = self.env["ir.rule"]._compute_domain("crm.lead", "read")
        is_reader = self.env["crm.lead"].has_access("read")
        reader_id = self.env.uid

        def to_sql(model, alias, query):
            # sudo: only whether the deal is in the domain is read of the reader's own activities. For activities of
            # others the record rules are added below.
            leads = self.env["crm.lead"].sudo().with_context(active_test=False)
            deals, lead_id = leads._search(domain), model._field_to_sql(alias, "res_id", query)
            deals.add_where(SQL("%s = %s", leads._field_to_sql(deals.table, "id", deals), lead_id))
            if not self.env.su:
                readable = (rule if is_reader else Domain.FALSE).optimize_full(leads)._to_sql(leads, deals.table, deals)
                user_id = model._field_to_sql(alias, "user_id", query)
                deals.add_where(SQL("(%s = %s OR %s)", user_id, reader_id, readable))
            res_model = model._field_to_sql(alias, "res_model", query)
            # EXISTS, because there are few activities and many deals.
            return SQL("(%s = 'crm.lead' AND EXISTS (%s))", res_model, deals.select())

        found = Domain.custom(to_sql=to_sql)
        return found if value == {True} else ~found if value == {False} else Domain.TRUE

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._notify_sellers()
        return activities

    def write(self, vals):
        if SHOWN_FIELDS.isdisjoint(vals):
            return super().write(vals)
        # Before and after: the activity may pass from one user to another.
        self._notify_sellers()
        result = super().write(vals)
        self._notify_sellers()
        return result

    def unlink(self):
        self._notify_sellers()
        return super().unlink()

    def _notify_sellers(self):
        """Notify the workbenches of the users of activities on deals, and of the salespeople of the deals."""
        on_deals = self.filtered(lambda activity: activity.res_model == "crm.lead")
        concerned = Concerned(user_ids=on_deals.user_id.ids, lead_ids=on_deals.mapped("res_id"))
        notify_workbenches(self.env, concerned)
