import json
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import ENDS
from .crm_funnel_reader import added_up

#: Where a deal goes that is out of what is shown, and where one comes from that was not in it.
LEFT, ENTERED = "left", "entered"
#: At least, in kilobytes.
WORK_MEMORY = 65536

#: Of each deal that was put into a place or taken out of one between two days: where it stood before, by its first such
#: line, and where it stands after, by its last one. `worth`: before where it stood before, else at its end.
#: The lines are only added up by deal, whose net count tells whether it stood there before; then the first and the last
#: one are looked up by their numbers, in their order, so that they lie beside each other. `OFFSET 0`: the planner
#: must not read the whole ledger instead. Looked up is what the reader may read: numbers of his own lines, and the
#: changes of amount in the very place which such a line takes a deal out of, or puts it into.
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
#: Deals that moved, but for those that came in and then ended, once; and those whose ends are no move, as repairs have
#: them that only put an amount right.
FOLLOWED = SQL(
    "CASE WHEN last_id IS NULL THEN end_lines > 0 "
    "ELSE (net = 0 AND first_end_id = last_id AND end_lines = 1) IS NOT TRUE END"
)
#: What changes of amount add up to that came before the first line that moved a deal, or after the last one.
CHANGED = """
    SELECT COALESCE(sum(amount), 0) FROM crm_pipeline_movement
    WHERE lead_ref = moved.lead_ref AND deal_count = 0 AND day > %(before)s AND day <= %(day)s
"""
CHANGED_BEFORE = f"{CHANGED} AND id >= first_line_id AND id < first_id"
CHANGED_AFTER = f"{CHANGED} AND id > last_id AND id <= last_line_id"


def key_of(stage_id):
    """By what a stage is called in a flow."""
    return f"stage:{stage_id or 0}"


class Cell(NamedTuple):
    """A cell of the flow: where deals stood at the end of a day, and what had become of them by the end of another.

    :param before: the earlier day, as a text
    :param day: the later day, as a text
    :param origin: `stage:NUMBER`, 0 for none; or `entered`
    :param target: `stage:NUMBER`, `won`, `lost`, `removed`; or `left`
    :param domain: what is shown, as a list
    """

    before: str
    day: str
    origin: str
    target: str
    domain: list

    @classmethod
    def from_text(cls, text):
        """The cell that :meth:`as_text` has written.

        :raises ValueError: if it is none
        """
        cell = cls(*json.loads(text))
        is_origin = cell.origin == ENTERED or cell.origin_stage_id is not None
        if not is_origin or (cell.target not in (*ENDS, LEFT) and cell.target_stage_id is None):
            raise ValueError(text)
        return cell

    def as_text(self):
        """The cell as a text that a domain can hold."""
        return json.dumps(self, default=str)

    @property
    def is_entered(self):
        """Whether its deals stood nowhere before."""
        return self.origin == ENTERED

    @property
    def is_passing(self):
        """Whether its deals came in and were out again."""
        return self.is_entered and self.target_stage_id is None

    @property
    def is_same(self):
        """Whether its deals stand where they stood."""
        return self.origin == self.target

    @property
    def origin_stage_id(self):
        """Number of the stage where they stood, false for none; None if they stood nowhere."""
        return self._stage_id_of(self.origin)

    @property
    def target_stage_id(self):
        """Number of the stage where they stand, false for none; None if they stand nowhere."""
        return self._stage_id_of(self.target)

    @staticmethod
    def _stage_id_of(key):
        name, _colon, number = key.partition(":")
        return int(number) or False if name == "stage" else None


