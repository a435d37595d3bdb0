from odoo import api, fields, models
from odoo.tools import SQL

from ..statistics import ENOUGH, wilson_interval

#: What is told of a stage to other programs, and what it is in this report.
STATISTICS = {
    "cohort": "cohort:sum",
    "converted": "converted:sum",
    "lost": "lost:sum",
    "open": "is_open:sum",
    "skipped": "is_skipped:sum",
    "settled_rate": "settled_rate:avg",
    "floor_rate": "floor_rate:avg",
    "ceiling_rate": "ceiling_rate:avg",
}


class CrmStageConversionReport(models.Model):
    """What became of the opportunities that came into a stage: a row an opportunity and stage, at its first time there.

    The opportunities of a group are its cohort, in which each counts once, however often it came back. Rates are means
    of 0 and 1 over the rows to which they apply, so that each grouping gets its own right; a group to which a rate does
    not apply has none.
    """

    _name = "crm.stage.conversion.report"
    _inherit = "crm.stage.report.mixin"
    _description = "Stage Conversion"
    _auto = False
    _rec_name = "lead_id"
    _order = "entered_at desc, id desc"
    _depends = {
        "crm.stage.visit": [
            "lead_id",
            "lead_ref",
            "stage_id",
            "stage_name",
            "stage_sequence",
            "entered_at",
            "outcome",
            "is_first",
            "converted_at",
            "team_id",
            "user_id",
            "company_id",
            "origin",
        ],
    }

    stage_sequence = fields.Integer("Sequence at the Time", readonly=True, aggregator=None)
    entered_at = fields.Datetime(
        "Entered", readonly=True, help="When the opportunity came into this stage for the first time, or skipped it."
    )
    converted_at = fields.Datetime(
        readonly=True,
        help="When the opportunity, having been here, first reached a later stage or was won.",
    )
    cohort = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="Opportunities whose first time in this stage it was, skips included. One that was removed without having "
        "converted is not counted.",
    )
    converted = fields.Integer(
        readonly=True, aggregator="sum", help="1 if the opportunity has then reached a later stage or was won."
    )
    lost = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity is lost and has not converted. One that is reopened is open again.",
    )
    is_open = fields.Integer(
        "Open", readonly=True, aggregator="sum", help="1 if the opportunity has neither converted nor been lost."
    )
    is_skipped = fields.Integer(
        "Skipped",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity passed this stage without staying. It is part of the cohort, and of what converted.",
    )
    settled_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Converted / (converted + lost): of the opportunities whose fate is known, how many went on. Empty where "
        "nothing is settled. Under 10 settled ones read the counts beside it instead.",
    )
    floor_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Converted / cohort: the rate if all that are open were to be lost.",
    )
    ceiling_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="(Cohort - lost) / cohort: the rate if all that are open were to convert.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        return SQL(
            """
            SELECT
                visit.id,
                visit.lead_id,
                visit.lead_ref,
                visit.stage_id,
                visit.stage_name,
                visit.stage_sequence,
                visit.entered_at,
                visit.converted_at,
                visit.team_id,
                visit.user_id,
                visit.company_id,
                visit.origin,
                1 AS cohort,
                CASE WHEN visit.converted_at IS NOT NULL THEN 1 ELSE 0 END AS converted,
                CASE WHEN visit.converted_at IS NULL AND ended.id IS NOT NULL THEN 1 ELSE 0 END AS lost,
                CASE WHEN visit.converted_at IS NULL AND ended.id IS NULL THEN 1 ELSE 0 END AS is_open,
                CASE WHEN visit.outcome = 'skipped' THEN 1 ELSE 0 END AS is_skipped,
                CASE WHEN visit.converted_at IS NOT NULL THEN 1.0::float8
                     WHEN ended.id IS NOT NULL THEN 0.0 END AS settled_rate,
                CASE WHEN visit.converted_at IS NOT NULL THEN 1.0::float8 ELSE 0.0 END AS floor_rate,
                CASE WHEN visit.converted_at IS NULL AND ended.id IS NOT NULL THEN 0.0::float8
                     ELSE 1.0 END AS ceiling_rate
            """
        )

    @api.model
    def _from(self) -> SQL:
        # The last stay says whether the opportunity is lost or removed now. It is joined, not looked up for each row:
        # the planner then reads all of them at once for a whole table, and single ones for a few rows. The stays are
        # not those that the reader may see: whether his row is lost does not depend on who lost it.
        return SQL(
            """
            FROM crm_stage_visit visit
            LEFT JOIN (
                SELECT stay.id, stay.lead_ref, stay.outcome
                FROM crm_stage_visit stay
                WHERE stay.outcome IN ('lost', 'removed')
                  AND NOT EXISTS (
                    SELECT FROM crm_stage_visit later
                    WHERE later.lead_ref = stay.lead_ref
                      AND later.outcome NOT IN ('skipped', 'correction')
                      AND (later.entered_at, later.id) > (stay.entered_at, stay.id)
                  )
            ) ended ON ended.lead_ref = visit.lead_ref AND visit.converted_at IS NULL
            """
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE visit.is_first AND (ended.id IS NULL OR ended.outcome = 'lost')")

    @api.model
    def _stage_statistics(self, domain):
        """See :meth:`~.crm.stage.visit.stage_statistics`.

        :param domain: on the rows of this report
        """
        groups = self._read_group(domain, ["stage_id"], STATISTICS.values())
        return [self._statistics_of(stage, dict(zip(STATISTICS, values, strict=True))) for stage, *values in groups]

    @api.model
    def _statistics_of(self, stage, numbers):
        settled = numbers["converted"] + numbers["lost"]
        interval = wilson_interval(numbers["converted"], settled) if settled >= ENOUGH else False
        return {"stage_id": stage.id, "stage_name": stage.name, **numbers, "settled_interval": interval}
