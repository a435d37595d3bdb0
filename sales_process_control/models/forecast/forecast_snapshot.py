"""What is known of deals at the end of a day: open deals, deals that came in lately, and won deals. No models."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import outcomes
from ..chance.crm_stage_chance import NO_COMPANY
from ..funnel.funnel_reader import MAX_UTC_OFFSET, ONE_DAY, FunnelReader, earliest_begin
from ..recording.company_money import CompanyMoney
from ..screen.crm_screen_block import OPEN_DEAL

#: Deals that came in within so many days say how many come in a day.
ARRIVAL_DAYS = 84
#: Amounts above it count as this much, those below its negative as its negative. Nothing limits what is entered on a
#: deal, and the fourth power of this amount is still a floating point number.
MOST_AMOUNT = 1e60

#: The line that says where a deal stood at the end of a day, or how it ended, and its amount.
LAST_LINE = """
    JOIN LATERAL (
        SELECT line.team_id, line.user_id, line.company_id, line.currency_id, line.kind, line.date,
               line.deal_count > 0 AS stands,
               CASE WHEN line.deal_count < 0 THEN -line.amount ELSE line.amount + COALESCE((
                   SELECT sum(change.amount) FROM crm_pipeline_movement change
                   WHERE change.lead_ref = line.lead_ref AND change.id > line.id AND change.deal_count = 0
                     AND change.is_correction IS NOT TRUE AND change.day <= %(day)s
               ), 0) END AS amount
        FROM crm_pipeline_movement line
        WHERE line.lead_ref = deal.lead_ref AND line.deal_count <> 0 AND line.is_correction IS NOT TRUE
          AND line.day <= %(day)s
        ORDER BY line.id DESC LIMIT 1
    ) last ON TRUE
"""
#: The deals that came in after a day, up to another one: where, and how they ended if they never stood there. Removed
#: deals are left out: most of them were duplicates or no deals.
ARRIVALS = """
    SELECT COALESCE(last.company_id, %(no_company)s), deal.stage_id, deal.ended, %(amount)s, last.currency_id,
           last.team_id, last.user_id
    FROM (
        SELECT created.lead_ref, created.stage_id, (
            SELECT ended.kind FROM crm_pipeline_movement ended
            WHERE ended.lead_ref = created.lead_ref AND ended.date = created.date AND ended.id > created.id
              AND ended.kind IN ('won', 'lost') AND ended.is_correction IS NOT TRUE
            ORDER BY ended.id LIMIT 1
        ) AS ended
        FROM crm_pipeline_movement created
        WHERE created.kind = 'created' AND created.deal_count > 0 AND created.is_correction IS NOT TRUE
          AND created.day > %(after)s AND created.day <= %(day)s
          AND created.date >= %(since)s AND created.date < %(until)s
          AND %(condition)s
    ) deal
    %(last_line)s
    WHERE last.kind <> 'removed' AND %(last_condition)s
"""
#: The deals that were won from one day on up to another one, and not reopened by then.
WINS = """
    SELECT COALESCE(won.company_id, %(no_company)s), won.day, %(amount)s, won.currency_id, won.team_id, won.user_id
    FROM crm_pipeline_movement won
    WHERE won.kind = 'won' AND won.deal_count < 0 AND won.is_correction IS NOT TRUE
      AND won.day >= %(since)s AND won.day <= %(day)s AND won.date >= %(since_instant)s
      AND won.company_id = %(company_id)s
      AND NOT EXISTS (
        SELECT FROM crm_pipeline_movement later
        WHERE later.lead_ref = won.lead_ref AND later.id > won.id AND later.is_correction IS NOT TRUE
          AND later.day <= %(day)s
      )
"""
#: The deals that were open at the end of a day, each once: its last line says whether it stood somewhere, the visit of
#: that instant says since when. The days of visits are those of their companies: where a deal goes to a company of
#: another time zone, one visit may end days before the next one begins, or after it has begun.
OPEN_DEALS = """
    SELECT DISTINCT ON (deal.lead_ref)
           COALESCE(last.company_id, %(no_company)s), deal.stage_id, GREATEST(%(day)s - deal.entered_day, 0),
           %(amount)s, last.currency_id, last.team_id, last.user_id, %(odoo_chance)s
    FROM (%(visits)s) deal
    %(last_line)s
    WHERE deal.entered_day <= %(day)s + 2 AND (deal.left_day >= %(day)s - 2) IS NOT FALSE
      AND (deal.entered_day <= %(day)s OR deal.entered_at <= last.date)
      AND last.stands AND %(last_condition)s
    ORDER BY deal.lead_ref, deal.entered_at <= last.date DESC, deal.entered_at DESC, deal.id DESC
