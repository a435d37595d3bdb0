from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import clean_context

from ...ledger import promises

KINDS = [
    ("sign", "Signs"),
    ("reorder", "Orders again"),
    ("payment", "Pays"),
    ("other", "Other"),
]
OUTCOMES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("broken", "Broken"),
    ("withdrawn", "Withdrawn"),
]


class CrmHotFlag(models.Model):
    """One time that a customer was hot: what was promised, until when, and what became of it.

    Flags are never deleted. They settle by :meth:`action_settle`, or by themselves (``crm.hot.settler``). All instants
    are UTC.
    """

    _name = "crm.hot.flag"
    _description = "Hot Flag"
    _rec_name = "note"
    _order = "due_date, raised_at desc, id desc"

    note = fields.Char(required=True, size=promises.NOTE_LENGTH, help="Why the customer is hot, in one line.")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="sign",
        help="What the customer is about to do.\n"
        "- Signs: the opportunity is about to be won. Settles by itself when the opportunity is won, lost or removed.\n"
        "- Orders again: settles by itself when an order of the customer is confirmed, where Sales is installed.\n"
        "- Pays: settles by itself when an invoice of the customer is paid, where Invoicing is installed.\n"
        "- Other: settled by hand.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        required=True,
        readonly=True,
        copy=False,
        default="open",
        help="What became of the promise.\n"
        "- Open: nothing yet, even if it is overdue.\n"
        "- Kept, Broken: the customer has done it, or will not do it any more.\n"
        "- Withdrawn: the flag was taken back.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        ondelete="set null",
        index="btree_not_null",
        help="The customer. While a flag on an opportunity is open it follows the opportunity's customer.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer Company",
        related="partner_id.commercial_partner_id",
        store=True,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    customer_name = fields.Char(
        compute="_compute_customer_name",
        store=True,
        readonly=True,
        help="What to call the customer, also while it is only a name, and after its contact was deleted.",
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", ondelete="set null", index="btree_not_null")
    lead_ref = fields.Integer(
        "Opportunity Number",
        readonly=True,
        required=True,
        copy=False,
        default=0,
        aggregator="count_distinct",
        help="The number that the opportunity has, or had before it was deleted; 0 for a customer without one.",
    )
    due_date = fields.Date("Due", help="The day by which the customer is to act. Of several, the last one said.")
    first_due_date = fields.Date(
        "First Due",
        readonly=True,
        copy=False,
        help="The first due date that the flag ever had: a promise is measured by it, whatever was said later.",
    )
    amount = fields.Monetary(aggregator="sum", help="What it is about, as far as it is known.")
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The currency that the company had when the flag was raised; without a company that of the main company.",
    )
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="set null")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    raised_at = fields.Datetime("Hot Since", required=True, readonly=True, copy=False)
    closed_at = fields.Datetime("Settled", readonly=True, copy=False, help="When the promise was kept or given up.")
    closed_by_id = fields.Many2one(
        "res.users",
        "Settled By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who has settled the flag; nobody where it has settled by itself.",
    )
    days_late = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Days from the first due date to the day on which the flag was settled, in the time zone of the company's "
        "working calendar; 0 if it was settled in time, had no due date, or is open.",
    )
    is_overdue = fields.Boolean(
        "Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The due date has passed, and the flag is not settled.",
    )
    revision_ids = fields.One2many("crm.hot.flag.revision", "flag_id", "Earlier Notes", readonly=True, copy=False)

    _note_not_blank = models.Constraint("CHECK (btrim(note) <> '')", "A hot flag needs a note.")
    _amount_not_negative = models.Constraint("CHECK (amount >= 0)", "The amount of a hot flag cannot be below zero.")
    _sign_needs_lead = models.Constraint(
        "CHECK (kind <> 'sign' OR lead_ref > 0)", "Only an opportunity can be about to be signed."
    )
    _settled_is_dated = models.Constraint(
        "CHECK ((outcome = 'open') = (closed_at IS NULL))", "A hot flag that is settled has the time of it."
    )
    _one_open_on_lead = models.UniqueIndex(
        "(lead_ref) WHERE outcome = 'open' AND lead_ref > 0", "This opportunity has an open hot flag already."
    )
    _one_open_on_partner = models.UniqueIndex(
        "(partner_id, kind, company_id) WHERE outcome = 'open' AND lead_ref = 0",
        "This customer has an open hot flag of this kind already, perhaps of a colleague.",
    )
    _lead_ref_index = models.Index("(lead_ref) WHERE lead_ref > 0")
    _open_due_index = models.Index("(due_date) WHERE outcome = 'open'")

    # By its record rules a flag is readable where its salesperson is the reader.
    _user_company_index = models.Index("(user_id, company_id)")

    # What follows from the fields of a deal is computed anew by crm.lead._write_multi, for those that were ever hot: by
    # a dependency on them each write of any deal would look for flags.
    @api.depends("lead_id")
    def _compute_partner_id(self):
        for flag in self:
            lead = flag._told_of("lead_id")
            flag.partner_id = lead.partner_id if lead and flag.outcome == promises.OPEN else flag.partner_id

    @api.depends("lead_id")
    def _compute_company_id(self):
        for flag in self:
            lead = flag._told_of("lead_id")
            flag.company_id = lead.company_id if lead and flag.outcome == promises.OPEN else flag.company_id

    @api.depends("partner_id.name", "lead_id")
    def _compute_customer_name(self):
        for flag in self:
            name, lead, partner = flag.customer_name, flag._told_of("lead_id"), flag._told_of("partner_id")
            if partner:
                name = partner.display_name
            elif lead and (flag.outcome == promises.OPEN or not name):
                # A contact that was deleted is still called what it was called.
                name = lead.partner_name or lead.contact_name or name or lead.name
            flag.customer_name = name

    @api.depends("note")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_display_name(self):
        # Odoo names what a record points to in superuser mode, and anybody may have one point to any flag.
        readable = self.sudo(False)._filtered_access("read")
        for flag in self:
            flag.display_name = flag.note if flag.id in readable._ids else self.env._("Hot Flag")

    @api.depends("outcome", "due_date")
    @api.depends_context("tz")
    def _compute_is_overdue(self):
        today = self._today()
        for flag in self:
            flag.is_overdue = flag.outcome == promises.OPEN and bool(flag.due_date) and flag.due_date < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._today()
        overdue = [("outcome", "=", promises.OPEN), ("due_date", "<", today)]
        others = ["|", "|", ("outcome", "!=", promises.OPEN), ("due_date", "=", False), ("due_date", ">=", today)]
        if len(value) == 2:
            return []
        return overdue if True in value else others

    def _told_of(self, name):
        """The deal or the customer of a flag, as far as the values that follow from it may tell of it.

        They are computed in superuser mode, also for a flag that is only being filled in: nobody has asked there yet
        whether the person may read what it is raised on.
        """
        record = self[name]
        return record if self.id else record._origin.sudo(False)._filtered_access("read")

    def _today(self):
        """The reader's day."""
        return fields.Date.context_today(self, self.env.cr.now())

    @api.model_create_multi
    def create(self, vals_list):
        """Raise flags; all or none.

        :raises AccessError: for an opportunity or a customer that the person may not read
        :raises UserError: for one that was deleted, or that has an open flag already
        :raises ValidationError: for a note, amount or due date that cannot be
        """
        # Neither what is decided here nor on what a flag is raised may come in as a default of the context.
        raiser = self.with_context(clean_context(self.env.context))
        values_list = raiser._values_at_raising(vals_list)
        try:
            raised = super(CrmHotFlag, raiser).create(values_list).with_env(self.env)
        except AccessError as error:
            for_others = any(values["user_id"] not in (False, self.env.uid) for values in values_list)
            if for_others and not all(values["lead_ref"] for values in values_list):
                raise AccessError(
                    self.env._(
                        "Without an opportunity you can raise a hot flag only for yourself, not for a colleague."
                    )
                ) from error
            raise
        raised._show_on(raised.lead_id)
        raised._after_flag_change()
        return raised

    def write(self, vals):
        """Edit open flags; what they said before is kept as a revision.

        :raises UserError: for a flag that is settled, or something that stays as it was raised
        :raises ValidationError: for a note, amount or due date that cannot be
        """
        self.check_access("write")
        vals = self._values_at_editing(vals)
        self._keep_revisions(vals)
        leads = self.lead_id if "lead_id" in vals else self.env["crm.lead"]
        self._after_flag_change()
        result = super().write(vals)
        if vals.get("due_date"):
            undated = self.filtered(lambda flag: not flag.first_due_date)
            super(CrmHotFlag, undated).write({"first_due_date": vals["due_date"]})
        self._show_on(leads | self.lead_id)
        self._after_flag_change()
        return result

    def unlink(self):
        leads = self.lead_id
        self._after_flag_change()
        result = super().unlink()
        self._show_on(leads)
        return result

    def _after_flag_change(self):
        """Hook that runs before and after flags change. Extensions override it and call super()."""

    def _show_on(self, leads):
        """Have the deals and the customers show what their flags say now."""
        leads._update_hot()
        self.env["res.partner"]._forget_hot()
