from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ...ledger import promises


class CrmHotFlag(models.Model):
    """How hot flags end by hand, and what becomes of them when deals or contacts are merged."""

    _inherit = "crm.hot.flag"

    def action_settle(self, outcome):
        """Settle open flags.

        :param str outcome: kept, broken or withdrawn
        :raises UserError: for a flag that was settled meanwhile, and for a signing that is said to be kept
        :raises ValidationError: for another outcome
        """
        if outcome not in (promises.KEPT, promises.BROKEN, promises.WITHDRAWN):
            raise ValidationError(self.env._("A hot flag is settled as kept, broken or withdrawn."))
        self.check_access("write")
        self._check_open()
        if outcome == promises.KEPT and promises.SIGN in self.mapped("kind"):
            raise UserError(self.env._("A signing is kept by winning: mark the opportunity as won."))
        self._close(outcome)
        return True

    def action_hot_flag(self):
        """Open the dialog in which the flag is edited and settled."""
        self.ensure_one()
        self.check_access("write")
        return self.env["crm.hot.flag.dialog"]._open_for(flag=self)

    def action_open_lead(self):
        """Open the opportunity of this flag."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    @api.model
    @api.readonly
    def get_popover(self, res_model, res_id):
        """Why a deal or a customer is hot, of what the reader may see.

        :param str res_model: ``crm.lead`` or ``res.partner``
        :param int res_id: number of the deal or the customer; a company speaks for its contacts
        :return: a dictionary a flag that is open, the one that is due first before the others: ``id``, ``note``,
            ``kind``, ``kind_label``, ``due_date`` (YYYY-MM-DD, or false), ``days_to_due`` (in the reader's days,
            negative when it is late, false without a due date), ``amount``, ``currency_id``, ``user_name``,
            ``raised_at`` (UTC), ``lead_id`` (false where there is none that the reader may read), ``lead_name``,
            ``revisions`` (the two notes before, the newest first) and ``can_edit``
        :raises ValidationError: for another model
        """
        domain = {
            "crm.lead": [("lead_id", "=", res_id)],
            "res.partner": ["|", ("partner_id", "=", res_id), ("commercial_partner_id", "=", res_id)],
        }.get(res_model)
        if domain is None:
            raise ValidationError(self.env._("Only opportunities and customers can be hot."))
        flags = self.search([("outcome", "=", promises.OPEN), *domain])
        readable = flags.lead_id._filtered_access("read")
        editable = flags._filtered_access("write")
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        names = flags.lead_id._names_in_ledger(flags)
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
                # In superuser mode: a colleague of another company may be the salesperson of a deal that one may read.
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
        """Tell of a flag that was settled meanwhile."""
        for flag in self:
            if flag.outcome == promises.OPEN:
                continue
            told = {
                "note": flag.note,
                "outcome": dict(self._fields["outcome"]._description_selection(self.env))[flag.outcome],
                "date": format_datetime(self.env, flag.closed_at),
                # In superuser mode: the name of who has settled a flag that one may read.
                "name": flag.closed_by_id.sudo().name,
            }
            if flag.closed_by_id:
                raise UserError(
                    self.env._("“%(note)s” is already settled as %(outcome)s on %(date)s by %(name)s.", **told)
                )
            raise UserError(self.env._("“%(note)s” is already settled as %(outcome)s on %(date)s.", **told))

    def _close(self, outcome, *, is_late=True):
        """Close open flags now, in the name of who does it.

        :param is_late: whether the day tells how late the promise is; not where nothing became of it
        """
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()

        def values(flag):
            # A clock that runs backwards ends nothing before it began.
            closed_at = max(now, flag.raised_at)
            day = context.day_of(closed_at, flag.company_id.id or None)
            return closed_at, promises.days_late(flag.first_due_date, day) if is_late else 0

        for (closed_at, days_late), flags in self.grouped(values).items():
            # In superuser mode: nobody writes an outcome himself; who may edit the flag was asked before.
            flags.sudo().write(
                {
                    "outcome": outcome,
                    "closed_at": closed_at,
                    "closed_by_id": self.env.uid,
                    "days_late": days_late,
                }
            )

    def _bring_together(self, place):
        """Of the open flags that come together in one place, withdraw all but the one that is due first.

        :param place: tells where a flag will be
        """
        flags = self.filtered(lambda flag: flag.outcome == promises.OPEN)
        gone = promises.to_withdraw(
            promises.Promise(flag.id, place(flag), flag.due_date, flag.raised_at) for flag in flags
        )
        # What goes because another one stays breaks no promise, though its date may have passed.
        self.browse(gone)._close(promises.WITHDRAWN, is_late=False)

    def _follow_merged_leads(self, survivor):
        """Bring the flags of deals that are merged to the one that stays; a deal that is merged away breaks nothing."""
        flags = (self | survivor.hot_flag_ids).filtered(lambda flag: flag.outcome == promises.OPEN)
        if not survivor.active or survivor.won_status != "pending":
            # Nothing is left to be signed, and no end will come that settles it.
            signings = flags.filtered(lambda flag: flag.kind == promises.SIGN)
            signings._close(promises.WITHDRAWN, is_late=False)
            flags -= signings
        flags._bring_together(lambda _flag: survivor.id)
        # The one that stays must not meet one that goes.
        self.flush_recordset()
        self.write({"lead_id": survivor.id, "lead_ref": survivor.id})

    @api.model
    def _prepare_merged_partners(self, partners):
        """Settle what could not be open at once when several contacts become one."""
        flags = self.search([("partner_id", "in", partners.ids), ("lead_ref", "=", 0), ("outcome", "=", promises.OPEN)])
        flags._bring_together(lambda flag: (flag.kind, flag.company_id.id))
        self.env.flush_all()

    @api.model
    def _follow_merged_partners(self, partner):
        """Let the flags know the company of the contact that has stayed; SQL has moved them behind its back."""
        self.env.invalidate_all()
        flags = self.search(["|", ("partner_id", "=", partner.id), ("commercial_partner_id", "=", partner.id)])
        for name in ("commercial_partner_id", "customer_name"):
            self.env.add_to_compute(self._fields[name], flags)
