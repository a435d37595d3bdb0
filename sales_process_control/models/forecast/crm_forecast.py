from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_SALES_MANAGER
from ...statistics import LONGEST_DAYS
from ..chance.optional_number import OptionalFloat, OptionalMonetary
from ..recording.rpc_answer import for_program
from ..recording.rpc_domain import checked_domain
from ..recording.text_lists import labelled
from .forecast_backtest import Backtest
from .forecast_now import ForecastNow
from .forecast_parts import MONTH, QUARTER, Period
from .forecast_scope import period_name
from .forecast_snapshot import SnapshotReader
from .forecast_store import ForecastStore

#: Most days of one backtest.
MOST_DAYS = 60
PERIODS = [(MONTH, "Month"), (QUARTER, "Quarter")]
SCOPES = [("company", "Company"), ("team", "Sales Team"), ("seller", "Salesperson")]
#: No forecast is made for earlier days: days before a period are days, too.
FIRST_DAY = date(1900, 1, 1)


class CrmForecast(models.Model):
    """The forecast of a month or quarter, as it was at the end of a day (docs/definitions.md, Forecast).

    Rows are stored every night for each company, sales team and salesperson. They are never changed. Only
    :class:`~.forecast_store.ForecastStore` writes them.
    """

    _name = "crm.forecast"
    _description = "Forecast"
    _order = "day desc, period, date_start, company_id, scope, team_id, user_id, id"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True, required=True, ondelete="cascade")
    scope = fields.Selection(
        SCOPES, readonly=True, required=True, help="Whether the forecast is of a company, a team or a person."
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="cascade", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="cascade", index="btree_not_null")
    period = fields.Selection(PERIODS, readonly=True, required=True)
    date_start = fields.Date("Period From", readonly=True, required=True)
    date_end = fields.Date("Period To", readonly=True, required=True)
    day = fields.Date(
        "As of",
        readonly=True,
        required=True,
        help="The forecast takes into account what happened by the end of this day.",
    )
    is_rebuilt = fields.Boolean(
        "Rebuilt", readonly=True, help="Computed later from what was known on the day, not on the night after the day."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    won_count = fields.Integer("Won", readonly=True, help="Opportunities that were won in the period up to the day.")
    won_amount = fields.Monetary(readonly=True)
    open_count = fields.Integer("Open", readonly=True, help="Opportunities that were open at the end of the day.")
    open_without_amount = fields.Integer(
        "Open Without an Amount", readonly=True, help="These opportunities count as 0 in the expected amount."
    )
    without_rate = fields.Integer(
        "Without an Exchange Rate",
        readonly=True,
        help="Open and won opportunities with an amount in a currency without an exchange rate. These amounts count "
        "as 0.",
    )
    open_not_known = fields.Integer(
        "Open With Unknown Chance",
        readonly=True,
        help="These opportunities are not included in any expected number or amount.",
    )
    expected_count = fields.Float(
        "Expected from Open",
        readonly=True,
        help="Sum of the chances of the open opportunities to be won in the rest of the period.",
    )
    expected_amount = fields.Monetary("Expected Amount from Open", readonly=True)
    to_come_count = fields.Float(
        "Still to Come",
        readonly=True,
        help="Expected number of opportunities that are created after the day and won in the period.",
    )
    to_come_amount = fields.Monetary("Amount Still to Come", readonly=True)
    total_count = fields.Float(
        "Forecast", readonly=True, help="Won + expected from open opportunities + still to come."
    )
    count_low = fields.Float("Range From", readonly=True, aggregator=None)
    count_high = fields.Float("Range To", readonly=True, aggregator=None)
    total_amount = fields.Monetary("Forecast Amount", readonly=True)
    amount_low = fields.Monetary(
        "Amount Range From",
        readonly=True,
        aggregator=None,
        help="In one of ten cases, less is won. Ranges of several forecasts cannot be added.",
    )
    amount_high = fields.Monetary(
        "Amount Range To", readonly=True, aggregator=None, help="In one of ten cases, more is won."
    )
    count_variance = fields.Float(readonly=True, aggregator=None)
    stage_weighted_count = OptionalFloat(
        "Weighted by Stage",
        readonly=True,
        help="Sum over the open opportunities of the share of opportunities in the same stage that were won in the "
        "end, as known on the day. It ignores when opportunities are won, and opportunities still to come.",
    )
    stage_weighted_amount = OptionalMonetary("Amount Weighted by Stage", readonly=True)
    odoo_count = OptionalFloat(
        "By Odoo's Probability",
        readonly=True,
        help="Sum of the probabilities that Odoo computed for the open opportunities, before changes by salespeople; "
        "empty in rebuilt forecasts. It ignores when opportunities are won, and opportunities still to come.",
    )
    odoo_amount = OptionalMonetary("Amount by Odoo's Probability", readonly=True)
    odoo_not_known = fields.Integer(
        "Open Without Odoo's Probability",
        readonly=True,
        help="Opportunities that were closed before the forecast was stored. They count as 0 in the number by Odoo's "
        "probability.",
    )

    _one_row = models.UniqueIndex(
        "(company_id, day, period, date_start, scope, COALESCE(team_id, 0), COALESCE(user_id, 0))",
        "This forecast is already stored.",
    )

    @api.depends("date_start", "period", "company_id", "team_id", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            owner = row.team_id or row.user_id or row.company_id
            period = Period(row.date_start, row.date_end, row.period)
            name = period_name(self.env, period) if row.date_start else ""
            row.display_name = labelled(self.env, name, owner.display_name)

    # ------------------------------------------------------------
    # CALLS OF OTHER PROGRAMS
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def forecast(self, date_end, domain=(), date_start=False):
        """Return how much will be won in a period that is not over, of the deals that the user may read.

        The chances are those of each deal's company, from all its deals. Amounts are in the currency of the company
        that the user works in, at today's rate.

        :param date_end: the last day of the period, a date or its text, at most 366 days from today
        :param domain: the deals, as a domain on `crm.lead`. It says which deals were won, are open and came in
        :param date_start: the first day of the period, by default that of the current month. Of a period to come, what
            is won before it does not count
        :return: a dictionary. What rests on chances is None (False over XML-RPC) if none is known: the company
            has too little history

            - ``date_start``, ``date_end``, ``day`` (today), ``currency_id``, ``is_known``
            - ``won_count``, ``won_amount``: won in the period so far
            - ``without_rate``: how many of the open and won deals have an amount that is in no sum, see ``left_out``
            - ``open_count``; of these ``open_without_amount``, which count 0, and ``open_not_known``, whose chance is
              not known and which are in no sum
            - ``expected_count``, ``expected_amount``: of open deals that are won in the rest of the period
            - ``to_come_count``, ``to_come_amount``: of deals that are still to come
            - ``total_count``, ``count_low``, ``count_high``; ``total_amount``, ``amount_low``, ``amount_high``: the sum
              of these parts, with the tenth and the ninetieth percentile
            - ``left_out``: amounts of open deals in currencies without a rate, which are in no sum: a list of
              ``currency_id``, ``name`` and ``amount``; ``won_left_out``: the same of deals that were won;
              ``arrivals_left_out``: of the deals that came in lately, on which the part still to come rests
        :raises UserError: for days that are none, for a period that is over or too long, and for an invalid domain
        """
        self.browse().check_access("read")
        domain = checked_domain(self.env["crm.lead"], domain)
        today = SnapshotReader(self.env).latest_day()
        period = self._checked_period(date_start or today.replace(day=1), date_end, today)
        return for_program(ForecastNow(self.env, domain, period).parts)

    @api.model
    @api.readonly
    def backtest(self, days, horizon):
        """Return how good the forecasts of past days are, with nothing known of what came later.

        The deals are those of the companies that the user has selected, and those without a company.

        :param days: past days, dates or their texts, at most :data:`MOST_DAYS` of them
        :param int horizon: days, from 1 to 366
        :return: a list of dictionaries, one for each day, None (False over XML-RPC) for what is not known:

            - ``day``, ``horizon``, ``deals``: number of deals that were open at the end of the day
            - ``expected``, ``low``, ``high``: how many of them were expected to be won within the horizon, with the
              tenth and the ninetieth percentile
            - ``won``: how many of them were won; None while the horizon is not over
            - ``brier``, ``brier_stage_share``: mean square of what chances, and shares of stages, were off
        :raises AccessError: if the user is no sales manager
        :raises UserError: for days that are none or to come, for too many days, and for another horizon
        """
        self.browse().check_access("read")
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can test past forecasts."))
        if not isinstance(days, list | tuple) or not 0 < len(days) <= MOST_DAYS:
            raise UserError(self.env._("A backtest covers up to %s days.", MOST_DAYS))
        if type(horizon) is not int or not 1 <= horizon <= LONGEST_DAYS:
            raise UserError(self.env._("The horizon must be between 1 and %s days.", LONGEST_DAYS))
        today = SnapshotReader(self.env).latest_day()
        checked = [self._checked_day(day) for day in days]
        if max(checked) > today:
            raise UserError(self.env._("Only forecasts of past days can be tested."))
        backtest = Backtest(self.env, horizon)
        return for_program([backtest.describe(day) for day in checked])

    @api.model
    def _checked_period(self, date_start, date_end, today):
        """Return a period that is not over.

        :raises UserError: for days that are none, and for a period that is over, empty or too long
        """
        start, end = self._checked_day(date_start), self._checked_day(date_end)
        if end < today:
            raise UserError(self.env._("This period is over. The stored forecasts show what was expected."))
        if end > today + timedelta(days=LONGEST_DAYS):
            raise UserError(self.env._("A forecast covers up to %s days ahead.", LONGEST_DAYS))
        if not end - timedelta(days=2 * LONGEST_DAYS) <= start <= end:
            raise UserError(self.env._("A period must end after its start, and cannot be longer than two years."))
        return Period(start, end)

    @api.model
    def _checked_day(self, day):
        """Return a day as a date.

        :raises UserError: for what is no day
        """
        try:
            checked = fields.Date.to_date(day)
        except (KeyError, TypeError, ValueError):
            checked = None
        if not isinstance(checked, date) or checked < FIRST_DAY:
            raise UserError(self.env._("Write dates like 2026-01-31."))
        return checked

    # ------------------------------------------------------------
    # NIGHTLY
    # ------------------------------------------------------------

    @api.model
    def _rebuild(self, seconds=None):
        """Store the forecasts of past days as they would have been known then, those that are missing.

        :param float seconds: how long this may take; the daily job does the rest
        """
        ForecastStore(self.env).store_missing(seconds=seconds, is_rebuilt=True)

    @api.model
    def _cron_store(self):
        """Store the forecasts of yesterday, and those of past days that are missing."""
        ForecastStore(self.env).store_missing(progress=self.env["ir.cron"]._commit_progress)
