"""What changed about deals since a day (docs/definitions.md, Deal Review)."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL, format_date

from ...ledger import kinds
from ..recording.number_texts import amount_text
from ..recording.text_lists import joined_phrases

FORWARD, BACK = "forward", "back"
#: How an expected closing changed.
LATER, EARLIER, SET, REMOVED = "later", "earlier", "set", "removed"
#: Where deals stood at the end of a day, and what happened since: how they came in, and how they ended last. Undone
#: moves and ends are left out.
#:
#: The last line with a count has put the deal into its place, or taken it out. The line and the amounts after it are
#: read by the index on (lead_ref, id), a few rows a deal.
CHANGES = """
    SELECT deal.id, place.id IS NOT NULL, place.stage_id, place.stage_name,
           (place.amount + COALESCE(change.amount, 0))::float8, place.currency_id, place.date_deadline,
           since.came, since.ended
    FROM unnest(%(ids)s::int[]) deal (id)
    LEFT JOIN LATERAL (
        SELECT line.id, line.kind, line.deal_count, line.stage_id, line.stage_name, line.amount, line.currency_id,
               line.date_deadline
        FROM crm_pipeline_movement line
        WHERE line.lead_ref = deal.id AND line.deal_count <> 0 AND line.is_correction IS NOT TRUE
          AND line.day <= %(since)s
        ORDER BY line.id DESC LIMIT 1
    ) place ON place.deal_count > 0 AND place.kind <> ALL(%(ends)s)
    LEFT JOIN LATERAL (
        SELECT sum(line.amount) AS amount FROM crm_pipeline_movement line
        WHERE line.lead_ref = deal.id AND line.id > place.id AND line.deal_count = 0
          AND line.is_correction IS NOT TRUE AND line.day <= %(since)s
    ) change ON TRUE
    LEFT JOIN LATERAL (
        SELECT (array_agg(kind ORDER BY id) FILTER (WHERE kind = ANY(%(entries)s)))[1] AS came,
               (array_agg(kind ORDER BY id DESC) FILTER (WHERE kind = ANY(%(ends)s)))[1] AS ended
        FROM crm_pipeline_movement line
        WHERE line.lead_ref = deal.id AND line.is_correction IS NOT TRUE AND line.day > %(since)s
    ) since ON TRUE
    WHERE deal.id IN %(readable)s
