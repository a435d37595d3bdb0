import json
import logging
from datetime import date, datetime, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...ledger import promises
from ..recording.database_errors import stops_transaction
from ..recording.time_zones import start_of

_logger = logging.getLogger(__name__)

#: Flags that the daily job settles in one transaction.
BATCH_SIZE = 1000


class Flag(NamedTuple):
    """The stored values of a hot flag that its settlement needs."""

    id: int
    lead_ref: int
    kind: str
    outcome: str
    first_due_date: date | None
    company_id: int | None
    raised_at: datetime


#: Columns of :class:`Flag`.
FLAG_COLUMNS = SQL(
    "flag.id, flag.lead_ref, flag.kind, flag.outcome, flag.first_due_date, flag.company_id, flag.raised_at"
)


class CrmHotSettler(models.AbstractModel):
    """Settle hot flags by what the database records: ends of deals, confirmed orders and paid invoices.

    SQL without record rules: the outcome of a promise does not depend on the user who ends the deal. Nothing that is
    read here is shown to a user (docs/definitions.md, Settling).
    """

    _name = "crm.hot.settler"
    _description = "Closing of Hot Flags"

    def _settle_at_ends(self, ends, settled):
        """Settle the flags on deals that have ended. A failure never stops the user who ends the deal.

        A failure is logged, and the daily job settles the flag. Flags are opened again if this transaction has settled
        them and the deal has not ended after all (docs/definitions.md, Changes and instants), or if the same user
        undoes the end (docs/definitions.md, Undo within five minutes).

        :param dict ends: :class:`~odoo.addons.sales_process_control.ledger.promises.End` by id of the deal
        :param dict settled: ids of the flags that this transaction has settled, by id of the deal; updated by this
            method
        :raises psycopg2.Error: when PostgreSQL wants the transaction again or cannot go on
        """
        flags = self._flags_on(ends, settled)
        if not flags:
            return
        try:
            with self.env.cr.savepoint(flush=False):
                instants = {flag.id: ends[flag.lead_ref].instant for flag in flags}
                movers = {flag.id: ends[flag.lead_ref].mover_ref for flag in flags}
                self._write_outcomes(self._outcomes_at_ends(flags, ends), instants, movers)
        except Exception as error:
            if stops_transaction(self.env.cr, error):
                raise
            _logger.exception("Could not settle the hot flags %s, left to the daily job", [flag.id for flag in flags])
            return
        for flag in flags:
            settled.setdefault(flag.lead_ref, set()).add(flag.id)

    def _flags_on(self, ends, settled):
        """Return the flags of deals that are open, or settled by this transaction or by an end that is undone.

        :return: list of :class:`Flag`
        """
        flag_ids = [flag_id for lead_ref in ends for flag_id in settled.get(lead_ref, ())]
        undone = [{"lead_ref": lead_ref, "ended_at": end.undone_at} for lead_ref, end in ends.items() if end.undone_at]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %s FROM crm_hot_flag flag
                WHERE flag.lead_ref > 0 AND flag.lead_ref = ANY(%s)
                  AND (flag.outcome = 'open' OR flag.closed_by_id IS NULL AND (flag.id = ANY(%s) OR EXISTS (
                      SELECT FROM json_to_recordset(%s) AS undone (lead_ref int, ended_at timestamp)
                      WHERE undone.lead_ref = flag.lead_ref AND undone.ended_at = flag.closed_at
                  )))
                ORDER BY flag.id DESC
                """,
                FLAG_COLUMNS,
                list(ends),
                flag_ids,
                json.dumps(undone, default=str),
            )
        )
        return [Flag(*row) for row in rows]

    def _outcomes_at_ends(self, flags, ends):
        """Return [(flag, outcome)] of the flags whose outcome changes."""
        with_open_flag = {flag.lead_ref for flag in flags if flag.outcome == promises.OPEN}
        outcomes = []
        for flag in flags:
            outcome = promises.outcome_at_end(flag.kind, ends[flag.lead_ref].kind)
            # Of a deal only one flag may be open: no flag is opened again if another one was raised since.
            if outcome != flag.outcome and (outcome != promises.OPEN or flag.lead_ref not in with_open_flag):
                outcomes.append((flag, outcome))
        return outcomes

    def _write_outcomes(self, outcomes, instants, movers):
        """Write outcomes of flags, and update their deals and customers.

        :param outcomes: [(flag, outcome)]
        :param dict instants: when each promise was kept or broken, naive UTC, by id of the flag
        :param dict movers: id of the user who has ended the deal, by id of the flag; kept as `write_uid`
        """
        if not outcomes:
            return
        context = self.env["crm.pipeline.reader"]._read_context()
        rows = []
        for flag, outcome in outcomes:
            closed_at, late = None, 0
            if outcome != promises.OPEN:
                closed_at = max(instants[flag.id], flag.raised_at)
                late = promises.days_late(flag.first_due_date, context.day_of(closed_at, flag.company_id))
            values = {"outcome": outcome, "closed_at": closed_at, "days_late": late, "mover": movers.get(flag.id)}
            rows.append({"id": flag.id, **values})
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_hot_flag flag
                SET outcome = new.outcome, closed_at = new.closed_at, days_late = new.days_late, closed_by_id = NULL,
                    write_date = %s, write_uid = COALESCE(new.mover, %s)
                FROM json_to_recordset(%s)
                     AS new (id int, outcome varchar, closed_at timestamp, days_late int, mover int)
                WHERE flag.id = new.id AND flag.id = ANY(%s)
                """,
                self.env.cr.now(),
                self.env.uid,
                json.dumps(rows, default=str),
                [row["id"] for row in rows],
            )
        )
        flags = self.env["crm.hot.flag"].browse([row["id"] for row in rows])
        flags.invalidate_recordset(
            ["outcome", "closed_at", "closed_by_id", "days_late", "is_overdue", "write_uid"], flush=False
        )
        leads = self.env["crm.lead"].browse({flag.lead_ref for flag, _outcome in outcomes if flag.lead_ref})
        self.env["crm.hot.flag"]._update_leads(leads)
        self.env["crm.hot.flag"]._log_outcomes({flag.id: (flag.outcome, new) for flag, new in outcomes}, movers)

    @api.model
    def _cron_settle(self):
        """Settle flags by orders and payments, and those that were not settled when their deals ended. Daily job."""
        self.env.flush_all()
        queries = [self._ended_query]
        # The module does not depend on Sales and Invoicing.
        if "sale.order" in self.env:
            queries.append(self._ordered_query)
        if "account.move" in self.env:
            queries.append(self._paid_query)
        for query in queries:
            if not self._settle_in_batches(query, is_last=query == queries[-1]):
                return

    def _settle_in_batches(self, query, *, is_last):
        """Settle all open flags that a query finds, one batch a transaction, until the time of the job is used up.

        :param function query: takes an id and returns the query for open flags with higher ids. Its columns are those
            of :class:`Flag`, how the deal has ended (NULL for a promise that is kept), the instant (naive UTC), and the
            day that the instant must not exceed, or NULL
        :param bool is_last: whether the job has nothing to do after this query
        :return: whether the job has time left
        :rtype: bool
        """
        last_id = 0
        while rows := self.env.execute_query(query(last_id)):
            last_id = rows[-1][0]
            outcomes, instants = [], {}
            for row in rows:
                flag, (end, instant, day) = Flag(*row[: len(Flag._fields)]), row[len(Flag._fields) :]
                outcomes.append((flag, promises.outcome_at_end(flag.kind, end) if end else promises.KEPT))
                instants[flag.id] = min(instant, self._end_of(day, flag.company_id)) if day else instant
            self._write_outcomes(outcomes, instants, {})
            # How many flags remain is not known. One is enough for Odoo to run the job again.
            may_remain = not is_last or len(rows) == BATCH_SIZE
            if not self.env["ir.cron"]._commit_progress(len(rows), remaining=int(may_remain)):
                return False
        return True

    def _end_of(self, day, company_id):
        """Return the last second of a day in the time zone of the company's calendar, naive UTC."""
        if day == date.max:
            return datetime.max
        tz = self.env["crm.pipeline.reader"]._read_context().company(company_id).tz
        return start_of(day + timedelta(days=1), tz) - timedelta(seconds=1)

    def _ended_query(self, after_id):
        """Return the query for flags on deals that have ended since: after imports, raw SQL and failures.

        Leads have no movements; a lead that was deleted or archived counts as removed now. `raised_at` has no fractions
        of a second, so that `create_date` is compared where it is in the same second.
        """
        return self._open_flags_query(
            after_id,
            SQL("flag.lead_ref > 0"),
            SQL(
                """
                SELECT kind AS deal_end, date AS instant, NULL::date AS day FROM (
                    SELECT movement.kind, movement.date FROM crm_pipeline_movement movement
                    WHERE movement.lead_ref = flag.lead_ref AND movement.is_correction IS NOT TRUE
                    ORDER BY movement.id DESC LIMIT 1
                ) last
                WHERE last.date >= CASE date_trunc('second', flag.create_date) WHEN flag.raised_at THEN flag.create_date
                                   ELSE flag.raised_at END
                  AND (last.kind IN ('lost', 'removed') OR last.kind = 'won' AND flag.kind = 'sign')
                UNION ALL
                SELECT 'removed', %s, NULL
                WHERE NOT EXISTS (SELECT FROM crm_pipeline_movement WHERE lead_ref = flag.lead_ref)
                  AND NOT EXISTS (SELECT FROM crm_lead WHERE id = flag.lead_id AND (active OR type = 'opportunity'))
                """,
                self.env.cr.now(),
            ),
        )

    def _ordered_query(self, after_id):
        """Return the query for promises to order that a confirmed order has kept: the customer's first one since."""
        return self._open_flags_query(
            after_id,
            SQL("flag.kind = 'reorder'"),
            SQL(
                """
                SELECT NULL AS deal_end, sale.date_order AS instant, NULL::date AS day
                FROM res_partner partner
                JOIN sale_order sale ON sale.partner_id = partner.id
                WHERE partner.commercial_partner_id = flag.commercial_partner_id
                  AND (flag.company_id IS NULL OR sale.company_id = flag.company_id)
                  AND sale.state = 'sale' AND sale.date_order BETWEEN flag.raised_at AND %s
                ORDER BY sale.date_order LIMIT 1
                """,
                self.env.cr.now(),
            ),
        )

    def _paid_query(self, after_id):
        """Return the query for promises to pay that a paid invoice has kept: the customer's first one since.

        An invoice is paid when its last payment was entered: reconciled with it or, for payments without journal
        entries, registered for it. The customer has paid on the day of that payment, which may be entered later.
        """
        return self._open_flags_query(
            after_id,
            SQL("flag.kind = 'payment'"),
            SQL(
                """
                SELECT NULL AS deal_end, paid.instant, paid.day
                FROM res_partner partner
                JOIN account_move invoice ON invoice.partner_id = partner.id
                CROSS JOIN LATERAL (
                    SELECT max(entered.instant) AS instant, max(entered.day) AS day
                    FROM (
                        SELECT partial.create_date AS instant, partial.max_date AS day
                        FROM account_move_line line
                        JOIN account_account account ON account.id = line.account_id
                        JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                        WHERE line.move_id = invoice.id AND account.account_type = 'asset_receivable'
                        UNION ALL
                        SELECT payment.create_date, payment.date
                        FROM account_move__account_payment matched
                        JOIN account_payment payment ON payment.id = matched.payment_id
                        WHERE matched.invoice_id = invoice.id AND payment.state IN ('in_process', 'paid')
                    ) entered
                ) paid
                WHERE partner.commercial_partner_id = flag.commercial_partner_id
                  AND (flag.company_id IS NULL OR invoice.company_id = flag.company_id)
                  AND invoice.move_type = 'out_invoice' AND invoice.state = 'posted'
                  AND invoice.payment_state IN ('paid', 'in_payment')
                  AND paid.instant >= flag.raised_at
                ORDER BY paid.instant LIMIT 1
                """
            ),
        )

    def _open_flags_query(self, after_id, which, settled_by):
        """Return the query for open flags with the events that settle them. Locked flags wait for the next day.

        :param int after_id: only flags with higher ids
        :param SQL which: condition on `flag`
        :param SQL settled_by: query for `deal_end`, `instant` and `day` of a flag
        """
        return SQL(
            """
            SELECT %s, settled.deal_end, settled.instant, settled.day
            FROM crm_hot_flag flag
            CROSS JOIN LATERAL (%s) settled
            WHERE flag.outcome = 'open' AND flag.id > %s AND %s
            ORDER BY flag.id LIMIT %s
            FOR NO KEY UPDATE OF flag SKIP LOCKED
            """,
            FLAG_COLUMNS,
            settled_by,
            after_id,
            which,
            BATCH_SIZE,
        )
