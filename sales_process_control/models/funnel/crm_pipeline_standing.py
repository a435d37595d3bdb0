from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_funnel_flow import Cell


class CrmPipelineMovement(models.Model):
    # Beside the columns of the ledger: which of its lines stand behind a number of the funnel.
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

    def _compute_standing_on(self):
        """A line stands for a stretch of days: there is no single one to show."""
        self.standing_on = False

    def _search_standing_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        days = [fields.Date.to_date(day) for day in value if day]
        return Domain.OR([Domain("day", "<=", day) & Domain.custom(to_sql=self._not_left_by(day)) for day in days])

    @staticmethod
    def _not_left_by(day):
        """The deal was put there, and had not been taken out by the end of the day.

        Lines of one deal are in the order of their numbers, and what is put into a place is taken out by the next line
        that takes something out: that line has the same place, so whoever may read the one may read the other.
        """

        def to_sql(model, alias, query):
            number, lead_ref, count = (
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
                number,
                day,
            )

        return to_sql

    def _compute_flow_cell(self):
        """A line is behind cells of many flows: there is no single one to show."""
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
        """The lines behind a cell: they put a deal there where it stood first, or where it had come to.

        Of a deal that came in and was out again, the line that took it out.
        """
        reader = self.env["crm.funnel.reader"]
        before, day = reader._check_days(cell.before, cell.day)
        places = reader._check_places(cell.domain)
        numbers = self.env["crm.funnel.flow"]._numbers_sql(before, day, places, cell)
        if cell.is_same:
            numbers, name = SQL("NOT IN (%s)", numbers), "lead_ref"
        else:
            numbers, name = SQL("IN (%s)", numbers), "id" if cell.is_passing else "lead_ref"
        lines = places & Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s %s", model._field_to_sql(alias, name, query), numbers)
        )
        if cell.is_passing:
            return lines
        stands_on, stage_id = (day, cell.target_stage_id) if cell.is_entered else (before, cell.origin_stage_id)
        return lines & Domain("standing_on", "=", stands_on) & Domain("stage_id", "=", stage_id)
