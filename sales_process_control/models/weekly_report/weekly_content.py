"""The content of a weekly report: the blocks, read with the rights of the reader, and the records behind numbers."""

import json
import logging
from collections.abc import Set

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..recording.database_errors import is_lost
from ..screen.crm_screen_block import RETRY_ERRORS
from .weekly_texts import describe_subject

_logger = logging.getLogger(__name__)

#: Rows of these models show a past day or do not change any more: their domain finds the same rows later.
LASTING_MODELS = ("crm.pipeline.movement", "crm.pipeline.day", "crm.forecast")
#: Sections whose numbers are of the week or of open deals. A report without any of these numbers is not sent: what was
#: won in the quarter, the target, and the headline of half a year are no news.
NEWS = ("hot", "changes", "moves", "funnel", "stalled", "steps", "next_action")
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

        A block that cannot be read has a section with its reason. If none can be read, the error of the last one is
        raised.
        """
        sections, numbers = self._read_blocks()
        content = {
            "sections": sections,
            "numbers": numbers,
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
        return self.env.user.name if self.scope.is_own else self.env.company.name

    @staticmethod
    def _is_empty(sections):
        """Return whether no deal is open, no customer is hot, and nothing happened. An error is not nothing."""
        if any(section.get("is_error") for section in sections):
            return False
        rows = (
            row
            for section in sections
            for row in section["rows"]
            if section["key"] in NEWS or (section["key"], row["key"]) == ("forecast", "open")
        )
        return not any(row["number"] and (row["number"]["value"] or row["number"]["records"]) for row in rows)

    # ------------------------------------------------------------
    # BLOCKS
    # ------------------------------------------------------------

    def _read_blocks(self):
        """Return (sections, numbers) of all blocks. Each block is read in a savepoint, so that others go on."""
        sections, numbers, last_error, is_any_read = [], {}, None, False
        for block in self.env["crm.weekly.block"]._blocks_of_screen().values():
            try:
                with self.env.cr.savepoint():
                    found = block._read_block(self.scope)
                    numbers |= self._numbers(found)
            except RETRY_ERRORS:
                raise
            except Exception as error:
                if is_lost(self.env.cr, error):
                    raise  # the connection is lost
                _logger.exception("The block %r of a weekly report could not be read", block._block_key)
                found, last_error = [self._error_section(block, error)], error
            else:
                is_any_read = True
            sections += found
        if last_error and not is_any_read:
            raise last_error
        return sections, numbers

    def _error_section(self, block, error):
        # Subclasses of UserError may name records that the reader may not read.
        is_plain = type(error) is UserError  # pylint: disable=unidiomatic-typecheck
        reason = str(error) if is_plain else self.env._("This part could not be read.")
        return block._section(block._block_key, block._title(), [], [reason], is_error=True)

    # ------------------------------------------------------------
    # RECORDS BEHIND NUMBERS
    # ------------------------------------------------------------

    def _numbers(self, sections):
        """Return the records behind all numbers, and put the key of each number in its place.

        Deals, flags and targets change. Their numbers remember the ids, with a query for each number: each list has a
        domain of its own, and the rows of all sections are bounded. A row that is one record has its id already.
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
                        numbers[key] = self._lasting(number, is_record=row.get("is_record", False))
                    row[name] = {
                        "value": number["value"],
                        "records": records,
                        "amount": number.get("amount", False),
                        "key": key if records else False,
                    }
        return numbers

    def _lasting(self, number, *, is_record=False):
        """Return the records of a number so that they are found later, too."""
        model, context, domain = number["model"], number.get("context", {}), list(number["domain"])
        is_exact = model in LASTING_MODELS
        if is_record:
            is_exact, context = True, {**context, "active_test": False}
        elif not is_exact:
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
