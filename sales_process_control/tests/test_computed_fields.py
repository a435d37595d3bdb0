from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PipelineCase

MODULE = "sales_process_control"
#: Stored fields of this module on Odoo's models that people enter.
ENTERED = {
    ("crm.lead", "customer_budget"),
    ("crm.stage", "is_unlimited"),
    ("crm.stage", "leaving_rule"),
    ("digest.digest", "kpi_pipeline_change"),
    ("digest.digest", "kpi_pipeline_lost"),
    ("digest.digest", "kpi_pipeline_won"),
    ("digest.digest", "kpi_promises_kept"),
    ("digest.digest", "kpi_sales_forecast"),
    ("mail.activity", "customer_reaction"),
    ("res.company", "alerts_given_on"),
    ("res.company", "alerts_hot_idle"),
    ("res.company", "alerts_per_day"),
    ("res.company", "alerts_promise"),
    ("res.company", "alerts_promise_leader"),
    ("res.company", "alerts_stalled"),
    ("res.company", "alerts_stalled_leader"),
    ("res.company", "is_keeping_stages"),
    ("res.company", "is_sales_setup_put_away"),
    ("res.company", "skipped_setup_steps"),
    ("res.company", "weekly_report_for_leaders"),
    ("res.partner", "is_key_customer"),
    ("res.users", "is_onboarding_borrowed"),
    ("res.users", "sales_setup_company_id"),
    ("res.users", "weekly_report"),
}
#: Fields that follow from rows of deals that are gone, or from a file.
UNPROVED = {"merged_progress_at", "imported_history_id", "imported_until", "imported_values"}
#: Fields that change as days pass: a job of its own brings them up to date every night.
NIGHTLY = {"chance", "chance_by_closing", "expected_amount"}
#: Fields of a deal, and ways to create one with them that Odoo refuses: an import finds no record by such a name, and
#: takes no values of this type.
REFUSED = {("hot_flag_id", "load"), ("imported_history_id", "load"), ("imported_values", "load")}
AUDIT = "odoo.addons.sales_process_control.models.recording.crm_pipeline_audit"


