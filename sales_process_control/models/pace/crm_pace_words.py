from odoo import models

from ...statistics import pace_facts


class CrmPaceWords(models.AbstractModel):
    """Says in the reader's language why a deal is slow or stalled. Which facts tell it is decided elsewhere."""

    _name = "crm.pace.words"
    _description = "Words for the Pace"

    def _sentence(self, state, stage_name):
        """One sentence of facts.

        :param state: :class:`~odoo.addons.sales_process_control.statistics.PaceState`
        :param str stage_name: the stage's name as the reader knows it
        :rtype: str
        """
        first, *others = (self._phrase(fact, stage_name, state.limit) for fact in pace_facts(state))
        sentence = first
        for phrase in others:
            sentence = self.env._("%(facts)s, %(fact)s", facts=sentence, fact=phrase)
        return self.env._("%s.", sentence)

    def _phrase(self, fact, stage, limit):
        if fact.key in ("days", "just_over"):
            return self._stay_phrase(fact, stage, limit)
        return {
            "progress": self._progress_phrase,
            "silence": self._silence_phrase,
            "next": self._next_phrase,
            "plans": self._plans_phrase,
            "pushes": self._pushes_phrase,
        }[fact.key](fact.number)

    def _stay_phrase(self, fact, stage, limit):
        if fact.key == "days":
            return self.env._(
                "%(days)s days in %(stage)s (limit %(limit)s)", days=fact.number, stage=stage, limit=limit
            )
        if limit == 1:
            return self.env._("Just over 1 day in %s (limit 1)", stage)
        return self.env._("Just over %(limit)s days in %(stage)s (limit %(limit)s)", stage=stage, limit=limit)

    def _progress_phrase(self, days):
        if not days:
            return self.env._("last progress less than a day ago")
        return self.env._("last progress 1 day ago") if days == 1 else self.env._("last progress %s days ago", days)

    def _silence_phrase(self, days):
        if days is None:
            return self.env._("nothing from the customer yet")
        if days == 1:
            return self.env._("nothing from the customer for 1 day")
        return self.env._("nothing from the customer for %s days", days)

    def _next_phrase(self, days):
        if not days:
            return self.env._("next activity today")
        return self.env._("next activity tomorrow") if days == 1 else self.env._("next activity in %s days", days)

    def _plans_phrase(self, times):
        return self.env._("next activity planned %s times since the limit passed", times)

    def _pushes_phrase(self, times):
        if times == 1:
            return self.env._("closing date pushed once")
        if times == 2:
            return self.env._("closing date pushed twice")
        return self.env._("closing date pushed %s times", times)
