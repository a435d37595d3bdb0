from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import clean_context

from ...ledger import promises
from ..recording.report_cache import invalidate_reports
from ..recording.text_lists import joined_names

OUTCOMES = [
    (promises.OPEN, "Open"),
    (promises.KEPT, "Kept"),
    (promises.BROKEN, "Broken"),
    (promises.WITHDRAWN, "Withdrawn"),
]
#: Fields that users cannot write: the flag computes them.
COMPUTED_FIELDS = frozenset(
    (
        "outcome",
        "closed_at",
        "closed_by_id",
        "raised_at",
        "first_due_date",
        "days_late",
        "lead_ref",
        "company_id",
        "currency_id",
        "commercial_partner_id",
        "customer_name",
        "revision_ids",
    )
)
#: Fields that users set when they raise a flag, and cannot edit.
RAISING_FIELDS = frozenset(("lead_id", "partner_id", "kind"))
#: Fields whose former values a revision keeps.
REVISED_FIELDS = ("note", "due_date", "amount", "user_id")


class CrmHotFlag(models.Model):
    """A hot flag: a promise of a customer to sign, order or pay, with its due date and its outcome.

    Flags are kept for good. :meth:`action_settle` settles them by hand, `crm.hot.settler` at ends of deals, orders and
    payments (docs/definitions.md, Hot flags). Checks of users' values do not apply in superuser mode, where a flag may
    be created with an outcome and with times and due dates in the past. All instants are naive UTC.
    """

    _name = "crm.hot.flag"
    _inherit = ["crm.hot.flag.mixin", "crm.lead.row.mixin"]
    _description = "Hot Flag"
    _rec_name = "note"
    _order = "due_date, raised_at desc, id desc"

    note = fields.Char(required=True, size=promises.NOTE_LENGTH, help="Why the customer is hot, in one line.")
    kind = fields.Selection(
        default=promises.SIGN,
        help="What the customer is about to do.\n"
        "- Signs: the opportunity is about to be won; closed automatically when the opportunity is won, lost or "
        "removed.\n"
        "- Orders again: closed automatically when an order of the customer is confirmed, where Sales is "
        "installed, or when the opportunity is lost or removed.\n"
        "- Pays: closed automatically when an invoice of the customer is paid, where Invoicing is installed, or when "
        "the opportunity is lost or removed.\n"
        "- Other: closed manually, or withdrawn when the opportunity is lost or removed.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        required=True,
        readonly=True,
        copy=False,
        default=promises.OPEN,
        help="The outcome of the promise.\n"
        "- Open: no outcome yet, even if overdue.\n"
        "- Kept: the customer did what was expected.\n"
        "- Broken: the customer will not do it any more.\n"
        "- Withdrawn: the flag was raised by mistake, or became void when its opportunity was lost, removed or "
        "merged.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        ondelete="set null",
        index="btree_not_null",
        help="The customer. While a flag on an opportunity is open, it follows the customer of the opportunity.",
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
        help="The name of the customer, also without a contact, and after the contact was deleted.",
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", ondelete="set null", index="btree_not_null")
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        required=True,
        copy=False,
        default=0,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted; 0 for a flag on a customer without an opportunity.",
    )
    due_date = fields.Date(help="The date by which the customer is expected to act: the last date that was named.")
    first_due_date = fields.Date(
        "First Due",
        readonly=True,
        copy=False,
        help="The first due date of the flag. Promises are measured by this date, also if the due date was changed "
        "later.",
    )
    amount = fields.Monetary(aggregator="sum")
    currency_id = fields.Many2one(
        copy=False,
        ondelete="restrict",
        help="The currency of the company when the flag was raised; without a company, the currency of the main "
        "company.",
    )
    user_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    raised_at = fields.Datetime("Hot Since", required=True, readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False, help="When the promise was kept, broken or withdrawn.")
    closed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The user who closed the flag; empty if it was closed automatically.",
    )
    days_late = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Days from the first due date to the day on which the flag was closed, in the time zone of the "
        "company's working calendar. 0 if the flag was closed in time, has no due date, or is open.",
    )
    is_overdue = fields.Boolean(
        "Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The due date has passed, and the flag is open.",
    )
    revision_ids = fields.One2many("crm.hot.flag.revision", "flag_id", "Earlier Notes", readonly=True, copy=False)

    _note_not_blank = models.Constraint("CHECK (btrim(note) <> '')", "A hot flag needs a note.")
    _amount_not_negative = models.Constraint("CHECK (amount >= 0)", "The amount of a hot flag cannot be negative.")
    _sign_needs_lead = models.Constraint(
        "CHECK (kind <> 'sign' OR lead_ref > 0)", "A flag of the kind Signs needs an opportunity."
    )
    _settled_is_dated = models.Constraint(
        "CHECK ((outcome = 'open') = (closed_at IS NULL))", "A closed hot flag needs a closing time."
    )
    _one_open_on_lead = models.UniqueIndex(
        "(lead_ref) WHERE outcome = 'open' AND lead_ref > 0", "This opportunity already has an open hot flag."
    )
    _one_open_on_partner = models.UniqueIndex(
        "(partner_id, kind, company_id) WHERE outcome = 'open' AND lead_ref = 0",
        "This customer already has an open hot flag of this kind, perhaps raised by a colleague.",
    )
    _lead_ref_index = models.Index("(lead_ref) WHERE lead_ref > 0")
    _open_due_index = models.Index("(due_date) WHERE outcome = 'open'")

    # For the record rules: a flag is readable for its salesperson.
    _user_company_index = models.Index("(user_id, company_id)")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    # Four computes read fields of the deal, but do not depend on them: each write of any deal would search flags.
    # `crm.lead._write_multi` triggers the computes for deals that have flags.
    @api.depends("lead_id")
    def _compute_partner_id(self):
        for flag in self:
            lead = flag._source_of_computes("lead_id")
            flag.partner_id = lead.partner_id if lead and flag.outcome == promises.OPEN else flag.partner_id

    @api.depends("lead_id")
    def _compute_company_id(self):
        for flag in self:
            lead = flag._source_of_computes("lead_id")
            flag.company_id = lead.company_id if lead and flag.outcome == promises.OPEN else flag.company_id

    @api.depends("partner_id.name", "lead_id")
    def _compute_customer_name(self):
        for flag in self:
            name, lead, partner = (
                flag.customer_name,
                flag._source_of_computes("lead_id"),
                flag._source_of_computes("partner_id"),
            )
            if partner:
                name = partner.display_name
            elif lead and (flag.outcome == promises.OPEN or not name):
                # Keeps the name of a contact that was deleted. Not the name of the deal, which readers of the flag may
                # not read.
                name = lead.partner_name or lead.contact_name or name
            flag.customer_name = name

    @api.depends("note")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_display_name(self):
        # Odoo reads display names of many2one values in superuser mode, and users may set some to any flag.
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

    def _source_of_computes(self, name):
        """Return the deal or the customer of this flag for its stored computes, which run in superuser mode.

        For a new record that the user is filling in, the access of the user counts: the deal was not checked yet.

        :param str name: `lead_id` or `partner_id`
        """
        record = self[name]
        return record if self.id else record._origin.sudo(False)._filtered_access("read")

    def _today(self):
        """Return today's date in the user's time zone."""
        return fields.Date.context_today(self, self.env.cr.now())

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Raise flags: all of them, or none.

        :raises AccessError: for a deal or a customer that the user may not read
        :raises UserError: for a deal or a customer that was deleted or has an open flag already
        :raises ValidationError: for an invalid note, amount or due date
        """
        # Defaults in the context could set fields that were not checked.
        raiser = self.with_context(clean_context(self.env.context))
        values_list = raiser._values_at_raising(vals_list)
        try:
            raised = super(CrmHotFlag, raiser).create(values_list).with_env(self.env)
        except AccessError as error:
            for_others = any(values["user_id"] not in (False, self.env.uid) for values in values_list)
            if for_others and not all(values["lead_ref"] for values in values_list):
                raise AccessError(
                    self.env._("Without an opportunity, you can raise a hot flag only for yourself.")
                ) from error
            raise
        self._update_leads(raised.lead_id)
        raised._log_raising()
        raised._after_flag_change()
        return raised

    def write(self, vals):
        """Edit open flags, and keep their former values as revisions.

        :raises UserError: for a settled flag, or for a field that cannot be edited
        :raises ValidationError: for an invalid note, amount or due date
        """
        self.check_access("write")
        vals = self._values_at_editing(vals)
        self._create_revisions(vals)
        leads = self.lead_id if "lead_id" in vals else self.env["crm.lead"]
        former = self._edited_values(vals)
        self._after_flag_change()
        result = super().write(vals)
        self._log_editing(former)
        if vals.get("due_date"):
            undated = self.filtered(lambda flag: not flag.first_due_date)
            super(CrmHotFlag, undated).write({"first_due_date": vals["due_date"]})
        self._update_leads(leads | self.lead_id)
        self._after_flag_change()
        return result

    def unlink(self):
        leads = self.lead_id
        self._after_flag_change()
        result = super().unlink()
        self._update_leads(leads)
        return result

    def _after_flag_change(self):
        """Hook: called on flags that were created, before and after flags are written, and before they are deleted.

        Before a write these flags still have their former deals and salespersons.
        """

    @api.model
    def _update_leads(self, leads):
        """Update the values of deals and customers that follow from flags.

        :param leads: deals whose flags have changed
        """
        leads._update_hot()
        self.env["res.partner"]._invalidate_hot()
        invalidate_reports(self.env, self._name)

    # ------------------------------------------------------------
    # CHECKS AND VALUES
    # ------------------------------------------------------------

    def _values_at_raising(self, vals_list):
        """Check the values of new flags and complete them.

        :return: list of dictionaries to create
        :raises AccessError, UserError, ValidationError: see :meth:`create`
        """
        leads = self._checked_records("crm.lead", [vals.get("lead_id") for vals in vals_list])
        partners = self._checked_records("res.partner", [vals.get("partner_id") for vals in vals_list])
        if not self.env.su:
            self._check_no_computed_fields(vals_list)
        opened = [vals for vals in vals_list if vals.get("outcome", promises.OPEN) == promises.OPEN]
        self._check_leads_not_hot(leads.browse(vals["lead_id"] for vals in opened if vals.get("lead_id")))
        self._check_partners_not_hot(partners, [vals for vals in opened if not vals.get("lead_id")])
        values = []
        for vals in vals_list:
            checked = self._checked_values({"note": "", **vals})
            # With the prefetch ids of all, so that fields are read for all at once.
            lead = leads.browse(vals.get("lead_id") or ()).with_prefetch(leads.ids)
            partner = partners.browse(vals.get("partner_id") or ()).with_prefetch(partners.ids)
            self._check_record(checked, lead, partner)
            values.append(self._completed_values(checked, lead, partner))
        return values

    def _checked_records(self, model, ids):
        """Return the deals or customers on which flags are raised.

        :param str model: `crm.lead` or `res.partner`
        :param list ids: their ids, or empty values
        :raises AccessError: for a record that the user may not read
        :raises UserError: for a record that was deleted
        """
        records = self.env[model].browse({id_ for id_ in ids if id_})
        if len(records.exists()) < len(records):
            if model == "crm.lead":
                raise UserError(self.env._("This opportunity was deleted in the meantime, and cannot be hot."))
            raise UserError(self.env._("This customer was deleted in the meantime, and cannot be hot."))
        if not records.has_access("read"):
            if model == "crm.lead":
                raise AccessError(self.env._("You cannot raise a hot flag on an opportunity without access to it."))
            raise AccessError(self.env._("You cannot raise a hot flag on a customer without access to it."))
        return records

    def _check_no_computed_fields(self, vals_list):
        if any(not COMPUTED_FIELDS.isdisjoint(vals) for vals in vals_list):
            raise UserError(
                self.env._("The outcome, times, first due date and company of a hot flag are set automatically.")
            )

    @api.model
    def _check_leads_not_hot(self, leads):
        """Name the deals that are hot already. A unique index guards against two users at once.

        :raises UserError: for deals with an open flag
        """
        if not leads:
            return
        # sudo: whether a deal is hot is no secret to a user who may read the deal, which the caller has checked.
        hot = self.sudo().search([("lead_ref", "in", leads.ids), ("outcome", "=", promises.OPEN)]).lead_id
        if hot:
            names = joined_names(self.env, hot.mapped("name"))
            raise UserError(self.env._("These opportunities already have an open hot flag: %s", names))

    def _check_record(self, vals, lead, partner):
        """Check the deal or customer on which a flag is raised, and the due date.

        :raises ValidationError: for a flag without either, a signing that cannot be, or a due date in the past
        """
        if not lead and not partner:
            raise ValidationError(self.env._("Choose the opportunity or the customer."))
        if vals.get("outcome", promises.OPEN) != promises.OPEN:
            return
        if vals.get("kind", promises.SIGN) == promises.SIGN:
            self._check_can_sign(lead)
        self._check_not_past(fields.Date.to_date(vals.get("due_date")))

    def _check_can_sign(self, lead):
        if not lead:
            raise ValidationError(
                self.env._("A flag of the kind Signs needs an opportunity. Raise the flag on the opportunity.")
            )
        if lead.type != "opportunity":
            raise ValidationError(self.env._("%s is a lead. Convert it to an opportunity first.", lead.name))
        if not lead.active or lead.won_status != "pending":
            raise ValidationError(self.env._("%s is won, lost or archived, and cannot be signed any more.", lead.name))

    def _check_partners_not_hot(self, partners, vals_list):
        """Name a customer with an open flag of the same kind. A unique index guards against two users at once.

        :param partners: the customers
        :param vals_list: values of new flags without a deal
        :raises UserError: for such a customer
        """
        if not vals_list:
            return
        domain = [("partner_id", "in", partners.ids), ("lead_ref", "=", 0), ("outcome", "=", promises.OPEN)]
        # sudo: only one may be open, also if a colleague has raised it. The message shows nothing of the other flag.
        hot = {(flag.partner_id.id, flag.kind, flag.company_id.id) for flag in self.sudo().search(domain)}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for vals in vals_list:
            partner, kind = partners.browse(vals.get("partner_id") or ()).with_prefetch(partners.ids), vals.get("kind")
            if (partner.id, kind, self._company_of(partner).id) in hot:
                raise UserError(
                    self.env._(
                        "%(customer)s already has an open hot flag “%(kind)s”, perhaps raised by a colleague.",
                        customer=partner.display_name,
                        kind=kinds[kind],
                    )
                )

    def _check_not_past(self, due_date):
        if due_date and not self.env.su and due_date < self._today():
            raise ValidationError(
                self.env._("The due date of a hot flag cannot be in the past. Choose today or a later day.")
            )

    def _checked_values(self, vals):
        """Return values with the note in one line.

        :raises ValidationError: for an invalid note or amount
        """
        vals = dict(vals)
        if "note" in vals:
            vals["note"] = promises.one_line(vals["note"])
            if not vals["note"]:
                raise ValidationError(self.env._("Write in a few words why the customer is hot."))
            if len(vals["note"]) > promises.NOTE_LENGTH:
                raise ValidationError(
                    self.env._(
                        "The note has %(length)s characters. The limit is %(most)s.",
                        length=len(vals["note"]),
                        most=promises.NOTE_LENGTH,
                    )
                )
        self._check_amount(vals)
        return vals

    def _completed_values(self, vals, lead, partner):
        """Return the values of a new flag with its computed fields."""
        user_id = vals.get("user_id", lead.user_id.id or self.env.uid)
        # sudo: reads the team of a salesperson whom the user may choose.
        team = lead.team_id or self.env["res.users"].sudo().browse(user_id or ()).sale_team_id
        company = lead.company_id if lead else self._company_of(partner)
        self._check_team(vals, company)
        if not self._fits(team, company):
            team = team.browse()
        values = {
            "user_id": user_id,
            "team_id": team.id,
            "outcome": promises.OPEN,
            "closed_at": False,
            "closed_by_id": False,
            "raised_at": self.env.cr.now().replace(microsecond=0),
            "first_due_date": vals.get("due_date"),
            "currency_id": self._currency_of(company).id,
            **vals,
            "lead_ref": lead.id or 0,
            "company_id": company.id,
        }
        if lead:
            values["partner_id"] = lead.partner_id.id
        if values["outcome"] != promises.OPEN:
            values.setdefault("days_late", self._days_late_at(values))
        return values

    def _company_of(self, partner):
        """Return the company of a flag on a customer."""
        return partner.company_id or self.env.company

    def _currency_of(self, company):
        """Return the currency of a company, without a company that of the main company."""
        company_id = company.id or None
        context = self.env["crm.pipeline.reader"]._read_context_for([(None, company_id)])
        return self.env["res.currency"].browse(context.company(company_id).currency_id)

    def _days_late_at(self, values):
        """Return the days from the first due date to the settlement of a new flag with an outcome."""
        closed_at = fields.Datetime.to_datetime(values["closed_at"])
        day = self.env["crm.pipeline.reader"]._read_context().day_of(closed_at, values["company_id"] or None)
        return promises.days_late(fields.Date.to_date(values["first_due_date"]), day)

    def _values_at_editing(self, vals):
        """Check values that are written to these flags.

        :return: the values to write
        :raises UserError, ValidationError: see :meth:`write`
        """
        if not self.env.su:
            self._check_open()
            self._check_no_computed_fields([vals])
            if any(self._is_changed(name, vals[name]) for name in RAISING_FIELDS & vals.keys()):
                raise UserError(
                    self.env._(
                        "The customer, opportunity and kind of a hot flag cannot be changed. Withdraw the flag, and "
                        "raise another one."
                    )
                )
            self._check_owner(vals)
        vals = self._checked_values(vals)
        if vals.get("due_date") and self._is_changed("due_date", vals["due_date"]):
            self._check_not_past(fields.Date.to_date(vals["due_date"]))
        return vals

    def _is_changed(self, name, value):
        """Return whether a value differs from the value of any of these flags."""
        field = self._fields[name]
        return any(field.convert_to_cache(flag[name], flag) != field.convert_to_cache(value, flag) for flag in self)

    def _create_revisions(self, vals):
        """Create revisions with the values of those of these flags that are about to change."""
        revised = [name for name in REVISED_FIELDS if name in vals]
        flags = self.filtered(lambda flag: any(flag._is_changed(name, vals[name]) for name in revised))
        if not flags:
            return
        # sudo: users may not create revisions. Write access to the flags was checked.
        self.env["crm.hot.flag.revision"].sudo().create(
            [
                {
                    "flag_id": flag.id,
                    "note": flag.note,
                    "due_date": flag.due_date,
                    "amount": flag.amount,
                    "seller_id": flag.user_id.id,
                    "date": self.env.cr.now(),
                    "user_id": self.env.uid,
                }
                for flag in flags
            ]
        )
