from datetime import timedelta
from random import Random

from odoo import api, models

#: What customers said, by the kind of activity after which it was noted.
WORDS = {
    "mail.mail_activity_data_call": (
        "Likes the proposal, wants to see one more reference.",
        "Budget is approved, the board meets next month.",
        "Compares us with two others. Price is not what decides, the date of delivery is.",
        "Asks for a smaller first step.",
        "Was friendly, but could not say when they decide.",
        "Their purchasing department wants the terms of payment changed.",
    ),
    "mail.mail_activity_data_meeting": (
        "Showed the rooms. The facility manager is convinced, finance is not yet.",
        "Went through the drawing together; they want two variants.",
        "Met the managing director: decides herself, after the holidays.",
        "Agreed on the scope. They send the list of rooms.",
    ),
    "mail.mail_activity_data_todo": (
        "Sent samples, they arrived well.",
        "Offer is with their lawyer.",
        "Got the floor plan.",
    ),
}
NEXT_STEPS = (
    ("mail.mail_activity_data_call", "Ask for the decision"),
    ("mail.mail_activity_data_meeting", "Walk through the offer"),
    ("mail.mail_activity_data_todo", "Send the changed offer"),
    ("mail.mail_activity_data_call", "Follow up on the samples"),
)


class CrmProgressDemo(models.AbstractModel):
    """What was done on the deals of a demonstration database, in the customers' words, and what comes next."""

    _name = "crm.progress.demo"
    _description = "Progress Demonstration"

    @api.model
    def _load(self):
        """Write done activities into the chatter, which installation reads as progress, and plan some next ones."""
        random = Random(7)
        now = self.env.cr.now()
        teams = self.env.ref("sales_process_control.crm_team_direct") + self.env.ref(
            "sales_process_control.crm_team_partner"
        )
        stays = self.env["crm.stage.visit"].search(
            [
                ("team_id", "in", teams.ids),
                ("lead_id", "!=", False),
                ("outcome", "not in", ("skipped", "correction")),
            ],
            order="id",
            limit=5000,
        )
        messages = [values for stay in stays for values in self._talk_during(stay, now, random)]
        # Without mails, followers and notifications: it has all happened long ago.
        self.env["mail.message"].create(messages)
        deals = stays.filtered(lambda stay: stay.outcome == "open").lead_id
        self._plan(deals, now, random)

    def _talk_during(self, stay, now, random):
        """Messages of done activities during one stay; of a stay that lasts long, none for a while."""
        end = stay.left_at or now
        # Where nothing has been heard for long, a deal is stalled: four in five of those that are forgotten.
        if not stay.left_at and stay.days > 25 and random.random() < 0.8:
            end = stay.entered_at + timedelta(days=12)
        length = (end - stay.entered_at) / timedelta(days=1)
        author = stay.lead_id.user_id.partner_id
        for _number in range(min(int(length / 9 + random.random()), 4)):
            kind = random.choice(list(WORDS))
            activity_type = self.env.ref(kind)
            words = random.choice(WORDS[kind])
            at = (stay.entered_at + timedelta(days=length * random.uniform(0.1, 0.95))).replace(microsecond=0)
            yield {
                "model": "crm.lead",
                "res_id": stay.lead_id.id,
                "message_type": "notification",
                "subtype_id": self.env.ref("mail.mt_activities").id,
                "mail_activity_type_id": activity_type.id,
                "author_id": author.id,
                "date": at,
                "body": self.env["ir.qweb"]._render(
                    "mail.message_activity_done",
                    {
                        "activity": self._activity_of(stay, activity_type),
                        "feedback": words,
                        "display_assignee": False,
                    },
                    minimal_qcontext=True,
                ),
            }

    def _activity_of(self, stay, activity_type):
        return self.env["mail.activity"].new(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": stay.lead_id.id,
                "activity_type_id": activity_type.id,
                "user_id": stay.lead_id.user_id.id,
            }
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
