"""Describes the stages of the Process Review: one card a stage, and numbers that open their records."""

from math import ceil

from odoo.fields import Domain

from ...ledger import outcomes
from ...report.crm_stage_conversion_statistics import DECIDED, LOST, OPEN, REMOVED, SKIPPED, STAYED, WENT_ON
from ...report.crm_stage_visit import STAY
from ..pace.crm_stage import SET
from .stages_reader import AGES

REPORT, VISITS, DEALS, STEPS = (
    "crm.stage.conversion.report",
    "crm.stage.visit",
    "crm.lead",
    "crm.stage.step.report",
)
#: How many reasons of loss a card names.
MOST_REASONS = 3
#: The end of the line of lengths is a multiple of so many days.
SCALE_DAYS = 10
#: Outcomes of deals that stayed so long, by their names in a card and in `deal_state`.
AGE_STATES = ("won", "lost", "open", "removed")


class StageCards:
    """Describes stages for one reader and scope.

    :param block: the block, which makes numbers
    :param StagesReader reader: with the scope of the review
    """

    def __init__(self, block, reader):
        self.block = block
        self.env = block.env
        self.reader = reader
        scope = reader.scope
        self._rows = scope.in_period("entered_at") & scope.domain()
        self._visits = scope.in_period("entered_day") & scope.domain()
        self._currency_id = reader.money.currency_id()

    # ------------------------------------------------------------
    # NUMBERS
    # ------------------------------------------------------------

    def row_number(self, stage, value, name, condition, **more):
        """Return a number that opens rows of the conversion report."""
        domain = self._rows & Domain("stage_id", "=", stage.id) & condition
        return self.block._number(value, name, REPORT, domain, **more)

    def lost_number(self, stage, counts):
        """Return the number of lost deals, with their amount."""
        name = self.env._("Lost in %s", stage.name)
        amount = {"amount": counts.lost_amount, "currency_id": self._currency_id}
        return self.row_number(stage, counts.lost, name, LOST, **amount)

    def decided_number(self, stage, counts):
        """Return the number of deals that went on or were lost."""
        return self.row_number(stage, counts.decided, self.env._("Moved on from %s, or were lost", stage.name), DECIDED)

    def reason_number(self, stage, reason, money):
        """Return the number of deals that were lost with a reason, with their amount."""
        name = self.env._("Lost in %(stage)s: %(reason)s", stage=stage.name, reason=self.reason_name(reason))
        amount = {"amount": money.amount, "currency_id": self._currency_id}
        condition = LOST & Domain("lost_reason_id", "=", reason.id)
        return self.row_number(stage, money.deals, name, condition, **amount)

    def reason_name(self, reason):
        """Return the name of a reason of loss."""
        return reason.name or self.env._("No reason given")

    def missed_number(self, stage, step, lost):
        """Return the number of lost deals that had not taken a required sales action."""
        name = self.env._("Lost in %(stage)s, missing: %(action)s", stage=stage.name, action=step.name)
        domain = self.step_rows(stage) & Domain("step_id", "=", step.id) & LOST & Domain("with_step", "=", "without")
        return self.block._number(lost, name, STEPS, domain)

    def step_rows(self, stage):
        """Return the rows of a stage in the report on conversion by sales action."""
        return self._rows & Domain("stage_id", "=", stage.id) & Domain("is_required", "=", True)

    def _visit_number(self, stage, value, name, condition):
        domain = self._visits & Domain("stage_id", "=", stage.id) & condition
        return self.block._number(value, name, VISITS, domain)

    # ------------------------------------------------------------
    # CARD
    # ------------------------------------------------------------

    def describe(self, stage, now, before, of_company, here):
        """Return the card of a stage without what is added later.

        :param StageCounts now: counts of the period
        :param StageCounts before: counts of the period before
        :param dict of_company: figures of the company, empty without a comparison
        :param int here: number of open deals in the stage
        """
        open_deals = self.reader.open_deals() & Domain("stage_id", "=", stage.id)
        shown = self.reader.report._shown_rate(now.statistics)
        shown_before = self.reader.report._shown_rate(before.statistics)
        is_compared = shown["rate"] is not False and shown_before["rate"] is not False
        return {
            "stage_id": stage.id,
            "name": stage.name,
            "goes_to_win": bool(now.dwell.goes_to_win),
            "here": self.block._number(here, self.env._("Now in %s", stage.name), DEALS, open_deals),
            **self._describe_rows(stage, now),
            **self._describe_visits(stage, now),
            **shown,
            **self.reader.report._shown_bounds(now.statistics),
            "before": {
                "rate": shown_before["rate"],
                "decided": before.decided,
                "median": before.median,
                "lost": before.lost,
            },
            "change": round(100 * (shown["rate"] - shown_before["rate"]), 1) if is_compared else False,
            "company": of_company or False,
            "incidence": self._describe_incidence(now),
        }

    def _describe_rows(self, stage, now):
        statistics = now.statistics

        def number(value, name, condition):
            return self.row_number(stage, value, name, condition)

        return {
            "entered": number(statistics["stayed"], self.env._("Stayed in %s", stage.name), STAYED),
            "skipped": number(statistics["skipped"], self.env._("Skipped %s", stage.name), SKIPPED),
            "went_on": number(statistics["stayed_converted"], self.env._("Moved on from %s", stage.name), WENT_ON),
            "decided": self.decided_number(stage, now),
            "lost": self.lost_number(stage, now),
            "open": number(
                statistics["stayed_open"], self.env._("Neither moved on from %s nor lost", stage.name), OPEN
            ),
            "removed": number(statistics["removed"], self.env._("Removed in %s", stage.name), REMOVED),
        }

    def _describe_visits(self, stage, now):
        def number(value, name, condition):
            return self._visit_number(stage, value, name, condition)

        return {
            "visits": number(now.dwell.visits, self.env._("Visits to %s", stage.name), STAY),
            "moved_back": number(
                now.moved_back,
                self.env._("Moved back from %s", stage.name),
                Domain("outcome", "=", outcomes.MOVED_BACK),
            ),
            "came_back": number(
                now.came_back, self.env._("Came back to %s", stage.name), STAY & Domain("is_first", "=", False)
            ),
            "still_here": number(
                now.dwell.open_visits, self.env._("Still in %s", stage.name), Domain("outcome", "=", outcomes.OPEN)
            ),
        }

    def in_order(self, reasons):
        """Return (reason of loss, :class:`Money`) of a stage, the most given one first.

        :param dict reasons: :class:`Money` by the id of the reason
        """
        records = self.env["crm.lost.reason"]
        found = [(records.browse(reason_id or ()), money) for reason_id, money in reasons.items()]
        return sorted(found, key=lambda pair: (-pair[1].deals, not pair[0], self.reason_name(pair[0]), pair[0].id))

    def describe_reasons(self, stage, reasons):
        """Return the most given reasons of loss of a stage.

        :param dict reasons: :class:`Money` by the id of the reason
        """
        return [
            {"name": self.reason_name(reason), "number": self.reason_number(stage, reason, money)}
            for reason, money in self.in_order(reasons)[:MOST_REASONS]
        ]

    def _describe_incidence(self, now):
        rows = filter(None, map(now.at, AGES))
        return [
            {"days": row["day"], **{name: row[name] for name in ("went_on", "lost", "moved_back", "here")}}
            for row in rows
        ]

    # ------------------------------------------------------------
    # LIMITS, AGES AND STEPS
    # ------------------------------------------------------------

    def describe_dwell(self, stage, now):
        """Return typical lengths of a stage, and its limit."""
        lengths = {"median": now.median, "p90": now.p90, "limit": stage.pace_limit_days}
        longest = max(*lengths.values(), 1)
        return {
            **lengths,
            "visits": now.dwell.visits,
            "ended": now.dwell.ended,
            "limit_source": stage.pace_limit_source or False,
            "scale": ceil(1.1 * longest / SCALE_DAYS) * SCALE_DAYS,
        }

    def describe_suggestion(self, stage):
        """Return the suggested limit of a stage, from all visits of the stage that the reader may read."""
        suggested = stage.suggested_limit_days
        return {
            "suggested": suggested or False,
            "set_days": stage.pace_limit_days if stage.pace_limit_source == SET else 0,
            "suggested_from": stage.suggested_limit_stays,
            "can_apply": bool(
                suggested
                and suggested != stage.rotting_threshold_days
                and not stage.is_unlimited
                and stage.has_access("write")
            ),
        }

    def describe_ages(self, stage, ages):
        """Return what became of deals that stayed in a stage at least so many days.

        :param dict ages: as `_outcomes_from_age` returns them
        """
        states = dict(self.reader.visits._fields["deal_state"]._description_selection(self.env))
        return [
            self._describe_age(stage, days, ages[stage.id, days], states) for days in AGES if ages.get((stage.id, days))
        ]

    def _describe_age(self, stage, days, counts, states):
        title = self.env._("In %(stage)s for %(days)s days or longer", stage=stage.name, days=days)

        def number(value, name, state=None):
            domain = self._visits & self.reader.visits._age_domain(stage.id, days, state)
            return self.block._number(value, name, VISITS, domain, context={"show_deal_state": True})

        return {
            "days": days,
            "deals": number(counts["deals"], title),
            **{
                state: number(
                    counts[state], self.env._("%(title)s: %(state)s", title=title, state=states[state]), state
                )
                for state in AGE_STATES
            },
        }

    def describe_steps(self, stage, steps):
        """Return the required sales actions that open deals of a stage miss.

        :param steps: list of (sales action, deals that miss it, deals of which it is required)
        """
        open_deals = self.reader.open_deals() & Domain("stage_id", "=", stage.id)
        return [
            {
                "id": step.id,
                "name": step.name,
                "missing": self.block._number(
                    missing,
                    self.env._("Now in %(stage)s, missing: %(action)s", stage=stage.name, action=step.name),
                    DEALS,
                    open_deals & Domain("open_step_ids", "in", step.ids),
                    context={"show_open_steps": True},
                ),
                "of": required,
            }
            for step, missing, required in steps
        ]
