from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .funnel_flow import Cell, FunnelFlow
from .funnel_reader import FunnelReader
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

    # ------------------------------------------------------------
    # SEARCH FIELDS
    # ------------------------------------------------------------

    def _compute_standing_on(self):
        # A line stands for many days, so that the field has no value. It exists for searches.
        self.standing_on = False

    def _search_standing_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        days = [fields.Date.to_date(day) for day in value if day]
        return Domain.OR([Domain("day", "<=", day) & Domain.custom(to_sql=self._not_left_by(day)) for day in days])

    @staticmethod
    def _not_left_by(day):
        """Return a condition: the line put a deal into a place, and no later line up to the day took it out.

        Lines of one deal are in the order of their ids. A line that takes a deal out names the same place as the line
        that put it there, so that the record rules allow either both or none of them.

        :param date day: the last day that counts
        :return: function for `Domain.custom`
        """

        def to_sql(model, alias, query):
            line_id, lead_ref, count = (
                model._field_to_sql(alias, name, query) for name in ("id", "lead_ref", "deal_count")
            )
            return SQL(
                """
                (%s = 1 AND COALESCE((
                    SELECT leaving.day FROM crm_pipeline_movement leaving
                    WHERE leaving.lead_ref = %s AND leaving.id > %s AND leaving.deal_count < 0
                    ORDER BY leaving.id LIMIT 1
                ) > %s, TRUE))
                """,
                count,
                lead_ref,
                line_id,
                day,
            )

        return to_sql

    def _compute_flow_cell(self):
        # A line belongs to the cells of many flows, so that the field has no value. It exists for searches.
        self.flow_cell = False

    def _search_flow_cell(self, operator, value):
        if operator != "in":
            return NotImplemented
        try:
            cells = [Cell.from_text(text) for text in value if text]
        except (TypeError, ValueError):
            raise UserError(self.env._("There is no such cell in the flow of the funnel.")) from None
        return Domain.OR([self._lines_of_cell(cell) for cell in cells])

    def _lines_of_cell(self, cell):
        """Return the domain of the lines behind a cell, one for each of its deals.

        The line is that which put the deal into its origin, or for a deal that came in, into its target. For a deal
        that came in and left, the line that took it out.
        """
        reader = FunnelReader(self.env)
        before, day = reader.check_days(cell.before, cell.day)
        domain = reader.check_domain(cell.domain)
        ids = FunnelFlow(reader).cell_ids_sql(before, day, domain, cell)
        operator = SQL("NOT IN" if cell.is_same else "IN")
        name = "id" if cell.is_passing else "lead_ref"
        lines = domain & Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s %s (%s)", model._field_to_sql(alias, name, query), operator, ids)
        )
        if cell.is_passing:
            return lines
        stands_on, stage_id = (day, cell.target_stage_id) if cell.is_entered else (before, cell.origin_stage_id)
        return lines & Domain("standing_on", "=", stands_on) & Domain("stage_id", "=", stage_id)

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
    def get_funnel(self, day=False, before=False, domain=(), currency_id=False):
        """Return what the sales funnel shows of two days, under the record rules of the user.

        Each number is a dictionary: ``value``, the count of opportunities; ``amount`` and ``weighted``, in the currency
        of the funnel, not rounded; ``model`` and ``domain`` of the lines behind it; ``records``, how many these are;
        ``name``, the title of their list.

        :param day: a date or its text, by default today
        :param before: an earlier day, by default 30 days before `day`
        :param domain: see :meth:`funnel_at`
        :param int currency_id: currency of the amounts, converted at today's rate: one of those of the user's
            companies, by default that of the current company
        :return: a dictionary:

            - ``day``, ``before``, ``today``, ``first_day`` (of the ledger, False if it is empty); ``estimated``: which
              of `day` and `before` rest on lines that were rebuilt at installation
            - ``currency_id``, ``currencies``, ``is_converted``, ``has_recurring``
            - ``stages``: of each stage with deals on either day ``stage_id``, ``name``, ``share`` (the weight of its
              amounts, see :meth:`.StageShares.compute`), and the numbers ``day`` and ``before``
            - ``totals``: the numbers of all stages
            - ``waterfall``: a list from the opening over the kinds with lines to the closing, each with ``kind``,
              ``effect`` (of bars between opening and closing), ``name`` and ``number``. Value, amount and weighted
              each add up
            - ``flow``: ``columns`` and ``rows`` with ``cells``, which have the ``key`` of their column; cells without
              deals are left out. Counts add up to both days. Amounts are those of the earlier day, so that rows add up
              to it; for deals that came in, those at their end
        :raises UserError: for invalid days, domains and currencies
        """
        self.browse().check_access("read")
        return FunnelScreen(self.env).describe(day, before, domain, currency_id)

    @api.model
    @api.readonly
    def get_funnel_weeks(self, domain=(), currency_id=False):
        """Return the funnel at the end of each week since the ledger began, 104 at most, and of today.

        :param domain: see :meth:`funnel_at`
        :param int currency_id: see :meth:`get_funnel`
        :return: a dictionary: ``stages``, with ``stage_id`` and ``name``, in their order; ``points``: ``day``,
            ``is_estimated``, and ``stages``: a list of count, amount and weighted amount for each stage
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
