import json
from datetime import timedelta
from random import Random

from odoo import api, models
from odoo.tools import SQL

from ..playbook.six_stage_process import SIX_STAGES
from .progress_demo_words import DILIGENCE, MOODS, NEXT_STEPS, PASS_REASONS, WORDS

#: A deal in which nothing was heard for so many days has gone silent.
SILENT_AFTER = 25
#: The stages of the demonstration, in the order of the six-stage process.
STAGES = ("contact", "evaluation", "needs", "bidding", "negotiation", "signed")
REACTIONS = ("positive", "neutral", "negative")


class CrmProgressDemo(models.AbstractModel):
    """What was done on the deals of a demonstration database, in the customers' words, and what comes next."""

    _name = "crm.progress.demo"
    _description = "Progress Demonstration"

    @api.model
    def _load(self):
        """Write done activities into the chatter and record them as the progress of the past, and plan some next ones.

        Seen from today the playbook is a year old: what was done then took its steps.
        """
        random = Random(7)
        now = self.env.cr.now()
        teams = self.env.ref("sales_process_control.crm_team_direct") + self.env.ref(
            "sales_process_control.crm_team_partner"
        )
        domain = [
            ("team_id", "in", teams.ids),
            ("lead_id", "!=", False),
            ("outcome", "not in", ("skipped", "correction")),
        ]
        stays = self.env["crm.stage.visit"].search(domain, order="id", limit=5000)
        self._load_playbook(min(stays.mapped("entered_at")))
        talks = [talk for stay in stays for talk in self._talk_during(stay, now, random)]
        # Without mails, followers and notifications: it has all happened long ago.
        messages = self.env["mail.message"].create([self._message_of(**talk) for talk in talks])
        self._record(messages, talks)
        self._set_budgets(stays.lead_id, random)
        self._let_pass(stays)
        self._plan(stays.filtered(lambda stay: stay.outcome == "open").lead_id, now, random)

    def _load_playbook(self, since):
        """Give the stages the steps of the six-stage process, and Bidding a stop.

        :param since: when they began to expect them: before the first deal came
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

    def _talk_during(self, stay, now, random):
        """What is done during one stay: steps of the stage in their order, and more where it lasts long."""
        fate = self._fate_of(stay, random)
        end = stay.left_at or now
        if fate == "silent":
            end = stay.entered_at + timedelta(days=12)
        length = (end - stay.entered_at) / timedelta(days=1)
        steps = [
            step
            for step in stay.stage_id.step_ids.sorted()
            if (not step.team_id or step.team_id == stay.team_id) and random.random() < DILIGENCE[fate]
        ]
        more = min(int(length / 12), 2) if not steps else min(int(length / 25), 1)
        done = [(step.activity_type_id, step) for step in steps]
        done += [(self.env.ref(random.choice(list(WORDS))), self.env["crm.stage.step"])] * more
        moments = sorted(random.uniform(0.1, 0.95) for _one in done)
        for (activity_type, step), moment in zip(done, moments, strict=True):
            words = WORDS.get(activity_type.get_external_id()[activity_type.id], WORDS["mail.mail_activity_data_todo"])
            reaction = random.choices(REACTIONS, MOODS[fate])[0]
            yield {
                "stay": stay,
                "step": step,
                "activity_type": activity_type,
                "reaction": reaction,
                "words": random.choice(words[reaction]),
                "at": (stay.entered_at + timedelta(days=length * moment)).replace(microsecond=0),
            }

    def _fate_of(self, stay, random):
        """What becomes of a deal, as far as it shows in a stay."""
        if stay.outcome == "open":
            # Where nothing has been heard for long, a deal is stalled: four in five of those that are forgotten.
            return "silent" if stay.days > SILENT_AFTER and random.random() < 0.8 else "open"
        if stay.outcome == "lost":
            return "lost here"
        status = stay.lead_id.won_status
        return {"won": "won", "lost": "lost later"}.get(status, "went on")

    def _message_of(self, stay, step, activity_type, words, at, **_other):
        """The message that Odoo posts about a done activity."""
        activity = self.env["mail.activity"].new(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": stay.lead_id.id,
                "activity_type_id": activity_type.id,
                "summary": step.name,
                "user_id": stay.lead_id.user_id.id,
            }
        )
        return {
            "model": "crm.lead",
            "res_id": stay.lead_id.id,
            "message_type": "notification",
            "subtype_id": self.env.ref("mail.mt_activities").id,
            "mail_activity_type_id": activity_type.id,
            "author_id": stay.lead_id.user_id.partner_id.id,
            "date": at,
            "body": self.env["ir.qweb"]._render(
                "mail.message_activity_done",
                {"activity": activity, "feedback": words, "display_assignee": False},
                minimal_qcontext=True,
            ),
        }

    def _record(self, messages, talks):
        """Record what the messages say, and add what they do not: step and reaction."""
        recorder, past = self.env["crm.progress.recorder"], self.env["crm.progress.past"]
        self.env.flush_all()
        # As if each salesperson had marked his own activities done.
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
                "step_id": talk["step"].id or None,
                "step_name": talk["step"].name or None,
                "reaction": talk["reaction"],
            }
            for message, talk in zip(messages, talks, strict=True)
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
        """What customers can spend: of most who were asked a little more than we want, of some less."""
        for deal in deals:
            if random.random() < 0.6:
                share = random.choice((0.85, 0.95, 1, 1.05, 1.1, 1.2))
                deal.with_context(mail_notrack=True).customer_budget = round(deal.expected_revenue * share / 500) * 500

    def _let_pass(self, stays):
        """A manager has let some deals leave Bidding without all that it requires, and said why."""
        bidding = self.env.ref("sales_process_control.crm_stage_bidding")
        required = bidding.step_ids.filtered("is_required")
        taken = {
            (lead.id, step.id)
            for lead, step in self.env["crm.lead.progress"]._read_group(
                [("step_id", "in", required.ids)], ["lead_id", "step_id"]
            )
        }
        left = stays.filtered(lambda stay: stay.stage_id == bidding and stay.outcome in ("advanced", "won"))
        missing = {stay: [step.name for step in required if (stay.lead_id.id, step.id) not in taken] for stay in left}
        held = [(stay, names) for stay, names in missing.items() if names]
        self.env["crm.stage.pass"].create(
            [
                {
                    "lead_id": stay.lead_id.id,
                    "stage_id": bidding.id,
                    "next_stage_id": stay.next_stage_id.id,
                    "user_id": self.env.ref("base.user_admin").id,
                    "date": stay.left_at,
                    "reason": PASS_REASONS[number % len(PASS_REASONS)],
                    "step_names": "\n".join(names),
                }
                for number, (stay, names) in enumerate(held)
            ]
        )

    def _plan(self, deals, now, random):
        """Some deals have a next activity, some are late with it, some have none."""
        values = []
        for deal in deals:
            if random.random() > 0.5:
                continue
            kind, summary = random.choice(NEXT_STEPS)
            values.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                    "activity_type_id": self.env.ref(kind).id,
                    "summary": summary,
                    "user_id": deal.user_id.id,
                    "date_deadline": (now + timedelta(days=random.choice((-6, -2, 0, 1, 2, 4, 7, 12)))).date(),
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
