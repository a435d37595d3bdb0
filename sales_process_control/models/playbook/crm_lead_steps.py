from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..recording.number_search import search_number
from ..recording.text_lists import joined_names
from .crm_stage_step import STEP_APPLIES

#: Fields of a deal that decide which sales actions its stage requires of it.
REQUIRING_FIELDS = ("stage_id", "team_id", "type", "active", "won_status")
#: Fields of a sales action that decide of which deals it is required.
STEP_FIELDS = ("active", "stage_id", "team_id", "is_required")


class CrmLead(models.Model):
    """Required sales actions of the stage that an open deal has not taken (docs/definitions.md, Missing actions)."""

    _inherit = "crm.lead"

    open_step_ids = fields.Many2many(
        "crm.stage.step",
        string="Missing Required Actions",
        compute="_compute_open_step_ids",
        search="_search_open_step_ids",
        groups=GROUP_SALESPERSON,
        help="Required sales actions of the stage that are missing. Closed opportunities have none.",
    )
    open_step_count = fields.Integer(
        "Number of Missing Required Actions",
        compute="_compute_open_steps",
        search="_search_open_step_count",
        aggregator="sum",
        groups=GROUP_SALESPERSON,
        help="How many required sales actions of the stage are missing.",
    )
    required_step_count = fields.Integer(
        "Number of Required Actions",
        compute="_compute_open_steps",
        aggregator=None,
        groups=GROUP_SALESPERSON,
        help="How many sales actions the stage requires. Closed opportunities have none.",
    )
    open_step_names = fields.Char(
        "Missing Required Actions, Names",
        compute="_compute_open_steps",
        search="_search_open_step_names",
        groups=GROUP_SALESPERSON,
        help="Names of the required sales actions of the stage that are missing.",
    )

    step_progress = fields.Char(
        "Required Actions",
        compute="_compute_open_steps",
        groups=GROUP_SALESPERSON,
        help="How many of the required sales actions of the stage were done. Empty for closed opportunities, and in "
        "stages without required sales actions.",
    )

    @api.depends(*REQUIRING_FIELDS)
    @api.depends_context("lang")
    def _compute_open_steps(self):
        found = self._origin._read_required_steps()
        # A list shows many deals that miss the same few steps. Deals are assigned together: one by one takes longer.
        for (required, *steps), leads in self.grouped(lambda lead: found.get(lead._origin.id, (0,))).items():
            leads.required_step_count = required
            leads.open_step_count = len(steps)
            leads.open_step_names = joined_names(self.env, (name for _step_id, name in steps)) or False
            text = self.env._("%(taken)s of %(required)s", taken=required - len(steps), required=required)
            leads.step_progress = text if required else False

    @api.depends(*REQUIRING_FIELDS)
    @api.depends_context("lang")
    def _compute_open_step_ids(self):
        found = self._origin._read_required_steps()
        for lead in self:
            steps = found.get(lead._origin.id, (0,))[1:]
            lead.open_step_ids = self.env["crm.stage.step"].browse(step_id for step_id, _name in steps)

    def _read_required_steps(self):
        """Return the required steps of the stages of these open deals, by one query.

        :return: by the id of the deal, of deals of which any is required: a tuple of the number of required steps and
            (id, name) of each that was not taken, in their order
        :rtype: dict
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        alias = query.table
        lead_id = self._field_to_sql(alias, "id", query)
        query.add_where(self._is_open_deal_sql(alias, query))
        query.add_join("JOIN", "step", "crm_stage_step", self._is_required_sql(alias, query))
        name = self.env["crm.stage.step"]._field_to_sql("step", "name")
        steps = query.select(
            SQL("%s AS lead_id", lead_id),
            SQL("step.id, step.sequence, %s AS name", name),
            SQL("%s AS is_taken", self.env["crm.stage.step"]._is_taken_sql(lead_id)),
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead_id, count(*), array_agg(id ORDER BY sequence, id) FILTER (WHERE NOT is_taken),
                       array_agg(name ORDER BY sequence, id) FILTER (WHERE NOT is_taken)
                FROM (%s) step GROUP BY lead_id
                """,
                steps,
            )
        )
        return {
            lead_id: (required, *zip(step_ids or (), names or (), strict=True))
            for lead_id, required, step_ids, names in rows
        }

    @api.model
    def _count_open_steps(self, domain):
        """Return how many of some open deals miss each required step, by one query.

        :param domain: which deals, besides being open
        :return: (deals that have not taken it, deals of which it is required), by the id of the step
        :rtype: dict
        """
        query = self._search(domain)
        if query.is_empty():
            return {}
        alias = query.table
        query.add_where(self._is_open_deal_sql(alias, query))
        query.add_join("JOIN", "step", "crm_stage_step", self._is_required_sql(alias, query))
        query.groupby = SQL("step.id")
        is_taken = self.env["crm.stage.step"]._is_taken_sql(self._field_to_sql(alias, "id", query))
        rows = self.env.execute_query(
            query.select(SQL("step.id"), SQL("count(*) FILTER (WHERE NOT %s)", is_taken), SQL("count(*)"))
        )
        return {step_id: (missing, required) for step_id, missing, required in rows}

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def _search_open_step_ids(self, operator, value):
        # Odoo checks the groups of fields with a column only.
        self._check_field_access(self._fields["open_step_ids"], "read")
        if operator == "any":
            return self._search_open_step_ids("in", self.env["crm.stage.step"].search(value).ids)
        if operator != "in":
            return NotImplemented
        step_ids = [step_id for step_id in value if step_id]
        found = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s AND EXISTS (SELECT %s AND step.id = ANY(%s)))",
                model._is_open_deal_sql(alias, query),
                model._open_steps_sql(alias, query),
                step_ids,
            )
        )
        return found if len(step_ids) == len(value) else found | Domain("open_step_count", "=", 0)

    def _search_open_step_count(self, operator, value):
        return search_number(self.env, "open_step_count", operator, value)

    def _search_open_step_names(self, operator, value):
        if operator == "in":
            found = Domain("open_step_ids", "any", [("name", "in", [name for name in value if name])])
            return found if all(value) else found | Domain("open_step_count", "=", 0)
        if operator not in ("ilike", "like", "=ilike", "=like"):
            return NotImplemented
        return Domain("open_step_ids", "any", [("name", operator, value)])

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the number of open steps."""
        if field_expr == "open_step_count":
            self._check_field_access(self._fields[field_expr], "read")
            return SQL(
                "(CASE WHEN %s THEN (SELECT count(*) %s) ELSE 0 END)",
                self._is_open_deal_sql(alias, query),
                self._open_steps_sql(alias, query),
            )
        return super()._field_to_sql(alias, field_expr, query)

    def _open_steps_sql(self, alias, query):
        """Return the SQL, from FROM on, that finds the open required steps of an open deal in `step`.

        Record rules are left out: which steps are open does not depend on the reader of the deal.
        """
        return SQL(
            "FROM crm_stage_step step WHERE %s AND NOT %s",
            self._is_required_sql(alias, query),
            self.env["crm.stage.step"]._is_taken_sql(self._field_to_sql(alias, "id", query)),
        )

    def _is_required_sql(self, alias, query):
        """Return the SQL condition that the stage of a deal requires the step of the alias `step` of it."""
        stage_id, team_id = (self._field_to_sql(alias, name, query) for name in ("stage_id", "team_id"))
        fields_of_step = self.env["crm.stage.step"]._fields
        return SQL(
            f"(step.is_required AND {STEP_APPLIES.format(stage_id='%s', team_id='%s')})",
            stage_id,
            team_id,
            to_flush=[fields_of_step[name] for name in STEP_FIELDS],
        )

    def _is_open_deal_sql(self, alias, query):
        """Return the SQL condition that a record is an open deal."""
        active, kind, won_status = (self._field_to_sql(alias, name, query) for name in ("active", "type", "won_status"))
        return SQL("(%s IS TRUE AND %s = 'opportunity' AND %s = 'pending')", active, kind, won_status)
