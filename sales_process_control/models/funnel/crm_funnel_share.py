from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_ALL_DOCUMENTS
from ...statistics import ENOUGH

MONTHS = 12

#: Of the deals that ended within some time and did not come back, by each stage in which they have been, skipped ones
#: included; and of all of them, each once. `%(ended)s`: stays that ended so. Only a deal that was reopened can have
#: come back, and there are few: so the other stays need not be looked through for later ones. They are found twice: to
#: keep a list of them meanwhile costs more, as the planner cannot read the stages in its order.
SETTLED = """
    WITH settled AS NOT MATERIALIZED (
        SELECT ended.lead_ref, (ended.outcome = 'won')::int AS is_won, ended.user_id
        FROM (%(ended)s) ended
        WHERE NOT EXISTS (
            SELECT FROM crm_pipeline_movement again
            JOIN crm_stage_visit later ON later.lead_ref = again.lead_ref
            WHERE again.kind = 'reopened' AND again.lead_ref = ended.lead_ref
              AND later.outcome NOT IN ('skipped', 'correction')
              AND (later.entered_at, later.id) > (ended.entered_at, ended.id)
        )
    )
    SELECT FALSE AS is_overall, first.stage_id, %(sums)s
    FROM settled
    JOIN crm_stage_visit first ON first.lead_ref = settled.lead_ref AND first.is_first
    GROUP BY first.stage_id
    UNION ALL
    SELECT TRUE, NULL, %(sums)s FROM settled
"""
SUMS_OF_ALL = SQL("COALESCE(sum(settled.is_won), 0)::int, count(*)::int")
#: Besides, of others, and of what a reader of his own deals may read.
SUMS_OF_OWN = """
    count(*) FILTER (WHERE settled.user_id <> %(reader)s)::int,
    COALESCE(sum(settled.is_won) FILTER (WHERE settled.user_id IS NULL OR settled.user_id = %(reader)s), 0)::int,
    count(*) FILTER (WHERE settled.user_id IS NULL OR settled.user_id = %(reader)s)::int
"""


class Settled(NamedTuple):
    """Settled deals: of all, how many of others, and those that a reader of his own deals may read."""

    won: int = 0
    count: int = 0
    of_others: int = 0
    own_won: int = 0
    own_count: int = 0


class CrmFunnelShare(models.AbstractModel):
    """By what amounts are weighted.

    Of the deals that have been in a stage and have ended in the last twelve months, the share that was won.
    """

    _name = "crm.funnel.share"
    _description = "Sales Funnel: Shares"

    def _read_shares(self):
        """The share of each stage.

        :return: by number of the stage, and at None the one for any other: ``value`` (false where nothing is known),
            ``won`` and ``settled`` (false where they are not the reader's to know), ``is_overall``: whether it is that
            of all stages, since the stage itself has too few
        """
        may_read_all = self.env.su or self.env.user.has_group(GROUP_ALL_DOCUMENTS)
        by_stage, overall = {}, Settled()
        for is_overall, stage_id, *numbers in self.env.execute_query(self._settled_sql(may_read_all)):
            if is_overall:
                overall = Settled(*numbers)
            elif stage_id:
                by_stage[stage_id] = Settled(*numbers)
        told = self._told_to_readers_of_all if may_read_all else self._told_to_readers_of_their_own
        shares = {stage_id: told(settled, overall) for stage_id, settled in by_stage.items()}
        return {**shares, None: told(Settled(), overall)}

    def _settled_sql(self, may_read_all):
        visits = self.env["crm.stage.visit"]
        since = self.env.cr.now() - relativedelta(months=MONTHS)
        ended = Domain("outcome", "in", ("won", "lost")) & Domain("left_at", ">=", since)
        sums = SUMS_OF_ALL
        if may_read_all:
            query = visits._search(ended)
        else:
            sums = SQL("%s, %s", sums, SQL(SUMS_OF_OWN, reader=self.env.uid))
            # In superuser mode: D12 lets a seller compare himself with his companies. What leaves this model is a share
            # that rests on ten settled deals or more of others, without counts; else that of his own deals.
            companies = Domain("company_id", "in", [False, *self.env.companies.ids])
            query = visits.sudo()._search(ended & companies)
        columns = (
            SQL("%s AS %s", visits._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("id", "lead_ref", "outcome", "entered_at", "user_id")
        )
        return SQL(SETTLED, ended=query.subselect(*columns), sums=sums)

    def _told_to_readers_of_all(self, settled, overall):
        is_overall = settled.count < ENOUGH
        used = overall if is_overall else settled
        return self._share(used.won, used.count, is_overall, True)

    def _told_to_readers_of_their_own(self, settled, overall):
        for used, is_overall in ((settled, False), (overall, True)):
            if used.of_others >= ENOUGH:
                return self._share(used.won, used.count, is_overall, False)
        is_overall = settled.own_count < ENOUGH
        used = overall if is_overall else settled
        return self._share(used.own_won, used.own_count, is_overall, True)

    def _share(self, won, settled, is_overall, is_counted):
        return {
            "value": won / settled if settled else False,
            "won": won if is_counted else False,
            "settled": settled if is_counted else False,
            "is_overall": is_overall,
        }
