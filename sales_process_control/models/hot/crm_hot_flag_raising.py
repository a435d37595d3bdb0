import math

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...ledger import promises

#: What a flag says of itself, and nobody writes.
BY_ITSELF = frozenset(
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
#: What is said when a flag is raised, and stays.
AT_RAISING = frozenset(("lead_id", "partner_id", "kind"))
#: What a revision keeps.
REVISED = ("note", "due_date", "amount")


class CrmHotFlag(models.Model):
    """What may be said of a hot flag when it is raised and when it is edited.

    In superuser mode a flag may be made with a past of its own: with its outcome, its times and a due date that has
    passed.
    """

    _inherit = "crm.hot.flag"

    def _values_at_raising(self, vals_list):
        """Check what is said of new flags, and add what goes without saying.

        :return: the values with which they are created
        """
        leads = self._raised_on("crm.lead", [vals.get("lead_id") for vals in vals_list])
        partners = self._raised_on("res.partner", [vals.get("partner_id") for vals in vals_list])
        if not self.env.su:
            self._check_nothing_by_itself(vals_list)
        opened = [vals for vals in vals_list if vals.get("outcome", promises.OPEN) == promises.OPEN]
        self._check_not_hot(leads, opened)
        self._check_partners_not_hot(partners, [vals for vals in opened if not vals.get("lead_id")])
        values = []
        for vals in vals_list:
            checked = self._checked_values({"note": "", **vals})
            # One of many, so that what is read of one is read of all.
            lead = leads.browse(vals.get("lead_id") or ()).with_prefetch(leads.ids)
            partner = partners.browse(vals.get("partner_id") or ()).with_prefetch(partners.ids)
            self._check_occasion(checked, lead, partner)
            values.append(self._completed_values(checked, lead, partner))
        return values

    def _raised_on(self, model, ids):
        """The opportunities or customers on which flags are raised; the person must be able to read them."""
        records = self.env[model].browse({number for number in ids if number})
        if len(records.exists()) < len(records):
            if model == "crm.lead":
                raise UserError(self.env._("This opportunity was deleted meanwhile, so it cannot be hot."))
            raise UserError(self.env._("This customer was deleted meanwhile, so it cannot be hot."))
        if not records.has_access("read"):
            if model == "crm.lead":
                raise AccessError(self.env._("You cannot raise a hot flag on an opportunity that you may not read."))
            raise AccessError(self.env._("You cannot raise a hot flag on a customer that you may not read."))
        return records

    def _check_nothing_by_itself(self, vals_list):
        if any(not BY_ITSELF.isdisjoint(vals) for vals in vals_list):
            raise UserError(
                self.env._("A hot flag keeps its outcome, its times, its first due date and its company by itself.")
            )

    def _check_not_hot(self, leads, vals_list):
        """Tell which of the opportunities are hot already; the database guards it against two at once."""
        if not leads:
            return
        lead_ids = [vals["lead_id"] for vals in vals_list if vals.get("lead_id")]
        # In superuser mode: whether a deal that one may read is hot is no secret.
        hot = self.sudo().search([("lead_ref", "in", lead_ids), ("outcome", "=", promises.OPEN)]).lead_id
        if hot:
            names = ", ".join(hot.mapped("name"))
            raise UserError(self.env._("There is an open hot flag already on: %s", names))

    def _check_occasion(self, vals, lead, partner):
        """Check on what a flag is raised, and its due date."""
        if not lead and not partner:
            raise ValidationError(self.env._("Choose the opportunity or the customer that is hot."))
        if vals.get("outcome", promises.OPEN) != promises.OPEN:
            return
        if vals.get("kind", promises.SIGN) == promises.SIGN:
            self._check_can_sign(lead)
        self._check_not_past(fields.Date.to_date(vals.get("due_date")))

    def _check_can_sign(self, lead):
        if not lead:
            raise ValidationError(
                self.env._("Only an opportunity can be about to be signed. Raise the flag on the opportunity.")
            )
        if lead.type != "opportunity":
            raise ValidationError(
                self.env._("%s is a lead. Convert it to an opportunity before you flag its signing.", lead.name)
            )
        if not lead.active or lead.won_status != "pending":
            raise ValidationError(
                self.env._("%s is won, lost or archived: there is nothing left to be signed.", lead.name)
            )

    def _check_partners_not_hot(self, partners, vals_list):
        """Tell which of the customers is hot already without a deal; the database guards it against two at once."""
        if not vals_list:
            return
        domain = [("partner_id", "in", partners.ids), ("lead_ref", "=", 0), ("outcome", "=", promises.OPEN)]
        # In superuser mode: only one may be open, whoever has raised it; nothing is told of the other.
        hot = {(flag.partner_id.id, flag.kind, flag.company_id.id) for flag in self.sudo().search(domain)}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for vals in vals_list:
            partner, kind = partners.browse(vals.get("partner_id") or ()).with_prefetch(partners.ids), vals.get("kind")
            if (partner.id, kind, self._company_of(partner).id) in hot:
                raise UserError(
                    self.env._(
                        "%(customer)s has an open hot flag “%(kind)s” already, perhaps of a colleague.",
                        customer=partner.display_name,
                        kind=kinds[kind],
                    )
                )

    def _check_not_past(self, due_date):
        if due_date and not self.env.su and due_date < self._today():
            raise ValidationError(self.env._("The due date of a hot flag cannot be in the past."))

    def _checked_values(self, vals):
        """The values with the note in one line.

        :raises ValidationError: for a note or an amount that cannot be
        """
        vals = dict(vals)
        if "note" in vals:
            vals["note"] = promises.one_line(vals["note"])
            if not vals["note"]:
                raise ValidationError(self.env._("Write in a few words why the customer is hot."))
            if len(vals["note"]) > promises.NOTE_LENGTH:
                raise ValidationError(
                    self.env._(
                        "The note has %(length)s characters. Keep it within %(most)s.",
                        length=len(vals["note"]),
                        most=promises.NOTE_LENGTH,
                    )
                )
        amount = float(vals.get("amount") or 0)
        if not math.isfinite(amount) or amount < 0:
            raise ValidationError(self.env._("The amount of a hot flag cannot be below zero."))
        return vals

    def _completed_values(self, vals, lead, partner):
        """The values of a new flag with all that it keeps by itself."""
        user_id = vals.get("user_id", lead.user_id.id or self.env.uid)
        # In superuser mode: the team of a salesperson whom one may choose.
        team = lead.team_id or self.env["res.users"].sudo().browse(user_id or ()).sale_team_id
        company = lead.company_id if lead else self._company_of(partner)
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
        """The company to which a customer's promise is made."""
        return partner.company_id or self.env.company

    def _currency_of(self, company):
        """The currency of a company; without one that of the main company."""
        companies = self.env["crm.pipeline.reader"]._read_context().companies
        return self.env["res.currency"].browse(companies[company.id or None].currency_id)

    def _days_late_at(self, values):
        closed_at = fields.Datetime.to_datetime(values["closed_at"])
        day = self.env["crm.pipeline.reader"]._read_context().day_of(closed_at, values["company_id"] or None)
        return promises.days_late(fields.Date.to_date(values["first_due_date"]), day)

    def _values_at_editing(self, vals):
        """Check what is written into flags.

        :return: the values to write
        """
        if not self.env.su:
            self._check_open()
            self._check_nothing_by_itself([vals])
            if any(self._is_changed(name, vals[name]) for name in AT_RAISING & vals.keys()):
                raise UserError(
                    self.env._(
                        "The customer, the opportunity and the kind of a hot flag stay as it was raised. Withdraw it, "
                        "and raise another one."
                    )
                )
        vals = self._checked_values(vals)
        if vals.get("due_date") and self._is_changed("due_date", vals["due_date"]):
            self._check_not_past(fields.Date.to_date(vals["due_date"]))
        return vals

    def _is_changed(self, name, value):
        """Whether a value is another one than that of any of the flags."""
        field = self._fields[name]
        return any(field.convert_to_cache(flag[name], flag) != field.convert_to_cache(value, flag) for flag in self)

    def _keep_revisions(self, vals):
        """Keep what the flags say as long as they still say it."""
        revised = [name for name in REVISED if name in vals]
        flags = self.filtered(lambda flag: any(flag._is_changed(name, vals[name]) for name in revised))
        if not flags:
            return
        # In superuser mode: nobody writes revisions, they come of what a person changes in flags of his own.
        self.env["crm.hot.flag.revision"].sudo().create(
            [
                {
                    "flag_id": flag.id,
                    "note": flag.note,
                    "due_date": flag.due_date,
                    "amount": flag.amount,
                    "date": self.env.cr.now(),
                    "user_id": self.env.uid,
                }
                for flag in flags
            ]
        )
