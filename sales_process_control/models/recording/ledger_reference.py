"""A reference of a ledger, which falls to none with what it names, and is not checked row by row."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

#: What clears references, whatever deletes: Odoo, a cascade of the database, or somebody's own SQL.
CLEAR = "crm_ledger_clear_references"
#: With the rights of Odoo's own role and in the schema of the table, as a foreign key would. A column that is gone is
#: cleared of nothing: a trigger may outlive it for the length of an uninstallation.
CREATE_CLEAR = f"""
    CREATE OR REPLACE FUNCTION {CLEAR}() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $clear$
    DECLARE
        ledger text := format('%%I.%%I', TG_TABLE_SCHEMA, TG_ARGV[0]);
    BEGIN
        IF EXISTS (SELECT FROM gone) AND EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass(ledger) AND attname = TG_ARGV[1] AND NOT attisdropped
        ) THEN
            EXECUTE format('UPDATE %%s SET %%I = NULL WHERE %%I IN (SELECT id FROM gone)',
                           ledger, TG_ARGV[1], TG_ARGV[1]);
        END IF;
        RETURN NULL;
    END
    $clear$
"""
CREATE_TRIGGER = """
    CREATE TRIGGER %(trigger)s AFTER DELETE ON %(table)s REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION %(clear)s(%(ledger)s, %(column)s)
"""
#: With all triggers that call it.
DROP_CLEAR = f"DROP FUNCTION IF EXISTS {CLEAR}() CASCADE"


class LedgerReference(fields.Many2one):
    """A many2one with the half of a foreign key that a ledger needs: it is cleared when the other record is deleted.

    The other half, which looks up the record of each row that is written, would find what is known: a row names what
    its deal holds or held, and whoever deletes that meets the transaction on the deal's own row and keys. With two
    ledgers that takes some twenty look-ups a move, each planned anew for each transaction.

    What it cannot do is turn back a deletion that began before a move out of the very record was committed, and ended
    after it. The daily job clears what such a deletion leaves.
    """

    def update_db_foreign_key(self, model, column):  # noqa: ARG002  as Odoo calls it
        self._drop_foreign_key(model)
        self._clear_at_deletion(model, model.env[self.comodel_name])

    def _drop_foreign_key(self, model):
        """Drop the whole key, which earlier versions had."""
        key = Domain("name", "=", f"{model._table}_{self.name}_fkey") & Domain("type", "=", "f")
        model.env["ir.model.constraint"].search(key).unlink()

    def _clear_at_deletion(self, model, comodel):
        """Have the database clear references to deleted records, in one statement for each that deletes."""
        name = f"{model._table}_{self.name}_cleared"
        model.env.cr.execute(SQL(CREATE_CLEAR))
        model.env.cr.execute(
            SQL("SELECT FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", name, comodel._table)
        )
        if not model.env.cr.rowcount:
            model.env.cr.execute(
                SQL(
                    CREATE_TRIGGER,
                    trigger=SQL.identifier(name),
                    table=SQL.identifier(comodel._table),
                    clear=SQL.identifier(CLEAR),
                    ledger=model._table,
                    column=self.name,
                )
            )
