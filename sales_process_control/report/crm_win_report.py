from odoo import api, fields, models
from odoo.tools import SQL


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
    _depends = {
        "crm.pipeline.movement": [
            "day",
            "lead_id",
            "lead_ref",
            "kind",
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
            "left_at",
            "team_id",
            "user_id",
            "company_id",
            "date_deadline",
            "origin",
        ],
    }

    date = fields.Date(
        "Ended or Due",
        readonly=True,
        help="The day on which the opportunity was won, lost or removed, in the time zone of the company; of one that "
        "is overdue, its expected closing.",
    )
    won = fields.Integer(
        readonly=True, aggregator="sum", help="1 if the opportunity's last end was that it was won, and it stands."
    )
    lost = fields.Integer(
        readonly=True, aggregator="sum", help="1 if the opportunity's last end was that it was lost, and it stands."
    )
    is_overdue = fields.Integer(
        "Overdue", readonly=True, aggregator="sum", help="1 if the opportunity is open past its expected closing."
    )
    is_removed = fields.Integer(
        "Removed",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity's last end was that it was archived without being lost, deleted, merged or turned "
        "back into a lead. It counts as neither won nor lost.",
    )
    win_rate = fields.Float(
        "Win Rate (narrow)",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Won / (won + lost). Empty under 10 of them: read the counts beside it.",
    )
    win_rate_broad = fields.Float(
        "Win Rate (broad)",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Won / (won + lost + open past their expected closing): what nobody closes is not won either. Empty under "
        "10 of them.",
    )
    removed_rate = fields.Float(
        "Removed, Share",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Removed / (won + lost + removed). Removed opportunities are in no win rate: a large share says that the "
        "win rate is too good. Empty under 10 of them.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._select_ended(), self._select_overdue())

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
