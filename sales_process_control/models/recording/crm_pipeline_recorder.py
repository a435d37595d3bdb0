import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger import (
    GONE,
    NO_STAGE,
    OPEN,
    UNDO_SECONDS,
    WON,
    Change,
    Deal,
    History,
    Moment,
    change,
    kinds,
    needs_last_posting,
    origins,
)
from .crm_pipeline_reader import status_of
from .database_errors import stops_transaction
from .ledger_store import LedgerStore, RecordedState

_logger = logging.getLogger(__name__)

#: Deals recorded by one set of statements: their rows fit into memory together, whatever the size of an import.
BATCH_SIZE = 5000
#: By how many days the expected closing of each deal was moved on each day; negative if to an earlier date.
NET_OF_DAY = """
    SELECT lead_ref,
           (array_agg(date_deadline ORDER BY id DESC) FILTER (WHERE deal_count = 1))[1]
           - (array_agg(date_deadline ORDER BY id) FILTER (WHERE deal_count = -1))[1] AS later
    FROM crm_pipeline_movement
    WHERE kind IN ('pushed_out', 'pulled_in') AND %(condition)s
    GROUP BY lead_ref, day
"""
#: Counts the pushes of deals again. Several changes of the expected closing on one day count by their net effect
#: (docs/definitions.md, Pushes).
UPDATE_PUSHES = """
    UPDATE crm_lead lead
    SET push_count = push.times, push_days = push.days
    FROM unnest(%(ids)s::int[]) AS dated (id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS times, COALESCE(sum(later), 0) AS days
        FROM (%(net_of_day)s) net_of_day
        WHERE later > 0
    ) push
    WHERE lead.id = dated.id AND lead.id = ANY(%(ids)s)
"""


class Recording(NamedTuple):
    """One deal that the recorder has compared with the ledgers.

    :param before: what the ledgers held before this transaction
    :param change: what the recorder has written; it may be empty
    :param deal: the deal as it is now, GONE if it was deleted
    :param is_rewritten: whether the recorder replaced rows that this transaction had written before
    """

    before: History
    change: Change
    deal: Deal
    is_rewritten: bool


class Place(NamedTuple):
    """Where a transaction found a deal.

    :param stage_id: id of the stage, None without one
    :param entered_at: since when, naive UTC
    :param status: open, won, lost or outside
    """

    stage_id: int | None
    entered_at: datetime | None
    status: str


@dataclass
class Memory:
    """What the recorder remembers of one transaction at one instant.

    :param states: what the ledgers held about deals that this transaction has written rows about, by id
    :param created: ids of leads that this transaction has created: the ledgers hold nothing about them
    :param movers: id of the user who has changed a deal last, by id of the deal
    :param places: :class:`Place` in which the transaction found a deal, by id
    :param online_ids: ids of salespeople of the deals that are recorded now who are online
    :param extras: data of extensions of the recorder, by their name
    """

    instant: datetime
    states: dict[int, RecordedState] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)
    movers: dict[int, int] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    online_ids: set[int] = field(default_factory=set)
    extras: dict[str, dict] = field(default_factory=dict)

    def won_stage_of(self, lead_id):
        """Return (id of the won stage, since when) in which the transaction found a won deal; no ledger holds it."""
        place = self.places.get(lead_id)
        return (place.stage_id, place.entered_at) if place and place.status == WON else None

    def has_moved(self, lead, status):
        """Return whether the transaction found a deal in another stage or with another status."""
        place = self.places.get(lead.id)
        return place is not None and (place.stage_id, place.status) != (lead.stage_id.id or None, status)


