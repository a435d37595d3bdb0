from odoo import models

from ..funnel.funnel_reader import FunnelReader
from ..review.review_scope import DEFAULT_PERIOD, ReviewScope

#: How many missing sales actions are listed.
MOST = 8


class CrmWeeklyProcess(models.AbstractModel):
    """The stage that costs most, and missing sales actions, as the Process Review shows them."""

    _name = "crm.weekly.process"
    _inherit = "crm.weekly.block"
    _description = "Weekly Report: Process"

    _block_key = "process"
    _block_sequence = 50

    def _title(self):
        return self.env._("Process Review")

    def _read_block(self, scope):
        today = FunnelReader(self.env).today()
        review = self.env["crm.review.stages"]._read_block(ReviewScope.of(DEFAULT_PERIOD, today, **scope.filters()))
        sections = [self._section("steps", self.env._("Missing Sales Actions"), self._steps(review["stages"]))]
        # A headline about the deals of one person would rest on few deals.
        return sections if scope.is_own else [self._costs(review), *sections]

    def _costs(self, review):
        headline = review["headline"] or review["improved"]
        title = self.env._("What Costs Most")
        if not headline:
            return self._section("costs", title, [], [review["nothing"]])
        rows = [self._row(str(place), one["label"], one["number"]) for place, one in enumerate(headline["numbers"])]
        return self._section("costs", title, rows, [headline["title"], *headline["sentences"]])

    def _steps(self, stages):
        """Return the required sales actions that most open deals miss."""
        missing = [(step, stage) for stage in stages for step in stage["steps"] if step["missing"]["value"]]
        missing.sort(key=lambda found: -found[0]["missing"]["value"])
        return [
            self._row(
                f"step_{step['id']}",
                step["name"],
                step["missing"],
                detail=self.env._(
                    "%(stage)s: %(missing)s of %(deals)s",
                    stage=stage["name"],
                    missing=step["missing"]["value"],
                    deals=step["of"],
                ),
            )
            for step, stage in missing[:MOST]
        ]
