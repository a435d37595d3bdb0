"""Sales targets of a period. No models."""

from collections import defaultdict
from typing import NamedTuple

from odoo.fields import Domain

from ...const import GROUP_ALL_DOCUMENTS
from ..recording.company_money import CompanyMoney
from .forecast_parts import MONTHS


class Target(NamedTuple):
    """What is to be won in a period.

    :param amount: in the currency of the company that the user works in; None if no target can be converted
    :param months: of so many months of the period a target is set
    :param count: number of records, one for each month and company
    :param incomplete: of companies without a target for every month, the number of months with one, by company id.
        Empty if only one company is concerned
    :param left_out: amounts by currency id that are not included, since the currency has no rate
    """

    amount: float | None
    months: int
    count: int
    incomplete: dict[int, int]
    left_out: dict[int, float]


def against_target(amount, parts, open_amount):
    """Return how far a forecast is from a target, and how often open deals cover what is still to be won.

    :param float amount: the target, None if there is none
    :param dict parts: the forecast, see :meth:`~.crm.forecast.forecast`
    :param float open_amount: of the open deals, whatever their chances
    :return: dictionary: ``gap``: the forecast less the target; ``is_reached``: whether so much is won already;
        ``coverage``: the open amount for each unit that is missing. False where there is nothing to say
    """
    if amount is None:
        return {"gap": False, "is_reached": False, "coverage": False}
    missing, total = amount - parts["won_amount"], parts["total_amount"]
    return {
        "gap": False if total is None else total - amount,
        "is_reached": missing <= 0,
        "coverage": open_amount / missing if missing > 0 else False,
    }


def own_user_id(env, scope):
    """Return the id of the user who reads own documents only, unless a salesperson is chosen, else False."""
    return env.uid if not scope.user_id and not env.user.has_group(GROUP_ALL_DOCUMENTS) else False


class TargetReader:
    """Reads the targets of a period that the user may read.

    :param Environment env: the user and the allowed companies
    :param ForecastScope scope: the period and the company
    """

    def __init__(self, env, scope):
        self.env, self.scope = env, scope

    @property
    def all_months(self):
        """Return of how many months the period is."""
        return MONTHS[self.scope.kind]

    def domain(self, owner):
        """Return the targets of an owner as a domain.

        :param Domain owner: the team, the salesperson, or neither
        """
        months = [("month", ">=", self.scope.start.isoformat()), ("month", "<=", self.scope.end.isoformat())]
        company = self.scope.company_id
        in_company = (
            Domain("company_id", "=", company) if company else Domain("company_id", "in", self.env.companies.ids)
        )
        return owner & in_company & Domain(months)

    def total_owner(self):
        """Return whose target the whole forecast is compared with, as a domain.

        It is that of the chosen salesperson, else of the chosen team, else of the companies. Who reads own documents
        compares them with the own target.
        """
        user_id = self.scope.user_id or own_user_id(self.env, self.scope)
        if user_id:
            return Domain("user_id", "=", user_id)
        if self.scope.team_id:
            return Domain("team_id", "=", self.scope.team_id)
        return Domain("team_id", "=", False) & Domain("user_id", "=", False)

    def find_total(self, company_ids=()):
        """Return the target that the whole forecast is compared with, None if there is none.

        :param company_ids: companies whose deals are forecast. Where the targets are those of companies, each of these
            should have one. A salesperson or team has targets in some company, whatever the company of the deals
        :rtype: Target | None
        """
        is_owned = self.scope.team_id or self.scope.user_id or own_user_id(self.env, self.scope)
        expected = () if is_owned else company_ids
        return next(iter(self.find(self.total_owner(), "user_id", expected).values()), None)

    def find(self, owner, by, company_ids=()):
        """Return the targets of owners by the id of the team or salesperson.

        :param Domain owner: the owners
        :param str by: `team_id` or `user_id`
        :param company_ids: companies that should have a target, beside those that have one
        :rtype: dict[int, Target]
        """
        money = CompanyMoney(self.env)
        rows = self.env["crm.sales.target"]._read_group(
            self.domain(owner), [by, "company_id", "month:month"], ["amount:sum"]
        )
        currencies = money.currency_by_company()
        rates = money.rates({currencies[company.id] for _owner, company, _month, _amount in rows})
        by_owner = defaultdict(list)
        for record, company, month, amount in rows:
            by_owner[record.id].append((company.id, month, amount, currencies[company.id]))
        return {record_id: self._add_up(targets, rates, company_ids) for record_id, targets in by_owner.items()}

    def _add_up(self, targets, rates, company_ids):
        """Return the target of an owner.

        :param targets: (company id, month, amount, currency id)
        :param dict rates: factors by currency id, None where a rate is missing
        """
        amounts, left_out = [], defaultdict(float)
        months = {company_id: set() for company_id in company_ids}
        for company_id, month, amount, currency_id in targets:
            months.setdefault(company_id, set()).add(month)
            if amount and rates[currency_id] is None:
                left_out[currency_id] += amount
            else:
                amounts.append(amount * (rates[currency_id] or 0.0))
        found = {company_id: len(of_company) for company_id, of_company in sorted(months.items())}
        incomplete = {company_id: count for company_id, count in found.items() if count < self.all_months}
        return Target(
            amount=sum(amounts) if amounts else None,
            months=len(set().union(*months.values())),
            count=len(targets),
            incomplete=incomplete if len(found) > 1 else {},
            left_out=dict(left_out),
        )
