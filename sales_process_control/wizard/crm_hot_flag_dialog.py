from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..ledger import promises
from ..models.hot.crm_hot_flag import KINDS


class CrmHotFlagDialog(models.TransientModel):
    """The one small dialog in which hot flags are raised, edited and settled."""

    _name = "crm.hot.flag.dialog"
    _description = "Hot Flag"

    flag_id = fields.Many2one("crm.hot.flag", readonly=True, ondelete="cascade")
    lead_ids = fields.Many2many("crm.lead", string="Opportunities", readonly=True, context={"active_test": False})
    lead_count = fields.Integer(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    customer_name = fields.Char(readonly=True)
    # Asked for by the view and by the flag: the dialog itself opens without one.
    note = fields.Char(help="Why the customer is hot, in one line of at most 200 characters.")
    kind = fields.Selection(
        KINDS,
        required=True,
        help="What the customer is about to do. A signing settles by itself when the opportunity is won, lost or "
        "removed.",
    )
    due_date = fields.Date("Due", help="The day by which the customer is to act. Leave it empty if none was named.")
    amount = fields.Monetary(help="What it is about, as far as it is known.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        domain="[('share', '=', False)]",
        help="Empty for several opportunities: each keeps its own salesperson.",
    )
    revision_ids = fields.One2many(related="flag_id.revision_ids", related_sudo=False)
    # What a colleague writes into the flag meanwhile is not what the person here has changed.
    opened_with = fields.Json(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        # Afterwards, as a flag may come in as a default of the context.
        dialogs.flag_id.check_access("read")
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        if "flag_id" in vals:
            self.flag_id.check_access("read")
        return result

    def action_save(self):
        """Raise the flags, or save what was edited; all or nothing.

        :raises UserError: for something that was deleted, settled or flagged meanwhile
        :raises ValidationError: for a note, amount or due date that cannot be
        """
        self.ensure_one()
        if self.flag_id:
            self._edit()
        else:
            self._raise_flags()
        return {"type": "ir.actions.act_window_close"}

    def action_keep(self):
        """Save what was edited, and settle the flag as kept."""
        return self._settle(promises.KEPT)

    def action_break(self):
        """Save what was edited, and settle the flag as broken."""
        return self._settle(promises.BROKEN)

    def action_withdraw(self):
        """Save what was edited, and take the flag back."""
        return self._settle(promises.WITHDRAWN)

    def _settle(self, outcome):
        self.ensure_one()
        self._edit()
        self.flag_id.action_settle(outcome)
        return {"type": "ir.actions.act_window_close"}

    def _edit(self):
        """Write into the flag what the person has changed, and nothing else: a colleague may have edited it too."""
        if not self.flag_id:
            raise UserError(self.env._("This hot flag is not raised yet."))
        said = self._said()
        if self.opened_with:
            said = {name: value for name, value in said.items() if value != self.opened_with.get(name)}
        changed = {name: value for name, value in said.items() if self.flag_id._is_changed(name, value)}
        self.flag_id.write(changed)

    def _said(self):
        """What the dialog says of its flag."""
        return {
            "note": self.note,
            "due_date": fields.Date.to_string(self.due_date),
            "amount": self.amount,
            "user_id": self.user_id.id,
        }

    def _raise_flags(self):
        """Raise a flag on the customer, or one on each of the opportunities."""
        # In superuser mode: one that the person may not read any more is told from one that is gone.
        leads = self.sudo().lead_ids.sudo(False)
        if len(leads) < self.lead_count:
            raise UserError(
                self.env._("An opportunity was deleted meanwhile, so nothing was raised. Close this, and choose again.")
            )
        values = {"note": self.note, "kind": self.kind, "due_date": self.due_date}
        if len(leads) < 2:
            values.update(amount=self.amount)
        if len(leads) < 2 or self.user_id:
            values.update(user_id=self.user_id.id)
        occasions = [{"lead_id": lead.id} for lead in leads] or [{"partner_id": self.partner_id.id}]
        self.env["crm.hot.flag"].create([{**values, **occasion} for occasion in occasions])

    @api.model
    def _open_for(self, leads=None, partner=None, flag=None):
        """Open the dialog on an open flag, on deals to raise flags on, or on a customer.

        :param leads: deals that are not hot
        :param partner: a customer; a flag of his without a deal that is open already raises another kind
        :param flag: an open flag
        :return: the action
        """
        if flag:
            values = self._values_of(flag)
        elif leads:
            values = self._values_for_leads(leads)
        else:
            values = self._values_for_partner(partner)
        dialog = self.create(values)
        if flag:
            dialog.opened_with = dialog._said()
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
            "note": flag.note,
            "kind": flag.kind,
            "due_date": flag.due_date,
            "amount": flag.amount,
            "currency_id": flag.currency_id.id,
            "user_id": flag.user_id.id,
        }

    def _values_for_leads(self, leads):
        can_sign = all(lead.type == "opportunity" and lead.active and lead.won_status == "pending" for lead in leads)
        values = {
            "lead_ids": [Command.set(leads.ids)],
            "lead_count": len(leads),
            "kind": promises.SIGN if can_sign else "other",
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
            "kind": next((kind for kind in ("reorder", "payment") if kind not in raised), "other"),
            "currency_id": self._currency_of(self.env["crm.hot.flag"]._company_of(partner)),
            "user_id": self.env.uid,
        }

    def _currency_of(self, company):
        """Number of the currency in which a flag is raised."""
        return self.env["crm.hot.flag"]._currency_of(company).id
