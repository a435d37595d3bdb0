"""The sentences on top of the Process Review: which stage costs most, and which improved most.

:mod:`~.statistics.costs` decides, this module says it.
"""

from ...statistics import StepOutcome, compare_losses, costs_most, improved_most, missed_step
from ..recording.number_texts import amount_text
from .review_scope import before_name
from .stages_cards import STEPS
from .stages_reader import EARLY_DAYS


class StagesHeadline:
    """Finds the two stages and describes them.

    :param StageCards cards: makes numbers
    :param reader: a :class:`StagesReader`
    :param now: :class:`StageCounts` by stage id
    :param before: the same of the period before
    """

    def __init__(self, cards, reader, now, before):
        self.cards = cards
        self.env = cards.env
        self.reader = reader
        self.now = now
        self.before = before
        self._before_name = before_name(self.env, reader.scope.period)

    def describe(self, stages):
        """Return `headline` and `improved`, each a dictionary or False, and `nothing`.

        :param stages: stages that are compared
        """
        comparisons = [
            comparison for stage in stages if (comparison := compare_losses(stage, *self._outcomes_of(stage)))
        ]
        worst, best = costs_most(comparisons), improved_most(comparisons)
        return {
            "headline": self._describe_worst(worst) if worst else False,
            "improved": self._describe_best(best) if best else False,
            "nothing": "" if worst or best else self._nothing(comparisons),
        }

    def _outcomes_of(self, stage):
        return (periods[stage.id].outcome() for periods in (self.now, self.before))

    def _nothing(self, comparisons):
        if not any(self.now.values()):
            return self.env._("No deal came into a stage in this period.")
        if not any(self.before.values()):
            return self.env._("There is nothing to compare with: no deal came into a stage in %s.", self._before_name)
        if not comparisons:
            return self.env._(
                "Too few deals moved on or were lost to compare the stages with %s. A comparison needs 10 in a stage "
                "in both periods.",
                self._before_name,
            )
        return self.env._("No stage lost more or fewer deals than in %s.", self._before_name)

    # ------------------------------------------------------------
    # TWO STAGES
    # ------------------------------------------------------------

    def _describe_worst(self, comparison):
        stage = comparison.stage
        counts = self.now[stage.id]
        sentences = [*self._loss_sentences(comparison, counts), self._excess_sentence(comparison)]
        sentences.append(self._length_sentence(stage))
        numbers = self._numbers(stage, counts)
        reasons = self.cards.in_order(self.reader.read_reasons(stage).get(stage.id, {}))
        reason, money = next(((reason, money) for reason, money in reasons if reason), (None, None))
        if reason:
            sentences.append(
                self.env._("Most common reason: %(reason)s (%(deals)s).", reason=reason.name, deals=money.deals)
            )
            numbers.append({"label": reason.name, "number": self.cards.reason_number(stage, reason, money)})
        if missed := self._read_missed_step(stage):
            step, lost = missed.step, missed.lost_with + missed.lost_without
            sentences.append(self._step_sentence(step.name, missed.lost_without, lost))
            label = self.env._("Missing: %s", step.name)
            numbers.append({"label": label, "number": self.cards.missed_number(stage, step, missed.lost_without)})
        return {
            "stage_id": stage.id,
            "title": self.env._("%s costs most.", stage.name),
            "sentences": [text for text in sentences if text],
            "numbers": numbers,
        }

    def _describe_best(self, comparison):
        stage = comparison.stage
        counts = self.now[stage.id]
        sentences = [
            *self._loss_sentences(comparison, counts),
            self._excess_sentence(comparison),
            self._length_sentence(stage),
        ]
        return {
            "stage_id": stage.id,
            "title": self.env._("%s improved most.", stage.name),
            "sentences": [text for text in sentences if text],
            "numbers": self._numbers(stage, counts),
        }

    def _numbers(self, stage, counts):
        return [
            {"label": self.env._("Lost"), "number": self.cards.lost_number(stage, counts)},
            {"label": self.env._("Moved on or lost"), "number": self.cards.decided_number(stage, counts)},
        ]

    def _read_missed_step(self, stage):
        """Return the required sales action whose absence goes with losses in a stage, None if there is none.

        :rtype: StepOutcome
        """
        groups = self.env[STEPS]._read_group(
            self.cards.step_rows(stage), ["step_id", "with_step"], ["converted:sum", "lost:sum"]
        )
        counts = {}
        for step, with_step, converted, lost in groups:
            counts.setdefault(step, {"with": (0, 0), "without": (0, 0)})[with_step] = (converted, lost)
        return missed_step(StepOutcome(step, *found["with"], *found["without"]) for step, found in counts.items())

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    def _loss_sentences(self, comparison, counts):
        """Return what was lost and what is usual, and whether that may be chance."""
        usual, before = round(100 * comparison.share_before), self._before_name
        if comparison.is_early:
            loss = self.env._(
                "%(share)s%% are lost there within %(days)s days; %(usual)s%% was usual in %(before)s.",
                share=round(100 * comparison.share),
                days=EARLY_DAYS,
                usual=usual,
                before=before,
            )
        else:
            loss = self.env._(
                "Of the %(ended)s deals that moved on or were lost there, %(lost)s were lost; %(usual)s%% was usual in "
                "%(before)s.",
                lost=counts.lost,
                ended=counts.decided,
                usual=usual,
                before=before,
            )
        return [loss, self.env._("This may be chance.") if comparison.may_be_chance else ""]

    def _excess_sentence(self, comparison):
        """Return how many deals and how much money that is above or below what is usual."""
        deals, money = round(abs(comparison.deals)), abs(comparison.money)
        values = {"deals": deals, "money": self._format_money(money)}
        has_money = round(money) > 0
        if comparison.deals > 0:
            if has_money:
                return self.env._("About %(deals)s more lost than usual, worth %(money)s.", **values)
            return self.env._("About %s more lost than usual.", deals)
        if has_money:
            return self.env._("About %(deals)s fewer lost than usual, worth %(money)s.", **values)
        return self.env._("About %s fewer lost than usual.", deals)

    def _format_money(self, money):
        currency = self.env["res.currency"].browse(self.reader.money.currency_id())
        return amount_text(self.env, money, currency)

    def _length_sentence(self, stage):
        """Return the typical length of visits and how it changed; empty while it is not known."""
        median = self.now[stage.id].median
        before = self.before[stage.id].median
        if median is False:
            return ""
        within = (
            self.env._("Half leave within 1 day") if median == 1 else self.env._("Half leave within %s days", median)
        )
        if before is False:
            return self.env._("%(within)s.", within=within)
        return self.env._("%(within)s, %(change)s.", within=within, change=self._change_phrase(median - before))

    def _change_phrase(self, days):
        if not days:
            return self.env._("as before")
        if days > 0:
            return (
                self.env._("1 day longer than before") if days == 1 else self.env._("%s days longer than before", days)
            )
        return (
            self.env._("1 day shorter than before") if days == -1 else self.env._("%s days shorter than before", -days)
        )

    def _step_sentence(self, name, missing, lost):
        return self.env._(
            "The required sales action “%(action)s” was missing in %(missing)s of %(lost)s lost deals.",
            action=name,
            missing=missing,
            lost=lost,
        )
