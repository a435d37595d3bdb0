import json
from collections import defaultdict
from datetime import timedelta
from random import Random

from odoo import api, models
from odoo.tools import SQL, LazyTranslate, format_date

from ...ledger import LOST, WON, outcomes
from ..playbook.six_stage_process import SIX_STAGES
from ..setup.language import in_language_of_database
from .feedback import FEEDBACK, NEXT_ACTIVITIES, REACTIONS
from .summary import EARLY_STAGES

_lt = LazyTranslate(__name__)

#: Visits that are open for more days may be silent, see `_fate_of`.
SILENT_AFTER = 25
#: The stages of the demonstration, in the order of the six-stage process: parts of their XML ids.
STAGES = ("contact", "evaluation", "needs", "bidding", "negotiation", "signed")
#: Weights of the reactions of :data:`REACTIONS`, by the fate of the deal in the visit, see `_fate_of`.
REACTION_WEIGHTS = {
    "won": (7, 3, 1),
    "went on": (5, 4, 1),
    "open": (4, 4, 2),
    "silent": (1, 4, 5),
    "lost later": (3, 5, 2),
    "lost here": (1, 3, 7),
}
#: Share of the sales actions of a stage that are taken, by the fate of the deal; on average about 75%.
#: Offers that nobody presented are mostly lost, see :data:`PRESENTED_SHARES`.
TAKEN_SHARES = {"won": 0.92, "went on": 0.88, "open": 0.5, "silent": 0.45, "lost later": 0.75, "lost here": 0.68}
#: The same for the sales action *Present the offer*.
PRESENTED_SHARES = {**TAKEN_SHARES, "won": 0.97, "went on": 0.95, "lost later": 0.95, "lost here": 0.3}
#: Kinds of activities that no sales action asks for.
FURTHER_KINDS = ("call", "meeting", "todo")
#: Stage and place of that sales action.
PRESENTATION = ("bidding", 1)
#: Share of open deals with a planned activity, by the fate of the deal, and in how many days it is due.
PLANNED_SHARES = {"open": 0.8, "silent": 0.2}
PLANNED_DAYS = {"open": (-6, -2, 0, 1, 2, 3, 4, 7, 9, 12), "silent": (-9, -6, -3)}
#: What five workplaces cost, more or less.
AMOUNT_OF_FIVE_PLACES = 3500
#: Reasons of managers for approving a move with open required actions.
PASS_REASONS = (
    _lt("Frame contract: the price list was agreed on in January, there is nothing to present."),
    _lt("The managing director called me herself and wants to sign."),
)


