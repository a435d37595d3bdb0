from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ..ledger import promises
from ..models.hot.crm_hot_flag_mixin import OTHER, PAYMENT, REORDER
from ..models.hot.quick_dates import MONTH, TOMORROW, quick_dates
from ..models.recording.numbers import read_id

#: Fields that a dialog takes from the deal or the customer that the user chooses in it.
TARGET_FIELDS = ("kind", "amount", "user_id", "currency_id")


class CrmHotFlagDialog(models.TransientModel):
    """Dialog that raises, edits and settles hot flags. Fields of the flag come from the mixin.

    It opens on deals, on a customer or on a flag; opened without any, the user chooses a deal or a customer in it.
    """

    _name = "crm.hot.flag.dialog"
    _inherit = "crm.hot.flag.mixin"
    _description = "Hot Flag"

    flag_id = fields.Many2one("crm.hot.flag", readonly=True, ondelete="cascade")
    lead_ids = fields.Many2many("crm.lead", string="Opportunities", readonly=True, context={"active_test": False})
    lead_count = fields.Integer(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    target_ref = fields.Reference(
        [("crm.lead", "Opportunity"), ("res.partner", "Customer")],
        "Who is hot?",
        help="The opportunity, or the customer without an opportunity, that is about to act.",
    )
    chooses_target = fields.Boolean(compute="_compute_chooses_target")
    is_on_lead = fields.Boolean(compute="_compute_is_on_lead")
    customer_name = fields.Char(readonly=True)
    # Required by the view and by the flag, but not by the dialog, which opens without a note.
    note = fields.Char(help="Why the customer is hot, in one line of up to 200 characters.")
    kind = fields.Selection(
        default=OTHER,
        help="What the customer is about to do. A flag of the kind Signs is closed automatically when the "
        "opportunity is won, lost or removed.",
    )
    due_date = fields.Date(
        help="The date by which the customer is expected to act. Leave it empty if no date was named."
    )
    date_choices = fields.Json(compute="_compute_date_choices")
    user_id = fields.Many2one(
        domain="[('share', '=', False)]", help="Empty for several opportunities: each keeps its salesperson."
    )
    revision_ids = fields.One2many(related="flag_id.revision_ids", related_sudo=False)
    # Editable values when the dialog was opened on a flag. Saving writes only what the user has changed.
    opened_with = fields.Json(readonly=True)

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("flag_id", "lead_ids", "lead_count", "partner_id")
    def _compute_chooses_target(self):
        for dialog in self:
            dialog.chooses_target = not (dialog.flag_id or dialog.lead_ids or dialog.lead_count or dialog.partner_id)

    @api.depends("lead_count", "target_ref")
    def _compute_is_on_lead(self):
        for dialog in self:
            target = dialog.target_ref
            dialog.is_on_lead = bool(dialog.lead_count) or bool(target and target._name == "crm.lead")

    @api.depends_context("uid", "tz", "lang", "allowed_company_ids")
    def _compute_date_choices(self):
        choices = self._date_choices()
        for dialog in self:
            dialog.date_choices = choices

    @api.model
    def _date_choices(self):
        """Return due dates to choose from, after the user's today: working days of the company of the user.

        :return: list of {date: YYYY-MM-DD, label, title}
        """
        today = self.env["crm.hot.flag"]._today()
        company = self.env["crm.pipeline.reader"]._read_context().company(self.env.company.id)

        def is_working(day):
            return company.works_on(self.env, day) if company.calendar_id else day.isoweekday() <= 5

        def label(kind, day):
            if kind == MONTH:
                return self.env._("End of month") if day.month == today.month else self.env._("End of next month")
            if kind == TOMORROW and day == today + timedelta(days=1):
                return self.env._("Tomorrow")
            return format_date(self.env, day, date_format="EEEE")

        return [
            {
                "date": fields.Date.to_string(day),
                "label": label(kind, day),
                "title": format_date(self.env, day, date_format="full"),
            }
            for kind, day in quick_dates(today, is_working)
        ]

    @api.onchange("target_ref")
    def _onchange_target_ref(self):
        """Propose the values of the deal or customer that the user has chosen, and those of none once it is removed."""
        target = self.target_ref
        if target:
            if not target.exists() or not target.has_access("read"):
                return
            values = self._values_for_leads(target) if target._name == "crm.lead" else self._values_for_partner(target)
        elif self.chooses_target:
            values = self.default_get(list(TARGET_FIELDS))
        else:
            return
        self.update({name: values.get(name, False) for name in TARGET_FIELDS})

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_amount(vals)
            self._check_target(vals)
        dialogs = super().create(vals_list)
        # After the creation, since the context may have a default for the flag.
        dialogs.flag_id.check_access("read")
        return dialogs

    def write(self, vals):
        self._check_amount(vals)
        self._check_target(vals)
        result = super().write(vals)
        if "flag_id" in vals:
            self.flag_id.check_access("read")
        return result

    @api.model
    def _check_target(self, vals):
        """Check the deal or customer among values as they come through RPC.

        :raises AccessError: for a record that the user may not read
        :raises UserError: for a record that was deleted
        :raises ValidationError: for a value that names no deal and no customer
        """
        value = vals.get("target_ref")
        if not value:
            return
        model, _comma, number = value.partition(",") if isinstance(value, str) else ("", "", "")
        record_id = read_id(number)
        if model not in ("crm.lead", "res.partner") or not record_id:
            raise ValidationError(self.env._("Choose the opportunity or the customer."))
        self.env["crm.hot.flag"]._checked_records(model, [record_id])

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_save(self):
        """Raise the flags, or save the edited flag. All flags are raised, or none.

        :return: the action that closes the dialog
        :rtype: dict
        :raises UserError: for a record that was deleted, settled or flagged since the dialog was opened
        :raises ValidationError: for an invalid note, amount or due date
        """
        self.ensure_one()
        if self.flag_id:
            self._edit()
        else:
            self._raise_flags()
        return {"type": "ir.actions.act_window_close"}

    def action_keep(self):
        """Save the flag and settle it as kept."""
        return self._settle(promises.KEPT, self.env._("Hot flag closed as kept"))

    def action_break(self):
        """Save the flag and settle it as broken."""
        return self._settle(promises.BROKEN, self.env._("Hot flag closed as broken"))

    def action_withdraw(self):
        """Save the flag and withdraw it."""
        return self._settle(promises.WITHDRAWN, self.env._("Hot flag withdrawn"))

    def _settle(self, outcome, message):
        """Save the flag and settle it.

        :param str message: says what was done, since the flag disappears from most screens
        :return: the action that shows the message and closes the dialog
        :rtype: dict
        """
        self.ensure_one()
        self._edit()
        self.flag_id.action_settle(outcome)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }

    def _edit(self):
        """Write the values that the user has changed on the flag.

        Other values stay: a colleague may have changed them while the dialog was open.
        """
        if not self.flag_id:
            raise UserError(self.env._("This hot flag was not raised yet."))
        values = self._editable_values()
        if self.opened_with:
            values = {name: value for name, value in values.items() if value != self.opened_with.get(name)}
        self.flag_id.write({name: value for name, value in values.items() if self.flag_id._is_changed(name, value)})

    def _raise_flags(self):
        """Raise a flag on the customer, or on each of the deals."""
        # sudo: without it a deal that the user may not read any more would be missing, as a deleted one is. Raising the
        # flag checks access.
        leads = self.sudo().lead_ids.sudo(False)
        if len(leads) < self.lead_count:
            raise UserError(
                self.env._(
                    "An opportunity was deleted in the meantime, so no flag was raised. Close this dialog, "
                    "and choose again."
                )
            )
        values = {"kind": self.kind, **self._editable_values()}
        if len(leads) > 1:
            # Each deal keeps its own values.
            del values["amount"]
            if not self.user_id:
                del values["user_id"]
        records = [{"lead_id": lead.id} for lead in leads] or [self._target_values()]
        self.env["crm.hot.flag"].create([{**values, **record} for record in records])

    def _target_values(self):
        """Return the values of a flag on the customer, or on the deal or customer that was chosen in the dialog."""
        target = self.target_ref
        if target and target._name == "crm.lead":
            return {"lead_id": target.id}
        return {"partner_id": (target or self.partner_id).id}

    @api.model
    def _open_for(self, leads=None, partner=None, flag=None):
        """Open the dialog on an open flag, on deals to raise flags on, or on a customer.

        :param leads: deals that are not hot
        :param partner: a customer; the dialog proposes a kind of which the customer has no open flag
        :param flag: an open flag
        :return: the action
        :rtype: dict
        """
        if flag:
            values = self._values_of(flag)
        elif leads:
            values = self._values_for_leads(leads)
        else:
            values = self._values_for_partner(partner)
        dialog = self.create(values)
        if flag:
            dialog.opened_with = dialog._editable_values()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hot Flag"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _values_of(self, flag):
        return {
            "flag_id": flag.id,
            "lead_ids": [Command.set(flag.lead_id._filtered_access("read").ids)],
            "partner_id": flag.partner_id.id,
            "customer_name": flag.customer_name,
            "kind": flag.kind,
            "currency_id": flag.currency_id.id,
            **flag._editable_values(),
        }

    def _values_for_leads(self, leads):
        can_sign = all(lead.type == "opportunity" and lead.active and lead.won_status == "pending" for lead in leads)
        values = {
            "lead_ids": [Command.set(leads.ids)],
            "lead_count": len(leads),
            "kind": promises.SIGN if can_sign else OTHER,
        }
        if len(leads) == 1:
            values.update(
                partner_id=leads.partner_id.id,
                customer_name=leads.partner_id.display_name or leads.partner_name or leads.contact_name,
                amount=max(leads.expected_revenue, 0) if can_sign else 0,
                currency_id=self._currency_of(leads.company_id),
                user_id=leads.user_id.id or self.env.uid,
            )
        return values

    def _values_for_partner(self, partner):
        domain = [("partner_id", "=", partner.id), ("lead_ref", "=", 0), ("outcome", "=", promises.OPEN)]
        raised = set(self.env["crm.hot.flag"].search(domain).mapped("kind"))
        return {
            "partner_id": partner.id,
            "customer_name": partner.display_name,
            # Of each kind only one may be open.
            "kind": next((kind for kind in (REORDER, PAYMENT) if kind not in raised), OTHER),
            "currency_id": self._currency_of(self.env["crm.hot.flag"]._company_of(partner)),
            "user_id": self.env.uid,
        }

    def _currency_of(self, company):
        """Return the id of the currency of a flag in a company."""
        return self.env["crm.hot.flag"]._currency_of(company).id
