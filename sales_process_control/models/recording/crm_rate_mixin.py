from odoo import api, models
from odoo.tools import SQL

from ...statistics import ENOUGH, MATURE_PERCENT

#: Key of the context: the groups are read for a view, see :meth:`CrmRateMixin.formatted_read_group`.
FOR_A_VIEW = "sales_process_rates_for_a_view"


class CrmRateMixin(models.AbstractModel):
    """Leaves figures of groups empty that would mislead, see docs/definitions.md, When a rate is shown.

    A rate is the mean of a field that is 1, 0 or NULL. It is empty

    - in a group with fewer than ten values,
    - in a young group, if the rate is one of decided deals: fewer than 80% of the deals are decided,
    - in views, in a group that mixes records of which each counts a deal anew, as the stages that a deal has been in.
      The sums of such a group are empty too. Other programs get them.
    """

    _name = "crm.rate.mixin"
    _description = "Rates of Enough Rows"

    #: Names of the fields whose means are rates.
    _rates = ()
    #: For a rate of decided deals the field that has a value for each deal, decided or not.
    _rate_cohorts = {}
    #: The field that counts a deal anew with each value, and the names of the measures that do not bear such a mixture.
    _counted_by = None
    _measures_counted_by = ()

    @api.model
    @api.readonly
    def formatted_read_group(self, *args, **options):
        """Leave figures of groups that mix stages empty in lists and graphs."""
        return super(CrmRateMixin, self.with_context(**{FOR_A_VIEW: True})).formatted_read_group(*args, **options)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, *args, **options):
        """Leave figures of groups that mix stages empty in pivots."""
        viewed = self.with_context(**{FOR_A_VIEW: True})
        return super(CrmRateMixin, viewed).formatted_read_grouping_sets(*args, **options)

    @api.model
    def _read_group_select(self, aggregate_spec, query) -> SQL:
        aggregate = super()._read_group_select(aggregate_spec, query)
        name, _colon, aggregator = aggregate_spec.partition(":")
        conditions = []
        if name in self._rates and aggregator == "avg":
            conditions += self._enough_to_sql(name, query)
        is_counted_anew = name in self._measures_counted_by and aggregator in ("sum", "avg")
        if is_counted_anew and self.env.context.get(FOR_A_VIEW):
            conditions.append(self._unmixed_to_sql(query))
        if not conditions:
            return aggregate
        return SQL("CASE WHEN %s THEN %s END", SQL(" AND ").join(conditions), aggregate)

    @api.model
    def _enough_to_sql(self, rate, query):
        """Return the conditions on a group under which a rate is shown."""
        values = self._field_to_sql(self._table, rate, query)
        yield SQL("COUNT(%s) >= %s", values, ENOUGH)
        if cohort := self._rate_cohorts.get(rate):
            whole = self._field_to_sql(self._table, cohort, query)
            yield SQL("100 * COUNT(%s) >= %s * COUNT(%s)", values, MATURE_PERCENT, whole)

    @api.model
    def _unmixed_to_sql(self, query) -> SQL:
        """Return whether all rows of a group have one value of `_counted_by`, or none has a value."""
        value = SQL("COALESCE(%s, 0)", self._field_to_sql(self._table, self._counted_by, query))
        return SQL("MIN(%(value)s) = MAX(%(value)s)", value=value)
