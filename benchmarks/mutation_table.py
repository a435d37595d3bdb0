"""What a fault is, and faults that `mutations.py` puts into the code."""

from typing import NamedTuple

#: Paths of faults are those below this folder.
MODULE = "sales_process_control"


class Mutation(NamedTuple):
    """A fault.

    :param name: what the fault does, in a few words
    :param path: the file, below the module
    :param old: text that is there exactly once
    :param new: text that replaces it
    :param tests: files of tests that should find it: names in the module's tests, or paths
    """

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]


#: Faults that an earlier version of the tests did not find.
FORMER_SURVIVORS = (
    Mutation(
        "funnel weights without companies",
        "models/funnel/funnel_money.py",
        '            domain &= Domain("company_id", "in", [False, *self.env.companies.ids])\n',
        "",
        ("test_funnel_access",),
    ),
    Mutation(
        "funnel weights without superuser",
        "models/funnel/funnel_money.py",
        "self.env.su or self.env.user.has_group(GROUP_ALL_DOCUMENTS)",
        "self.env.user.has_group(GROUP_ALL_DOCUMENTS)",
        ("test_funnel_access",),
    ),
    Mutation(
        "funnel weights of deals that went to another company",
        "models/funnel/funnel_money.py",
        """            if "is_elsewhere" in model._fields:
                domain &= Domain("is_elsewhere", "=", False)
""",
        "",
        ("test_funnel_access", "test_company_change"),
    ),
    Mutation(
        "pass dialogs of others",
        "security/crm_stage_pass_security.xml",
        """<field name="domain_force">[('create_uid', '=', user.id)]</field>""",
        """<field name="domain_force">[(1, '=', 1)]</field>""",
        ("test_leaving_access",),
    ),
    Mutation(
        "steps of deals in another company",
        "security/crm_report_security.xml",
        "[('company_id', 'in', company_ids + [False]), ('lead_id.company_id', 'in', company_ids + [False])]",
        "[('company_id', 'in', company_ids + [False])]",
        ("test_report_access",),
    ),
    Mutation(
        "balancing line without its end",
        "models/recording/crm_pipeline_audit.py",
        "return last_kind if last_kind in ENDS else kinds.REMOVED",
        "return kinds.REMOVED",
        ("test_audit",),
    ),
    Mutation(
        "balancing line of a count",
        "models/recording/crm_pipeline_audit.py",
        "return kinds.RESTORED if count > 0 else kinds.REMOVED",
        "return kinds.RESTORED",
        ("test_audit",),
    ),
    Mutation(
        "balancing line of an amount",
        "models/recording/crm_pipeline_audit.py",
        "return kinds.AMOUNT_UP if amount > 0 else kinds.AMOUNT_DOWN",
        "return kinds.AMOUNT_UP",
        ("test_audit",),
    ),
    Mutation(
        "lost in a won stage",
        "history/course.py",
        "stage = (state.last_open or references.first_stage) if stage.is_won else stage",
        "stage = (state.last_open or stage) if stage.is_won else stage",
        ("test_history_import",),
    ),
    Mutation(
        "closing date of a second end",
        "history/course.py",
        "closed_at = before.closed_at if before.status == after.status else at",
        "closed_at = at",
        ("test_history_import",),
    ),
    Mutation(
        "signed before it was said",
        "report/crm_hot_report.py",
        "                  AND movement.date >= flag.raised_at\n",
        "",
        ("test_hot_report",),
    ),
    Mutation(
        "out and back is a push",
        "models/recording/crm_pipeline_recorder.py",
        "WHERE later > 0",
        "WHERE later >= 0",
        ("test_lead_fields",),
    ),
    Mutation(
        "corrections counted again",
        "ledger/book.py",
        "unmarked = [index for index, (_moment, posting) in enumerate(self.lines) if not posting.is_correction]",
        "unmarked = list(range(len(self.lines)))",
        ("test_ledger_undo",),
    ),
    Mutation(
        "amount moved with another company",
        "ledger/postings.py",
        "(place.owner.company_id, place.owner.currency_id) == (after.owner.company_id, after.owner.currency_id)",
        "place.owner.currency_id == after.owner.currency_id",
        ("test_ledger_details",),
    ),
    Mutation(
        "visit keeps its amount in another company",
        "ledger/visits.py",
        "same_money = after.exists and after.owner.currency_id == visit.owner.currency_id",
        "same_money = after.exists and after.owner.company_id == visit.owner.company_id",
        ("test_ledger_details",),
    ),
    Mutation(
        "today is the earliest day",
        "models/funnel/funnel_reader.py",
        "return max(context.day_of(now, company_id) for",
        "return min(context.day_of(now, company_id) for",
        ("test_funnel_limits",),
    ),
    Mutation(
        "balance of a move on a Sunday",
        "models/recording/crm_pipeline_balance.py",
        "return monday_of(self._wall_day() - timedelta(days=1))",
        "return monday_of(self._wall_day() + timedelta(days=1))",
        ("test_funnel_balances",),
    ),
    Mutation(
        "balance of a Sunday in the west",
        "models/recording/crm_pipeline_balance.py",
        "return monday_of(self._wall_day() - timedelta(days=1))",
        "return monday_of(self._wall_day())",
        ("test_funnel_balances",),
    ),
    Mutation(
        "working days of the nightly job stay",
        "models/recording/ledger_store.py",
        "COALESCE(EXCLUDED.working_days, ledger.working_days)",
        "COALESCE(ledger.working_days, EXCLUDED.working_days)",
        ("test_working_days",),
    ),
    Mutation(
        "event of this instant is in the future",
        "history/lines.py",
        "if found and found[0] > self._now:",
        "if found and found[0] >= self._now:",
        ("test_history_reading",),
    ),
    Mutation(
        "changes before the creation",
        "models/recording/crm_pipeline_past.py",
        " AND message.date >= date_trunc('second', lead.create_date)",
        "",
        ("test_past",),
    ),
    Mutation(
        "change at an instant before the creation",
        "ledger/past.py",
        "changes[max(link.at, self._lead.created_at)].append((name, link))",
        "changes[link.at].append((name, link))",
        ("test_ledger_past",),
    ),
    Mutation(
        "ends settled without a savepoint",
        "models/hot/crm_hot_settler.py",
        """            with self.env.cr.savepoint(flush=False):
                instants = {flag.id: ends[flag.lead_ref].instant for flag in flags}
                movers = {flag.id: ends[flag.lead_ref].mover_ref for flag in flags}
                self._write_outcomes(self._outcomes_at_ends(flags, ends), instants, movers)
""",
        """            instants = {flag.id: ends[flag.lead_ref].instant for flag in flags}
            movers = {flag.id: ends[flag.lead_ref].mover_ref for flag in flags}
            self._write_outcomes(self._outcomes_at_ends(flags, ends), instants, movers)
""",
        ("test_hot_settling",),
    ),
    Mutation(
        "repairs in one transaction",
        "models/recording/crm_pipeline_audit.py",
        """if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
""",
        """pass
""",
        ("tests/test_jobs.py",),
    ),
    Mutation(
        "working days in one transaction",
        "models/recording/crm_pipeline_audit.py",
        """has_time = self.env["ir.cron"]._commit_progress(len(rows), remaining=remaining) > 0""",
        "has_time = True",
        ("tests/test_jobs.py",),
    ),
    Mutation(
        "settling in one transaction",
        "models/hot/crm_hot_settler.py",
        """if not self.env["ir.cron"]._commit_progress(len(rows), remaining=int(may_remain)):
                return False
""",
        """pass
""",
        ("tests/test_jobs.py",),
    ),
    Mutation(
        "meetings in one transaction",
        "models/progress/crm_lead_progress.py",
        """            if not commit_progress(count, remaining=int(count == MEETINGS_BATCH)):
                return
""",
        "            pass\n",
        ("tests/test_jobs.py",),
    ),
)
