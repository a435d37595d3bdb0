"""Deals with movements of one kind since a day: their number, their amounts, and the query that finds them."""

import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds
from ..forecast.forecast_snapshot import SnapshotReader
from ..funnel.funnel_reader import ONE_DAY, FunnelReader
from ..recording.company_money import CompanyMoney
from ..recording.numbers import is_id
from ..recording.rpc_domain import read_texts
from ..screen.crm_screen_block import OPPORTUNITY
from ..screen.deal_filters import DealFilters

DEFAULT_SINCE = "-7d"
#: Days before today, for example "-7d".
DAYS_AGO = re.compile(r"-(\d{1,5})d", re.ASCII)
#: Most changes that one condition searches for. Each is a subquery of its own.
MOST_CHANGES = 20
#: The wins that stand, as the forecast and the win rate count them. The other kinds are those of movement lines.
WON_IN_PERIOD = "won_in_period"
#: Kinds that leave a deal in the pipeline. Both lines of such a move cancel, so that the amount of the deal is shown.
MOVES = (*kinds.STAGE_MOVES, *kinds.DATE_MOVES, kinds.TRANSFERRED)

#: Lines with the amount that a list of deals shows. Of a deal with several moves of a kind, the last one counts.
SHOWN = """
    SELECT lead_ref, lead_id, kind, currency_id, deal_count, amount,
           CASE WHEN kind <> ALL(%(moves)s) THEN amount
                WHEN deal_count > 0 AND id = max(id) FILTER (WHERE deal_count > 0) OVER (PARTITION BY lead_ref, kind)
                THEN amount ELSE 0 END AS shown,
           kind <> ALL(%(moves)s) OR deal_count > 0 AS is_change
    FROM (%(lines)s) line
"""
#: Sums by kind and by whether the reader may read the deals. Amounts are read as texts, since Odoo reads numeric
#: columns as floats, which are not exact for large amounts.
SUMS = """
    WITH line AS MATERIALIZED (
        SELECT shown.*, readable.id IS NOT NULL AS is_listed
        FROM (%(shown)s) shown
        LEFT JOIN (%(leads)s) readable ON readable.id = shown.lead_id
    )
    SELECT kind, NULL::int, is_listed, count(DISTINCT lead_ref)::int, 0, 0, '0', '0'
    FROM line GROUP BY kind, is_listed
    UNION ALL
    SELECT kind, currency_id, is_listed, 0, count(*) FILTER (WHERE is_change)::int, sum(deal_count)::int,
           sum(amount)::text, sum(shown)::text
    FROM line GROUP BY kind, currency_id, is_listed
"""
#: Sums of wins by currency and by whether the reader may read the deals.
WON_SUMS = """
    SELECT readable.id IS NOT NULL AS is_listed, won.currency_id, count(*)::int, COALESCE(sum(won.amount), 0)::text
    FROM (%(won)s) won
    LEFT JOIN (%(leads)s) readable ON readable.id = won.lead_id
    GROUP BY 1, 2
"""


def read_since(env, value):
    """Return the day since which changes are shown.

    :param value: a day as YYYY-MM-DD, or days before today as "-7d"; by default :data:`DEFAULT_SINCE`
    :rtype: date
    :raises UserError: for anything else, and for a day that is not before today
    """
    reader, value = FunnelReader(env), value or DEFAULT_SINCE
    if isinstance(value, str) and (found := DAYS_AGO.fullmatch(value)):
        days = int(found[1])
        today = reader.today()
        value = today - timedelta(days=days)
    day = value if isinstance(value, str | date) else None
    return reader.check_days(day, reader.today())[0]


