"""Amounts of the funnel: in one currency, and weighted by the share of deals won from a stage, or by their chance."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_ALL_DOCUMENTS
from ...ledger import kinds, outcomes
from ...statistics import ENOUGH, whole_percents
from ..recording.company_money import CompanyMoney
from ..recording.readable_rows import known_rows

#: Shares are computed from deals that ended within so many months.
MONTHS = 12

#: Numbers of settled deals for each stage in which they have been, and for all settled deals. A settled deal ended
#: within the time of `%(ended)s`, the visits with an end, and of `%(ends)s`, the ledger lines of an end, and was not
#: reopened since. A deal that was made as won or lost has no visit: it is one of all deals, but of no stage.
#:
#: Only a deal that was reopened can have a later visit, so that later visits are looked for among reopened deals only.
#: `settled` is computed twice. If it were materialized, PostgreSQL could not read the first visits in the order of
#: their index.
SETTLED = """
    WITH settled AS NOT MATERIALIZED (
        SELECT ended.lead_ref, (ended.outcome = 'won')::int AS is_won, ended.company_id, ended.is_known
        FROM (%(ended)s) ended
        WHERE NOT EXISTS (
            SELECT FROM crm_pipeline_movement again
            JOIN crm_stage_visit later ON later.lead_ref = again.lead_ref
            WHERE again.kind = 'reopened' AND again.lead_ref = ended.lead_ref AND again.is_correction IS NOT TRUE
              AND later.outcome NOT IN ('skipped', 'correction')
              AND (later.entered_at, later.id) > (ended.entered_at, ended.id)
        )
    )
    SELECT FALSE AS is_overall, first.stage_id, %(sums)s, settled.company_id
    FROM settled
    JOIN crm_stage_visit first ON first.lead_ref = settled.lead_ref AND first.is_first
    GROUP BY first.stage_id, settled.company_id
    UNION ALL
    SELECT TRUE, NULL, %(sums)s, settled.company_id
    FROM (
        SELECT (ends.kind = 'won')::int AS is_won, ends.company_id, ends.is_known
        FROM (%(ends)s) ends
        WHERE NOT EXISTS (
            SELECT FROM crm_pipeline_movement again
            WHERE again.kind = 'reopened' AND again.lead_ref = ends.lead_ref AND again.id > ends.id
              AND again.is_correction IS NOT TRUE
        )
    ) settled
    GROUP BY settled.company_id
"""
#: The columns of :class:`Settled`.
SUMS = SQL(
    """
    COALESCE(sum(settled.is_won), 0)::int, count(*)::int, count(*) FILTER (WHERE NOT settled.is_known)::int,
    COALESCE(sum(settled.is_won) FILTER (WHERE settled.is_known), 0)::int,
    count(*) FILTER (WHERE settled.is_known)::int
    """
)


class Worth(NamedTuple):
    """Number and amount of some deals, in the currency of the funnel.

    :param count: number of deals
    :param amount: expected revenue, not rounded
    :param weighted: expected revenue times the share of its stage, not rounded
    :param expected: expected revenue times the chance of its stage, not rounded
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)

    def __add__(self, other):
        return Worth(*(mine + others for mine, others in zip(self, other, strict=True)))

    def __sub__(self, other):
        return Worth(*(mine - others for mine, others in zip(self, other, strict=True)))


