"""Reads and writes the rows of both ledgers.

Everything here is SQL without record rules: the ledgers hold every deal, whoever changes it, and nothing that is read
here is shown to a user. What a row says is decided in ``ledger/``. Each method takes a constant number of statements,
whatever the number of deals.
"""

import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from odoo.tools import SQL

from ...ledger import NO_STAGE, History, Owner, Posting, Stage, Visit, kinds, origins, outcomes
from .crm_pipeline_balance import POSTED_COLUMNS
from .report_cache import invalidate_reports

LEDGERS = ("crm.stage.visit", "crm.pipeline.movement")
VISIT_TABLE, MOVEMENT_TABLE = (name.replace(".", "_") for name in LEDGERS)
#: The columns that both ledgers have in common.
PLACE_COLUMNS = (
    "lead_id",
    "lead_ref",
    "stage_id",
    "stage_name",
    "stage_sequence",
    "team_id",
    "user_id",
    "company_id",
    "currency_id",
    "date_deadline",
    "amount",
    "origin",
)
VISIT_COLUMNS = (
    "id",
    *PLACE_COLUMNS,
    "stage_ref",
    "entered_at",
    "left_at",
    "outcome",
    "next_stage_id",
    "is_first",
    "converted_at",
    "working_days",
    "mover_ref",
    "ender_ref",
    "changed_at",
)
MOVEMENT_COLUMNS = (*PLACE_COLUMNS, "date", "day", "kind", "deal_count", "is_correction")
#: Columns that an update of a visit leaves as they are.
KEPT_COLUMNS = ("id", "lead_id", "lead_ref", "working_days")
#: What is read of a visit. Odoo would read a numeric amount as a float.
READ_COLUMNS = SQL(", ").join(
    SQL("amount::text") if name == "amount" else SQL.identifier(name) for name in VISIT_COLUMNS
)
#: A visit that stays open keeps the working days that the nightly job has written, one that had ended before its own.
UPDATE_VISIT = SQL(
    "ON CONFLICT (id) DO UPDATE SET %s, working_days = COALESCE(EXCLUDED.working_days, ledger.working_days)",
    SQL(", ").join(
        SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
        for name in VISIT_COLUMNS
        if name not in KEPT_COLUMNS
    ),
)
#: The day of a line, not before that of the last line of its deal: days of a company where a deal goes may begin later.
LINE_DAY = SQL("""
    GREATEST(posted.day, (
        SELECT last.day FROM crm_pipeline_movement last
        WHERE last.lead_ref = posted.lead_ref ORDER BY last.id DESC LIMIT 1
    ))
""")
#: The references of a row, which may name a record that was deleted in the same transaction.
REFERENCED_TABLES = ("crm_stage", "crm_team", "res_users", "res_company")


class RecordedState(NamedTuple):
    """What the ledgers held about a deal before this transaction.

    :param history: rows of the visit ledger; the last posting only where `has_last_posting`
    :param last_visit_id: visits with a higher id were written by this transaction
    :param last_movement_id: likewise for movement lines; 0 where all known lines are older than this instant
    :param marked_ids: movement lines that this transaction has marked as corrections, also if they are none any more
    :param has_last_posting: whether the last posting was read
    :param is_written: whether this transaction has written rows about the deal
    :param is_dated: whether these rows include another expected closing
    """

    history: History = History()
    last_visit_id: int = 0
    last_movement_id: int = 0
    marked_ids: frozenset[int] = frozenset()
    has_last_posting: bool = False
    is_written: bool = False
    is_dated: bool = False


