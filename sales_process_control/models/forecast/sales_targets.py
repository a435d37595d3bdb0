"""Sales targets of a period. No models."""

from collections import defaultdict
from typing import NamedTuple

from odoo.fields import Domain

from ...const import GROUP_ALL_DOCUMENTS
from ..recording.company_money import CompanyMoney
from .forecast_parts import MONTHS


class Target(NamedTuple):
    """What is to be won in a period.

    :param amount: in the currency of the company that the user works in
    :param months: of so many months of the period a target is set
    """

    amount: float
    months: int


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

    def find_total(self):
        """Return the target that the whole forecast is compared with, None if there is none.

        :rtype: Target | None
        """
        return next(iter(self.find(self.total_owner(), "user_id").values()), None)

    def find(self, owner, by):
        """Return the targets of owners by the id of the team or salesperson.

        :param Domain owner: the owners
        :param str by: `team_id` or `user_id`
        :rtype: dict[int, Target]
        """
        money = CompanyMoney(self.env)
        rows = self.env["crm.sales.target"]._read_group(
            self.domain(owner), [by, "company_id", "month:month"], ["amount:sum"]
        )
        currencies = money.currency_by_company()
        rates = money.rates({currencies[company.id] for _owner, company, _month, _amount in rows})
        amounts, months = defaultdict(float), defaultdict(set)
        for record, company, month, amount in rows:
            amounts[record.id] += amount * (rates[currencies[company.id]] or 0.0)
            months[record.id].add(month)
        return {record_id: Target(amount, len(months[record_id])) for record_id, amount in amounts.items()}
