"""The forecast of a period from the deals as they are now. No models."""

from datetime import date
from functools import cached_property

from odoo.fields import Domain

from ..chance.crm_stage_chance import NO_COMPANY
from ..recording.company_money import CompanyMoney
from .forecast_parts import ForecastMaker, Period, won_weight
from .forecast_snapshot import SnapshotReader
from .forecast_store import ForecastStore


class ForecastNow:
    """The forecast of a period of the deals that the user may read. Everything is read once, when it is needed.

    :param Environment env: the user and the allowed companies
    :param Domain domain: the deals, as a domain on `crm.lead`
    :param Period period: the period, which is not over
    :param Domain won_domain: the deals that are won, as a domain on `crm.win.report`, by default those of the domain
    """

    def __init__(self, env, domain, period, won_domain=None):
        self.env, self.domain, self.period, self._won_domain = env, domain, period, won_domain
        self.reader = SnapshotReader(env)

    @cached_property
    def today(self):
        """The latest day of the companies that the user has selected."""
        return self.reader.latest_day()

    @cached_property
    def won_domain(self):
        """The deals that were won in the period so far, as a domain on `crm.win.report`."""
        return self.reader.won_domain(self.domain, self.period.start, self.today, self._won_domain)

    @cached_property
    def snapshot(self):
        """What is known of the deals."""
        return self.reader.read_now(self.domain, self.won_domain)

    @cached_property
    def _chances(self):
        companies = {deal.company_id for deal in (*self.snapshot.deals, *self.snapshot.arrivals)}
        return self.env["crm.stage.chance"]._chances_by_company(sorted(companies or {self.env.company.id}))

    @cached_property
    def company_ids(self):
        """Ids of the companies of these deals, in their order."""
        rows = (*self.snapshot.deals, *self.snapshot.wins, *self.snapshot.arrivals)
        return sorted({row.company_id for row in rows} - {NO_COMPANY})

    @cached_property
    def maker(self):
        """What makes the forecasts of these deals, and of a part of them."""
        return ForecastMaker(self.snapshot, self._chances)

    @cached_property
    def spread(self):
        """How far forecasts of the company of the deals, or else of the one that the user works in, are off."""
        if not self.maker.is_known:
            return 0.0
        companies = [company_id for company_id in self._chances if company_id != NO_COMPANY]
        company_id = companies[0] if len(companies) == 1 else self.env.company.id
        return ForecastStore(self.env).spread(company_id, self.today, self.period, won_weight(self._chances))

    @cached_property
    def parts(self):
        """The forecast, see :meth:`~.crm.forecast.forecast`."""
        parts = self.maker.make(self.period, spread=self.spread)
        parts.pop("count_variance")
        return {
            "date_start": self.period.start.isoformat(),
            "date_end": self.period.end.isoformat(),
            "day": self.today.isoformat(),
            "currency_id": CompanyMoney(self.env).currency_id(),
            "is_known": self.maker.is_known,
            **parts,
            "left_out": self.left_out("deals"),
            "won_left_out": self.left_out("wins"),
            "arrivals_left_out": self.left_out("arrivals"),
        }

    def left_out(self, kind):
        """Return the amounts that are in no sum, see :meth:`.CompanyMoney.describe_left_out`.

        :param str kind: `deals`, `arrivals` or `wins`
        """
        return CompanyMoney(self.env).describe_left_out(self.snapshot.left_out(kind))


def period_between(date_start, date_end):
    """Return a period, None if its ends are no texts of days.

    :param date_start: the first day as YYYY-MM-DD
    :param date_end: the last day, likewise
    """
    try:
        start, end = (date.fromisoformat(day) for day in (date_start, date_end))
    except (TypeError, ValueError):
        return None
    return Period(start, end) if start <= end else None


def read_chances(leads, period):
    """Return the known chances that open deals are won in a period, by the ids of the deals.

    :param leads: records of `crm.lead` that the user may read
    :param Period period: the period
    :rtype: dict[int, float]
    """
    reader, env = SnapshotReader(leads.env), leads.env
    snapshot = reader.read_open(Domain("id", "in", leads.ids))
    company_ids = sorted({deal.company_id for deal in snapshot.deals})
    maker = ForecastMaker(snapshot, env["crm.stage.chance"]._chances_of_today(company_ids))
    chances = {deal.lead_id: maker.chance(deal, period) for deal in snapshot.deals}
    return {lead_id: chance for lead_id, chance in chances.items() if chance is not None}