@dataclass(frozen=True)
class PipelineChange(DealFilters):
    """Movements of one kind since a day.

    :param kind: kind of movement lines, or :data:`WON_IN_PERIOD`
    :param since: see :func:`read_since`. Movements of later days count
    :param team_id, user_id, company_id: of the lines, as the waterfall filters them; False for all
    """

    kind: str
    since: str
    team_id: int | bool = False
    user_id: int | bool = False
    company_id: int | bool = False

    def as_text(self):
        """Return the text that the search field `pipeline_change` takes."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text):
        """Return the change that :meth:`as_text` has written.

        :raises TypeError: if the text is not a dictionary of its values
        :raises ValueError: if the text is not JSON, or one of the values cannot be searched with
        """
        change = cls(**json.loads(text))
        if not change.is_valid:
            raise ValueError(text)
        return change

    @property
    def is_valid(self):
        """Whether these values, which came from outside, can be searched with."""
        is_known = self.kind in [*kinds.LABELS, WON_IN_PERIOD] and isinstance(self.since, str)
        return is_known and all(value is False or is_id(value) for value in self.filters().values())

    def of_kind(self, kind):
        """Return the same filters for another kind."""
        return replace(self, kind=kind)


class Sums(NamedTuple):
    """Sums of movement lines of one kind.

    :param value: deals, each once
    :param lines: movements; a move is one, though it has two lines
    :param net_count: change of the number of open deals
    :param net: change of the pipeline, as the waterfall shows it
    :param amount: what a list of the deals shows: of a move the amount of the deal, of other kinds the net
    """

    value: int = 0
    lines: int = 0
    net_count: int = 0
    net: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)

    def __add__(self, other):
        return Sums(*(mine + others for mine, others in zip(self, other, strict=True)))


class ChangesReader:
    """Reads movements under the record rules of the user.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        self.reader = FunnelReader(env)
        self.money = CompanyMoney(env)

    def sums(self, change):
        """Return the sums of all kinds of movements since a day.

        :param PipelineChange change: the day and the filters; its kind is left out
        :return: :class:`Sums` by (kind, whether a list of deals shows them); and the shown amounts that are in no sum,
            since their currency has no rate, by kind and currency id
        :rtype: tuple[defaultdict, defaultdict]
        """
        rows = self.env.execute_query(self.sums_sql(change))
        rates = self.money.rates({row[1] for row in rows})
        found, left_out = defaultdict(Sums), defaultdict(lambda: defaultdict(Decimal))
        for kind, currency_id, is_listed, value, lines, count, *amounts in rows:
            rate = rates[currency_id]
            net, amount = (Decimal(one) * Decimal(repr(rate or 0)) for one in amounts)
            found[kind, is_listed] += Sums(value, lines, count, net, amount)
            if rate is None:
                left_out[kind][currency_id] += Decimal(amounts[1])
        return found, left_out

    def sums_sql(self, change):
        """Return the query of :meth:`sums`: kind, currency id, whether listed, and the columns of :class:`Sums`."""
        return SQL(SUMS, leads=self._readable_sql(), shown=self._shown_sql(change, Domain.TRUE))

    def won_sums(self, change):
        """Return number and amount of the wins of a change of :data:`WON_IN_PERIOD`.

        :return: (number, amount) by whether a list of deals shows them; and the amounts that are in no sum, since their
            currency has no rate, by currency id
        :rtype: tuple[defaultdict, defaultdict]
        """
        rows = self.env.execute_query(self.won_sql(change))
        rates = self.money.rates({row[1] for row in rows})
        found, left_out = defaultdict(lambda: (0, Decimal(0))), defaultdict(Decimal)
        for is_listed, currency_id, count, amount in rows:
            value, total = found[is_listed]
            rate = rates[currency_id]
            found[is_listed] = value + count, total + Decimal(amount) * Decimal(repr(rate or 0))
            if rate is None:
                left_out[currency_id] += Decimal(amount)
        return found, left_out

    def won_sql(self, change):
        """Return the query of :meth:`won_sums`: whether listed, currency id, number and amount."""
        query, report = self._find(change)
        names = ("lead_id", "currency_id", "amount")
        columns = (
            SQL("%s AS %s", report._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names
        )
        return SQL(WON_SUMS, won=query.subselect(*columns), leads=self._readable_sql())

    def _readable_sql(self):
        """Return the query of the ids of the deals that the reader may read, open or closed."""
        leads = self.env["crm.lead"].with_context(active_test=False)._search(OPPORTUNITY)
        leads.order = None
        return leads.select()

    def lead_ids_sql(self, change):
        """Return the query for the ids of the deals with a change. Record rules of deals are left to the caller.

        :rtype: SQL
        """
        query, model = self._find(change)
        return query.subselect(model._field_to_sql(query.table, "lead_id", query))

    def amounts(self, change, leads):
        """Return the amounts of a change by deal, each in the currency of the company of the deal.

        An amount in another currency is 0 where one of both has no rate: it is in no sum, see :meth:`sums`.

        :param leads: records of `crm.lead` that the user may read
        :return: amounts by id
        :rtype: dict[int, float]
        """
        of_leads = Domain("lead_id", "in", leads.ids)
        if change.kind == WON_IN_PERIOD:
            query, model = self._find(change, of_leads)
            names = ("lead_id", "currency_id", "amount")
            rows = SQL(
                "SELECT lead_id, currency_id, amount AS shown FROM (%s) row",
                query.subselect(
                    *(
                        SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name))
                        for name in names
                    )
                ),
            )
        else:
            rows = self._shown_sql(change, of_leads & Domain("kind", "=", change.kind))
        found = self.env.execute_query(
            SQL("SELECT lead_id, currency_id, sum(shown)::float8 FROM (%s) line GROUP BY lead_id, currency_id", rows)
        )
        rates = self.money.rates({row[1] for row in found} | set(leads.company_currency.ids))
        amounts = defaultdict(float)
        for lead_id, currency_id, amount in found:
            own_id = leads.browse(lead_id).company_currency.id
            own_rate = rates.get(own_id)
            if currency_id == own_id:
                amounts[lead_id] += amount
            else:
                amounts[lead_id] += amount * (rates[currency_id] or 0.0) / own_rate if own_rate else 0.0
        return dict(amounts)

    def _find(self, change, domain=Domain.TRUE):
        """Return the query of the rows of a change, and their model."""
        since = read_since(self.env, change.since)
        domain &= change.domain()
        if change.kind == WON_IN_PERIOD:
            report, first_day = self.env["crm.win.report"], since + ONE_DAY
            won = SnapshotReader(self.env).won_domain(Domain.TRUE, first_day, self.reader.today(), domain)
            return report._search(won), report
        lines = self.reader.search_lines(domain & Domain("kind", "=", change.kind), since, self.reader.today())
        return lines, self.reader.movements

    def _shown_sql(self, change, domain):
        movements = self.reader.movements
        since = read_since(self.env, change.since)
        query = self.reader.search_lines(domain & change.domain(), since, self.reader.today())
        columns = (
            SQL("%s AS %s", movements._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("id", "lead_ref", "lead_id", "kind", "currency_id", "deal_count", "amount")
        )
        return SQL(SHOWN, moves=list(MOVES), lines=query.subselect(*columns))


def read_changes(env, texts):
    """Return the changes of some texts.

    :raises UserError: for texts that name none, and for more than :data:`MOST_CHANGES`
    """
    refusal = env._("This kind of pipeline change does not exist.")
    return read_texts(env, texts, MOST_CHANGES, PipelineChange.from_text, refusal)
