import json
from datetime import timedelta
from random import Random

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ...ledger import LOST, WON, outcomes
from ..playbook.six_stage_process import SIX_STAGES
from .language import in_language_of_database

_lt = LazyTranslate(__name__)

#: Visits that are open for more days may be silent, see `_fate_of`.
SILENT_AFTER = 25
#: The stages of the demonstration, in the order of the six-stage process: parts of their XML ids.
STAGES = ("contact", "evaluation", "needs", "bidding", "negotiation", "signed")
REACTIONS = ("positive", "neutral", "negative")
#: What customers said: {activity type: {reaction: texts}}.
FEEDBACK = {
    "mail.mail_activity_data_call": {
        "positive": (
            _lt("Budget is approved, the board only has to be told."),
            _lt("Likes the proposal, asks how soon we can deliver."),
            _lt("Their old supplier lets them down; wants us to be quick."),
        ),
        "neutral": (
            _lt("Compares us with two others. Price is not what decides, the date of delivery is."),
            _lt("Asks for a smaller first step."),
            _lt("Their purchasing department wants the terms of payment changed."),
        ),
        "negative": (
            _lt("Was friendly, but could not say when they decide."),
            _lt("Finds us too expensive, has a lower offer on the desk."),
            _lt("The project may be put off to next year."),
        ),
    },
    "mail.mail_activity_data_meeting": {
        "positive": (
            _lt("Showed the rooms. The facility manager is convinced, finance is with us, too."),
            _lt("Met the managing director: decides herself, and wants it before summer."),
            _lt("Agreed on the scope. They send the list of rooms."),
        ),
        "neutral": (
            _lt("Went through the drawing together; they want two variants."),
            _lt("Facility manager is convinced, finance is not yet."),
            _lt("Want to see one more reference before they go on."),
        ),
        "negative": (
            _lt("The one who decides did not come."),
            _lt("They like what they have; nobody feels a need."),
            _lt("Half of what they ask for we do not make."),
        ),
    },
    "mail.mail_activity_data_todo": {
        "positive": (_lt("Sent samples, they arrived well and are liked."), _lt("Got the floor plan the same day.")),
        "neutral": (
            _lt("Offer is with their lawyer."),
            _lt("Got the floor plan."),
            _lt("Requirements are written down and sent."),
        ),
        "negative": (_lt("No answer to the offer so far."), _lt("The samples came back without a word.")),
    },
}
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
PRESENTATION = 1  # its place among the sales actions of Bidding
#: Next activities: (summary, activity type).
NEXT_ACTIVITIES = (
    (_lt("Ask for the decision"), "mail.mail_activity_data_call"),
    (_lt("Walk through the offer"), "mail.mail_activity_data_meeting"),
    (_lt("Send the changed offer"), "mail.mail_activity_data_todo"),
    (_lt("Follow up on the samples"), "mail.mail_activity_data_call"),
)
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
        activities = [activity for visit in visits for activity in self._activities_of(visit, now, random)]
        # Created directly, so that there are no mails, followers and notifications.
        messages = self.env["mail.message"].create([self._message_of(**activity) for activity in activities])
        self._record(messages, activities)
        self._set_budgets(visits.lead_id, random)
        self._create_stage_passes(visits)
        self._plan(visits.filtered(lambda visit: visit.outcome == outcomes.OPEN).lead_id, now, random)

    def _load_playbook(self, since):
        """Create the sales actions of the six-stage process and set the rules of the stage gates.

        :param datetime since: creation time of the sales actions
        """
        stages = self.env["crm.stage"].concat(
            *(self.env.ref(f"sales_process_control.crm_stage_{name}") for name in STAGES)
        )
        self.env["crm.process.loader"]._make_steps(stages, SIX_STAGES)
        for stage, plan in zip(stages, SIX_STAGES, strict=True):
            stage.leaving_rule = "stop" if plan.leaving_rule == "warning" else plan.leaving_rule
        stages[2].leaving_rule = "warning"
        self.env["crm.stage.step"].flush_model()
        self.env.cr.execute(
            SQL("UPDATE crm_stage_step SET create_date = %s WHERE stage_id = ANY(%s)", since, stages.ids)
        )
        self.env["crm.stage.step"].invalidate_model(["create_date"])

    def _activities_of(self, visit, now, random):
        """Yield the done activities of a visit: sales actions in their order, and further ones in long visits.

        :return: arguments of :meth:`_message_of`
        """
        fate = self._fate_of(visit, random)
        end = visit.left_at or now
        if fate == "silent":
            end = visit.entered_at + timedelta(days=12)
        days = (end - visit.entered_at) / timedelta(days=1)
        presentation = self.env.ref("sales_process_control.crm_stage_bidding").step_ids.sorted()[PRESENTATION]
        steps = [
            step
            for step in visit.stage_id.step_ids.sorted()
            if (not step.team_id or step.team_id == visit.team_id)
            and random.random() < (PRESENTED_SHARES if step == presentation else TAKEN_SHARES)[fate]
        ]
        further_count = min(int(days / 12), 2) if not steps else min(int(days / 25), 1)
        done = [(step.activity_type_id, step) for step in steps]
        done += [(self.env.ref(random.choice(list(FEEDBACK))), self.env["crm.stage.step"])] * further_count
        moments = sorted(random.uniform(0.1, 0.95) for _one in done)
        for (activity_type, step), moment in zip(done, moments, strict=True):
            xmlid = activity_type.get_external_id()[activity_type.id]
            texts = FEEDBACK.get(xmlid, FEEDBACK["mail.mail_activity_data_todo"])
            reaction = random.choices(REACTIONS, REACTION_WEIGHTS[fate])[0]
            yield {
                "visit": visit,
                "step": step,
                "activity_type": activity_type,
                "reaction": reaction,
                "feedback": self.env._(random.choice(texts[reaction])),
                "at": (visit.entered_at + timedelta(days=days * moment)).replace(microsecond=0),
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

    def _message_of(self, visit, step, activity_type, feedback, at, **_other):
        """Return the values of the message that Odoo posts about a done activity."""
        activity = self.env["mail.activity"].new(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": visit.lead_id.id,
                "activity_type_id": activity_type.id,
                "summary": step.name,
                "user_id": visit.lead_id.user_id.id,
            }
        )
        return {
            "model": "crm.lead",
            "res_id": visit.lead_id.id,
            "message_type": "notification",
            "subtype_id": self.env.ref("mail.mt_activities").id,
            "mail_activity_type_id": activity_type.id,
            "author_id": visit.lead_id.user_id.partner_id.id,
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
        for deal in deals:
            if random.random() < 0.6:
                share = random.choice((0.85, 0.95, 1, 1.05, 1.1, 1.2))
                deal.with_context(mail_notrack=True).customer_budget = round(deal.expected_revenue * share / 500) * 500

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

    def _plan(self, deals, now, random):
        """Plan the next activity of half of the deals, some of them overdue."""
        values = []
        for deal in deals:
            if random.random() > 0.5:
                continue
            summary, activity_type = random.choice(NEXT_ACTIVITIES)
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                    "activity_type_id": self.env.ref(activity_type).id,
                    "summary": self.env._(summary),
                    "user_id": deal.user_id.id,
                    "date_deadline": (now + timedelta(days=random.choice((-6, -2, 0, 1, 2, 4, 7, 12)))).date(),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
