from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError


class Worth(NamedTuple):
    """What some deals are: so many, worth so much in the currency that is shown, and weighted."""

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)

    def __add__(self, other):
        return Worth(*(mine + others for mine, others in zip(self, other, strict=True)))

    def __sub__(self, other):
        return Worth(*(mine - others for mine, others in zip(self, other, strict=True)))


class CrmFunnelMoney(models.AbstractModel):
    """In which currency a funnel is shown, and what amounts are in it and weighted.

    Exact, and rounded nowhere: so whatever is added up still adds up.
    """

    _name = "crm.funnel.money"
    _inherit = ["crm.workbench.money"]
    _description = "Sales Funnel: Amounts"

    def _currencies(self):
        """The currencies that a reader can choose from: those of his companies, that of the present one first."""
        of_companies = self._currency_of_companies()
        known = {of_companies[number] for number in self._company_ids() - {None}}
        own = self._currency_id()
        return self.env["res.currency"].browse([own, *sorted(known - {own})])

    def _check_currency(self, currency_id, currencies):
        """The number of the currency that is shown.

        :raises UserError: if it cannot be chosen
        """
        if currency_id and currency_id not in currencies.ids:
            raise UserError(self.env._("The funnel is shown in a currency of one of your companies."))
        return currency_id or currencies[0].id

    def _worth_by(self, rows, target_id, shares):
        """Add up rows in one currency.

        :param rows: (key, number of the stage by which it is weighted, number of the currency, count, amount as a
            decimal number)
        :param int target_id: number of the currency that is shown
        :param dict shares: see :meth:`~.crm.funnel.share._read_shares`
        :return: :class:`Worth` by key
        """
        rates = self._rates({row[2] for row in rows}, target_id)
        found = defaultdict(Worth)
        for key, stage_id, currency_id, count, amount in rows:
            converted = amount * Decimal(repr(rates[currency_id]))
            share = shares.get(stage_id, shares[None])["value"] or 0
            found[key] += Worth(count, converted, converted * Decimal(repr(share)))
        return found