class LedgerStore:
    """Access to the rows of both ledgers.

    :param env: the environment; its user does not matter
    :param context: stages and companies (:class:`~.crm_pipeline_reader.Context`)
    """

    def __init__(self, env, context):
        self.env = env
        self.stages = context.stages
        self._context = context

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def read_states(self, lead_ids):
        """Return what the ledgers hold about deals, without their last postings.

        :param lead_ids: ids of the deals
        :return: :class:`RecordedState` by id of the deal, an empty one where the ledgers hold nothing
        :rtype: dict
        """
        visits = defaultdict(list)
        query = SQL(
            "SELECT %s FROM crm_stage_visit WHERE lead_ref = ANY(%s) ORDER BY lead_ref, entered_at, id",
            READ_COLUMNS,
            list(lead_ids),
        )
        for values in self.env.execute_query(query):
            row = dict(zip(VISIT_COLUMNS, values, strict=True))
            visits[row["lead_ref"]].append(self._visit_of(row))
        return {
            lead_id: RecordedState(
                History(tuple(visits[lead_id])), max((visit.id for visit in visits[lead_id]), default=0)
            )
            for lead_id in lead_ids
        }

    def _visit_of(self, row):
        stage_now = self._context.stages.get(row["stage_id"], NO_STAGE)
        return Visit(
            id=row["id"],
            stage=Stage(
                row["stage_id"],
                row["stage_name"] or "",
                row["stage_sequence"] or 0,
                stage_now.is_won,
                stage_now.team_ids,
                row["stage_ref"] or 0,
            ),
            owner=Owner(row["team_id"], row["user_id"], row["company_id"], row["currency_id"]),
            amount=Decimal(row["amount"] or 0),
            **{
                name: row[name]
                for name in (
                    "entered_at",
                    "left_at",
                    "outcome",
                    "date_deadline",
                    "next_stage_id",
                    "is_first",
                    "converted_at",
                    "mover_ref",
                    "ender_ref",
                    "origin",
                    "changed_at",
                )
            },
        )

    def with_last_postings(self, states):
        """Return the same states with the last posting of each deal, corrections left out.

        :param dict states: :class:`RecordedState` by id of the deal
        :rtype: dict
        """
        if not states:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref.id, (SELECT max(id) FROM crm_pipeline_movement WHERE lead_ref = ref.id),
                       last.kind, last.date, last.stage_id, last.team_id, last.user_id, last.company_id,
                       last.currency_id, last.date_deadline, last.deal_count, last.amount
                FROM unnest(%s::int[]) AS ref (id)
                CROSS JOIN LATERAL (
                    SELECT kind, date, stage_id, team_id, user_id, company_id, currency_id, date_deadline, deal_count,
                           amount::text AS amount
                    FROM crm_pipeline_movement
                    WHERE lead_ref = ref.id AND is_correction IS NOT TRUE
                    ORDER BY id DESC
                    LIMIT 1
                ) last
                """,
                list(states),
            )
        )
        found = {lead_id: state._replace(has_last_posting=True) for lead_id, state in states.items()}
        for lead_id, movement_id, kind, date, stage_id, *owner, deadline, count, amount in rows:
            posting = Posting(kind, Stage(stage_id, "", 0), Owner(*owner), deadline, count, Decimal(amount or 0))
            history = found[lead_id].history.with_last_posting(posting, date)
            found[lead_id] = found[lead_id]._replace(history=history, last_movement_id=movement_id)
        return found

    def without_deleted_references(self, states):
        """Return the same states without references to records that this transaction has deleted.

        In the database a foreign key has set these references to NULL. The states were read before the deletion.

        :param dict states: :class:`RecordedState` by id of the deal
        :rtype: dict
        """
        visits = [visit for state in states.values() for visit in state.history.visits]
        if not visits:
            return states
        wanted = (
            {visit.stage.id for visit in visits} | {visit.next_stage_id for visit in visits},
            {visit.owner.team_id for visit in visits},
            {visit.owner.user_id for visit in visits},
            {visit.owner.company_id for visit in visits},
        )
        subqueries = (
            SQL("ARRAY(SELECT id FROM %s WHERE id = ANY(%s::int[]))", SQL.identifier(table), list(ids - {None}))
            for table, ids in zip(REFERENCED_TABLES, wanted, strict=True)
        )
        [found] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(subqueries)))
        existing = [{None, *ids} for ids in found]
        return {
            lead_id: state._replace(
                history=state.history._replace(
                    visits=tuple(_with_references(visit, *existing) for visit in state.history.visits)
                )
            )
            for lead_id, state in states.items()
        }

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def write_rows(self, visits, postings, queries=None, follows_lines=True):
        """Insert visits and movement lines, and update visits that have an id.

        Lines of a week that is over post their balance in the same statement.

        :param visits: (id of the deal, whether it still exists, :class:`Visit`, whether the visit has changed)
        :param postings: (id of the deal, whether it still exists, :class:`Moment`, :class:`Posting`), in the order of
            posting
        :param dict queries: other queries by name, which are executed with these by one statement
        :param bool follows_lines: whether the ledger may hold lines of these deals already
        """
        queries = dict(queries or {})
        if visits:
            # A deal has at most one open visit: visits that end are written before those that begin.
            ordered = sorted(visits, key=lambda visit: visit[2].left_at is None)
            rows = [self._visit_row(*visit) for visit in ordered]
            queries["visits"] = SQL("%s %s", insert_statement(VISIT_TABLE, VISIT_COLUMNS, rows), UPDATE_VISIT)
        if postings:
            days = self._days_of(postings)
            rows = [self._posting_row(*posting, day) for posting, day in zip(postings, days, strict=True)]
            # While very many lines are loaded the table has no index by deal.
            day = LINE_DAY if follows_lines else SQL("day")
            queries["lines"] = insert_statement(MOVEMENT_TABLE, MOVEMENT_COLUMNS, rows, day=day)
            balances = self.env["crm.pipeline.balance"]
            if min(row["day"] for row in rows) < balances._posted_before():
                queries["lines"] = balances._returning(queries["lines"])
                queries["balances"] = balances._post_sql(SQL("lines"))
        if queries:
            self.env.cr.execute(_chained(queries))
            self.forget_read_rows()

    def delete_rows(self, lead_ids):
        """Delete all rows about deals, and post the balances of the deleted lines.

        :param lead_ids: ids of the deals
        """
        self.env.cr.execute(SQL("DELETE FROM crm_stage_visit WHERE lead_ref = ANY(%s)", list(lead_ids)))
        balances = self.env["crm.pipeline.balance"]
        lines = SQL("DELETE FROM crm_pipeline_movement ledger WHERE lead_ref = ANY(%s)", list(lead_ids))
        queries = {"lines": balances._returning(lines), "balances": balances._post_sql(SQL("lines"), -1)}
        self.env.cr.execute(_chained(queries))
        self.forget_read_rows()

    def rewind_transfers(self, untils):
        """Delete the lines of transfers that were made in Odoo, and give the open visits back to their owner before.

        Only for deals about which Odoo has recorded nothing else since: see
        :meth:`~.crm_pipeline_loader.CrmPipelineLoader.rewind_transfers`.

        :param dict untils: {id of the deal: the latest instant that stays}
        """
        rows = [{"lead_ref": lead_id, "until": until} for lead_id, until in untils.items()]
        known = SQL(
            "SELECT * FROM json_to_recordset(%s) AS row (lead_ref int, until timestamp)", json.dumps(rows, default=str)
        )
        mine = SQL(
            "ledger.lead_ref = known.lead_ref AND ledger.lead_ref = ANY(%s) AND ledger.date > known.until "
            "AND ledger.kind = %s AND ledger.origin <> %s",
            list(untils),
            kinds.TRANSFERRED,
            origins.IMPORT,
        )
        visits = SQL(
            """
            UPDATE crm_stage_visit visit
            SET team_id = before.team_id, user_id = before.user_id, changed_at = before.until
            FROM (
                SELECT DISTINCT ON (ledger.lead_ref) ledger.lead_ref, ledger.team_id, ledger.user_id, known.until
                FROM crm_pipeline_movement ledger, known
                WHERE %s AND ledger.deal_count < 0
                ORDER BY ledger.lead_ref, ledger.id
            ) before
            WHERE visit.lead_ref = before.lead_ref AND visit.outcome = %s
            """,
            mine,
            outcomes.OPEN,
        )
        self.env.cr.execute(_chained({"known": known, "visits": visits}))
        balances = self.env["crm.pipeline.balance"]
        lines = balances._returning(SQL("DELETE FROM crm_pipeline_movement ledger USING known WHERE %s", mine))
        queries = {"known": known, "lines": lines, "balances": balances._post_sql(SQL("lines"), -1)}
        self.env.cr.execute(_chained(queries))
        self.forget_read_rows()

    def take_back(self, states):
        """Delete what this transaction has written about deals, and unmark the lines that it has marked.

        :param dict states: :class:`RecordedState` by id of the deal
        """
        rows = [
            {"lead_ref": lead_id, "visit_id": state.last_visit_id, "movement_id": state.last_movement_id}
            for lead_id, state in states.items()
        ]
        known = SQL(
            "SELECT * FROM json_to_recordset(%s) AS row (lead_ref int, visit_id int, movement_id int)", json.dumps(rows)
        )
        mine = SQL("known.lead_ref = ledger.lead_ref AND ledger.lead_ref = ANY(%s)", list(states))
        visits = SQL("DELETE FROM crm_stage_visit ledger USING known WHERE %s AND ledger.id > known.visit_id", mine)
        lines = SQL(
            "DELETE FROM crm_pipeline_movement ledger USING known "
            "WHERE %s AND ledger.date >= %s AND ledger.id > known.movement_id",
            mine,
            self.env.cr.now(),
        )
        balances = self.env["crm.pipeline.balance"]
        queries = {"known": known, "visits": visits, "lines": lines}
        if self._is_week_over():
            queries["lines"] = balances._returning(lines)
            queries["balances"] = balances._post_sql(SQL("lines"), -1)
        self.env.cr.execute(_chained(queries))
        marked_ids = [movement_id for state in states.values() for movement_id in state.marked_ids]
        if marked_ids:
            unmark = SQL(
                "UPDATE crm_pipeline_movement ledger SET is_correction = FALSE WHERE id = ANY(%s) AND is_correction",
                marked_ids,
            )
            queries = {"lines": unmark}
            if self._is_week_over():
                queries = {"lines": balances._returning(unmark), "balances": balances._post_sql(SQL("lines"))}
            self.env.cr.execute(_chained(queries))
        self.forget_read_rows()

    def mark_corrections(self, undone):
        """Mark the lines of each move or end that was undone, before other lines are written.

        :param dict undone: how many lines these are, by id of the deal: its last ones, corrections left out
        :return: ids of the lines, by id of the deal
        :rtype: dict
        """
        rows = [{"lead_ref": lead_id, "lines": lines} for lead_id, lines in undone.items()]
        mark = SQL(
            """
            UPDATE crm_pipeline_movement ledger
            SET is_correction = TRUE
            FROM json_to_recordset(%s) AS undone (lead_ref int, lines int)
            CROSS JOIN LATERAL (
                SELECT id FROM crm_pipeline_movement
                WHERE lead_ref = undone.lead_ref AND is_correction IS NOT TRUE
                ORDER BY id DESC LIMIT undone.lines
            ) line
            WHERE ledger.id = line.id
            """,
            json.dumps(rows),
        )
        balances = self.env["crm.pipeline.balance"]
        returned = SQL(", ").join(
            SQL("ledger.%s", SQL.identifier(name)) for name in (*POSTED_COLUMNS, "lead_ref", "id")
        )
        queries = {"marked": SQL("%s RETURNING %s", mark, returned)}
        if self._is_week_over():
            # Until now these lines were none.
            lines = SQL("(SELECT *, FALSE AS is_correction FROM marked) line")
            queries["balances"] = balances._post_sql(lines, -1)
        queries["ids"] = SQL("SELECT lead_ref, id FROM marked")
        ids_by_lead = defaultdict(tuple)
        for lead_id, movement_id in self.env.execute_query(_chained(queries)):
            ids_by_lead[lead_id] += (movement_id,)
        return ids_by_lead

    def _is_week_over(self):
        """Return whether lines of now belong to a week with balances, as in a replay, in some time zone."""
        return self.env.cr.now().date() - timedelta(days=1) < self.env["crm.pipeline.balance"]._posted_before()

    def forget_read_rows(self):
        """Drop what the ORM has cached of the ledgers, and of the reports that read them."""
        for name in LEDGERS:
            self.env[name].invalidate_model(flush=False)
            invalidate_reports(self.env, name)
        self.env["crm.lead"].invalidate_model(["stage_visit_ids", "stage_days"], flush=False)

    def _visit_row(self, lead_id, exists, visit, is_changed=True):
        working_days = None
        if visit.outcome in outcomes.NO_STAY:
            working_days = 0.0
        elif visit.left_at and is_changed:
            # Later changes of the calendar leave the days of visits that have ended as they are.
            company = self._context.company(visit.owner.company_id)
            working_days = company.working_days_between(self.env, visit.entered_at, visit.left_at)
        return {
            **_place_row(lead_id, exists, visit, visit.origin),
            "id": visit.id,
            "stage_ref": visit.stage.id or visit.stage.former_id or None,
            "entered_at": visit.entered_at,
            "left_at": visit.left_at,
            "outcome": visit.outcome,
            "next_stage_id": visit.next_stage_id,
            "is_first": visit.is_first,
            "converted_at": visit.converted_at,
            "working_days": working_days,
            "mover_ref": visit.mover_ref,
            "ender_ref": visit.ender_ref,
            "changed_at": visit.changed_at,
        }

    def _days_of(self, postings):
        """Return the day of each line: that of the company of the first line of its change.

        Only a change that is recorded as it happens takes a deal to another company, so that the days of the lines that
        are written at once do not go back. :data:`LINE_DAY` compares them with those of the ledger.

        :param postings: as in :meth:`write_rows`
        :rtype: list
        """
        changes, days = {}, []
        for lead_id, _exists, moment, posting in postings:
            change = lead_id, moment.instant
            if change not in changes:
                changes[change] = self._context.day_of(moment.instant, posting.owner.company_id)
            days.append(changes[change])
        return days

    def _posting_row(self, lead_id, exists, moment, posting, day):
        return {
            **_place_row(lead_id, exists, posting, moment.origin),
            "date": moment.instant,
            "day": day,
            "kind": posting.kind,
            "deal_count": posting.deal_count,
            "is_correction": posting.is_correction,
        }


def _place_row(lead_id, exists, row, origin):
    """Return the values of the columns that both ledgers have in common."""
    stage, owner = row.stage, row.owner
    return {
        "lead_id": lead_id if exists else None,
        "lead_ref": lead_id,
        "stage_id": stage.id,
        "stage_name": stage.name,
        "stage_sequence": stage.sequence,
        "team_id": owner.team_id,
        "user_id": owner.user_id,
        "company_id": owner.company_id,
        "currency_id": owner.currency_id,
        "date_deadline": row.date_deadline,
        "amount": row.amount,
        "origin": origin,
    }


def insert_statement(table, columns, rows, **values):
    """Return the statement that inserts rows in their order. A row without an id gets the next one.

    :param str table: name of the table
    :param columns: names of the columns
    :param rows: a dictionary a row, with a value for each column
    :param SQL values: what is inserted in place of the value of a row, by name of the column. It may read `posted`
    :rtype: SQL
    """
    start = _insert_into(table, tuple(columns), tuple(values.items()))
    return SQL("%s, %s) AS posted", start, json.dumps(rows, default=str))


@cache
def _insert_into(table, columns, changed):
    """Return the part of :func:`insert_statement` that does not depend on the rows."""
    changed = {"id": SQL("COALESCE(id, nextval(%s))", f"{table}_id_seq"), **dict(changed)}
    values = (changed.get(name) or SQL.identifier(name) for name in columns)
    return SQL(
        "INSERT INTO %(table)s AS ledger (%(columns)s) SELECT %(values)s FROM json_populate_recordset(NULL::%(table)s",
        table=SQL.identifier(table),
        columns=SQL(", ").join(map(SQL.identifier, columns)),
        values=SQL(", ").join(values),
    )


def _chained(queries):
    """Return one statement of several, each of which may read what those before it return, by their names."""
    *names, last = queries
    if not names:
        return queries[last]
    before = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), queries[name]) for name in names)
    return SQL("WITH %s %s", before, queries[last])


def _with_references(visit, stage_ids, team_ids, user_ids, company_ids):
    """Return a visit without references to other records than these."""
    stage, owner = visit.stage, visit.owner
    return visit._replace(
        stage=stage if stage.id in stage_ids else stage._replace(id=None, former_id=stage.id or stage.former_id),
        next_stage_id=visit.next_stage_id if visit.next_stage_id in stage_ids else None,
        owner=owner._replace(
            team_id=owner.team_id if owner.team_id in team_ids else None,
            user_id=owner.user_id if owner.user_id in user_ids else None,
            company_id=owner.company_id if owner.company_id in company_ids else None,
        ),
    )
