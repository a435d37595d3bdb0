"""Where the deals of one day stand on a later day: in which stage, or how they ended."""

import json
from decimal import Decimal
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds
from ..recording.rpc_domain import read_texts
from .funnel_reader import add_up

#: Target of deals that left the filter or the records that the user may read, and origin of deals that came in.
LEFT, ENTERED = "left", "entered"
#: Most cells, and days, that one condition searches for. Each is a subquery of its own.
MOST_CELLS = 100
#: Periods with more lines than this have more deals than the default `work_mem` holds while they are grouped.
LARGE_PERIOD = 1_000_000
#: Least `work_mem` for such a period, in kilobytes.
LARGE_WORK_MEM = 65536

#: For each deal with a line that put it into a place or took it out of one between two days: its stage before by the
#: first such line, and its stage after by the last one. `worth` is the amount before, or for a deal that came in, the
#: amount at its end.
#:
#: `moved` reads the lines only to add them up by deal: the net count says whether the deal was there before. The first
#: and the last line are then looked up by id, in the order of ids, so that their pages are near each other. `OFFSET 0`
#: keeps the planner from joining the whole ledger instead. These look-ups need no record rules: the ids are those of
#: lines that the user may read, and the changes of amount lie in the place of such a line.
DEALS = """
    WITH moved AS (
        SELECT lead_ref, sum(deal_count) AS net, min(id) AS first_line_id, max(id) AS last_line_id,
               min(id) FILTER (WHERE deal_count < 0) AS first_id, max(id) FILTER (WHERE deal_count <> 0) AS last_id,
               min(id) FILTER (WHERE deal_count < 0 AND kind IN ('won', 'lost', 'removed')) AS first_end_id,
               count(*) FILTER (WHERE kind IN ('won', 'lost', 'removed')) AS end_lines
        FROM (%(lines)s) row
        GROUP BY lead_ref
    ), deal AS (
        SELECT moved.lead_ref, moved.last_id, moved.first_end_id, moved.end_lines, was_there, is_there,
               first.stage_id AS origin_id,
               last.stage_id AS target_id, last.currency_id AS last_currency_id, last.amount AS last_amount,
               CASE WHEN is_there THEN NULL WHEN last.kind IN ('won', 'lost', 'removed') THEN last.kind
                    ELSE 'left' END COLLATE "C" AS ending,
               CASE WHEN was_there THEN first.currency_id ELSE last.currency_id END AS currency_id,
               CASE WHEN was_there AND first_line_id < first_id THEN -first.amount - (%(changed_before)s)
                    WHEN was_there THEN -first.amount
                    WHEN is_there AND last_id < last_line_id THEN last.amount + (%(changed_after)s)
                    WHEN is_there THEN last.amount ELSE -last.amount END AS worth
        FROM (SELECT * FROM moved WHERE %(followed)s ORDER BY last_id) moved
        LEFT JOIN LATERAL (
            SELECT stage_id, currency_id, kind, amount, deal_count > 0 AS is_there,
                   (deal_count > 0)::int > moved.net AS was_there
            FROM crm_pipeline_movement
            WHERE id = moved.last_id
            OFFSET 0
        ) last ON TRUE
        LEFT JOIN LATERAL (
            SELECT stage_id, currency_id, amount FROM crm_pipeline_movement
            WHERE was_there AND id = moved.first_id
            OFFSET 0
        ) first ON TRUE
    )
"""
#: Deals to look up: those that moved, except deals that came in and ended once. Deals whose only lines are ends without
#: a count are included: a repair posts such lines to correct an amount.
FOLLOWED = SQL(
    "CASE WHEN last_id IS NULL THEN end_lines > 0 "
    "ELSE (net = 0 AND first_end_id = last_id AND end_lines = 1) IS NOT TRUE END"
)
#: Sum of the changes of amount before the first line that moved a deal, and after the last one.
CHANGED = """
    SELECT COALESCE(sum(amount), 0) FROM crm_pipeline_movement
    WHERE lead_ref = moved.lead_ref AND deal_count = 0 AND is_correction IS NOT TRUE
      AND day > %(before)s AND day <= %(day)s
"""
CHANGED_BEFORE = f"{CHANGED} AND id >= first_line_id AND id < first_id"
CHANGED_AFTER = f"{CHANGED} AND id > last_id AND id <= last_line_id"


def stage_key(stage_id):
    """Return the key of a stage in the flow, `stage:0` for no stage."""
    return f"stage:{stage_id or 0}"


