import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_pipeline_movement import KINDS

_logger = logging.getLogger(__name__)

#: The columns of a place that balances are kept by: those of the movement ledger but for the expected closing, with
#: which there would be almost as many places as deals.
PLACE = ("stage_id", "team_id", "user_id", "company_id", "currency_id")
#: The Monday of the week in which a line lies.
WEEK = SQL("day - (EXTRACT(ISODOW FROM day)::int - 1)")
#: By what balances are kept, beside the week: the waterfall asks for the kinds.
KEPT_BY = (*PLACE, "kind")
KEPT_COLUMNS = SQL(", ").join(map(SQL.identifier, KEPT_BY))
COLUMNS = SQL("week, %s, line_count, deal_count, amount", KEPT_COLUMNS)


def monday_of(day):
    """The first day of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


class CrmPipelineBalance(models.Model):
    """What the lines of each week that is over add up to, by place and kind of movement.

    So the funnel of any day, and what happened between any two, costs the balances of some weeks and the lines of a few
    days, however long the ledger is. Rows are only added. What happens now adds none: its week is not over, so that a
    move costs nothing more and no two moves wait for one row. Whoever writes or deletes lines of a week that is over,
    such as an import, posts the difference in the same transaction. The daily job closes the weeks that have ended
    since, and proves all.
    """

    _name = "crm.pipeline.balance"
    _description = "Pipeline Balance"
    _rec_name = "week"
    _order = "week desc, id desc"
    _log_access = False

    week = fields.Date(readonly=True, required=True, help="The Monday with which the week begins.")
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    kind = fields.Selection(KINDS, readonly=True, help="What happened.")
    line_count = fields.Integer(
        "Lines", readonly=True, aggregator="sum", help="How many lines of the pipeline movements are added up here."
    )
    deal_count = fields.Integer(
        "Opportunities",
        readonly=True,
        aggregator="sum",
        help="By how many the opportunities in this place have become more, or fewer.",
    )
    amount = fields.Monetary(
        readonly=True, aggregator="sum", help="By how much the expected revenue in this place has become more, or less."
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    is_mark = fields.Boolean(
        "Closed up to Here",
        readonly=True,
        help="The one row that is no balance: the weeks before its own are closed.",
    )

    _week_index = models.Index("(week)")
    _one_mark = models.UniqueIndex("(is_mark) WHERE is_mark", "The weeks are closed by another transaction.")

    # ------------------------------------------------------------
    # WHAT IS OVER
    # ------------------------------------------------------------

    @api.model
    def _wall_day(self):
        """The day by the clock on the wall, UTC: transactions may run by a clock of their own."""
        return datetime.now(timezone.utc).date()

    @api.model
    def _posted_before(self):
        """Lines of days before this one post their difference. No line of what happens now is among them.

        The day after a week's end belongs to nobody: what happens now may still lie in the week, in some time zone.
        """
        return monday_of(self._wall_day() - timedelta(days=1))

    @api.model
    def _closed_before(self):
        """Weeks before this day can be closed: whoever wrote lines of them without posting began a day ago or more."""
        return monday_of(self._wall_day() - timedelta(days=2))

    @api.model
    def _open_from(self):
        """The day up to which weeks are closed: lines of earlier days are in the balances.

        :return: a Monday, or None where nothing is closed yet
        """
        rows = self.env.execute_query(SQL("SELECT week FROM crm_pipeline_balance WHERE is_mark"))
        return rows[0][0] if rows else None

    # ------------------------------------------------------------
    # POSTING
    # ------------------------------------------------------------

    @api.model
    def _post_sql(self, lines, sign=1):
        """The statement that posts what lines of weeks that are over add up to.

        :param SQL lines: where the lines come from: a table, or a query that writes or deletes them, by its name
        :param int sign: 1 for lines that were written, -1 for lines that were deleted
        """
        return SQL(
            """
            INSERT INTO crm_pipeline_balance (%(columns)s)
            SELECT %(week)s, %(kept_by)s, %(sign)s * count(*), %(sign)s * sum(deal_count), %(sign)s * sum(amount)
            FROM %(lines)s
            WHERE day < %(bound)s
            GROUP BY %(week)s, %(kept_by)s
            """,
            columns=COLUMNS,
            week=WEEK,
            kept_by=KEPT_COLUMNS,
            sign=sign,
            lines=lines,
            bound=self._posted_before(),
        )

    @api.model
    def _returning(self, statement):
        """A statement that writes or deletes lines, so that :meth:`_post_sql` can read them."""
        kept_by = SQL(", ").join(SQL("ledger.%s", SQL.identifier(name)) for name in KEPT_BY)
        return SQL("%s RETURNING ledger.day, %s, ledger.deal_count, ledger.amount", statement, kept_by)

    # ------------------------------------------------------------
    # CLOSING AND PROVING
    # ------------------------------------------------------------

    @api.private
    def close(self):
        """Close the weeks that have ended, and prove those that were closed before.

        Closing, proof and repair are one statement: what the lines of a place and kind add up to, less what its
        balances do, is posted. Doing it twice changes nothing; two at once cannot both come through, since both write
        the mark.

        :return: in how many places and weeks the balances did not agree with the lines
        """
        before = self._open_from()
        bound = max(self._closed_before(), before or self._closed_before())
        self._set_mark(bound)
        [(wrong,)] = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT %(week)s AS week, %(kept_by)s, 1 AS line_count, deal_count, amount
                    FROM crm_pipeline_movement
                    WHERE day < %(bound)s
                    UNION ALL
                    SELECT week, %(kept_by)s, -line_count, -deal_count, -amount
                    FROM crm_pipeline_balance
                    WHERE week < %(bound)s
                ), posted AS (
                    INSERT INTO crm_pipeline_balance (%(columns)s)
                    SELECT week, %(kept_by)s, sum(line_count), sum(deal_count), sum(amount)
                    FROM line
                    GROUP BY week, %(kept_by)s
                    HAVING sum(line_count) <> 0 OR sum(deal_count) <> 0 OR sum(amount) <> 0
                    RETURNING week
                )
                SELECT count(*) FROM posted WHERE week < %(before)s
                """,
                week=WEEK,
                kept_by=KEPT_COLUMNS,
                columns=COLUMNS,
                bound=bound,
                before=before,
            )
        )
        self._compact()
        self.invalidate_model(flush=False)
        if before != bound:
            _logger.info("Pipeline balances closed for the weeks before %s", bound)
        return wrong

    def _set_mark(self, bound):
        """Write the mark, also where it stays: of two that close at once, PostgreSQL turns one back."""
        self.env.cr.execute(SQL("UPDATE crm_pipeline_balance SET week = %s WHERE is_mark", bound))
        if not self.env.cr.rowcount:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_pipeline_balance (week, line_count, deal_count, amount, is_mark) "
                    "VALUES (%s, 0, 0, 0, TRUE)",
                    bound,
                )
            )

    def _compact(self):
        """Make one row of those that one place has of one kind in one week, and none where they cancel."""
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM crm_pipeline_balance
                    WHERE id IN (
                        SELECT unnest(array_agg(id)) FROM crm_pipeline_balance
                        WHERE is_mark IS NOT TRUE
                        GROUP BY week, %(kept_by)s
                        HAVING count(*) > 1
                    )
                    RETURNING %(columns)s
                )
                INSERT INTO crm_pipeline_balance (%(columns)s)
                SELECT week, %(kept_by)s, sum(line_count), sum(deal_count), sum(amount)
                FROM gone
                GROUP BY week, %(kept_by)s
                HAVING sum(line_count) <> 0 OR sum(deal_count) <> 0 OR sum(amount) <> 0
                """,
                kept_by=KEPT_COLUMNS,
                columns=COLUMNS,
            )
        )
