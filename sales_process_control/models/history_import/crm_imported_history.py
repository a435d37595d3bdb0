from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_SALES_MANAGER
from ..recording.crm_pipeline_loader import is_loading
from .history_plan import EXTERNAL_MODULE

#: Opportunities that a message names; of the others it says how many there are.
MOST_NAMES = 20
#: What an import may have made besides opportunities, and where that is used.
MADE_AND_USED_IN = {
    "crm.stage": (("crm.lead", "stage_id"), ("crm.stage.visit", "stage_id"), ("crm.pipeline.movement", "stage_id")),
    "crm.lost.reason": (("crm.lead", "lost_reason_id"),),
}


class CrmImportedHistory(models.Model):
    """What one import has brought, kept so that it can be found and taken back."""

    _name = "crm.imported.history"
    _description = "Imported History"
    _order = "id desc"

    name = fields.Char("File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    lead_ids = fields.One2many(
        "crm.lead", "imported_history_id", "Opportunities", readonly=True, context={"active_test": False}
    )
    lead_count = fields.Integer("Opportunities Made", compute="_compute_lead_count")
    event_count = fields.Integer("Events", readonly=True)
    extended_lead_ids = fields.Many2many(
        "crm.lead", string="Continued Opportunities", readonly=True, context={"active_test": False}
    )
    extended_count = fields.Integer(
        "Opportunities Continued",
        compute="_compute_extended_count",
        help="Opportunities of earlier imports to which this one has added what happened since.",
    )
    gone_count = fields.Integer(
        "Opportunities Gone",
        readonly=True,
        help="Opportunities of this import that were deleted, or merged into another, since. Their history stays.",
    )
    state = fields.Selection(
        [("done", "Imported"), ("taken_back", "Taken back")], required=True, readonly=True, default="done"
    )

    @api.depends("lead_ids")
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
            # sudo: how many there are says nothing about those that the reader may not read.
            history.extended_count = len(history.sudo().extended_lead_ids)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_leads(self):
        """Open the opportunities that this import has made, lost ones included."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("imported_history_id", "=", self.id)],
            "name": self.env._("Imported Opportunities"),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,graph,pivot,form",
            "context": {"active_test": False, "create": False},
        }

    def action_take_back(self):
        """Delete what the import has made, as if it had never been; only where nobody has touched it since."""
        self.ensure_one()
        self.check_access("read")
        self._check_may_import()
        # sudo: one that was moved to a company out of reach was touched, and counts as such below.
        leads = self.sudo().lead_ids.sudo(False)
        self._check_untouched(leads)
        loader = self.env["crm.pipeline.loader"]
        leads._uncount_ends()
        with loader.loading():
            loader.forget(leads.ids)
            leads.with_context(tracking_disable=True).unlink()
        self._delete_made()
        # sudo: nobody writes records of imports by himself; the rights were checked above.
        self.sudo().state = "taken_back"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s was taken back.", self.name),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------
    # BUSINESS METHODS
    # ------------------------------------------------------------

    @api.model
    def _check_may_import(self):
        """Importing makes stages, and deals of any salesperson: that is for sales managers.

        :raises AccessError: for others
        """
        if not self.env.su and not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers may import a history, or take it back."))

    def _check_untouched(self, leads):
        """Refuse to take back what somebody has worked on.

        :raises UserError: which says what it was
        """
        touched = self._touched_refs(leads.ids)
        if touched:
            changed = leads.filtered(lambda lead: lead.id in touched)._filtered_access("read")
            raise UserError(
                self.env._(
                    "%(count)s opportunities were changed in Odoo since, and would be lost: %(names)s",
                    count=len(touched),
                    names=", ".join(changed[:MOST_NAMES].mapped("name")),
                )
            )
        if self.gone_count:
            raise UserError(
                self.env._("%s opportunities were deleted or merged since: their history stays.", self.gone_count)
            )
        if self.extended_count:
            raise UserError(
                self.env._(
                    "This import has gone on with %s opportunities of earlier ones. Take those imports back: they take "
                    "all of their opportunities along.",
                    self.extended_count,
                )
            )

    @api.model
    def _note_gone(self, leads):
        """Remember that leads are being deleted which an import has made."""
        if is_loading(self.env.cr):
            return
        # sudo: who deletes his opportunity need not see what import it came from.
        for history, gone in leads.sudo().grouped("imported_history_id").items():
            if history:
                history.gone_count += len(gone)

    @api.model
    def _touched_refs(self, lead_refs):
        """Which imported opportunities somebody has worked on since, or taken out of reach.

        :param lead_refs: numbers of leads that were imported
        :rtype: set
        """
        refs = list(lead_refs)
        if not refs:
            return set()
        self.env["crm.lead"].flush_model()
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search_fetch([("id", "in", refs)], ["write_date", "imported_until"])
        )
        untouched = {lead.id for lead in leads if lead.write_date == lead.imported_until}
        # sudo: whether there is anything, not what; messages and activities may be others' own.
        for model, name in (("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")):
            rows = self.env[model].sudo()._read_group([(name, "=", "crm.lead"), ("res_id", "in", refs)], ["res_id"])
            untouched -= {ref for (ref,) in rows}
        rows = self.env["crm.pipeline.movement"]._read_group(
            [("lead_ref", "in", refs), ("origin", "!=", "import")], ["lead_ref"]
        )
        untouched -= {ref for (ref,) in rows}
        return set(refs) - untouched

    @api.model
    def _names_of(self, leads):
        """The external ids by which a later import knows these leads, with their numbers.

        :rtype: list
        """
        imported = leads.filtered("imported_until")
        if not imported or is_loading(self.env.cr):
            return []
        # sudo: external ids are the system's; these are the importer's own.
        data = self.env["ir.model.data"].sudo()
        return data.search_read(
            [("module", "=", EXTERNAL_MODULE), ("model", "=", "crm.lead"), ("res_id", "in", imported.ids)],
            ["module", "model", "name", "res_id"],
        )

    @api.model
    def _keep_names(self, names):
        """Keep external ids of leads that are gone, so that no later import brings them again: their past is here."""
        if names:
            # sudo: external ids are the system's; these are the importer's own.
            self.env["ir.model.data"].sudo().create(
                [{name: row[name] for name in ("module", "model", "name", "res_id")} for row in names]
            )

    def _note_made(self, records):
        """Remember that this import has made these records."""
        # sudo: external ids are the system's; these are what taking back goes by.
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {"xml_id": f"{EXTERNAL_MODULE}.{self._made_prefix(record)}{record.id}", "record": record}
                for record in records
            ]
        )

    def _made_prefix(self, records):
        return f"{records._table}_of_{self.id}_"

    def _delete_made(self):
        """Delete the stages and lost reasons that this import has made and nothing uses."""
        for model in MADE_AND_USED_IN:
            records = self.env[model].with_context(active_test=False)
            prefix = self._made_prefix(records).replace("_", r"\_")
            # sudo: external ids are the system's.
            data = self.env["ir.model.data"].sudo()
            rows = data.search([("module", "=", EXTERNAL_MODULE), ("name", "=like", prefix + "%")])
            made = records.browse(rows.mapped("res_id")).exists()
            (made - self._used(made)).unlink()

    def _used(self, records):
        """Those of some stages or lost reasons that opportunities or ledgers name."""
        used = records.browse()
        for model, field in MADE_AND_USED_IN[records._name]:
            # sudo: whether a record is in use, also by another company's opportunities.
            rows = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                ._read_group([(field, "in", records.ids)], [field])
            )
            used |= records.browse(found.id for (found,) in rows)
        return used
