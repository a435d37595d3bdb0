from datetime import timedelta
from unittest.mock import patch

from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import AccessCase
from .hot_common import HotCase

HEADING = {
    "crm.lead": "sales_process_control.mail_subtype_hot_flag_lead",
    "res.partner": "sales_process_control.mail_subtype_hot_flag_partner",
}


class ChatterMixin:
    """Reads the lines about flags in the chatter of a deal or customer, as the browser of a user receives them."""

    def messages_on(self, record):
        """Return the messages about flags, the oldest first."""
        self.env.flush_all()
        subtype = self.env.ref(HEADING[record._name])
        return self.env["mail.message"].search(
            [("model", "=", record._name), ("res_id", "=", record.id), ("subtype_id", "=", subtype.id)], order="id"
        )

    def chatter_of(self, record, user, **context):
        """Return [{label: (former value, value)}] of each line that a user sees; {} for a line that says nothing."""
        self.messages_on(record)
        self.env.invalidate_all()
        messages = self.env["mail.message"].with_user(user).with_context(lang=user.lang, **context)
        found = messages._message_fetch(None, thread=record.with_user(user), limit=100)["messages"]
        shown = Store().add(found).get_result().get("mail.message", [])
        about = {message["id"]: message for message in shown}
        return [
            {
                value["fieldInfo"]["changedField"]: (value["oldValue"], value["newValue"])
                for value in about[message.id]["trackingValues"]
            }
            for message in self.messages_on(record)
            if message.id in about
        ]


