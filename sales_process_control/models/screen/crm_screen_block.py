import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..recording.database_errors import is_lost

_logger = logging.getLogger(__name__)

#: A deal, open or closed. Archived ones are found without `active_test` only.
OPPORTUNITY = Domain("type", "=", "opportunity")
#: An open deal.
OPEN_DEAL = OPPORTUNITY & Domain("active", "=", True) & Domain("won_status", "=", "pending")
#: Errors that concern the whole call: PostgreSQL asks for it again, or Odoo has to run it on the primary database.
RETRY_ERRORS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError, psycopg2.errors.ReadOnlySqlTransaction)


class CrmScreenBlock(models.AbstractModel):
    """Base of the blocks of screens: a screen is read block by block, and a failure affects one block.

    The base model of a screen inherits this one. A block is a model that inherits the base of its screen and declares a
    key. Each count in a block comes with the domain of the records that it counts, so that a click opens exactly these.
    A block reads only what its reader may see.
    """

    _name = "crm.screen.block"
    _description = "Block of a Screen"

    #: Key of the block in the answer of the screen. A model without a key holds what several blocks share.
    _block_key = None
    #: Order of the blocks in the answer.
    _block_sequence = 0
    #: Whether a second call reads the block, after the page is painted.
    _block_is_later = False

    @api.model
    def _blocks_of_screen(self):
        """Return the blocks that inherit this model, in their order.

        :return: models of blocks by their keys
        :rtype: dict[str, crm.screen.block]
        """
        models_of_blocks = (self.env[name] for name in self.env.registry.descendants([self._name], "_inherit"))
        blocks = (block for block in models_of_blocks if block._block_key)
        return {block._block_key: block for block in sorted(blocks, key=lambda block: block._block_sequence)}

    @api.model
    def _read_blocks(self, blocks, scope):
        """Prepare blocks, then read them, one after another. A block that fails has its reason in place of its content.

        After a failure of the database the remaining blocks are not read: they are marked `is_unread`, and the browser
        asks for each of them again. A savepoint for each block would cost more statements than the blocks themselves.

        :param dict blocks: models of blocks by their keys
        :param scope: what the blocks are about, passed on to each block
        :return: content of the blocks by their keys
        """
        found, has_failed = {}, False
        steps = [(key, block._prepare_block) for key, block in blocks.items()]
        steps += [(key, block._read_block) for key, block in blocks.items()]
        for key, step in steps:
            if found.get(key):
                continue  # the block could not be prepared
            if has_failed:
                found[key] = {"error": self.env._("This part was not read."), "is_unread": True}
                continue
            try:
                found[key] = step(scope)
            except RETRY_ERRORS:
                raise
            except Exception as error:
                has_failed = isinstance(error, psycopg2.Error)
                if is_lost(self.env.cr, error):
                    raise  # the connection is lost
                _logger.exception("The block %r of %s could not be read", key, self._description)
                # Subclasses of UserError, as of missing access or deleted records, may name records that the reader
                # may not read.
                is_plain = type(error) is UserError  # pylint: disable=unidiomatic-typecheck
                found[key] = {"error": str(error) if is_plain else self.env._("This part could not be read.")}
        return found

    def _prepare_block(self, scope):
        """Find out what other blocks of the same call can read together with their own data; by default nothing.

        :param scope: what the block is about; it holds what blocks share
        """

    def _read_block(self, scope):
        """Return what one block shows.

        :param scope: what the block is about
        :return: a dictionary that goes to the browser unchanged
        """
        raise NotImplementedError

    def _today(self):
        """Return today's date in the time zone of the reader."""
        return fields.Date.context_today(self, self.env.cr.now())

    def _number(self, value, name, model, domain, **more):
        """Return a count that opens the records that it counts.

        :param int value: how many records of the model are in the domain
        :param str name: title of the list of these records
        :param more: `context`, `views`: of the action that opens them; `amount`, `currency_id`: their sum
        """
        return {"value": value, "name": name, "model": model, "domain": list(Domain(domain)), **more}

    def _writable(self, records):
        """Return those of some records that the reader may write.

        Where reading and writing follow the same record rules, as in CRM, this costs no statement.

        :param records: records that the reader may read
        """
        rules = self.env["ir.rule"]
        if self.env.su:
            return records
        if not records or not records.browse().has_access("write"):
            return records.browse()
        if rules._compute_domain(records._name, "read") == rules._compute_domain(records._name, "write"):
            return records
        return records._filtered_access("write")

    def _name_of_user_sql(self, user_id):
        """Return the SQL of the name of a user of any company.

        Record rules are left out: Odoo shows the name of a user on each record that the reader may read.

        :param SQL user_id: id of the user
        """
        return SQL(
            """
            (SELECT person.name FROM res_users account
             JOIN res_partner person ON person.id = account.partner_id WHERE account.id = %s)
            """,
            user_id,
        )

    def _read_sql(self, model, record_id, column):
        """Return the SQL of a column of one record; NULL if the reader may not read the record.

        :param str model: name of the model
        :param SQL record_id: id of the record
        :param column: returns the SQL of the column when it is called with the query of the record
        """
        records = self.env[model]
        query = records._search(Domain.TRUE, active_test=False)
        query.add_where(SQL("%s = %s", records._field_to_sql(query.table, "id", query), record_id))
        return SQL("(%s)", query.select(column(query)))
