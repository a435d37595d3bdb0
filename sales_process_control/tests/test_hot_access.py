from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase

MODELS = ("crm.hot.flag", "crm.hot.flag.revision")


@tagged("post_install", "-at_install")
class TestHotAccess(AccessCase):
    """Notes of flags are hidden from portal users, other companies and other sellers (docs/definitions.md, Access)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Flag = cls.env["crm.hot.flag"]
        cls.Flag.search([]).unlink()
        owners = {
            "own": cls.seller,
            "colleague's": cls.colleague,
            "nobody's": cls.env["res.users"],
            "abroad": cls.abroad,
        }
        cls.customers = {name: cls.env["res.partner"].create({"name": f"Customer {name}"}) for name in owners}
        cls.due = cls.env.cr.now().date() + timedelta(days=9)
        values = [{"note": name, "lead_id": deal.id, "user_id": deal.user_id.id} for name, deal in cls.deals.items()]
        cls.Flag.create(values)
        for name, owner in owners.items():
            cls.Flag.with_company(cls.second if name == "abroad" else cls.company).create(
                {
                    "note": name,
                    "partner_id": cls.customers[name].id,
                    "kind": "reorder",
                    "due_date": cls.due,
                    "user_id": owner.id,
                }
            )
        cls.Flag.search([]).with_user(cls.manager).sudo().write({"amount": 5})
        cls.env.cr.flush()
        cls.env.invalidate_all()

    def as_user(self, model, user):
        return self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def visible(self, user, names):
        """Notes that a reader may see: one of a deal, one of a customer."""
        return sorted([*names, *(name for name in names if name in self.customers)])

    def test_read_count_group_and_export(self):
        for model in MODELS:
            for user, names in self.readers():
                with self.subTest(model=model, user=user.login):
                    notes = self.visible(user, names)
                    flags = self.as_user(model, user)
                    rows = flags.search([])
                    self.assertEqual(sorted(rows.mapped("note")), notes)
                    self.assertEqual(flags.search_count([]), len(notes))
                    groups = flags.formatted_read_group([], ["note"], ["__count"])
                    self.assertEqual(sum(group["__count"] for group in groups), len(notes))
                    if user.has_group("base.group_allow_export"):
                        exported = rows.export_data(["note"])["datas"]
                        self.assertEqual(sorted(note for [note] in exported), notes)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_of_others_by_number(self):
        for model in MODELS:
            rows = self.env[model].search([])
            for user, names in self.readers():
                hidden = rows.filtered(lambda row: row.note not in names)  # noqa: B023
                self.assertTrue(hidden)
                for row in hidden:
                    with self.subTest(model=model, user=user.login, note=row.note), self.assertRaises(AccessError):
                        self.as_user(model, user).browse(row.id).read(["note"])
        flag = self.Flag.search([("partner_id", "=", self.customers["colleague's"].id)])
        for act in (
            lambda: flag.with_user(self.seller).write({"note": "Mine"}),
            lambda: flag.with_user(self.seller).action_settle("kept"),
            lambda: flag.with_user(self.seller).action_hot_flag(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_a_flag_on_a_deal_follows_its_present_seller(self):
        deal = self.deals["colleague's"]
        flag = deal.hot_flag_id
        self.assertFalse(self.as_user("crm.hot.flag", self.seller).search([("id", "=", flag.id)]))
        deal.user_id = self.seller
        self.env.cr.flush()
        self.assertEqual(self.as_user("crm.hot.flag", self.seller).search([("id", "=", flag.id)]).note, "colleague's")
        deal.action_set_lost()
        self.env.cr.flush()
        self.assertTrue(self.as_user("crm.hot.flag", self.seller).search([("id", "=", flag.id)]))
        # Who has raised it still sees his own, without the name of a deal that is not his any more.
        told = self.as_user("crm.hot.flag", self.colleague).search([("id", "=", flag.id)])
        self.assertEqual(told.note, "colleague's")

    def test_what_nobody_has_raised_on_a_deal_of_somebody(self):
        """A flag without a salesperson is everybody's only where no deal says whose it is."""
        gone = self.env["crm.lead"].create({"name": "Gone", "user_id": self.colleague.id, "type": "opportunity"})
        theirs = self.Flag.create({"note": "Theirs", "lead_id": gone.id, "kind": "other"})
        flags = theirs | self.deals["colleague's"].hot_flag_id
        flags.user_id = False
        flags.amount = 9
        gone.unlink()
        self.env.cr.flush()
        self.assertFalse(theirs.lead_id)
        for user, visible in (
            (self.seller, self.Flag),
            (self.colleague, flags - theirs),
            (self.all_documents, flags),
        ):
            among = [("id", "in", flags.ids)]
            with self.subTest(user=user.login):
                self.assertEqual(set(self.as_user("crm.hot.flag", user).search(among).ids), set(visible.ids))
                self.assertEqual(set(self.as_user("crm.hot.report", user).search(among).ids), set(visible.ids))
                revisions = self.as_user("crm.hot.flag.revision", user).search([("flag_id", "in", flags.ids)])
                self.assertEqual(set(revisions.mapped("flag_id.id")), set(visible.ids))

    def test_popover_does_not_tell_of_others(self):
        for user, names in self.readers():
            flags = self.as_user("crm.hot.flag", user)
            for name, deal in self.deals.items():
                notes = [row["note"] for row in flags.get_popover("crm.lead", deal.id)]
                self.assertEqual(notes, [name] if name in names else [])
            for name, partner in self.customers.items():
                notes = [row["note"] for row in flags.get_popover("res.partner", partner.id)]
                self.assertEqual(notes, [name] if name in names else [])

    def test_popover_of_a_deal_that_is_another_s_now(self):
        deal = self.deals["own"]
        deal.with_context(mail_notrack=True).user_id = self.colleague
        self.env.cr.flush()
        [told] = self.as_user("crm.hot.flag", self.seller).get_popover("crm.lead", deal.id)
        self.assertEqual((told["note"], told["lead_id"]), ("own", False))
        self.assertNotIn("own", told["lead_name"])

    def test_customers_are_hot_for_those_who_may_see_the_flag(self):
        for user, names in self.readers():
            partners = self.as_user("res.partner", user)
            for name, partner in self.customers.items():
                with self.subTest(user=user.login, name=name):
                    seen = partners.browse(partner.id)
                    expected = (True, name, self.due, 1) if name in names else (False, False, False, 0)
                    told = (seen.is_hot, seen.hot_note, seen.hot_due_date, seen.hot_flag_count)
                    self.assertEqual(told, expected)
            among = [("id", "in", [partner.id for partner in self.customers.values()])]
            found = partners.search([("is_hot", "=", True), *among])
            self.assertEqual(
                set(found.mapped("name")), {f"Customer {name}" for name in names if name in self.customers}
            )
            cold = partners.search([("is_hot", "=", False), *among])
            self.assertFalse(found & cold)
            self.assertEqual(len(found | cold), len(self.customers))

    def test_no_sales_rights_no_flags(self):
        some = {model: self.env[model].search([], limit=1).id for model in MODELS}
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            for model in (*MODELS, "crm.hot.flag.dialog"):
                flags = self.env[model].with_user(user)
                for use in (
                    lambda: flags.search([]),  # noqa: B023
                    lambda: flags.search_count([]),  # noqa: B023
                    lambda: flags.create({"note": "Mine"}),  # noqa: B023
                    lambda: flags.browse(some.get(model, 1)).read(["note"]),  # noqa: B023
                    lambda: flags.browse(some.get(model, 1)).write({"note": "Mine"}),  # noqa: B023
                ):
                    with self.subTest(model=model, user=user.login), self.assertRaises(AccessError):
                        use()
            with self.assertRaises(AccessError):
                self.Flag.with_user(user).get_popover("res.partner", user.partner_id.id)

    def test_a_portal_user_does_not_learn_that_he_is_hot(self):
        self.Flag.create({"note": "Secret", "partner_id": self.portal.partner_id.id, "kind": "payment"})
        me = self.portal.partner_id.with_user(self.portal)
        shown = me.fields_get()
        for name in ("is_hot", "hot_note", "hot_due_date", "hot_flag_count"):
            self.assertNotIn(name, shown)
            for user in (self.portal, self.internal):
                with self.assertRaises(AccessError):
                    me.with_user(user).read([name])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.internal).search([("is_hot", "=", True)])
        with self.assertRaises(AccessError):
            me.with_user(self.internal).action_hot_flag()

    def test_revisions_are_nobody_s_to_write(self):
        revision = self.env["crm.hot.flag.revision"].search([("note", "=", "own")], limit=1)
        for user in (self.seller, self.manager, self.administrator):
            own = revision.with_user(user)
            for act in (
                lambda: own.write({"note": "Never said"}),  # noqa: B023
                own.unlink,
                own.copy,
                lambda: own.create({"flag_id": revision.flag_id.id, "note": "Never said"}),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_raising_on_what_one_may_not_read(self):
        for user, names in self.readers():
            for name, deal in self.deals.items():
                if name in names:
                    continue
                with self.subTest(user=user.login, name=name), self.assertRaisesRegex(AccessError, "without access"):
                    self.as_user("crm.hot.flag", user).create({"note": "Mine", "lead_id": deal.id})
        abroad = self.env["res.partner"].create({"name": "Of the other company", "company_id": self.second.id})
        with self.assertRaisesRegex(AccessError, "without access"):
            self.as_user("crm.hot.flag", self.seller).create(
                {"note": "Mine", "partner_id": abroad.id, "kind": "payment"}
            )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_raising_for_a_colleague(self):
        """On a deal that one may read; without one nobody but the colleague could read the flag."""
        values = {"note": "Ours", "kind": "reorder", "user_id": self.colleague.id}
        customer = {"partner_id": self.env["res.partner"].create({"name": "Shared"}).id}
        deal = self.env["crm.lead"].create({"name": "Own", "type": "opportunity", "user_id": self.seller.id})
        flags = self.as_user("crm.hot.flag", self.seller)
        self.assertEqual(flags.create({**values, "lead_id": deal.id}).user_id, self.colleague)
        with self.assertRaisesRegex(AccessError, "only for yourself"), self.env.cr.savepoint():
            flags.create({**values, **customer})
        self.assertTrue(self.as_user("crm.hot.flag", self.all_documents).create({**values, **customer}))

    def test_hot_customers_cost_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(40)])
        self.as_user("crm.hot.flag", self.seller).create(
            [{"note": "About to act", "partner_id": partner.id, "kind": "reorder"} for partner in partners]
        )
        fields = ["is_hot", "hot_note", "hot_due_date", "hot_flag_count"]

        def queries(number):
            self.env.flush_all()
            self.env.invalidate_all()
            seen = self.as_user("res.partner", self.seller).browse(partners[:number].ids)
            before = self.env.cr.sql_log_count
            rows = seen.read(fields)
            self.assertEqual({row["hot_flag_count"] for row in rows}, {1})
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(1), queries(40))
