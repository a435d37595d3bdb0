from datetime import date, datetime, time

from odoo import api, models
from odoo.tools import clean_context

from ...ledger import promises

#: Fields whose changes the chatter shows, in the order of its lines.
LOGGED_FIELDS = ("outcome", "note", "kind", "due_date", "amount", "user_id")
#: Of these, the fields that a user edits on an open flag.
EDITED_FIELDS = ("note", "due_date", "amount", "user_id")
#: External ids of the headings of messages, by the model of the record in whose chatter they are.
SUBTYPES = {
    "crm.lead": "sales_process_control.mail_subtype_hot_flag_lead",
    "res.partner": "sales_process_control.mail_subtype_hot_flag_partner",
}
#: Name in the memory of the pipeline recorder: messages of this transaction about outcomes, by id of the flag.
OUTCOME_MESSAGES = "outcome_messages"
#: Key in `mail.tracking.value.field_info`: id of the flag.
FLAG_KEY = "hot_flag_id"


class CrmHotFlag(models.Model):
    """What happens to a flag, as one message each in the chatter of its deal; without a deal, of its customer.

    A message has no text of its own, only tracked values. Odoo shows these in the language of the reader, and
    `mail.tracking.value` hides them from readers of the deal or customer who may not read the flag. Nobody is notified,
    and nobody becomes a follower. A message is no progress, since its type is `notification`.
    """

    _inherit = "crm.hot.flag"

    # ------------------------------------------------------------
    # WHAT HAS CHANGED
    # ------------------------------------------------------------

    def _log_raising(self):
        """Log that these flags were raised. Flags of the past, which come with an outcome, are left out."""
        changes = {}
        for flag in self.filtered(lambda flag: flag.outcome == promises.OPEN):
            values = {name: flag[name] for name in LOGGED_FIELDS if flag[name]}
            del values["outcome"]
            if flag.user_id == self.env.user:
                del values["user_id"]
            changes[flag.id] = {name: (False, value) for name, value in values.items()}
        self._log_changes(changes)

    def _edited_values(self, vals):
        """Return the values that the chatter shows and that are about to be written, by id of the flag.

        :param dict vals: values about to be written
        """
        names = [name for name in EDITED_FIELDS if name in vals]
        return {flag.id: {name: flag[name] for name in names} for flag in self} if names else {}

    def _log_editing(self, former):
        """Log what was edited.

        :param dict former: what :meth:`_edited_values` has returned before the change
        """
        changes = {}
        for flag in self.browse(former):
            changes[flag.id] = {
                name: (value, flag[name]) for name, value in former[flag.id].items() if value != flag[name]
            }
        self._log_changes(changes)

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    @api.model
    def _log_outcomes(self, outcomes, movers=None, lead=None):
        """Log new outcomes. Two changes within a transaction are one.

        :param dict outcomes: (former outcome, outcome) by id of the flag
        :param dict movers: id of the user who has ended the deal by id of the flag, by default the current user
        :param lead: the deal in whose chatter to log, by default that of each flag
        """
        written = self.env["crm.pipeline.recorder"]._memory().extras.setdefault(OUTCOME_MESSAGES, {})
        again = {flag_id: written.pop(flag_id) for flag_id in outcomes.keys() & written.keys()}
        if again:
            # sudo: users may not delete messages. These were written by this transaction, and are not true any more.
            messages = self.env["mail.message"].sudo()
            messages.browse(message_id for message_id, _former in again.values()).exists().unlink()
            first = {flag_id: former for flag_id, (_message_id, former) in again.items()}
            outcomes = {flag_id: (first.get(flag_id, old), new) for flag_id, (old, new) in outcomes.items()}
        changes = {flag_id: {"outcome": values} for flag_id, values in outcomes.items() if values[0] != values[1]}
        for flag_id, message_id in self._log_changes(changes, movers, lead).items():
            written[flag_id] = (message_id, outcomes[flag_id][0])

    @api.model
    def _log_changes(self, changes, movers=None, lead=None):
        """Write one message for each flag, with two INSERT statements for up to a hundred of them.

        :param dict changes: {name of a field: (former value, value)} by id of the flag; values as in a record
        :param movers: see :meth:`_log_outcomes`
        :param lead: see :meth:`_log_outcomes`
        :return: ids of the messages by id of the flag; flags on a deal that was deleted have none
        :rtype: dict
        """
        changes = {flag_id: values for flag_id, values in changes.items() if values}
        # As Odoo's own tracking.
        if not changes or self.env.context.get("tracking_disable") or self.env.context.get("mail_notrack"):
            return {}
        # sudo: the caller has checked access to the flags, or records what became of them. Users may not write tracked
        # values, and need no right to write on a deal or a customer on which they may raise a flag.
        # No defaults of the context in the messages.
        flags = self.sudo().with_context(clean_context(self.env.context)).browse(changes)
        records = {flag: lead or flag.lead_id or (flag.partner_id if not flag.lead_ref else False) for flag in flags}
        flags = flags.filtered(lambda flag: records[flag])
        movers = movers or {}
        messages = flags.env["mail.message"].create(
            [flags._message_values(records[flag], movers.get(flag.id)) for flag in flags]
        )
        flags.env["mail.tracking.value"].create(
            [
                {**flag._tracked_value(name, *changes[flag.id][name]), "mail_message_id": message.id}
                for flag, message in zip(flags, messages, strict=True)
                for name in reversed(LOGGED_FIELDS)
                if name in changes[flag.id]
            ]
        )
        return dict(zip(flags.ids, messages.ids, strict=True))

    @api.model
    def _message_values(self, record, mover_id):
        """Return the values of a message in the chatter of a deal or a customer."""
        # sudo: names the author of the change, who may be of another company.
        author = self.env["res.users"].sudo().browse(mover_id or self.env.uid).partner_id
        sender = author.email_formatted
        return {
            "author_id": author.id,
            "body": "",
            "email_add_signature": False,
            "email_from": sender,
            "is_internal": True,
            "message_type": "notification",
            "model": record._name,
            "record_alias_domain_id": False,
            "record_company_id": False,
            "reply_to": sender,
            "res_id": record.id,
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(SUBTYPES[record._name]),
        }

    def _tracked_value(self, name, old, new):
        """Return the values of a `mail.tracking.value`. Selections are stored by their keys, see there."""
        field = self._fields[name]
        column, convert = {
            "date": ("datetime", lambda value: isinstance(value, date) and datetime.combine(value, time())),
            "monetary": ("float", lambda value: value),
            "many2one": ("char", lambda value: value and value.name),
        }.get(field.type, ("char", lambda value: value))
        return {
            "field_id": self.env["ir.model.fields"]._get(self._name, name).id,
            "field_info": {
                "desc": field.string,
                "name": name,
                "type": field.type,
                "sequence": LOGGED_FIELDS.index(name),
                FLAG_KEY: self.id,
            },
            "currency_id": self.currency_id.id if field.type == "monetary" else False,
            f"old_value_{column}": convert(old) or False,
            f"new_value_{column}": convert(new) or False,
        }
