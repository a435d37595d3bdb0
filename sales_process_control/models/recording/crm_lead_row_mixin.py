from odoo import api, models

#: Key of the context: display names of deals are those that the reader may know.
NAMES_FOR_READER = "lead_names_for_reader"
#: Paths of the name of the deal in an export.
NAME_PATHS = ("lead_id", "lead_id/display_name")


class CrmLeadRowMixin(models.AbstractModel):
    """Base of all models with rows about a deal, which may be readable for users who may not read the deal itself.

    Odoo makes the display name of a many2one value in superuser mode: who may read a row may read all names on it. Each
    method of this model has a row show the deal with :data:`NAMES_FOR_READER`, so that a deal that the reader may not
    read is called *Opportunity 1234*.
    """

    _name = "crm.lead.row.mixin"
    _description = "Row about an Opportunity"

    def _with_names_for_reader(self):
        # A remote caller can send another value, even one that Odoo cannot keep in its cache.
        return self if self.env.context.get(NAMES_FOR_READER) is True else self.with_context(**{NAMES_FOR_READER: True})

    def _lead_names(self):
        """Return the name of the opportunity of each row, as far as the reader may know it.

        :rtype: list[str]
        """
        names = {lead.id: lead.display_name for lead in self._with_names_for_reader().lead_id}
        return [
            names[row.lead_id.id] if row.lead_id else self.env._("Opportunity %s (deleted)", row.lead_ref)
            for row in self
        ]

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        return super(CrmLeadRowMixin, self._with_names_for_reader())._compute_display_name()

    def _read_format(self, fnames, load="_classic_read"):
        return super(CrmLeadRowMixin, self._with_names_for_reader())._read_format(fnames, load)

    @api.readonly
    def web_read(self, specification):
        return super(CrmLeadRowMixin, self._with_names_for_reader()).web_read(specification)

    def export_data(self, fields_to_export):
        """Export the name of the deal apart: Odoo would refuse the whole export because of one hidden deal."""
        columns = [index for index, path in enumerate(fields_to_export) if path in NAME_PATHS]
        paths = [".id" if index in columns else path for index, path in enumerate(fields_to_export)]
        exported = super().export_data(paths)
        if columns:
            names = {str(row.id): row.lead_id.display_name or "" for row in self._with_names_for_reader()}
            for line in exported["datas"]:
                for index in columns:
                    line[index] = names.get(line[index], "")
        return exported

    @api.model
    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        rows = self._with_names_for_reader()
        return super(CrmLeadRowMixin, rows)._read_group_postprocess_groupby(groupby_spec, raw_values)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Order by the id of the deal. The order of deals would tell which of two hidden ones is hot."""
        field_name = "lead_id.id" if field_name == "lead_id" else field_name
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
