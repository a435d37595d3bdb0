from odoo import api, models


class CrmComputedFieldsMixin(models.AbstractModel):
    """Fields that only the module writes, on models that people write.

    People cannot set such a field: values of it are left out of `create`, of `write` by persons, and of defaults in the
    context or of Odoo's user-defined defaults. The module writes them by SQL, as computed fields, or by `write` in
    superuser mode.
    """

    _name = "crm.computed.fields.mixin"
    _description = "Fields That the Module Computes"

    @api.model
    def _computed_field_names(self):
        """Return the names of the fields that only the module writes. Each room adds its own.

        :rtype: frozenset
        """
        return frozenset()

    @api.model
    def default_get(self, fields):
        """Leave out defaults of the context and of users. The defaults in the code stay."""
        computed = self._computed_field_names()
        defaults = super().default_get([name for name in fields if name not in computed])
        for name in computed.intersection(fields):
            if default := self._fields[name].default:
                defaults[name] = default(self)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_computed_fields(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(vals if self.env.su else self._without_computed_fields(vals))

    @api.model
    def _without_computed_fields(self, vals):
        """Leave out values of computed fields. Odoo itself refuses fields to which the user has no access."""
        computed = self._computed_field_names().intersection(vals)
        dropped = {name for name in computed if self._has_field_access(self._fields[name], "write")}
        return {name: value for name, value in vals.items() if name not in dropped} if dropped else vals
