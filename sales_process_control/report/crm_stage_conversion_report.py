from datetime import datetime
from itertools import chain

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..ledger import outcomes
from ..models.playbook.crm_stage_step import STEP_APPLIES
from ..models.progress.crm_lead_progress import REACTIONS
from ..models.recording.crm_stage_visit import ended_deals

#: Whether a stage expected a sales action while a deal was in it. An `entry` is the first visit of a deal in a stage. A
#: sales action that was created after the deal had left is not expected, nor is one of a skipped stage.
STEP_WAS_EXPECTED = f"""
    {STEP_APPLIES.format(stage_id="entry.stage_id", team_id="entry.team_id")}
    AND entry.outcome <> 'skipped' AND (entry.left_at IS NULL OR step.create_date <= entry.left_at)
"""
#: Whether the deal of an entry took a sales action before it went on or was lost; if it is open, until now.
STEP_WAS_TAKEN = """
    EXISTS (
        SELECT FROM crm_lead_progress taken
        WHERE taken.lead_id = entry.lead_id AND taken.step_id = step.id
          AND (entry.left_at IS NULL OR taken.date <= entry.left_at)
    )
"""
#: The share of the required sales actions of an entry that were taken; NULL if the stage requires none.
REQUIRED_SHARE = f"""
    (SELECT avg({STEP_WAS_TAKEN}::int)::float8 FROM crm_stage_step step WHERE step.is_required AND {STEP_WAS_EXPECTED})
"""
#: The same as all, some or none. `OFFSET 0` keeps PostgreSQL from computing the share once for each comparison.
REQUIRED_TAKEN = f"""
    (SELECT CASE WHEN share = 1 THEN 'all' WHEN share > 0 THEN 'some' WHEN share = 0 THEN 'none' END
     FROM (SELECT {REQUIRED_SHARE} AS share OFFSET 0) required)
"""
#: The progress of the deal of an entry in that stage, before it went on or was lost.
PROGRESS_IN_STAGE = """
    FROM crm_lead_progress progress
    WHERE progress.lead_id = entry.lead_id AND progress.stage_id = entry.stage_id
      AND (entry.left_at IS NULL OR progress.date <= entry.left_at)
"""
#: Why the deal of an entry was lost. NULL where it is not lost, or went on from the stage.
LOST_REASON = """
    (SELECT lead.lost_reason_id FROM crm_lead lead WHERE entry.lost = 1 AND lead.id = entry.lead_id)
"""
#: Key of the context with a datetime: rows of visits that began earlier are left out. A domain on `entered_at` leaves
#: them out as well, but the query for the last visits of deals does not know it, and reads the whole ledger.
ENTERED_SINCE = "stage_conversion_entered_since"
#: Measures of a group that are zero if no deal of the group ever stayed in the stage.
STAYS = ("stayed:sum", "is_removed:sum")


