import json
from contextlib import suppress
from datetime import timedelta
from warnings import catch_warnings

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase

ROW_MIXIN = "crm.lead.row.mixin"
#: Models of Odoo on which the module has a field for the deal, and why they need no mixin.
OTHER_MODELS = {
    "mail.activity": "the field is computed, and empty where the reader may not read the deal",
}
#: Models whose rows are readable for those who may read the deal only.
NEVER_HIDDEN = {
    "crm.lead.progress",
    "crm.stage.pass",
    "crm.stage.step.report",
}
SECRET = "Codename"
#: The day before the deals were handed over.
PAST = "2026-03-05"


@tagged("post_install", "-at_install")
class TestHiddenNames(AccessCase):
    """Rows that a user may read do not tell the names of deals that the user may not read (docs/definitions.md)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague.group_ids |= cls.env.ref("base.group_allow_export")
        cls.env["crm.hot.flag"].search([]).unlink()
        common = {"company_id": cls.company.id, "team_id": cls.team.id, "user_id": cls.seller.id}
        cls.env.cr._now = cls.start
        cls.handed_over, cls.abroad_now, cls.lost_one, cls.own = cls.Lead.create(
            [
                {"name": name, "type": "opportunity", "stage_id": cls.contact.id, "expected_revenue": 7, **common}
                for name in ("Handed over", "Abroad", "Lost", "Own")
            ]
        )
        hidden = cls.handed_over + cls.abroad_now + cls.lost_one
        cls.env.cr.flush()
        cls.env["crm.hot.flag"].with_user(cls.seller).create(
            [{"note": "They sign", "lead_id": lead.id, "due_date": "2026-12-24"} for lead in hidden + cls.own]
        )
        cls._days_later(2)
        (hidden + cls.own).stage_id = cls.needs
        cls._days_later(2)
        cls.lost_one.action_set_lost()
        cls.env.cr.flush()
        cls._days_later(2)
        # A user of another team, and the other company.
        (cls.handed_over + cls.lost_one).write({"user_id": cls.colleague.id, "team_id": cls.other_team.id})
        cls.abroad_now.write({"user_id": cls.abroad.id, "team_id": False, "company_id": cls.second.id})
        for lead in hidden:
            lead.name = f"{SECRET} {lead.id}"
        cls._alert_to(hidden)
        cls._days_later(1)
        cls.now = cls.env.cr.now()
        cls.env.flush_all()
        cls.env.invalidate_all()
        cls.row_models = sorted(
            name
            for name in cls.env.registry.descendants([ROW_MIXIN], "_inherit")
            if not cls.env[name]._abstract and not cls.env[name]._transient
            if cls.env[name].with_user(cls.manager).has_access("read")
        )

    @classmethod
    def _alert_to(cls, leads):
        cls.env["crm.deal.alert"].create(
            [
                {
                    "kind": "stalled",
                    "user_id": cls.seller.id,
                    "day": PAST,
                    "lead_id": lead.id,
                    "lead_ref": lead.id,
                    "entered_at": lead.stage_entered_at,
                    "company_id": cls.company.id,
                }
                for lead in leads
            ]
        )

    @classmethod
    def _days_later(cls, days):
        cls.env.cr.flush()
        cls.env.cr._now += timedelta(days=days)
        cls.env["crm.lead"].invalidate_model()

    def setUp(self):
        super().setUp()
        self.set_time(self.now)

    def rows_of(self, model, user):
        """Return the model as a user calls it, and the rows of hidden deals that the user may read."""
        rows = self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        if model == "crm.pipeline.day":
            rows = rows.with_context(pipeline_day=PAST)
        readable = self.env["crm.lead"].with_user(user).with_context(rows.env.context, active_test=False).search([])
        # The domain is that of the superuser: no user can search for deals that are hidden.
        hidden = self.env["crm.lead"].with_context(active_test=False).search([("id", "not in", readable.ids)])
        return rows, rows.search([("lead_id", "in", hidden.ids)])

    def call(self, rows, method, *args, **kwargs):
        """Call a method as a remote caller does; return its answer as text."""
        model = rows.browse()
        if not getattr(getattr(type(model), method), "_api_model", False):
            args = (rows.ids, *args)
        # Another user has read the names before, in the same transaction.
        self.env["crm.lead"].with_context(active_test=False).search([]).mapped("display_name")
        return json.dumps(call_kw(model, method, args, {**kwargs, "context": dict(rows.env.context)}), default=str)

    def readings(self, rows):
        """Yield (name, answer) of all ways in which Odoo makes names for a user."""
        among, names = [("id", "in", rows.ids)], {"fields": {"display_name": {}}}
        asked = {"lead_id": names, "display_name": {}}
        yield "read", self.call(rows, "read", ["lead_id", "display_name"])
        yield "read all fields", self.call(rows, "read")
        yield "search_read", self.call(rows, "search_read", among, ["lead_id"])
        yield "web_read", self.call(rows, "web_read", asked)
        yield "web_search_read", self.call(rows, "web_search_read", among, asked)
        yield "name_search", self.call(rows, "name_search", "", among)
        yield "web_name_search", self.call(rows, "web_name_search", "", asked, among)
        for name in ("lead_id", "id"):
            yield f"groups by {name}", self.call(rows, "formatted_read_group", among, [name], ["__count"])
            sets = [[name], []]
            yield f"sets by {name}", self.call(rows, "formatted_read_grouping_sets", among, sets, ["__count"])
            with catch_warnings(action="ignore", category=DeprecationWarning):
                yield f"read_group by {name}", self.call(rows, "read_group", among, ["__count"], [name])
        yield (
            "web_read_group",
            self.call(
                rows,
                "web_read_group",
                among,
                ["lead_id"],
                aggregates=["__count"],
                auto_unfold=True,
                unfold_read_specification=asked,
            ),
        )
        for method in ("search_panel_select_range", "search_panel_select_multi_range"):
            yield method, self.call(rows, method, "lead_id", search_domain=among, enable_counters=True)
            yield method, self.call(rows, method, "lead_id", search_domain=among, expand=False, limit=80)
        yield "export", self.call(rows, "export_data", ["lead_id", "display_name", "lead_id/display_name"])

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    def test_every_field_for_a_deal_is_of_a_row_model(self):
        """A new model with a field for a deal has to inherit the mixin, or to say here why it need not."""
        found = {
            model._name
            for model in self.env.values()
            if not model._abstract and model._name != "crm.lead"
            for field in model._fields.values()
            if field.type == "many2one" and field.comodel_name == "crm.lead"
            if "sales_process_control" in field._modules
        }
        mixed = {name for name in found if isinstance(self.env[name], self.env.registry[ROW_MIXIN])}
        self.assertEqual(found - mixed, set(OTHER_MODELS))
        self.assertLessEqual(set(self.row_models), mixed)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_reading_tells_a_hidden_name(self):
        seen = set()
        for model in self.row_models:
            for user in (self.seller, self.manager):
                _model, rows = self.rows_of(model, user)
                if not rows:
                    continue
                seen.add(model)
                lead_ids = rows.sudo().lead_id.ids
                for reading, answer in self.readings(rows):
                    with self.subTest(model=model, user=user.login, reading=reading):
                        self.assertNotIn(SECRET, answer)
                        is_shown = [f"Opportunity {lead_id}" in answer for lead_id in lead_ids]
                        has_names = model != "crm.hot.flag" or not reading.endswith(("by id", "name_search"))
                        # A search panel and groups by two months show no row of a deal that has none there.
                        if has_names and not reading.startswith("search_panel"):
                            self.assertTrue(all(is_shown), answer)
        self.assertEqual(seen, set(self.row_models) - NEVER_HIDDEN)

    def test_readers_of_a_deal_see_its_name(self):
        deal, stage = self.handed_over, self.handed_over.stage_id
        self.env["crm.stage.step"].create({"stage_id": stage.id, "name": "Call"})
        # Past its expected closing it is in the win rate.
        deal.date_deadline = "2026-03-01"
        of_deal = {"lead_id": deal.id, "stage_id": stage.id, "user_id": self.colleague.id, "date": self.now}
        self.env["crm.lead.progress"].create({"source": "recorded", **of_deal})
        self.env["crm.stage.pass"].create({"next_stage_id": self.bidding.id, "reason": "Urgent", **of_deal})
        self.env.cr.flush()
        seen = set()
        for model in self.row_models:
            rows = self.env[model].with_user(self.colleague)
            if model == "crm.pipeline.day":
                rows = rows.with_context(pipeline_day="2026-03-08")
            rows = rows.search([("lead_id", "=", self.handed_over.id)])
            for reading, answer in self.readings(rows) if rows else ():
                seen.add(model)
                if model != "crm.hot.flag" or not reading.endswith(("by id", "name_search")):
                    with self.subTest(model=model, reading=reading):
                        self.assertIn(self.handed_over.name, answer)
        # An alert is for the salesperson to whom it was given.
        self.assertEqual(seen, set(self.row_models) - {"crm.deal.alert"})

    def test_the_key_of_the_context_shows_nothing(self):
        rows = self.rows_of("crm.stage.visit", self.seller)[1]
        for value in (False, None, 0, "", [], True):
            answer = self.call(rows.with_context(lead_names_for_reader=value), "read", ["lead_id", "display_name"])
            self.assertNotIn(SECRET, answer)

    def test_other_models_of_odoo_name_deals_as_before(self):
        """In bare CRM, a meeting tells the name of its deal to everybody who may read the meeting."""
        meeting = self.env["calendar.event"].create(
            {"name": "Meeting", "opportunity_id": self.handed_over.id, "start": self.start, "stop": self.start}
        )
        told = meeting.with_user(self.seller).read(["opportunity_id"])[0]["opportunity_id"]
        self.assertEqual(told, (self.handed_over.id, self.handed_over.name))

    def test_a_name_in_another_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        rows = self.rows_of("crm.pipeline.movement", self.seller)[1]
        told = self.call(rows.with_context(lang="zh_CN"), "read", ["lead_id"])
        self.assertNotIn(f"Opportunity {self.handed_over.id}", told)
        self.assertIn(str(self.handed_over.id), told)

    def test_no_activity_names_a_deal_that_its_reader_wrote_on_it(self):
        """The field is computed: a value of it would be read back in the same call."""
        activity = self.own.with_user(self.seller).activity_schedule("mail.mail_activity_data_call")
        asked = {"lead_id": {"fields": {"display_name": {}}}, "is_on_open_deal": {}}
        values = {
            "lead_id": self.handed_over.id,
            "is_on_open_deal": False,
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": self.own.id,
        }
        for one in (activity, activity.browse()):
            with self.subTest(one=one):
                [answer] = json.loads(self.call(one, "web_save", values, asked))
                self.assertEqual(answer["lead_id"], {"id": self.own.id, "display_name": "Own"})
                self.assertTrue(answer["is_on_open_deal"])

    # ------------------------------------------------------------
    # SEARCHES, ORDERS, PATHS
    # ------------------------------------------------------------

    def test_no_search_tells_a_hidden_name(self):
        """The answer to a search for a name of a hidden deal is the same whether the name is right or wrong."""
        operators = ("=", "!=", "ilike", "not ilike", "like", "not like", "=ilike", "=like", "in", "not in")
        seen = set()
        for model in self.row_models:
            rows, hidden = self.rows_of(model, self.seller)
            if not hidden:
                continue
            seen.add(model)
            for path in ("lead_id.name", "lead_id", "lead_id.display_name", "display_name"):
                if path == "display_name" and model == "crm.hot.flag":
                    continue
                for operator in operators:
                    with self.subTest(model=model, path=path, operator=operator):
                        answers = []
                        for name in (self.handed_over.name, "No deal has this name"):
                            value = [name] if operator in ("in", "not in") else name
                            answers.append(set(rows.search([(path, operator, value)]).ids))
                        self.assertEqual(*answers)
        self.assertEqual(seen, set(self.row_models) - NEVER_HIDDEN)

    def test_no_path_reads_a_hidden_deal(self):
        rows, hidden = self.rows_of("crm.stage.visit", self.seller)
        among = [("id", "in", hidden.ids)]
        for path in ("name", "display_name", "expected_revenue", "customer_budget", "partner_name", "user_id"):
            with self.subTest(path=path), suppress(ValueError):
                answer = self.call(hidden, "formatted_read_group", among, [f"lead_id.{path}"], ["__count"])
                self.assertEqual([group[f"lead_id.{path}"] for group in json.loads(answer)], [False])
        for method, asked in (
            ("web_read", {"lead_id": {"fields": {"name": {}}}}),
            ("export_data", ["lead_id/name"]),
            ("export_data", ["lead_id", "lead_id/expected_revenue"]),
        ):
            with self.subTest(asked=asked), mute_logger("odoo.addons.base.models.ir_rule"):
                with self.assertRaises(AccessError) as refused:
                    self.call(hidden, method, asked)
                self.assertNotIn(SECRET, str(refused.exception))
        for operator in ("any!", "not any!"):
            with self.subTest(operator=operator), self.assertRaises(ValueError):
                rows.search([("lead_id", operator, [("name", "ilike", SECRET)])])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_export_tells_a_hidden_name(self):
        """Whatever the path, of every model: the answer is a refusal, or without the name."""
        ways = (
            "lead_id/name",
            "lead_id/id",
            "lead_id/.id",
            "lead_id/partner_id/name",
            "lead_id/hot_flag_id/lead_id/name",
        )
        seen = set()
        for model in self.row_models:
            for user in (self.seller, self.manager):
                hidden = self.rows_of(model, user)[1]
                for path in ways if hidden else ():
                    seen.add(model)
                    with self.subTest(model=model, user=user.login, path=path):
                        try:
                            told = self.call(hidden, "export_data", [".id", path])
                        except AccessError as refused:
                            told = str(refused)
                        self.assertNotIn(SECRET, told)
        self.assertEqual(seen, set(self.row_models) - NEVER_HIDDEN)

    def test_no_order_tells_which_hidden_deal_is_hot(self):
        self.handed_over.hot_flag_id.action_settle("withdrawn")
        one, other = self.handed_over, self.make_deal()
        self.env["crm.hot.flag"].with_user(self.seller).create({"note": "They sign", "lead_id": other.id})
        self.pass_time(days=1)
        other.stage_id = self.needs
        self.pass_time(days=1)
        other.user_id = self.colleague
        self.env.cr.flush()
        self.assertTrue(other.is_hot)
        among = [("lead_id", "in", (one + other).ids)]
        for model in ("crm.stage.visit", "crm.pipeline.movement", "crm.hot.flag", "crm.stage.conversion.report"):
            rows = self.env[model].with_user(self.seller)
            with self.subTest(model=model):
                found = rows.search(among, order="lead_id, id")
                self.assertEqual(found.sudo().lead_id.ids, sorted((one + other).ids))
                groups = rows.formatted_read_group(among, ["lead_id"], ["__count"], order="lead_id")
                self.assertEqual([group["lead_id"][0] for group in groups], sorted((one + other).ids))

    def test_a_list_costs_no_more_statements(self):
        """The record rules of deals are checked in Python, with values that the name is fetched with."""
        asked = {"lead_id": {"fields": {"display_name": {}}}, "amount": {}}
        for user in (self.seller, self.manager):
            visits = self.Visit.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            visits.web_search_read([], asked)
            self.env.invalidate_all()
            with self.subTest(user=user.login), self.assertQueryCount(3):
                visits.web_search_read([], asked)

    # ------------------------------------------------------------
    # DIALOGS AND MESSAGES
    # ------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_dialog_of_a_deal_that_was_handed_over_meanwhile(self):
        progress = self.env["crm.lead.progress.dialog"].with_user(self.seller).create({"lead_id": self.own.id})
        flag = (
            self.env["crm.hot.flag.dialog"]
            .with_user(self.seller)
            .create({"lead_ids": [Command.set(self.own.ids)], "kind": "sign"})
        )
        self.own.write({"user_id": self.colleague.id, "name": SECRET})
        self.env.flush_all()
        self.env.invalidate_all()
        name = {"fields": {"display_name": {}}}
        told = self.call(progress, "read", ["lead_id", "display_name"])
        told += self.call(progress, "web_read", {"lead_id": name})
        told += self.call(progress, "onchange", {"reaction": "positive"}, ["reaction"], {"lead_id": name})
        told += self.call(flag, "web_read", {"lead_ids": name})
        self.assertNotIn(SECRET, told)
        self.assertIn(f"Opportunity {self.own.id}", told)

    def test_a_new_flag_on_a_hidden_deal_does_not_tell_its_name(self):
        flags = self.env["crm.hot.flag"].with_user(self.seller)
        asked = {"lead_id": {"fields": {"display_name": {}}}, "customer_name": {}, "partner_id": {}}
        told = self.call(flags, "onchange", {"lead_id": self.handed_over.id}, ["lead_id"], asked)
        self.assertNotIn(SECRET, told)

    def test_a_flag_does_not_keep_the_name_of_a_deal_without_a_customer(self):
        """A flag is readable for its salesperson, who may not read the deal."""
        flag = self.env["crm.hot.flag"].create(
            {"note": "Soon", "lead_id": self.lost_one.id, "kind": "other", "user_id": self.seller.id}
        )
        self.lost_one.name = f"{SECRET} anew"
        self.env.cr.flush()
        self.assertFalse(flag.customer_name)
        for model in ("crm.hot.flag", "crm.hot.report"):
            rows = self.env[model].with_user(self.seller).search([("lead_ref", "=", self.lost_one.id)])
            self.assertTrue(rows)
            self.assertNotIn(SECRET, self.call(rows, "read"))

    def test_a_stop_does_not_tell_the_name_of_a_hidden_deal(self):
        self.needs.leaving_rule = "stop"
        self.env["crm.stage.step"].create({"stage_id": self.needs.id, "name": "Call", "is_required": True})
        with self.assertRaises(AccessError) as refused, mute_logger("odoo.addons.base.models.ir_rule"):
            self.handed_over.with_user(self.seller).write({"stage_id": self.bidding.id})
        self.assertNotIn(SECRET, str(refused.exception))