class CrmPipelineRecorder(models.AbstractModel):
    """Writes the rows of both ledgers when deals change.

    `crm.lead` collects the ids of deals that may have changed. Before the transaction ends, and at each savepoint, the
    recorder compares these deals with the ledgers and writes the difference. All changes of one transaction are one
    change: rows that the transaction has written before are deleted and written again, from the state that the
    transaction found (docs/definitions.md, Changes and instants).
    """

    _name = "crm.pipeline.recorder"
    _description = "Pipeline Recorder"

    # ------------------------------------------------------------
    # RECORDING
    # ------------------------------------------------------------

    @api.private
    def record(self, lead_ids, origin=origins.LIVE):
        """Bring both ledgers in line with some deals.

        A failure of the recorder never stops the user who has changed a deal: it is logged and left to the daily audit.
        A failure of PostgreSQL, such as a full disk, stops the user, as it does in CRM alone: the change and its rows
        are saved together or not at all.

        :param lead_ids: ids of leads that may have changed, been created or deleted
        :param str origin: how the change came to be known
        :return: ids of the deals that had something to record
        :rtype: list
        :raises psycopg2.Error: when PostgreSQL wants the transaction again or cannot go on
        """
        recorded = []
        for batch in split_every(BATCH_SIZE, sorted(set(lead_ids))):
            recorded += self._record_safely(batch, origin)
        return recorded

    def _record_safely(self, lead_ids, origin):
        """Record one batch; if that fails, record its halves, so that one deal does not stop the others.

        :return: ids of the deals that had something to record
        """
        error = None
        for _attempt in range(2):
            # Outside of the try: a transaction that PostgreSQL has aborted before must not seem to be saved.
            savepoint = self.env.cr.savepoint(flush=False)
            try:
                with savepoint:
                    return self._record_batch(lead_ids, origin)
            except Exception as failure:
                if stops_transaction(self.env.cr, failure):
                    raise
                _logger.debug("Could not record the change of opportunities %s", lead_ids, exc_info=True)
                error = failure
                # What hooks have written is rolled back in the database only.
                self.env.invalidate_all(flush=False)
                # Raw SQL may have deleted a stage or a company that is still cached.
                self.env["crm.pipeline.reader"]._forget_context()
        if len(lead_ids) > 1:
            half = len(lead_ids) // 2
            return self._record_safely(lead_ids[:half], origin) + self._record_safely(lead_ids[half:], origin)
        _logger.error("Could not record the change of opportunity %s, left to the daily job", lead_ids, exc_info=error)
        return []

    def _record_batch(self, lead_ids, origin):
        """Record one batch in a constant number of statements.

        :return: ids of the deals that had something to record
        """
        memory = self._memory()
        deals, context, memory.online_ids = self.env["crm.pipeline.reader"]._read_deals(lead_ids)
        store = LedgerStore(self.env, context)
        moments = {lead_id: Moment(memory.instant, memory.movers.get(lead_id), origin) for lead_id in lead_ids}
        written = {lead_id: memory.states[lead_id] for lead_id in lead_ids if lead_id in memory.states}
        if written:
            store.take_back(written)
            written = store.without_deleted_references(written)
        states = written | self._read_states([lead_id for lead_id in lead_ids if lead_id not in written], store)
        states = self._with_needed_postings(states, deals, moments, store)
        recordings = {}
        for lead_id in lead_ids:
            history, deal = states[lead_id].history, deals.get(lead_id, GONE)
            found = change(history, deal, moments[lead_id], context.stages)
            recordings[lead_id] = Recording(history, found, deal, lead_id in written)
        self._write(recordings, states, store)
        self._after_recording(recordings)
        return [lead_id for lead_id, recording in recordings.items() if not recording.change.is_empty]

    def _after_recording(self, recordings):
        """Hook that runs after rows of both ledgers are written. Extensions override it and call super().

        A deal comes here once for each flush of the transaction in which it changed.

        :param dict recordings: :class:`Recording` by id of the deal
        """

    def _queries_with_rows(self, _recordings):
        """Hook for what is stored about deals by the statement that writes the rows: a round trip less for each change.

        The queries see deals as they are now, but not the new rows.

        :param dict _recordings: as for :meth:`_after_recording`
        :return: queries by name
        :rtype: dict
        """
        return {}

    def _read_states(self, lead_ids, store):
        """Return what the ledgers hold about deals, by id; deals that were just created are not looked up."""
        created = self._memory().created
        states = {lead_id: RecordedState(has_last_posting=True) for lead_id in lead_ids if lead_id in created}
        others = [lead_id for lead_id in lead_ids if lead_id not in created]
        return states | store.read_states(others) if others else states

    def _with_needed_postings(self, states, deals, moments, store):
        """Return the states, with the last posting where the change depends on it. Most open deals do not need it."""
        asking = {
            lead_id: state
            for lead_id, state in states.items()
            if not state.has_last_posting
            and needs_last_posting(state.history, deals.get(lead_id, GONE), moments[lead_id], store.stages)
        }
        return states | store.with_last_postings(asking)

    def _write(self, recordings, states, store):
        """Write the rows of both ledgers, and what follows from them for the deals, and remember the states."""
        undone = {
            lead_id: recording.change.undone_lines
            for lead_id, recording in recordings.items()
            if recording.change.undone_lines
        }
        marked = store.mark_corrections(undone) if undone else {}
        visits, postings, dated = [], [], []
        states_to_keep = self._memory().states
        for lead_id, (history, found, deal, is_rewritten) in recordings.items():
            rows = found.resulting_visits(history) if is_rewritten else found.visits
            visits += [(lead_id, deal.exists, visit, visit in found.visits) for visit in rows]
            postings += [(lead_id, deal.exists, found.moment, posting) for posting in found.postings]
            was_dated = states[lead_id].is_dated
            is_dated = any(posting.kind in kinds.DATE_MOVES for posting in found.postings)
            if deal.exists and (is_dated or was_dated):
                dated.append(lead_id)
            if is_rewritten or not found.is_empty:
                # Marks of before are kept: a savepoint that is rolled back marks these lines again.
                marked_ids = frozenset(marked.get(lead_id, ())) | states[lead_id].marked_ids
                states_to_keep[lead_id] = states[lead_id]._replace(
                    is_written=True, is_dated=is_dated or was_dated, marked_ids=marked_ids
                )
        self._correct_entry_times(recordings)
        store.write_rows(visits, postings, self._queries_with_rows(recordings))
        if dated:
            self._count_pushes(dated)

    def _count_pushes(self, lead_ids):
        """Store how often, and by how many days, the expected closing of deals was moved to a later date."""
        net_of_day = SQL(NET_OF_DAY, condition=SQL("lead_ref = dated.id"))
        self.env.cr.execute(SQL(UPDATE_PUSHES, ids=lead_ids, net_of_day=net_of_day))
        leads = self.env["crm.lead"].browse(lead_ids)
        leads.invalidate_recordset(["push_count", "push_days"], flush=False)
        leads.modified(["push_count", "push_days"])

    # ------------------------------------------------------------
    # TIME OF ENTRY
    # ------------------------------------------------------------

    def _entry_times_of(self, leads):
        """Return since when deals are in their stages, as the ledgers will say once the change is recorded.

        :param leads: records of `crm.lead`, as they are in the cache
        :return: naive UTC by id; None for leads, and for deals that never were in a stage
        :rtype: dict
        """
        memory = self._memory()
        times = {lead.id: memory.instant for lead in leads if self._enters_now(lead, memory)}
        times |= {lead.id: None for lead in leads if lead.type != "opportunity"}
        leads = leads.filtered(lambda lead: lead.id not in times)
        if not leads:
            return times
        context = self.env["crm.pipeline.reader"]._read_context_for((lead.stage_id.id, None) for lead in leads)
        store = LedgerStore(self.env, context)
        moments = {lead.id: Moment(memory.instant, memory.movers.get(lead.id)) for lead in leads}
        deals = {lead.id: self._draft_deal(lead, context) for lead in leads}
        states = self._read_states([lead_id for lead_id in deals if lead_id not in memory.states], store)
        states |= {lead_id: memory.states[lead_id] for lead_id in deals if lead_id in memory.states}
        states = self._with_needed_postings(states, deals, moments, store)
        for lead_id, deal in deals.items():
            history = states[lead_id].history
            found = change(history, deal, moments[lead_id], context.stages)
            times[lead_id] = found.stage_entered_at(history, deal, memory.won_stage_of(lead_id))
        return times

    def _draft_deal(self, lead, context):
        """Return a deal as it is in the cache, without owner, amount and closing, which do not decide the time.

        No ledger holds since when a won deal is in its won stage: it is there since now if this transaction moves it.
        """
        memory = self._memory()
        status = status_of(lead.type, lead.active, lead.won_status)
        return Deal(
            status,
            context.stages.get(lead.stage_id.id, NO_STAGE),
            is_opportunity=lead.type == "opportunity",
            stage_entered_at=memory.instant if memory.has_moved(lead, status) else lead.stage_entered_at or None,
        )

    def _enters_now(self, lead, memory):
        """Return whether an open deal certainly enters its stage now, so that the ledgers need not be read.

        It does if it was open in another stage when the transaction began, and came there too long ago for an undo.
        """
        place = memory.places.get(lead.id)
        return (
            place is not None
            and lead.id not in memory.states
            and place.status == OPEN
            and status_of(lead.type, lead.active, lead.won_status) == OPEN
            and lead.stage_id.id != (place.stage_id or False)
            and place.entered_at is not None
            and (memory.instant - place.entered_at).total_seconds() > UNDO_SECONDS
        )

    def _correct_entry_times(self, recordings):
        """Have the time of entry computed again where the deal does not say what the ledger says: raw SQL moved it."""
        memory = self._memory()
        wrong = [
            lead_id
            for lead_id, (history, found, deal, _is_rewritten) in recordings.items()
            if deal.exists
            and found.stage_entered_at(history, deal, memory.won_stage_of(lead_id)) != deal.stage_entered_at
        ]
        if wrong:
            for lead_id in wrong:
                if lead_id in memory.places and memory.places[lead_id].status == OPEN:
                    # The deal was not where it said: the ledger has to be read.
                    del memory.places[lead_id]
            leads = self.env["crm.lead"].browse(wrong)
            self.env.add_to_compute(leads._fields["stage_entered_at"], leads)
            leads.flush_recordset(["stage_entered_at"])

    # ------------------------------------------------------------
    # MEMORY OF THE TRANSACTION
    # ------------------------------------------------------------

    def _memory(self):
        """Return the memory of this transaction at this instant.

        It lies with the callbacks after the commit: these live as long as the transaction, and a rollback to a
        savepoint keeps them.

        :rtype: Memory
        """
        data, instant = self.env.cr.postcommit.data, self.env.cr.now()
        memory = data.get(self._name)
        if not memory or memory.instant != instant:
            memory = data[self._name] = Memory(instant)
        return memory

    def _forget_states(self, lead_ids):
        """Forget the states of deals: their rows were written, or deleted, by somebody else than the recorder."""
        memory = self._memory()
        memory.created.difference_update(lead_ids)
        for lead_id in lead_ids:
            memory.states.pop(lead_id, None)
            memory.places.pop(lead_id, None)
