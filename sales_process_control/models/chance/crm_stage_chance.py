from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

from ...const import GROUP_SALES_MANAGER
from ...ledger import outcomes
from ...statistics import Chances, VisitCount, half_life
from ...statistics.chance import HALF_LIFE_DEALS, LIMITS
from ..recording.job_position import JobPosition
from ..recording.time_zones import start_of

#: Visits that began within so many months count; all, where these are fewer than so many visits.
MONTHS, FEWEST_VISITS = 24, 100
#: Days within which a deal is won, with the names of the fields that hold the chances.
HORIZONS = {days: f"chance_{days}" for days in (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 366)}
#: Companies whose rows one transaction of the daily job replaces.
REBUILD_BATCH = 20
#: Parameter that holds the id of the company with which the next run of the job begins, 0 for all.
REBUILD_POSITION = "sales_process_control.chances_company"
#: Stands for no company where ids are compared.
NO_COMPANY = 0
#: Name among the extras of the context: ids of the companies that have chances, 0 for deals without a company.
WITH_CHANCES = "companies_with_chances"
#: Name in the cache of the transaction: chances of today by id of the company and day.
CHANCES_OF_TODAY = "sales_process_control.chances_of_today"
#: Types of arrays of values, by the type of the field.
ARRAYS = {"many2one": SQL("int[]"), "integer": SQL("int[]"), "float": SQL("float8[]"), "date": SQL("date[]")}
#: First key of the locks of PostgreSQL that keep two transactions from replacing the rows of one company.
LOCK = 1937007984

#: Company of a visit. A visit without one, whose deal belongs to a company now, belongs to that company.
COMPANY = SQL(
    "COALESCE(visit.company_id, (SELECT lead.company_id FROM crm_lead lead WHERE lead.id = visit.lead_id), %s)",
    NO_COMPANY,
)
#: Whether enough visits of a pool began in its window.
HAS_RECENT = SQL(
    """(
        SELECT count(*) FROM (
            SELECT FROM crm_stage_visit visit
            WHERE visit.entered_at >= pool.since AND visit.entered_at < pool.until
              AND visit.outcome NOT IN %(no_stay)s AND %(company)s = ANY(pool.company_ids)
            LIMIT %(fewest)s
        ) recent
    ) >= %(fewest)s""",
    no_stay=outcomes.NO_STAY,
    company=COMPANY,
    fewest=FEWEST_VISITS,
)
#: For each pool: whether enough visits began lately, and when the last but some deal was won or lost.
RECENT = """
    SELECT pool.id, %(has_recent)s, (
        SELECT visit.left_at FROM crm_stage_visit visit
        WHERE (visit.outcome = 'won' OR visit.outcome = 'lost') AND visit.left_at < pool.until
          AND %(company)s = ANY(pool.company_ids)
        ORDER BY visit.left_at DESC
        OFFSET %(offset)s LIMIT 1
    )
    FROM (%(pools)s) pool
"""
#: The visits of all pools, one row for each case with the columns of :class:`~.statistics.chance.VisitCount`.
COUNTS = """
    WITH pool AS MATERIALIZED (%(pools)s),
    visit AS (
        SELECT company_id, stage_id, next_stage_id, entered_at, left_at, outcome
        FROM crm_stage_visit
        WHERE company_id IS NOT NULL AND outcome NOT IN %(no_stay)s
        UNION ALL
        SELECT COALESCE(lead.company_id, %(no_company)s), visit.stage_id, visit.next_stage_id, visit.entered_at,
               visit.left_at, visit.outcome
        FROM crm_stage_visit visit
        LEFT JOIN crm_lead lead ON lead.id = visit.lead_id
        WHERE visit.company_id IS NULL AND visit.outcome NOT IN %(no_stay)s
    ),
    dated AS (
        SELECT pool.id AS pool_id, pool.day, pool.half_life, visit.stage_id, visit.outcome, visit.next_stage_id,
               COALESCE(visit.left_at < pool.until, FALSE) AS is_over,
               (visit.entered_at AT TIME ZONE 'UTC' AT TIME ZONE pool.tz)::date AS first_day,
               (visit.left_at AT TIME ZONE 'UTC' AT TIME ZONE pool.tz)::date AS last_day
        FROM pool
        CROSS JOIN unnest(pool.company_ids) member (company_id)
        JOIN visit ON visit.company_id = member.company_id
        WHERE visit.entered_at >= pool.since AND visit.entered_at < pool.until
    )
    SELECT pool_id, stage_id,
           CASE WHEN is_over THEN last_day ELSE day END - first_day,
           CASE WHEN is_over THEN outcome ELSE 'open' END,
           CASE WHEN is_over THEN next_stage_id END,
           count(*),
           sum(power(0.5, (day - first_day) / half_life))
    FROM dated
    GROUP BY 1, 2, 3, 4, 5
"""
#: The pools in which enough visits were won or lost to know a chance. Visits that began before the window count where
#: few began in it, as in :meth:`~.CrmStageChance._with_window`.
KNOWN = """
    WITH pool AS MATERIALIZED (%(pools)s),
    decided AS MATERIALIZED (
        SELECT %(company)s AS company_id, visit.entered_at, visit.left_at FROM crm_stage_visit visit
        WHERE visit.outcome = 'won' OR visit.outcome = 'lost'
    )
    SELECT pool.id
    FROM pool
    CROSS JOIN unnest(pool.company_ids) member (company_id)
    JOIN decided ON decided.company_id = member.company_id AND decided.left_at < pool.until
    GROUP BY pool.id, pool.company_ids, pool.since, pool.until
    HAVING count(*) FILTER (WHERE decided.entered_at >= pool.since) >= %(deals)s
        OR count(*) >= %(deals)s AND NOT %(has_recent)s
"""


