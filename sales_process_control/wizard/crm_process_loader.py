import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.playbook.crm_stage import LEAVING_RULES
from ..models.playbook.six_stage_process import SIX_STAGES, places_of


class CrmProcessLoader(models.TransientModel):
    """Makes the six-stage process for a team, after a look at what it would make.

    A stage that exists is never changed: nothing is added to it, and nothing taken away.
    """

    _name = "crm.process.loader"
    _description = "Load the Six-Stage Process"

    team_id = fields.Many2one(
        "crm.team", "Sales Team", ondelete="cascade", help="New stages belong to this team, and to no other."
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    new_count = fields.Integer(compute="_compute_preview")

    @api.depends("team_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for loader in self:
            stages = loader._preview_stages() if loader.team_id else []
            loader.new_count = sum(stage["is_new"] for stage in stages)
            values = {"stages": stages, "new_count": loader.new_count}
            loader.preview = bool(stages) and self.env["ir.qweb"]._render(
                "sales_process_control.crm_process_loader_preview", values
            )

    @api.model_create_multi
    def create(self, vals_list):
        loaders = super().create(vals_list)
        # Also a team that comes in as a default of the context.
        loaders.team_id.check_access("read")
        return loaders

    def write(self, vals):
        result = super().write(vals)
        if "team_id" in vals:
            self.team_id.check_access("read")
        return result

    def action_load(self):
        """Make the stages that the team does not have, with their steps.

        :return: a notification that says what was made
        :raises UserError: without a team
        :raises AccessError: for a team of another company
        """
        self.ensure_one()
        if not self.team_id:
            raise UserError(self.env._("Choose a sales team first."))
        self.team_id.check_access("read")
        number = self._load()
        if not number:
            kind, message = "info", self.env._("Nothing was made: %s has all six stages already.", self.team_id.name)
        elif number == 1:
            kind, message = "success", self.env._("One stage was made for %s.", self.team_id.name)
        else:
            words = {"number": number, "team": self.team_id.name}
            kind, message = "success", self.env._("%(number)s stages were made for %(team)s.", **words)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }

    # ------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------

    def _load(self):
        """Make what is missing, in as many statements whatever the database holds.

        :return: how many stages were made
        """
        known = self._known_stages()
        plans = [plan for plan, stage in zip(SIX_STAGES, known, strict=True) if not stage]
        if not plans:
            return 0
        # The source of the texts is English; the other languages follow.
        stages = (
            self.env["crm.stage"]
            .with_context(lang=None)
            .create([self._stage_values(plan) for plan in self._placed(known)])
        )
        self._translate(stages, "name", [plan.name for plan in plans])
        self._make_steps(stages, plans)
        return len(stages)

    @api.model
    def _make_steps(self, stages, plans):
        """Make the steps of stages, each as its plan says."""
        plans_of_steps = [(stage, step) for stage, plan in zip(stages, plans, strict=True) for step in plan.steps]
        types = self._activity_types()
        steps = (
            self.env["crm.stage.step"]
            .with_context(lang=None)
            .create([self._step_values(stage, step, types) for stage, step in plans_of_steps])
        )
        for name in ("name", "guidance"):
            self._translate(steps, name, [getattr(step, name) for _stage, step in plans_of_steps])

    def _placed(self, known):
        """The stages that are missing, each with the sequence that it gets."""
        open_stages = self._team_stages().filtered(lambda stage: not stage.is_won)
        last = max(open_stages.mapped("sequence"), default=None)
        places = places_of([stage.sequence if stage else None for stage in known], last)
        return [(plan, place) for plan, stage, place in zip(SIX_STAGES, known, places, strict=True) if not stage]

    def _stage_values(self, placed):
        plan, sequence = placed
        return {
            "name": self._in("en_US", plan.name),
            "sequence": sequence,
            "team_ids": self.team_id.ids,
            "is_won": plan.is_won,
            "rotting_threshold_days": plan.days_to_rot,
            "leaving_rule": plan.leaving_rule,
        }

    def _step_values(self, stage, step, types):
        return {
            "stage_id": stage.id,
            "name": self._in("en_US", step.name),
            "activity_type_id": types[step.activity_type].id,
            "is_required": step.is_required,
            "guidance": self._in("en_US", step.guidance),
        }

    def _activity_types(self):
        """The types of activities by XML id; none where this database has deleted or archived it."""
        none = self.env["mail.activity.type"]
        names = {step.activity_type for plan in SIX_STAGES for step in plan.steps}
        found = {name: self.env.ref(name, raise_if_not_found=False) or none for name in sorted(names)}
        return {name: kind.filtered("active") for name, kind in found.items()}

    def _translate(self, records, name, texts):
        """Write a text of each record in all installed languages, in one statement."""
        codes = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        if not codes:
            return
        said = [
            {"id": record.id, "texts": {code: self._in(code, text) for code in codes}}
            for record, text in zip(records, texts, strict=True)
            if text
        ]
        records.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                "UPDATE %s record SET %s = record.%s || said.texts "
                "FROM json_to_recordset(%s) said (id int, texts jsonb) WHERE record.id = said.id",
                SQL.identifier(records._table),
                SQL.identifier(name),
                SQL.identifier(name),
                json.dumps(said),
            )
        )
        records.invalidate_recordset([name])
        # The recorder keeps the names of stages.
        self.env["crm.pipeline.reader"]._forget_context()

    def _in(self, code, text):
        """A text of the process in a language."""
        return self.with_context(lang=code).env._(text) if text else ""

    # ------------------------------------------------------------
    # WHAT EXISTS
    # ------------------------------------------------------------

    def _team_stages(self):
        """The stages that deals of the team can be in."""
        domain = Domain("team_ids", "=", False) | Domain("team_ids", "in", self.team_id.ids)
        return self.env["crm.stage"].search(domain)

    def _known_stages(self):
        """The team's stage for each one of the process, false where it has none: by any name in any language."""
        stages = self._team_stages()
        codes = {"en_US", *(code for code, _name in self.env["res.lang"].get_installed())}
        query = SQL("SELECT id, name FROM crm_stage WHERE id = ANY(%s)", stages.ids, to_flush=stages._fields["name"])
        names = dict(self.env.execute_query(query))
        by_name = {}
        for stage in stages:
            for code, name in names[stage.id].items():
                if code in codes and name:
                    by_name.setdefault(name.strip().casefold(), stage)
        return [
            next((by_name[name] for name in self._names_of(plan, codes) if name in by_name), False)
            for plan in SIX_STAGES
        ]

    def _names_of(self, plan, codes):
        return [self._in(code, plan.name).strip().casefold() for code in sorted(codes)]

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _preview_stages(self):
        """What would become of each stage, in words."""
        rules = dict(self.env["crm.stage"]._fields["leaving_rule"]._description_selection(self.env))
        default, types = LEAVING_RULES[0][0], self._activity_types()
        return [
            {
                "name": stage.name if stage else self.env._(plan.name),
                "is_new": not stage,
                "is_won": plan.is_won,
                "days": plan.days_to_rot,
                "rule": rules[plan.leaving_rule] if plan.leaving_rule != default else "",
                "steps": [
                    {
                        "name": self.env._(step.name),
                        "kind": types[step.activity_type].name or "",
                        "is_required": step.is_required,
                    }
                    for step in plan.steps
                ],
            }
            for plan, stage in zip(SIX_STAGES, self._known_stages(), strict=True)
        ]
