"""Faults that programmers might make, listed by where they are. `mutations.py` puts them into the code."""

import random
from itertools import chain

from mutation_pure_faults import PURE_FAULTS
from mutation_table import Mutation

#: By the part of the code.
FAULTS_BY_PART = {
    "pure code": PURE_FAULTS,
    "recorder": (
        Mutation(
            "any failure of PostgreSQL is left to the audit",
            "models/recording/crm_pipeline_recorder.py",
            "if stops_transaction(self.env.cr, failure):",
            'if getattr(failure, "pgcode", None) == "40001":',
            ("test_recorder_transactions",),
        ),
        Mutation(
            "first mover of a transaction",
            "models/recording/crm_lead.py",
            "movers.update(dict.fromkeys(self._ids, self.env.uid))",
            "movers |= dict.fromkeys(self._ids, self.env.uid) | movers",
            ("test_recorder_transactions",),
        ),
        Mutation(
            "only the last rows of a rewritten change",
            "models/recording/crm_pipeline_recorder.py",
            "rows = found.resulting_visits(history) if is_rewritten else found.visits",
            "rows = found.visits",
            ("test_recorder_transactions",),
        ),
        Mutation(
            "memory of an earlier instant",
            "models/recording/crm_pipeline_recorder.py",
            "if not memory or memory.instant != instant:",
            "if not memory:",
            (
                "test_recorder_transactions",
                "test_clock",
            ),
        ),
        Mutation(
            "pushes that are taken back in the transaction",
            "models/recording/crm_pipeline_recorder.py",
            "if deal.exists and (is_dated or was_dated):",
            "if deal.exists and is_dated:",
            ("test_lead_fields",),
        ),
        Mutation(
            "lines of this instant stay",
            "models/recording/ledger_store.py",
            '"WHERE %s AND ledger.date >= %s AND ledger.id > known.movement_id"',
            '"WHERE %s AND ledger.date > %s AND ledger.id > known.movement_id"',
            ("test_recorder_transactions",),
        ),
        Mutation(
            "days of a deal go back",
            "models/recording/ledger_store.py",
            """day = LINE_DAY if follows_lines else SQL("day")""",
            """day = SQL("day")""",
            ("test_undone_end",),
        ),
        Mutation(
            "corrections on the day after a week",
            "models/recording/ledger_store.py",
            "self.env.cr.now().date() - timedelta(days=1) < ",
            "self.env.cr.now().date() < ",
            ("test_funnel_balances",),
        ),
        Mutation(
            "corrections are marked again",
            "models/recording/ledger_store.py",
            "WHERE lead_ref = undone.lead_ref AND is_correction IS NOT TRUE",
            "WHERE lead_ref = undone.lead_ref",
            ("test_undone_end",),
        ),
        Mutation(
            "first posting for the last",
            "models/recording/ledger_store.py",
            """is_correction IS NOT TRUE
                    ORDER BY id DESC
                    LIMIT 1""",
            """is_correction IS NOT TRUE
                    ORDER BY id
                    LIMIT 1""",
            (
                "test_undone_end",
                "test_recorder_transactions",
            ),
        ),
        Mutation(
            "deleted next stage",
            "models/recording/ledger_store.py",
            "next_stage_id=visit.next_stage_id if visit.next_stage_id in stage_ids else None",
            "next_stage_id=visit.next_stage_id",
            ("test_recorder_transactions",),
        ),
        Mutation(
            "pushes stay in the cache",
            "models/recording/crm_pipeline_recorder.py",
            'leads.invalidate_recordset(["push_count", "push_days"], flush=False)',
            "pass",
            ("test_lead_fields",),
        ),
        Mutation(
            "form is read before the flush",
            "models/recording/crm_lead.py",
            """        self.env.flush_all()
        if not self.env.cr.precommit""",
            "        if not self.env.cr.precommit",
            ("test_lead_fields",),
        ),
    ),
    "funnel": (
        Mutation(
            "undone reopening in the share over all stages",
            "models/funnel/funnel_money.py",
            """again.id > ends.id
              AND again.is_correction IS NOT TRUE""",
            "again.id > ends.id",
            ("test_funnel_corrections",),
        ),
        Mutation(
            "shares count each visit",
            "models/funnel/funnel_money.py",
            "ON first.lead_ref = settled.lead_ref AND first.is_first",
            "ON first.lead_ref = settled.lead_ref",
            ("test_funnel_money",),
        ),
        Mutation(
            "currency without a rate counts as one",
            "models/funnel/funnel_money.py",
            "rates[currency_id] or 0",
            "rates[currency_id] or 1",
            ("test_funnel_corrections",),
        ),
        Mutation(
            "change of an amount takes a deal out",
            "models/funnel/funnel_reader.py",
            "leaving.deal_count < 0",
            "leaving.deal_count <= 0",
            (
                "test_funnel_at",
                "test_funnel_days",
            ),
        ),
        Mutation(
            "earlier day counts as a change",
            "models/funnel/funnel_reader.py",
            'SQL("%s > %s", day, after)',
            'SQL("%s >= %s", day, after)',
            (
                "test_funnel",
                "test_funnel_days",
            ),
        ),
        Mutation(
            "last rebuilt day is an estimate",
            "models/funnel/funnel_reader.py",
            "day < last_rebuilt",
            "day <= last_rebuilt",
            ("test_funnel_limits",),
        ),
        Mutation(
            "lines of the last evening",
            "models/funnel/funnel_reader.py",
            "datetime.combine(until + ONE_DAY, time()) + MAX_UTC_OFFSET",
            "datetime.combine(until + ONE_DAY, time())",
            ("test_funnel_limits",),
        ),
        Mutation(
            "deals that came in and ended twice",
            "models/funnel/funnel_flow.py",
            "net = 0 AND first_end_id = last_id AND end_lines = 1",
            "net = 0 AND first_end_id = last_id",
            (
                "test_funnel",
                "test_funnel_corrections",
            ),
        ),
        Mutation(
            "balances of corrections",
            "models/recording/crm_pipeline_balance.py",
            """WHERE day < %(bound)s AND is_correction IS NOT TRUE
            GROUP BY""",
            """WHERE day < %(bound)s
            GROUP BY""",
            (
                "test_funnel_balances",
                "test_funnel_corrections",
            ),
        ),
        Mutation(
            "all ends are reopened",
            "models/funnel/funnel_reader.py",
            ' & Domain("is_reopened", "=", True)',
            "",
            (
                "test_funnel",
                "test_funnel_corrections",
            ),
        ),
        Mutation(
            "amounts that changed before the last move",
            "models/funnel/funnel_flow.py",
            "AND id > last_id AND id <= last_line_id",
            "AND id <= last_line_id",
            ("test_funnel",),
        ),
        Mutation(
            "cells of deals without a stage",
            "models/funnel/funnel_flow.py",
            "was_there AND origin_id IS NOT DISTINCT FROM %s::int",
            "was_there AND origin_id = %s::int",
            (
                "test_funnel_search",
                "test_funnel",
            ),
        ),
    ),
    "reports": (
        Mutation(
            "lost after it went on",
            "report/crm_stage_conversion_report.py",
            "ON ended.lead_ref = visit.lead_ref AND visit.converted_at IS NULL",
            "ON ended.lead_ref = visit.lead_ref",
            (
                "test_stage_reports",
                "test_rates",
            ),
        ),
        Mutation(
            "removed deals stayed",
            "report/crm_stage_conversion_report.py",
            "CASE WHEN visit.outcome = 'skipped' OR ended.outcome = 'removed' THEN 0 ELSE 1 END AS stayed",
            "CASE WHEN visit.outcome = 'skipped' THEN 0 ELSE 1 END AS stayed",
            (
                "test_stage_reports",
                "test_rates",
            ),
        ),
        Mutation(
            "ends before a correction",
            "report/crm_win_report.py",
            """                  AND later.id > movement.id
                  AND later.is_correction IS NOT TRUE
""",
            """                  AND later.id > movement.id
""",
            ("test_funnel_corrections",),
        ),
        Mutation(
            "due today is overdue",
            "report/crm_win_report.py",
            "visit.date_deadline < %s",
            "visit.date_deadline <= %s",
            (
                "test_rates",
                "test_stage_reports",
            ),
        ),
        Mutation(
            "two flags of one instant",
            "report/crm_hot_report.py",
            "(earlier.raised_at, earlier.id) < (flag.raised_at, flag.id)",
            "earlier.raised_at < flag.raised_at",
            ("test_hot_report",),
        ),
        Mutation(
            "promises that are due today",
            "report/crm_hot_report.py",
            "WHEN 'open' THEN flag.first_due_date < %s",
            "WHEN 'open' THEN flag.first_due_date <= %s",
            ("test_hot_report",),
        ),
        Mutation(
            "days in all of visits",
            "report/crm_stage_dwell_report.py",
            "COUNT(DISTINCT %s)",
            "COUNT(%s)",
            (
                "test_stage_reports",
                "test_dwell",
            ),
        ),
        Mutation(
            "sales action at the instant of leaving",
            "report/crm_stage_conversion_report.py",
            "taken.date <= entry.left_at",
            "taken.date < entry.left_at",
            ("test_sales_actions",),
        ),
        Mutation(
            "wrong time zone of days",
            "report/crm_report_mixins.py",
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)",
            "(%s AT TIME ZONE %s)",
            ("test_report_periods",),
        ),
        Mutation(
            "own deals that are archived",
            "report/crm_report_mixins.py",
            '[("user_id", "=", self.env.uid)], active_test=False, bypass_access=True',
            '[("user_id", "=", self.env.uid)], bypass_access=True',
            ("test_report_access",),
        ),
        Mutation(
            "last time of a sales action",
            "report/crm_stage_step_report.py",
            "min(date) AS date",
            "max(date) AS date",
            ("test_sales_actions",),
        ),
        Mutation(
            "after a day begins with it",
            "report/crm_report_mixins.py",
            'operator in ("<=", ">")',
            'operator == "<="',
            ("test_report_periods",),
        ),
    ),
    "rules": (
        Mutation(
            "notes of flags without a deal",
            "security/crm_hot_flag_security.xml",
            "('flag_id.lead_id', '!=', False), ",
            "",
            ("test_hot_access",),
        ),
        Mutation(
            "imports of other companies",
            "security/crm_imported_history_security.xml",
            """ref="model_crm_imported_history" />
        <field name="domain_force">[('company_id', 'in', company_ids)]""",
            """ref="model_crm_imported_history" />
        <field name="domain_force">[(1, '=', 1)]""",
            (
                "test_history_import_access",
                "test_history_import_again",
            ),
        ),
        Mutation(
            "movements of colleagues",
            "security/crm_pipeline_movement_security.xml",
            "['|', ('user_id', '=', user.id), ('user_id', '=', False)]",
            "[(1, '=', 1)]",
            ("test_access",),
        ),
        Mutation(
            "balances of other companies",
            "security/crm_pipeline_balance_security.xml",
            "[('company_id', 'in', company_ids + [False])]",
            "[(1, '=', 1)]",
            ("test_funnel_access",),
        ),
        Mutation(
            "progress of colleagues",
            "security/crm_lead_progress_security.xml",
            """<field name="model_id" ref="model_crm_lead_progress" />
        <field name="domain_force">['|', ('lead_id.user_id', '=', user.id), ('lead_id.user_id', '=', False)]</field>""",
            """<field name="model_id" ref="model_crm_lead_progress" />
        <field name="domain_force">[(1, '=', 1)]</field>""",
            ("test_progress_access",),
        ),
        Mutation(
            "flag dialogs of others",
            "security/crm_hot_flag_security.xml",
            "[('create_uid', '=', user.id)]",
            "[(1, '=', 1)]",
            (
                "test_hot_access",
                "test_hot_leaks",
            ),
        ),
    ),
    "SQL": (
        Mutation(
            "mails from the future",
            "models/progress/progress_statements.py",
            "LEAST(message.date, message.create_date)",
            "message.date",
            (
                "test_progress",
                "test_mail_gateway",
            ),
        ),
        Mutation(
            "progress at the beginning of a visit",
            "models/progress/progress_statements.py",
            "AND entered_at <= {row}.date",
            "AND entered_at < {row}.date",
            ("test_progress_activities",),
        ),
        Mutation(
            "progress of merged deals is lost",
            "models/progress/progress_statements.py",
            """        lead.merged_progress_at,
""",
            "",
            ("test_progress",),
        ),
        Mutation(
            "cancelled meetings",
            "models/progress/crm_progress_recorder.py",
            "event.active AND event.stop < %s",
            "event.stop < %s",
            ("test_progress_meetings",),
        ),
        Mutation(
            "done meetings are taken back",
            "models/progress/crm_progress_recorder.py",
            "activity_id IS NULL AND message_id IS NULL AND %s",
            "%s",
            ("test_progress_meetings",),
        ),
        Mutation(
            "kept before it was promised",
            "models/hot/crm_hot_settler.py",
            "closed_at = max(instants[flag.id], flag.raised_at)",
            "closed_at = instants[flag.id]",
            (
                "test_hot_settling",
                "test_hot_merge",
            ),
        ),
        Mutation(
            "changes of merged deals",
            "models/recording/crm_pipeline_past.py",
            "COALESCE(message.subject, '') = '' AND ",
            "",
            ("test_past",),
        ),
    ),
}
#: Seed of the order in which they run.
SEED = 20


def new_faults():
    """Return all of them in an order that is random, and the same each time."""
    faults = list(chain.from_iterable(FAULTS_BY_PART.values()))
    random.Random(SEED).shuffle(faults)
    return tuple(faults)
