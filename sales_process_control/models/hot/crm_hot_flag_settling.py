from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.tools import format_datetime

from ...ledger import promises


class CrmHotFlag(models.Model):
    """Settlement of hot flags by hand, their popover, and merges of deals and contacts."""

    _inherit = "crm.hot.flag"

    def action_settle(self, outcome):
        """Settle open flags now, by the user.

        :param str outcome: kept, broken or withdrawn
        :return: True
        :raises AccessError: for flags that the user may not write
        :raises UserError: for a settled flag, and for `kept` on a signing, which only a won deal keeps
        :raises ValidationError: for another outcome
        """
        if outcome not in (promises.KEPT, promises.BROKEN, promises.WITHDRAWN):
            raise ValidationError(self.env._("A hot flag is closed as kept, broken or withdrawn."))
        if not all(self._ids):
            raise MissingError(self.env._("This hot flag does not exist."))
        self.check_access("write")
        self._check_open()
        if outcome == promises.KEPT and promises.SIGN in self.mapped("kind"):
            raise UserError(self.env._("To keep a promise to sign, mark the opportunity as won."))
        self._close(outcome)
        return True

    def action_open_lead(self):
        """Open the deal of this flag.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    @api.model
    @api.readonly
    def get_popover(self, res_model, res_id):
        """Return the open flags of a deal or a customer that the user may read, by due date.

        :param str res_model: ``crm.lead`` or ``res.partner``
        :param int res_id: id of the deal or the customer; flags of a company include those of its contacts
        :return: a dictionary for each flag: ``id``, ``note``, ``kind``, ``kind_label``, ``due_date`` (YYYY-MM-DD, or
            false), ``days_to_due`` (in the user's time zone, negative if overdue, false without a due date),
            ``amount``, ``currency_id``, ``user_name``, ``raised_at`` (UTC), ``lead_id`` (false for a deal that the
            user may not read), ``lead_name``, ``revisions`` (the last two, the newest first) and ``can_edit``
        :rtype: list
        :raises ValidationError: for another model, and for an id that is no number
        """
        # Values of RPC need not be hashable. PostgreSQL compares no id with a boolean.
        if res_model == "crm.lead" and type(res_id) is int:
            domain = [("lead_id", "=", res_id)]
        elif res_model == "res.partner" and type(res_id) is int:
            domain = ["|", ("partner_id", "=", res_id), ("commercial_partner_id", "=", res_id)]
        else:
            raise ValidationError(self.env._("Only opportunities and customers can be hot."))
        flags = self.search([("outcome", "=", promises.OPEN), *domain])
        readable = flags.lead_id._filtered_access("read")
        editable = flags._filtered_access("write")
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        names = flags._lead_names()
        return [
            {
                "id": flag.id,
                "note": flag.note,
                "kind": flag.kind,
                "kind_label": kinds[flag.kind],
                "due_date": fields.Date.to_string(flag.due_date),
                "days_to_due": (flag.due_date - self._today()).days if flag.due_date else False,
                "amount": flag.amount,
                "currency_id": flag.currency_id.id,
                # sudo: the salesperson may be a colleague of another company. Only the name is shown.
                "user_name": flag.user_id.sudo().name,
                "raised_at": fields.Datetime.to_string(flag.raised_at),
                "lead_id": flag.lead_id.id if flag.lead_id in readable else False,
                "lead_name": name if flag.lead_ref else False,
                "revisions": [
                    {
                        "note": revision.note,
                        "due_date": fields.Date.to_string(revision.due_date),
                        "date": fields.Datetime.to_string(revision.date),
                    }
                    for revision in flag.revision_ids[:2]
                ],
                "can_edit": flag in editable,
            }
            for flag, name in zip(flags, names, strict=True)
        ]

    def _check_open(self):
        """Check that these flags are open.

        :raises UserError: for a settled flag, with its outcome
        """
        for flag in self:
            if flag.outcome == promises.OPEN:
                continue
            values = {
                "note": flag.note,
                "outcome": dict(self._fields["outcome"]._description_selection(self.env))[flag.outcome],
                "date": format_datetime(self.env, flag.closed_at),
                # sudo: the user who settled the flag may be of another company. Only the name is shown.
                "name": flag.closed_by_id.sudo().name,
            }
            if flag.closed_by_id:
                raise UserError(
                    self.env._("“%(note)s” was already closed as %(outcome)s on %(date)s by %(name)s.", **values)
                )
            raise UserError(self.env._("“%(note)s” was already closed as %(outcome)s on %(date)s.", **values))

    def _close(self, outcome, *, is_late=True, lead=None):
        """Settle open flags now, by the user.

        :param str outcome: kept, broken or withdrawn
        :param bool is_late: whether to count days late; False if the flags go because of another flag
        :param lead: the deal in whose chatter to log, by default that of each flag
        """
        former = {flag.id: (flag.outcome, outcome) for flag in self}
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()

        def values(flag):
            # In case the clock was set back.
            closed_at = max(now, flag.raised_at)
            day = context.day_of(closed_at, flag.company_id.id or None)
            return closed_at, promises.days_late(flag.first_due_date, day) if is_late else 0

        for (closed_at, days_late), flags in self.grouped(values).items():
            # sudo: users may not write an outcome. The callers have checked write access, or merge records.
            flags.sudo().write(
                {
                    "outcome": outcome,
                    "closed_at": closed_at,
                    "closed_by_id": self.env.uid,
                    "days_late": days_late,
                }
            )
        self._log_outcomes(former, lead=lead)

    def _withdraw_all_but_first(self, place_of, lead=None):
        """Of open flags that will be in one place, withdraw all but the one that is due first.

        :param function place_of: returns where a flag will be: of each place only one flag may be open
        :param lead: the deal in whose chatter to log, by default that of each flag
        """
        flags = self.filtered(lambda flag: flag.outcome == promises.OPEN)
        withdrawn_ids = promises.to_withdraw(
            promises.Promise(flag.id, place_of(flag), flag.due_date, flag.raised_at) for flag in flags
        )
        # No days late: the customer has broken no promise.
        self.browse(withdrawn_ids)._close(promises.WITHDRAWN, is_late=False, lead=lead)

    def _follow_merged_leads(self, survivor):
        """Move these flags, of deals that are merged away, to the deal that stays."""
        flags = (self | survivor.hot_flag_ids).filtered(lambda flag: flag.outcome == promises.OPEN)
        if not survivor.active or survivor.won_status != "pending":
            # A deal that has ended cannot be signed, and no later end will settle the flag.
            signings = flags.filtered(lambda flag: flag.kind == promises.SIGN)
            signings._close(promises.WITHDRAWN, is_late=False, lead=survivor)
            flags -= signings
        flags._withdraw_all_but_first(lambda _flag: survivor.id, lead=survivor)
        # Before the move: of one deal only one flag may be open.
        self.flush_recordset()
        self.write({"lead_id": survivor.id, "lead_ref": survivor.id})

    @api.model
    def _prepare_merged_partners(self, partners):
        """Withdraw flags that could not be open together once these contacts are one."""
        flags = self.search([("partner_id", "in", partners.ids), ("lead_ref", "=", 0), ("outcome", "=", promises.OPEN)])
        flags._withdraw_all_but_first(lambda flag: (flag.kind, flag.company_id.id))
        self.env.flush_all()

    @api.model
    def _follow_merged_partners(self, partner):
        """Compute the stored fields of flags that follow from a contact, after Odoo moved the flags to it by SQL."""
        self.env.invalidate_all()
        flags = self.search(["|", ("partner_id", "=", partner.id), ("commercial_partner_id", "=", partner.id)])
        for name in ("commercial_partner_id", "customer_name"):
            self.env.add_to_compute(self._fields[name], flags)