@tagged("post_install", "-at_install")
class TestComputedFields(PipelineCase):
    """What the module computes is written by the module only. The fields are found in the registry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "ir.model.fields")])
        fields = cls.env["ir.model.fields"].browse(data.mapped("res_id")).exists()
        cls.stored = {
            (field.model, field.name)
            # Odoo's own fields, such as `id`, belong to several modules.
            for field in fields.filtered(lambda field: field.store and field.modules == MODULE)
            if cls.env[field.model]._original_module != MODULE
            and not cls.env[field.model]._transient
            and cls.env[field.model]._fields[field.name].column_type
        }
        cls.flag = cls.env["crm.hot.flag"].create(
            {"lead_id": cls.make_hot_deal().id, "note": "Signs on Friday", "kind": "sign"}
        )
        cls.history = cls.env["crm.imported.history"].create({"name": "History", "company_id": cls.company.id})

    @classmethod
    def make_hot_deal(cls):
        return cls.Lead.create(
            {"name": "Hot", "type": "opportunity", "stage_id": cls.contact.id, "user_id": cls.colleague.id}
        )

    def computed_of(self, model):
        return sorted(name for owner, name in self.stored - ENTERED if owner == model)

    def forged(self, model, name):
        """Return a value of the field's type that no test computes."""
        field = self.env[model]._fields[name]
        if field.type == "many2one":
            return {"crm.hot.flag": self.flag, "crm.imported.history": self.history}[field.comodel_name].id
        values = {
            "boolean": True,
            "integer": 77,
            "float": 0.77,
            "monetary": 77.0,
            "datetime": datetime(2030, 1, 1),
            "date": date(2030, 1, 1),
            "json": {"stage_id": 77},
        }
        return "set" if field.type == "selection" else values[field.type]

    def value_of(self, record, name):
        # As at the end of a transaction: what follows from the ledgers is stored, too.
        self.env.cr.flush()
        record.invalidate_recordset()
        return record.sudo()[name]

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    def test_every_stored_field_is_known(self):
        self.assertLessEqual(ENTERED, self.stored)
        known = {"stage_entered_at", "push_count", "push_days", "was_passed", "is_hot", "last_progress_at", *NIGHTLY}
        self.assertLessEqual(known, set(self.computed_of("crm.lead")))
        models = {model for model, _name in self.stored - ENTERED}
        self.assertEqual(models, {"crm.lead", "crm.stage", "mail.message"}, "a new model needs a test here")

    def test_nobody_writes_them_on_a_deal(self):
        for user in (self.seller, self.manager):
            for name in self.computed_of("crm.lead"):
                with self.subTest(user=user.login, field=name):
                    deal = self.make_deal()
                    before, forged = self.value_of(deal, name), self.forged("crm.lead", name)
                    self.assertNotEqual(before, self.as_record("crm.lead", name))
                    self.try_to(deal.with_user(user).write, {name: forged})
                    self.assertEqual(self.value_of(deal, name), before)
                    self.try_to(deal.with_user(user).web_save, {name: forged}, {})
                    self.assertEqual(self.value_of(deal, name), before)
                    self.try_to(deal.with_user(user).load, [".id", name], [[str(deal.id), str(forged)]])
                    self.assertEqual(self.value_of(deal, name), before)

    def test_nobody_creates_a_deal_with_them(self):
        leads = self.Lead.with_user(self.seller)
        # The amount expected by chance follows from the amount.
        empty = {"expected_revenue": 0}
        refused = set()
        for name in self.computed_of("crm.lead"):
            forged = self.forged("crm.lead", name)
            values = {"name": "Forged", "type": "opportunity", "stage_id": self.contact.id}
            plain = self.value_of(leads.create(values), name)
            ways = {
                "values": lambda: leads.create({**values, name: forged}),  # noqa: B023
                "default": lambda: leads.with_context(**{f"default_{name}": forged}).create(values),  # noqa: B023
                "copy": lambda: self.make_deal(**empty).with_user(self.seller).copy({name: forged}),  # noqa: B023
                "copy with default": lambda: (
                    self.make_deal(**empty)
                    .with_user(self.seller)
                    .with_context(**{f"default_{name}": forged})  # noqa: B023
                    .copy()
                ),
                "load": lambda: leads.browse(
                    leads.load(["name", "stage_id/.id", name], [["Forged", str(self.contact.id), str(forged)]])["ids"]  # noqa: B023
                ),
                "mail": lambda: self.Lead.sudo().create({**values, name: forged}),  # noqa: B023
            }
            for way, create in ways.items():
                with self.subTest(field=name, way=way):
                    deal = self.try_to(create)
                    if deal:
                        self.assertEqual(self.value_of(deal, name), plain)
                    else:
                        refused.add((name, way))
        self.assertEqual(refused, REFUSED)

    def test_no_default_of_a_user_sets_them(self):
        for name in self.computed_of("crm.lead"):
            if self.Lead._fields[name].type == "many2one":
                continue
            with self.subTest(field=name):
                values = {"name": "Forged", "type": "opportunity", "stage_id": self.contact.id}
                plain = self.value_of(self.Lead.with_user(self.seller).create(values), name)
                forged = self.forged("crm.lead", name)
                forged = forged if isinstance(forged, bool | int | float) else str(forged)
                self.env["ir.default"].with_user(self.seller).set("crm.lead", name, forged, user_id=True)
                deal = self.Lead.with_user(self.seller).create(values)
                self.assertEqual(self.value_of(deal, name), plain)

    def as_record(self, model, name):
        field, value = self.env[model]._fields[name], self.forged(model, name)
        return self.env[field.comodel_name].browse(value) if field.type == "many2one" else value

    def try_to(self, method, *args):
        """Call a method that may refuse."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return method(*args)
        except (AccessError, UserError):
            return None

    # ------------------------------------------------------------
    # STAGES AND MESSAGES
    # ------------------------------------------------------------

    def test_nobody_writes_them_on_a_stage(self):
        stages = self.env["crm.stage"].with_user(self.manager)
        plain = stages.create({"name": "Plain"})
        for name in self.computed_of("crm.stage"):
            with self.subTest(field=name):
                forged, before = self.forged("crm.stage", name), self.value_of(self.needs, name)
                self.needs.with_user(self.manager).write({name: forged})
                self.assertEqual(self.value_of(self.needs, name), before)
                made = stages.create({"name": "Forged", name: forged})
                made |= stages.with_context(**{f"default_{name}": forged}).create({"name": "Forged"})
                for stage in made:
                    self.assertEqual(self.value_of(stage, name), self.value_of(plain, name))

    def test_nobody_marks_a_mail_as_automatic(self):
        deal = self.make_deal().with_user(self.seller)
        messages = deal.message_post(body="Hello", is_automatic=True)
        values = {"model": "crm.lead", "res_id": deal.id, "body": "Hello"}
        model = self.env["mail.message"].with_user(self.seller)
        messages |= model.create({**values, "is_automatic": True})
        messages |= model.with_context(default_is_automatic=True).create(values)
        messages.with_user(self.seller).write({"is_automatic": True})
        self.env.flush_all()
        messages.invalidate_recordset()
        self.assertEqual(messages.mapped("is_automatic"), [False] * 3)

    # ------------------------------------------------------------
    # AUDIT
    # ------------------------------------------------------------

    def test_the_audit_mends_what_differs(self):
        """Each field at a time is changed by SQL on each kind of deal, and is right again the next day."""
        deals = self.deals_of_all_kinds()
        names = [name for name in self.computed_of("crm.lead") if name not in UNPROVED | NIGHTLY]
        right = {(deal, name): self.value_of(deal, name) for deal in deals for name in names}
        self.run_audit()
        for name in names:
            with self.subTest(field=name):
                forged = self.forged("crm.lead", name)
                self.env.cr.execute(
                    f"UPDATE crm_lead SET {name} = %s WHERE id = ANY(%s)",
                    [forged, deals.ids],
                )
                self.env.invalidate_all()
                with self.assertLogs(AUDIT, level="WARNING") as logs:
                    self.run_audit()
                self.assertRegex(
                    logs.output[0],
                    r"0 opportunities had drifted, 0 did not balance.* fields of [1-9]",
                )
                for deal in deals:
                    self.assertEqual(self.value_of(deal, name), right[deal, name], deal.name)
                with self.assertNoLogs(AUDIT, level="WARNING"):
                    self.run_audit()

    def run_audit(self):
        self.pass_time(days=1)
        self.env["crm.pipeline.audit"]._cron_audit()
        self.env.invalidate_all()

    def deals_of_all_kinds(self):
        names = ("open", "moved", "pushed", "won", "lost", "archived", "born won", "born lost", "won again", "hot")
        open_, moved, pushed, won, lost, archived, born_won, born_lost, again, hot = (
            self.make_deal(
                name=name,
                date_deadline="2026-04-01",
                **(
                    {"stage_id": self.signed.id}
                    if name == "born won"
                    else {"active": False, "probability": 0}
                    if name == "born lost"
                    else {}
                ),
            )
            for name in names
        )
        self.env["crm.hot.flag"].create({"lead_id": hot.id, "note": "Signs", "kind": "sign", "due_date": "2026-09-01"})
        for deal in (moved, pushed, won, lost, archived, again):
            self.pass_time(days=3)
            deal.stage_id = self.bidding
        self.pass_time(days=3)
        pushed.date_deadline = "2026-05-01"
        (won + again).action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        self.pass_time(days=3)
        again.stage_id = self.needs
        self.pass_time(days=3)
        again.action_set_won()
        self.env.cr.flush()
        return (
            open_
            | moved
            | pushed
            | won
            | lost
            | archived
            | born_won
            | born_lost
            | again
            | hot
            | self.make_deal(name="a lead", type="lead")
        )
