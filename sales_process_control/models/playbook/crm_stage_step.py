from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..recording.report_cache import invalidate_reports

#: Whether a step is expected of a deal: in SQL, and in Python in :meth:`CrmStageStep._applies_to`. A step without a
#: team is expected of all deals in its stage, one with a team of the deals of that team, too.
STEP_APPLIES = """
    (step.active AND step.stage_id = {stage_id} AND (step.team_id IS NULL OR step.team_id = {team_id}))
"""
#: Whether a deal has taken a step: at any time, however often it came back to the stage.
STEP_IS_DONE = """
    EXISTS (SELECT FROM crm_lead_progress taken WHERE taken.lead_id = {lead_id} AND taken.step_id = step.id)
"""


class CrmStageStep(models.Model):
    """A sales action that a stage expects of the opportunities in it."""

    _name = "crm.stage.step"
    _description = "Sales Action of a Stage"
    _order = "stage_id, sequence, id"

    name = fields.Char("Sales Action", required=True, translate=True)
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        ondelete="cascade",
        index="btree_not_null",
        help="Expected of the opportunities of this team only. Empty: of all in the stage.",
    )
    company_id = fields.Many2one(related="team_id.company_id")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(
        default=True, help="An archived sales action is expected no more; what was done of it stays on record."
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
        help="An activity of this type that is marked done while the opportunity is in the stage takes the step.",
    )
    is_required = fields.Boolean(
        "Required", help="An opportunity that leaves the stage without it is held, or warned about, as the stage says."
    )
    guidance = fields.Text(translate=True, help="What a salesperson should know or ask.")

    @api.constrains("name")
    def _check_name(self):
        if any(not (step.name or "").strip() for step in self):
            raise ValidationError(self.env._("A sales action needs a name."))

    @api.constrains("team_id", "stage_id", "active")
    def _check_team(self):
        for step in self._of_teams_without_stage():
            raise ValidationError(
                self.env._(
                    "Opportunities of %(team)s are never in %(stage)s: choose one of the teams of that stage for "
                    'the sales action "%(step)s", or none.',
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
        if "team_id" in vals:
            # Odoo asks whose a row was, not whose it becomes.
            self.check_access("write")
        return result

    def unlink(self):
        result = super().unlink()
        invalidate_reports(self.env, self._name)
        return result

    def _of_teams_without_stage(self):
        """Those of the steps that nobody can take: opportunities of their team are never in their stage."""
        return self.filtered(
            lambda step: (
                step.active and step.team_id and step.stage_id.team_ids and step.team_id not in step.stage_id.team_ids
            )
        )

    def _readable_team_name(self):
        """The name of a step's team, false where the person may not read it.

        Odoo checks constraints in superuser mode, but their messages are the person's to read.
        """
        return self.team_id.sudo(False).has_access("read") and self.team_id.display_name

    def _applies_to(self, lead, stage=None):
        """Those of the steps that are expected of a deal.

        :param stage: in that stage, if not in the one that it is in
        """
        stage = lead.stage_id if stage is None else stage
        return self.filtered(
            lambda step: step.active and step.stage_id == stage and (not step.team_id or step.team_id == lead.team_id)
        )

    @api.model
    def _open_required_of(self, questions):
        """The required steps of stages that deals have not taken, in one statement whatever their number.

        In SQL and without the record rules of steps: whether a deal may leave its stage does not depend on who moves
        it. Meant for those who may write the deals.

        :param questions: list of :class:`~.leavings.Question`
        :return: by numbers of the deal and of the stage, where there are some: the steps' names by id, in their order
        :rtype: dict
        """
        if not questions:
            return {}
        self.flush_model()
        self.env["crm.lead.progress"].flush_model(["lead_id", "step_id"])
        deals = [
            (lead.id, stage_id, lead.team_id.id or None, must_have_stayed)
            for lead, stage_id, must_have_stayed in questions
        ]
        columns = ("lead_ids", "stage_ids", "team_ids", "must_have_stayed")
        query = SQL(
            """
            SELECT deal.id, deal.stage_id, array_agg(step.id ORDER BY step.sequence, step.id),
                   array_agg(%(name)s ORDER BY step.sequence, step.id)
            FROM unnest(%(lead_ids)s::int[], %(stage_ids)s::int[], %(team_ids)s::int[], %(must_have_stayed)s::bool[])
                 AS deal (id, stage_id, team_id, must_have_stayed)
            JOIN crm_stage_step step ON step.is_required AND %(applies)s AND NOT %(is_done)s
            WHERE NOT deal.must_have_stayed OR EXISTS (
                SELECT FROM crm_stage_visit stay
                WHERE stay.lead_ref = deal.id AND stay.stage_id = deal.stage_id
                  AND stay.outcome NOT IN ('skipped', 'correction')
            )
            GROUP BY deal.id, deal.stage_id
            """,
            name=self._field_to_sql("step", "name"),
            applies=SQL(STEP_APPLIES.format(stage_id="deal.stage_id", team_id="deal.team_id")),
            is_done=SQL(STEP_IS_DONE.format(lead_id="deal.id")),
            **dict(zip(columns, map(list, zip(*deals, strict=True)), strict=True)),
        )
        return {
            (lead_id, stage_id): dict(zip(step_ids, names, strict=True))
            for lead_id, stage_id, step_ids, names in self.env.execute_query(query)
        }
