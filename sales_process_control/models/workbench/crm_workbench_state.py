from hashlib import sha256

from odoo import fields, models
from odoo.tools import SQL


class CrmWorkbenchState(models.AbstractModel):
    """States of the records that the blocks of a scope show: a short text a block, which differs once one has changed.

    An open page asks for this block alone every minute, and reads the blocks whose text differs. It differs if a
    record comes into the scope, leaves it or is changed, if rules or teams of the reader change, and on the next day.
    It does not tell of what changes without these records: as time passes, with rates of currencies, and with names of
    other records. For that the page is read every ten minutes.
    """

    _name = "crm.workbench.state"
    _inherit = "crm.workbench.block"
    _description = "Workbench: State"

    _block_key = "state"
    # A call sees one state of the database: the blocks of the first call are those of this state, later ones are newer.
    _block_sequence = 1

    def _read_block(self, scope):
        blocks = {
            key: block._watched(scope)
            for key, block in self.env["crm.workbench.block"]._find_blocks(scope.name).items()
            if key != self._block_key
        }
        watched = []
        for of_block in blocks.values():
            watched += [records for records in of_block if records not in watched]
        counts = [self._count_sql(place, *records) for place, records in enumerate(watched)]
        rows = {row[0]: row for row in self.env.execute_query(SQL(" UNION ALL ").join(counts))}
        day = fields.Date.to_string(self._today())
        return {
            "seen": {
                key: self._digest(day, scope.team_ids, [rows[watched.index(records)] for records in of_block])
                for key, of_block in blocks.items()
            }
        }

    @staticmethod
    def _digest(*seen):
        return sha256(repr(seen).encode()).hexdigest()[:16]

    def _count_sql(self, place, model, domain, is_checked):
        """Return a query with the place, the count of records, the sum of their ids, and the sum of their versions.

        PostgreSQL gives each version of a row the id of its transaction in `xmin`. Unlike `write_date`, this tells of
        changes by SQL and by foreign keys, and of transactions that began before the last change and ended after it.

        :param bool is_checked: whether access is part of the domain
        """
        records = self.env[model].with_context(active_test=False)
        query = records._search(domain, bypass_access=is_checked)
        query.order = None
        return query.select(
            SQL("%s::int", place),
            SQL("count(*)"),
            SQL("COALESCE(sum(%s::bigint), 0)::text", records._field_to_sql(query.table, "id", query)),
            SQL("COALESCE(sum(%s::text::bigint), 0)::text", SQL.identifier(query.table, "xmin")),
        )
