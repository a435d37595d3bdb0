from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """What was done for a deal, stage by stage, as its *Process* page shows it."""

    _inherit = "crm.lead"

    @api.readonly
    def get_process(self):
        """The process of one deal, of what the reader may see, in a constant number of statements.

        Instants are UTC, days calendar days. Texts that may be long come cut, with ``is_cut`` beside them.

        :return: a dictionary:

            - ``status``: open, won, lost or archived; ``can_record``: whether the reader may record progress
            - ``stage``: ``name``, ``days``, ``limit`` (in days, 0 where there is none), ``pace``, ``pace_reason``
            - ``steps`` of that stage, each with ``is_required``, ``guidance``, ``activity_type``, ``count`` (how often
              it was taken) and ``done``: the last time (``date``, ``user_name``, ``reaction``), or false
            - ``next_action``: the planned activity that is due first, and how many there are (``count``), or false
            - ``current``: the stay that lasts, or false; ``stays``: those before, the newest first, and skips between
              them; of each the newest entries, and how many there are (``count``)
            - ``more_stays``: how many earlier ones there are; ``outside``: what was done in none of the stays
        :raises AccessError: for a deal that the reader may not read
        :raises MissingError: for one that was deleted meanwhile
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["crm.process.reader"]._read(self)

    @api.readonly
    def action_open_process(self, kind, number=False):
        """Open the records behind a number of the *Process* page.

        :param str kind: what was done in a stay (``number``; false for what was done in none) and is ``more`` than the
            page shows, the ``stay`` itself, the earlier ``stays`` that the page leaves out, what has taken a ``step``,
            or planned ``activities``
        :param number: of the stay or the step
        :raises UserError: for anything else
        """
        self.ensure_one()
        self.check_access("read")
        if not isinstance(number, int):
            raise UserError(self.env._("The process of an opportunity has nothing of that number."))
        reader = self.env["crm.process.reader"]
        if kind == "more":
            return self._action_on("crm.lead.progress", self.env._("What Was Done"), reader._more_domain(self, number))
        if kind == "step":
            domain = Domain("lead_id", "=", self.id) & Domain("step_id", "=", number)
            return self._action_on("crm.lead.progress", self.env._("What Was Done"), domain)
        if kind == "stay":
            return self._action_on(
                "crm.stage.visit", self.env._("Stay"), reader._stays_domain(self) & Domain("id", "=", number)
            )
        if kind == "stays":
            return self._action_on("crm.stage.visit", self.env._("Earlier Stays"), reader._earlier_domain(self))
        if kind == "activities":
            domain = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
            return self._action_on("mail.activity", self.env._("Next Actions"), domain)
        raise UserError(self.env._("The process of an opportunity has nothing of that name."))

    def _action_on(self, model, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(what)s: %(name)s", what=name, name=self.name),
            "res_model": model,
            "views": [(False, "list")] if model == "crm.stage.visit" else [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"hide_lead": True},
        }