class FunnelMoney:
    """Converts amounts into the currency of a funnel, and weights them. Nothing is rounded, so that sums stay exact.

    :param Environment env: the user and the allowed companies
    :param currency_id: id of the currency to show, by default that of the user's current company
    :raises UserError: if none of the user's companies has this currency
    """

    def __init__(self, env, currency_id=False):
        self._company_money = CompanyMoney(env)
        self.currencies = self._company_money.currencies()
        if currency_id and currency_id not in self.currencies.ids:
            raise UserError(env._("Choose a currency of one of your companies."))
        self.currency_id = currency_id or self.currencies[0].id
        self._env = env

    @cached_property
    def _shares(self):
        return StageShares(self._env).compute()

    @cached_property
    def _chances(self):
        return StageChances(self._env, self._company_money, self.currency_id).compute()

    @property
    def has_shares(self):
        """Whether the share of deals won is known: of all stages, as each has at least the share over all stages."""
        return self._shares[None]["value"] is not False

    @property
    def has_chances(self):
        """Whether the chance to sign of any open deal that the user may read is known."""
        return self._chances[None] is not None

    def _chance(self, stage_id):
        return self._chances.get(stage_id or False, self._chances[None]) or 0

    def share(self, stage_id):
        """Return the share of deals won from a stage, see :meth:`StageShares.compute`.

        :param stage_id: id of the stage, None or False for no stage
        """
        return self._shares.get(stage_id or None, self._shares[None])

    def worth_by(self, rows):
        """Convert, weight and add up rows. Amounts in a currency without a rate are left out, but counted.

        :param rows: (key, id of the stage that weights the row, currency id, count, amount as a Decimal)
        :return: :class:`Worth` by key; 0 for other keys
        :rtype: defaultdict
        """
        rates = self._company_money.rates({row[2] for row in rows}, self.currency_id)
        found = defaultdict(Worth)
        for key, stage_id, currency_id, count, amount in rows:
            converted = amount * Decimal(repr(rates[currency_id] or 0))
            share = self.share(stage_id)["value"] or 0
            weighted, expected = (converted * Decimal(repr(one)) for one in (share, self._chance(stage_id)))
            found[key] += Worth(count, converted, weighted, expected)
        return found

    def left_out(self, rows):
        """Return the amounts of rows that :meth:`worth_by` leaves out.

        :param rows: (currency id, amount as a Decimal)
        :return: see :meth:`.CompanyMoney.describe_left_out`
        """
        rows = list(rows)
        rates = self._company_money.rates({currency_id for currency_id, _amount in rows}, self.currency_id)
        amounts = defaultdict(Decimal)
        for currency_id, amount in rows:
            if rates[currency_id] is None:
                amounts[currency_id] += amount
        return self._company_money.describe_left_out(amounts)


class StageChances:
    """Computes the chances that amounts are weighted by, see docs/definitions.md, Weighted amounts.

    The chance of a stage is the mean chance to sign of the deals that the user may read and that are open in it now,
    by their amounts. A stage without such amounts has the chance over all stages.

    :param Environment env: the user and the allowed companies
    :param CompanyMoney company_money: converts amounts
    :param int currency_id: id of the currency in which amounts of companies are added up
    """

    def __init__(self, env, company_money, currency_id):
        self._env, self._company_money, self._currency_id = env, company_money, currency_id

    def compute(self):
        """Return the chance of each stage.

        :return: dict by stage id, False for no stage; the key None has the chance of all other stages, None if no
            chance is known
        """
        rates, currencies = self._company_money.rates((), self._currency_id), self._company_money.currency_by_company()
        domain = Domain("type", "=", "opportunity") & Domain("won_status", "=", "pending")
        domain &= Domain("chance", "!=", False) & Domain("expected_revenue", ">", 0)
        sums = defaultdict(lambda: [0.0, 0.0])
        for stage, company, expected, amount in self._env["crm.lead"]._read_group(
            domain, ["stage_id", "company_id"], ["expected_amount:sum", "expected_revenue:sum"]
        ):
            rate = rates.get(currencies.get(company.id or None)) or 0
            for key in (stage.id or False, None):
                sums[key][0] += expected * rate
                sums[key][1] += amount * rate
        chances = {stage_id: expected / amount for stage_id, (expected, amount) in sums.items() if amount}
        return {None: None, **chances}


class Settled(NamedTuple):
    """Numbers of settled deals.

    :param won: deals that were won
    :param count: deals that were won or lost
    :param of_others: those that the user may not read
    :param own_won: won deals that the user may read
    :param own_count: won and lost deals that the user may read
    """

    won: int = 0
    count: int = 0
    of_others: int = 0
    own_won: int = 0
    own_count: int = 0

    def __add__(self, other):
        return Settled(*(mine + others for mine, others in zip(self, other, strict=True)))


