"""How deals went on from stage to stage between two days."""

from odoo.fields import Domain

from ...report.crm_stage_conversion_report import ENTERED_SINCE
from ...report.crm_stage_conversion_statistics import DECIDED, LOST, OPEN, STAYED, WENT_ON, count_settled
from ...report.crm_stage_visit import STAY
from ...statistics import Dwell
from .funnel_periods import chosen_days
from .funnel_reader import ONE_DAY, FunnelReader, earliest_begin

REPORT, VISITS = "crm.stage.conversion.report", "crm.stage.visit"


class FunnelConversion:
    """Describes for the browser what became of the deals that came into each stage.

    Conversion is that of `crm.stage.conversion.report`, lengths are those of :class:`~.statistics.dwell.Dwell`.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        self.report, self.visits = env[REPORT], env[VISITS]

    def describe(self, day, before, domain, period):
        """Return the stages, see :meth:`~.crm.pipeline.movement.get_funnel_conversion`."""
        reader = FunnelReader(self.env)
        before, day, _period = chosen_days(reader, day, before, period)
        domain = reader.check_domain(domain)
        rows, visits = (domain & self._between(name, before, day) for name in ("entered_at", "entered_day"))
        # Without older rows, the report need not read the whole ledger.
        recent = self.report.with_context(**{ENTERED_SINCE: earliest_begin(before + ONE_DAY)})
        statistics = {one["stage_id"]: one for one in recent._stage_statistics(rows)}
        lengths = self.visits._read_lengths(visits)
        stages = reader.movements._stages_in_order(statistics.keys() | lengths.keys())
        return {
            "day": day.isoformat(),
            "before": before.isoformat(),
            "stages": [
                self._describe_stage(
                    stage,
                    statistics.get(stage.id) or self.report._empty_statistics(stage),
                    Dwell(lengths.get(stage.id, ())),
                    rows,
                    visits,
                )
                for stage in stages
                if not stage.is_won
            ],
        }

    @staticmethod
    def _between(name, before, day):
        # Texts, as the browser sends them back to open the records of a number.
        return Domain(name, ">", before.isoformat()) & Domain(name, "<=", day.isoformat())

    def _describe_stage(self, stage, statistics, dwell, rows, visits):
        in_stage = Domain("stage_id", "=", stage.id)

        def number(value, name, condition):
            return self._number(value, name, REPORT, rows & in_stage & condition)

        # The names are those of the Process Review, which opens the same records.
        return {
            "stage_id": stage.id,
            "name": stage.name,
            "sequence": stage.sequence,
            "entered": number(statistics["stayed"], self.env._("Stayed in %s", stage.name), STAYED),
            "went_on": number(statistics["stayed_converted"], self.env._("Moved on from %s", stage.name), WENT_ON),
            "lost": number(statistics["stayed_lost"], self.env._("Lost in %s", stage.name), LOST),
            "open": number(
                statistics["stayed_open"], self.env._("Neither moved on from %s nor lost", stage.name), OPEN
            ),
            "decided": number(
                count_settled(statistics), self.env._("Moved on from %s, or were lost", stage.name), DECIDED
            ),
            **self.report._shown_rate(statistics),
            **self.report._shown_bounds(statistics),
            "visits": self._number(
                dwell.visits, self.env._("Visits to %s", stage.name), VISITS, visits & in_stage & STAY
            ),
            "median": dwell.shown_median,
        }

    @staticmethod
    def _number(value, name, model, domain):
        return {"value": value, "name": name, "model": model, "domain": list(domain)}
