from odoo import api, models

from ..ledger import GONE, Book


class CrmPipelineLoader(models.AbstractModel):
    """Writes whole pasts of deals into both ledgers: what installation and import have in common.

    What each change means was decided when it was recorded in the deal's :class:`~..ledger.Book`.
    """

    _name = "crm.pipeline.loader"
    _description = "Pipeline Loader"

    @api.private
    def open_books(self, lead_refs):
        """The books of deals as the ledgers hold them.

        :param lead_refs: numbers of the deals
        :return: book by number of the deal; the context (stages, companies) that they share
        """
        reader = self.env["crm.pipeline.reader"]
        deals, known_by_lead, context = reader._read_deals(list(lead_refs))
        books = {}
        for lead_ref, known in known_by_lead.items():
            deal = deals.get(lead_ref, GONE)
            books[lead_ref] = Book(known.history, deal.stage_entered_at)
        return books, context

    @api.private
    def load(self, books, context):
        """Write what the books hold and the ledgers do not, and what follows from it for the deals.

        The deals exist, and stand as their books end.

        :param dict books: :class:`~..ledger.Book` by number of the deal
        :param context: stages and companies, for days and working time
        """
        writer = self.env["crm.pipeline.writer"]
        changed = [(ref, ref, visit) for ref, book in books.items() for visit in book.changed_visits()]
        writer._write_ledgers(changed, [], context)
        writer._append_to_ledgers(
            ((ref, ref, visit) for ref, book in books.items() for visit in book.new_visits()),
            ((ref, ref, *line) for ref, book in books.items() for line in book.lines),
            context,
        )
        kinds = {ref: {posting.kind for _moment, posting in book.lines} for ref, book in books.items()}
        dated = {ref for ref, found in kinds.items() if not found.isdisjoint(("pushed_out", "pulled_in"))}
        entered = {ref: book.stage_entered_at for ref, book in books.items() if book.stage_entered_at}
        writer._write_leads(entered, dated)
