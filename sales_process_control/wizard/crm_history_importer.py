from odoo import models

from ..history import faults
from ..history.settings import HEADING_OF


class CrmHistoryImporter(models.AbstractModel):
    _inherit = "crm.history.importer"

    def _column_name(self, fault):
        """Name a missing column by what it has to mean, as the dialog of the import does."""
        if fault.code != faults.MISSING_COLUMN:
            return super()._column_name(fault)
        meanings = self.env["crm.stage.history.import.column"]._fields["meaning"]._description_selection(self.env)
        names = {HEADING_OF.get(meaning, meaning): label for meaning, label in meanings}
        return names.get(fault.column, fault.column)
