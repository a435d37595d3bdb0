from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: What both ledgers call by the same name: the place of a deal, and whose place it is.
PLACE_FIELDS = ("stage_id", "team_id", "user_id", "company_id", "currency_id", "date_deadline", "lead_id", "lead_ref")
#: No day of any time zone begins earlier than so many hours before the day in UTC, or ends later than so many after it.
MOST_OFFSET = timedelta(hours=14)
#: What stands open now, without the lines after the day: so it does not grow with what was closed before.
FUNNEL = """
    SELECT stage_id, currency_id, sum(deal_count)::int, COALESCE(sum(amount), 0), bool_or(is_rebuilt)
    FROM (%(standing)s UNION ALL %(later)s) line
    GROUP BY stage_id, currency_id
"""


class CrmPipelineMovement(models.Model):
    # Beside the columns of the ledger: what they add up to at the end of a day.
    _inherit = "crm.pipeline.movement"  # pylint: disable=consider-merging-classes-inherited

    standing_on = fields.Date(
        compute="_compute_standing_on",
        search="_search_standing_on",
        help="To search with: the lines that put an opportunity into the place in which it stood at the end of a day.",
    )

    def _compute_standing_on(self):
        """A line stands for a stretch of days: there is no single one to show."""
        self.standing_on = False

    def _search_standing_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        days = [fields.Date.to_date(day) for day in value if day]
        return Domain.OR([Domain("day", "<=", day) & Domain.custom(to_sql=self._not_left_by(day)) for day in days])

    @staticmethod
    def _not_left_by(day):
        """The deal was put there, and had not been taken out by the end of the day.

        Lines of one deal are in the order of their numbers, and what is put into a place is taken out by the next line
        that takes something out: that line has the same place, so whoever may read the one may read the other.
        """

        def to_sql(model, alias, query):
            number, lead_ref, count = (
                model._field_to_sql(alias, name, query) for name in ("id", "lead_ref", "deal_count")
            )
            return SQL(
                """
                (%s = 1 AND COALESCE((
                    SELECT leaving.day FROM crm_pipeline_movement leaving
                    WHERE leaving.lead_ref = %s AND leaving.id > %s AND leaving.deal_count < 0
                    ORDER BY leaving.id LIMIT 1
                ) > %s, TRUE))
                """,
                count,
                lead_ref,
                number,
                day,
            )

        return to_sql

    @api.model
    @api.readonly
    def funnel_at(self, day, domain=()):
        """The funnel as it stood at the end of a day, of what the reader may see; for other programs, too.

        Its records are the lines of this ledger with ``standing_on`` that day.

        :param day: a date, or the text of one, in the time zone of each company's working calendar; not in the future
        :param domain: of which places: on the fields of a place (`stage_id`, `team_id`, `user_id`, `company_id`,
            `currency_id`, `date_deadline`) and on its deal (`lead_id`, `lead_ref`), and what lies behind them
        :return: a dictionary a stage with anything in it, in the order of stages: ``stage_id`` and ``stage_name``
            (false for none, and for stages that are gone), ``count``, and ``amounts``: of each currency a dictionary of
            ``currency_id`` and ``amount``, expected revenue in that currency. Recurring revenue is left out
        :raises UserError: for what is no day, a day to come, or a domain on anything else
        """
        rows, _is_estimated = self._read_funnel(day, domain)
        stages = {}
        for stage_id, currency_id, count, amount in rows:
            told = stages.setdefault(stage_id, {"count": 0, "amounts": []})
            told["count"] += count
            told["amounts"].append({"currency_id": currency_id or False, "amount": amount})
        return [
            {"stage_id": stage.id, "stage_name": stage.name, **stages[stage.id or None]}
            for stage in self._stages_in_order(stages)
        ]

    @api.model
    def _stages_in_order(self, stage_ids):
        """Stages in their order, and at last an empty one where None is among the numbers."""
        stages = self.env["crm.stage"]
        known = stages.browse([number for number in stage_ids if number])
        found = list(known.sorted(lambda stage: (stage.sequence, stage.id)))
        return [*found, stages] if None in stage_ids else found

    @api.model
    def _read_funnel(self, day, domain=()):
        """See :meth:`funnel_at`.

        :return: (stage_id, currency_id, count, amount) of each that is not empty, and whether that rests on lines that
            were rebuilt from the time before the ledgers, or on none at all
        """
        day, places = self._check_funnel_day(day), self._check_places(domain)
        visits = self.env["crm.stage.visit"]
        standing = visits._search(places & Domain("left_at", "=", False))
        # The bound on the instant follows from that on the day, and has an index.
        since = datetime.combine(day + timedelta(days=1), time()) - MOST_OFFSET
        later = self._search(places & Domain("date", ">=", since) & Domain("day", ">", day))
        found = self.env.execute_query(
            SQL(
                FUNNEL,
                standing=standing.subselect(
                    *self._place_columns(visits, standing), SQL("1 AS deal_count, amount, FALSE AS is_rebuilt")
                ),
                later=later.subselect(
                    *self._place_columns(self, later), SQL("-deal_count, -amount, origin = 'backfill'")
                ),
            )
        )
        is_estimated = any(row[-1] for row in found) or not self._has_begun_by(day)
        return [row[:-1] for row in found if row[2] or row[3]], is_estimated

    def _place_columns(self, model, query):
        return [model._field_to_sql(query.table, name, query) for name in ("stage_id", "currency_id")]

    @api.model
    def _has_begun_by(self, day):
        """Whether the ledger goes back to that day. It is nobody's secret since when it is kept."""
        [begun] = self.env.execute_query(
            SQL("SELECT min(date) < %s FROM crm_pipeline_movement", day + timedelta(days=1))
        )
        return bool(begun[0])

    @api.model
    def _check_funnel_day(self, day):
        try:
            checked = fields.Date.to_date(day)
        except (TypeError, ValueError):
            checked = None
        if not checked:
            raise UserError(self.env._("The funnel is that of a day, for example 2026-01-31."))
        if checked > (self.env.cr.now() + MOST_OFFSET).date():
            raise UserError(self.env._("The funnel of a day to come is not known."))
        return checked

    @api.model
    def _check_places(self, domain):
        try:
            places = Domain(domain)
        except (TypeError, ValueError):
            raise UserError(self.env._("This is no domain that the funnel can be filtered with.")) from None
        for condition in places.iter_conditions():
            name = condition.field_expr.split(".")[0]
            if name not in PLACE_FIELDS:
                raise UserError(
                    self.env._(
                        "The funnel can be filtered by %(fields)s, but not by %(name)s.",
                        fields=", ".join(PLACE_FIELDS),
                        name=name,
                    )
                )
        try:
            places.validate(self)
        except ValueError:
            raise UserError(self.env._("This is no domain that the funnel can be filtered with.")) from None
        return places
