from odoo import api, models
from odoo.tools import SQL

from ...statistics import ENOUGH


class CrmRateMixin(models.AbstractModel):
    """Rates that say nothing while too little is known: in a group, a rate of fewer than ten rows is empty (D2).

    The counts beside it say what there is.
    """

    _name = "crm.rate.mixin"
    _description = "Rates of Enough Rows"

    #: Names of fields of 0 and 1, empty where they do not apply, whose means are rates.
    _rates = ()

    @api.model
    def _read_group_select(self, aggregate_spec, query) -> SQL:
        rate = super()._read_group_select(aggregate_spec, query)
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in self._rates or aggregator != "avg":
            return rate
        return SQL("CASE WHEN COUNT(%s) >= %s THEN %s END", self._field_to_sql(self._table, name, query), ENOUGH, rate)
