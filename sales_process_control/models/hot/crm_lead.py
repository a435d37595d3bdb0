from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY

#: Fields that only hot flags write.
HOT_FIELDS = ("is_hot", "was_hot", "hot_flag_id", "hot_due_date")
#: Fields of a deal from which fields of its flags are computed.
FOLLOWED_FIELDS = frozenset(("partner_id", "company_id", "partner_name", "contact_name"))
#: PostgreSQL statistics of the deals of each salesperson, see :meth:`CrmLead.init`.
OWNER_STATISTICS = "crm_lead_owner_statistics"

#: What some deals (a source of ids) say of their open hot flag, and whether they ever had a flag.
UPDATE_HOT = """
    UPDATE crm_lead lead
    SET hot_flag_id = flag.id, is_hot = flag.id IS NOT NULL, hot_due_date = flag.due_date, was_hot = deal.was_hot
    FROM (
        SELECT ref.id, EXISTS (SELECT FROM crm_hot_flag former WHERE former.lead_id = ref.id) AS was_hot
        FROM %(deals)s AS ref (id)
    ) deal
    LEFT JOIN crm_hot_flag flag ON flag.lead_id = deal.id AND flag.outcome = 'open'
    WHERE lead.id = deal.id
      AND (lead.hot_flag_id, COALESCE(lead.is_hot, FALSE), lead.hot_due_date, COALESCE(lead.was_hot, FALSE))
          IS DISTINCT FROM (flag.id, flag.id IS NOT NULL, flag.due_date, deal.was_hot)
    RETURNING lead.id
"""


class CrmLead(models.Model):
    """Whether a deal is hot: stored values of its open flag, by which deals are ordered."""

    _inherit = "crm.lead"
    _order = "is_hot desc, priority desc, id desc"

    is_hot = fields.Boolean(
        "Hot",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_INTERNAL,
        help="The customer is about to act: there is an open hot flag.",
    )
    # Saves merges and writes a query: most deals have no flag.
    was_hot = fields.Boolean(
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="A hot flag was raised on the opportunity at some time; it may be closed now.",
    )
    hot_flag_id = fields.Many2one(
        "crm.hot.flag",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        ondelete="set null",
        index="btree_not_null",
        groups=GROUP_SALESPERSON,
        help="The open hot flag.",
    )
    hot_note = fields.Char("Why Hot", compute="_compute_hot_note", search="_search_hot_note", groups=GROUP_SALESPERSON)
    hot_due_date = fields.Date(
        "Promise Due Date",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="The date by which the customer is expected to act: the due date of the open hot flag.",
    )
    hot_flag_ids = fields.One2many(
        "crm.hot.flag", "lead_id", "Hot Flags", readonly=True, copy=False, groups=GROUP_SALESPERSON
    )
    hot_flag_count = fields.Integer("Number of Hot Flags", compute="_compute_hot_flag_count", groups=GROUP_SALESPERSON)

    # For the order of deals, with the expression by which Odoo orders a boolean: all deals, those of a stage (a column
    # of the board) and those of a salesperson.
    _hot_order_index = models.Index("(COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE")
    _stage_hot_order_index = models.Index(
        "(stage_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )
    _user_hot_order_index = models.Index(
        "(user_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )

    def init(self):
        """Create statistics about the number of deals of each salesperson.

        A salesperson's list of own deals has two conditions on `user_id`: the filter and the record rule. Without
        statistics the planner multiplies their selectivities, expects few rows, and sorts all deals instead of reading
        the first ones by the index.
        """
        name = SQL.identifier(OWNER_STATISTICS)
        self.env.cr.execute(SQL("CREATE STATISTICS IF NOT EXISTS %s (mcv) ON user_id, type FROM crm_lead", name))
        self.env.cr.execute(SQL("ANALYZE crm_lead (user_id, type)"))
        return super().init()

    # Not a related field. With `related_sudo` it would show the note of any flag on a new record that names the flag;
    # without, lists would fail on deals whose flag the user may not read.
    @api.depends("hot_flag_id.note")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hot_note(self):
        # Most deals are not hot: then the flag, which lists do not read, is not read either.
        hot = self.filtered(lambda lead: lead.is_hot and lead.hot_flag_id)
        (self - hot).hot_note = False
        readable = hot.hot_flag_id.sudo(False)._filtered_access("read")
        for lead in hot:
            lead.hot_note = lead.hot_flag_id.note if lead.hot_flag_id in readable else False

    def _search_hot_note(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domain = Domain("hot_flag_id.note", operator, value)
        if operator == "in" and not all(value):
            domain |= Domain("hot_flag_id", "=", False)
        return domain

    @api.depends("hot_flag_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hot_flag_count(self):
        counts = dict(self.env["crm.hot.flag"]._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.hot_flag_count = counts.get(lead._origin, 0)

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | frozenset(HOT_FIELDS)

    # Portal users may read and search deals that they resell, but may not know which of them are hot.
    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Leave hot out of the order of deals for users who may not read it."""
        if field_name == "is_hot" and not self._has_field_access(self._fields["is_hot"], "read"):
            return SQL()
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _sorted_order_to_function(self, order):
        """Leave hot out of the order where deals are sorted in Python, likewise."""
        if not self._has_field_access(self._fields["is_hot"], "read"):
            order = order.replace("is_hot desc, ", "")
        return super()._sorted_order_to_function(order)

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        changed = self._written(vals_list, FOLLOWED_FIELDS)
        if not changed:
            return result
        # sudo: all flags of a changed deal follow it, also flags that the user may not read.
        flags = changed.sudo().filtered("was_hot").hot_flag_ids
        for name in ("partner_id", "company_id", "team_id", "customer_name"):
            self.env.add_to_compute(flags._fields[name], flags)
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: all flags of merged deals move, also flags that the user may not read.
        if any(opportunities.mapped("was_hot")):
            opportunities.sudo().hot_flag_ids._follow_merged_leads(self.sudo())
        return result

    def action_open_hot_flags(self):
        """Open all hot flags of this deal.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        self.env["crm.hot.flag"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_control.crm_hot_flag_action_customer")
        return {
            **action,
            "display_name": self.env._("Hot Flags: %s", self.name),
            "domain": [("lead_ref", "=", self.id)],
        }

    def _update_hot(self):
        """Store the values of open flags on these deals. By SQL, since `write_date` and tracking should not change."""
        if not self:
            return
        self.env["crm.hot.flag"].flush_model(["lead_id", "outcome", "due_date"])
        self.flush_model(HOT_FIELDS)
        self.env.cr.execute(SQL(UPDATE_HOT, deals=SQL("unnest(%s::int[])", list(self.ids))))
        self.invalidate_recordset(HOT_FIELDS, flush=False)
        self.modified(HOT_FIELDS)
