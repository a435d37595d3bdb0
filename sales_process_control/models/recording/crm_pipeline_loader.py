from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from ...ledger import GONE, Book, kinds
from .ledger_store import MOVEMENT_TABLE, VISIT_TABLE, LedgerStore

#: Key in the data of `cr.postcommit`, which a rollback to a savepoint keeps: ids of the deals that changed while pasts
#: are loaded, and ids of those whose past is loaded.
LOADING = "crm.pipeline.loading"
LEDGER_TABLES = (VISIT_TABLE, MOVEMENT_TABLE)


def is_loading(cr):
    """Return whether pasts of deals are loaded with this cursor at present.

    A key of the context would not do: a remote caller can send it.
    """
    return LOADING in cr.postcommit.data


def changed_while_loading(cr):
    """Return the ids of deals that changed while pasts are loaded, a set that may be added to; None outside."""
    return cr.postcommit.data[LOADING][0] if is_loading(cr) else None


class CrmPipelineLoader(models.AbstractModel):
    """Writes whole pasts of deals into both ledgers, for installation and import.

    A :class:`~odoo.addons.sales_process_control.ledger.Book` has decided what each change means.
    """

    _name = "crm.pipeline.loader"
    _description = "Pipeline Loader"

    @api.private
    @contextmanager
    def loading(self):
        """Keep the recorder from deals that are made, or deleted, together with their past.

        Deals given to :meth:`load` or :meth:`forget` inside are not recorded. Deals that change otherwise are recorded
        afterwards. There must be no commit inside.
        """
        cr = self.env.cr
        # Changes from before are recorded as changes of their own.
        cr.flush()
        changed, loaded = cr.postcommit.data[LOADING] = set(), set()
        try:
            yield
            self.env.flush_all()
        finally:
            cr.postcommit.data.pop(LOADING, None)
        self.env["crm.lead"]._collect_pipeline_change(changed - loaded)

    @api.private
    def forget(self, lead_ids):
        """Delete everything about deals from both ledgers, inside :meth:`loading`.

        :param lead_ids: ids of the deals
        """
        LedgerStore(self.env, self.env["crm.pipeline.reader"]._read_context()).delete_rows(lead_ids)
        self._note_loaded(lead_ids)

    @api.private
    def rewind_transfers(self, untils):
        """Take transfers that were made in Odoo out of both ledgers, inside :meth:`loading`.

        For deals that were imported and of which Odoo has recorded transfers alone since. The caller records each
        transfer again, at an earlier instant, and then what happened before it and becomes known now.

        :param dict untils: {id of the deal: the instant up to which it is imported}
        """
        if untils:
            LedgerStore(self.env, self.env["crm.pipeline.reader"]._read_context()).rewind_transfers(untils)

    def _note_loaded(self, lead_ids):
        self.env["crm.pipeline.recorder"]._forget_states(lead_ids)
        if is_loading(self.env.cr):
            _changed, loaded = self.env.cr.postcommit.data[LOADING]
            loaded.update(lead_ids)

    @api.private
    def open_books(self, lead_ids):
        """Return the books of deals as the ledgers hold them.

        :param lead_ids: ids of the deals
        :return: :class:`~odoo.addons.sales_process_control.ledger.Book` by id of the deal; the context (stages,
            companies)
        :rtype: tuple[dict, Context]
        """
        deals, context, _online_ids = self.env["crm.pipeline.reader"]._read_deals(lead_ids)
        store = LedgerStore(self.env, context)
        states = store.with_last_postings(store.read_states(lead_ids))
        books = {
            lead_id: Book(state.history, deals.get(lead_id, GONE).stage_entered_at) for lead_id, state in states.items()
        }
        return books, context

    @api.private
    def load(self, books, context):
        """Write what books hold and the ledgers do not, and what follows from it for the deals.

        The deals exist, in the state in which their books end.

        :param dict books: :class:`~odoo.addons.sales_process_control.ledger.Book` by id of the deal
        :param Context context: stages and companies
        """
        visits = [
            (lead_id, True, visit)
            for lead_id, book in books.items()
            for visit in (*book.changed_visits(), *book.new_visits())
        ]
        postings = [(lead_id, True, *line) for lead_id, book in books.items() for line in book.lines]
        is_continued = any(book.is_continued for book in books.values())
        LedgerStore(self.env, context).write_rows(visits, postings, follows_lines=is_continued)
        self._write_entry_times(books)
        dated = [
            lead_id
            for lead_id, book in books.items()
            if any(posting.kind in kinds.DATE_MOVES for _moment, posting in book.lines)
        ]
        recorder = self.env["crm.pipeline.recorder"]
        if dated:
            recorder._count_pushes(dated)
        self._note_loaded(books)
        self._after_loading(books)

    def _after_loading(self, books):
        """Hook that runs after pasts are written. Extensions override it and call super().

        :param dict books: :class:`~odoo.addons.sales_process_control.ledger.Book` by id of the deal
        """

    @api.model
    def _renew_statistics(self):
        """Let PostgreSQL know at once how many rows the ledgers have.

        It finds out by itself, which takes about a minute. Until then it may take a ledger for empty in which an import
        failed or was taken back, and a report may compare each row with each other one.
        """
        self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(map(SQL.identifier, LEDGER_TABLES))))

    def _write_entry_times(self, books):
        """Store since when deals are in their stages.

        In SQL, for very many deals at once: the recorder, which computes the field, would say the same.
        """
        times = {lead_id: book.stage_entered_at for lead_id, book in books.items() if book.stage_entered_at}
        if not times:
            return
        leads = self.env["crm.lead"].browse(times)
        leads.flush_recordset(["stage_entered_at"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead SET stage_entered_at = entry.at
                FROM unnest(%(ids)s::int[], %(times)s::timestamp[]) AS entry (id, at)
                WHERE lead.id = entry.id AND lead.id = ANY(%(ids)s)
                  AND lead.stage_entered_at IS DISTINCT FROM entry.at
                """,
                ids=list(times),
                times=list(times.values()),
            )
        )
        leads.invalidate_recordset(["stage_entered_at"], flush=False)
        leads.modified(["stage_entered_at"])

    # ------------------------------------------------------------
    # VERY MANY ROWS
    # ------------------------------------------------------------

    @api.private
    @contextmanager
    def keys_checked_at_the_end(self, many=True, tables=LEDGER_TABLES, indexes=True):
        """Drop indexes and foreign keys while very many rows are loaded, and create them again at the end.

        Checking and sorting all rows at once takes a fraction of the time of doing so row by row. This locks the
        tables: for installation and upgrade only.

        :param bool many: whether to do so at all
        :param tables: names of the tables
        :param bool indexes: whether to drop indexes too, or foreign keys only
        """
        definitions = self._drop_keys(tables, indexes) if many else []
        yield
        for definition in definitions:
            # PostgreSQL itself has quoted the definition.
            self.env.cr.execute(SQL(definition.replace("%", "%%")))

    def _drop_keys(self, tables, indexes):
        """Drop indexes and foreign keys.

        :return: the statements that create them again
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
                -- Odoo reads from the comment how an index was defined, and whether an upgrade has to create it again.
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
