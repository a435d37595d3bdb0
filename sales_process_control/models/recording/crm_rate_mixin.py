from odoo import api, models
from odoo.tools import SQL

from ...statistics import ENOUGH


class CrmRateMixin(models.AbstractModel):
    """Leaves rates of small groups empty, see docs/definitions.md, Small groups.

    A rate is the mean of a field that is 1, 0 or NULL. In a group with fewer than ten values the mean is NULL.
    """

    _name = "crm.rate.mixin"
    _description = "Rates of Enough Rows"

    #: Names of the fields whose means are rates.
    _rates = ()

    @api.model
    def _read_group_select(self, aggregate_spec, query) -> SQL:
        aggregate = super()._read_group_select(aggregate_spec, query)
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in self._rates or aggregator != "avg":
            return aggregate
        values = self._field_to_sql(self._table, name, query)
        return SQL("CASE WHEN COUNT(%s) >= %s THEN %s END", values, ENOUGH, aggregate)
