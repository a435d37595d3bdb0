import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_pipeline_movement import KINDS

_logger = logging.getLogger(__name__)

#: Columns of a place. The expected closing is left out, since with it there would be almost as many places as deals.
PLACE = ("stage_id", "team_id", "user_id", "company_id", "currency_id")
#: The Monday of the week of a line.
WEEK = SQL("day - (EXTRACT(ISODOW FROM day)::int - 1)")
#: Columns of a balance beside the week. The waterfall of the sales funnel needs the kind.
KEPT_BY = (*PLACE, "kind")
KEPT_COLUMNS = SQL(", ").join(map(SQL.identifier, KEPT_BY))
#: Columns of a line that its balance needs.
POSTED_COLUMNS = ("day", *KEPT_BY, "deal_count", "amount")
COLUMNS = SQL("week, %s, line_count, deal_count, amount", KEPT_COLUMNS)


def monday_of(day):
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


class CrmPipelineBalance(models.Model):
    """Sums of movement lines of past weeks, by week, place and kind (docs/definitions.md, Weekly balances).

    Corrections are left out: they cancel by place, but not by kind.

    With them the funnel of a day reads the balances of some weeks and the lines of a few days, however long the ledger
    is. Rows are only inserted, so that no two transactions wait for one row. A move adds no balance, because its week
    is not over. Code that writes or deletes lines of a past week posts the difference in the same transaction. The
    daily job closes the weeks that have ended, and verifies all balances.
    """

    _name = "crm.pipeline.balance"
    _description = "Pipeline Balance"
    _rec_name = "week"
    _order = "week desc, id desc"
    _log_access = False

    week = fields.Date(readonly=True, required=True, help="The Monday of the week.")
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    kind = fields.Selection(KINDS, readonly=True, help="What happened.")
    line_count = fields.Integer(
        "Lines", readonly=True, aggregator="sum", help="The number of pipeline movements that are added up here."
    )
    deal_count = fields.Integer(
        "Opportunities",
        readonly=True,
        aggregator="sum",
        help="Change of the number of opportunities here.",
    )
    amount = fields.Monetary(readonly=True, aggregator="sum", help="Change of the expected revenue here.")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    is_mark = fields.Boolean(
        "Closed up to Here",
        readonly=True,
        help="The row that marks up to which week balances are closed.",
    )

    _week_index = models.Index("(week)")
    _one_mark = models.UniqueIndex("(is_mark) WHERE is_mark", "Another transaction is closing the weeks.")

    # ------------------------------------------------------------
    # CLOSED WEEKS
    # ------------------------------------------------------------

    @api.model
    def _wall_day(self):
        """Return the day by the clock of the server, UTC. The time of a transaction may differ, as in a replay."""
        return datetime.now(timezone.utc).date()

    @api.model
    def _posted_before(self):
        """Return the day before which lines post their difference: a Monday.

        No line of a present change is before it. On the first day after a week, a present change may still belong to
        that week in some time zone.
        """
        return monday_of(self._wall_day() - timedelta(days=1))

    @api.model
    def _closed_before(self):
        """Return the day before which weeks can be closed: a Monday.

        Transactions that wrote lines of these weeks without posting them began at least a day ago.
        """
        return monday_of(self._wall_day() - timedelta(days=2))

    @api.model
    def _open_from(self):
        """Return the day before which weeks are closed: the balances contain the lines of earlier days.

        :return: a Monday, or None if no week is closed yet
        """
        rows = self.env.execute_query(SQL("SELECT week FROM crm_pipeline_balance WHERE is_mark"))
        return rows[0][0] if rows else None

    # ------------------------------------------------------------
    # POSTING
    # ------------------------------------------------------------

    @api.model
    def _post_sql(self, lines, sign=1):
        """Return the statement that posts the sums of lines of past weeks. Corrections are left out.

        :param SQL lines: name of a table, or of a query that writes or deletes the lines
        :param int sign: 1 for lines that were written, -1 for lines that were deleted
        :rtype: SQL
        """
        return SQL(
            """
            INSERT INTO crm_pipeline_balance (%(columns)s)
            SELECT %(week)s, %(kept_by)s, %(sign)s * count(*), %(sign)s * sum(deal_count), %(sign)s * sum(amount)
            FROM %(lines)s
            WHERE day < %(bound)s AND is_correction IS NOT TRUE
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
        """Return a statement that writes or deletes lines with the columns that :meth:`_post_sql` reads.

        :param SQL statement: an INSERT or DELETE of the table with the alias `ledger`
        :rtype: SQL
        """
        columns = (SQL("ledger.%s", SQL.identifier(name)) for name in (*POSTED_COLUMNS, "is_correction"))
        return SQL("%s RETURNING %s", statement, SQL(", ").join(columns))

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    @api.private
    def close(self):
        """Close the weeks that have ended; verify and correct those that were closed before.

        One statement does both: it posts the sums of the lines minus the sums of the balances. A second run changes
        nothing. Of two runs at the same time PostgreSQL rejects one, since both write the mark.

        :return: number of balances of closed weeks that did not agree with the lines
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
                    WHERE day < %(bound)s AND is_correction IS NOT TRUE
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
        """Write the mark, also if it stays the same, so that PostgreSQL rejects one of two runs at the same time."""
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
        """Merge rows of the same week, place and kind; delete them if they cancel."""
        self.env.cr.execute(
            SQL(
                """
                WITH deleted AS (
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
                FROM deleted
                GROUP BY week, %(kept_by)s
                HAVING sum(line_count) <> 0 OR sum(deal_count) <> 0 OR sum(amount) <> 0
                """,
                kept_by=KEPT_COLUMNS,
                columns=COLUMNS,
            )
        )
