import inspect
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .introspection import added_fields, added_methods, models_with_code

#: Fields of the module without groups on models that portal users read, with the reason.
OPEN_FIELDS = {}
#: Public methods of the module that a user without sales rights may call, with the reason.
OPEN_METHODS = {
    ("resource.calendar", "work_seconds_between"): "not for remote callers",
}
#: Arguments by their names; others are 1.
ARGUMENTS = {"res_model": "crm.lead", "outcome": "kept", "kind": "stays", "domain": []}


@tagged("post_install", "-at_install")
class TestPortalReseller(AccessCase):
    """A portal user who may read deals, as resellers may with `website_crm_partner_assign`.

    The access right and the record rule are those of that module.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_resellers_read_deals()
        cls.reseller = cls.portal
        cls.env["crm.hot.flag"].search([]).unlink()
        cls.first, cls.second_deal, cls.third = cls.Lead.create(
            [
                {
                    "name": f"Resold {priority}",
                    "type": "opportunity",
                    "user_id": cls.seller.id,
                    "stage_id": cls.contact.id,
                    "partner_id": cls.portal.partner_id.id,
                    "customer_budget": 4711,
                    "priority": priority,
                }
                for priority in ("2", "1", "0")
            ]
        )
        cls.resold = cls.first + cls.second_deal + cls.third
        cls.env.cr.flush()
        cls.env["crm.hot.flag"].create({"note": "They sign", "lead_id": cls.third.id})
        cls.third.stage_id = cls.needs
        cls.env.flush_all()
        cls.env.invalidate_all()

    def as_reseller(self, model):
        return self.env[model].with_user(self.reseller)

    def test_fields_on_models_that_portal_users_may_read_have_groups(self):
        """A new field has to name its groups, or to be listed here with its reason."""
        missing = {
            (model._name, field.name)
            for model in self.env.values()
            if not model._abstract and self.as_reseller(model._name).has_access("read")
            for field in added_fields(model)
            if not field.groups
        }
        self.assertEqual(missing, set(OPEN_FIELDS))
        for model, name in (("crm.lead", "customer_budget"), ("crm.stage", "leaving_rule")):
            self.assertTrue(self.env[model]._fields[name].groups)
        groups = {
            group
            for model in ("crm.lead", "crm.stage", "mail.message", "res.partner")
            for field in added_fields(self.env[model])
            for group in field.groups.split(",")
        }
        self.assertLessEqual(groups, {"base.group_user", "sales_team.group_sale_salesman"})

    def test_no_reading_tells_what_the_module_knows(self):
        leads = self.as_reseller("crm.lead")
        names = [field.name for field in added_fields(leads)]
        self.assertIn("pace_reason", names)
        self.assertFalse(leads.fields_get(names))
        told = set()
        with mute_logger("odoo.addons.base.models.ir_model"):
            for name in names:
                for way, use in (
                    ("read", lambda: leads.browse(self.third.id).read([name])),  # noqa: B023
                    ("search_read", lambda: leads.search_read([], [name])),  # noqa: B023
                    ("web_read", lambda: leads.browse(self.third.id).web_read({name: {}})),  # noqa: B023
                    ("search", lambda: leads.search_count([(name, "!=", False)])),  # noqa: B023
                    ("search a value", lambda: leads.search_count([(name, "=", 1)])),  # noqa: B023
                    ("group", lambda: leads.formatted_read_group([], [name], ["__count"])),  # noqa: B023
                    ("write", lambda: leads.browse(self.third.id).write({name: False})),  # noqa: B023
                    ("attribute", lambda: leads.browse(self.third.id)[name]),  # noqa: B023
                ):
                    # Groups by a field without a column give a ValueError, a change of hot gives a UserError.
                    with suppress(UserError, ValueError):
                        use()
                        told.add((name, way))
        self.assertEqual(told, set())

    def test_the_portal_works_as_before(self):
        """Deals are searched, ordered and grouped without hot, by priority: the order tells of no hot flag."""
        leads = self.as_reseller("crm.lead")
        self.assertEqual(self.Lead.search([("id", "in", self.resold.ids)])[0], self.third)
        self.assertEqual(leads.search([]), self.resold)
        self.assertEqual(leads.search([], order="is_hot desc, priority desc"), self.resold)
        self.assertEqual(leads.browse(self.resold.ids[::-1]).sorted(), self.resold)
        for order in ("create_date desc", "name", "probability desc", "stage_id", "id desc"):
            with self.subTest(order=order):
                self.assertEqual(len(leads.search([], order=order)), 3)
        self.assertEqual(leads.search_count([("won_status", "=", "won")]), 0)
        [lead] = leads.search([("id", "=", self.third.id)]).read(["name", "stage_id", "display_name"])
        self.assertEqual((lead["name"], lead["stage_id"][1]), ("Resold 0", "Needs Analysis"))
        groups = leads.formatted_read_group([], ["stage_id"], ["__count"])
        self.assertEqual(sum(group["__count"] for group in groups), 3)
        activities = self.env["mail.activity"].sudo()
        self.assertFalse(activities.search([("res_model", "=", "crm.lead")], order="res_id"))
        self.assertTrue(self.as_reseller("crm.stage").search([]).read(["name"]))

    def test_what_a_reseller_does_is_recorded(self):
        """The portal writes in superuser mode, in the name of the portal user."""
        deal = self.third.with_user(self.reseller)
        with self.no_module_errors():
            deal.sudo().write({"stage_id": self.bidding.id, "expected_revenue": 12})
            deal.sudo().message_post(body="We are interested", message_type="comment", subtype_xmlid="mail.mt_comment")
            self.pass_time(days=1)
            deal.sudo().action_set_lost()
            self.env.cr.flush()
        self.assertEqual(self.third.with_user(self.manager).stage_visit_ids[0].outcome, "lost")

    def test_a_budget_is_not_told_by_tracking(self):
        self.third.with_context(tracking_disable=False, mail_notrack=False).customer_budget = 815
        self.env.cr.flush()
        values = self.env["mail.tracking.value"].search([("field_id.name", "=", "customer_budget")])
        told = values.with_user(self.reseller).sudo()._filter_has_field_access(self.env(user=self.reseller, su=False))
        self.assertFalse(told)

    # ------------------------------------------------------------
    # METHODS
    # ------------------------------------------------------------

    def _methods(self):
        """Yield (model, name, method) of the public methods that the module adds."""
        for model in models_with_code(self.env):
            if not model._name.endswith(".mixin"):
                for name, method in added_methods(model):
                    yield model, name, method

    maxDiff = None

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_methods_are_for_those_who_sell(self):
        """Each public method gives an AccessError, also one to come. Ids are of records that the user may read."""
        called, not_refused = set(), {}
        for model, name, method in self._methods():
            called.add((model._name, name))
            for user in (self.reseller, self.internal):
                with suppress(AccessError):
                    try:
                        call_kw(model.with_user(user), name, self._arguments(model, name, method, user), {})
                        not_refused[model._name, name, user.login] = "answered"
                    except (UserError, LookupError, TypeError, ValueError) as error:
                        if isinstance(error, AccessError):
                            raise
                        not_refused[model._name, name, user.login] = repr(error)
        self.assertGreater(len(called), 40)
        self.assertEqual({key: told for key, told in not_refused.items() if key[:2] not in OPEN_METHODS}, {})

    def _arguments(self, model, name, method, user):
        required = [
            parameter
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.default is parameter.empty
        ]
        args = [ARGUMENTS.get(parameter.name, 1) for parameter in required]
        if getattr(getattr(type(model), name), "_api_model", False):
            return args
        record_ids = {"crm.lead": self.third.ids, "res.partner": user.partner_id.ids}.get(model._name)
        return [record_ids or model.sudo().search([], limit=1).ids or [1], *args]

    def test_the_workbench_is_refused_as_a_whole(self):
        for method, model in (
            ("get_workbench", "crm.lead"),
            ("get_review", "crm.process.review"),
            ("get_screen", "crm.forecast.screen"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(self.as_reseller(model), method)()
