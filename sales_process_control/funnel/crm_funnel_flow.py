import json
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

#: Where deals end.
ENDS = ("won", "lost", "removed")
#: Where a deal goes that is out of what is shown, and where one comes from that was not in it.
LEFT, ENTERED = "left", "entered"

#: Of each deal that was put into a place or taken out of one between two days: where it stood before, by its first such
#: line, and where it stands after, by its last one. `worth`: before where it stood before, else at its end. Once sorted
#: by deals, the lines are read in one pass.
DEALS = """
    WITH line AS (
        SELECT row.*, sum(amount) OVER (PARTITION BY lead_ref ORDER BY id) AS so_far,
               sum(amount) OVER (PARTITION BY lead_ref) AS in_all
        FROM (%(lines)s) row
    ), edge AS (
        SELECT lead_ref, id, stage_id, deal_count, kind, currency_id, amount, in_all,
               first_value(stage_id) OVER deal AS origin_id, first_value(deal_count) OVER deal < 0 AS was_there,
               first_value(currency_id) OVER deal AS origin_currency_id, first_value(so_far) OVER deal AS so_far,
               lead(id) OVER deal IS NULL AS is_last
        FROM line
        WHERE deal_count <> 0
        WINDOW deal AS (PARTITION BY lead_ref ORDER BY id)
    ), deal AS (
        SELECT lead_ref, id AS last_id, origin_id, stage_id AS target_id, was_there, deal_count > 0 AS is_there,
               CASE WHEN deal_count > 0 THEN NULL WHEN kind IN ('won', 'lost', 'removed') THEN kind
                    ELSE 'left' END AS ending,
               CASE WHEN was_there THEN origin_currency_id ELSE currency_id END AS currency_id,
               CASE WHEN was_there THEN -so_far WHEN deal_count > 0 THEN in_all ELSE -amount END AS worth
        FROM edge
        WHERE is_last
    )
"""


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

    def _read_moved(self, before, day, places):
        """The deals that were put into a place or taken out of one.

        :return: (key of the origin, key of the target, number of the stage that they are weighted by, number of the
            currency, count, worth)
        """
        rows = self.env.execute_query(
            SQL(
                """
                %s
                SELECT was_there, CASE WHEN was_there THEN origin_id ELSE target_id END AS weight_id,
                       CASE WHEN is_there THEN target_id END AS goal_id, ending, currency_id, count(*), sum(worth)::text
                FROM deal
                GROUP BY was_there, weight_id, goal_id, ending, currency_id
                """,
                self._deals_sql(before, day, places),
            )
        )
        return [
            (key_of(weight) if was_there else ENTERED, ending or key_of(goal), weight, currency, count, Decimal(worth))
            for was_there, weight, goal, ending, currency, count, worth in rows
        ]

    def _deals_sql(self, before, day, places):
        query = self.env["crm.funnel.reader"]._search_lines(places, before, day)
        movements = self.env["crm.pipeline.movement"]
        names = ("id", "lead_ref", "deal_count", "amount", "kind", "stage_id", "currency_id")
        columns = (
            SQL("%s AS %s", movements._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names
        )
        return SQL(DEALS, lines=query.subselect(*columns))

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
