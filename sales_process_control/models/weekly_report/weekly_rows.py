"""Sections of a weekly report as texts: counts, amounts, and the addresses of their records. No models."""

from ..recording.number_texts import amount_text, count_text
from ..recording.text_lists import joined_phrases, labelled, with_remark


class WeeklyRows:
    """Describes sections as texts. Subclasses say where the records behind a number are.

    :param Environment env: the reader with his language and time zone
    """

    def __init__(self, env):
        self.env = env

    def line_url(self, number):
        """Return the address that shows the records behind a number, empty if no records stand for it.

        :param dict number: a number of the content, with its ``key``; False if there is none
        """
        raise NotImplementedError

    def joined_facts(self, row):
        """Return the count and the amount of a row, or of what it was then, as one text.

        :param dict row: a row of :meth:`describe_section`, or its ``then``
        """
        return joined_phrases(self.env, filter(None, (row["count"], row["amount"])))

    def labelled(self, label, text=""):
        """Return a text after its label: "Won: 3, $5k"."""
        return labelled(self.env, label, text)

    def with_remark(self, text, remark):
        """Return a text with a remark in parentheses: "3, $5k (last week: 2)"."""
        return with_remark(self.env, text, remark)

    def describe_section(self, section):
        """Return a section with texts in place of numbers.

        :param dict section: see :class:`~.crm_weekly_block.CrmWeeklyBlock`
        :rtype: dict
        """
        has_cents = section.get("is_exact") and any(self._has_cents(row, section) for row in section["rows"])
        rows = [self._row(section, row, has_cents) for row in section["rows"]]
        return {
            "key": section["key"],
            "title": section["title"],
            "sentences": section["sentences"],
            "rows": rows,
            "then": section.get("then", ""),
            "now": section.get("now", ""),
            "has_amounts": any(row["amount"] for row in rows),
        }

    def _row(self, section, row, has_cents):
        number, then = row["number"], row.get("then")
        bars = self._bars(section, row) if then else None
        return {
            "key": row["key"],
            "label": row["label"],
            "detail": row["detail"],
            "is_record": row.get("is_record", False),
            "count": self._count(row, number),
            "amount": self._amount(row["amount"], section, has_cents, sign=row.get("is_signed")),
            "url": self.line_url(number),
            "bars": bars,
            "then": then
            and {
                "count": count_text(self.env, then["value"]),
                "amount": self._amount(then["amount"], section, has_cents),
                "url": self.line_url(then),
            },
        }

    def _count(self, row, number):
        """Return the number of a row as a text; empty where a row is one record, or has an amount alone."""
        if row["text"]:
            return row["text"]
        if not number or row.get("is_record") or row.get("is_amount"):
            return ""
        is_amount_only = not number["value"] and number["records"]
        if is_amount_only:
            return ""
        return count_text(self.env, number["value"], is_signed=row.get("is_signed"))

    def _bars(self, section, row):
        """Return how long the bars of a stage are, in percents of the longest one; then and now."""
        amounts = [abs(one["amount"] or 0.0) for each in section["rows"] for one in (each, each["then"])]
        longest = max(amounts, default=0.0) or 1.0
        return {
            # Not 100 times the amount: that of the largest amounts is infinite.
            name: round(100 * (abs(amount or 0.0) / longest))
            for name, amount in (("now", row["amount"]), ("then", row["then"]["amount"]))
        }

    def _currency(self, section):
        return self.env["res.currency"].browse(section["currency_id"])

    def _has_cents(self, row, section):
        """Return whether an amount of a row has cents: then all amounts of the section show them, and add up."""
        digits = self._currency(section).decimal_places
        amounts = (row["amount"], (row.get("then") or {}).get("amount"))
        return any(amount and round(amount % 1, digits) not in (0, 1) for amount in amounts)

    def _amount(self, amount, section, has_cents, *, sign=False):
        if amount is False or amount is None:
            return ""
        return amount_text(self.env, amount, self._currency(section), is_exact=has_cents, is_signed=sign)
