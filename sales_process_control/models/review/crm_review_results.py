from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH, band_limits, velocity, wilson_interval
from ..funnel.funnel_reader import FunnelReader
from ..recording.company_money import CompanyMoney
from ..recording.day_texts import month_text
from ..recording.number_texts import amount_text
from ..screen.crm_screen_block import OPEN_DEAL
from .results_reader import DECIDED, WON, Period, ResultsReader
from .review_scope import MONTHS, ReviewScope
from .slippage_reader import PARTS, SlippageReader

#: The velocity is shown at the end of so many months, with the results of the twelve months up to then.
TREND_MONTHS = 12
#: Slippage is shown of at least so many months.
FEWEST_MONTHS = 3


class CrmReviewResults(models.AbstractModel):
    """Results of a period: sales cycle, amounts, win rate by amount, velocity and slippage.

    Definitions: docs/definitions.md, Process Review.
    """

    _name = "crm.review.results"
    _inherit = "crm.review.block"
    _description = "Process Review: Results"

    _block_key = "results"
    _block_sequence = 20
    _block_is_later = True

    def _read_block(self, scope):
        money = CompanyMoney(self.env)
        period = Period(scope.start, scope.end)
        trend = self._trend_periods(scope)
        reader = ResultsReader(self.env, scope.domain(), [period, *trend.values()])
        ended, cycles, quartiles = reader.read_results(money)
        slippage, left_out = self._describe_slippage(scope, money)
        results = ended[period]
        for currency_id, amount in results.left_out.items():
            left_out[currency_id] = left_out.get(currency_id, 0.0) + amount
        return {
            "cycle": self._describe_cycle(scope, cycles[period]),
            "size": {
                "average": _or_false(results.average),
                "won": self._ended_number(scope, results.won, WON, amount=results.amount),
            },
            "win": self._describe_win(scope, results),
            "bands": self._describe_bands(scope, reader, quartiles, money, results),
            "velocity": self._describe_velocity(
                scope,
                results,
                cycles[period],
                {day: (ended[months], cycles[months]) for day, months in trend.items()},
            ),
            "slippage": slippage,
            "currency_id": money.currency_id(),
            "left_out": money.describe_left_out(left_out),
        }

    # ------------------------------------------------------------
    # CYCLE, WIN RATE AND BANDS
    # ------------------------------------------------------------

    def _describe_cycle(self, scope, cycle):
        """Return the lengths of the sales cycle, False under ten won deals and where they are not known yet."""
        domain = WON & scope.in_period("entered_on") & scope.domain()
        name = self.env._("Won, of the Deals That Came into the Pipeline in the Period")
        return {
            "median": _or_false(cycle.quantile(0.5)),
            "p90": _or_false(cycle.quantile(0.9)),
            "won_median": _or_false(cycle.median_of_won()),
            "entered": cycle.entered,
            "won": self._number(cycle.won, name, "crm.win.report", domain),
        }

    def _describe_win(self, scope, results):
        is_enough = results.decided >= ENOUGH
        return {
            "rate": results.win_rate if is_enough else False,
            "interval": wilson_interval(results.won, results.decided) if is_enough else False,
            "won": self._ended_number(scope, results.won, WON),
            "decided": self._ended_number(scope, results.decided, DECIDED),
        }

    def _ended_number(self, scope, value, condition, name=False, **more):
        """Return a number of deals that ended in the period."""
        if not name:
            name = self.env._("Won Deals") if condition == WON else self.env._("Won and Lost Deals")
        if "amount" in more:
            more["currency_id"] = CompanyMoney(self.env).currency_id()
        domain = condition & scope.in_period("date") & scope.domain()
        return self._number(value, name, "crm.win.report", domain, **more)

    def _describe_bands(self, scope, reader, quartiles, money, results):
        """Return the win rate of each band of amounts, none where all decided deals have about the same amount."""
        limits = band_limits(quartiles[0], quartiles[1:]) if quartiles else ()
        if not limits:
            return []
        rates = {key: rate for key, rate in money.rates(results.currency_ids).items() if rate}
        rates = {key: rates[key] for key in results.currency_ids if key in rates}
        by_currency = {key: tuple(round(limit / rate, 2) for limit in limits) for key, rate in rates.items()}
        counts = reader.read_bands(by_currency)
        described = []
        for band, (low, high) in enumerate(zip((False, *limits), (*limits, False), strict=True)):
            won, decided = counts.get(band, (0, 0))
            condition = self._band_domain(by_currency, band)
            name = self._band_name(low, high)
            is_enough = decided >= ENOUGH
            described.append(
                {
                    "name": name,
                    "from": low or 0,
                    "to": high,
                    "won": self._ended_number(
                        scope, won, WON & condition, self.env._("Won Deals: %s", name), currency_id=money.currency_id()
                    ),
                    "decided": self._ended_number(
                        scope, decided, DECIDED & condition, self.env._("Won and Lost Deals: %s", name)
                    ),
                    "rate": won / decided if is_enough else False,
                    "interval": wilson_interval(won, decided) if is_enough else False,
                }
            )
        return described

    def _band_domain(self, by_currency, band):
        """Return the rows of a band: each currency has its own limits.

        :param dict by_currency: ascending limits by currency id
        :param int band: how many limits the amounts have reached
        """
        domains = []
        for currency_id, limits in by_currency.items():
            domain = Domain("currency_id", "=", currency_id or False)
            if band:
                domain &= Domain("amount", ">=", limits[band - 1])
            if band < len(limits):
                domain &= Domain("amount", "<", limits[band])
            domains.append(domain)
        return Domain.OR(domains)

    def _band_name(self, low, high):
        currency = self.env["res.currency"].browse(CompanyMoney(self.env).currency_id())
        # The limits are round numbers: decimals would only lengthen the name.
        low, high = (
            number and amount_text(self.env, number, currency, is_exact=number != int(number)) for number in (low, high)
        )
        if not low:
            return self.env._("Under %s", high)
        return self.env._("%(low)s to %(high)s", low=low, high=high) if high else self.env._("From %s", low)

    # ------------------------------------------------------------
    # VELOCITY
    # ------------------------------------------------------------

    def _trend_periods(self, scope):
        """Return the twelve months up to each of the last month ends and up to today, by that day."""
        this_month = scope.end.replace(day=1)
        ends = [this_month - relativedelta(months=months) - timedelta(days=1) for months in range(TREND_MONTHS - 1)]
        days = [*reversed(ends), scope.end]
        # The months up to a month end are whole ones. Those up to today are those of the review.
        periods = {day: Period(day + timedelta(days=1) - relativedelta(years=1), day) for day in days}
        return {**periods, scope.end: Period(ReviewScope.of("12_months", scope.end).start, scope.end)}

    def _describe_velocity(self, scope, results, cycle, trend):
        """Return the velocity of the period and its trend.

        :param dict trend: results and cycle of the twelve months up to a day, by that day
        """
        domain = OPEN_DEAL & scope.domain()
        open_deals = self.env["crm.lead"].search_count(domain)
        *past, today = trend
        counts = {**FunnelReader(self.env).open_counts(past, scope.domain()), today: open_deals}
        value = self._velocity(open_deals, results, cycle)
        return {
            "value": value,
            "reason": False if value is not False else self._missing(results, cycle),
            "open": self._number(open_deals, self.env._("Open Deals"), "crm.lead", domain),
            "rate": results.win_rate if results.decided >= ENOUGH else False,
            "average": _or_false(results.average),
            "cycle": _or_false(cycle.quantile(0.5)),
            "trend": [
                {
                    "month": f"{day:%Y-%m}",
                    "name": month_text(self.env, day, is_short=True),
                    "value": self._velocity(counts[day], *of_months),
                }
                for day, of_months in trend.items()
            ],
        }

    def _velocity(self, open_deals, results, cycle):
        """Return the velocity, False where a factor is not known."""
        win_rate = results.win_rate if results.decided >= ENOUGH else None
        value = velocity(open_deals, win_rate, results.average, cycle.quantile(0.5))
        return _or_false(value)

    def _missing(self, results, cycle):
        """Return in one sentence why the velocity is not known."""
        if results.decided < ENOUGH:
            return self.env._("Not known: fewer than 10 deals were won or lost in the period.")
        if not results.won:
            return self.env._("Not known: no deal was won in the period.")
        if results.average is None:
            return self.env._("Not known: the amounts of the won deals have no exchange rate.")
        if cycle.quantile(0.5) == 0:
            return self.env._("Not known: half of the deals are won on the day on which they come in.")
        return self.env._("Not known: the typical sales cycle is not known yet.")

    # ------------------------------------------------------------
    # SLIPPAGE
    # ------------------------------------------------------------

    def _describe_slippage(self, scope, money):
        """Return the months of the period, and the amounts without a rate by currency id."""
        this_month = scope.end.replace(day=1)
        count = max(MONTHS[scope.period], FEWEST_MONTHS)
        months = [this_month - relativedelta(months=number) for number in reversed(range(count))]
        reader = SlippageReader(self.env, scope.domain(), scope.end)
        rows = reader.read_months(months)
        rates = money.rates({currency_id for _month, _part, currency_id, *_sums in rows})
        found, left_out = {}, {}
        for month, part, currency_id, count, amount in rows:
            converted = amount * (rates[currency_id] or 0)
            for key in ((month, part), (month, "due")):
                before = found.get(key, (0, 0.0))
                found[key] = before[0] + count, before[1] + converted
            if rates[currency_id] is None:
                left_out[currency_id] = left_out.get(currency_id, 0.0) + amount
        return [self._describe_month(reader, month, found, money) for month in months], left_out

    def _describe_month(self, reader, month, found, money):
        name = month_text(self.env, month, is_short=True)
        labels = {
            "due": self.env._("Expected to close in %s", name),
            "won": self.env._("Won in %s, as expected", name),
            "lost": self.env._("Lost in %(month)s", month=name),
            "removed": self.env._("Removed in %(month)s", month=name),
            "pushed": self.env._("Pushed out of %s", name),
            "open": self.env._("Open, expected in %s", name),
        }
        numbers = {}
        for part in ("due", *PARTS):
            value, amount = found.get((month, part), (0, 0.0))
            numbers[part] = self._number(
                value,
                labels[part],
                "crm.pipeline.day",
                reader.domain(month, part if part != "due" else None),
                context=reader.context(month),
                amount=amount,
                currency_id=money.currency_id(),
            )
        return {"month": fields.Date.to_string(month)[:7], "name": name, **numbers}


def _or_false(value):
    """Return a number that may be 0, False where it is not known."""
    return False if value is None else value
