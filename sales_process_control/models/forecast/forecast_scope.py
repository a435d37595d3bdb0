"""Which period and which deals a screen of forecasts is about."""

from dataclasses import dataclass, field
from datetime import date

from ..funnel.funnel_reader import ONE_DAY
from ..recording.day_texts import month_text, quarter_text
from ..screen.deal_filters import DealFilters
from .forecast_now import ForecastNow
from .forecast_parts import MONTH, QUARTER, Period

NEXT_MONTH, NEXT_QUARTER = "next_month", "next_quarter"
#: Kind of each period of the screen, and whether it is the one that follows.
KINDS = {
    MONTH: (MONTH, False),
    NEXT_MONTH: (MONTH, True),
    QUARTER: (QUARTER, False),
    NEXT_QUARTER: (QUARTER, True),
}
DEFAULT_PERIOD = QUARTER


@dataclass(frozen=True)
class ForecastScope(DealFilters):
    """The period that is forecast, and the deals of which.

    :param key: a key of :data:`KINDS`
    :param period: month or quarter, first and last day included
    :param today: the last day that is known
    :param team_id, user_id, company_id: ids that the deals are filtered by, False for all
    """

    key: str
    period: Period
    today: date
    team_id: int | bool = False
    user_id: int | bool = False
    company_id: int | bool = False
    #: What blocks of one call share.
    _shared: dict = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, key, today, **filters):
        """Return the scope of a period around today.

        Example: on 28 November 2026, `next_quarter` is 1 January to 31 March 2027.

        :param filters: `team_id`, `user_id`, `company_id`
        """
        kind, is_next = KINDS[key]
        current = Period.at(kind, today)
        return cls(key, current.following() if is_next else current, today, **filters)

    @property
    def kind(self):
        """Return `month` or `quarter`."""
        return self.period.kind

    @property
    def start(self):
        """Return the first day of the period."""
        return self.period.start

    @property
    def eve(self):
        """Return the day before the period. As of then, a forecast is one of the whole period."""
        return self.period.start - ONE_DAY

    @property
    def end(self):
        """Return the last day of the period."""
        return self.period.end

    def forecast(self, env):
        """Return the forecast of these deals as they are now. All blocks of one call share it.

        Deals that were won count for those who had them then, as in the report of the win rate.

        :rtype: ForecastNow
        """
        if "forecast" not in self._shared:
            self._shared["forecast"] = ForecastNow(env, self.domain(), self.period, won_domain=self.domain())
        return self._shared["forecast"]


def period_labels(env):
    """Return the names of the periods by their keys, in the order of the picker.

    :rtype: dict
    """
    return {
        MONTH: env._("This Month"),
        NEXT_MONTH: env._("Next Month"),
        QUARTER: env._("This Quarter"),
        NEXT_QUARTER: env._("Next Quarter"),
    }


def period_name(env, period):
    """Return the name of a month or quarter, for example "December 2026" or "Q4 2026".

    :param Period period: a month or quarter
    """
    return (quarter_text if period.kind == QUARTER else month_text)(env, period.start)