class CrmStageConversionReport(models.Model):
    """Conversion of stages: a row for each opportunity and stage, at the first visit.

    The opportunities of a group are its cohort: each counts once, however often it came back. A rate is the mean of a
    column that is 1, 0 or NULL, so that it is right for every grouping. Definitions: docs/definitions.md, Conversion.
    """

    _name = "crm.stage.conversion.report"
    _inherit = ["crm.stage.report.mixin", "crm.rate.mixin"]
    _description = "Stage Conversion"
    _auto = False
    _rec_name = "lead_id"
    _order = "entered_time desc, id desc"
    _instants = ("entered_time", "converted_time")
    _company_days = {"entered_at": "entered_time", "converted_at": "converted_time"}
    _rates = (
        "stayed_rate",
        "stayed_floor_rate",
        "stayed_ceiling_rate",
        "settled_rate",
        "floor_rate",
        "ceiling_rate",
        "removed_rate",
        "required_rate",
    )
    _rate_cohorts = {"stayed_rate": "stayed_floor_rate", "settled_rate": "floor_rate"}
    # A deal counts once in each stage that it has been in.
    _counted_by = "stage_id"
    _measures_counted_by = (
        *_rates,
        "cohort",
        "converted",
        "stayed",
        "stayed_converted",
        "lost",
        "is_open",
        "is_skipped",
        "is_removed",
        "amount",
    )
    _depends = {
        "crm.stage.visit": [
            "lead_id",
            "lead_ref",
            "stage_id",
            "stage_name",
            "stage_sequence",
            "entered_at",
            "left_at",
            "outcome",
            "is_first",
            "converted_at",
            "team_id",
            "user_id",
            "company_id",
            "amount",
            "currency_id",
            "date_deadline",
            "origin",
        ],
        "crm.lead": ["lost_reason_id"],
        "crm.stage.step": ["stage_id", "team_id", "active", "is_required", "create_date"],
        "crm.lead.progress": ["lead_id", "stage_id", "step_id", "date", "reaction"],
    }

    stage_sequence = fields.Integer("Sequence at the Time", readonly=True, aggregator=None)
    entered_at = fields.Date(
        "Came In On",
        readonly=True,
        search=lambda self, *condition: self._search_company_day("entered_at", *condition),
        help="The day on which the opportunity came into this stage for the first time, or skipped it, in the time "
        "zone of the company.",
    )
    entered_time = fields.Datetime("Came In, Exact Time", readonly=True)
    converted_at = fields.Date(
        "Converted On",
        readonly=True,
        search=lambda self, *condition: self._search_company_day("converted_at", *condition),
        help="The day on which the opportunity first reached a later stage or was won after this stage, in the time "
        "zone of the company.",
    )
    converted_time = fields.Datetime("Converted, Exact Time", readonly=True)
    stayed = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="Opportunities that came into this stage for the first time and did not skip it. Opportunities that "
        "were removed before they converted do not count.",
    )
    stayed_converted = fields.Integer(
        "Moved On",
        readonly=True,
        aggregator="sum",
        help="Opportunities that stayed, and then reached a later stage or were won.",
    )
    cohort = fields.Integer(
        "Came In, With Skips",
        readonly=True,
        aggregator="sum",
        help="Opportunities that stayed in this stage or skipped it. Opportunities that were removed before they "
        "converted do not count.",
    )
    converted = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity reached a later stage or was won after this stage. Opportunities that skipped the "
        "stage count too.",
    )
    lost = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity is lost and has not converted. Reopened opportunities are open.",
    )
    is_open = fields.Integer(
        "Open",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity has neither converted nor been lost or removed.",
    )
    is_skipped = fields.Integer(
        "Skipped",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity passed this stage without a visit. It counts in Came In, With Skips and in "
        "Converted.",
    )
    is_removed = fields.Integer(
        "Removed",
        readonly=True,
        aggregator="sum",
        help="1 if the opportunity was archived without being lost, deleted, merged or turned back into a lead, and "
        "has not converted. It does not count among the opportunities that came in.",
    )
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Expected revenue in the currency of the opportunity's company: when it was lost or removed, else at the "
        "end of this visit or now. If you may not read the loss or removal: at the end of this visit.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_deadline = fields.Date(
        "Expected Closing",
        readonly=True,
        help="The expected closing at the end of this visit, or now while the visit lasts.",
    )
    lost_reason_id = fields.Many2one(
        "crm.lost.reason",
        readonly=True,
        help="Why the opportunity was lost, if it is lost and has not converted.",
    )
    stayed_rate = fields.Float(
        "Conversion Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Moved on / (moved on + lost), of the opportunities that stayed. Empty if fewer than 10 moved on or "
        "were lost, or if these are less than 80% of those that stayed: read the counts, Lowest Rate and Highest "
        "Rate instead.",
    )
    stayed_floor_rate = fields.Float(
        "Lowest Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Moved on / stayed: the rate if all open opportunities are lost. Empty under 10 opportunities.",
    )
    stayed_ceiling_rate = fields.Float(
        "Highest Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="(Stayed - lost) / stayed: the rate if all open opportunities move on. Empty under 10 opportunities.",
    )
    settled_rate = fields.Float(
        "Conversion Rate, With Skips",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Converted / (converted + lost), skips included. Empty if fewer than 10 converted or were lost, or if "
        "these are less than 80% of those that came in.",
    )
    floor_rate = fields.Float(
        "Lowest Rate, With Skips",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Converted / came in: the rate, skips included, if all open opportunities are lost. Empty under 10 "
        "opportunities.",
    )
    ceiling_rate = fields.Float(
        "Highest Rate, With Skips",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="(Came in - lost) / came in: the rate, skips included, if all open opportunities convert. Empty under 10 "
        "opportunities.",
    )
    removed_rate = fields.Float(
        "Removed, Share",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Removed / (came in + removed), skips included; empty under 10 opportunities. Removed opportunities are "
        "in no other rate: if the share is large, the other rates are too high.",
    )
    required_rate = fields.Float(
        "Required Actions Done",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Done / required sales actions of the stage, until the opportunity moved on or was lost, or until now. "
        "Empty if the stage requires none; in groups, the mean of 10 or more opportunities.",
    )
    required_taken = fields.Selection(
        [("all", "All required actions"), ("some", "Some of them"), ("none", "None of them")],
        "Required Actions",
        readonly=True,
        help="Number of required sales actions of the stage that were done before the opportunity moved on or was "
        "lost.",
    )
    last_reaction = fields.Selection(
        REACTIONS,
        readonly=True,
        help="The customer's last reaction in this stage, before the opportunity moved on or was lost.",
    )
    contact_count = fields.Integer(
        "Contacts",
        readonly=True,
        aggregator="avg",
        help="Number of activities done, meetings, customer's messages and recorded progress in this stage, before "
        "the opportunity moved on or was lost. In groups, the mean.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            "SELECT entry.*, %s FROM (%s %s %s) entry",
            self._select_of_lead(),
            self._select(),
            self._from(),
            self._where(),
        )

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, groupby=(), aggregates=(), having=(), **options):
        """Leave out stages in which no deal of the group ever stayed."""
        if self._leaves_out_skips(domain, groupby):
            having = Domain(having) & Domain.OR([Domain(measure, ">", 0) for measure in STAYS])
        return super().formatted_read_group(domain, groupby, aggregates, having, **options)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, grouping_sets, aggregates=(), *, order=None):
        """Leave out stages in which no deal of the group ever stayed."""
        added = [measure for measure in STAYS if measure not in aggregates]
        found = super().formatted_read_grouping_sets(domain, grouping_sets, [*aggregates, *added], order=order)
        for number, groupby in enumerate(grouping_sets):
            if self._leaves_out_skips(domain, groupby):
                found[number] = [group for group in found[number] if any(group[measure] for measure in STAYS)]
        for group in chain.from_iterable(found):
            for measure in added:
                group.pop(measure, None)
        return found

    @api.model
    def _leaves_out_skips(self, domain, groupby):
        """Return whether stages with skips only are left out. They are not where somebody asks for skips."""
        return "stage_id" in groupby and not any(
            condition.field_expr == "is_skipped" for condition in Domain(domain).iter_conditions()
        )

    @api.model
    def _select_of_lead(self) -> SQL:
        """Return the columns about progress in the stage, and the reason of loss.

        Each column is a subquery of its own: PostgreSQL does not run those that a query does not use. Users who had the
        deal then may read its row, but only users who may read the deal see these columns. Removed deals are left out.
        """
        readable = self.env["crm.lead"].with_context(active_test=False)._search([])
        condition = SQL("entry.cohort = 1")
        if readable.where_clause:
            condition = SQL("%s AND entry.lead_id IN %s", condition, readable.subselect())
        columns = {
            "required_rate": SQL(REQUIRED_SHARE),
            "required_taken": SQL(REQUIRED_TAKEN),
            "last_reaction": SQL(
                "(SELECT progress.reaction %s AND progress.reaction IS NOT NULL "
                "ORDER BY progress.date DESC, progress.id DESC LIMIT 1)",
                SQL(PROGRESS_IN_STAGE),
            ),
            "contact_count": SQL("(SELECT count(*) %s)", SQL(PROGRESS_IN_STAGE)),
            "lost_reason_id": SQL(LOST_REASON),
        }
        return SQL(", ").join(
            SQL("CASE WHEN %s THEN %s END AS %s", condition, column, SQL.identifier(name))
            for name, column in columns.items()
        )

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
                -- For STEP_WAS_EXPECTED: PostgreSQL has statistics of this column, but none of is_skipped.
                visit.outcome,
                %(entered)s AS entered_at,
                visit.entered_at AS entered_time,
                %(converted)s AS converted_at,
                visit.converted_at AS converted_time,
                COALESCE(visit.converted_at, ended.left_at) AS left_at,
                visit.team_id,
                visit.user_id,
                visit.company_id,
                visit.date_deadline,
                CASE WHEN %(may_read_end)s THEN ended.amount ELSE visit.amount END AS amount,
                CASE WHEN %(may_read_end)s THEN ended.currency_id ELSE visit.currency_id END AS currency_id,
                visit.origin,
                CASE WHEN ended.outcome = 'removed' THEN 0 ELSE 1 END AS cohort,
                CASE WHEN visit.converted_at IS NOT NULL THEN 1 ELSE 0 END AS converted,
                CASE WHEN visit.outcome = 'skipped' OR ended.outcome = 'removed' THEN 0 ELSE 1 END AS stayed,
                CASE WHEN visit.converted_at IS NOT NULL AND visit.outcome <> 'skipped' THEN 1 ELSE 0
                    END AS stayed_converted,
                CASE WHEN ended.outcome = 'lost' THEN 1 ELSE 0 END AS lost,
                CASE WHEN visit.converted_at IS NULL AND ended.id IS NULL THEN 1 ELSE 0 END AS is_open,
                CASE WHEN visit.outcome = 'skipped' THEN 1 ELSE 0 END AS is_skipped,
                CASE WHEN ended.outcome = 'removed' THEN 1 ELSE 0 END AS is_removed,
                %(rates)s
            """,
            entered=self._day_to_sql(SQL("visit.entered_at"), SQL("visit.company_id")),
            converted=self._day_to_sql(SQL("visit.converted_at"), SQL("visit.company_id")),
            may_read_end=self._may_read_end(),
            rates=self._select_rates(),
        )

    @api.model
    def _may_read_end(self) -> SQL:
        """Return the condition that the deal is lost or removed, by a visit that the reader may read.

        Who had the deal before may know its end, but not the amount that it had under its later salesperson.
        """
        visits = self.env["crm.stage.visit"]
        readable = visits._search([])
        if not readable.where_clause:
            return SQL("ended.id IS NOT NULL")
        readable.add_where(SQL("%s = ended.id", visits._field_to_sql(readable.table, "id", readable)))
        readable.order = None
        # A row that is the end itself needs no second look.
        may_read = SQL("ended.id = visit.id OR EXISTS (%s)", readable.select(SQL("1")))
        return SQL("(ended.id IS NOT NULL AND (%s))", may_read)

    @api.model
    def _select_rates(self) -> SQL:
        settled = SQL("WHEN visit.converted_at IS NOT NULL THEN 1.0::float8 WHEN ended.outcome = 'lost' THEN 0.0")
        floor = SQL(
            "WHEN visit.converted_at IS NOT NULL THEN 1.0::float8 WHEN ended.outcome = 'removed' THEN NULL ELSE 0.0"
        )
        ceiling = SQL("WHEN ended.outcome = 'lost' THEN 0.0::float8 WHEN ended.outcome = 'removed' THEN NULL ELSE 1.0")
        removed = SQL("WHEN ended.outcome = 'removed' THEN 1.0::float8 ELSE 0.0")
        stayed = SQL("WHEN visit.outcome = 'skipped' THEN NULL")
        columns = {
            "settled_rate": settled,
            "floor_rate": floor,
            "ceiling_rate": ceiling,
            "removed_rate": removed,
            "stayed_rate": SQL("%s %s", stayed, settled),
            "stayed_floor_rate": SQL("%s %s", stayed, floor),
            "stayed_ceiling_rate": SQL("%s %s", stayed, ceiling),
        }
        return SQL(", ").join(SQL("CASE %s END AS %s", cases, SQL.identifier(name)) for name, cases in columns.items())

    @api.model
    def _from(self) -> SQL:
        # The last visit says whether the opportunity is lost or removed now. It is joined instead of selected for each
        # row: PostgreSQL then scans all last visits for the whole table, and looks up single ones for a few rows.
        return SQL(
            """
            FROM crm_stage_visit visit
            LEFT JOIN (%s
            ) ended ON ended.lead_ref = visit.lead_ref AND visit.converted_at IS NULL
            """,
            ended_deals((outcomes.LOST, outcomes.REMOVED), self._entered_since()),
        )

    @api.model
    def _where(self) -> SQL:
        since = self._entered_since()
        return SQL("WHERE visit.is_first AND visit.entered_at >= %s", since) if since else SQL("WHERE visit.is_first")

    @api.model
    def _entered_since(self):
        """Return the instant from the context before which no row is read, see :data:`ENTERED_SINCE`; None for all."""
        since = self.env.context.get(ENTERED_SINCE)
        return since if isinstance(since, datetime) else None
