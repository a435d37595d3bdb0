import logging
from collections import defaultdict

import psycopg2

from odoo import api, models
from odoo.tools import split_every

from ...ledger import GONE, Moment, asks_for_last_posting, change
from .joined_savepoint import JoinedSavepoint
from .pipeline_words import BATCH_SIZE, Known

_logger = logging.getLogger(__name__)

#: PostgreSQL asks for the whole transaction again: Odoo does that, as it would without this module.
RETRY_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class CrmPipelineRecorder(models.AbstractModel):
    """Brings both ledgers in line with the deals, whenever one changes.

    Deals that may have changed are collected while a transaction runs. Before it ends, and at each savepoint, the state
    that the ledgers hold is compared with the deals as they are, and the difference is written. All changes of one
    instant are one change: what this transaction has written before is taken back and written anew from the state that
    it found (D0).
    """

    _name = "crm.pipeline.recorder"
    _description = "Pipeline Recorder"

    @api.private
    def record(self, lead_refs, origin="live"):
        """Bring both ledgers in line with the deals, and never stop the person who changed them.

        A failure is logged and left to the daily job. Only what PostgreSQL wants to be tried again is raised, and what
        would take with it all that the person has done, without a word.

        :param lead_refs: numbers of leads that may have changed, been created or deleted
        :param str origin: how the change came to be known
        :return: numbers of the deals that had something to record
        :rtype: list
        :raises psycopg2.OperationalError: when the transaction has to be tried again
        :raises psycopg2.Error: when the transaction is lost: what was done would not be saved, and nobody told
        """
        recorded = []
        for batch in split_every(BATCH_SIZE, sorted(set(lead_refs))):
            recorded += self._record_safely(batch, origin)
        return recorded

    def _record_safely(self, lead_refs, origin):
        """Record one batch, whatever happens.

        :return: numbers of the deals that had something to record
        """
        error = None
        for _attempt in range(2):
            savepoint = JoinedSavepoint(self.env.cr)
            try:
                with savepoint:
                    return self._record_batch(lead_refs, origin, savepoint)
            except RETRY_ERRORS:
                raise
            except Exception as failure:
                # Whatever it is, a card shows no error for a ledger's sake: unless what the person did would be lost.
                if savepoint.is_transaction_failed:
                    raise
                error = failure
                # Raw SQL may have taken away a stage or a company that was kept in mind: once more with what is there.
                self.env["crm.pipeline.reader"]._forget_context()
        if len(lead_refs) > 1:
            # One deal that cannot be recorded keeps back no other.
            half = len(lead_refs) // 2
            return self._record_safely(lead_refs[:half], origin) + self._record_safely(lead_refs[half:], origin)
        _logger.error("Could not record the change of opportunity %s, left to the daily job", lead_refs, exc_info=error)
        return []

    def _record_batch(self, lead_refs, origin, savepoint):
        """Record one batch in a constant number of statements, all of them behind a savepoint.

        :return: numbers of the deals that had something to record
        """
        reader, writer = self.env["crm.pipeline.reader"], self.env["crm.pipeline.writer"]
        instant = self.env.cr.now()
        known_by_lead, mover_by_lead = self._known_at(instant), self._movers_at(instant)
        moments = {ref: Moment(instant, mover_by_lead.get(ref), origin) for ref in lead_refs}
        # What this transaction found first stays what was known before it.
        unknown_refs = [lead_ref for lead_ref in lead_refs if lead_ref not in known_by_lead]
        deals, found_by_lead, context = reader._read_deals(lead_refs, unknown_refs)
        known_by_lead.update(found_by_lead)
        again = {ref: known_by_lead[ref] for ref in lead_refs if known_by_lead[ref].is_written}
        if again:
            writer._take_back(again)
            known_by_lead.update(self.env["crm.pipeline.known"]._without_deleted_references(again))
        self._find_last_postings(known_by_lead, deals, moments, context)
        changes = {}
        for lead_ref in lead_refs:
            history, deal = known_by_lead[lead_ref].history, deals.get(lead_ref, GONE)
            changes[lead_ref] = change(history, deal, moments[lead_ref], context.stages)
        self._mark_slips(changes, known_by_lead)
        settled = self._kept_at(instant).setdefault("settled", {})
        ends = self._ends_of(changes, known_by_lead, settled)
        queries, lead_ids = self._queries(changes, deals, known_by_lead, context)
        savepoint.run(queries, are_last=not (ends or again))
        writer._forget_read_rows()
        writer._forget_leads(lead_ids)
        if ends:
            self.env["crm.hot.settler"]._settle_at_ends(ends, settled)
        if again:
            self.env["crm.progress.recorder"]._find_visits_again(again)
        return [lead_ref for lead_ref, found in changes.items() if not found.is_empty]

    def _find_last_postings(self, known_by_lead, deals, moments, context):
        """Find out what was posted last about the deals of which it matters; of most that are open it does not."""
        asking = {}
        for lead_ref, moment in moments.items():
            known, deal = known_by_lead[lead_ref], deals.get(lead_ref, GONE)
            if not known.is_last_known and asks_for_last_posting(known.history, deal, moment, context.stages):
                asking[lead_ref] = known
        known_by_lead.update(self.env["crm.pipeline.known"]._with_last_postings(asking))

    def _mark_slips(self, changes, known_by_lead):
        """Mark the moves that were slips, before the lines of the way back are there."""
        slips = {lead_ref: found.slip_of for lead_ref, found in changes.items() if found.slip_of}
        if slips:
            marked = self.env["crm.pipeline.writer"]._mark_corrections(slips)
            for lead_ref, movement_ids in marked.items():
                known_by_lead[lead_ref] = known_by_lead[lead_ref]._replace(marked_ids=movement_ids)

    def _queries(self, changes, deals, known_by_lead, context):
        """The queries that write the changes into both ledgers, and what they say of the deals.

        :param dict changes: the change of each deal; a deal that this instant has written before is written once more
        :param dict deals: each deal that still exists, as it is now
        :param dict known_by_lead: what the ledgers held about each before this instant
        :return: the queries; numbers of the deals that they write
        """
        visits, postings, entered, dated, progressed = [], [], {}, set(), {}
        won_stages = self._won_stages_at(self.env.cr.now())
        for lead_ref, found in changes.items():
            known, deal = known_by_lead[lead_ref], deals.get(lead_ref, GONE)
            lead_id = lead_ref if deal.exists else None
            rows = found.resulting_visits(known.history) if known.is_written else found.visits
            visits += [(lead_ref, lead_id, visit) for visit in rows]
            postings += [(lead_ref, lead_id, found.moment, posting) for posting in found.postings]
            is_dated = any(posting.kind in ("pushed_out", "pulled_in") for posting in found.postings)
            if lead_id:
                entered_at = found.stage_entered_at(known.history, deal, won_stages.get(lead_ref))
                if entered_at != deal.stage_entered_at:
                    entered[lead_id] = entered_at
                if is_dated or known.is_dated:
                    dated.add(lead_id)
                if found.is_progress_wrong(known.history, deal):
                    progressed[lead_id] = found.last_advance(known.history)
            if not found.is_empty:
                known_by_lead[lead_ref] = known._replace(is_written=True, is_dated=is_dated or known.is_dated)
        self._tell_sellers(changes, deals, known_by_lead)
        writer = self.env["crm.pipeline.writer"]
        queries = writer._ledger_queries(visits, postings, context) + writer._lead_queries(entered, dated, progressed)
        return queries, {*entered, *dated, *progressed}

    def _tell_sellers(self, changes, deals, known_by_lead):
        """Have the seller before and the seller after told, where somebody else has changed their deal."""
        sellers_by_mover = defaultdict(set)
        for lead_ref, found in changes.items():
            if not found.is_empty:
                visit = known_by_lead[lead_ref].history.open_visit
                sellers = {visit.owner.user_id if visit else None, deals.get(lead_ref, GONE).owner.user_id}
                sellers_by_mover[found.moment.mover_ref] |= sellers
        for mover_ref, sellers in sellers_by_mover.items():
            self.env["crm.workbench.live"]._touch(sellers, changed_by=mover_ref)

    def _ends_of(self, changes, known_by_lead, settled):
        """How deals have ended, or have not after all: what settles the promises on them, by number of the lead."""
        ends = {}
        for lead_ref, found in changes.items():
            end = found.end_of(known_by_lead[lead_ref].history)
            if found.end or end.slip_of or lead_ref in settled:
                ends[lead_ref] = end
        return ends

    def _known_at(self, instant):
        """What was known of the deals that this transaction has touched at this instant, by number of the lead.

        It is kept with the callbacks after the commit, as those live exactly as long as the transaction and survive
        going back to a savepoint: what was true before the transaction stays true.
        """
        return self._kept_at(instant).setdefault("known", {})

    def _note_new(self, lead_refs):
        """Remember that the ledgers held nothing about these deals: they were created a moment ago."""
        known_by_lead = self._known_at(self.env.cr.now())
        for lead_ref in lead_refs:
            # While it was created it may have been recorded already.
            known_by_lead.setdefault(lead_ref, Known(is_last_known=True))

    def _forget_known(self, lead_refs):
        """Forget what was known of deals: their pasts are written, or taken out, beside the recorder."""
        known_by_lead = self._known_at(self.env.cr.now())
        for lead_ref in lead_refs:
            known_by_lead.pop(lead_ref, None)

    def _movers_at(self, instant):
        """Who changed the deals in this transaction at this instant: number of the user by number of the lead."""
        return self._kept_at(instant).setdefault("movers", {})

    def _won_stages_at(self, instant):
        """In which won stage this transaction has found deals, and since when: both by number of the lead."""
        return self._kept_at(instant).setdefault("won_stages", {})

    def _kept_at(self, instant):
        data = self.env.cr.postcommit.data
        kept_instant, kept = data.get(self._name, (None, None))
        if kept_instant != instant:
            kept = {}
            data[self._name] = (instant, kept)
        return kept
