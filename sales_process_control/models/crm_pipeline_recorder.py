import logging

import psycopg2

from odoo import api, models
from odoo.tools import split_every

from ..ledger import GONE, Moment, change

_logger = logging.getLogger(__name__)

#: Deals written by one set of statements: so many fit into memory together, whatever an import brings.
BATCH_SIZE = 5000

#: PostgreSQL asks for the whole transaction again: Odoo does that, as it would without this module.
RETRY_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class CrmPipelineRecorder(models.AbstractModel):
    """Writes both ledgers, and is the only one that does.

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

        A failure is logged and left to the daily job. Only what PostgreSQL wants to be tried again is raised.

        :param lead_refs: numbers of leads that may have changed, been created or deleted
        :param str origin: how the change came to be known
        :return: numbers of the deals that had something to record
        :rtype: list
        :raises psycopg2.OperationalError: when the transaction has to be tried again
        """
        recorded = []
        for batch in split_every(BATCH_SIZE, sorted(set(lead_refs))):
            recorded += self._record_safely(batch, origin)
        return recorded

    def _record_safely(self, lead_refs, origin):
        """Record one batch, whatever happens.

        :return: numbers of the deals that had something to record
        """
        for attempt in (1, 2):
            try:
                # Without a flush: the recorder runs inside one, and asks the database only.
                with self.env.cr.savepoint(flush=False):
                    return self._record_batch(lead_refs, origin)
            except RETRY_ERRORS:
                raise
            except Exception:
                # The context may have kept a stage that a savepoint took back: once more with what is there.
                self.env["crm.pipeline.reader"]._forget_context()
                if attempt == 2:
                    _logger.exception(
                        "Could not record the changes of %s opportunities, left to the daily job", len(lead_refs)
                    )
        return []

    def _record_batch(self, lead_refs, origin):
        """Record one batch in a constant number of statements.

        :return: numbers of the deals that had something to record
        """
        reader = self.env["crm.pipeline.reader"]
        instant = self.env.cr.now()
        known_by_lead, mover_by_lead = self._known_at(instant), self._movers_at(instant)
        again = {lead_ref: known_by_lead[lead_ref] for lead_ref in lead_refs if lead_ref in known_by_lead}
        deals, last_postings, context = reader._read_deals(lead_refs)
        fresh = [lead_ref for lead_ref in lead_refs if lead_ref not in again]
        known_by_lead.update(reader._read_known(fresh, last_postings, context))
        if again:
            self.env["crm.pipeline.writer"]._take_back(again)
            known_by_lead.update(reader._without_deleted_references(again))
        changes = {}
        for lead_ref in lead_refs:
            moment = Moment(instant, mover_by_lead.get(lead_ref), origin)
            deal = deals.get(lead_ref, GONE)
            found = change(known_by_lead[lead_ref].history, deal, moment, context.stages)
            if not found.is_empty or lead_ref in again:
                changes[lead_ref] = found
        if changes:
            histories = {lead_ref: known_by_lead[lead_ref].history for lead_ref in changes}
            # Before the lines of the way back are there: what is marked is the move that was a slip.
            slips = {lead_ref: found.slip_of for lead_ref, found in changes.items() if found.slip_of}
            marked = self.env["crm.pipeline.writer"]._mark_corrections(slips) if slips else {}
            for lead_ref, movement_ids in marked.items():
                known_by_lead[lead_ref] = known_by_lead[lead_ref]._replace(marked_ids=movement_ids)
            self._write(changes, deals, histories, set(again), context)
        return list(changes)

    def _write(self, changes, deals, histories, again, context):
        """Write the changes with one statement a table.

        :param dict changes: the change of each deal
        :param dict deals: each deal that still exists, as it is now
        :param dict histories: what the ledgers held about each before this instant
        :param set again: deals that this instant has written before: rows that it found then are written once more
        """
        writer = self.env["crm.pipeline.writer"]
        visits, postings, entered = [], [], {}
        for lead_ref, found in changes.items():
            deal, history = deals.get(lead_ref, GONE), histories[lead_ref]
            lead_id = lead_ref if deal.exists else None
            rows = found.resulting_visits(history) if lead_ref in again else found.visits
            visits += [(lead_ref, lead_id, visit) for visit in rows]
            postings += [(lead_ref, lead_id, found.moment, posting) for posting in found.postings]
            if lead_id and (entered_at := found.stage_entered_at(history, deal)) != deal.stage_entered_at:
                entered[lead_ref] = entered_at
        writer._write_ledgers(visits, postings, context)
        dated = {lead_ref for lead_ref, _id, _moment, line in postings if line.kind in ("pushed_out", "pulled_in")}
        writer._write_leads(entered, (dated | again) & deals.keys())

    def _known_at(self, instant):
        """What was known of the deals that this transaction has touched at this instant, by number of the lead.

        It is kept with the callbacks after the commit, as those live exactly as long as the transaction and survive going
        back to a savepoint: what was true before the transaction stays true.
        """
        return self._kept_at(instant).setdefault("known", {})

    def _movers_at(self, instant):
        """Who changed the deals in this transaction at this instant: number of the user by number of the lead."""
        return self._kept_at(instant).setdefault("movers", {})

    def _kept_at(self, instant):
        data = self.env.cr.postcommit.data
        kept_instant, kept = data.get(self._name, (None, None))
        if kept_instant != instant:
            kept = {}
            data[self._name] = (instant, kept)
        return kept
