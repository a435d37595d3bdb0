import json
import logging
from decimal import Decimal

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, split_every

from ...const import GROUP_SETTINGS
from ...ledger import ENDS, Moment, Owner, Posting, Stage, kinds, origins
from .job_position import JobPosition
from .ledger_store import LedgerStore

_logger = logging.getLogger(__name__)

#: Open visits that one transaction updates: few, since it locks their rows.
WORKING_DAYS_BATCH = 500
#: Deals that one transaction repairs.
REPAIR_BATCH = 1000
#: Parameter that holds the id of the last visit whose working days were brought up to date, 0 after a whole round.
WORKING_DAYS_POSITION = "sales_process_control.working_days_position"


class CrmPipelineAudit(models.AbstractModel):
    """Compares both ledgers with the live deals, and repairs differences, which raw SQL can make.

    SQL without record rules: the ledgers hold every deal of every company. Administrators see counts only.
    """

    _name = "crm.pipeline.audit"
    _description = "Pipeline Audit"

    @api.model
    def _cron_audit(self):
        """Repair both ledgers, the balances and computed fields daily; log and notify administrators."""
        drifted = self._repair_drift()
        balanced = self._repair_balances()
        corrected = self.env["crm.pipeline.balance"].close()
        mended = len(self._mend_computed_fields())
        if not drifted and not balanced and not corrected and not mended:
            _logger.info("Both ledgers agree with the live opportunities")
            return
        _logger.warning(
            "Ledgers repaired: %s opportunities had drifted, %s did not balance; balances of past weeks corrected in "
            "%s places; computed fields of %s opportunities corrected",
            drifted,
            balanced,
            corrected,
            mended,
        )
        self._notify_administrators(drifted, balanced, corrected, mended)

    def _repair_drift(self):
        """Record deals that differ from the ledgers, with the origin REPAIR.

        :return: number of deals that were repaired
        """
        lead_refs = [lead_ref for (lead_ref,) in self.env.execute_query(self._drift_query())]
        # The cache does not have changes by raw SQL.
        self.env["crm.lead"].invalidate_model(flush=False)
        repaired, remaining = 0, len(lead_refs)
        for batch in split_every(REPAIR_BATCH, lead_refs, list):
            repaired += len(self.env["crm.pipeline.recorder"].record(batch, origin=origins.REPAIR))
            remaining -= len(batch)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
        return repaired

    def _drift_query(self):
        """Return the query of deals that differ from their open visit, or whose end differs from their last line.

        Deals that were closed before the ledgers began have no lines and are no difference. Amounts are compared as
        floats, as Odoo and the recorder read them: raw SQL can store more digits.

        :rtype: SQL
        """
        self.env["crm.lead"].flush_model()
        return SQL(
            """
            WITH live AS (
                SELECT lead.id AS lead_ref, lead.stage_id, lead.team_id, lead.user_id, lead.company_id,
                       company.currency_id, lead.date_deadline,
                       COALESCE(lead.expected_revenue, 0)::float8 AS amount
                FROM crm_lead lead
                LEFT JOIN res_company company ON company.id = COALESCE(lead.company_id, %(main_company_id)s)
                WHERE lead.type = 'opportunity' AND lead.active
                  AND COALESCE(lead.won_status, 'pending') = 'pending'
            ), visit AS (
                SELECT lead_ref, stage_id, team_id, user_id, company_id, currency_id, date_deadline,
                       amount::float8 AS amount
                FROM crm_stage_visit
                WHERE left_at IS NULL
            )
            SELECT lead_ref FROM live FULL JOIN visit USING (lead_ref)
            WHERE (live.stage_id, live.team_id, live.user_id, live.company_id, live.currency_id, live.date_deadline,
                   live.amount)
                  IS DISTINCT FROM
                  (visit.stage_id, visit.team_id, visit.user_id, visit.company_id, visit.currency_id,
                   visit.date_deadline, visit.amount)
               OR live IS NULL OR visit IS NULL
            UNION
            SELECT lead.id FROM crm_lead lead
            JOIN LATERAL (
                SELECT kind FROM crm_pipeline_movement WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
            ) last ON last.kind <> lead.won_status
            WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')
            ORDER BY lead_ref
            """,
            main_company_id=self.env["crm.pipeline.reader"]._read_context().main_company_id,
        )

    def _repair_balances(self):
        """Post missing lines: the lines of an open deal must add up to its open visit, those of others to nothing.

        :return: number of deals that did not balance
        """
        rows = self.env.execute_query(self._imbalance_query())
        if not rows:
            return 0
        context = self.env["crm.pipeline.reader"]._read_context()
        moment = Moment(self.env.cr.now(), None, origins.REPAIR)
        postings = []
        for lead_ref, lead_id, last_kind, is_open, *stage, team, user, company, currency, deadline, count, text in rows:
            amount = Decimal(text)
            owner = Owner(team, user, company, currency)
            kind = self._balancing_kind(last_kind, is_open, count, amount)
            posting = Posting(kind, Stage(*stage), owner, deadline, count, amount)
            postings.append((lead_ref, lead_id is not None, moment, posting))
        LedgerStore(self.env, context).write_rows([], postings)
        return len({lead_ref for lead_ref, *_rest in postings})

    @staticmethod
    def _balancing_kind(last_kind, is_open, count, amount):
        """Return the kind of a balancing line. The last line of a closed deal keeps the kind of its end."""
        if not is_open:
            return last_kind if last_kind in ENDS else kinds.REMOVED
        if count:
            return kinds.RESTORED if count > 0 else kinds.REMOVED
        return kinds.AMOUNT_UP if amount > 0 else kinds.AMOUNT_DOWN

    def _imbalance_query(self):
        """Return the query of missing lines: for each deal and place, the open visit minus the sum of the lines.

        :rtype: SQL
        """
        return SQL(
            """
            WITH place AS (
                SELECT lead_ref, stage_id, team_id, user_id, company_id, currency_id, date_deadline,
                       -deal_count AS deal_count, -amount AS amount
                FROM crm_pipeline_movement
                UNION ALL
                SELECT lead_ref, stage_id, team_id, user_id, company_id, currency_id, date_deadline, 1, amount
                FROM crm_stage_visit
                WHERE left_at IS NULL
            ), missing AS (
                SELECT lead_ref, stage_id, team_id, user_id, company_id, currency_id, date_deadline,
                       sum(deal_count)::int AS deal_count, sum(amount) AS amount
                FROM place
                GROUP BY lead_ref, stage_id, team_id, user_id, company_id, currency_id, date_deadline
                HAVING sum(deal_count) <> 0 OR sum(amount) <> 0
            )
            SELECT missing.lead_ref, lead.id, last.kind, visit.id IS NOT NULL,
                   missing.stage_id, COALESCE(last.stage_name, visit.stage_name, ''),
                   COALESCE(last.stage_sequence, visit.stage_sequence, 0),
                   missing.team_id, missing.user_id, missing.company_id, missing.currency_id, missing.date_deadline,
                   missing.deal_count, missing.amount::text
            FROM missing
            LEFT JOIN crm_lead lead ON lead.id = missing.lead_ref
            LEFT JOIN crm_stage_visit visit ON visit.lead_ref = missing.lead_ref AND visit.left_at IS NULL
            LEFT JOIN LATERAL (
                SELECT kind, stage_name, stage_sequence FROM crm_pipeline_movement movement
                WHERE movement.lead_ref = missing.lead_ref
                ORDER BY (movement.stage_id IS NOT DISTINCT FROM missing.stage_id) DESC, movement.id DESC LIMIT 1
            ) last ON TRUE
            ORDER BY missing.lead_ref, missing.deal_count
            """
        )

    def _notify_administrators(self, drifted, balanced, corrected, mended):
        """Send the administrators a message about the repairs, each in the own language: jobs have none.

        :param int drifted: deals that differed from the ledgers
        :param int balanced: deals whose lines did not add up
        :param int corrected: balances of closed weeks that were wrong
        :param int mended: deals with a wrong value in a field that only the module writes
        """
        administrators = self.env.ref(GROUP_SETTINGS).all_user_ids.filtered("active")
        for lang, users in administrators.grouped("lang").items():
            audit = self.with_context(lang=lang)
            messages = audit._describe_repairs(drifted, balanced, corrected, mended)
            audit.env["mail.thread"].message_notify(
                partner_ids=users.partner_id.ids,
                subject=audit.env._("Sales process: data was repaired"),
                body=Markup().join(Markup("<p>%s</p>") % text for text in messages),
            )

    def _describe_repairs(self, drifted, balanced, corrected, mended):
        """Return a list of texts about the repairs; parameters as those of :meth:`_notify_administrators`."""
        found = [*self._describe_ledgers(drifted, balanced), *self._describe_values(corrected, mended)]
        return [one if number == 1 else several for number, one, several in found if number]

    def _describe_ledgers(self, drifted, balanced):
        """Return (number, text for one, text for several) of what was repaired in the ledgers."""
        return [
            (
                drifted,
                self.env._(
                    "1 opportunity was changed outside of Odoo, for example by raw SQL. Its stage history was wrong "
                    "and has been repaired; the new rows are marked as repaired."
                ),
                self.env._(
                    "%s opportunities were changed outside of Odoo, for example by raw SQL. Their stage history was "
                    "wrong and has been repaired; the new rows are marked as repaired.",
                    drifted,
                ),
            ),
            (
                balanced,
                self.env._(
                    "The pipeline movements of 1 opportunity were wrong, for example because of a change by raw SQL. "
                    "They have been repaired; the new rows are marked as repaired."
                ),
                self.env._(
                    "The pipeline movements of %s opportunities were wrong, for example because of changes by raw SQL. "
                    "They have been repaired; the new rows are marked as repaired.",
                    balanced,
                ),
            ),
        ]

    def _describe_values(self, corrected, mended):
        """Return the same of balances and computed fields that were corrected."""
        return [
            (
                corrected,
                self.env._(
                    "One of the stored sums of pipeline movements of past weeks was wrong, for example because "
                    "movements were changed by raw SQL. It has been corrected; sales funnels of days since this week "
                    "were wrong until now."
                ),
                self.env._(
                    "The stored sums of pipeline movements of past weeks were wrong in %s places, for example because "
                    "movements were changed by raw SQL. They have been corrected; sales funnels of days since these "
                    "weeks were wrong until now.",
                    corrected,
                ),
            ),
            (
                mended,
                self.env._(
                    "1 opportunity had wrong values in computed fields, such as the time in the stage, the pushes or "
                    "the last progress. The values were corrected."
                ),
                self.env._(
                    "%s opportunities had wrong values in computed fields, such as the time in the stage, the pushes "
                    "or the last progress. The values were corrected.",
                    mended,
                ),
            ),
        ]

    # ------------------------------------------------------------
    # WORKING DAYS
    # ------------------------------------------------------------

    @api.model
    def _cron_update_working_days(self):
        """Update the working days of open visits until the time of the job is used up. Runs nightly.

        The next run starts where this one stopped, so that each visit has its turn. Visits that another transaction has
        locked are updated in the next round.
        """
        position = JobPosition(self.env, WORKING_DAYS_POSITION)
        last_id = position.get()
        remaining = self.env["crm.stage.visit"].search_count([("left_at", "=", False), ("id", ">", last_id)])
        has_time = True
        while has_time and (rows := self._lock_open_visits(last_id)):
            last_id = rows[-1][0]
            self._update_working_days(rows)
            remaining = max(remaining - len(rows), 0)
            has_time = self.env["ir.cron"]._commit_progress(len(rows), remaining=remaining) > 0
        position.keep(0 if has_time else last_id, remaining)

    def _lock_open_visits(self, after_id):
        return self.env.execute_query(
            SQL(
                """
                SELECT id, entered_at, company_id FROM crm_stage_visit
                WHERE left_at IS NULL AND id > %s
                ORDER BY id LIMIT %s
                FOR NO KEY UPDATE SKIP LOCKED
                """,
                after_id,
                WORKING_DAYS_BATCH,
            )
        )

    def _update_working_days(self, rows):
        """Store the working days of open visits up to now.

        :param rows: (id, entered_at, company_id) of open visits
        """
        context = self.env["crm.pipeline.reader"]._read_context()
        now = self.env.cr.now()
        days = {
            visit_id: context.company(company_id).working_days_between(self.env, entered_at, max(now, entered_at))
            for visit_id, entered_at, company_id in rows
        }
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_stage_visit visit SET working_days = new.value::float8
                FROM json_each_text(%s) AS new (key, value)
                WHERE visit.id = new.key::int AND visit.working_days IS DISTINCT FROM new.value::float8
                """,
                json.dumps(days),
            )
        )
        self.env["crm.stage.visit"].invalidate_model(["working_days"], flush=False)