"""


class Before(NamedTuple):
    """A deal at the end of an earlier day, and what happened since.

    :param was_there: whether it was open then
    :param stage_id: its stage then, None for none and for one that was deleted
    :param came: kind by which it came in since, None if it did not
    :param ended: kind by which it ended last since, None if it did not
    """

    was_there: bool
    stage_id: int | None
    stage_name: str | None
    amount: float | None
    currency_id: int | None
    date_deadline: date | None
    came: str | None
    ended: str | None

    def may_differ(self, lead):
        """Whether the deal may be another one now. False only if there is nothing to say about it.

        :param lead: record of `crm.lead`
        """
        if not self.was_there:
            return bool(self.came or self.ended)
        now = (lead.stage_id.id or None, lead.date_deadline or None, lead.expected_revenue or 0.0)
        then = (self.stage_id, self.date_deadline, self.amount or 0.0)
        return bool(self.came or self.ended) or now != then


def read_before(leads, since):
    """Return where deals stood at the end of a day, with one statement.

    :param leads: records of `crm.lead`
    :param date since: the day
    :return: :class:`Before` by id of the deals that the user may read
    :rtype: dict
    """
    if not leads:
        return {}
    # The rules of the ledger are left out. They follow who had a deal at the time of a line; whoever may read the deal
    # now may know its stage, amount and expected closing of an earlier day, as its chatter and its *Process* page show
    # them. The statement reads lines only of deals that the user may read.
    readable = leads.with_context(active_test=False)._search([("id", "in", leads.ids)])
    readable.order = None
    rows = leads.env.execute_query(
        SQL(
            CHANGES,
            ids=list(leads.ids),
            since=since,
            entries=list(kinds.ENTRIES),
            ends=list(kinds.ENDS),
            readable=readable.subselect(),
        )
    )
    return {lead_id: Before(*row) for lead_id, *row in rows}


class DealChange:
    """Compares a deal with an earlier day.

    :param lead: the deal as it is now
    :param Before before: the deal then
    """

    def __init__(self, lead, before):
        self.env, self.lead, self.before = lead.env, lead, before
        self.is_open = lead.type == "opportunity" and lead.active and lead.won_status == "pending"

    @property
    def is_new(self):
        """Whether the deal was created since."""
        return not self.before.was_there and self.before.came == kinds.CREATED

    @property
    def is_moved(self):
        """Whether the deal stood in another stage."""
        return self.before.was_there and (self.before.stage_id or False) != self.lead.stage_id.id

    @property
    def stage(self):
        """The stage then, if it was another one; empty if it was deleted."""
        return self.lead.stage_id.browse(self.before.stage_id if self.is_moved else None)

    @property
    def direction(self):
        """Whether the deal moved forward or back, in the present order of stages; False if it did not move."""
        if not self.is_moved or not self.lead.stage_id:
            return BACK if self.is_moved else False
        ranks = [(stage.sequence, stage.id) if stage else (-1, 0) for stage in (self.stage, self.lead.stage_id)]
        return FORWARD if ranks[0] < ranks[1] else BACK

    @property
    def amount(self):
        """The amount then, if it was another one and in the same currency; None else."""
        currency = self.lead.company_currency
        if not self.before.was_there or self.before.currency_id != currency.id:
            return None
        now, then = self.lead.expected_revenue or 0.0, self.before.amount or 0.0
        return then if currency.compare_amounts(now, then) else None

    @property
    def has_new_closing(self):
        """Whether the expected closing was another one."""
        return self.before.was_there and (self.before.date_deadline or False) != (self.lead.date_deadline or False)

    @property
    def closing(self):
        """The expected closing then, if it was another one; False if there was none."""
        return (self.has_new_closing and self.before.date_deadline) or False

    @property
    def closing_change(self):
        """How the expected closing changed, False if it did not."""
        if not self.has_new_closing:
            return False
        now, then = self.lead.date_deadline, self.before.date_deadline
        if not now or not then:
            return SET if now else REMOVED
        return LATER if now > then else EARLIER

    def as_facts(self):
        """Return what rows of deals show: names of fields with what was another one, and days as text (YYYY-MM-DD)."""
        facts = {
            "stage_before": self.stage.display_name,
            "stage_change": self.direction,
            "amount_before": self.amount,
            "closing_before": self.closing and self.closing.isoformat(),
            "closing_change": self.closing_change,
            "is_new_since": self.is_new,
        }
        return {name: value for name, value in facts.items() if value is not None and value is not False}

    def describe(self):
        """Return all changes in one phrase, False for none."""
        phrases = [*self._whole(), *self._stage(), *self._amount(), *self._closing()]
        if not phrases:
            return False
        text = joined_phrases(self.env, phrases)
        return text[:1].upper() + text[1:]

    def _whole(self):
        """Return what happened to the deal as a whole."""
        env, before = self.env, self.before
        names = {
            kinds.CREATED: env._("new"),
            kinds.REOPENED: env._("reopened"),
            kinds.RESTORED: env._("restored"),
            kinds.WON: env._("won"),
            kinds.LOST: env._("lost"),
            kinds.REMOVED: env._("removed"),
        }
        found = [before.came, None if self.is_open else before.ended]
        return [names[kind] for kind in found if kind]

    def _stage(self):
        if not self.is_moved:
            return []
        name = self.stage.name or self.before.stage_name
        if not name:
            return [self.env._("had no stage")]
        if self.direction == FORWARD:
            return [self.env._("moved on from %s", name)]
        return [self.env._("moved back from %s", name)]

    def _amount(self):
        if self.amount is None:
            return []
        return [self.env._("amount was %s", amount_text(self.env, self.amount, self.lead.company_currency))]

    def _closing(self):
        if not self.has_new_closing:
            return []
        if not self.closing:
            return [self.env._("had no expected closing")]
        return [self.env._("closing was %s", format_date(self.env, self.closing))]
