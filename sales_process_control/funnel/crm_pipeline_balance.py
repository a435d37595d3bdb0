import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: The columns of a place that balances are kept by: those of the movement ledger but for the expected closing, with
#: which there would be almost as many places as deals.
PLACE = ("stage_id", "team_id", "user_id", "company_id", "currency_id")
#: The Monday of the week in which a line lies.
WEEK = SQL("day - (EXTRACT(ISODOW FROM day)::int - 1)")
PLACE_COLUMNS = SQL(", ").join(map(SQL.identifier, PLACE))
COLUMNS = SQL("week, %s, deal_count, amount", PLACE_COLUMNS)


def monday_of(day):
    """The first day of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


class CrmPipelineBalance(models.Model):
    """What the lines of each week that is over add up to, by place.

    So the funnel of any day costs the balances of the weeks before it and the lines of a few days, however long the
    ledger is. Rows are only added. What happens now adds none: its week is not over, so that a move costs nothing more
    and no two moves wait for one row. Whoever writes or deletes lines of a week that is over, such as an import, posts
    the difference in the same transaction. The daily job closes the weeks that have ended since, and proves all.
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
            SELECT %(week)s, %(place)s, %(sign)s * sum(deal_count), %(sign)s * sum(amount)
            FROM %(lines)s
            WHERE day < %(bound)s
            GROUP BY %(week)s, %(place)s
            HAVING sum(deal_count) <> 0 OR sum(amount) <> 0
            """,
            columns=COLUMNS,
            week=WEEK,
            place=PLACE_COLUMNS,
            sign=sign,
            lines=lines,
            bound=self._posted_before(),
        )

    @api.model
    def _returning(self, statement):
        """A statement that writes or deletes lines, so that :meth:`_post_sql` can read them."""
        return SQL("%s RETURNING ledger.day, %s, ledger.deal_count, ledger.amount", statement, self._ledger_place())

    @api.model
    def _ledger_place(self):
        return SQL(", ").join(SQL("ledger.%s", SQL.identifier(name)) for name in PLACE)

    # ------------------------------------------------------------
    # CLOSING AND PROVING
    # ------------------------------------------------------------

    @api.private
    def close(self):
        """Close the weeks that have ended, and prove those that were closed before.

        Closing, proof and repair are one statement: what the lines of a place add up to, less what its balances do,
        is posted. Doing it twice changes nothing; two at once cannot both come through, since both write the mark.

        :return: in how many places and weeks the balances did not agree with the lines
        """
        before = self._open_from()
        bound = max(self._closed_before(), before or self._closed_before())
        self._set_mark(bound)
        [(wrong,)] = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT %(week)s AS week, %(place)s, deal_count, amount
                    FROM crm_pipeline_movement
                    WHERE day < %(bound)s
                    UNION ALL
                    SELECT week, %(place)s, -deal_count, -amount
                    FROM crm_pipeline_balance
                    WHERE week < %(bound)s
                ), posted AS (
                    INSERT INTO crm_pipeline_balance (%(columns)s)
                    SELECT week, %(place)s, sum(deal_count), sum(amount)
                    FROM line
                    GROUP BY week, %(place)s
                    HAVING sum(deal_count) <> 0 OR sum(amount) <> 0
                    RETURNING week
                )
                SELECT count(*) FROM posted WHERE week < %(before)s
                """,
                week=WEEK,
                place=PLACE_COLUMNS,
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
                    "INSERT INTO crm_pipeline_balance (week, deal_count, amount, is_mark) VALUES (%s, 0, 0, TRUE)",
                    bound,
                )
            )

    def _compact(self):
        """Make one row of those that one place has in one week, and none where they cancel."""
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM crm_pipeline_balance
                    WHERE id IN (
                        SELECT unnest(array_agg(id)) FROM crm_pipeline_balance
                        WHERE is_mark IS NOT TRUE
                        GROUP BY week, %(place)s
                        HAVING count(*) > 1
                    )
                    RETURNING %(columns)s
                )
                INSERT INTO crm_pipeline_balance (%(columns)s)
                SELECT week, %(place)s, sum(deal_count), sum(amount)
                FROM gone
                GROUP BY week, %(place)s
                HAVING sum(deal_count) <> 0 OR sum(amount) <> 0
                """,
                place=PLACE_COLUMNS,
                columns=COLUMNS,
            )
        )