"""
#: What Odoo says of a deal now, as long as it is open: the probability of a deal that has ended is 0% or 100%.
ODOO_CHANCE = """
    (SELECT lead.automated_probability / 100 FROM crm_lead lead
     WHERE lead.id = deal.lead_ref AND lead.type = 'opportunity' AND lead.active AND lead.won_status = 'pending')
"""


class Deal(NamedTuple):
    """An open deal.

    :param company_id: 0 for a deal without a company
    :param age: midnights since it entered its stage
    :param amount: expected revenue, in the currency of the snapshot
    :param lead_id: id of the deal, None in snapshots of past days
    :param odoo_chance: Odoo's own probability from 0 to 1, None if it is not known
    :param left_out: (id of the currency, amount) of an amount without a rate; the amount of the snapshot is then 0
    """

    company_id: int
    stage_id: int | None
    age: int
    amount: float
    team_id: int | None = None
    user_id: int | None = None
    lead_id: int | None = None
    odoo_chance: float | None = None
    left_out: tuple[int, float] | None = None


class Arrival(NamedTuple):
    """A deal that came in lately.

    :param ended: won or lost if it was created as such, and never stood in a stage
    :param left_out: see :class:`Deal`
    """

    company_id: int
    stage_id: int | None
    ended: str | None
    amount: float
    team_id: int | None = None
    user_id: int | None = None
    left_out: tuple[int, float] | None = None


class Win(NamedTuple):
    """A deal that was won.

    :param left_out: see :class:`Deal`
    """

    company_id: int
    day: date
    amount: float
    team_id: int | None = None
    user_id: int | None = None
    left_out: tuple[int, float] | None = None


class Snapshot(NamedTuple):
    """What is known at the end of a day.

    :param days: the day by id of the company
    :param arrival_days: days within which the arrivals came in
    """

    days: dict[int, date]
    deals: list[Deal]
    arrivals: list[Arrival]
    wins: list[Win]
    arrival_days: int

    def left_out(self, kind):
        """Return the amounts that are in no sum, since their currency has no rate, by currency id.

        :param str kind: `deals`, `arrivals` or `wins`
        :rtype: dict[int, float]
        """
        amounts = defaultdict(float)
        for row in getattr(self, kind):
            if row.left_out:
                currency_id, amount = row.left_out
                amounts[currency_id] += amount
        return dict(amounts)

    def by(self, name):
        """Return the snapshots of the deals of each team or salesperson.

        :param str name: `team_id` or `user_id`
        :return: snapshots by id, in the order of ids
        :rtype: dict
        """
        found = defaultdict(lambda: self._replace(deals=[], arrivals=[], wins=[]))
        for kind in ("deals", "arrivals", "wins"):
            for row in getattr(self, kind):
                getattr(found[getattr(row, name)], kind).append(row)
        found.pop(None, None)
        return dict(sorted(found.items()))


class SnapshotReader:
    """Reads snapshots.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        self._context = env["crm.pipeline.reader"]._read_context()
        self._money = CompanyMoney(env)

    def today(self, company_id):
        """Return the current day of a company, 0 for deals without a company."""
        return self._context.day_of(self.env.cr.now(), company_id or None)

    def first_day(self):
        """Return the first day of the ledger, None if it is empty.

        Read without record rules: it is the same for all users and names no deal.
        """
        rows = self.env.execute_query(SQL("SELECT day FROM crm_pipeline_movement ORDER BY date, id LIMIT 1"))
        return rows[0][0] if rows else None

    def latest_day(self):
        """Return the latest current day of the companies that the user has selected, and of deals without a company."""
        return FunnelReader(self.env).today()

    def read_now(self, domain, won_domain):
        """Return the snapshot of the deals that the user may read, as they are now.

        Deals without a company, and of all companies that the user has selected, are read. Amounts are in the currency
        of the company that the user works in, at today's rate.

        :param Domain domain: the deals, as a domain on `crm.lead`
        :param Domain won_domain: the won deals, see :meth:`won_domain`
        """
        found, day = self.read_open(domain), self.latest_day()
        leads = self.env["crm.lead"].with_context(active_test=False)
        # The user may read these deals, so that it is no secret when they came in.
        readable = leads._search(domain & Domain("type", "=", "opportunity"))
        of_readable = SQL("created.lead_ref IN %s", readable.subselect())
        first_day = self.first_day()
        rows = self._arrivals(day, of_readable, SQL("TRUE"))
        arrivals = [(Arrival(*row[:4], *row[5:]), row[4]) for row in rows]
        won = [(Win(*row[:3], *row[4:]), row[3]) for row in self._read_won(won_domain)]
        return found._replace(
            arrivals=self._converted(arrivals, self._money.currency_id()),
            wins=self._converted(won, self._money.currency_id()),
            arrival_days=self._arrival_days(day, first_day),
        )

    def read_open(self, domain):
        """Return a snapshot of open deals alone, see :meth:`read_now`."""
        days = {company_id or NO_COMPANY: self.today(company_id) for company_id in self._context.companies}
        currencies = {key or NO_COMPANY: currency for key, currency in self._money.currency_by_company().items()}
        leads, day = self.env["crm.lead"].with_context(active_test=False), self.latest_day()
        deals = [
            (
                Deal(company_id, stage_id, max((days[company_id] - (entered_day or day)).days, 0), *more),
                currencies[company_id],
            )
            for company_id, stage_id, entered_day, *more in self._read_rows(leads._search(domain & OPEN_DEAL))
        ]
        return Snapshot(days, self._converted(deals, self._money.currency_id()), [], [], ARRIVAL_DAYS)

    def read_then(self, company, day, since, *, with_odoo=False):
        """Return the snapshot of all deals of a company at the end of a past day, from the ledgers.

        Nothing is known of what came later, except that undone moves and ends do not count. Amounts are in the currency
        of the company. For jobs, which run in superuser mode: record rules are not applied.

        :param company: record of `res.company`
        :param date day: the day
        :param date since: the first day whose won deals count
        :param bool with_odoo: read the probabilities that Odoo gives deals that are still open. It keeps no past ones
        """
        last_condition = SQL("last.company_id = %s", company.id)
        self.env["crm.lead"].flush_model(["automated_probability", "type", "active", "won_status"])
        rows = self.env.execute_query(
            SQL(
                OPEN_DEALS,
                odoo_chance=SQL(ODOO_CHANCE) if with_odoo else SQL("NULL::float8"),
                no_company=NO_COMPANY,
                day=SQL("%s::date", day),
                visits=self.visits_sql(self.env["crm.stage.visit"], day),
                last_line=SQL(LAST_LINE, day=day),
                last_condition=last_condition,
                amount=_bounded(SQL("last.amount")),
            )
        )
        deals = [(Deal(*row[:4], *row[5:7], odoo_chance=row[7]), row[4]) for row in rows]
        arrivals = [(Arrival(*row[:4], *row[5:]), row[4]) for row in self._arrivals(day, SQL("TRUE"), last_condition)]
        wins = [
            (Win(*row[:3], *row[4:]), row[3])
            for row in self.env.execute_query(
                SQL(
                    WINS,
                    no_company=NO_COMPANY,
                    since=since,
                    day=day,
                    since_instant=earliest_begin(since),
                    company_id=company.id,
                    amount=_bounded(SQL("-won.amount")),
                )
            )
        ]
        currency_id = company.currency_id.id
        return Snapshot(
            {company.id: day},
            self._converted(deals, currency_id),
            self._converted(arrivals, currency_id),
            self._converted(wins, currency_id),
            self._arrival_days(day, self.first_day()),
        )

    def visits_sql(self, visits, day):
        """Return the query of the visits that had begun by the end of a day, those that the user may read.

        Skips and corrections are left out. The days of their beginning and end are those of their company.

        :param visits: `crm.stage.visit`
        :rtype: SQL
        """
        domain = Domain("outcome", "not in", outcomes.NO_STAY)
        domain &= Domain("entered_at", "<", datetime.combine(day + ONE_DAY, time()) + MAX_UTC_OFFSET)
        query = visits._search(domain)
        names = ("id", "lead_ref", "stage_id", "outcome", "entered_at", "left_at", "company_id")
        columns = {name: visits._field_to_sql(query.table, name, query) for name in names}
        columns["entered_day"] = self._day_to_sql(columns["entered_at"], columns["company_id"])
        columns["left_day"] = self._day_to_sql(columns["left_at"], columns["company_id"])
        columns["company_id"] = SQL("COALESCE(%s, %s)", columns["company_id"], NO_COMPANY)
        return query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    def _day_to_sql(self, instant, company):
        return self.env["crm.company.day.mixin"]._day_to_sql(instant, company)

    def _arrivals(self, day, condition, last_condition):
        after = day - timedelta(days=ARRIVAL_DAYS)
        return self.env.execute_query(
            SQL(
                ARRIVALS,
                no_company=NO_COMPANY,
                after=after,
                day=day,
                since=earliest_begin(after),
                until=datetime.combine(day + ONE_DAY, time()) + MAX_UTC_OFFSET,
                condition=condition,
                last_line=SQL(LAST_LINE, day=day),
                last_condition=last_condition,
                amount=_bounded(SQL("last.amount")),
            )
        )

    def _read_rows(self, query):
        """Return the columns of :class:`Deal` of open deals, with the day of entry in place of the age."""
        names = ("company_id", "stage_id", "stage_entered_at", "team_id", "user_id", "id")
        leads = self.env["crm.lead"]
        company, stage, entered, *owners = (leads._field_to_sql(query.table, name, query) for name in names)
        amount = leads._field_to_sql(query.table, "expected_revenue", query)
        query.order = None
        return self.env.execute_query(
            query.select(
                SQL("COALESCE(%s, %s)", company, NO_COMPANY),
                stage,
                self._day_to_sql(entered, company),
                _bounded(amount),
                *owners,
            )
        )

    def _read_won(self, domain):
        """Return (company id, day, amount, currency id, team id, user id) of won deals that the user may read."""
        report = self.env["crm.win.report"]
        query = report._search(domain)
        names = ("company_id", "date", "amount", "currency_id", "team_id", "user_id")
        company, *columns = (report._field_to_sql(query.table, name, query) for name in names)
        columns[1] = _bounded(columns[1])
        return self.env.execute_query(query.select(SQL("COALESCE(%s, %s)", company, NO_COMPANY), *columns))

    def won_domain(self, domain, since, day, won_domain=None):
        """Return the won deals as a domain on the report of the win rate.

        :param Domain domain: the deals, as a domain on `crm.lead`; a domain without conditions finds deleted ones, too
        :param Domain won_domain: the deals as a domain on the report, which takes the place of the first domain
        """
        # Texts, as the browser sends them back to open the records of a number.
        won = Domain("won", "=", 1) & Domain("date", ">=", since.isoformat()) & Domain("date", "<=", day.isoformat())
        if won_domain is not None:
            return won & won_domain
        if domain.is_true():
            return won
        leads = self.env["crm.lead"].with_context(active_test=False)
        return won & Domain("lead_id", "in", leads._search(domain))

    @staticmethod
    def _arrival_days(day, first_day):
        return min(ARRIVAL_DAYS, (day - first_day).days + 1) if first_day and first_day <= day else ARRIVAL_DAYS

    def _converted(self, rows, currency_id):
        """Return rows with their amounts in one currency. An amount without a rate becomes 0 and is told as `left_out`.

        :param rows: (row with an amount, id of the currency)
        """
        rates = self._money.rates({found for _row, found in rows}, currency_id)
        # Most amounts are in this currency already, and a copy of each row takes time.
        return [
            row if row.amount is not None and rates[found] == 1.0 else _in_currency(row, found, rates[found])
            for row, found in rows
        ]


def _bounded(amount):
    """Return an amount as an SQL expression for sums and their powers, see :data:`MOST_AMOUNT`; 0 where it is empty."""
    return SQL("GREATEST(LEAST(COALESCE(%(amount)s, 0), %(most)s), -%(most)s)::float8", amount=amount, most=MOST_AMOUNT)


def _in_currency(row, currency_id, rate):
    """Return a row with its amount converted, see :meth:`SnapshotReader._converted`."""
    amount = row.amount or 0.0
    if rate is None:
        return row._replace(amount=0.0, left_out=(currency_id, amount) if amount else None)
    return row._replace(amount=amount * rate)