class CrmProgressDemo(models.AbstractModel):
    """Progress of a demonstration database: sales actions, customer feedback, budgets, approvals, next activities."""

    _name = "crm.progress.demo"
    _description = "Progress Demonstration"

    @api.model
    def _load(self):
        """Create the messages of done activities, record them as progress, and plan next activities.

        The sales actions are dated back to before the first visit, since reports compare deals with and without an
        action only from its creation on.
        """
        in_language_of_database(self)._make_progress()

    def _make_progress(self):
        random = Random(7)
        now = self.env.cr.now()
        teams = self.env.ref("sales_process_control.crm_team_direct") + self.env.ref(
            "sales_process_control.crm_team_partner"
        )
        domain = [
            ("team_id", "in", teams.ids),
            ("lead_id", "!=", False),
            ("outcome", "not in", outcomes.NO_STAY),
        ]
        visits = self.env["crm.stage.visit"].search(domain, order="id", limit=5000)
        self._load_playbook(min(visits.mapped("entered_at")))
        fates = {visit: self._fate_of(visit, random) for visit in visits}
        self._forget_one_of_everybody(fates)
        speaker = CustomerWords(self.env, random)
        activities = [
            activity for visit, fate in fates.items() for activity in self._activities_of(visit, fate, now, speaker)
        ]
        subtype = self.env.ref("mail.mt_activities")
        # Created directly, so that there are no mails, followers and notifications.
        messages = self.env["mail.message"].create(
            [{"subtype_id": subtype.id, **self._message_of(**activity)} for activity in activities]
        )
        self._record(messages, activities)
        self._set_budgets(visits.lead_id, random)
        self._create_stage_passes(visits)
        self._plan({visit.lead_id: fate for visit, fate in fates.items() if fate in PLANNED_SHARES}, now, random)

    def _load_playbook(self, since):
        """Create the sales actions of the six-stage process and set the rules of the stage gates.

        :param datetime since: creation time of the sales actions
        """
        stages = self._translated_stages()
        self.env["crm.process.loader"]._make_steps(stages, SIX_STAGES)
        for stage, plan in zip(stages, SIX_STAGES, strict=True):
            stage.leaving_rule = "stop" if plan.leaving_rule == "warning" else plan.leaving_rule
        stages[2].leaving_rule = "warning"
        self.env["crm.stage.step"].flush_model()
        self.env.cr.execute(
            SQL("UPDATE crm_stage_step SET create_date = %s WHERE stage_id = ANY(%s)", since, stages.ids)
        )
        self.env["crm.stage.step"].invalidate_model(["create_date"])

    def _translated_stages(self):
        """Return the six stages, named in all installed languages as *Load the Six-Stage Process* names them."""
        stages = self._stages()
        self.env["crm.process.loader"]._translate(stages, "name", [plan.name for plan in SIX_STAGES])
        return stages

    def _stages(self):
        return self.env["crm.stage"].concat(
            *(self.env.ref(f"sales_process_control.crm_stage_{name}") for name in STAGES)
        )

    def _activities_of(self, visit, fate, now, speaker):
        """Yield the done activities of a visit: sales actions in their order, and further ones in long visits.

        :param str fate: see :meth:`_fate_of`
        :param CustomerWords speaker: what customers say
        :return: arguments of :meth:`_message_of`
        """
        random = speaker.random
        end = visit.left_at or now
        if fate == "silent":
            end = visit.entered_at + timedelta(days=12)
        days = (end - visit.entered_at) / timedelta(days=1)
        stage = speaker.key_of(visit.stage_id)
        steps = [
            step
            for place, step in enumerate(visit.stage_id.step_ids.sorted())
            if (not step.team_id or step.team_id == visit.team_id)
            and random.random() < (PRESENTED_SHARES if (stage, place) == PRESENTATION else TAKEN_SHARES)[fate]
        ]
        further_count = min(int(days / 12), 2) if not steps else min(int(days / 25), 1)
        done = [(step.activity_type_id, step) for step in steps]
        kinds = [random.choice(FURTHER_KINDS) for _further in range(further_count)]
        done += [(self.env.ref(f"mail.mail_activity_data_{kind}"), self.env["crm.stage.step"]) for kind in kinds]
        moments = sorted(random.uniform(0.1, 0.95) for _one in done)
        for (activity_type, step), moment in zip(done, moments, strict=True):
            reaction = random.choices(REACTIONS, REACTION_WEIGHTS[fate])[0]
            at = (visit.entered_at + timedelta(days=days * moment)).replace(microsecond=0)
            yield {
                "visit": visit,
                "step": step,
                "activity_type": activity_type,
                "reaction": reaction,
                "feedback": speaker.say(visit, reaction, at),
                "at": at,
            }

    def _fate_of(self, visit, random):
        """Return what becomes of the deal of a visit: a key of :data:`TAKEN_SHARES`."""
        if visit.outcome == outcomes.OPEN:
            # Four in five of the long open visits have no activities since their twelfth day: these deals are stalled.
            return "silent" if visit.days > SILENT_AFTER and random.random() < 0.8 else "open"
        if visit.outcome == outcomes.LOST:
            return "lost here"
        status = visit.lead_id.won_status
        return {WON: "won", LOST: "lost later"}.get(status, "went on")

    def _forget_one_of_everybody(self, fates):
        """Let the deal of each salesperson that is longest in an early stage be silent.

        :param dict fates: {visit: fate}, is changed
        """
        early, longest = self._stages()[: len(EARLY_STAGES)], {}
        for visit in sorted(fates, key=lambda visit: visit.days):
            if visit.outcome == outcomes.OPEN and visit.stage_id in early:
                longest[visit.user_id] = visit
        fates.update(dict.fromkeys(longest.values(), "silent"))

    def _message_of(self, visit, step, activity_type, feedback, at, **_other):
        """Return the values of the message that Odoo posts about a done activity, but for its subtype."""
        user = visit.lead_id.user_id
        activity = self.env["mail.activity"].new(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": visit.lead_id.id,
                "activity_type_id": activity_type.id,
                "summary": step.name,
                "user_id": user.id,
            }
        )
        return {
            "model": "crm.lead",
            "res_id": visit.lead_id.id,
            "message_type": "notification",
            "mail_activity_type_id": activity_type.id,
            "author_id": user.partner_id.id,
            # Odoo would look for the addresses of each message.
            "email_from": user.email_formatted,
            "reply_to": user.email_formatted,
            "date": at,
            "body": self.env["ir.qweb"]._render(
                "mail.message_activity_done",
                {"activity": activity, "feedback": feedback, "display_assignee": False},
                minimal_qcontext=True,
            ),
        }

    def _record(self, messages, activities):
        """Record the messages as progress, and add the sales action and the reaction to each row.

        :param messages: one message for each activity, in the same order
        """
        recorder, past = self.env["crm.progress.recorder"], self.env["crm.progress.past"]
        self.env.flush_all()
        # Progress belongs to the user who has marked the activity as done: the creator of the message.
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message message SET create_uid = users.id FROM res_users users "
                "WHERE users.partner_id = message.author_id AND message.id = ANY(%s)",
                messages.ids,
            )
        )
        messages.invalidate_recordset(["create_uid"])
        recorder._record(SQL("%s AND posted.id = ANY(%s)", past._activities_source(), messages.ids))
        rows = [
            {
                "message_id": message.id,
                "step_id": activity["step"].id or None,
                "step_name": activity["step"].name or None,
                "reaction": activity["reaction"],
            }
            for message, activity in zip(messages, activities, strict=True)
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead_progress progress
                SET step_id = said.step_id, step_name = said.step_name, reaction = said.reaction
                FROM json_to_recordset(%s) AS said (message_id int, step_id int, step_name varchar, reaction varchar)
                WHERE progress.message_id = said.message_id
                """,
                json.dumps(rows),
            )
        )
        self.env["crm.lead.progress"].invalidate_model(flush=False)

    def _set_budgets(self, deals, random):
        """Set the customer's budget on six deals in ten, on most of them near the expected revenue or above it."""
        budgets = defaultdict(self.env["crm.lead"].browse)
        for deal in deals:
            if random.random() < 0.6:
                share = random.choice((0.85, 1, 1, 1.05, 1.1, 1.2))
                budgets[round(deal.expected_revenue * share / 500) * 500] |= deal
        for budget, deals_of_it in budgets.items():
            deals_of_it.with_context(mail_notrack=True).customer_budget = budget

    def _create_stage_passes(self, visits):
        """Create a manager's approval for each deal that left Bidding with open required actions."""
        bidding = self.env.ref("sales_process_control.crm_stage_bidding")
        required = bidding.step_ids.filtered("is_required")
        taken = {
            (lead.id, step.id)
            for lead, step in self.env["crm.lead.progress"]._read_group(
                [("step_id", "in", required.ids)], ["lead_id", "step_id"]
            )
        }
        left = visits.filtered(lambda visit: visit.stage_id == bidding and visit.outcome in outcomes.WENT_ON)
        missing = {
            visit: [step.name for step in required if (visit.lead_id.id, step.id) not in taken] for visit in left
        }
        blocked = [(visit, names) for visit, names in missing.items() if names]
        self.env["crm.stage.pass"].create(
            [
                {
                    "lead_id": visit.lead_id.id,
                    "stage_id": bidding.id,
                    "next_stage_id": visit.next_stage_id.id,
                    "user_id": self.env.ref("base.user_admin").id,
                    "date": visit.left_at,
                    "reason": self.env._(PASS_REASONS[index % len(PASS_REASONS)]),
                    "step_names": "\n".join(names),
                }
                for index, (visit, names) in enumerate(blocked)
            ]
        )

    def _plan(self, fates, now, random):
        """Plan the next activity of most deals that are not silent, some of them overdue.

        :param dict fates: {open deal: key of :data:`PLANNED_SHARES`}
        """
        values = []
        for deal, fate in fates.items():
            if random.random() > PLANNED_SHARES[fate]:
                continue
            summary, activity_type = random.choice(NEXT_ACTIVITIES[stage_key(deal.stage_id)])
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                    "activity_type_id": self.env.ref(activity_type).id,
                    "summary": self.env._(summary),
                    "user_id": deal.user_id.id,
                    "date_deadline": (now + timedelta(days=random.choice(PLANNED_DAYS[fate]))).date(),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)


