from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..ledger import outcomes
from ..models.recording.crm_stage_visit import ended_deals
from ..models.recording.rpc_answer import for_program
from ..models.recording.rpc_domain import checked_domain
from ..statistics import Dwell

#: Visits in the sense of screens: skips and corrections are rows of the ledger, but no stay in a stage.
STAY = Domain("outcome", "not in", outcomes.NO_STAY)
#: What became of a deal.
DEAL_STATES = [
    (outcomes.OPEN, "Open"),
    (outcomes.WON, "Won"),
    (outcomes.LOST, "Lost"),
    (outcomes.REMOVED, "Removed"),
]


class CrmStageVisit(models.Model):
    """Adds days to group visits by, what became of the deals, and the statistics of stages for other programs."""

    _name = "crm.stage.visit"
    _inherit = ["crm.stage.visit", "crm.company.day.mixin"]
    _company_days = {"entered_day": "entered_at", "left_day": "left_at"}

    entered_day = fields.Date(
        "Came In On",
        compute="_compute_company_days",
        search=lambda self, *condition: self._search_company_day("entered_day", *condition),
        help="The day on which the visit began, in the time zone of the company.",
    )
    left_day = fields.Date(
        "Left On",
        compute="_compute_company_days",
        search=lambda self, *condition: self._search_company_day("left_day", *condition),
        help="The day on which the visit ended, in the time zone of the company.",
    )
    deal_state = fields.Selection(
        DEAL_STATES,
        "Opportunity State",
        compute="_compute_deal_state",
        search="_search_deal_state",
        help="The outcome of the opportunity in the end, by its last visit. Removed: deleted, merged, archived "
        "without being lost, or turned back into a lead.",
    )

    # ------------------------------------------------------------
    # WHAT BECAME OF THE DEALS
    # ------------------------------------------------------------

    @api.depends("lead_ref")
    def _compute_deal_state(self):
        ended = {}
        if self:
            ended = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT lead_ref, outcome FROM (%s) ended WHERE lead_ref = ANY(%s)",
                        ended_deals(),
                        self.mapped("lead_ref"),
                    )
                )
            )
        for visit in self:
            visit.deal_state = ended.get(visit.lead_ref, outcomes.OPEN)

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        if field_expr != "deal_state":
            return super()._field_to_sql(alias, field_expr, query)
        return self._deal_state_to_sql(alias, query)

    @api.model
    def _deal_state_to_sql(self, alias, query, since=None) -> SQL:
        """Return the SQL of `deal_state`.

        :param datetime since: for queries of visits that began at this instant or later, see :func:`ended_deals`
        """
        # Joined instead of selected for each row, as in the conversion report.
        ended = query.left_join(alias, "lead_ref", SQL("(%s)", ended_deals(since=since)), "lead_ref", "ended")
        return SQL("COALESCE(%s, %s)", SQL.identifier(ended, "outcome"), outcomes.OPEN)

    @api.model
    def _search_deal_state(self, operator, value):
        if operator != "in":
            return NotImplemented

        def ended_in(kinds):
            def to_sql(model, alias, query):
                lead_ref = model._field_to_sql(alias, "lead_ref", query)
                return SQL("EXISTS (SELECT FROM (%s) ended WHERE ended.lead_ref = %s)", ended_deals(kinds), lead_ref)

            return Domain.custom(to_sql=to_sql)

        kinds = [kind for kind in outcomes.ENDS if kind in value]
        found = ended_in(kinds) if kinds else Domain.FALSE
        return found | ~ended_in(outcomes.ENDS) if outcomes.OPEN in value else found

    @api.model
    def _age_domain(self, stage_id, age, deal_state=None):
        """Return the first visits of a stage that have lasted at least so many days, as a domain.

        :param int age: days
        :param deal_state: only those of deals in this state now
        :rtype: Domain
        """
        domain = Domain(
            [
                ("stage_id", "=", stage_id),
                ("is_first", "=", True),
                ("outcome", "not in", outcomes.NO_STAY),
                ("days", ">=", age),
            ]
        )
        return domain & Domain("deal_state", "=", deal_state) if deal_state else domain

    @api.model
    def _outcomes_from_age(self, domain, ages, since=None):
        """Return what became of the deals that stayed in a stage at least so long, at their first visit.

        Reads the visits that the reader may see, with one query. :meth:`_age_domain` opens those of one count.

        :param domain: domain on visits
        :param ages: days
        :param datetime since: only visits that began at this instant or later, which spares reading earlier ones
        :return: by (id of the stage, False for deleted ones; age): numbers of ``deals``, and of those that are
            ``open``, ``won``, ``lost`` and ``removed`` now. No entry where no deal stayed so long
        :rtype: dict
        """
        ages = sorted(set(ages))
        if not ages:
            return {}
        first = Domain([("is_first", "=", True), ("outcome", "not in", outcomes.NO_STAY), ("days", ">=", ages[0])])
        if since:
            first &= Domain("entered_at", ">=", since)
        query = self._search(Domain(domain) & first)
        if query.is_empty():
            return {}
        stage_id, days = (self._field_to_sql(query.table, name, query) for name in ("stage_id", "days"))
        state = self._deal_state_to_sql(query.table, query, since)
        visits = query.select(
            SQL("%s AS stage_id", stage_id),
            # How many of the ages the visit has reached.
            SQL("width_bucket(%s, %s::float8[]) AS reached", days, ages),
            SQL("%s AS state", state),
        )
        counts = SQL("SELECT stage_id, reached, state, count(*) FROM (%s) visit GROUP BY 1, 2, 3", visits)
        found = defaultdict(lambda: dict.fromkeys(("deals", *dict(DEAL_STATES)), 0))
        for stage, reached, kind, number in self.env.execute_query(counts):
            for age in ages[:reached]:
                found[stage or False, age]["deals"] += number
                found[stage or False, age][kind] += number
        return dict(found)

    # ------------------------------------------------------------
    # STATISTICS
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def stage_statistics(self, domain=()):
        """Return the conversion and the dwell time of each stage, of the opportunities that the user may see.

        :param domain: which visits count, for example by ``entered_at``. The first visits among them make the cohort
        :return: a list of dictionaries, one for each stage, in the order of stages: ``stage_id`` and ``stage_name``
            (False for deleted stages); the counts ``cohort``, ``converted``, ``lost``, ``open`` and ``skipped``;
            ``settled_rate`` from 0 to 1 (False if none is settled) and ``settled_interval``, its 95% Wilson interval
            (False if fewer than 10 are settled); ``floor_rate`` and ``ceiling_rate``; ``is_mature``: whether at least
            80% of the cohort are settled, so that screens show the rate. The same of the opportunities that did not
            skip the stage: ``stayed``, ``stayed_converted``, ``stayed_lost``, ``stayed_open``, ``stayed_rate``,
            ``stayed_interval``, ``stayed_floor_rate``, ``stayed_ceiling_rate``, ``stayed_is_mature``. Opportunities
            that were removed without having converted are not in the cohort: ``removed``, and ``removed_rate``, their
            share of the cohort and themselves. A stage of which all were removed has a cohort of 0.

            Of all visits, the first and later ones, without skips and corrections: the counts ``visits`` and
            ``open_visits``; ``median_days`` and ``p90_days``, the whole days within which half and nine of ten of them
            end (None: not known yet; False over XML-RPC, which has no None); ``incidence``: for each ``day`` on which
            visits ended the shares from 0 to 1 of those that by then ``went_on`` (won included), were ``lost``,
            ``moved_back`` and are still ``here``, which add up to 1
        """
        domain = checked_domain(self, domain)
        # The id of a row of the report is that of its visit.
        rows = [("id", "in", self._search(domain))] if not domain.is_true() else []
        report = self.env["crm.stage.conversion.report"]
        statistics = {row["stage_id"]: row for row in report._stage_statistics(rows)}
        lengths = self._read_lengths(domain)
        if lengths.keys() - statistics:
            statistics = {
                stage.id: statistics[stage.id] if stage.id in statistics else report._empty_statistics(stage)
                for stage in report._stages_in_order(statistics.keys() | lengths.keys())
            }
        return for_program([row | _dwell_of(lengths.get(stage_id, ())) for stage_id, row in statistics.items()])


def _dwell_of(counts):
    dwell = Dwell(counts)
    return {
        "visits": dwell.visits,
        "open_visits": dwell.open_visits,
        "median_days": dwell.median_days,
        "p90_days": dwell.p90_days,
        "incidence": dwell.incidence,
    }
