"""Which time and which deals a review is about."""

from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain

from ..screen.deal_filters import DealFilters

MONTH, QUARTER = "month", "quarter"
#: Months of each period. The current month and quarter end today, the others are whole months up to today.
MONTHS = {MONTH: 1, QUARTER: 3, "3_months": 3, "6_months": 6, "12_months": 12}
DEFAULT_PERIOD = "6_months"


@dataclass(frozen=True)
class ReviewScope(DealFilters):
    """The deals that a review is about, and the two periods that it compares.

    Days are those of the company of each row (docs/definitions.md, Periods of reports). First and last days are
    included.

    :param period: a key of :data:`MONTHS`
    :param start, end: first and last day of the period
    :param before_start, before_end: first and last day of the period before
    :param team_id, user_id, company_id: ids that the deals are filtered by, False for all
    """

    period: str
    start: date
    end: date
    before_start: date
    before_end: date
    team_id: int | bool = False
    user_id: int | bool = False
    company_id: int | bool = False

    @classmethod
    def of(cls, period, today, **filters):
        """Return the scope of a period that ends today.

        The current month and quarter are compared with the same days of the month or quarter before, the last months
        with as many months before.

        Example: on 15 May, `quarter` is 1 April to 15 May, and is compared with 1 January to 15 February. `3_months` is
        16 February to 15 May, and is compared with 16 November to 15 February.

        :param filters: `team_id`, `user_id`, `company_id`
        """
        length = relativedelta(months=MONTHS[period])
        if period in (MONTH, QUARTER):
            months_begun = 0 if period == MONTH else (today.month - 1) % 3
            start = today.replace(day=1) - relativedelta(months=months_begun)
            before_end = today - length
        else:
            start = today - length + relativedelta(days=1)
            before_end = start - relativedelta(days=1)
        return cls(period, start, today, start - length, before_end, **filters)

    @property
    def is_filtered(self):
        """Return whether the deals are those of one team or salesperson."""
        return bool(self.team_id or self.user_id)

    def of_company(self):
        """Return the same scope without the filters of team and salesperson."""
        return replace(self, team_id=False, user_id=False)

    def in_both_periods(self, field) -> Domain:
        """Return both periods as a domain on a date field."""
        return self.in_period(field) | self.in_period_before(field)

    def in_period(self, field) -> Domain:
        """Return the period as a domain on a date field."""
        return self._between(field, self.start, self.end)

    def in_period_before(self, field) -> Domain:
        """Return the period before as a domain on a date field."""
        return self._between(field, self.before_start, self.before_end)

    @staticmethod
    def _between(field, first, last):
        # Texts, as the browser sends them back to open the records of a number.
        return Domain(field, ">=", first.isoformat()) & Domain(field, "<=", last.isoformat())


def period_names(env):
    """Return the names of the periods by their keys, in their order.

    :rtype: dict
    """
    return {
        MONTH: env._("This Month"),
        QUARTER: env._("This Quarter"),
        "3_months": env._("Last 3 Months"),
        "6_months": env._("Last 6 Months"),
        "12_months": env._("Last 12 Months"),
    }


def before_name(env, period):
    """Return the period before as part of a sentence, for example "the 6 months before"."""
    if period == MONTH:
        return env._("the month before")
    if period == QUARTER:
        return env._("the quarter before")
    return env._("the %s months before", MONTHS[period])
