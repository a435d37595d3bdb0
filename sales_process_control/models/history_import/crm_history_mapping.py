import hashlib
import json

from odoo import api, fields, models

from ...history import name_key


class CrmHistoryMapping(models.Model):
    """How a file of certain headings was read when it was imported, for the next file of these headings."""

    _name = "crm.history.mapping"
    _inherit = ["crm.write.check.mixin"]
    _description = "Columns of Imported Histories"
    _order = "id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", default=lambda self: self.env.company
    )
    key = fields.Char(required=True, readonly=True, help="The headings, as a hash.")
    choices = fields.Json(readonly=True, help="The saved choices, see history_choices.py.")
    used_at = fields.Datetime("Last Import", required=True, readonly=True, default=fields.Datetime.now)

    _company_key_unique = models.Constraint(
        "UNIQUE(company_id, key)", "The columns of a file are remembered only once."
    )

    @api.model
    def _recall(self, headings):
        """Return what was chosen for the last file of these headings in the user's company; empty if none was imported.

        :param headings: the headings in their order
        """
        return self.search([("company_id", "=", self.env.company.id), ("key", "=", _key_of(headings))], limit=1)

    @api.model
    def _remember(self, headings, choices):
        """Keep what was chosen for the next file of these headings.

        :param headings: the headings in their order
        :param dict choices: values of JSON
        """
        values = {"choices": choices, "used_at": self.env.cr.now()}
        known = self._recall(headings)
        if known:
            known.write(values)
        else:
            self.create({"company_id": self.env.company.id, "key": _key_of(headings), **values})


def _key_of(headings):
    """Return the key of headings: case and spaces do not matter, their order does."""
    return hashlib.sha256(json.dumps([name_key(heading) for heading in headings]).encode()).hexdigest()
