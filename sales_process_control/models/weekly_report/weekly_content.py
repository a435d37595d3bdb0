"""The content of a weekly report: the blocks, read with the rights of the reader, and the records behind numbers."""

import json
from collections.abc import Set

from odoo import fields
from odoo.fields import Domain

from .weekly_texts import describe_subject

#: Rows of these models show a past day or do not change any more: their domain finds the same rows later.
LASTING_MODELS = ("crm.pipeline.movement", "crm.pipeline.day", "crm.forecast", "crm.sales.target")
#: Most records of which a number remembers the ids.
MOST_IDS = 1000


class WeeklyContent:
    """Reads the content of a report.

    :param Environment env: the reader with his language, time zone and companies, not in superuser mode
    :param WeeklyScope scope: the week and the deals
    """

    def __init__(self, env, scope):
        self.env, self.scope = env, scope

    def make(self):
        """Return the content as a dictionary that can be stored as JSON.

        :return: a dictionary:

            - ``sections``: see :class:`~.crm_weekly_block.CrmWeeklyBlock`
            - ``numbers``: number by key, the names of section and row with a point between, and ``.then`` at the end of
              that of an earlier day: ``name``, ``model``, ``domain``, ``context``, ``views`` and ``is_exact``: whether
              the domain finds the records of the report, also later
            - ``week``, ``last_day``: the first and the last day as YYYY-MM-DD; ``read_at``: when the deals were read
            - ``name``: the name of the team or of the reader; ``lang``: the language of all texts
            - ``company_ids``: companies whose records are in it
            - ``is_own``; ``is_partial``: whether it is about a team whose deals the reader may not read
            - ``subject``; ``is_empty``: whether there is nothing to report
        """
        blocks = self.env["crm.weekly.block"]._blocks_of_screen().values()
        sections = [section for block in blocks for section in block._read_block(self.scope)]
        content = {
            "sections": sections,
            "numbers": self._numbers(sections),
            "week": self.scope.week.isoformat(),
            "last_day": self.scope.last_day.isoformat(),
            "read_at": fields.Datetime.to_string(self.env.cr.now()),
            "name": self._name(),
            "lang": self.env.lang,
            "company_ids": self.env.companies.ids,
            "is_own": self.scope.is_own,
            "is_partial": not self.scope.is_own and not self.env["crm.weekly.report"]._reads_all(),
            "is_empty": self._is_empty(sections),
        }
        content["subject"] = describe_subject(self.env, content)
        return json.loads(json.dumps(content, default=_plain))

    def _name(self):
        if self.scope.team_id:
            return self.env["crm.team"].browse(self.scope.team_id).name
        return self.env.user.name

    @staticmethod
    def _is_empty(sections):
        """Return whether no deal is open, no customer is hot, and nothing happened."""
        counted = (row["number"] for section in sections for row in section["rows"] if row["key"] != "target")
        return not any(number and (number["value"] or number.get("records")) for number in counted)

    # ------------------------------------------------------------
    # RECORDS BEHIND NUMBERS
    # ------------------------------------------------------------

    def _numbers(self, sections):
        """Return the records behind all numbers, and put the key of each number in its place.

        Deals and flags change. Their numbers remember the ids, with a query for each number: each list has a domain of
        its own, and the rows of all sections are bounded.
        """
        numbers = {}
        for section in sections:
            for row in section["rows"]:
                for name in ("number", "then"):
                    number = row.get(name)
                    if not number:
                        continue
                    key = f"{section['key']}.{row['key']}" + (".then" if name == "then" else "")
                    records = number.get("records", number["value"])
                    if records:
                        numbers[key] = self._lasting(number)
                    row[name] = {
                        "value": number["value"],
                        "records": records,
                        "amount": number.get("amount", False),
                        "key": key if records else False,
                    }
        return numbers

    def _lasting(self, number):
        """Return the records of a number so that they are found later, too."""
        model, context, domain = number["model"], number.get("context", {}), list(number["domain"])
        is_exact = model in LASTING_MODELS
        if not is_exact:
            ids = self.env[model].with_context(**context).search(Domain(domain), limit=MOST_IDS + 1).ids
            if is_exact := len(ids) <= MOST_IDS:
                # Deals that are archived later are shown, too.
                domain, context = [("id", "in", ids)], {**context, "active_test": False}
        return {
            "name": number["name"],
            "model": model,
            "domain": domain,
            "context": context,
            "views": number.get("views", False),
            "is_exact": is_exact,
        }


def _plain(value):
    """Return a value of a domain as JSON can hold it."""
    return sorted(value) if isinstance(value, Set) else str(value)
