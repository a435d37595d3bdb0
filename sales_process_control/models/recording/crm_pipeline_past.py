"""The past of this database: the only file that reads what Odoo has tracked.

Odoo keeps the changes of a deal as ``mail.tracking.value`` of its messages, up to 19.2. From 19.3 on they are kept
elsewhere; there this file says so in the log, and rebuilds from creation, conversion and closing alone.
"""

import logging
import time
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, split_every

from ...ledger import Book, Deal, Link, Moment, Owner, Past, PastLead

_logger = logging.getLogger(__name__)

#: Deals read and written at a time: their rows fit into memory together, whatever the size of the database.
BATCH_SIZE = 5000
#: Above so many deals it is quicker to check all keys of the ledgers at the end than one by one.
MANY_DEALS = 20000
#: What is followed. The archiving of a deal is the only thing that older Odoos have tracked of its loss.
FOLLOWED_FIELDS = ("stage_id", "active", "won_status", "type", "lost_reason_id")


class CrmPipelinePast(models.AbstractModel):
    """Rebuilds both ledgers from what the database knows of the time before the module."""

    _name = "crm.pipeline.past"
    _description = "Pipeline Past"

    @api.private
    def rebuild(self):
        """Write the past of all deals that the ledgers know nothing of, as rows of origin ``backfill``.

        Running it again changes nothing. In SQL and without record rules: the ledgers hold every deal.

        :return: number of deals whose past was written
        """
        self.env.flush_all()
        started = time.monotonic()
        lead_ids = [lead_id for (lead_id,) in self.env.execute_query(self._unknown_leads_query())]
        if not self._tracks_changes():
            _logger.warning("No mail.tracking.value here: the past is rebuilt from creation and closing alone")
        loader, done, known = self.env["crm.pipeline.loader"], 0, 0
        with loader.keys_checked_at_the_end(len(lead_ids) > MANY_DEALS):
            for batch in split_every(BATCH_SIZE, lead_ids, list):
                known += self._rebuild_batch(batch)
                done += len(batch)
                _logger.info("Read the past of %s of %s opportunities", done, len(lead_ids))
        self.env.invalidate_all()
        _logger.info("Rebuilt the past of %s opportunities in %.0f s", known, time.monotonic() - started)
        return known

    def _rebuild_batch(self, lead_ids):
        context = self.env["crm.pipeline.reader"]._read_context()
        links = self._read_links(lead_ids)
        books = {}
        for lead in self._read_leads(lead_ids):
            books[lead.id] = self._book_of(lead, links.pop(lead.id, {}), context)
        self.env["crm.pipeline.loader"].load(books, context)
        return sum(bool(book.lines) for book in books.values())

    def _book_of(self, lead, links, context):
        """Record the states that a deal went through."""
        owner = Owner(lead.team_id, lead.user_id, lead.company_id, context.companies[lead.company_id].currency_id)
        book = Book()
        is_deal = lead.type == "opportunity"
        for state in Past(lead, links, context.stages).states():
            deal = Deal(state.status, state.stage, owner, lead.date_deadline, lead.amount, is_deal)
            book.record(deal, Moment(state.at, state.mover_ref, "backfill"), context.stages)
        if any(visit.stage.is_forgotten for visit in book.history.visits):
            book.forget_stages()
        return book

    def _unknown_leads_query(self):
        """Deals, and leads that may have been one, without a row in the ledgers."""
        return SQL("""
            SELECT lead.id
            FROM crm_lead lead
            WHERE lead.create_date IS NOT NULL
              AND NOT EXISTS (SELECT FROM crm_pipeline_movement known WHERE known.lead_ref = lead.id)
              AND NOT EXISTS (SELECT FROM crm_stage_visit known WHERE known.lead_ref = lead.id)
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
        """The tracked changes of deals, by number of the deal and name of the field, in order of time.

        Merging deals moves the messages of those that go onto the one that stays, and gives them a subject, which
        messages of changes do not have: those are not the deal's own. Nor is what happened before it was created.
        The date of a message has no fractions of a second; when it was written has, and is the transaction's time.
        """
        if not self._tracks_changes():
            return {}
        names = {self.env["ir.model.fields"]._get("crm.lead", name).id: name for name in FOLLOWED_FIELDS}
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
        """Values by label, in any language: a change of a selection is tracked in words."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT field.name, label.value, selection.value
                FROM ir_model_fields field
                JOIN ir_model_fields_selection selection ON selection.field_id = field.id
                CROSS JOIN jsonb_each_text(selection.name) label
                WHERE field.model = 'crm.lead' AND field.name = ANY(%s)
                """,
                list(FOLLOWED_FIELDS),
            )
        )
        values = defaultdict(dict)
        for name, label, value in rows:
            values[name][label] = value
        return values