@tagged("post_install", "-at_install")
class TestHotChatter(ChatterMixin, HotCase):
    """What happens to a flag is one line each in the chatter of its deal, or of its customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As in a browser: Odoo's base class switches tracking off.
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False, "mail_notrack": False})
        cls.Flag = cls.Flag.with_env(cls.env)

    def test_raised_edited_and_settled_by_a_person(self):
        deal, flag = self.make_hot_deal(note="Signs in March", due_date=self.day(8), amount=5)
        flag.with_user(self.seller).write({"due_date": self.day(15), "note": "Signs in March", "amount": 7})
        flag.with_user(self.manager).action_settle("withdrawn")
        first, second = (str(self.day(days)) for days in (8, 15))
        self.assertEqual(
            self.chatter_of(deal, self.seller),
            [
                {
                    "Note": (False, "Signs in March"),
                    "Kind": (False, "Signs"),
                    "Due": (False, first),
                    "Amount": (0, 5),
                },
                {"Due": (first, second), "Amount": (5, 7)},
                {"Outcome": ("Open", "Withdrawn")},
            ],
        )
        self.assertEqual(list(self.chatter_of(deal, self.seller)[0]), ["Note", "Kind", "Due", "Amount"])
        messages = self.messages_on(deal)
        self.assertEqual(
            messages.author_id.ids, [self.seller.partner_id.id, self.manager.partner_id.id], "who has done it"
        )
        self.assertFalse(any(messages.mapped("body")))

    def test_what_is_saved_unchanged_is_no_line(self):
        deal, flag = self.make_hot_deal(note="Signs in March", due_date=self.day(8))
        flag.with_user(self.seller).write({"note": "Signs in March", "due_date": self.day(8)})
        self.assertEqual(len(self.messages_on(deal)), 1)

    def test_given_to_a_colleague(self):
        deal, flag = self.make_hot_deal()
        flag.with_user(self.manager).user_id = self.colleague
        self.assertEqual(
            self.chatter_of(deal, self.manager)[-1], {"Salesperson": (self.seller.name, self.colleague.name)}
        )

    def test_settled_by_winning(self):
        """The author is who has won the deal, also where the job settles later as OdooBot."""
        deal, _flag = self.make_hot_deal()
        self.pass_time(days=1)
        deal.with_user(self.seller).action_set_won()
        self.env.cr.flush()
        self.assertEqual(self.chatter_of(deal, self.seller)[-1], {"Outcome": ("Open", "Kept")})
        self.assertEqual(self.messages_on(deal)[-1].author_id, self.seller.partner_id)

    def test_settled_by_the_job(self):
        deals = [self.make_hot_deal()[0] for _number in range(3)]
        self.pass_time(days=1)
        with patch.object(type(self.env["crm.hot.settler"]), "_settle_at_ends"):
            for deal in deals:
                deal.action_set_lost()
            self.env.cr.flush()
        self.env["crm.hot.settler"].with_user(self.env.ref("base.user_root"))._cron_settle()
        for deal in deals:
            self.assertEqual(self.chatter_of(deal, self.seller)[-1], {"Outcome": ("Open", "Broken")})
            self.assertEqual(self.messages_on(deal)[-1].author_id, self.env.ref("base.partner_root"))

    def test_an_end_that_is_taken_back(self):
        """Within a transaction nothing has happened; later it is a line of its own."""
        deal, flag = self.make_hot_deal()
        self.pass_time(days=1)
        deal.action_set_lost()
        self.env.cr.flush()
        self.assertEqual(len(self.messages_on(deal)), 2)
        deal.action_unarchive()
        self.assertEqual((self.outcome_of(flag), len(self.messages_on(deal))), ("open", 1))
        deal.action_set_lost()
        self.pass_time(minutes=2)
        deal.action_unarchive()
        self.assertEqual(self.outcome_of(flag), "open")
        lines = self.chatter_of(deal, self.seller)
        self.assertEqual(lines[1:], [{"Outcome": ("Open", "Broken")}, {"Outcome": ("Broken", "Open")}])

    def test_a_flag_on_a_customer(self):
        flag = self.raise_flag(self.customer, note="Orders again", due_date=self.day(3))
        flag.with_user(self.seller).action_settle("kept")
        lines = self.chatter_of(self.customer, self.seller)
        self.assertEqual([line.get("Outcome") for line in lines], [None, ("Open", "Kept")])
        self.assertEqual(lines[0]["Kind"], (False, "Orders again"))

    def test_a_flag_on_a_deal_is_no_line_of_its_customer(self):
        deal, _flag = self.make_hot_deal({"partner_id": self.customer.id})
        deal.unlink()
        self.assertFalse(self.messages_on(self.customer))
        self.Flag.search([("lead_ref", "=", deal.id)])._close("withdrawn")
        self.assertFalse(self.messages_on(self.customer))

    def test_a_merge_is_logged_on_the_deal_that_stays(self):
        one, _first = self.make_hot_deal({"partner_id": self.customer.id}, due_date=self.day(3))
        two, _second = self.make_hot_deal({"partner_id": self.customer.id}, due_date=self.day(9))
        stays = (one | two).merge_opportunity()
        self.assertIn({"Outcome": ("Open", "Withdrawn")}, self.chatter_of(stays, self.manager))

    def test_the_language_is_the_reader_s(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        labels = self.env["ir.model.fields.selection"].search([("field_id.model", "=", "crm.hot.flag")])
        labels.filtered(lambda label: label.value == "kept").with_context(lang="fr_FR").name = "Tenue"
        due = self.env["ir.model.fields"]._get("crm.hot.flag", "due_date")
        due.with_context(lang="fr_FR").field_description = "Echéance"
        self.colleague.lang = "fr_FR"
        deal, _flag = self.make_hot_deal({"user_id": self.seller.id}, due_date=self.day(3))
        deal.user_id = self.colleague
        deal.action_set_won()
        self.env.cr.flush()
        lines = self.chatter_of(deal, self.colleague)
        self.assertIn("Echéance", lines[0])
        self.assertEqual([values[1] for values in lines[-1].values()], ["Tenue"])
        self.assertEqual(self.chatter_of(deal, self.manager)[-1], {"Outcome": ("Open", "Kept")})

    def test_nobody_is_told_and_nobody_follows(self):
        deal = self.make_deal()
        deal.message_subscribe(self.colleague.partner_id.ids)
        self.env.cr.flush()
        told = ("mail.mail", "mail.notification", "mail.followers")
        before = [self.env[model].search_count([]) for model in told]
        flag = self.raise_flag(deal, due_date=self.day(3))
        flag.with_user(self.manager).due_date = self.day(5)
        flag.with_user(self.manager).action_settle("broken")
        self.raise_flag(self.customer).with_user(self.seller).action_settle("kept")
        self.env.cr.flush()
        self.assertEqual([self.env[model].search_count([]) for model in told], before)

    def test_a_line_is_no_progress(self):
        deal, flag = self.make_hot_deal()
        self.pass_time(hours=1)
        flag.with_user(self.seller).action_settle("broken")
        self.env.cr.flush()
        self.env["crm.progress.recorder"]._record_missed_messages()
        self.assertEqual((deal.last_progress_at, deal.last_contact_at, deal.progress_ids.ids), (False, False, []))

    def test_quiet_writes(self):
        for key in ("tracking_disable", "mail_notrack"):
            deal = self.make_deal()
            self.env.cr.flush()
            self.Flag.with_user(self.seller).with_context(**{key: True}).create({"note": "Quiet", "lead_id": deal.id})
            self.assertFalse(self.messages_on(deal))

    def test_defaults_of_the_context_do_not_reach_the_message(self):
        deal = self.make_deal()
        self.env.cr.flush()
        context = {"default_body": "Injected", "default_parent_id": 1, "default_message_type": "comment"}
        self.Flag.with_user(self.seller).with_context(**context).create({"note": "Signs", "lead_id": deal.id})
        message = self.messages_on(deal)
        self.assertEqual((message.body, message.parent_id.ids, message.message_type), ("", [], "notification"))

    def test_many_at_once(self):
        """Statements do not grow with the flags, but for inserts of a hundred rows each."""
        partners = self.env["res.partner"].create([{"name": f"Works {number}"} for number in range(60)])
        flags = self.Flag.create([{"note": "Pays", "partner_id": one.id, "kind": "payment"} for one in partners])
        self.env.cr.flush()

        def statements(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.manager).action_settle("withdrawn")
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        statements(flags[:1])
        self.assertEqual(statements(flags[1:3]), statements(flags[3:]))


@tagged("post_install", "-at_install")
class TestHotChatterAccess(ChatterMixin, AccessCase):
    """Lines about a flag say something to readers of the flag only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False, "mail_notrack": False})
        cls.Flag = cls.env["crm.hot.flag"]
        cls.customer = cls.env["res.partner"].create({"name": "Works"})
        cls.due = cls.env.cr.now().date() + timedelta(days=9)
        cls.Flag.with_user(cls.seller).create(
            {"note": "Secret", "partner_id": cls.customer.id, "kind": "reorder", "due_date": cls.due}
        )
        cls.env.cr.flush()

    def test_customer(self):
        """Everybody may read the customer, but not whether it is hot."""
        for user in (self.seller, self.all_documents, self.manager):
            self.assertEqual(self.chatter_of(self.customer, user)[0]["Note"], (False, "Secret"), user.login)
        for user in (self.colleague, self.internal):
            self.assertEqual(self.chatter_of(self.customer, user), [{}], user.login)
        message = self.messages_on(self.customer)
        self.assertEqual(message.subtype_id.description, "Sales note")

    def test_search_in_the_chatter(self):
        for user, count in ((self.seller, 1), (self.colleague, 0), (self.internal, 0)):
            messages = self.env["mail.message"].with_user(user)
            found = messages._message_fetch(None, thread=self.customer.with_user(user), search_term="Secret")
            self.assertEqual(found["count"], count, user.login)

    def test_portal(self):
        """A customer who may read the own contact, and a reseller who may read deals, see no such message."""
        self._let_resellers_read_deals()
        deal = self.env["crm.lead"].create(
            {
                "name": "Resold",
                "type": "opportunity",
                "partner_id": self.portal.partner_id.id,
                "user_id": self.seller.id,
            }
        )
        self.env.cr.flush()
        self.Flag.create({"note": "Secret", "lead_id": deal.id})
        self.Flag.create({"note": "Secret", "partner_id": self.portal.partner_id.id, "kind": "payment"})
        for record in (deal, self.portal.partner_id):
            messages = self.messages_on(record)
            self.assertTrue(messages)
            self.assertFalse(messages.with_user(self.portal).search([("id", "in", messages.ids)]))
            self.assertFalse(messages.with_user(self.portal)._filtered_access("read"))

    def test_subtypes_stay(self):
        """Without them portal users could read the messages; no user deletes them."""
        for name in HEADING.values():
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                self.env.ref(name).unlink()
        other = self.env["mail.message.subtype"].create({"name": "Other"})
        other.unlink()
        self.assertFalse(other.exists())

    def test_portal_without_a_subtype(self):
        """Messages without a subtype stay readable where the subtypes of flags are missing."""
        message = self.env["mail.message"].create(
            {
                "author_id": self.portal.partner_id.id,
                "body": "Hello",
                "message_type": "notification",
                "model": "res.partner",
                "partner_ids": self.portal.partner_id.ids,
                "res_id": self.portal.partner_id.id,
                "subtype_id": False,
            }
        )
        self.assertFalse(message.subtype_id)
        self.assertTrue(message.with_user(self.portal)._filtered_access("read"))
        subtypes = [name.split(".")[1] for name in HEADING.values()]
        self.env["ir.model.data"].search([("module", "=", "sales_process_control"), ("name", "in", subtypes)]).unlink()
        self.assertTrue(message.with_user(self.portal)._filtered_access("read"))

    def test_statements_do_not_grow_with_the_messages(self):
        """The rights on the flags of all messages are read together."""

        def partner_with(count):
            partner = self.env["res.partner"].create({"name": f"Works {count}"})
            for number in range(count):
                flag = self.Flag.with_user(self.seller).create(
                    {"note": f"Pays {number}", "partner_id": partner.id, "kind": "payment"}
                )
                flag.with_user(self.seller).action_settle("kept")
            self.env.cr.flush()
            return partner

        def statements(partner):
            messages = self.messages_on(partner)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = Store().add(messages.with_user(self.seller)).get_result()["mail.message"]
            self.assertTrue(all(message["trackingValues"] for message in values))
            return len(messages), self.env.cr.sql_log_count - before

        few, many = partner_with(1), partner_with(5)
        statements(few)
        (two, of_two), (ten, of_ten) = statements(few), statements(many)
        self.assertEqual((two, ten), (2, 10))
        self.assertLessEqual(of_ten, of_two)

    def test_a_flag_that_was_deleted(self):
        self.Flag.search([("partner_id", "=", self.customer.id)]).unlink()
        self.assertEqual(self.chatter_of(self.customer, self.seller), [{}])

    def test_a_deal_that_went_to_another_company(self):
        """Its settled flag stays with the former company, and so does what the chatter says."""
        deal = self.deals["own"]
        flag = self.Flag.with_user(self.seller).create({"note": "Secret", "lead_id": deal.id})
        flag.with_user(self.seller).action_settle("broken")
        deal.write({"user_id": self.abroad.id, "company_id": self.second.id})
        self.env.cr.flush()
        lines = self.chatter_of(deal, self.abroad, allowed_company_ids=self.second.ids)
        self.assertEqual(lines, [{}, {}])

    def test_values_are_for_system_only(self):
        reader = new_test_user(self.env, "process_reader", groups="sales_team.group_sale_manager")
        self.assertFalse(self.env["mail.tracking.value"].with_user(reader).has_access("read"))
        values = self.messages_on(self.customer).tracking_value_ids
        self.assertTrue(values)
        self.assertFalse(values._filter_free_field_access())