class Cell(NamedTuple):
    """A cell of the flow table: deals with one origin and one target.

    :param before: the earlier day, as YYYY-MM-DD
    :param day: the later day, as YYYY-MM-DD
    :param origin: `stage:ID` with 0 for no stage, or `entered`
    :param target: `stage:ID`, `won`, `lost`, `removed` or `left`
    :param domain: the filter of the funnel, as a list
    """

    before: str
    day: str
    origin: str
    target: str
    domain: list

    @classmethod
    def from_text(cls, text):
        """Return the cell that :meth:`as_text` has written.

        :raises TypeError: if the text is not a list of five values
        :raises ValueError: if the text is not JSON, or its origin or target is unknown
        """
        cell = cls(*json.loads(text))
        is_origin = cell.origin == ENTERED or cell.origin_stage_id is not None
        if not is_origin or (cell.target not in (*kinds.ENDS, LEFT) and cell.target_stage_id is None):
            raise ValueError(text)
        return cell

    def as_text(self):
        """Return the cell as a text for the search field `flow_cell`."""
        return json.dumps(self, default=str)

    @property
    def is_entered(self):
        """Whether the deals were in no stage on the earlier day."""
        return self.origin == ENTERED

    @property
    def is_passing(self):
        """Whether the deals came in and left between both days."""
        return self.is_entered and self.target_stage_id is None

    @property
    def is_same(self):
        """Whether the deals are in the same stage on both days."""
        return self.origin == self.target

    @property
    def stands_on(self):
        """The day on which the deals stand in :attr:`stage_id`. Their amounts are those of this day."""
        return self.day if self.is_entered else self.before

    @property
    def stage_id(self):
        """Id of the stage in which the deals stand on :attr:`stands_on`: False for no stage."""
        return self.target_stage_id if self.is_entered else self.origin_stage_id

    @property
    def origin_stage_id(self):
        """Id of the stage on the earlier day: False for no stage, None if the deals were not in the funnel."""
        return self._stage_id_of(self.origin)

    @property
    def target_stage_id(self):
        """Id of the stage on the later day: False for no stage, None if the deals are not in the funnel."""
        return self._stage_id_of(self.target)

    @staticmethod
    def _stage_id_of(key):
        name, _colon, stage_id = key.partition(":")
        return int(stage_id) or False if name == "stage" else None


def read_cells(env, texts):
    """Return the cells that :meth:`Cell.as_text` has written.

    :raises UserError: if a text names no cell, and for more than :data:`MOST_CELLS`
    """
    refusal = env._("This cell of the table does not exist.")
    return read_texts(env, texts, MOST_CELLS, Cell.from_text, refusal)