class StageShares:
    """Computes the shares that amounts are weighted by, see docs/definitions.md, Weighted amounts.

    The share of a stage is: deals won / (deals won + lost), of the deals that have been in the stage and ended in the
    last twelve months. A stage with fewer than ten such deals has the share over all stages.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env

    def compute(self):
        """Return the share of each stage.

        :return: dict by stage id; the key None has the share of all other stages. Each value is a dictionary:

            - ``value``: the share from 0 to 1, False if no deal is settled
            - ``won`` and ``settled``: numbers of deals, False if the user may not see them
            - ``is_overall``: whether this is the share over all stages
        """
        may_read_all = self.env.su or self.env.user.has_group(GROUP_ALL_DOCUMENTS)
        by_stage, overall = defaultdict(list), []
        for is_overall, stage_id, *numbers, _company_id in self.env.execute_query(self._settled_sql(may_read_all)):
            if is_overall:
                overall.append(Settled(*numbers))
            else:
                by_stage[stage_id].append(Settled(*numbers))
        share = self._share_for_all if may_read_all else self._share_for_own
        shares = {stage_id: share(settled, overall) for stage_id, settled in by_stage.items()}
        return {**shares, None: share([], overall)}

    def _settled_sql(self, may_read_all):
        visits, movements = self.env["crm.stage.visit"], self.env["crm.pipeline.movement"]
        since = self.env.cr.now() - relativedelta(months=MONTHS)
        ended = Domain("outcome", "in", (outcomes.WON, outcomes.LOST)) & Domain("left_at", ">=", since)
        ends = Domain("kind", "in", (kinds.WON, kinds.LOST)) & Domain("date", ">=", since)
        ends &= Domain("deal_count", "<", 0) & Domain("is_correction", "=", False)
        return SQL(
            SETTLED,
            ended=self._select(visits, ended, may_read_all, "id", "lead_ref", "outcome", "entered_at", "company_id"),
            ends=self._select(movements, ends, may_read_all, "id", "lead_ref", "kind", "company_id"),
            sums=SUMS,
        )

    def _select(self, model, domain, may_read_all, *names):
        """Return the query of some columns of records, and of whether the user may know them."""
        if may_read_all:
            query, is_known = model._search(domain), SQL("TRUE")
        else:
            # sudo: a share may rest on deals that the user may not read (docs/definitions.md, Comparison rates). It
            # leaves this class in whole percents and without counts, and only if ten settled deals or more are hidden
            # from the user. Otherwise the share is that of deals that the user may read. The domain restricts it to the
            # user's companies.
            known, model = known_rows(model), model.sudo()
            domain &= Domain("company_id", "in", [False, *self.env.companies.ids])
            if "is_elsewhere" in model._fields:
                domain &= Domain("is_elsewhere", "=", False)
            query, known_query = model._search(domain), model._search(domain & known)
            ids = model._field_to_sql(query.table, "id", query)
            is_known = SQL("%s IN %s", ids, known_query.subselect())
        columns = {name: model._field_to_sql(query.table, name, query) for name in names} | {"is_known": is_known}
        return query.subselect(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    def _share_for_all(self, settled, overall):
        """Return the share of a stage for a user who may read all deals.

        :param settled: :class:`Settled` of the stage, one for each company
        :param overall: the same of all stages
        """
        settled, overall = sum(settled, Settled()), sum(overall, Settled())
        is_overall = settled.count < ENOUGH
        used = overall if is_overall else settled
        return self._share(used.won, used.count, is_overall=is_overall, has_counts=True)

    def _share_for_own(self, settled, overall):
        """Return the share of a stage for a user who may read own deals only.

        A company counts only if enough of its deals are hidden. Otherwise the shares with it and without it, which the
        user can read by a choice of companies, would tell them.
        """
        for by_company, is_overall in ((settled, False), (overall, True)):
            used = sum((company for company in by_company if company.of_others >= ENOUGH), Settled())
            if used.count:
                return self._share(used.won, used.count, is_overall=is_overall, has_counts=False)
        settled, overall = sum(settled, Settled()), sum(overall, Settled())
        is_overall = settled.own_count < ENOUGH
        used = overall if is_overall else settled
        return self._share(used.own_won, used.own_count, is_overall=is_overall, has_counts=True)

    @staticmethod
    def _share(won, settled, *, is_overall, has_counts):
        value = won / settled if settled else False
        return {
            "value": value if has_counts else whole_percents(value),
            "won": won if has_counts else False,
            "settled": settled if has_counts else False,
            "is_overall": is_overall,
        }
