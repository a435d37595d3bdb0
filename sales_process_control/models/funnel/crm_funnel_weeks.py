from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ..recording.crm_pipeline_balance import monday_of
from .crm_funnel_money import Worth

#: So many weeks before today at most.
MOST_WEEKS = 104


class CrmFunnelWeeks(models.AbstractModel):
    """The funnel through the weeks: what a band of stages is drawn from."""

    _name = "crm.funnel.weeks"
    _inherit = ["crm.funnel.money"]
    _description = "Sales Funnel: Weeks"

    def _read_weeks(self, domain, currency_id):
        """See :meth:`~.crm.pipeline.movement.get_funnel_weeks`."""
        reader = self.env["crm.funnel.reader"]
        places = reader._check_places(domain)
        currency_id = self._check_currency(currency_id, self._currencies())
        bounds = reader._read_bounds(places)
        if not bounds[0]:
            return {"stages": [], "points": []}
        days = self._days(bounds[0], reader._today())
        standing = reader._read_standing(days[0], places)
        # The first point is the end of a week, unless it is today: then nothing has changed since.
        changes = reader._read_weeks(places, days[0], days[-1]) if len(days) > 1 else []
        stages = self.env["crm.pipeline.movement"]._stages_in_order(
            {row[0] for row in standing} | {row[1] for row in changes}
        )
        rows = [((days[0], stage_id), stage_id, *sums) for stage_id, *sums in standing]
        for week, stage_id, *sums in changes:
            rows.append(((min(week + timedelta(days=6), days[-1]), stage_id), stage_id, *sums))
        changed = self._worth_by(rows, currency_id, self.env["crm.funnel.share"]._read_shares())
        return {
            "stages": [{"stage_id": stage.id, "name": stage.name or self.env._("Without a stage")} for stage in stages],
            "points": list(self._points(days, [stage.id or None for stage in stages], changed, bounds)),
        }

    def _days(self, first_day, today):
        """The Sundays since the ledger began, and today."""
        sunday = monday_of(today) - timedelta(days=1)
        sundays = [sunday - timedelta(weeks=number) for number in range(MOST_WEEKS)]
        return [*reversed([day for day in sundays if day >= first_day]), today]

    def _points(self, days, stage_ids, changed, bounds):
        held = defaultdict(Worth)
        for day in days:
            told = []
            for stage_id in stage_ids:
                held[stage_id] += changed[day, stage_id]
                told.append([held[stage_id].count, float(held[stage_id].amount), float(held[stage_id].weighted)])
            yield {
                "day": fields.Date.to_string(day),
                "is_estimated": self.env["crm.funnel.reader"]._is_estimated(day, bounds),
                "stages": told,
            }
