from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_SALES_MANAGER
from ...ledger import kinds, origins
from ..recording.text_lists import joined_first_names, joined_sentences
from ..recording.used_records import used_records
from . import hand_made
from .history_plan import EXTERNAL_MODULE

#: Names of opportunities that a message lists.
MOST_NAMES = 20
#: Models of the records that an import may create besides opportunities.
MADE = ("crm.stage", "crm.lost.reason")
#: States of an import.
DONE = "done"
TAKEN_BACK = "taken_back"


class CrmImportedHistory(models.Model):
    """The record of one import: its opportunities, and the action that deletes them again ("take back")."""

    _name = "crm.imported.history"
    _description = "Imported History"
    _order = "id desc"

    name = fields.Char("File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    lead_ids = fields.One2many(
        "crm.lead", "imported_history_id", "Opportunities", readonly=True, context={"active_test": False}
    )
    lead_count = fields.Integer("Created Opportunities", compute="_compute_lead_count")
    event_count = fields.Integer("Events", readonly=True)
    extended_lead_ids = fields.Many2many(
        "crm.lead", string="Opportunities of Earlier Imports", readonly=True, context={"active_test": False}
    )
    extended_count = fields.Integer(
        "Updated Opportunities",
        compute="_compute_extended_count",
        help="Opportunities of earlier imports that this import has updated.",
    )
    gone_count = fields.Integer(
        "Deleted or Merged Opportunities",
        readonly=True,
        help="Opportunities of this import that were deleted or merged since. Their history is kept.",
    )
    state = fields.Selection(
        [(DONE, "Imported"), (TAKEN_BACK, "Withdrawn")], required=True, readonly=True, default=DONE
    )

    @api.depends("lead_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_lead_count(self):
        counts = dict(
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group([("imported_history_id", "in", self.ids)], ["imported_history_id"], ["__count"])
        )
        for history in self:
            history.lead_count = counts.get(history, 0)

    @api.depends("extended_lead_ids")
    def _compute_extended_count(self):
        for history in self:
            # sudo: only the number of opportunities is shown, not the opportunities that the user may not read.
            history.extended_count = len(history.sudo().extended_lead_ids)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_leads(self):
        """Return the action that shows the opportunities of this import, lost ones included."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "domain": [("imported_history_id", "=", self.id)],
            "name": self.env._("Imported Opportunities"),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,graph,pivot,form",
            "context": {"active_test": False, "create": False},
        }

    def action_take_back(self):
        """Delete the opportunities of this import that nobody has touched, see :meth:`_take_back`.

        :return: the action that notifies the user and reloads the screen
        """
        lines = self._take_back()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if len(lines) > 1 else "success",
                "sticky": len(lines) > 1,
                "message": joined_sentences(self.env, lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------
    # BUSINESS METHODS
    # ------------------------------------------------------------

    @api.model
    def _check_may_import(self):
        """Check that the user is a sales manager: an import creates stages, and opportunities of all salespeople.

        :raises AccessError: for other users
        """
        if not self.env.su and not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can import a history or withdraw an import."))

    def _take_back(self):
        """Delete the opportunities of this import with their ledgers, and the unused stages and lost reasons it made.

        Opportunities that were changed since, or that the user cannot access, stay as they are with their history: one
        of them must not keep the others from being deleted.

        :return: what was done, and what stays and why, as sentences
        :rtype: list[str]
        :raises AccessError: if the user is not a sales manager
        :raises UserError: if all of the import stays
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_import()
        # sudo: includes opportunities in companies without access, which are counted among those that stay.
        leads = self.sudo().lead_ids.sudo(False)
        touched_ids = self._touched_refs(leads.ids)
        kept = leads.filtered(lambda lead: lead.id in touched_ids)
        deleted, reasons = leads - kept, self._kept_messages(kept)
        if reasons and not deleted:
            raise UserError("\n".join([self.env._("Nothing was withdrawn."), *reasons]))
        loader = self.env["crm.pipeline.loader"]
        deleted._uncount_ends()
        with loader.loading():
            loader.forget(deleted.ids)
            deleted.with_context(tracking_disable=True).unlink()
        self._delete_made()
        # sudo: no user may write records of imports; the rights were checked above.
        self.sudo().state = TAKEN_BACK
        self.env["crm.stage.chance"]._rebuild_soon()
        return [self.env._("%s was withdrawn.", self.name), *reasons]

    def _kept_messages(self, kept):
        """Return what stays when this import is taken back, and why, as sentences.

        :param kept: opportunities of this import that stay
        """
        readable = kept._filtered_access("read")
        messages = [
            (len(readable), lambda count: self._changed_message(count, readable)),
            (len(kept - readable), self._hidden_message),
            (self.gone_count, lambda _count: self._gone_message()),
            (self.extended_count, lambda _count: self._extended_message()),
        ]
        return [message(count) for count, message in messages if count]

    def _changed_message(self, count, leads):
        names = joined_first_names(self.env, leads[:MOST_NAMES].mapped("name"), count)
        if count == 1:
            return self.env._("1 opportunity was changed in Odoo since, and is kept: %s", names)
        return self.env._(
            "%(count)s opportunities were changed in Odoo since, and are kept: %(names)s", count=count, names=names
        )

    def _hidden_message(self, count):
        if count == 1:
            return self.env._("1 opportunity is kept, because you cannot access it.")
        return self.env._("%s opportunities are kept, because you cannot access them.", count)

    def _gone_message(self):
        if self.gone_count == 1:
            return self.env._("1 opportunity was deleted or merged since. Its history is kept.")
        return self.env._("%s opportunities were deleted or merged since. Their history is kept.", self.gone_count)

    def _extended_message(self):
        if self.extended_count == 1:
            return self.env._(
                "This import has updated 1 opportunity of an earlier import. Withdraw that import: all of its "
                "opportunities are withdrawn with it."
            )
        return self.env._(
            "This import has updated %s opportunities of earlier imports. Withdraw those imports: all of their "
            "opportunities are withdrawn with them.",
            self.extended_count,
        )

    @api.model
    def _touched_refs(self, lead_refs):
        """Return the imported opportunities that were changed since their import, or that the user cannot access.

        The definition is in docs/definitions.md, Imported history.

        :param lead_refs: ids of imported opportunities, deleted ones included
        :return: ids, as a set
        """
        lead_ids = list(lead_refs)
        if not lead_ids:
            return set()
        self.env["crm.lead"].flush_model()
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search_fetch([("id", "in", lead_ids)], ["write_date", "imported_until"])
        )
        untouched = {lead.id for lead in leads if lead.write_date == lead.imported_until}
        for model, field in (("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")):
            # sudo: only whether there are any, also among those that only other users may read.
            rows = (
                self.env[model].sudo()._read_group([(field, "=", "crm.lead"), ("res_id", "in", lead_ids)], ["res_id"])
            )
            untouched -= {lead_id for (lead_id,) in rows}
        rows = self.env["crm.pipeline.movement"]._read_group(
            [("lead_ref", "in", lead_ids), ("origin", "!=", origins.IMPORT)], ["lead_ref"]
        )
        untouched -= {lead_id for (lead_id,) in rows}
        return set(lead_ids) - untouched

    @api.model
    def _changes_since(self, lead_refs):
        """Return what was changed on imported opportunities since their last import.

        The definition is in docs/definitions.md, Imported history. What is not in the result is as it was imported.

        :param lead_refs: ids of imported opportunities, deleted ones included
        :return: {id: :class:`~.hand_made.Changes`} of the opportunities that were touched in any way
        """
        touched_ids = self._touched_refs(lead_refs)
        if not touched_ids:
            return {}
        names = ["imported_values", "company_id", *hand_made.FIELDS]
        leads = (
            self.env["crm.lead"].with_context(active_test=False).search_fetch([("id", "in", list(touched_ids))], names)
        )
        rows = self.env["crm.pipeline.movement"]._read_group(
            [
                ("lead_ref", "in", leads.ids),
                ("origin", "!=", origins.IMPORT),
                ("kind", "!=", kinds.TRANSFERRED),
            ],
            ["lead_ref"],
        )
        moved_ids = {lead_id for (lead_id,) in rows}
        changes = dict.fromkeys(touched_ids, hand_made.CONFLICT)
        for lead in leads - leads.browse(moved_ids):
            if lead.company_id == self.env.company:
                changes[lead.id] = hand_made.changes_of(lead)
        return changes

    def _note_made(self, records):
        """Give external ids to records that this import has created, so that :meth:`_delete_made` finds them."""
        # sudo: users have no access to external ids.
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {"xml_id": f"{EXTERNAL_MODULE}.{self._made_prefix(record)}{record.id}", "record": record}
                for record in records
            ]
        )

    def _made_prefix(self, records):
        """Return the beginning of the external ids of records of one model that this import has created."""
        return f"{records._table}_of_{self.id}_"

    def _delete_made(self):
        """Delete the stages and lost reasons that this import has created, except those that are in use."""
        for model in MADE:
            records = self.env[model].with_context(active_test=False)
            prefix = self._made_prefix(records).replace("_", r"\_")
            # sudo: users have no access to external ids.
            data = self.env["ir.model.data"].sudo()
            rows = data.search([("module", "=", EXTERNAL_MODULE), ("name", "=like", prefix + "%")])
            made = records.browse(rows.mapped("res_id")).exists()
            (made - used_records(made)).unlink()
