from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.rpc_domain import check_count
from .funnel_conversion import FunnelConversion
from .funnel_flow import MOST_CELLS, FunnelFlow, read_cells
from .funnel_reader import FunnelReader, standing_sql
from .funnel_screen import FunnelScreen, FunnelWeeks


class CrmPipelineMovement(models.Model):
    """Adds the calls of the sales funnel, and the search fields that find the lines behind its numbers."""

    _inherit = "crm.pipeline.movement"

    standing_on = fields.Date(
        compute="_compute_standing_on",
        search="_search_standing_on",
        help="To search with: the lines that put an opportunity into the place in which it stood at the end of a day.",
    )
    flow_cell = fields.Char(
        compute="_compute_flow_cell",
        search="_search_flow_cell",
        help="To search with: the lines behind a cell of the flow between two days, as the sales funnel names it.",
    )

    is_reopened = fields.Boolean(
        "Reopened Since",
        compute="_compute_is_reopened",
        search="_search_is_reopened",
        help="To search with: the lines of an end after which the opportunity was reopened.",
    )

    # ------------------------------------------------------------
    # SEARCH FIELDS
    # ------------------------------------------------------------

    def _compute_standing_on(self):
        # A line stands for many days, so that the field has no value. It exists for searches.
        self.standing_on = False

    def _search_standing_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        check_count(self.env, len(value), MOST_CELLS)
        days = [fields.Date.to_date(day) for day in value if day]
        return Domain.OR([Domain.custom(to_sql=self._standing_to_sql(day)) for day in days])

    @staticmethod
    def _standing_to_sql(day):
        """Return a condition as :meth:`.standing_sql`, as a function for `Domain.custom`."""

        def to_sql(model, alias, query):
            return standing_sql(lambda name: model._field_to_sql(alias, name, query), day)

        return to_sql

    def _compute_flow_cell(self):
        # A line belongs to the cells of many flows, so that the field has no value. It exists for searches.
        self.flow_cell = False

    def _search_flow_cell(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR([self._lines_of_cell(cell) for cell in read_cells(self.env, value)])

    def _lines_of_cell(self, cell):
        """Return the domain of the lines behind a cell, one for each of its deals.

        The line is that which put the deal into its origin, or for a deal that came in, into its target. For a deal
        that came in and left, the line that took it out.
        """
        lines = FunnelFlow(FunnelReader(self.env)).find(cell)
        if cell.is_passing:
            return lines
        return lines & Domain("standing_on", "=", cell.stands_on) & Domain("stage_id", "=", cell.stage_id)

    def _compute_is_reopened(self):
        self.is_reopened = False
        reopened = self.search([("id", "in", self.ids), ("is_reopened", "=", True)])
        reopened.is_reopened = True

    def _search_is_reopened(self, operator, value):
        if operator != "in":
            return NotImplemented
        reopened = Domain.custom(to_sql=self._reopened_to_sql)
        return Domain.OR([reopened if wanted else ~reopened for wanted in value])

    @staticmethod
    def _reopened_to_sql(model, alias, query):
        kind, lead_ref, line_id = (model._field_to_sql(alias, name, query) for name in ("kind", "lead_ref", "id"))
        return SQL(
            """
            (%s IN ('won', 'lost') AND EXISTS (
                SELECT FROM crm_pipeline_movement again
                WHERE again.kind = 'reopened' AND again.lead_ref = %s AND again.id > %s
                  AND again.is_correction IS NOT TRUE
            ))
            """,
            kind,
            lead_ref,
            line_id,
        )

    # ------------------------------------------------------------
    # CALLS OF THE BROWSER AND OF OTHER PROGRAMS
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def funnel_at(self, day, domain=()):
        """Return the open deals at the end of a day by stage, under the record rules of the user.

        The lines behind the numbers are those that `standing_on` finds for the day.

        :param day: a date or its text, in the time zone of each company's working calendar; not in the future
        :param domain: filter on `stage_id`, `team_id`, `user_id`, `company_id`, `currency_id`, `date_deadline`,
            `lead_id`, `lead_ref`, and on fields of their records
        :return: a list of dictionaries, one for each stage and currency, in the order of stages: ``stage_id`` and
            ``currency_id`` (False for none and for deleted records), ``deal_count``, and ``amount``: expected revenue
            in that currency, without recurring revenue
        :raises UserError: for an invalid or future day, and for a domain on other fields
        """
        self.browse().check_access("read")
        reader = FunnelReader(self.env)
        rows = reader.standing(reader.check_day(day), reader.check_domain(domain))
        order = {stage.id or None: rank for rank, stage in enumerate(self._stages_in_order({row[0] for row in rows}))}
        # A stage that was deleted meanwhile comes last, as deals without a stage do.
        rows.sort(key=lambda row: (order.get(row[0], len(order)), row[1] or 0))
        return [
            {
                "stage_id": stage_id or False,
                "currency_id": currency_id or False,
                "deal_count": count,
                "amount": float(amount),
            }
            for stage_id, currency_id, count, amount in rows
        ]

    @api.model
    @api.readonly
    def get_funnel(self, day=False, before=False, domain=(), currency_id=False, period=False):
        """Return what the sales funnel shows of two days, under the record rules of the user.

        Each number is a dictionary: ``value``, the count of opportunities; ``amount``, ``weighted`` (by the
        share of its stage that is won) and ``expected`` (by its chance to sign), in the currency of the funnel, not
        rounded; ``model``, ``domain`` and ``context`` of the records that add up to it; ``records``,
        how many these are; ``name``, the title of their list. The records are opportunities on a day, or movement lines
        for the kinds of the waterfall. ``lines`` is the domain of the movement lines behind opportunities on a day.

        :param day: a date or its text, by default today
        :param before: an earlier day, by default 30 days before `day`
        :param domain: see :meth:`funnel_at`
        :param int currency_id: currency of the amounts, converted at today's rate: one of those of the user's
            companies, by default that of the current company
        :param str period: `week`, `month`, `quarter`, `year` (all up to today), `last_week`, `last_month`,
            `last_quarter`, `30_days` or `90_days` (up to today) instead of the two days; by default `30_days`, if there
            is no day either. Weeks begin as in the language of the user
        :return: a dictionary:

            - ``day``, ``before``, ``today``, ``first_day`` (of the ledger, False if it is empty); ``estimated``: which
              of `day` and `before` rest on lines that were rebuilt at installation
            - ``period``: key of the period, False for two days; ``periods``: a list of ``key`` and ``name``
            - ``currency_id``, ``currencies``, ``is_converted``, ``has_recurring``; ``has_shares`` and ``has_chances``:
              whether shares of deals won and chances to sign are known, else such amounts are 0
            - ``left_out``: of `day` and `before` the amounts in currencies without a rate, which are in no amount:
              a list of ``currency_id``, ``name`` and ``amount``. The currencies of all lines between are included
            - ``stages``: of each stage with deals on either day ``stage_id``, ``name``, ``share`` (the weight of its
              amounts, see :meth:`.StageShares.compute`), and the numbers ``day`` and ``before``
            - ``totals``: the numbers of all stages
            - ``waterfall``: a list from the opening over the kinds with lines to the closing, each with ``kind``,
              ``effect`` (of bars between opening and closing), ``name`` and ``number``. Value and amounts
              each add up. For won and lost also ``reopened``, the number of those that were reopened since
            - ``flow``: ``columns`` and ``rows`` with ``cells``, which have the ``key`` of their column; cells without
              deals are left out. Counts add up to both days. Amounts are those of the earlier day, so that rows add up
              to it; for deals that came in, those at their end
        :raises UserError: for invalid days, domains and currencies, and for an unknown period
        """
        self.browse().check_access("read")
        return FunnelScreen(self.env).describe(day, before, domain, currency_id, period)

    @api.model
    @api.readonly
    def get_funnel_conversion(self, day=False, before=False, domain=(), period=False):
        """Return how deals went on from stage to stage between two days, under the record rules of the user.

        What came into a stage after the earlier day, up to the later one, counts, with all that became of it up to now
        (docs/definitions.md, Conversion and Typical dwell).

        :param day: see :meth:`get_funnel`, as are `before` and `period`
        :param domain: see :meth:`funnel_at`
        :return: a dictionary: ``day``, ``before``, and ``stages`` in their order, won and deleted ones left out: a list
            of ``stage_id``, ``name``, ``sequence``; ``entered``, ``went_on``, ``lost``, ``open``, ``decided`` and
            ``visits``: numbers with ``value``, ``name``, and ``model`` and ``domain`` of the records that they count;
            ``rate`` from 0 to 1 and ``interval``, False under ten decided deals and in a young group; ``at_least`` and
            ``at_most`` of a young group, else False; ``median``: days within which half of the visits end, False under
            ten visits and while it is not known
        :raises UserError: as :meth:`get_funnel`
        """
        self.browse().check_access("read")
        return FunnelConversion(self.env).describe(day, before, domain, period)

    @api.model
    @api.readonly
    def get_funnel_weeks(self, domain=(), currency_id=False):
        """Return the funnel at the end of each week since the ledger began, 104 at most, and of today.

        :param domain: see :meth:`funnel_at`
        :param int currency_id: see :meth:`get_funnel`
        :return: a dictionary: ``stages``, with ``stage_id`` and ``name``, in their order; ``points``: ``day``,
            ``is_estimated``, and ``stages``: a list of count, amount, weighted and expected amount for each stage;
            ``currency_id`` of the amounts; ``left_out``: as in :meth:`get_funnel`, of today
        :raises UserError: for invalid domains and currencies
        """
        self.browse().check_access("read")
        return FunnelWeeks(self.env).describe(domain, currency_id)

    @api.model
    def _stages_in_order(self, stage_ids):
        """Return stages in their order.

        :param stage_ids: ids; None stands for deals without a stage
        :return: list of records, the last of them empty if None is among the ids. Deleted stages are left out
        """
        stages = self.env["crm.stage"]
        existing = Domain("id", "in", [stage_id for stage_id in stage_ids if stage_id])
        found = list(stages.search_fetch(existing, ["name", "sequence"], order="sequence, id"))
        return [*found, stages] if None in stage_ids else found
