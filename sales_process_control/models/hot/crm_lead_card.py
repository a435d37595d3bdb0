import json

from odoo import api, fields, models

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON
from ..pace.crm_lead import LATE
from ..pace.pace_messages import reason_message

#: Names of the fields that PostgreSQL has or computes: for all internal users, and for those who sell.
FACTS = ("stage_days", "pace", "is_over_budget")
SELLERS_FACTS = ("open_step_count",)
#: Names of the fields of the hot flag.
HOT_FACTS = ("hot_note", "hot_due_date")
NEXT_ACTION = "next_action_date"


class CrmLead(models.Model):
    """What the cards of the pipeline show of a deal, in one field, as JSON.

    Odoo checks the groups of each field on each card, and each computed field takes its own time. For a board of 300
    cards six fields take three times as long as this one, and a field of the type Json, which Odoo copies at each step,
    twice as long.
    """

    _inherit = "crm.lead"

    card_facts = fields.Char(
        "Facts of the Card",
        compute="_compute_card_facts",
        # The groups of this field are checked; those of the fields it rests on need not be checked again on each card.
        compute_sudo=True,
        groups=GROUP_INTERNAL,
        exportable=False,
        help="What the cards of the pipeline show: days in the stage, pace with its reason, over budget, number of "
        "missing required sales actions, hot flag, and day of the next action.",
    )

    @api.depends(*FACTS, *SELLERS_FACTS, "is_hot", *HOT_FACTS, "pace_reason", "activity_date_deadline")
    @api.depends_context("uid", "allowed_company_ids", "tz", "lang")
    def _compute_card_facts(self):
        known = self._origin._read_card_facts()
        for lead in self:
            facts = known.get(lead._origin.id)
            lead.card_facts = json.dumps(facts, ensure_ascii=False) if facts else False

    def _read_card_facts(self):
        """Return what cards show of these deals, by one statement, another one for activities, and one for late deals.

        Who does not sell gets neither open steps nor facts of hot flags, as the groups of their fields say, nor the day
        of the next action (``next_action_date``).

        :return: facts by the names of their fields, by the id of the deal; days as text (YYYY-MM-DD)
        :rtype: dict
        """
        sells = self.env.user.has_group(GROUP_SALESPERSON)
        facts = self._read_facts((*FACTS, *SELLERS_FACTS) if sells else FACTS, with_flags=sells)
        late = [lead_id for lead_id, values in facts.items() if values["pace"] in LATE]
        for lead_id, state in self.browse(late)._read_pace_states().items():
            stage = self.browse(lead_id).stage_id
            facts[lead_id]["pace_reason"] = reason_message(self.env, state, stage.name)
        for lead_id, (_summary, day) in self._next_actions().items() if sells else ():
            facts[lead_id][NEXT_ACTION] = fields.Date.to_string(day)
        return facts

    def _read_facts(self, names, with_flags):
        """Return facts of these deals and whether they are hot (``is_hot``), by one statement.

        :param names: names of fields that PostgreSQL has or computes
        :param bool with_flags: whether note and day of hot flags are among them
        :return: facts by the names of their fields, by the id of the deal; days as text (YYYY-MM-DD)
        :rtype: dict
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        read = (*names, "is_hot", "hot_due_date") if with_flags else (*names, "is_hot")
        columns = (self._field_to_sql(query.table, name, query) for name in ("id", *read))
        facts = {
            lead_id: dict(zip(read, values, strict=True))
            for lead_id, *values in self.env.execute_query(query.select(*columns))
        }
        for lead_id, values in facts.items() if with_flags else ():
            due_date = values.pop("hot_due_date")
            if values["is_hot"]:
                values["hot_note"] = self.browse(lead_id).with_prefetch(self._prefetch_ids).hot_note
                values["hot_due_date"] = fields.Date.to_string(due_date)
        return facts
