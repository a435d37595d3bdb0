import psycopg2

from odoo import api, models
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY
from ..recording.job_position import JobPosition
from .lead_chances import BATCH, CHANCE_FIELDS, REFRESH_NEXT, refresh_query
from .optional_number import OptionalFloat, OptionalMonetary

#: Fields that hold the chances of a deal. Only this module writes them.
CHANCES_OF_LEAD = ("chance", "chance_by_closing", "expected_amount")
#: Deals that one transaction of the job refreshes: few, since it locks their rows.
REFRESH_BATCH = 1000
#: How often a batch is tried while people save deals of it.
REFRESH_TRIES = 5
#: Parameter that holds the id of the last deal whose chances were refreshed, 0 after all of them.
REFRESH_POSITION = "sales_process_control.chances_position"


class CrmLead(models.Model):
    """The chance of a deal to be won (docs/definitions.md, Chance to sign).

    It is stored, because deals are ordered by it: as of the last change of the deal, or of last night. Then the job
    refreshes it, as days have passed and other deals were won or lost.
    """

    _inherit = "crm.lead"

    chance = OptionalFloat(
        "Chance to Sign",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        aggregator="avg",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won in the end, as of last night or of its last change: computed from "
        "opportunities of the company that were in the same stage for as many days. Empty if too few opportunities "
        "were won or lost, and for closed opportunities.",
    )
    chance_by_closing = OptionalFloat(
        "Chance by Closing",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        aggregator="avg",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won by its expected closing. Empty if the expected closing is not set or "
        "has passed, and while the chance to sign is not known.",
    )
    expected_amount = OptionalMonetary(
        "Expected by Chance",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        aggregator="sum",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="Expected revenue times the chance to sign. Empty while the chance is not known.",
    )

    # For lists with the highest first, see :meth:`_order_field_to_sql`.
    _chance_order_index = models.Index("(chance DESC NULLS LAST) WHERE active IS TRUE")
    _chance_by_closing_order_index = models.Index("(chance_by_closing DESC NULLS LAST) WHERE active IS TRUE")
    _expected_amount_order_index = models.Index("(expected_amount DESC NULLS LAST) WHERE active IS TRUE")

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | frozenset(CHANCES_OF_LEAD)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Put deals without a chance at the end of both orders: closed ones are no answer to "which are likely"."""
        if field_name in CHANCES_OF_LEAD and not nulls:
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # ------------------------------------------------------------
    # REFRESH
    # ------------------------------------------------------------

    @api.model
    def _refresh_chances(self, after_id=0, limit=None):
        """Store the chances of today on the next open deals. By SQL, since `write_date` should not change.

        :param int after_id: id of the last deal that was refreshed
        :param int limit: number of deals; by default all
        :return: id of the last of these deals, None without any; number of these deals
        :rtype: tuple
        """
        self.flush_model([*CHANCE_FIELDS, *CHANCES_OF_LEAD])
        batch = SQL(BATCH, condition=SQL("id > %s", after_id), limit=limit)
        query = SQL(REFRESH_NEXT, batch=batch, refresh=self._refresh_query(SQL("SELECT * FROM next")))
        [(last_id, count, refreshed)] = self.env.execute_query(query)
        self.browse(refreshed or ())._forget_chances()
        return last_id, count

    @api.model
    def _refresh_query(self, batch):
        """Return the query that stores the chances of today on deals, see :func:`.lead_chances.refresh_query`."""
        return refresh_query(self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now(), batch)

    def _forget_chances(self):
        """Have the chances of deals read again: a query has stored them."""
        self.invalidate_recordset(CHANCES_OF_LEAD, flush=False)
        self.modified(CHANCES_OF_LEAD)

    @api.model
    def _cron_refresh_chances(self):
        """Refresh the chances of all open deals until the time of the job is used up; the next run goes on there."""
        position = JobPosition(self.env, REFRESH_POSITION)
        last_id = position.get()
        domain = [("type", "=", "opportunity"), ("won_status", "=", "pending"), ("id", ">", last_id)]
        remaining = self.search_count(domain)
        has_time, count = True, True
        while has_time and count:
            last_id, count = self._refresh_batch(last_id)
            remaining = max(remaining - count, 0) if count else 0
            has_time = self.env["ir.cron"]._commit_progress(count, remaining=remaining) > 0
        position.keep(last_id or 0, remaining)

    @api.model
    def _refresh_batch(self, last_id):
        """Refresh a batch of the job, again if somebody has saved one of its deals since the transaction began."""
        for _retry in range(REFRESH_TRIES - 1):
            try:
                return self._refresh_chances(last_id, REFRESH_BATCH)
            except psycopg2.errors.SerializationFailure:
                # The batches before are committed. In a new transaction the deal is read as it was saved.
                self.env.cr.rollback()
        return self._refresh_chances(last_id, REFRESH_BATCH)

    @api.model
    def _refresh_chances_soon(self):
        """Have the job refresh the chances of all open deals once this transaction is committed."""
        JobPosition(self.env, REFRESH_POSITION).set(0)
        job = self.env.ref("sales_process_control.ir_cron_refresh_chances", raise_if_not_found=False)
        if job:
            job._trigger()
