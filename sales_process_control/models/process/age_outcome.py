"""What became of other deals that stayed in a stage as long as a deal (docs/definitions.md, From this age on)."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain

from ...ledger import outcomes
from ..pace.pace_messages import sentence

#: Deals that came into the stage in so many months are counted.
MONTHS = 12
#: States of a deal, in the order of the sentence.
WON, LOST, OPEN, REMOVED = "won", "lost", "open", "removed"


class AgeOutcomeReader:
    """Reads the outcomes for some deals in a constant number of queries, under the record rules of the user.

    :param leads: records of `crm.lead` that the user may read
    """

    def __init__(self, leads):
        self.leads = leads
        self.env = leads.env

    def describe(self):
        """Return the sentence of each open deal that has been in its stage for a day, by its id."""
        days_by_lead = {
            lead: int(lead.stage_days)
            for lead in self.leads
            if lead.type == "opportunity" and lead.active and lead.won_status == "pending" and lead.stage_id
            if lead.stage_days >= 1
        }
        if not days_by_lead:
            return {}
        stage_ids = {lead.stage_id.id for lead in days_by_lead}
        since = self.env.cr.now() - relativedelta(months=MONTHS)
        in_stages = Domain("stage_id", "in", list(stage_ids))
        counts = self.env["crm.stage.visit"]._outcomes_from_age(in_stages, set(days_by_lead.values()), since)
        own = self._read_own_days(in_stages & Domain("entered_at", ">=", since))
        return {
            lead.id: self._sentence(lead, days, counts.get((lead.stage_id.id, days)), own)
            for lead, days in days_by_lead.items()
        }

    def _read_own_days(self, entered):
        """Return the lengths in days of the first visits of the deals, by (id of the deal, id of the stage).

        The lengths are not rounded, as in the counts: the days of a visit are, so that a visit of 39.96 days has 40.
        """
        visits = self.env["crm.stage.visit"].search_fetch(
            entered
            & Domain("lead_ref", "in", self.leads.ids)
            & Domain("is_first", "=", True)
            & Domain("outcome", "!=", outcomes.SKIPPED),
            ["lead_ref", "stage_id", "entered_at", "left_at", "outcome"],
        )
        now, day = self.env.cr.now(), timedelta(days=1)
        return {
            (visit.lead_ref, visit.stage_id.id): ((visit.left_at or now) - visit.entered_at) / day for visit in visits
        }

    def _sentence(self, lead, days, counts, own):
        counts = dict(counts or {"deals": 0})
        if own.get((lead.id, lead.stage_id.id), -1) >= days:
            # The deal itself is one of the open deals.
            counts["deals"] -= 1
            counts[OPEN] -= 1
        stage = lead.stage_id.name
        if counts["deals"] <= 0:
            return self.env._("No other deal has stayed in %s so long.", stage)
        phrases = [self._deals_phrase(counts["deals"], stage, days)]
        states = (WON, *(state for state in (LOST, OPEN, REMOVED) if counts[state]))
        return sentence(self.env, [*phrases, *(self._state_phrase(state, counts[state]) for state in states)])

    def _deals_phrase(self, deals, stage, days):
        values = {"deals": deals, "stage": stage, "days": days}
        if days == 1:
            if deals == 1:
                return self.env._("of 1 deal that stayed in %(stage)s longer than 1 day", **values)
            return self.env._("of %(deals)s deals that stayed in %(stage)s longer than 1 day", **values)
        if deals == 1:
            return self.env._("of 1 deal that stayed in %(stage)s longer than %(days)s days", **values)
        return self.env._("of %(deals)s deals that stayed in %(stage)s longer than %(days)s days", **values)

    def _state_phrase(self, state, deals):
        if state == WON:
            if not deals:
                return self.env._("none was signed")
            return self.env._("1 was signed") if deals == 1 else self.env._("%s were signed", deals)
        if state == LOST:
            return self.env._("1 was lost") if deals == 1 else self.env._("%s were lost", deals)
        if state == OPEN:
            return self.env._("1 is open") if deals == 1 else self.env._("%s are open", deals)
        return self.env._("1 was removed") if deals == 1 else self.env._("%s were removed", deals)
