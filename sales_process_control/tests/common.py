from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

#: Raw SQL posts no balances, so that they are deleted with the lines. The mark of the closed weeks stays.
EMPTY_LEDGERS = """
    DELETE FROM crm_stage_visit;
    DELETE FROM crm_pipeline_movement;
    DELETE FROM crm_pipeline_balance WHERE is_mark IS NOT TRUE
"""


def new_user(env, login, groups="base.group_user", **values):
    """Return a new user without the mail to set a password, which takes longer than all else about a user."""
    return new_test_user(env, login, groups=groups, context={"no_reset_password": True}, **values)


def delete_deals(env):
    """Delete all deals with their rows in the ledgers, because those of the demonstration must not count."""
    env["crm.lead"].with_context(active_test=False).search([]).unlink()
    env.cr.flush()
    env.cr.execute(EMPTY_LEDGERS)


def _with_booleans(value):
    """Return a value with a mark of its booleans, which are equal to 0 and 1 in Python."""
    if isinstance(value, dict):
        return {key: _with_booleans(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_booleans(one) for one in value]
    return isinstance(value, bool), value


class PipelineCase(TransactionCase):
    """Five stages, two teams and three users, with a clock that tests set.

    ======== ======== ==== =======================
    stage    sequence won  teams
    ======== ======== ==== =======================
    contact  10            all
    needs    20            all
    bidding  30            all
    talks    40            all
    signed   50       yes  all
    ======== ======== ==== =======================

    Deals and stages that the database had are deleted.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The mail to a new salesperson takes longer than all else about a deal.
        cls.env = cls.env(context={**cls.env.context, "mail_auto_subscribe_no_notify": True})
        cls.start = datetime(2026, 3, 2, 9, 0)
        cls.Lead = cls.env["crm.lead"]
        cls.Visit = cls.env["crm.stage.visit"]
        cls.Movement = cls.env["crm.pipeline.movement"]
        cls.company = cls.env.ref("base.main_company")
        delete_deals(cls.env)
        cls.env["crm.stage"].search([]).unlink()
        cls.contact, cls.needs, cls.bidding, cls.talks, cls.signed = cls.env["crm.stage"].create(
            [
                {"name": "First Contact", "sequence": 10},
                {"name": "Needs Analysis", "sequence": 20},
                {"name": "Bidding", "sequence": 30},
                {"name": "Negotiation", "sequence": 40},
                {"name": "Signing", "sequence": 50, "is_won": True},
            ]
        )
        groups = "sales_team.group_sale_salesman"
        cls.seller = cls.make_user("process_seller", groups)
        cls.colleague = cls.make_user("process_colleague", groups)
        cls.manager = cls.make_user("process_manager", "sales_team.group_sale_manager")
        cls.team, cls.other_team = cls.env["crm.team"].create(
            [
                {"name": "Team North", "company_id": False, "member_ids": [Command.set(cls.seller.ids)]},
                {"name": "Team South", "company_id": False, "member_ids": [Command.set(cls.colleague.ids)]},
            ]
        )
        cls.env.cr.flush()

    @classmethod
    def make_user(cls, login, groups="base.group_user", **values):
        return new_user(cls.env, login, groups, **values)

    def setUp(self):
        super().setUp()
        # Jobs commit. A test that is rolled back must not.
        self.startPatcher(patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 60.0))
        self.startPatcher(patch.object(fields.Datetime, "now", lambda: self.env.cr.now().replace(microsecond=0)))
        self.set_time(self.start)

    def set_time(self, instant):
        """Record pending changes and continue at another instant, as a new transaction does."""
        self.env.cr.flush()
        self.env.cr._now = instant
        self.env["crm.lead"].invalidate_model()

    def pass_time(self, **duration):
        self.set_time(self.env.cr.now() + timedelta(**duration))

    @contextmanager
    def no_module_errors(self):
        with self.assertNoLogs("odoo.addons.sales_process_control", level="WARNING"):
            yield

    def deal_values(self, **values):
        return {
            "name": "Deal",
            "type": "opportunity",
            "stage_id": self.contact.id,
            "team_id": self.team.id,
            "user_id": self.seller.id,
            "company_id": self.company.id,
            "expected_revenue": 100,
            **values,
        }

    def make_deal(self, **values):
        return self.make_many(1, **values)

    def make_many(self, count, **values):
        """Return new deals that are all alike. What is done with them later posts messages, their creation does not."""
        quiet = self.Lead.with_context(tracking_disable=True)
        return quiet.create([self.deal_values(**values) for _deal in range(count)]).with_env(self.Lead.env)

    def visits_of(self, lead_ref):
        """Return [(stage, outcome, days)] of a deal, in the order of its visits."""
        self.env.cr.flush()
        visits = self.Visit.search([("lead_ref", "=", int(lead_ref))], order="entered_at, id")
        return [(visit.stage_id, visit.outcome, round(visit.days, 6)) for visit in visits]

    def outcomes_of(self, lead_ref):
        """Return ["stage: outcome"] of a deal, in the order of its visits."""
        return [f"{stage.name or '-'}: {outcome}" for stage, outcome, _days in self.visits_of(lead_ref)]

    def lines_of(self, lead_ref, since=None):
        """Return [(kind, stage, count, amount)] of a deal, in the order of posting."""
        self.env.cr.flush()
        domain = [("lead_ref", "=", int(lead_ref))]
        if since:
            domain.append(("date", ">=", since))
        movements = self.Movement.search(domain, order="id")
        return [(line.kind, line.stage_id, line.deal_count, line.amount) for line in movements]

    def kinds_of(self, lead_ref, since=None):
        return [kind for kind, _stage, _count, _amount in self.lines_of(lead_ref, since)]

    def sell_through_a_quarter(self):
        """Make the deals of the published example of a quarter (docs/definitions.md, Waterfall)."""
        quarter, next_quarter = date(2026, 6, 15), date(2026, 9, 15)
        self.set_time(datetime(2026, 3, 20, 9))
        to_win, to_lose, to_push, to_raise, to_pull = (
            self.make_deal(expected_revenue=amount, date_deadline=closing)
            for amount, closing in (
                (300000, quarter),
                (287487, quarter),
                (271125, quarter),
                (398947, quarter),
                (180171, next_quarter),
            )
        )
        self.set_time(datetime(2026, 4, 10, 9))
        won_soon = self.make_deal(expected_revenue=256292, date_deadline=quarter)
        self.make_deal(expected_revenue=1245586, date_deadline=quarter)
        self.pass_time(days=5)
        to_push.date_deadline = next_quarter
        to_pull.date_deadline = quarter
        to_raise.expected_revenue += 149382
        self.pass_time(days=5)
        (to_win + won_soon).action_set_won()
        to_lose.action_set_lost()
        self.env.cr.flush()

    def assertExactly(self, found, expected):
        """Assert that values are equal, where False is not 0: screens show a 0, and nothing for what is not known."""
        self.assertEqual(found, expected)
        self.assertEqual(_with_booleans(found), _with_booleans(expected))

    def assertBalanced(self):
        """Assert that the sums of all lines are the open deals, in every place, and that balances agree with lines."""
        self.env.cr.flush()
        places = ["stage_id", "team_id", "user_id", "company_id", "currency_id", "date_deadline:day"]
        posted = {
            tuple(key): (count, Decimal(str(round(amount, 2))))
            for *key, count, amount in self.Movement._read_group([], places, ["deal_count:sum", "amount:sum"])
            if count or round(amount, 2)
        }
        live = {}
        for lead in self.Lead.search([("type", "=", "opportunity"), ("won_status", "=", "pending")]):
            currency = lead.company_id.currency_id or self.company.currency_id
            key = (lead.stage_id, lead.team_id, lead.user_id, lead.company_id, currency, lead.date_deadline)
            count, amount = live.get(key, (0, Decimal(0)))
            live[key] = count + 1, amount + Decimal(str(round(lead.expected_revenue, 2)))
        self.assertEqual(posted, live)
        # By the clock of the server all weeks of the test are over.
        self.assertEqual(self.env["crm.pipeline.balance"].close(), 0)


class AccessCase(PipelineCase):
    """Deals of several salespeople in two companies, and readers with different rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create({"name": "Second Company"})
        export = ",base.group_allow_export"
        cls.seller.group_ids |= cls.env.ref("base.group_allow_export")
        cls.all_documents = cls.make_user("process_all", "sales_team.group_sale_salesman_all_leads" + export)
        cls.manager.group_ids |= cls.env.ref("base.group_allow_export")
        cls.abroad = cls.make_user(
            "process_abroad",
            "sales_team.group_sale_manager" + export,
            company_id=cls.second.id,
            company_ids=[Command.set(cls.second.ids)],
        )
        cls.internal = cls.make_user("process_internal", "base.group_user" + export)
        cls.portal = cls.make_user("process_portal", "base.group_portal")
        cls.administrator = cls.env.ref("base.user_admin")
        common = {"type": "opportunity", "stage_id": cls.contact.id, "team_id": False, "expected_revenue": 10}
        values = {
            "own": {"user_id": cls.seller.id, "company_id": cls.company.id},
            "colleague's": {"user_id": cls.colleague.id, "company_id": cls.company.id},
            "nobody's": {"user_id": False, "company_id": cls.company.id},
            "abroad": {"user_id": cls.abroad.id, "company_id": cls.second.id},
            "without company": {"user_id": cls.colleague.id, "company_id": False},
        }
        cls.deals = {name: cls.Lead.create({"name": name, **common, **extra}) for name, extra in values.items()}
        cls.env.cr.flush()

    @classmethod
    def _let_resellers_read_deals(cls):
        """Give portal users the rights that `website_crm_partner_assign` gives them, to deals of their company."""
        portal = cls.env.ref("base.group_portal")
        for model in ("crm.lead", "crm.stage"):
            model_id = cls.env["ir.model"]._get_id(model)
            cls.env["ir.model.access"].create(
                {"name": f"{model} of resellers", "model_id": model_id, "group_id": portal.id, "perm_read": True}
            )
        cls.env["ir.rule"].create(
            {
                "name": "Opportunities of resellers",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[('partner_id', 'child_of', user.commercial_partner_id.id)]",
                "groups": [Command.set(portal.ids)],
            }
        )

    def readers(self):
        """Return (user, names of the deals whose rows the user may read)."""
        home = {"own", "colleague's", "nobody's", "without company"}
        return (
            (self.seller, {"own", "nobody's"}),
            (self.colleague, {"colleague's", "nobody's", "without company"}),
            (self.all_documents, home),
            (self.manager, home),
            (self.abroad, {"abroad", "without company"}),
        )
