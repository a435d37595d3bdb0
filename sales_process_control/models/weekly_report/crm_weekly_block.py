from odoo import models

from ..recording.company_money import CompanyMoney
from ..recording.number_texts import amount_text
from ..recording.text_lists import joined_names


class CrmWeeklyBlock(models.AbstractModel):
    """Base of the blocks of the weekly report. `_read_block` gets a :class:`~.weekly_scope.WeeklyScope`.

    A block returns a list of sections. A section is a dictionary:

    - ``key``, ``title``
    - ``sentences``: a list of texts above the rows
    - ``rows``: a list of dictionaries, see :meth:`_row`
    - ``currency_id``: the currency of amounts
    - ``is_exact``: whether amounts are shown to the cent, where any has cents
    - ``is_error``: whether the block could not be read; the sentence says why
    - ``then``, ``now``: the titles of the columns of an earlier and of the last day; only where rows have ``then``
    """

    _name = "crm.weekly.block"
    _inherit = "crm.screen.block"
    _description = "Block of the Weekly Report"

    def _title(self):
        """Return the name of the block, which its section has if it cannot be read."""
        raise NotImplementedError

    def _section(self, key, title, rows, sentences=(), **more):
        """Return a section.

        :param more: `is_exact`, `is_error`, `then`, `now`
        """
        return {
            "key": key,
            "title": title,
            "rows": rows,
            "sentences": [text for text in sentences if text],
            "currency_id": CompanyMoney(self.env).currency_id(),
            **more,
        }

    def _row(self, key, label, number=False, **more):
        """Return a row of a section.

        :param str key: which names the row in its section, and in the link to its records
        :param str label: what the number counts
        :param dict number: result of :meth:`_number`, False if no records stand for the row
        :param more: ``amount``: in the currency of the section; ``text``: shown in place of the number; ``detail``: a
            sentence below the label; ``then``: a number of an earlier day, with its ``amount``; ``is_record``: the row
            is one record, so that its number is not shown, nor where the row ``is_amount``; ``is_signed``: amount and
            number are changes
        :rtype: dict
        """
        return {"key": key, "label": label, "number": number, "amount": False, "text": "", "detail": "", **more}

    def _money(self, amount, currency_id):
        """Return an amount as a text, in whole units of its currency."""
        currency = self.env["res.currency"].browse(currency_id)
        return amount_text(self.env, amount, currency)

    def _left_out_sentences(self, left_out):
        """Return a sentence about amounts that are in no sum, in a list; an empty list without such amounts.

        :param left_out: list of `currency_id` and `amount`, see :meth:`.CompanyMoney.describe_left_out`
        """
        if not left_out:
            return []
        amounts = joined_names(self.env, (self._money(one["amount"], one["currency_id"]) for one in left_out))
        return [self.env._("Not included, no exchange rate: %s.", amounts)]
