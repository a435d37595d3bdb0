from odoo import api, fields, models
from odoo.tools import SQL

#: When a deal entered the pipeline: the beginning of its first visit. Deals that were created as won or lost have none.
#: Read without record rules, since the row says what became of the deal, whoever had it first. PostgreSQL does not run
#: the query where its column is not used.
FIRST_VISIT = "SELECT min(first.entered_at) AS entered_at FROM crm_stage_visit first WHERE first.lead_ref = %s"


class CrmWinReport(models.Model):
    """Win rate: a row for each opportunity that was won, lost or removed, or is open past its expected closing.

    An opportunity counts once, by its last end; one that was reopened is open. Ends are read from the movement ledger:
    an opportunity that was created as won has no visit. Definitions: docs/definitions.md, Win rate.
    """

    _name = "crm.win.report"
    _inherit = ["crm.stage.report.mixin", "crm.rate.mixin"]
    _description = "Win Rate"
    _auto = False
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    _rates = ("win_rate", "win_rate_broad", "removed_rate")
    _instants = ("ended_time",)
    _depends = {
        "crm.pipeline.movement": [
            "date",
            "day",
            "lead_id",
            "lead_ref",
            "kind",
            "amount",
            "currency_id",
            "stage_id",
            "stage_name",
            "team_id",
            "user_id",
            "company_id",
            "is_correction",
            "origin",
        ],
        "crm.stage.visit": [
            "lead_id",
            "lead_ref",
            "stage_id",
            "stage_name",
            "entered_at",
            "left_at",
            "team_id",
            "user_id",
            "company_id",
            "amount",
            "currency_id",
            "date_deadline",
            "origin",
        ],
    }

    date = fields.Date(
        "Ended or Due",
        readonly=True,
        help="The day on which the opportunity was won, lost or removed, in the time zone of the company; its "
        "expected closing if it is overdue.",
    )
    ended_time = fields.Datetime("Ended, Exact Time", readonly=True, help="Empty while the opportunity is open.")
    entered_on = fields.Date(
        "Came into the Pipeline",
        readonly=True,
        help="The day on which the opportunity first came into a stage, in the time zone of the company. Empty if it "
        "was created as won or lost, and never was in a stage.",
    )
    cycle_days = fields.Float(
        "Total Days",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="Calendar days from the first stage to the end. Empty while the opportunity is open, and if it never "
        "was in a stage.",
    )
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Expected revenue at the end, or now while the opportunity is open, in the currency of its company. "
        "Recurring revenue is not included.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    won = fields.Integer(readonly=True, aggregator="sum", help="1 if the opportunity was won and not reopened since.")
    lost = fields.Integer(readonly=True, aggregator="sum", help="1 if the opportunity was lost and not reopened since.")
    is_overdue = fields.Integer(
        "Overdue", readonly=True, aggregator="sum", help="1 if the opportunity is open past its expected closing."
    )
    is_removed = fields.Integer(
        "Removed",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity was archived without being lost, deleted, merged or turned back into a lead, and "
        "not reopened since. It counts neither as won nor as lost.",
    )
    win_rate = fields.Float(
        "Win Rate (narrow)",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Won / (won + lost). Empty under 10 opportunities: read the counts instead.",
    )
    win_rate_broad = fields.Float(
        "Win Rate (broad)",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Won / (won + lost + open past their expected closing). Empty under 10 opportunities.",
    )
    removed_rate = fields.Float(
        "Removed, Share",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Removed / (won + lost + removed); empty under 10 opportunities. Removed opportunities are in no win "
        "rate: if the share is large, the win rate is too high.",
    )

    @property
    def _table_query(self) -> SQL:
        entered = SQL("entry.entered_at")
        return SQL(
            """
            SELECT deal.*, %(entered_on)s AS entered_on,
                   EXTRACT(EPOCH FROM deal.ended_time - %(entered)s)::float8 / 86400 AS cycle_days
            FROM (%(ended)s UNION ALL %(overdue)s) deal
            LEFT JOIN LATERAL (%(first_visit)s) entry ON TRUE
            """,
            entered=entered,
            entered_on=self._day_to_sql(entered, SQL("deal.company_id")),
            ended=self._select_ended(),
            overdue=self._select_overdue(),
            first_visit=SQL(FIRST_VISIT, SQL("deal.lead_ref")),
        )

    @api.model
    def _select_ended(self) -> SQL:
        # An opportunity has no line after its end, unless it was reopened or restored. Corrections, the lines of an
        # undone end and of its undoing, are no ends and do not count as later.
        return SQL(
            """
            SELECT
                movement.lead_ref AS id,
                movement.lead_id,
                movement.lead_ref,
                movement.stage_id,
                movement.stage_name,
                movement.team_id,
                movement.user_id,
                movement.company_id,
                movement.origin,
                movement.day AS date,
                movement.date AS ended_time,
                -movement.amount AS amount,
                movement.currency_id,
                CASE WHEN movement.kind = 'won' THEN 1 ELSE 0 END AS won,
                CASE WHEN movement.kind = 'lost' THEN 1 ELSE 0 END AS lost,
                0 AS is_overdue,
                CASE WHEN movement.kind = 'removed' THEN 1 ELSE 0 END AS is_removed,
                CASE movement.kind WHEN 'won' THEN 1.0::float8 WHEN 'lost' THEN 0.0 END AS win_rate,
                CASE movement.kind WHEN 'won' THEN 1.0::float8 WHEN 'lost' THEN 0.0 END AS win_rate_broad,
                CASE WHEN movement.kind = 'removed' THEN 1.0::float8 ELSE 0.0 END AS removed_rate
            FROM crm_pipeline_movement movement
            WHERE movement.kind IN ('won', 'lost', 'removed')
              AND movement.is_correction IS NOT TRUE
              AND NOT EXISTS (
                SELECT FROM crm_pipeline_movement later
                WHERE later.lead_ref = movement.lead_ref
                  AND later.id > movement.id
                  AND later.is_correction IS NOT TRUE
              )
            """
        )

    @api.model
    def _select_overdue(self) -> SQL:
        return SQL(
            """
            SELECT
                visit.lead_ref,
                visit.lead_id,
                visit.lead_ref,
                visit.stage_id,
                visit.stage_name,
                visit.team_id,
                visit.user_id,
                visit.company_id,
                visit.origin,
                visit.date_deadline,
                NULL::timestamp,
                visit.amount,
                visit.currency_id,
                0,
                0,
                1,
                0,
                NULL::float8,
                0.0,
                NULL::float8
            FROM crm_stage_visit visit
            WHERE visit.left_at IS NULL AND visit.date_deadline < %s
            """,
            self._today_to_sql(SQL("visit.company_id")),
        )
