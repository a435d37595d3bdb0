from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.recording.crm_pipeline_movement import ORIGINS
from ..models.recording.text_lists import labelled
from ..models.recording.time_zones import start_of

#: The zone of a company without a working calendar.
UTC = "UTC"
#: Fields whose groups are in the order of stages.
STAGE_FIELDS = ("stage_id", "next_stage_id")
#: From so many days on, a search compares days instead of the instants at which they begin and end.
MOST_DAYS = 100
#: Steps from a day to the next.
ONE_DAY = timedelta(days=1)


def end_of(day, zone):
    """Return the instant (naive UTC) at which a day ends in a time zone, cut off likewise."""
    return datetime.max if day == date.max else start_of(day + ONE_DAY, zone)


class CrmCompanyDayMixin(models.AbstractModel):
    """Days of instants in the time zone of a row's company, so that months and quarters are the same for all readers.

    Odoo groups an instant by the months of the reader's time zone.
    """

    _name = "crm.company.day.mixin"
    _description = "Days of the Company"

    #: Names of fields that hold the exact instants of date fields. Users cannot group by them.
    _instants = ()
    #: The instant of each date field whose search is :meth:`_search_company_day`. Of a model with a table, these date
    #: fields are computed by :meth:`_compute_company_days`.
    _company_days = {}

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        descriptions = super().fields_get(allfields, attributes)
        for name in descriptions.keys() & set(self._instants):
            descriptions[name].update({"groupable": False} if not attributes or "groupable" in attributes else {})
        return descriptions

    @api.depends(lambda self: ["company_id", *self._company_days.values()])
    def _compute_company_days(self):
        context = self.env["crm.pipeline.reader"]._read_context()
        for record in self:
            for name, instant in self._company_days.items():
                record[name] = record[instant] and context.day_of(record[instant], record.company_id.id)

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        if field_expr not in self._company_days or self._fields[field_expr].store:
            return super()._field_to_sql(alias, field_expr, query)
        instant = self._field_to_sql(alias, self._company_days[field_expr], query)
        return self._day_to_sql(instant, self._field_to_sql(alias, "company_id", query))

    @api.model
    def _search_company_day(self, name, operator, value):
        """Search by the instants of days, so that PostgreSQL uses the indexes of the ledgers.

        :param str name: one of `_company_days`
        :raises UserError: for what is no day
        """
        if operator not in ("in", "<", "<=", ">", ">="):
            return NotImplemented
        if operator != "in" and not isinstance(value, date):
            raise UserError(self.env._("“%s” is not a day.", value))
        if operator == "in" and len(value) > MOST_DAYS:
            return self._search_many_days(name, value)
        main_zone, others = self._companies_by_zone()
        in_main = self._instants_of_days(name, operator, value, main_zone)
        if not others:
            return in_main
        in_zones = {zone: self._instants_of_days(name, operator, value, zone) for zone in others}
        found = [Domain("company_id", "not in", list(chain.from_iterable(others.values()))) & in_main]
        found += [Domain("company_id", "in", company_ids) & in_zones[zone] for zone, company_ids in others.items()]
        # PostgreSQL uses an index for the instants of any zone, but not for conditions that depend on the company.
        return Domain.OR([in_main, *in_zones.values()]) & Domain.OR(found)

    @api.model
    def _search_many_days(self, name, value):
        days = [day for day in value if day]
        found = Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s = ANY(%s)", model._field_to_sql(alias, name, query), days)
        )
        return found | Domain(self._company_days[name], "=", False) if False in value else found

    @api.model
    def _instants_of_days(self, name, operator, value, zone):
        instant = self._company_days[name]
        if operator == "in":
            days = [
                Domain(instant, ">=", start_of(day, zone)) & Domain(instant, "<", end_of(day, zone))
                for day in value
                if day
            ]
            return Domain.OR([*days, *([Domain(instant, "=", False)] if False in value else [])])
        bound = end_of(value, zone) if operator in ("<=", ">") else start_of(value, zone)
        return Domain(instant, "<" if operator[0] == "<" else ">=", bound)

    @api.model
    def _companies_by_zone(self):
        """Return the zone of the main company, and ids of the companies that have another one, by their zone."""
        context = self.env["crm.pipeline.reader"]._read_context()
        main_zone = context.company(None).tz
        others = defaultdict(list)
        for company_id in filter(None, context.companies):
            zone = context.company(company_id).tz
            if zone != main_zone:
                others[zone].append(company_id)
        return main_zone, others

    @api.model
    def _day_to_sql(self, instant, company) -> SQL:
        """Return the day of an instant in the time zone of the working calendar of a row's company.

        The rule is that of `Context.day_of` of the recorder.

        :param SQL instant: naive UTC
        :param SQL company: id of the company
        :return: an expression of type date
        """
        main_zone, others = self._companies_by_zone()
        if not others:
            return SQL("%s::date", self._wall_time_to_sql(instant, main_zone))
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s", company, company_ids, self._wall_time_to_sql(instant, zone))
            for zone, company_ids in others.items()
        )
        return SQL("(CASE %s ELSE %s END)::date", cases, self._wall_time_to_sql(instant, main_zone))

    @api.model
    def _wall_time_to_sql(self, instant, zone) -> SQL:
        if zone == UTC:
            return instant
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", instant, zone)


