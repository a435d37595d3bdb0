from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY
from ...ledger import promises

#: What the flags write on their deals, and nobody else.
HOT_FIELDS = ("is_hot", "was_hot", "hot_flag_id", "hot_due_date")
HOT_DEFAULTS = frozenset(f"default_{name}" for name in HOT_FIELDS)
#: What of a deal its flags follow.
FOLLOWED_FIELDS = frozenset(("partner_id", "company_id", "partner_name", "contact_name", "name"))
#: What the planner is to know of whose the deals are, so that one's own are read in their order, the hot ones first.
OWNER_STATISTICS = "crm_lead_owner_statistics"


class CrmLead(models.Model):
    _inherit = "crm.lead"
    _order = "is_hot desc, priority desc, id desc"

    is_hot = fields.Boolean(
        "Hot",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        help="The customer is about to act: there is an open hot flag.",
    )
    # Asked at each merge: most deals were never hot, and then no flag has to be looked for.
    was_hot = fields.Boolean(
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        help="A hot flag was raised on the opportunity at some time, whether settled by now.",
    )
    hot_flag_id = fields.Many2one(
        "crm.hot.flag",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        ondelete="set null",
        index="btree_not_null",
        groups=GROUP_SALESPERSON,
        help="The hot flag that is open.",
    )
    hot_note = fields.Char("Why Hot", compute="_compute_hot_note", search="_search_hot_note", groups=GROUP_SALESPERSON)
    hot_due_date = fields.Date(
        "Promised Until",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="The day by which the customer is to act, as the open hot flag says.",
    )
    hot_flag_ids = fields.One2many(
        "crm.hot.flag", "lead_id", "Hot Flags", readonly=True, copy=False, groups=GROUP_SALESPERSON
    )
    hot_flag_count = fields.Integer("Number of Hot Flags", compute="_compute_hot_flag_count", groups=GROUP_SALESPERSON)

    # As Odoo's index on its own order, with the expression by which Odoo orders a boolean. Hot deals lie scattered over
    # the table, so that a column of the board and one's own pipeline have an index of their own.
    _hot_order_index = models.Index("(COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE")
    _stage_hot_order_index = models.Index(
        "(stage_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )
    _user_hot_order_index = models.Index(
        "(user_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )

    def init(self):
        """Let the planner see how many deals a salesperson has.

        Who reads own deals asks for them twice, by his filter and by the record rule. The planner takes one for an
        answer to the other, expects a handful, and sorts all of them rather than read the first by the index.
        """
        name = SQL.identifier(OWNER_STATISTICS)
        self.env.cr.execute(SQL("CREATE STATISTICS IF NOT EXISTS %s (mcv) ON user_id, type FROM crm_lead", name))
        self.env.cr.execute(SQL("ANALYZE crm_lead (user_id, type)"))
        return super().init()

    # No related field: in superuser mode it would tell of any flag that a deal is said to have while it is filled in,
    # and otherwise stop a list at a deal that one may read by a rule that the flags do not have.
    @api.depends("hot_flag_id.note")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hot_note(self):
        readable = self.hot_flag_id.sudo(False)._filtered_access("read")
        for lead in self:
            lead.hot_note = lead.hot_flag_id.note if lead.hot_flag_id in readable else False

    def _search_hot_note(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domain = Domain("hot_flag_id.note", operator, value)
        if operator == "in" and not all(value):
            domain |= Domain("hot_flag_id", "=", False)
        return domain

    @api.depends("hot_flag_ids")
    def _compute_hot_flag_count(self):
        counts = dict(self.env["crm.hot.flag"]._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.hot_flag_count = counts.get(lead._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        # A deal is never born hot, whatever a file or the context says: it would show the note of another's flag.
        born = self
        if not HOT_DEFAULTS.isdisjoint(self.env.context):
            context = {key: value for key, value in self.env.context.items() if key not in HOT_DEFAULTS}
            born = self.with_context(context)  # pylint: disable=context-overridden
        cold = [{key: vals[key] for key in vals if key not in HOT_FIELDS} for vals in vals_list]
        return super(CrmLead, born).create(cold).with_env(self.env)

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(HOT_FIELDS):
            raise UserError(self.env._("A deal becomes hot by raising a hot flag, and cold by settling it."))
        return super().write(vals)

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        changed = self._written(vals_list, FOLLOWED_FIELDS)
        if not changed:
            return result
        # In superuser mode: who changes a deal changes what its flags say of it, also of flags that he may not read.
        flags = changed.sudo().filtered("was_hot").hot_flag_ids
        for name in ("partner_id", "company_id", "customer_name"):
            self.env.add_to_compute(flags._fields[name], flags)
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # In superuser mode: who may merge deals need not be able to read all that was said of them.
        if any(opportunities.mapped("was_hot")):
            opportunities.sudo().hot_flag_ids._follow_merged_leads(self.sudo())
        return result

    def action_hot_flag(self):
        """Open the dialog that edits the open flag of one deal, or raises one on each of several.

        :raises AccessError: for an opportunity that the person may not read
        :raises UserError: for one that was deleted meanwhile; of several, for those that are hot already
        """
        if not self or len(self.exists()) < len(self):
            raise UserError(self.env._("This opportunity was deleted meanwhile. Load the page once more."))
        if not self.has_access("read"):
            raise AccessError(self.env._("You cannot raise a hot flag on an opportunity that you may not read."))
        dialog = self.env["crm.hot.flag.dialog"]
        flags = self.env["crm.hot.flag"].search([("lead_id", "in", self.ids), ("outcome", "=", promises.OPEN)])
        if len(self) == 1 and flags:
            return dialog._open_for(flag=flags)
        self.env["crm.hot.flag"]._check_not_hot(self, [{"lead_id": lead.id} for lead in self])
        return dialog._open_for(leads=self)

    def action_open_hot_flags(self):
        """Open all hot flags of this deal with their outcomes."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_control.crm_hot_flag_action_customer")
        return {
            **action,
            "display_name": self.env._("Hot Flags: %s", self.name),
            "domain": [("lead_ref", "=", self.id)],
        }

    def _update_hot(self):
        """Store on the deals what their open flags say: no change of the deals themselves, so no trace on them."""
        if not self:
            return
        self.env["crm.hot.flag"].flush_model(["lead_id", "outcome", "due_date"])
        self.flush_model(HOT_FIELDS)
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                SET hot_flag_id = flag.id, is_hot = flag.id IS NOT NULL, hot_due_date = flag.due_date, was_hot = TRUE
                FROM unnest(%(ids)s::int[]) AS ref (id)
                LEFT JOIN crm_hot_flag flag ON flag.lead_id = ref.id AND flag.outcome = 'open'
                WHERE lead.id = ref.id AND lead.id = ANY(%(ids)s)
                  AND (lead.hot_flag_id, COALESCE(lead.is_hot, FALSE), lead.hot_due_date, lead.was_hot)
                      IS DISTINCT FROM (flag.id, flag.id IS NOT NULL, flag.due_date, TRUE)
                """,
                ids=list(self.ids),
            )
        )
        self.invalidate_recordset(HOT_FIELDS, flush=False)
        self.modified(HOT_FIELDS)
