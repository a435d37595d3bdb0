from odoo import models
from odoo.fields import Domain

from ...history import LOST, name_key, sequences_of
from .history_plan import stage_names


class CrmHistoryPreparer(models.AbstractModel):
    """Makes what deals need before they can be imported: stages and lost reasons."""

    _name = "crm.history.preparer"
    _description = "History Preparer"

    def _make_stages(self, plan, todo, history):
        """Make the missing stages that the deals come to, and put all stages into the planned order.

        :return: number of the stage by key
        """
        names, _won = stage_names(event for events in todo.values() for event in events)
        plans = [stage for stage in plan.stages if stage.key in names]
        found = {stage.key: stage.stage_id for stage in plans if stage.stage_id}
        missing = {stage.place: stage for stage in plans if not stage.stage_id}
        stages = self.env["crm.stage"].search(Domain.TRUE, order="sequence, id")
        known = {stage.id: (stage.sequence, stage.id) for stage in stages}
        order = [place for place in plan.order if place in known or place in missing]
        if not missing and not plan.options.stages:
            return found
        sequences = sequences_of(order, known)
        for stage in stages.filtered(lambda stage: stage.id in sequences):
            stage.sequence = sequences[stage.id]
        places = [place for place in order if place in missing]
        made = self.env["crm.stage"].create(
            [
                {"name": missing[place].name, "sequence": sequences[place], "is_won": missing[place].is_won}
                for place in places
            ]
        )
        history._note_made(made)
        return {**found, **{missing[place].key: stage.id for place, stage in zip(places, made, strict=True)}}

    def _make_lost_reasons(self, todo, history):
        """The lost reason for each text, those that are missing made.

        :return: number of the reason by key
        """
        events = (event for events in todo.values() for event in events)
        wanted = {}
        for event in events:
            if event.kind == LOST and event.stage:
                wanted.setdefault(name_key(event.stage), event.stage)
        found = {}
        reasons = self.env["crm.lost.reason"].with_context(active_test=False).search(Domain.TRUE)
        for language in dict.fromkeys((self.env.lang or "en_US", "en_US")):
            for reason in reasons.with_context(lang=language):
                found.setdefault(name_key(reason.name or ""), reason.id)
        missing = {key: name for key, name in wanted.items() if key not in found}
        made = self.env["crm.lost.reason"].create([{"name": name} for name in missing.values()])
        history._note_made(made)
        return found | dict(zip(missing, made.ids, strict=True))