class CrmFunnelFlow(models.AbstractModel):
    """What became of the deals of one day by another: from stage to stage, and to their ends.

    Computed from the lines between both days: the first tells where a deal stood before, the last where it stands
    after. Deals without a line in between stand where they stood. Under the reader's record rules: of what he may not
    see he is told neither that it came nor where it went.
    """

    _name = "crm.funnel.flow"
    _description = "Sales Funnel: Flow"

    def _read_moved(self, before, day, places, kinds):
        """The deals that were put into a place or taken out of one.

        :param kinds: what changed in between, see :meth:`~.crm.funnel.reader._read_kinds`
        :return: (key of the origin, key of the target, number of the stage that they are weighted by, number of the
            currency, count, worth)
        """
        found, known_ends, ended_otherwise = [], [], []
        for row in self._read_followed(before, day, places):
            was_there, is_there, origin, target, ending, currency, last_currency, count, worth, taken, again = row
            ended_otherwise += again or []
            if is_there is None:
                continue
            weight = origin if was_there else target
            goal = key_of(target) if is_there else ending
            found.append((key_of(weight) if was_there else ENTERED, goal, weight, currency, count, Decimal(worth)))
            if taken is not None:
                known_ends.append((ending, target, last_currency, -count, Decimal(taken)))
        return [
            *found,
            *self._passed_through(kinds, [*known_ends, *self._read_ends(before, day, places, ended_otherwise)]),
        ]

    def _read_followed(self, before, day, places):
        """The deals that are followed one by one, in groups: all but those that came in and then ended, once.

        Each group with what its ends took out, where these are the only ends of its deals; else with the numbers of the
        deals that have any.
        """
        # A year of a long ledger has hundreds of thousands of deals, which go to the disk else.
        [(usual, _raised)] = self.env.execute_query(
            SQL(
                """
                SELECT setting, set_config('work_mem', GREATEST(setting::bigint, %s)::text, TRUE)
                FROM pg_settings WHERE name = 'work_mem'
                """,
                WORK_MEMORY,
            )
        )
        rows = self.env.execute_query(
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
                self._deals_sql(before, day, places, FOLLOWED),
            )
        )
        self.env.execute_query(SQL("SELECT set_config('work_mem', %s, TRUE)", usual))
        return rows

    def _read_ends(self, before, day, places, lead_refs):
        """All ends of some deals: (kind, number of the stage, of the currency, count, amount)."""
        if not lead_refs:
            return []
        reader = self.env["crm.funnel.reader"]
        lines = places & Domain("lead_ref", "in", lead_refs) & Domain("kind", "in", ENDS)
        rows = reader._read_kinds(lines, before, day)
        return [(kind, stage, currency, *sums) for kind, stage, currency, _lines, *sums in rows]

    @staticmethod
    def _passed_through(kinds, known_ends):
        """The deals that came in and then ended, once: so many as there are ends that belong to no other deal.

        They are most of a long time's deals, and nothing but their ends is asked for.
        """
        ends = [
            (kind, stage, currency, -count, -amount)
            for kind, stage, currency, _lines, count, amount in kinds
            if kind in ENDS
        ]
        return [(ENTERED, *row) for row in added_up([*ends, *known_ends]) if row[-2]]

    def _deals_sql(self, before, day, places, followed=None):
        query = self.env["crm.funnel.reader"]._search_lines(places, before, day)
        movements = self.env["crm.pipeline.movement"]
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

    def _numbers_sql(self, before, day, places, cell):
        """The numbers of the deals in a cell.

        Where they came in and are out again, those of the lines that took them out; in a cell that did not move, the
        numbers of the deals that are not in it.
        """
        number = SQL("last_id" if cell.is_passing else "lead_ref")
        origin = SQL("was_there AND origin_id IS NOT DISTINCT FROM %s::int", cell.origin_stage_id or None)
        if cell.is_entered:
            origin = SQL("NOT was_there")
        target = SQL("ending = %s", cell.target)
        if cell.target_stage_id is not None:
            target = SQL("is_there AND target_id IS NOT DISTINCT FROM %s::int", cell.target_stage_id or None)
        is_in_it = SQL("%s AND %s", origin, target)
        condition = SQL("NOT (%s)", is_in_it) if cell.is_same else is_in_it
        return SQL("%s SELECT %s FROM deal WHERE %s", self._deals_sql(before, day, places), number, condition)
