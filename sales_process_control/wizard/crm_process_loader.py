import json

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.playbook.crm_stage import NO_RULE
from ..models.playbook.six_stage_process import SIX_STAGES, new_sequences
from ..models.recording.text_lists import joined_sentences, labelled
from ..models.screen.crm_screen_block import OPEN_DEAL


class CrmProcessLoader(models.TransientModel):
    """Dialog that creates the stages of the six-stage process for a team, with a preview.

    Stages that exist are not changed, unless the user has the other stages of the team hidden.
    """

    _name = "crm.process.loader"
    _description = "Load the Six-Stage Process"

    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        default=lambda self: self._default_team(),
        ondelete="cascade",
        help="New stages are used by this team only.",
    )
    hides_others = fields.Boolean(
        "Hide Other Stages",
        help="Open stages that the team shares with other teams are no longer offered to it; First Contact is offered "
        "to all teams if no other open stage is. Opportunities stay in their stages, unless you choose another stage "
        "for them.",
    )
    line_ids = fields.One2many(
        "crm.process.loader.stage",
        "loader_id",
        "Stages That Are Hidden",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    new_count = fields.Integer(compute="_compute_preview")

    @api.model
    def _default_team(self):
        """Return the only team there is, or none if there are several."""
        teams = self.env["crm.team"].search([], limit=2)
        return teams if len(teams) == 1 else teams.browse()

    @api.depends("team_id", "hides_others")
    @api.depends_context("lang")
    def _compute_preview(self):
        for loader in self:
            stages = loader._preview_stages() if loader.team_id else []
            loader.new_count = sum(stage["is_new"] for stage in stages)
            values = {"stages": stages, "new_count": loader.new_count}
            loader.preview = bool(stages) and self.env["ir.qweb"]._render(
                "sales_process_control.crm_process_loader_preview", values
            )

    @api.depends("team_id", "hides_others")
    def _compute_line_ids(self):
        for loader in self:
            stages = loader._hidden_stages() if loader.team_id and loader.hides_others else self.env["crm.stage"]
            loader.line_ids = [Command.clear(), *(Command.create({"stage_id": stage.id}) for stage in stages)]

    @api.model_create_multi
    def create(self, vals_list):
        loaders = super().create(vals_list)
        # After the creation, since the context may have a default for the team.
        loaders.team_id.check_access("read")
        loaders._make_lines()
        return loaders

    def write(self, vals):
        result = super().write(vals)
        if "team_id" in vals:
            self.team_id.check_access("read")
        self._make_lines()
        return result

    def _make_lines(self):
        """Have the lines computed now, so that they are made by the user: a later flush may run as another user."""
        self.mapped("line_ids")

    def action_load(self):
        """Create the stages that the team does not have, with their steps.

        :return: the action that notifies the user and closes the dialog
        :rtype: dict
        :raises UserError: without a team
        :raises AccessError: for a team of another company
        """
        self.ensure_one()
        if not self.team_id:
            raise UserError(self.env._("Choose a sales team first."))
        self.team_id.check_access("read")
        count = self._load()
        moved, hidden, shared = self._hide_others() if self.hides_others else (0, 0, self.env["crm.stage"])
        messages = [self._describe_new(count)]
        if hidden:
            messages.append(self.env._("Other stages hidden: %s.", hidden))
        if moved:
            messages.append(self.env._("Opportunities moved: %s.", moved))
        if shared:
            messages.append(
                self.env._("All teams are offered %s, so that opportunities without a team begin there.", shared.name)
            )
        kind, message = "success" if count or hidden or shared else "info", joined_sentences(self.env, messages)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }

    def _describe_new(self, count):
        """Return how many stages were made, as a sentence."""
        team = self.team_id.name
        if not count:
            return self.env._("Nothing was created: %s already has all six stages.", team)
        if count == 1:
            return self.env._("1 stage was created for %s.", team)
        return self.env._("%(number)s stages were created for %(team)s.", number=count, team=team)

    # ------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------

    def _load(self):
        """Create the missing stages and their steps.

        :return: how many stages were created
        :rtype: int
        """
        existing = self._existing_stages()
        plans = [plan for plan, stage in zip(SIX_STAGES, existing, strict=True) if not stage]
        if not plans:
            return 0
        # Created in English, the source language. `_translate` adds the other languages.
        stages = (
            self.env["crm.stage"]
            .with_context(lang=None)
            .create([self._stage_values(plan) for plan in self._placed(existing)])
        )
        self._translate(stages, "name", [plan.name for plan in plans])
        self._make_steps(stages, plans)
        return len(stages)

    @api.model
    def _make_steps(self, stages, plans):
        """Create the steps of stages as their plans say."""
        plans_of_steps = [(stage, step) for stage, plan in zip(stages, plans, strict=True) for step in plan.steps]
        types = self._activity_types()
        steps = (
            self.env["crm.stage.step"]
            .with_context(lang=None)
            .create([self._step_values(stage, step, types) for stage, step in plans_of_steps])
        )
        for name in ("name", "guidance"):
            self._translate(steps, name, [getattr(step, name) for _stage, step in plans_of_steps])

    def _placed(self, existing):
        """Return the missing stages as [(plan, sequence)].

        :param existing: see :meth:`_existing_stages`
        """
        open_stages = self._team_stages().filtered(lambda stage: not stage.is_won)
        last = max(open_stages.mapped("sequence"), default=None)
        sequences = new_sequences([stage.sequence if stage else None for stage in existing], last)
        return [
            (plan, sequence) for plan, stage, sequence in zip(SIX_STAGES, existing, sequences, strict=True) if not stage
        ]

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
        """Return the activity types of the process by XML id, empty for types that were deleted or archived."""
        none = self.env["mail.activity.type"]
        names = {step.activity_type for plan in SIX_STAGES for step in plan.steps}
        found = {name: self.env.ref(name, raise_if_not_found=False) or none for name in sorted(names)}
        return {name: kind.filtered("active") for name, kind in found.items()}

    def _translate(self, records, name, texts):
        """Write translations of a field in all installed languages, by one statement.

        :param records: the records
        :param str name: name of a translated field
        :param texts: the lazy text of each record, or an empty value
        """
        codes = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        if not codes:
            return
        rows = [
            {"id": record.id, "texts": {code: self._in(code, text) for code in codes}}
            for record, text in zip(records, texts, strict=True)
            if text
        ]
        records.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                "UPDATE %s record SET %s = record.%s || new.texts "
                "FROM json_to_recordset(%s) new (id int, texts jsonb) WHERE record.id = new.id",
                SQL.identifier(records._table),
                SQL.identifier(name),
                SQL.identifier(name),
                json.dumps(rows),
            )
        )
        records.invalidate_recordset([name])
        # The cached context contains names of stages.
        self.env["crm.pipeline.reader"]._forget_context()

    def _in(self, code, text):
        """Return a text of the process in a language."""
        return self.with_context(lang=code).env._(text) if text else ""

    # ------------------------------------------------------------
    # EXISTING STAGES
    # ------------------------------------------------------------

    def _team_stages(self):
        """Return the stages that deals of the team can be in."""
        domain = Domain("team_ids", "=", False) | Domain("team_ids", "in", self.team_id.ids)
        return self.env["crm.stage"].search(domain)

    def _existing_stages(self):
        """Return the team's stage for each stage of the process, False for missing ones.

        Stages are matched by name in all installed languages.

        :rtype: list
        """
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

    def _hidden_stages(self):
        """Return the open stages of the team that are none of the six and that it shares with other teams.

        Opportunities without a team have only stages without teams: while there are any, the first of these stays. It
        also stays if the first of the six is in front of it: new opportunities of other teams would begin in that one
        once it is offered to them, see :meth:`_share_first_stage`. Stages of won opportunities stay in any case, since
        Odoo finds no other one for them.
        """
        existing = self._existing_stages()
        six = [stage.id for stage in existing if stage]
        team, stages = self.team_id._origin, self._team_stages().filtered(lambda stage: not stage.is_won)
        shared = stages._shared_with_unseen_teams()
        hidden = stages.filtered(lambda stage: stage.id not in six and (stage.team_ids != team or stage in shared))
        for_all = stages.filtered(lambda stage: not stage.team_ids)
        if for_all <= hidden and (self._has_deals_without_team() or self._is_in_front(existing, for_all[:1], team)):
            hidden -= for_all[:1]
        return hidden

    def _is_in_front(self, existing, shared, team):
        """Return whether there are other teams, and the first of the six is in front of a stage, as Odoo looks for one.

        :param existing: see :meth:`_existing_stages`
        """
        if not shared or not self.env["crm.process.loader.stage"]._other_teams(team):
            return False
        first = existing[0]
        if not first:
            # A new stage comes behind those of the same sequence.
            return self._placed(existing)[0][1] < shared.sequence
        return (first.sequence, first.id) < (shared.sequence, shared.id)

    def _has_deals_without_team(self):
        domain = OPEN_DEAL & Domain("team_id", "=", False)
        # sudo: only whether there are any, in whatever company.
        return bool(self.env["crm.lead"].sudo().search_count(domain, limit=1))

    def _hide_others(self):
        """Move the opportunities of the team as the user has chosen, and hide its other stages.

        :return: numbers of opportunities that were moved, and of stages that were hidden; the stage that all teams are
            offered from now on, empty for none
        :rtype: tuple
        """
        possible = self._hidden_stages()
        # What the browser sends is checked: only these stages are hidden.
        lines = self.line_ids.filtered(lambda line: line.stage_id in possible)
        moved = lines._move_deals(self._existing_stages())
        # sudo: only whether the stages have teams, also of other companies.
        took_shared = any(not stage.team_ids for stage in lines.stage_id.sudo())
        hidden = lines._hide()
        return moved, hidden, self._share_first_stage() if took_shared else self.env["crm.stage"]

    def _share_first_stage(self):
        """Make the first of the six stages one of all teams, if opportunities without a team had none to begin in.

        Odoo begins an opportunity without a team in the first stage without teams that is not folded, be it a won one.
        Other teams are offered the stage behind their own ones.

        :return: the stage, empty if nothing had to be changed
        """
        first = self._existing_stages()[0]
        if not first or self._first_stages_without_team():
            return self.env["crm.stage"]
        first.check_access("write")
        # sudo: teams of other companies do not keep the stage for themselves either; nothing of them is shown.
        first.sudo().team_ids = False
        return first

    @api.model
    def _first_stages_without_team(self):
        """Return the stages in which opportunities without a team can begin."""
        domain = Domain("team_ids", "=", False) & Domain("is_won", "=", False) & Domain("fold", "=", False)
        return self.env["crm.stage"].search(domain)

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _will_share_first_stage(self):
        """Return whether all teams are offered the first of the six stages once the others are hidden."""
        if not self.hides_others:
            return False
        hidden = self._hidden_stages()
        # sudo: as in :meth:`_hide_others`.
        took_shared = any(not stage.team_ids for stage in hidden.sudo())
        return took_shared and not self._first_stages_without_team() - hidden

    def _preview_stages(self):
        """Return the values of the stages for the template of the preview."""
        shares_first = self._will_share_first_stage()
        types = self._activity_types()
        return [
            {
                "name": stage.name if stage else self.env._(plan.name),
                "is_new": not stage,
                "is_shared": shares_first and plan is SIX_STAGES[0],
                "facts": self._describe_stage(plan),
                "steps": [
                    {
                        "name": self.env._(step.name),
                        "kind": types[step.activity_type].name or "",
                        "is_required": step.is_required,
                    }
                    for step in plan.steps
                ],
            }
            for plan, stage in zip(SIX_STAGES, self._existing_stages(), strict=True)
        ]

    def _describe_stage(self, plan):
        """Return how a new stage is set, as a text."""
        facts = []
        if plan.is_won:
            facts.append(self.env._("Opportunities are won here."))
        if plan.days_to_rot:
            facts.append(self.env._("%s days to rot.", plan.days_to_rot))
        if plan.leaving_rule != NO_RULE:
            rules = dict(self.env["crm.stage"]._fields["leaving_rule"]._description_selection(self.env))
            label = self.env._("If required sales actions are missing")
            facts.append(labelled(self.env, label, rules[plan.leaving_rule]))
        return joined_sentences(self.env, facts)