def stage_key(stage):
    """Return the part of the XML id of a stage of the demonstration that is its own, for example "bidding"."""
    return stage.get_external_id()[stage.id].removeprefix("sales_process_control.crm_stage_")


class CustomerWords:
    """What customers say: texts of :data:`FEEDBACK` with details of the deal, none twice on one deal if possible.

    :param env: environment in the language of the database
    :param Random random: generator of the whole demonstration
    """

    def __init__(self, env, random):
        self.env, self.random = env, random
        self._said = defaultdict(set)
        self._keys = {}

    def key_of(self, stage):
        """Return the key of a stage in :data:`FEEDBACK`."""
        if stage not in self._keys:
            self._keys[stage] = stage_key(stage)
        return self._keys[stage]

    def say(self, visit, reaction, at):
        """Return what the customer said on a visit.

        :param str reaction: one of :data:`REACTIONS`
        :param datetime at: when it was said
        """
        key, said = self.key_of(visit.stage_id), self._said[visit.lead_id]
        places = range(len(FEEDBACK[key][reaction]))
        place = self.random.choice([place for place in places if (key, reaction, place) not in said] or places)
        said.add((key, reaction, place))
        month = at + timedelta(days=self.random.randrange(40, 120))
        text = self.env._(FEEDBACK[key][reaction][place])
        return text % {
            "month": format_date(self.env, month, date_format="MMMM"),
            "offers": self.random.randrange(2, 6),
            "person": visit.lead_id.partner_id.child_ids[:1].name or "",
            "places": max(round(visit.lead_id.expected_revenue / AMOUNT_OF_FIVE_PLACES), 1) * 5,
            "weeks": self.random.randrange(2, 9),
        }
