from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds
from ..forecast.forecast_scope import DEFAULT_PERIOD, ForecastScope, period_name
from ..forecast.sales_targets import TargetReader, against_target
from ..funnel.funnel_reader import ONE_DAY
from ..recording.day_texts import day_text
from ..screen.crm_screen_block import OPEN_DEAL, OPPORTUNITY
from .pipeline_change import DEFAULT_SINCE, WON_IN_PERIOD, ChangesReader, PipelineChange, read_since

#: Keys of the tiles of movements, and their kinds.
CHANGES = {
    "new": kinds.CREATED,
    "forward": kinds.ADVANCED,
    "back": kinds.MOVED_BACK,
    "pushed": kinds.PUSHED_OUT,
    "lost": kinds.LOST,
}
EXPECTED, TARGET = "expected", "target"
NO_REST = {"value": 0, "amount": 0.0}


class CrmDealReview(models.AbstractModel):
    """The totals above the list of the Deal Review."""

    _name = "crm.deal.review"
    _inherit = "crm.screen.query"
    _description = "Deal Review"

    @api.model
    @api.readonly
    def get_tiles(self, changed_since=False, team_id=False, user_id=False, company_id=False):
        """Return the totals of the Deal Review, under the record rules of the reader.

        The totals that need the forecast, `expected` and `target`, have their names here, and their numbers in
        :meth:`get_forecast_tiles`: the forecast takes longer than all others together.

        :param str changed_since: a day as YYYY-MM-DD, or days before today as "-7d", which is the default
        :param int team_id: a sales team: its open deals, and movements that were its when they happened
        :param int user_id: a salesperson, likewise
        :param int company_id: one of the companies that the reader has selected
        :return: a dictionary:

            - ``changed_since``: as given; ``since_day``: that day as YYYY-MM-DD; ``last_day``: the last day that can be
              given
            - ``period_name``: the current quarter, for example "Q4 2026"; ``date_end``: its last day
            - ``currency_id``: the currency of amounts; ``left_out``: amounts of open and won deals in currencies
              without a rate, which are in no tile; ``changes_left_out``: those of the tiles of movements
            - ``team_id``, ``user_id``, ``company_id``, ``companies``, ``seller_domain``, ``may_compare_all``: as in
              :meth:`~.crm.forecast.screen.get_screen`
            - ``tiles``: a list of dictionaries with ``key`` and ``name``; ``value``: deals, each once; ``amount``;
              ``domain`` and ``context`` of the list of `crm.lead` that adds up to both, ``domain`` is False if there is
              none; ``rest``: ``value`` and ``amount`` of deals that were deleted or that the reader may not read, with
              which the tile makes up what the waterfall shows

              - `open`: also ``change``: ``value`` and ``amount`` since the day
              - `expected`, `target`: ``is_later``; value and amount are False
              - `new`, `forward`, `back`, `pushed`, `lost`: also ``lines``: movements; ``net``: the change of the
                pipeline, which the waterfall shows. For moves, ``amount`` is that of the deals at their last move,
                and the net is 0. ``rest`` has these keys, too
        :raises UserError: for a day that is none or not before today, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected, and for a user without rights in CRM
        """
        filters = self._check_reader(team_id, user_id, company_id)
        changed_since = changed_since or DEFAULT_SINCE
        since = read_since(self.env, changed_since)
        reader = ChangesReader(self.env)
        scope = ForecastScope.of(DEFAULT_PERIOD, reader.reader.today(), **filters)
        change = PipelineChange(kinds.CREATED, str(changed_since), **filters)
        sums, changes_left_out = reader.sums(change)
        wins = self._won_in_period(scope, change)
        won_sums, won_left_out = reader.won_sums(wins)
        return {
            "changed_since": str(changed_since),
            "since_day": since.isoformat(),
            "last_day": (scope.today - ONE_DAY).isoformat(),
            "period_name": period_name(self.env, scope.period),
            "date_end": scope.end.isoformat(),
            "left_out": self._describe_left_out(scope, reader, won_left_out),
            "changes_left_out": self._describe_changes_left_out(reader, changes_left_out),
            **self._describe_filters(scope),
            "tiles": [
                self._open_tile(scope, change, reader, sums),
                self._expected_tile(scope, change),
                self._won_tile(scope, change, wins, won_sums),
                self._target_tile(),
                *(self._change_tile(key, change.of_kind(kind), sums) for key, kind in CHANGES.items()),
            ],
        }

    @api.model
    @api.readonly
    def get_forecast_tiles(self, team_id=False, user_id=False, company_id=False):
        """Return the totals of the Deal Review that need the forecast of the current quarter.

        The parameters and the errors are those of :meth:`get_tiles`.

        :return: a dictionary:

            - ``left_out``: amounts in currencies without a rate, those of the same key of :meth:`get_tiles` included
            - ``may_set_target``: whether the reader may set sales targets
            - ``tiles``: numbers of two tiles by their keys

              - `expected`: ``value`` and ``amount``, False if no chance is known; ``low`` and ``high`` of the amount;
                ``to_come``: the part of value and amount that no deal stands for yet
              - `target`: ``amount`` (False without a target), ``gap``, ``coverage`` (open amount by what is still to be
                won, False if nothing is), ``months`` and ``all_months``: of how many months of the quarter a target is
                set; ``incomplete``: of several companies those without a target for every month, with ``name`` and
                ``months``; ``number``: the records of the target, False without any
        """
        filters = self._check_reader(team_id, user_id, company_id)
        scope = ForecastScope.of(DEFAULT_PERIOD, ChangesReader(self.env).reader.today(), **filters)
        target_tile, left_out = self._read_target(scope)
        return {
            "left_out": self.env["crm.forecast.block"]._describe_left_out(scope.forecast(self.env)) + left_out,
            "may_set_target": self.env["crm.sales.target"].has_access("create"),
            "tiles": {EXPECTED: self._read_expected(scope), TARGET: target_tile},
        }

    def _check_reader(self, team_id, user_id, company_id):
        """Return the filters of a call, once the reader may read deals and movements."""
        self.env["crm.pipeline.movement"].check_access("read")
        self.env["crm.lead"].check_access("read")
        refusal = self.env._("Choose no more than one team, one salesperson and one company.")
        return self._check_filters(refusal, team_id=team_id, user_id=user_id, company_id=company_id)

    def _describe_left_out(self, scope, reader, won):
        """Return the amounts of open and won deals in currencies without a rate, with ``what`` they are of.

        :param dict won: amounts of won deals by currency id
        """
        found = {
            self.env._("open deals"): reader.money.left_out(OPEN_DEAL & scope.domain()),
            self.env._("won deals"): reader.money.describe_left_out(won),
        }
        return [{**amount, "what": what} for what, amounts in found.items() for amount in amounts]

    def _describe_changes_left_out(self, reader, left_out):
        """Return the amounts in currencies without a rate of the tiles of movements, with ``what`` they are of.

        :param dict left_out: amounts by kind and currency id
        """
        names = {
            "new": self.env._("new deals"),
            "forward": self.env._("deals that moved on"),
            "back": self.env._("deals that moved back"),
            "pushed": self.env._("deals that were pushed"),
            "lost": self.env._("lost deals"),
        }
        found = []
        for key, kind in CHANGES.items():
            # What was lost is less in the pipeline; the words say so already.
            amounts = {currency_id: abs(amount) for currency_id, amount in left_out[kind].items() if amount}
            found += [{**row, "what": names[key]} for row in reader.money.describe_left_out(amounts)]
        return found

    # ------------------------------------------------------------
    # TILES
    # ------------------------------------------------------------

    def _tile(self, key, name, numbers, domain, **more):
        """Return a tile.

        :param tuple numbers: value and amount
        :param domain: the deals, False for none
        """
        value, amount = numbers
        return {
            "key": key,
            "name": name,
            "value": value,
            "amount": amount,
            "rest": NO_REST,
            "domain": domain and list(domain),
            "context": {},
            **more,
        }

    def _open_tile(self, scope, change, reader, sums):
        domain = OPEN_DEAL & scope.domain()
        value, amount = self._sum_open(domain, reader.money)
        closing_value, closing = self._closing(scope, reader)
        return self._tile(
            "open",
            self.env._("Open"),
            (value, float(amount)),
            domain,
            context={"changed_since": change.since},
            change={
                "value": sum(one.net_count for one in sums.values()),
                "amount": float(sum(one.net for one in sums.values())),
            },
            rest={"value": closing_value - value, "amount": round(float(closing - amount), 2)},
        )

    def _sum_open(self, domain, money):
        """Return count and amount of open deals. PostgreSQL adds up amounts, which are exact as texts."""
        leads = self.env["crm.lead"]
        query = leads._search(domain)
        company = leads._field_to_sql(query.table, "company_id", query)
        amount = leads._field_to_sql(query.table, "expected_revenue", query)
        query.order, query.groupby = None, company
        rows = self.env.execute_query(
            query.select(company, SQL("count(*)::int"), SQL("COALESCE(sum(%s), 0)::text", amount))
        )
        currencies = money.currency_by_company()
        rates = money.rates({currencies[company_id] for company_id, _count, _amount in rows})
        amounts = (
            Decimal(amount) * Decimal(repr(rates[currencies[company_id]] or 0)) for company_id, _count, amount in rows
        )
        return sum(count for _company, count, _amount in rows), sum(amounts, Decimal(0))

    def _closing(self, scope, reader):
        """Return count and amount of the pipeline, as the waterfall shows it at its end."""
        rows = reader.reader.standing(scope.today, scope.domain())
        rates = reader.money.rates({row[1] for row in rows})
        amounts = (amount * Decimal(repr(rates[currency_id] or 0)) for _stage, currency_id, _count, amount in rows)
        return sum(row[2] for row in rows), sum(amounts, Decimal(0))

    def _expected_tile(self, scope, change):
        name = self.env._("Expected by %s", day_text(self.env, scope.end))
        context = {
            "changed_since": change.since,
            "forecast_date_start": scope.start.isoformat(),
            "forecast_date_end": scope.end.isoformat(),
        }
        domain = OPEN_DEAL & scope.domain()
        return self._tile(EXPECTED, name, (False, False), domain, context=context, is_later=True)

    def _target_tile(self):
        return self._tile(TARGET, self.env._("Target, Gap"), (False, False), False, is_later=True)

    @staticmethod
    def _won_in_period(scope, change):
        """Return the wins of the quarter, with the filters of a change."""
        since = fields.Date.subtract(scope.start, days=1).isoformat()
        return PipelineChange(WON_IN_PERIOD, since, **change.filters())

    def _won_tile(self, scope, change, listed, sums):
        (value, amount), (rest_value, rest_amount) = sums[True], sums[False]
        return self._tile(
            "won",
            self.env._("Won in %s", period_name(self.env, scope.period)),
            (value, float(amount)),
            self._listing(listed),
            context={"changed_since": change.since, "pipeline_change": listed.as_text()},
            rest={"value": rest_value, "amount": float(rest_amount)},
        )

    def _change_tile(self, key, change, sums):
        names = {
            "new": self.env._("New"),
            "forward": self.env._("Moved On"),
            "back": self.env._("Moved Back"),
            "pushed": self.env._("Pushed"),
            "lost": self.env._("Lost"),
        }
        listed, rest = sums[change.kind, True], sums[change.kind, False]
        return self._tile(
            key,
            names[key],
            (listed.value, float(listed.amount)),
            self._listing(change),
            context={"changed_since": change.since, "pipeline_change": change.as_text()},
            rest={
                "value": rest.value,
                "amount": float(rest.amount),
                "lines": rest.lines,
                "net": float(rest.net),
            },
            lines=listed.lines,
            net=float(listed.net),
        )

    @staticmethod
    def _listing(change):
        """Return the deals of a change as a domain, archived ones included."""
        return OPPORTUNITY & Domain("active", "in", [True, False]) & Domain("pipeline_change", "=", change.as_text())

    # ------------------------------------------------------------
    # FORECAST
    # ------------------------------------------------------------

    def _read_expected(self, scope):
        """Return the numbers of the tile `expected`: the forecast without what is won already."""
        parts = scope.forecast(self.env).parts
        if parts["total_amount"] is None:
            return dict.fromkeys(("value", "amount", "low", "high", "to_come"), False)
        won = parts["won_amount"]
        return {
            "value": parts["expected_count"] + parts["to_come_count"],
            "amount": parts["total_amount"] - won,
            "low": parts["amount_low"] - won,
            "high": parts["amount_high"] - won,
            "to_come": {"value": parts["to_come_count"], "amount": parts["to_come_amount"]},
        }

    def _read_target(self, scope):
        """Return the numbers of the tile `target`, and the amounts of targets in currencies without a rate."""
        forecast, reader, block = (
            scope.forecast(self.env),
            TargetReader(self.env, scope),
            self.env["crm.forecast.block"],
        )
        target = reader.find_total(forecast.company_ids)
        amount = target.amount if target else None
        against = against_target(amount, forecast.parts, sum(deal.amount for deal in forecast.snapshot.deals))
        return {
            "amount": False if amount is None else amount,
            "gap": against["gap"],
            "coverage": against["coverage"],
            "months": target.months if target else 0,
            "all_months": reader.all_months,
            "incomplete": block._describe_incomplete(target) if target else [],
            "number": target is not None
            and block._number(
                target.count,
                self.env._("Sales Targets"),
                "crm.sales.target",
                reader.domain(reader.total_owner()),
                views=["list"],
            ),
        }, block._describe_targets_left_out([target] if target else [])