class Pool(NamedTuple):
    """The visits on which the chances of a company rest, as they are known at the end of a day.

    :param id: id of the company, 0 for deals without a company
    :param company_ids: companies whose visits count, 0 for visits without a company
    :param tz: time zone of the working calendar
    :param day: the last day that is known
    :param until: the instant at which this day ends, naive UTC
    :param since: visits that began earlier do not count, naive UTC
    :param half_life: days after which a visit counts half as much, None if all visits count the same
    """

    id: int
    company_ids: tuple[int, ...]
    tz: str
    day: date
    until: datetime
    since: datetime
    half_life: float | None = None


class CrmStageChance(models.Model):
    """Chances of open deals to be won, by company, stage and age (docs/definitions.md, Chance to sign).

    The rows of a company are replaced every night. Only this model writes them. They are for readers of all documents:
    counts of decided deals can be found from exact rates.
    """

    _name = "crm.stage.chance"
    _description = "Chance to Sign"
    _rec_name = "stage_id"
    _order = "company_id, stage_id, age"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="cascade", help="Empty for opportunities without a company."
    )
    stage_id = fields.Many2one(
        "crm.stage",
        readonly=True,
        ondelete="cascade",
        help="Empty for the chance over all stages, which is used for stages with too few ended visits.",
    )
    age = fields.Integer(
        "Days in Stage",
        readonly=True,
        required=True,
        aggregator=None,
        help="Days by the calendar since the opportunity came into the stage: 1 on the next day. The last row of a "
        "stage applies to all later days.",
    )
    chance_1 = fields.Float("Within 1 Day", readonly=True, aggregator=None)
    chance_2 = fields.Float("Within 2 Days", readonly=True, aggregator=None)
    chance_3 = fields.Float("Within 3 Days", readonly=True, aggregator=None)
    chance_5 = fields.Float("Within 5 Days", readonly=True, aggregator=None)
    chance_7 = fields.Float("Within 7 Days", readonly=True, aggregator=None)
    chance_10 = fields.Float("Within 10 Days", readonly=True, aggregator=None)
    chance_14 = fields.Float("Within 14 Days", readonly=True, aggregator=None)
    chance_21 = fields.Float("Within 21 Days", readonly=True, aggregator=None)
    chance_30 = fields.Float("Within 30 Days", readonly=True, aggregator=None)
    chance_45 = fields.Float("Within 45 Days", readonly=True, aggregator=None)
    chance_60 = fields.Float("Within 60 Days", readonly=True, aggregator=None)
    chance_90 = fields.Float("Within 90 Days", readonly=True, aggregator=None)
    chance_120 = fields.Float("Within 120 Days", readonly=True, aggregator=None)
    chance_180 = fields.Float("Within 180 Days", readonly=True, aggregator=None)
    chance_270 = fields.Float("Within 270 Days", readonly=True, aggregator=None)
    chance_366 = fields.Float("Within 366 Days", readonly=True, aggregator=None)
    chance = fields.Float("In the End", readonly=True, aggregator=None)
    median_days = fields.Integer(
        "Median Days to Signing",
        readonly=True,
        aggregator=None,
        help="Days within which half of the won opportunities are won; 0 if more than 366.",
    )
    day = fields.Date("As of", readonly=True, required=True, help="The last day that is taken into account.")

    _one_row = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(stage_id, 0), age)", "Another transaction is computing the chances."
    )

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    def _chances(self, company, day=None, limits=LIMITS):
        """Return the chances of the deals of a company, from what was known at the end of a day.

        Visits that ended later count as open, visits that began later do not count.

        :param company: record of `res.company`; an empty one for deals without a company
        :param date day: by default today
        :param ChanceLimits limits: how many cases a chance needs
        :rtype: Chances
        """
        company_id = company.id or NO_COMPANY
        return self._chances_by_company([company_id], day, limits)[company_id]

    @api.model
    def _chances_of_today(self, company_ids):
        """Return the chances of the deals of some companies, read from the visits once in a transaction.

        They are read again after the store of the ledgers has written: ``crm_stage_visit.py`` drops them.

        :param company_ids: ids of companies, 0 for deals without a company
        :rtype: dict[int, Chances]
        """
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        keys = {company_id: (company_id, context.day_of(now, company_id)) for company_id in company_ids}
        known = self.env.cr.cache.setdefault(CHANCES_OF_TODAY, {})
        missing = [company_id for company_id, key in keys.items() if key not in known]
        if missing:
            found = self._chances_by_company(missing)
            known |= {keys[company_id]: chances for company_id, chances in found.items()}
        return {company_id: known[key] for company_id, key in keys.items()}

    @api.model
    def _chances_by_company(self, company_ids, day=None, limits=LIMITS):
        """Return the chances of the deals of some companies in two queries, see :meth:`_chances`.

        SQL without record rules: a chance rests on all visits of a company and tells no names.

        :param company_ids: ids of companies, 0 for deals without a company
        :rtype: dict[int, Chances]
        """
        counts = defaultdict(list)
        pools = self._pools(company_ids, day)
        # With one company, deals without a company rest on the same visits.
        distinct = list({pool[1:]: pool for pool in pools}.values())
        for pool_id, *count in distinct and self.env.execute_query(
            SQL(COUNTS, pools=self._pools_sql(distinct), no_stay=outcomes.NO_STAY, no_company=NO_COMPANY)
        ):
            counts[pool_id].append(VisitCount(*count))
        chances = {pool[1:]: Chances(counts[pool.id], limits) for pool in distinct}
        return {pool.id: chances[pool[1:]] for pool in pools}

    @api.model
    def _known_days(self, company_days):
        """Return those of some days at whose end the chances of a company are known, see :meth:`_chances`.

        One query for all of them, which computes no chance.

        :param company_days: pairs of the id of a company, 0 for deals without a company, and a date
        :rtype: set[tuple[int, date]]
        """
        pairs, context = list(company_days), self.env["crm.pipeline.reader"]._read_context()
        if not pairs:
            return set()
        pools = [self._pool(context, *pair)._replace(id=index) for index, pair in enumerate(pairs)]
        self.env["crm.stage.visit"].flush_model()
        self.env["crm.lead"].flush_model(["company_id"])
        rows = self.env.execute_query(
            SQL(
                KNOWN,
                pools=self._pools_sql(pools),
                company=COMPANY,
                deals=LIMITS.deals,
                has_recent=HAS_RECENT,
            )
        )
        return {pairs[index] for (index,) in rows}

    def _pools(self, company_ids, day):
        """Return the :class:`Pool` of each company."""
        context = self.env["crm.pipeline.reader"]._read_context()
        pools = [self._pool(context, company_id, day) for company_id in company_ids]
        if not pools:
            return []
        self.env["crm.stage.visit"].flush_model()
        self.env["crm.lead"].flush_model(["company_id"])
        recent = {
            company_id: (has_enough, decided_at)
            for company_id, has_enough, decided_at in self.env.execute_query(
                SQL(
                    RECENT,
                    pools=self._pools_sql(pools),
                    has_recent=HAS_RECENT,
                    company=COMPANY,
                    offset=HALF_LIFE_DEALS - 1,
                )
            )
        }
        return [self._with_window(context, pool, *recent[pool.id]) for pool in pools]

    @api.model
    def _pool(self, context, company_id, day):
        """Return the pool of a company, without its half-life and with the window of months."""
        day = day or context.day_of(self.env.cr.now(), company_id)
        tz = context.company(company_id).tz
        members = {company_id, NO_COMPANY}
        if company_id == NO_COMPANY and len(context.companies.keys() - {None}) == 1:
            # Nobody can learn from the chance of a deal without a company what became of deals of another company.
            members.add(context.main_company_id)
        since = start_of(day - relativedelta(months=MONTHS), tz)
        return Pool(company_id, tuple(sorted(members)), tz, day, start_of(day + timedelta(days=1), tz), since)

    @api.model
    def _with_window(self, context, pool, has_enough, decided_at):
        """Return a pool with its half-life, and with all visits if these are few."""
        days = None if decided_at is None else (pool.day - context.day_of(decided_at, pool.id)).days
        since = pool.since if has_enough else datetime.min
        return pool._replace(since=since, half_life=half_life(days))

    @api.model
    def _pools_sql(self, pools):
        """Return the query of pools."""
        row = "(%s, %s, %s, %s::date, %s::timestamp, %s::timestamp, %s::float8)"
        rows = SQL(", ").join(SQL(row, *pool._replace(company_ids=list(pool.company_ids))) for pool in pools)
        columns = SQL(", ").join(map(SQL.identifier, Pool._fields))
        return SQL("SELECT * FROM (VALUES %s) pool (%s)", rows, columns)

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    @api.model
    def _rebuild(self, company_ids=None):
        """Replace the rows of some companies by the chances of today, in a constant number of statements.

        Rows that another transaction replaces at this moment are left to it.

        :param company_ids: ids of companies, 0 for deals without a company; by default all
        :return: ids of the companies whose rows were replaced
        :rtype: list[int]
        """
        company_ids = self._lock(self._company_ids() if company_ids is None else company_ids)
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        columns = defaultdict(list)
        for company_id, chances in self._chances_by_company(company_ids).items():
            for row in chances.table(HORIZONS):
                columns["company_id"].append(company_id or None)
                columns["stage_id"].append(row.stage)
                columns["age"].append(row.age)
                for name, chance in zip(HORIZONS.values(), row.within, strict=True):
                    columns[name].append(chance)
                columns["chance"].append(row.in_the_end)
                columns["median_days"].append(row.median_days or 0)
                columns["day"].append(context.day_of(now, company_id))
        self.env.cr.execute(
            SQL("DELETE FROM crm_stage_chance WHERE COALESCE(company_id, %s) = ANY(%s)", NO_COMPANY, company_ids)
        )
        if columns:
            self._insert(columns)
        self.invalidate_model(flush=False)
        known = {company_id or NO_COMPANY for company_id in columns["company_id"]}
        if known != context.extras[WITH_CHANCES].intersection(company_ids):
            self.env["crm.pipeline.reader"]._forget_context()
        return company_ids

    @api.model
    def _company_ids(self):
        """Return the ids of all companies, and 0 for deals without a company."""
        companies = self.env["crm.pipeline.reader"]._read_context().companies
        return [company_id or NO_COMPANY for company_id in companies]

    @api.model
    def _lock(self, company_ids):
        """Lock the rows of companies up to the end of the transaction; leave out those that another one has locked."""
        rows = self.env.execute_query(
            SQL("SELECT id FROM unnest(%s::int[]) id WHERE pg_try_advisory_xact_lock(%s, id)", list(company_ids), LOCK)
        )
        return [company_id for (company_id,) in rows]

    def _insert(self, columns):
        """Insert rows, given as lists of values by the name of the column."""
        names = SQL(", ").join(map(SQL.identifier, columns))
        arrays = SQL(", ").join(
            SQL("%s::%s", values, ARRAYS[self._fields[name].type]) for name, values in columns.items()
        )
        self.env.cr.execute(SQL("INSERT INTO crm_stage_chance (%s) SELECT * FROM unnest(%s)", names, arrays))

    @api.model
    def _cron_rebuild(self):
        """Replace all rows nightly, and after a history was imported; another job then refreshes the deals.

        The next run starts where the time of this one was used up, so that each company has its turn.
        """
        position = JobPosition(self.env, REBUILD_POSITION)
        next_id = position.get()
        company_ids = sorted(self._company_ids())
        # All of them, if the company was deleted and is followed by none.
        company_ids = [company_id for company_id in company_ids if company_id >= next_id] or company_ids
        remaining, next_id = len(company_ids), 0
        for batch in split_every(REBUILD_BATCH, company_ids, list):
            self._rebuild(batch)
            remaining -= len(batch)
            self.env["crm.lead"]._refresh_chances_soon()
            has_time = self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining) > 0
            if remaining and not has_time:
                next_id = company_ids[-remaining]
                break
        position.keep(next_id, remaining)

    @api.model
    def _rebuild_soon(self):
        """Have the job replace all rows once this transaction is committed: the past of deals has changed."""
        JobPosition(self.env, REBUILD_POSITION).set(0)
        job = self.env.ref("sales_process_control.ir_cron_rebuild_chances", raise_if_not_found=False)
        if job:
            job._trigger()

    def action_rebuild(self):
        """Replace the rows of the user's companies, and of deals without a company, at once; the deals follow soon.

        :raises AccessError: if the user is no sales manager
        :raises UserError: if this is done by another transaction at this moment
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can compute the chances again."))
        if not self._rebuild([NO_COMPANY, *self.env.companies.ids]):
            raise UserError(self.env._("The chances are being computed. Reload the page later."))
        self.env["crm.lead"]._refresh_chances_soon()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
