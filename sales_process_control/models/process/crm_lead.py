from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON
from .age_outcome import AgeOutcomeReader
from .process_reader import ProcessReader


class CrmLead(models.Model):
    """Adds the calls of the *Process* page, and what became of other deals of the same age."""

    _inherit = "crm.lead"

    age_outcome = fields.Char(
        "Outcome of Comparable Deals",
        compute="_compute_age_outcome",
        groups=GROUP_SALESPERSON,
        help="The outcome of the other opportunities that came into this stage for the first time in the last 12 "
        "months and stayed there as long or longer. Empty for closed opportunities.",
    )

    chance_evidence = fields.Char(
        "Evidence",
        compute="_compute_chance_evidence",
        groups=GROUP_SALESPERSON,
        help="What the chance to sign is based on: the outcome of other opportunities that stayed in this stage as "
        "long. Empty for closed opportunities.",
    )

    is_chance_known = fields.Boolean(
        compute="_compute_are_chances_known",
        groups=GROUP_SALESPERSON,
        help="The chance to sign is known. A known chance may be 0.",
    )
    is_chance_by_closing_known = fields.Boolean(
        compute="_compute_are_chances_known",
        groups=GROUP_SALESPERSON,
        help="The chance by closing is known. A known chance may be 0.",
    )

    @api.depends("chance", "chance_by_closing")
    def _compute_are_chances_known(self):
        for lead in self:
            lead.is_chance_known = lead.chance is not None
            lead.is_chance_by_closing_known = lead.chance_by_closing is not None

    @api.depends("stage_id", "stage_entered_at", "type", "active", "won_status")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_age_outcome(self):
        sentences = AgeOutcomeReader(self._origin).describe()
        for lead in self:
            lead.age_outcome = sentences.get(lead._origin.id, False)

    @api.depends("chance", "age_outcome")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_chance_evidence(self):
        for lead in self:
            lead.chance_evidence = lead.age_outcome
            if lead._origin.id and lead._is_open_deal() and lead.chance is None:
                lead.chance_evidence = self.env._("Not known yet: too few opportunities were won or lost.")

    def _is_open_deal(self):
        return self.type == "opportunity" and self.active and self.won_status == "pending"

    @api.readonly
    def get_process(self):
        """Return the process of one deal under the record rules of the user, in a constant number of queries.

        Instants are UTC texts, lengths are calendar days. Texts that may be long are cut, with ``is_cut`` beside them.

        :return: a dictionary:

            - ``status``: open, won, lost or archived; ``can_record``: whether the user may record progress
            - ``stage``: ``name``, ``days``, ``limit`` (in days, 0 for none), ``pace``, ``pace_reason``,
              ``age_outcome``
            - ``steps``: the sales actions of that stage, each with ``is_required``, ``guidance``, ``activity_type``,
              ``count`` (how often it was taken) and ``done``: the last time (``date``, ``user_name``, ``reaction``), or
              False
            - ``next_action``: the planned activity that is due first, with the number of all (``count``), or False
            - ``current``: the open visit, or False; ``stays``: the earlier visits, the newest first, with the skips
              between them. Each visit has its newest ``entries`` and the number of all (``count``)
            - ``more_stays``: the number of still earlier visits
            - ``outside``: entries and passes that belong to no visit
        :raises AccessError: if the user may not read the deal
        :raises MissingError: if the deal was deleted meanwhile
        """
        return self._process_reader().describe()

    @api.readonly
    def action_open_process(self, kind, number=False):
        """Open the records behind a number of the *Process* page.

        :param str kind: ``more``: the entries of a visit (`number`; False for those of no visit) that the page leaves
            out; ``stay``: a visit; ``stays``: the earlier visits that the page leaves out; ``step``: the progress that
            took a sales action; ``activities``: the planned activities
        :param number: id of the visit or of the sales action
        :return: an action
        :raises UserError: for another kind, or an id that is no number
        :raises AccessError: if the user may not read the deal
        """
        reader = self._process_reader()
        if not isinstance(number, int):
            raise UserError(self.env._("The process page has nothing with this ID."))
        if kind == "more":
            return self._action_on("crm.lead.progress", self.env._("What Was Done"), reader.more_domain(number))
        if kind == "step":
            domain = Domain("lead_id", "=", self.id) & Domain("step_id", "=", number)
            return self._action_on("crm.lead.progress", self.env._("What Was Done"), domain)
        if kind == "stay":
            domain = reader.visits_domain() & Domain("id", "=", number)
            return self._action_on("crm.stage.visit", self.env._("Visit"), domain)
        if kind == "stays":
            return self._action_on("crm.stage.visit", self.env._("Earlier Visits"), reader.earlier_domain())
        if kind == "activities":
            domain = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
            domain &= Domain("is_next_action", "=", True)
            return self._action_on("mail.activity", self.env._("Next Actions"), domain)
        raise UserError(self.env._("The process page has no such part."))

    def _process_reader(self):
        self.ensure_one()
        self.check_access("read")
        # Portal users may read the deals that they resell, but not the process.
        self.env["crm.stage.visit"].check_access("read")
        return ProcessReader(self)

    def _action_on(self, model, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(what)s: %(name)s", what=name, name=self.name),
            "res_model": model,
            "views": [(False, "list")] if model == "crm.stage.visit" else [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"hide_lead": True},
        }