class CrmLeadReportMixin(models.AbstractModel):
    """Base of all reports: the deal of a row, its owner, and actions that open deals."""

    _name = "crm.lead.report.mixin"
    _inherit = ["crm.company.day.mixin", "crm.elsewhere.mixin", "crm.lead.row.mixin"]
    _description = "Report on Opportunities"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted. Counted in distinct opportunities.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    is_mine = fields.Boolean(
        compute="_compute_is_mine",
        search="_search_is_mine",
        # sudo: users may know which deals are theirs, whether or not they may read these.
        compute_sudo=True,
        help="Whether you are the salesperson of the opportunity now, even if you were not then.",
    )

    @api.depends("lead_id.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for row in self:
            row.is_mine = row.lead_id.user_id.id == self.env.uid

    def _search_is_mine(self, operator, value):
        """Search by the present salesperson, for the record rules.

        The subquery selects the user's deals once. A path `lead_id.user_id` would join each row with its deal. Access
        rights are bypassed: the subquery finds the user's own deals only.
        """
        if operator != "in":
            return NotImplemented
        leads = self.env["crm.lead"]._search([("user_id", "=", self.env.uid)], active_test=False, bypass_access=True)
        mine = Domain("lead_id", "any!", leads)
        return Domain.OR([mine if wanted else ~mine for wanted in value])

    @api.model
    def _today_to_sql(self, company_sql) -> SQL:
        """Return today in the time zone of the working calendar of a row's company, the same for all users.

        :param SQL company_sql: column of the company id
        :return: an expression of type date
        """
        context = self.env["crm.pipeline.reader"]._read_context()
        now = self.env.cr.now()
        today = context.day_of(now, None)
        other_days = {}
        for company_id in context.companies:
            day = context.day_of(now, company_id)
            if day != today:
                other_days.setdefault(day, []).append(company_id)
        if not other_days:
            return SQL("%s::date", today)
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s::date", company_sql, company_ids, day)
            for day, company_ids in other_days.items()
        )
        return SQL("CASE %s ELSE %s::date END", cases, today)

    def action_open_lead(self):
        """Open the opportunity of this row."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    def action_open_leads(self):
        """Open the opportunities of these rows, including lost ones.

        :return: an action; if some opportunities are deleted, a notification with their number that goes on to it
        """
        leads = self.lead_id
        if not leads:
            return leads._action_open_from_ledger()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Opportunities"),
            "res_model": "crm.lead",
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", leads.ids)],
            "context": {"active_test": False, "create": False},
        }
        deleted = len(set(self.filtered(lambda row: not row.lead_id).mapped("lead_ref")))
        if not deleted:
            return action
        message = self.env._("Deleted opportunities that cannot be opened, their history stays: %s", deleted)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message, "next": action},
        }


class CrmStageReportMixin(models.AbstractModel):
    """Base of the reports on the ledgers: the stage of a row, and how the row came to be known."""

    _name = "crm.stage.report.mixin"
    _inherit = "crm.lead.report.mixin"
    _description = "Report on Stages"

    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_name = fields.Char("Stage at the Time", readonly=True, help="The stage's name as it was at that time.")
    origin = fields.Selection(
        ORIGINS, readonly=True, help="How the row was recorded: live, rebuilt, imported or repaired."
    )

    @api.depends("lead_id.name", "lead_ref", "stage_id.name", "stage_name")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for row, name in zip(self, self._lead_names(), strict=True):
            stage = row.stage_id.name or row.stage_name
            row.display_name = labelled(self.env, stage, name) if stage else name

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Order groups by stage in the order of stages. Odoo would join each row with its stage before it groups."""
        parts = [part.strip() for part in (order or ",".join(groupby_terms)).split(",")]
        if not any(part.split(" ")[0] in STAGE_FIELDS for part in parts):
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = []
        for part in parts:
            spec, _space, direction = part.partition(" ")
            if spec in STAGE_FIELDS and spec in groupby_terms:
                terms.append(self._stage_rank_to_sql(groupby_terms[spec], direction))
            else:
                terms.append(super()._read_group_orderby(part, groupby_terms, query))
        return SQL(", ").join(terms)

    @api.model
    def _stage_rank_to_sql(self, stage_sql, direction):
        stages = self.env["crm.stage"]
        ranked = stages._search([], order=stages._order).select()
        descending = direction.upper().startswith("DESC")
        return SQL("array_position(ARRAY(%s), %s) %s", ranked, stage_sql, SQL("DESC" if descending else "ASC"))
