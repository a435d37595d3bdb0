"""Replace the triggers that cleared references of the ledgers by foreign keys.

A deletion that ran at the same time as a move could leave the id of a deleted record, in spite of the triggers. Such
ids are cleared first: otherwise Odoo could not create the foreign keys, which it does when it loads the models.
"""

import logging

from odoo.tools import SQL
from odoo.tools.sql import column_exists

_logger = logging.getLogger(__name__)

#: Referenced table by column, for each ledger.
REFERENCES = {
    "crm_stage_visit": {
        "lead_id": "crm_lead",
        "stage_id": "crm_stage",
        "next_stage_id": "crm_stage",
        "team_id": "crm_team",
        "user_id": "res_users",
        "company_id": "res_company",
        "currency_id": "res_currency",
    },
    "crm_pipeline_movement": {
        "lead_id": "crm_lead",
        "stage_id": "crm_stage",
        "team_id": "crm_team",
        "user_id": "res_users",
        "company_id": "res_company",
        "currency_id": "res_currency",
    },
}


def migrate(cr, version):
    """Drop the triggers and clear dangling ids."""
    if not version:
        return
    cr.execute("DROP FUNCTION IF EXISTS crm_ledger_clear_references() CASCADE")
    for table, references in REFERENCES.items():
        cleared = sum(_clear(cr, table, *reference) for reference in references.items())
        if cleared:
            _logger.info("%s: cleared %s references to deleted records", table, cleared)


def _clear(cr, table, column, referenced):
    """Set references to deleted records to NULL.

    :return: number of references
    """
    if not column_exists(cr, table, column):
        return 0
    cr.execute(
        SQL(
            """
            UPDATE %(table)s ledger SET %(column)s = NULL
            WHERE ledger.%(column)s IS NOT NULL
              AND NOT EXISTS (SELECT FROM %(referenced)s record WHERE record.id = ledger.%(column)s)
            """,
            table=SQL.identifier(table),
            column=SQL.identifier(column),
            referenced=SQL.identifier(referenced),
        )
    )
    return cr.rowcount
