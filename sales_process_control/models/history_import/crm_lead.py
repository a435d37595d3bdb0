from odoo import api, fields, models

from ...const import GROUP_INTERNAL, PREFETCH_FOR_DISPLAY
from ...ledger import LOST, WON
from ..recording.crm_pipeline_loader import is_loading
from .history_plan import EXTERNAL_MODULE

#: Fields that only the import writes: a person who could write them would stop others from taking an import back.
WRITTEN_BY_IMPORT = frozenset(("imported_history_id", "imported_until", "imported_values"))


class CrmLead(models.Model):
    """Opportunities that were imported from another program."""

    _inherit = "crm.lead"

    imported_history_id = fields.Many2one(
        "crm.imported.history",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        index="btree_not_null",
        ondelete="set null",
        groups=GROUP_INTERNAL,
        help="The import that brought this opportunity from another program.",
    )
    imported_until = fields.Datetime(
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_INTERNAL,
        help="The last event of this opportunity that was imported from another program.",
    )

    imported_values = fields.Json(
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_INTERNAL,
        help="The values that the last import wrote. The next import compares them to find changes in Odoo.",
    )

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | WRITTEN_BY_IMPORT

    def unlink(self):
        """Count deleted opportunities on their import, and keep their external ids.

        With the external id, a later import of the same file recognizes a deleted opportunity and does not create it
        again. While an import is taken back, nothing is counted or kept, so that the file can be imported again.
        """
        if is_loading(self.env.cr):
            return super().unlink()
        self._count_deleted_imports()
        external_ids = self._read_import_external_ids()
        result = super().unlink()
        if external_ids:
            # sudo: users have no access to external ids; these are the ones that the import has created.
            self.env["ir.model.data"].sudo().create(external_ids)
        return result

    def _count_deleted_imports(self):
        # sudo: a user who may delete an opportunity need not have access to its import.
        for history, leads in self.sudo().grouped("imported_history_id").items():
            if history:
                history.gone_count += len(leads)

    def _read_import_external_ids(self):
        """Return the values of the external ids by which an import recognizes these opportunities.

        :return: list of dicts, as ``ir.model.data.create`` takes them
        """
        imported = self.filtered("imported_until")
        if not imported:
            return []
        # sudo: users have no access to external ids; these are the ones that the import has created.
        data = self.env["ir.model.data"].sudo()
        rows = data.search_read(
            [("module", "=", EXTERNAL_MODULE), ("model", "=", "crm.lead"), ("res_id", "in", imported.ids)],
            ["module", "model", "name", "res_id"],
        )
        return [{name: row[name] for name in ("module", "model", "name", "res_id")} for row in rows]

    def _uncount_ends(self):
        """Have Odoo's predictive lead scoring forget wins and losses of opportunities that are about to be deleted."""
        old = {lead.id: {"is_won": lead.won_status == WON, "is_lost": lead.won_status == LOST} for lead in self}
        self._handle_won_lost(old, {})
