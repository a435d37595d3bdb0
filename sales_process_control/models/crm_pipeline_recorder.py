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
    def record(self, lead_refs, mover_by_lead=None, origin="live"):
        """Bring both ledgers in line with the deals, and never stop the person who changed them.

        A failure is logged and left to the daily job. Only what PostgreSQL wants to be tried again is raised.

        :param lead_refs: numbers of leads that may have changed, been created or deleted
        :param dict mover_by_lead: number of the user who changed each, where it is a person's doing
        :param str origin: how the change came to be known
        :return: numbers of the deals that had something to record
        :rtype: list
        :raises psycopg2.OperationalError: when the transaction has to be tried again
        """
        recorded = []
        for batch in split_every(BATCH_SIZE, sorted(set(lead_refs))):
            try:
                # Without a flush: the recorder runs inside one, and asks the database only.
                with self.env.cr.savepoint(flush=False):
                    recorded += self._record_batch(batch, mover_by_lead or {}, origin)
            except RETRY_ERRORS:
                raise
            except Exception:
                _logger.exception("Could not record the changes of %s opportunities, left to the daily job", len(batch))
        return recorded

    def _record_batch(self, lead_refs, mover_by_lead, origin):
        """Record one batch in a constant number of statements.

        :return: numbers of the deals that had something to record
        """
        reader = self.env["crm.pipeline.reader"]
        instant = self.env.cr.now()
        known_by_lead = self._known_at(instant)
        again = {lead_ref: known_by_lead[lead_ref] for lead_ref in lead_refs if lead_ref in known_by_lead}
        context = reader._read_context()
        deals, last_postings = reader._read_deals(lead_refs, context)
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
            if lead_id:
                entered[lead_ref] = found.stage_entered_at(history, deal)
        moves = {lead_ref: histories[lead_ref].open_visit for lead_ref in again}
        writer._unmark_corrections({lead_ref: visit.entered_at for lead_ref, visit in moves.items() if visit})
        writer._write_visits(visits, context)
        slips = {lead_ref: found.slip_of for lead_ref, found in changes.items() if found.slip_of}
        writer._write_postings(postings, context, slips)
        dated = {lead_ref for lead_ref, _id, _moment, line in postings if line.kind in ("pushed_out", "pulled_in")}
        writer._write_leads(entered, dated | again)
        # Written behind the back of the ORM: what it has read of the ledgers is no longer true.
        for model in ("crm.stage.visit", "crm.pipeline.movement"):
            self.env[model].invalidate_model(flush=False)

    def _known_at(self, instant):
        """What was known of the deals that this transaction has touched at this instant, by number of the lead.

        Kept with the callbacks after the commit, as those live exactly as long as the transaction and survive going
        back to a savepoint: what was true before the transaction stays true.
        """
        data = self.env.cr.postcommit.data
        kept_instant, known_by_lead = data.get(self._name, (None, None))
        if kept_instant != instant:
            known_by_lead = {}
            data[self._name] = (instant, known_by_lead)
        return known_by_lead