class FunnelFlow:
    """Computes the flow from the lines between two days, under the record rules of the user.

    Deals without such a line did not move. Lines that the user may not read are left out, so a deal that the user could
    read on one day only came in or left.

    :param FunnelReader reader: reads the lines
    """

    def __init__(self, reader):
        self.env = reader.env
        self.reader = reader

    def moved(self, before, day, domain, changes):
        """Return the deals that were put into a place or taken out of one between two days.

        :param date before: the earlier day
        :param date day: the later day
        :param Domain domain: see :meth:`.FunnelReader.check_domain`
        :param changes: result of :meth:`.FunnelReader.changes_by_kind` for the same days and domain
        :return: list of (origin key, target key, id of the stage whose share weights the amount, currency id, count,
            amount)
        """
        if sum(line_count for _kind, _stage_id, _currency_id, line_count, *_sums in changes) > LARGE_PERIOD:
            self._raise_work_mem()
        found, counted_ends, other_lead_refs = [], [], []
        for row in self._read_followed(before, day, domain):
            was_there, is_there, origin_id, target_id, ending, currency_id, last_currency_id = row[:7]
            count, worth, end_amount, lead_refs = row[7:]
            other_lead_refs += lead_refs or []
            if is_there is None:
                continue
            stage_id = origin_id if was_there else target_id
            target = stage_key(target_id) if is_there else ending
            found.append(
                (stage_key(stage_id) if was_there else ENTERED, target, stage_id, currency_id, count, Decimal(worth))
            )
            if end_amount is not None:
                counted_ends.append((ending, target_id, last_currency_id, -count, Decimal(end_amount)))
        counted_ends += self._read_ends(before, day, domain, other_lead_refs)
        return [*found, *self._passed_through(changes, counted_ends)]

    def _raise_work_mem(self):
        """Raise PostgreSQL's `work_mem` until the end of the transaction, so that deals are not grouped on disk."""
        self.env.cr.execute(
            SQL(
                "SELECT set_config('work_mem', GREATEST(setting::bigint, %s)::text, TRUE) "
                "FROM pg_settings WHERE name = 'work_mem'",
                LARGE_WORK_MEM,
            )
        )

    def _read_followed(self, before, day, domain):
        """Read the deals of :data:`FOLLOWED`, grouped.

        The last two columns of a group are about ends: the amount of the ends if each deal has exactly one, else the
        references of the deals with ends.
        """
        return self.env.execute_query(
            SQL(
                """
                %s
                SELECT was_there, is_there, origin_id, target_id, ending, currency_id, last_currency_id, count(*),
                       sum(worth)::text, CASE WHEN has_one_end THEN sum(last_amount)::text END,
                       array_agg(lead_ref) FILTER (WHERE end_lines > 0 AND NOT has_one_end)
                FROM (
                    SELECT *, COALESCE(first_end_id = last_id AND end_lines = 1, FALSE) AS has_one_end FROM deal
                ) deal
                GROUP BY ending, was_there, is_there, origin_id, target_id, currency_id, last_currency_id, has_one_end
                """,
                self._deals_sql(before, day, domain, FOLLOWED),
            )
        )

    def _read_ends(self, before, day, domain, lead_refs):
        """Return all ends of some deals as (kind, stage id, currency id, count, amount)."""
        if not lead_refs:
            return []
        lines = domain & Domain("lead_ref", "in", lead_refs) & Domain("kind", "in", kinds.ENDS)
        rows = self.reader.changes_by_kind(lines, before, day)
        return [(kind, stage_id, currency_id, *sums) for kind, stage_id, currency_id, _lines, *sums in rows]

    @staticmethod
    def _passed_through(changes, counted_ends):
        """Return the deals that came in and then ended once.

        Their number is the number of all ends, less the ends of the deals that were looked up. Most deals of a long
        period are of this kind, so that they are not looked up.

        :param changes: see :meth:`moved`
        :param counted_ends: ends of the deals that were looked up, as (kind, stage id, currency id, count, amount)
        """
        all_ends = [
            (kind, stage_id, currency_id, -count, -amount)
            for kind, stage_id, currency_id, _lines, count, amount in changes
            if kind in kinds.ENDS
        ]
        return [(ENTERED, *row) for row in add_up([*all_ends, *counted_ends])]

    def _deals_sql(self, before, day, domain, followed=None):
        query = self.reader.search_lines(domain, before, day)
        movements = self.reader.movements
        columns = (
            SQL("%s AS %s", movements._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("id", "lead_ref", "deal_count", "kind")
        )
        days = {"before": before, "day": day}
        return SQL(
            DEALS,
            lines=query.subselect(*columns),
            followed=followed or SQL("last_id IS NOT NULL"),
            changed_before=SQL(CHANGED_BEFORE, **days),
            changed_after=SQL(CHANGED_AFTER, **days),
        )

    def find(self, cell):
        """Return the domain of the rows about the deals of a cell, in the ledger or in the deals of a day.

        Of deals that pass, it finds the line that took them out. Of others, it finds all rows within the filter.

        :param Cell cell: the cell
        :raises UserError: for invalid days and filters
        """
        before, day = self.reader.check_days(cell.before, cell.day)
        domain = self.reader.check_domain(cell.domain)
        ids = self._cell_ids_sql(before, day, domain, cell)
        operator = SQL("NOT IN" if cell.is_same else "IN")
        name = "id" if cell.is_passing else "lead_ref"
        return domain & Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s %s (%s)", model._field_to_sql(alias, name, query), operator, ids)
        )

    def _cell_ids_sql(self, before, day, domain, cell):
        """Return a query for the deals of a cell.

        :param Cell cell: the cell
        :return: query for the `lead_ref` of the deals in the cell. If the cell :attr:`~Cell.is_passing`, for the ids of
            the lines that took them out; if it :attr:`~Cell.is_same`, for the deals that moved and are not in the cell
        :rtype: SQL
        """
        column = SQL("last_id" if cell.is_passing else "lead_ref")
        origin = SQL("was_there AND origin_id IS NOT DISTINCT FROM %s::int", cell.origin_stage_id or None)
        if cell.is_entered:
            origin = SQL("NOT was_there")
        target = SQL("ending = %s", cell.target)
        if cell.target_stage_id is not None:
            target = SQL("is_there AND target_id IS NOT DISTINCT FROM %s::int", cell.target_stage_id or None)
        is_in_cell = SQL("%s AND %s", origin, target)
        condition = SQL("NOT (%s)", is_in_cell) if cell.is_same else is_in_cell
        return SQL("%s SELECT %s FROM deal WHERE %s", self._deals_sql(before, day, domain), column, condition)
