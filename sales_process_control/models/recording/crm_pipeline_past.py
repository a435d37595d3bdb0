"""Rebuilds both ledgers from tracked changes. No other file of this room reads them.

Odoo up to 19.2 keeps the changes of a deal as ``mail.tracking.value`` of its messages. From 19.3 on this model is gone:
then a warning is logged, and the past is rebuilt from creation, conversion and closing.
"""

import logging
import time
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger import Book, Deal, Link, Moment, Owner, Past, PastLead, origins

_logger = logging.getLogger(__name__)

#: Deals read and written by one set of statements: their rows fit into memory together.
BATCH_SIZE = 5000
#: Above this number of deals it is faster to create keys and indexes at the end than to check every row.
MANY_DEALS = 20000
#: Tracked fields to read. Older versions of Odoo have tracked only the archiving of lost deals.
TRACKED_FIELDS = ("stage_id", "active", "won_status", "type", "lost_reason_id")


class CrmPipelinePast(models.AbstractModel):
    """Rebuilds both ledgers for the time before the installation (docs/definitions.md, Rebuilt history)."""

    _name = "crm.pipeline.past"
    _description = "Pipeline Past"

    @api.private
    def rebuild(self):
        """Write the past of all deals that the ledgers do not hold, with the origin BACKFILL.

        A second run changes nothing. SQL without record rules: the ledgers hold every deal.

        :return: number of deals whose past was written
        :rtype: int
        """
        self.env.flush_all()
        started = time.monotonic()
        lead_ids = [lead_id for (lead_id,) in self.env.execute_query(self._unknown_leads_query())]
        if not self._tracks_changes():
            _logger.warning("No mail.tracking.value here: the past is rebuilt from creation and closing alone")
        loader, done, rebuilt = self.env["crm.pipeline.loader"], 0, 0
        with loader.keys_checked_at_the_end(len(lead_ids) > MANY_DEALS):
            for batch in split_every(BATCH_SIZE, lead_ids, list):
                rebuilt += self._rebuild_batch(batch)
                done += len(batch)
                _logger.info("Read the past of %s of %s opportunities", done, len(lead_ids))
        self.env.invalidate_all()
        _logger.info("Rebuilt the past of %s opportunities in %.0f s", rebuilt, time.monotonic() - started)
        return rebuilt

    def _rebuild_batch(self, lead_ids):
        """Write the past of some deals.

        :return: number of leads that have a past as a deal
        """
        context = self.env["crm.pipeline.reader"]._read_context()
        links = self._read_links(lead_ids)
        books = {}
        for lead in self._read_leads(lead_ids):
            books[lead.id] = self._book_of(lead, links.pop(lead.id, {}), context)
        self.env["crm.pipeline.loader"].load(books, context)
        return sum(bool(book.lines) for book in books.values())

    def _book_of(self, lead, links, context):
        """Return the book of a deal with all its known states.

        :param PastLead lead: the deal as it is now
        :param dict links: its tracked changes, see :meth:`_read_links`
        :param Context context: stages and companies
        :rtype: Book
        """
        owner = Owner(lead.team_id, lead.user_id, lead.company_id, context.companies[lead.company_id].currency_id)
        book = Book()
        is_deal = lead.type == "opportunity"
        for state in Past(lead, links, context.stages).states():
            deal = Deal(state.status, state.stage, owner, lead.date_deadline, lead.amount, is_deal)
            book.record(deal, Moment(state.at, state.mover_ref, origins.BACKFILL), context.stages)
        if any(visit.stage.is_forgotten for visit in book.history.visits):
            book.forget_stages()
        return book

    def _unknown_leads_query(self):
        """Return the query of deals, and of leads that may have been one, without a row in the ledgers."""
        return SQL("""
            SELECT lead.id
            FROM crm_lead lead
            WHERE lead.create_date IS NOT NULL
              AND NOT EXISTS (SELECT FROM crm_pipeline_movement WHERE lead_ref = lead.id)
              AND NOT EXISTS (SELECT FROM crm_stage_visit WHERE lead_ref = lead.id)
            ORDER BY lead.id
        """)

    def _read_leads(self, lead_ids):
        query = SQL(
            """
            SELECT id, type, active, COALESCE(won_status, 'pending'), stage_id, team_id, user_id, company_id,
                   date_deadline, COALESCE(expected_revenue, 0), create_date, date_conversion, date_closed,
                   date_last_stage_update
            FROM crm_lead
            WHERE id = ANY(%s)
            ORDER BY id
            """,
            lead_ids,
        )
        return [PastLead(*row) for row in self.env.execute_query(query)]

    def _tracks_changes(self):
        return "mail.tracking.value" in self.env

    def _read_links(self, lead_ids):
        """Return the tracked changes of deals.

        Changes of other deals are left out. Merging moves messages to the remaining deal and gives them a subject;
        messages of tracked changes have none. Changes before the creation of the deal are left out too. The date of a
        message has no fractions of a second. Its `create_date` has, and is the time of the transaction.

        :return: list of :class:`~odoo.addons.sales_process_control.ledger.Link` in order of time, by id of the deal
            and name of the field
        :rtype: dict
        """
        if not self._tracks_changes():
            return {}
        names = {self.env["ir.model.fields"]._get("crm.lead", name).id: name for name in TRACKED_FIELDS}
        values = self._selection_values()
        links = defaultdict(lambda: defaultdict(list))
        query = SQL(
            """
            SELECT message.res_id, tracking.field_id,
                   CASE WHEN message.date - message.create_date BETWEEN INTERVAL '-1 s' AND INTERVAL '1 min'
                        THEN message.create_date ELSE message.date END AS at,
                   tracking.create_uid,
                   tracking.old_value_integer, tracking.new_value_integer,
                   tracking.old_value_char, tracking.new_value_char
            FROM crm_lead lead
            JOIN mail_message message ON message.model = 'crm.lead' AND message.res_id = lead.id
            JOIN mail_tracking_value tracking ON tracking.mail_message_id = message.id
            WHERE lead.id = ANY(%s) AND tracking.field_id = ANY(%s)
              AND COALESCE(message.subject, '') = '' AND message.date >= date_trunc('second', lead.create_date)
            ORDER BY message.res_id, at, tracking.id
            """,
            lead_ids,
            list(names),
        )
        for lead_id, field_id, *tracked in self.env.execute_query(query):
            name, link = names[field_id], Link(*tracked)
            if name in values:
                link = link._replace(old=values[name].get(link.old_name), new=values[name].get(link.new_name))
            if link.new is not None:
                links[lead_id][name].append(link)
        return links

    def _selection_values(self):
        """Return the values of selections by label, in all languages, since Odoo tracks labels.

        :return: value by name of the field and label
        :rtype: dict
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT field.name, label.value, selection.value
                FROM ir_model_fields field
                JOIN ir_model_fields_selection selection ON selection.field_id = field.id
                CROSS JOIN jsonb_each_text(selection.name) label
                WHERE field.model = 'crm.lead' AND field.name = ANY(%s)
                """,
                list(TRACKED_FIELDS),
            )
        )
        values = defaultdict(dict)
        for name, label, value in rows:
            values[name][label] = value
        return values
