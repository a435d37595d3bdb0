from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..recording.report_cache import invalidate_reports

#: SQL condition: the step of the alias `step` is expected of a deal. A step without a team is expected of all deals in
#: its stage, a step with a team of the deals of that team. :meth:`CrmStageStep._applies_to` is the same in Python.
STEP_APPLIES = """
    (step.active AND step.stage_id = {stage_id} AND (step.team_id IS NULL OR step.team_id = {team_id}))
"""


class CrmStageStep(models.Model):
    """A sales action that a stage expects of the opportunities in it, called *step* in the code."""

    _name = "crm.stage.step"
    _inherit = ["crm.write.check.mixin"]
    _description = "Sales Action of a Stage"
    _order = "stage_id, sequence, id"

    name = fields.Char("Sales Action", required=True, translate=True)
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        ondelete="cascade",
        index="btree_not_null",
        help="The sales action is expected for opportunities of this team only. If empty, for all opportunities in "
        "the stage.",
    )
    company_id = fields.Many2one(related="team_id.company_id")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(
        default=True, help="An archived sales action is not expected any more. Records of it are kept."
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
        help="If an activity of this type is marked as done while the opportunity is in the stage, the sales action "
        "is done.",
    )
    is_required = fields.Boolean(
        "Required",
        help="If the sales action is missing when an opportunity leaves the stage, the move is blocked or the user "
        "is warned, depending on the stage.",
    )
    guidance = fields.Text(translate=True, help="What salespeople should know or ask.")

    @api.constrains("name")
    def _check_name(self):
        if any(not (step.name or "").strip() for step in self):
            raise ValidationError(self.env._("A sales action needs a name."))

    @api.constrains("team_id", "stage_id", "active")
    def _check_team(self):
        for step in self._without_deals():
            raise ValidationError(
                self.env._(
                    "%(team)s does not use the stage %(stage)s. Choose another team for the sales action “%(step)s”, "
                    "or none.",
                    team=step._readable_team_name() or self.env._("a team of another company"),
                    stage=step.stage_id.name,
                    step=step.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        invalidate_reports(self.env, self._name)
        return steps

    def write(self, vals):
        result = super().write(vals)
        invalidate_reports(self.env, self._name)
        return result

    def unlink(self):
        result = super().unlink()
        invalidate_reports(self.env, self._name)
        return result

    def _without_deals(self):
        """Return the active steps that no deal can take: deals of their team are never in their stage."""
        return self.filtered(
            lambda step: (
                step.active and step.team_id and step.stage_id.team_ids and step.team_id not in step.stage_id.team_ids
            )
        )

    def _readable_team_name(self):
        """Return the name of the step's team, False where the user may not read the team.

        Odoo checks constraints in superuser mode, but the user reads their messages.
        """
        return self.team_id.sudo(False).has_access("read") and self.team_id.display_name

    def _applies_to(self, lead, stage=None):
        """Return the steps that are expected of a deal.

        :param lead: the deal
        :param stage: a stage, by default the deal's
        """
        stage = lead.stage_id if stage is None else stage
        return self.filtered(
            lambda step: step.active and step.stage_id == stage and (not step.team_id or step.team_id == lead.team_id)
        )

    @api.model
    def _is_taken_sql(self, lead_id):  # noqa: ARG002 (for extensions)
        """Return the SQL condition that a deal has taken the step of the alias `step`.

        Hook: `models/progress` knows which steps deals have taken. Without it no deal has taken any.

        :param SQL lead_id: id of the deal
        :rtype: SQL
        """
        return SQL("FALSE")

    def _taken_on(self, leads):
        """Return the ids of those of these steps that one of some deals has taken.

        The query ignores record rules, as :meth:`_open_required_of` does.

        :rtype: set
        """
        if not self:
            return set()
        query = SQL(
            """
            SELECT DISTINCT step.id FROM crm_stage_step step CROSS JOIN unnest(%s::int[]) AS deal (id)
            WHERE step.id = ANY(%s) AND %s
            """,
            leads.ids,
            self.ids,
            self._is_taken_sql(SQL("deal.id")),
        )
        return {step_id for (step_id,) in self.env.execute_query(query)}

    @api.model
    def _open_required_of(self, checks):
        """Return the required steps of stages that deals have not taken, by one query.

        The query ignores record rules: whether a deal may leave its stage does not depend on the user. Call it for
        users who may write the deals.

        :param checks: list of :class:`~.stage_gate.GateCheck`
        :return: names of the steps by id, in their order, by (id of the deal, id of the stage); deals and stages
            without open steps are left out
        :rtype: dict
        """
        if not checks:
            return {}
        self.flush_model()
        rows = [(lead.id, stage_id, lead.team_id.id or None, needs_visit) for lead, stage_id, needs_visit in checks]
        columns = ("lead_ids", "stage_ids", "team_ids", "needs_visit")
        query = SQL(
            """
            SELECT deal.id, deal.stage_id, array_agg(step.id ORDER BY step.sequence, step.id),
                   array_agg(%(name)s ORDER BY step.sequence, step.id)
            FROM unnest(%(lead_ids)s::int[], %(stage_ids)s::int[], %(team_ids)s::int[], %(needs_visit)s::bool[])
                 AS deal (id, stage_id, team_id, needs_visit)
            JOIN crm_stage_step step ON step.is_required AND %(applies)s AND NOT %(is_taken)s
            WHERE NOT deal.needs_visit OR EXISTS (
                SELECT FROM crm_stage_visit visit
                WHERE visit.lead_ref = deal.id AND visit.stage_id = deal.stage_id
                  AND visit.outcome NOT IN ('skipped', 'correction')
            )
            GROUP BY deal.id, deal.stage_id
            """,
            name=self._field_to_sql("step", "name"),
            applies=SQL(STEP_APPLIES.format(stage_id="deal.stage_id", team_id="deal.team_id")),
            is_taken=self._is_taken_sql(SQL("deal.id")),
            **dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)),
        )
        return {
            (lead_id, stage_id): dict(zip(step_ids, names, strict=True))
            for lead_id, stage_id, step_ids, names in self.env.execute_query(query)
        }
