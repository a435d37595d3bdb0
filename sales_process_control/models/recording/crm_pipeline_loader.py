from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from ...ledger import GONE, Book, last_advance

#: With the callbacks after the commit, which no savepoint clears: the deals that changed while pasts are loaded, and
#: those whose past is loaded.
LOADING = "crm.pipeline.loading"
LEDGER_TABLES = ("crm_stage_visit", "crm_pipeline_movement")


class CrmPipelineLoader(models.AbstractModel):
    """Writes whole pasts of deals into both ledgers: what installation and import have in common.

    What each change means was decided when it was recorded in the deal's :class:`~..ledger.Book`.
    """

    _name = "crm.pipeline.loader"
    _description = "Pipeline Loader"

    @api.private
    @contextmanager
    def loading(self):
        """While deals are made, or deleted, together with their past.

        What :meth:`load` or :meth:`forget` have written about a deal is all that there is to say: the recorder does not
        look at it, nor take its making for something that happens now. Whatever else changes meanwhile it looks at
        afterwards. There must be no commit inside.
        """
        cr = self.env.cr
        # What changed before is recorded as what it was.
        cr.flush()
        changed, loaded = cr.postcommit.data[LOADING] = set(), set()
        try:
            yield
            self.env.flush_all()
        finally:
            cr.postcommit.data.pop(LOADING, None)
        self.env["crm.lead"]._collect_pipeline_change(changed - loaded)

    @api.private
    def forget(self, lead_refs):
        """Take everything about deals out of both ledgers, as if they had never been; inside :meth:`loading`."""
        self.env.cr.execute(SQL("DELETE FROM crm_stage_visit WHERE lead_ref = ANY(%s)", list(lead_refs)))
        balances, writer = self.env["crm.pipeline.balance"], self.env["crm.pipeline.writer"]
        lines = SQL("DELETE FROM crm_pipeline_movement ledger WHERE lead_ref = ANY(%s)", list(lead_refs))
        queries = {"lines": balances._returning(lines), "balances": balances._post_sql(SQL("lines"), -1)}
        self.env.cr.execute(writer._together(queries))
        writer._forget_read_rows()
        self._note_loaded(lead_refs)

    def _note_loaded(self, lead_refs):
        self.env["crm.pipeline.recorder"]._forget_known(lead_refs)
        if LOADING in self.env.cr.postcommit.data:
            _changed, loaded = self.env.cr.postcommit.data[LOADING]
            loaded.update(lead_refs)

    @api.private
    def open_books(self, lead_refs):
        """The books of deals as the ledgers hold them.

        :param lead_refs: numbers of the deals
        :return: book by number of the deal; the context (stages, companies) that they share
        """
        reader = self.env["crm.pipeline.reader"]
        deals, known_by_lead, context = reader._read_deals(list(lead_refs), list(lead_refs))
        known_by_lead = self.env["crm.pipeline.known"]._with_last_postings(known_by_lead)
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
        advanced = {ref: last_advance(book.history.visits) for ref, book in books.items()}
        progressed = {ref: instant for ref, instant in advanced.items() if instant}
        writer._write_leads(entered, dated, progressed)
        self._note_loaded(books)

    @api.private
    @contextmanager
    def keys_checked_at_the_end(self, many=True, tables=LEDGER_TABLES, indexes=True):
        """Set indexes and foreign keys of both ledgers aside while very many rows are loaded.

        To check and to sort all rows at once takes a fraction of doing so row by row. It locks the ledgers: for the
        installation and the update of the module only, when nobody works.

        :param bool many: whether to do so at all
        :param tables: of which tables, if not of the ledgers
        :param bool indexes: whether indexes, too, or foreign keys only
        """
        definitions = self._set_keys_aside(tables, indexes) if many else []
        yield
        for definition in definitions:
            # What PostgreSQL itself has given out as the definition of a key, quoted as it must be.
            self.env.cr.execute(SQL(definition.replace("%", "%%")))

    def _set_keys_aside(self, tables, indexes):
        """Drop them.

        :return: the statements that make them again
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', class.relname, key.conname),
                       format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', class.relname, key.conname,
                              pg_get_constraintdef(key.oid))
                FROM pg_constraint key
                JOIN pg_class class ON class.oid = key.conrelid
                WHERE class.relname = ANY(%(tables)s) AND key.contype = 'f'
                  AND class.relnamespace = current_schema()::regnamespace
                UNION ALL
                -- By its comment Odoo knows how an index was defined, and whether an update has to make it anew.
                SELECT format('DROP INDEX %%I', named.relname),
                       pg_get_indexdef(named.oid) || format(
                           '; COMMENT ON INDEX %%I IS %%L', named.relname, obj_description(named.oid, 'pg_class'))
                FROM pg_index
                JOIN pg_class class ON class.oid = pg_index.indrelid
                JOIN pg_class named ON named.oid = pg_index.indexrelid
                WHERE %(indexes)s AND class.relname = ANY(%(tables)s) AND NOT pg_index.indisprimary
                  AND class.relnamespace = current_schema()::regnamespace
                """,
                tables=list(tables),
                indexes=indexes,
            )
        )
        for drop, _create in rows:
            self.env.cr.execute(SQL(drop.replace("%", "%%")))
        return [create for _drop, create in rows]
