from odoo import api, models
from odoo.tools import SQL

from ...statistics import ENOUGH


class CrmRateMixin(models.AbstractModel):
    """Leaves rates of small groups empty (docs/definitions.md, Small groups).

    A rate of a group is the mean of a field. It is empty if the group has fewer than ten rows with a value.
    """

    _name = "crm.rate.mixin"
    _description = "Rates of Enough Rows"

    #: Names of fields whose mean is a rate. A row holds 1 or 0, or nothing if the rate does not apply to it.
    _rates = ()

    @api.model
    def _read_group_select(self, aggregate_spec, query) -> SQL:
        rate = super()._read_group_select(aggregate_spec, query)
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in self._rates or aggregator != "avg":
            return rate
        return SQL("CASE WHEN COUNT(%s) >= %s THEN %s END", self._field_to_sql(self._table, name, query), ENOUGH, rate)
