"""The world of the attack: deals with marked texts and amounts, all kinds of readers, and calls as RPC makes them."""

import base64
import json
import re
from contextlib import suppress

from psycopg2 import IntegrityError

from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

from .common import AccessCase
from .history_common import HEADER
from .introspection import own_models

#: A text that tells of a record: in a field of Odoo (Outer), of its customer (Partner) or of
#: this module (Inner), and the name of the record.
MARKER = re.compile(r"(Outer|Partner|Inner)([A-Z][A-Za-z]*)Secret")
#: The end of a text that the reader may not be told.
KEPT = "SecretKept"
#: The amount of a record that the reader may not read. All others are small, so that sums and means tell it, too.
#: Ids of some reports are large, but not that large.
HIDDEN_AMOUNT, SHOWN_AMOUNT, LARGE = 7_654_321_000_000.0, 50.0, 10**11
HIDDEN_AMOUNT_TEXT = re.compile(r"7\D?654\D?321\D?000\D?000")
#: What a caller may get instead of an answer. Odoo turns an IntegrityError into a ValidationError.
REFUSALS = (UserError, RedirectWarning, IntegrityError)
#: Loggers that tell of refusals.
QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.models",
    "odoo.models.unlink",
    "odoo.orm.models",
    "odoo.sql_db",
    "odoo.tests",
    "py.warnings",
    "odoo.addons.mail.models.mail_thread",
)


class RolledBackError(Exception):
    """Ends a call whose changes must not stay."""


class EachReader:
    """A test for each kind of reader. A class with this mixin says what the reader withstands."""

    def assert_withstands(self, name):
        """Assert that one kind of reader learns and changes nothing of others.

        :param str name: of the reader, as in :meth:`AttackCase.attackers`
        """
        raise NotImplementedError

    def assert_no_faults(self, name, faults):
        """Assert that the calls of a reader have told and changed nothing.

        :param dict faults: {(model, method): texts}
        """
        report = [f"{model}.{method}: {'; '.join(sorted(found))}" for (model, method), found in faults.items() if found]
        self.assertFalse(report, f"As {name}:\n" + "\n".join(report))

    def test_own_documents(self):
        self.assert_withstands("own documents")

    def test_other_team(self):
        self.assert_withstands("other team")

    def test_all_documents(self):
        self.assert_withstands("all documents")

    def test_manager(self):
        self.assert_withstands("manager")

    def test_other_company(self):
        self.assert_withstands("other company")

    def test_no_sales_rights(self):
        self.assert_withstands("no sales rights")

    def test_portal(self):
        self.assert_withstands("portal")

    def test_reseller(self):
        self.assert_withstands("reseller")

    def test_public(self):
        self.assert_withstands("public")


class AttackCase(AccessCase):
    """Deals that tell who reads them: each has texts and an amount of its own in every field that can hold them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal.partner_id.name = "Portal"
        cls.reseller = new_test_user(cls.env, "process_reseller", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls._let_resellers_read_deals()
        cls.team_abroad = cls.env["crm.team"].create({"name": "Team Abroad", "company_id": cls.second.id})
        cls.team.company_id = cls.other_team.company_id = cls.company
        cls.env["crm.stage.step"].create(
            [
                {"name": "Ring them", "stage_id": cls.contact.id, "is_required": True},
                {
                    "name": "InnerAbroadStepSecret",
                    "stage_id": cls.contact.id,
                    "is_required": True,
                    "team_id": cls.team_abroad.id,
                },
            ]
        )
        cls.contact.leaving_rule = "stop"
        cls.calls = 0
        cls.env.cr.flush()

    # ------------------------------------------------------------
    # READERS
    # ------------------------------------------------------------

    def attackers(self):
        """Return {name: (user, names of the deals that CRM shows to the user, names of other records of the user)}."""
        home = {"Own", "Colleague", "Nobody", "Shared", "Handed", "Adopted", "Assigned", "Imported"}
        nothing = set()
        return {
            "own documents": (self.seller, {"Own", "Nobody"}, {"SellersDialog"}),
            "other team": (self.colleague, home - {"Own"}, {"ColleaguesDialog"}),
            "all documents": (self.all_documents, home, nothing),
            "manager": (self.manager, home, {"ManagersDialog", "HomeHistory"}),
            "other company": (
                self.abroad,
                {"Abroad", "Shared", "Gone", "Moved", "ImportedAbroad"},
                {"AbroadsDialog", "AbroadHistory", "AbroadStep"},
            ),
            "no sales rights": (self.internal, nothing, nothing),
            "portal": (self.portal, nothing, nothing),
            "reseller": (self.reseller, {"Assigned"}, nothing),
            "public": (self.public, nothing, nothing),
        }

    def make_world(self, name):
        """Make the records for one kind of reader, and remember what the reader may be told."""
        self.reader, self.readable, own = self.attackers()[name]
        self.usual_context = {"lang": "en_US", "tz": "UTC", "allowed_company_ids": self.reader.company_ids.ids}
        is_internal = self.reader.has_group("sales_team.group_sale_salesman")
        self.told = {(mark, key) for mark in ("Outer", "Partner") for key in self.readable}
        self.told |= {("Inner", key) for key in (self.readable if is_internal else set()) | own}
        self.told |= {("Outer", key) for key in own}
        if is_internal and "Imported" in self.readable:
            # A deal says which file it came from.
            self.told.add(("Inner", "HomeHistory"))
        if self.reader == self.seller:
            # Of the flag that the salesperson raised on a deal that was handed over since.
            self.told.add(("Partner", "Handed"))
        self.foreign = self.make_foreign()
        self.make_deals()
        self.make_dialogs()
        self.import_histories()
        self.make_targets()
        self.make_weekly_reports()
        self.make_report_channels()
        self.make_alerts()
        self.env["crm.pipeline.balance"].close()
        self.pass_time(hours=1)
        self.env.flush_all()
        self.env.invalidate_all()
        self.hidden_query = SQL(" UNION ALL ").join(self.hidden_queries())
        self.hidden_state = self.state_of_hidden()
        self.check_world()

    def make_foreign(self):
        """Return {model: record} of a company that is not the reader's, and a stage, which belongs to nobody."""
        is_abroad = self.second in self.reader.company_ids
        company = self.company if is_abroad else self.second
        # Without a marker: Odoo tells the names of records that somebody writes into a field.
        customer = self.env["res.partner"].create({"name": "Of others", "company_id": company.id})
        return {
            "res.company": company,
            "res.users": self.colleague if is_abroad else self.abroad,
            "crm.team": self.other_team if is_abroad else self.team_abroad,
            "res.partner": customer,
            "crm.stage": self.bidding,
        }

    def check_world(self):
        """Check that CRM itself shows the reader what the table says, and that no model of ours is empty."""
        leads = self.env["crm.lead"].with_user(self.reader).with_context(self.usual_context, active_test=False)
        shown = set()
        if leads.has_access("read"):
            shown = {name for mark, name in MARKER.findall(str(leads.search([]).mapped("name"))) if mark == "Outer"}
        self.assertEqual(shown, self.readable)
        for model in own_models(self.env):
            cls = self.env.registry[model]
            if not cls._abstract:
                self.assertTrue(self.env[model].with_context(active_test=False).search_count([], limit=1), model)

    def outer(self, key):
        return self.text("Outer", key)

    def inner(self, key):
        return self.text("Inner", key)

    def text(self, mark, key):
        """Return a text that tells of a record. One that the reader may not be told is found by its end."""
        return f"{mark}{key}{'Secret' if (mark, key) in self.told else KEPT}"

    def amount(self, mark, key):
        return SHOWN_AMOUNT if (mark, key) in self.told else HIDDEN_AMOUNT

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def owners(self):
        """Return {name of a deal: (values of its first owner, of its present owner)}."""
        home = {"company_id": self.company.id, "team_id": self.other_team.id}
        colleague = {**home, "user_id": self.colleague.id}
        abroad = {"user_id": self.abroad.id, "company_id": self.second.id, "team_id": self.team_abroad.id}
        seller = {**home, "user_id": self.seller.id, "team_id": self.team.id}
        shared = {"user_id": self.colleague.id, "company_id": False, "team_id": False}
        # The visit before ends with the amount of this save.
        moved = {**abroad, "stage_id": self.talks.id, "expected_revenue": self.amount("Outer", "Moved")}
        nobody = {**home, "user_id": False, "team_id": False}
        return {
            "Own": (seller, seller),
            "Colleague": (colleague, colleague),
            "Nobody": (nobody, nobody),
            "Abroad": (abroad, abroad),
            "Shared": (shared, shared),
            "Handed": (seller, colleague),
            "Adopted": (nobody, colleague),
            "Gone": (colleague, abroad),
            "Moved": (shared, moved),
            "Assigned": (colleague, colleague),
        }

    def make_deals(self):
        """Make an open and a lost deal of each kind, with all that this module keeps about deals."""
        self.set_time(self.start)
        self.create_deals()
        self.pass_time(days=1)
        self.flag_that_its_seller_keeps()
        self.pass_time(days=1)
        for key, deals in self.world.items():
            self.act_on(key, deals)
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "res_id": self.world["Colleague"][0].id,
                "user_id": self.seller.id,
                "summary": "A call for a colleague",
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            }
        )
        self.pass_time(days=1)
        for key, (first, present) in self.owners().items():
            if present != first:
                self.world[key].write(present)
        self.pass_time(days=1)
        for key, deals in self.world.items():
            self.tell_about(key, deals)
        self.pass_time(days=1)

    def create_deals(self):
        """Create the deals as their first owners have them."""
        partners = self.env["res.partner"]
        self.world = {}
        for key, (first, _present) in self.owners().items():
            name = self.outer(key)
            customer = self.text("Partner", key)
            partner = (
                self.reseller.partner_id
                if key == "Assigned"
                else partners.create({"name": customer, "email": f"{customer}@example.com"})
            )
            common = {
                **first,
                "name": name,
                "type": "opportunity",
                "stage_id": self.contact.id,
                "expected_revenue": SHOWN_AMOUNT,
                "description": name,
                "contact_name": name,
                "partner_name": name,
                "street": name,
            }
            # The lost one has a customer that is only a name, except for the reseller's.
            self.world[key] = self.Lead.create(
                [
                    {**common, "partner_id": partner.id},
                    {**common, "partner_id": partner.id}
                    if key == "Assigned"
                    else {**common, "email_from": f"{name}@example.com"},
                ]
            )

    def flag_that_its_seller_keeps(self):
        """A salesperson goes on reading the own flags on a deal that is handed over: that it is hot is no secret."""
        flag = self.env["crm.hot.flag"].create({"note": "Mine", "lead_id": self.world["Handed"][0].id})
        self.assertEqual(flag.user_id, self.seller)
        flag.action_settle("withdrawn")

    def act_on(self, key, deals):
        """Move deals past a stop, as a manager does who says why, and plan what comes next."""
        manager = self.abroad if key == "Abroad" else self.manager
        own = deals.with_user(manager).with_context(
            allowed_company_ids=manager.company_ids.ids, pass_stage_id=self.bidding.id
        )
        action = own.action_pass_stage()
        dialog = own.env["crm.stage.pass.dialog"].browse(action["res_id"])
        dialog.reason = self.inner(key)
        dialog.action_move()
        dialog.unlink()
        for deal in deals:
            self.env["mail.activity"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                    "user_id": deal.user_id.id or self.manager.id,
                    "summary": self.outer(key),
                    "note": self.outer(key),
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                }
            )

    def tell_about(self, key, deals):
        """Write amounts and words that only readers of the deal may know, and lose the second one."""
        inner, user = self.inner(key), deals.user_id or self.manager
        deals.write({"expected_revenue": self.amount("Outer", key), "customer_budget": self.amount("Inner", key)})
        flags = self.env["crm.hot.flag"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        values = {"note": inner, "amount": self.amount("Inner", key)}
        flags.create({**values, "lead_id": deals[0].id}).write({"note": f"{inner} again"})
        if key != "Assigned":
            flags.create({**values, "partner_id": deals[0].partner_id.id, "kind": "reorder"})
        for deal in deals:
            dialog = self.env["crm.lead.progress.dialog"].create(
                {
                    "lead_id": deal.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "feedback": inner,
                    "reaction": "positive",
                    "next_type_id": False,
                }
            )
            dialog.action_save()
            deal.message_post(body=inner, message_type="comment")
        reason = self.env["crm.lost.reason"].create({"name": self.outer(key)})
        deals[1].action_set_lost(lost_reason_id=reason.id)

    def make_dialogs(self):
        """Open a dialog of each kind for several people."""
        # A stage that can be hidden: the others are stages of the six, or of won deals.
        self.env["crm.stage"].create({"name": "Of old", "sequence": 99})
        opened = (
            (self.seller, "Sellers", "Own"),
            (self.colleague, "Colleagues", "Colleague"),
            (self.manager, "Managers", "Assigned"),
            (self.abroad, "Abroads", "Abroad"),
        )
        for user, owner, deal_key in opened:
            key = f"{owner}Dialog"
            deal = self.world[deal_key][0].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            env = deal.env
            typed = {"note": self.inner(key), "amount": self.amount("Inner", key)}
            env["crm.hot.flag.dialog"].browse(deal.action_hot_flag()["res_id"]).write(typed)
            progress = env["crm.lead.progress.dialog"].browse(deal.action_record_progress()["res_id"])
            progress.write(
                {
                    "feedback": self.inner(key),
                    "next_summary": self.inner(key),
                    "customer_budget": self.amount("Inner", key),
                }
            )
            if user in (self.manager, self.abroad):
                passing = deal.with_context(pass_stage_id=self.talks.id).action_pass_stage()
                env["crm.stage.pass.dialog"].browse(passing["res_id"]).reason = self.inner(key)
                env["crm.process.loader"].create({"team_id": deal.team_id.id, "hides_others": True})
                content = (
                    f"{HEADER}{self.outer(key)},{self.inner(key)},soon,,\n{self.outer(key)} 2,Bidding,2025-01-01,,9\n"
                )
                wizard = env["crm.stage.history.import"].create(
                    {"file": base64.b64encode(content.encode()), "filename": f"{self.inner(key)}.csv"}
                )
                wizard.action_preview()
        self.env.flush_all()

    def import_histories(self):
        """Import a deal in each company."""
        for user, key, seller, name in (
            (self.manager, "Imported", self.colleague, "Home"),
            (self.abroad, "ImportedAbroad", self.abroad, "Abroad"),
        ):
            content = (
                "deal,stage,at,event,amount,salesperson\n"
                f"{self.outer(key)},Bidding,2025-01-10T09:00:00Z,,{self.amount('Outer', key)},{seller.login}\n"
                f"{self.outer(key)},Negotiation,2025-02-10T09:00:00Z,,,\n"
            )
            wizard = (
                self.env["crm.stage.history.import"]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                .create({"file": base64.b64encode(content.encode()), "filename": f"{self.inner(f'{name}History')}.csv"})
            )
            # What was chosen is remembered when the import of a preview starts.
            wizard.action_preview()
            wizard.action_import()
            self.world[key] = wizard.history_id.sudo().lead_ids
            self.assertEqual(len(self.world[key]), 1)

    def make_weekly_reports(self):
        """Make the report of several people, each with what its reader may read."""
        for user in (self.seller, self.colleague, self.manager, self.abroad):
            self.env["crm.weekly.report"].with_user(user)._make_sample("own")

    def make_report_channels(self):
        """Post the digest of a sales manager to a channel that everybody may open: links of it serve everybody."""
        channel = self.env["discuss.channel"].create({"name": "Digests", "channel_type": "channel"})
        destination = self.env["crm.report.destination"].create(
            {
                "name": "Digests",
                "channel_id": channel.id,
                "company_id": self.company.id,
                "reader_id": self.manager.id,
            }
        )
        delivery = self.env["crm.report.delivery"].with_user(self.manager)._make_preview(destination)
        delivery.sudo().attempts = 1

    def make_targets(self):
        """Set targets and store forecasts: those of others are large. Members of a team read its targets."""
        sees_all = self.reader.has_group("sales_team.group_sale_salesman_all_leads")
        for company, user, team in (
            (self.company, self.seller, self.team),
            (self.company, self.colleague, self.other_team),
            (self.second, self.abroad, self.team_abroad),
        ):
            is_shown = sees_all and company in self.reader.company_ids
            of_user, of_team = (
                SHOWN_AMOUNT if one else HIDDEN_AMOUNT for one in (is_shown or user == self.reader, is_shown)
            )
            common = {"month": self.start.date(), "company_id": company.id, "amount": of_user}
            self.env["crm.sales.target"].create([{**common, "user_id": user.id}, {**common, "team_id": team.id}])
            common = {"company_id": company.id, "period": "month", "day": "2026-03-02"}
            common |= {"date_start": "2026-03-01", "date_end": "2026-03-31"}
            self.env["crm.forecast"].create(
                [
                    {**common, "scope": "seller", "user_id": user.id, "total_amount": of_user},
                    {**common, "scope": "team", "team_id": team.id, "total_amount": of_team},
                ]
            )

    def make_alerts(self):
        """Alert the salesperson of each deal, and the former one of the deal that was handed over."""
        self.env["crm.deal.alert"].create(
            [
                {
                    "kind": "promise" if deal.hot_flag_id else "stalled",
                    "user_id": (self.seller if key == "Handed" else deal.user_id).id,
                    "day": self.start.date(),
                    "state": "done",
                    "lead_id": deal.id,
                    "lead_ref": deal.id,
                    "entered_at": deal.stage_entered_at,
                    "flag_id": deal.hot_flag_id.id,
                    "flag_ref": deal.hot_flag_id.id or 0,
                    "due_date": self.start.date(),
                    "team_id": deal.team_id.id,
                    "company_id": deal.company_id.id,
                }
                for key, deals in self.world.items()
                for deal in deals
            ]
        )

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def attempt(self, model, method, /, *args, context=None, writes=True, **kwargs):
        """Call a method as the web client does, in a transaction without anything in memory, and undo it.

        :param writes: whether to look for changes of records of others
        :return: (answer, None), or (None, the exception); the answer is what JSON makes of it
        """
        type(self).calls += 1
        self.changed_others = []
        self.env.invalidate_all()
        answer = failure = None
        try:
            with suppress(RolledBackError), mute_logger(*QUIET), self.env.cr.savepoint():
                env = self.env(user=self.reader.id, su=False, context={})
                kwargs["context"] = {**self.usual_context, **(context or {})}
                # Odoo changes some of the values that it gets.
                given, named = as_json(args), as_json(kwargs)
                answer = as_json(call_kw(env[model], method, given, named))
                if writes:
                    self.env.cr.flush()
                    self.changed_others = self.changes_of_hidden()
                    self.after_call()
                raise RolledBackError
        except Exception as error:  # noqa: BLE001
            failure = error
        return answer, failure

    def after_call(self):
        """Read what a call has stored, before it is undone."""

    def faults_of(self, model, method, /, *args, is_ours=True, **more):
        """Return what is wrong with a call: what it tells of others, a write on their records, an error of Python.

        :param is_ours: whether errors of Python count
        """
        answer, failure = self.attempt(model, method, *args, **more)
        faults = self.leaks_in(answer)
        faults += [f"changes {table} of others" for table in self.changed_others]
        if isinstance(failure, UserError):
            faults += self.leaks_in(str(failure))
        elif failure is not None and is_ours and not is_refusal(failure):
            faults.append(f"{type(failure).__name__}: {str(failure)[:150]}")
        return faults

    def leaks_in(self, answer):
        """Return what an answer tells of records that the reader may not read."""
        text = json.dumps(answer)
        leaks = {f"tells {mark}{key}" for mark, key in MARKER.findall(text) if (mark, key) not in self.told}
        if HIDDEN_AMOUNT_TEXT.search(text) or any(abs(number) >= LARGE for number in numbers_in(answer)):
            leaks.add("tells an amount")
        return sorted(leaks)

    def hidden_leads(self):
        """Return the deals that the reader may not read."""
        hidden = [deals for key, deals in self.world.items() if key not in self.readable]
        return self.Lead.concat(*hidden)

    def state_of_hidden(self):
        """Return {table: (rows, digest)} of all that is stored about records that are not the reader's."""
        return {table: held for table, *held in self.env.execute_query(self.hidden_query)}

    def changes_of_hidden(self):
        """Return the names of the tables in which a call has changed what is not the reader's."""
        return [table for table, held in self.state_of_hidden().items() if held != self.hidden_state[table]]

    def hidden_queries(self):
        """Yield a query a table, for its rows about deals that the reader may not read and for others' dialogs."""
        lead_ids = tuple(self.hidden_leads().ids)
        conditions = {
            "crm_lead": SQL("id IN %s", lead_ids),
            "mail_message": SQL("model = 'crm.lead' AND res_id IN %s", lead_ids),
            "crm_hot_flag_revision": SQL("flag_id IN (SELECT id FROM crm_hot_flag WHERE lead_ref IN %s)", lead_ids),
        }
        if not self.reader.has_group("sales_team.group_sale_manager"):
            names = ("crm_stage", "crm_stage_step", "crm_imported_history", "crm_history_mapping")
            conditions |= {name: SQL("TRUE") for name in names}
        for name in own_models(self.env):
            model = self.env[name]
            if model._abstract or not model._auto:
                continue
            if model._transient:
                conditions[model._table] = SQL("create_uid <> %s", self.reader.id)
            elif "lead_ref" in model._fields or "lead_id" in model._fields:
                column = "lead_ref" if "lead_ref" in model._fields else "lead_id"
                conditions[model._table] = SQL("%s IN %s", SQL.identifier(column), lead_ids)
            elif isinstance(model, self.env.registry["crm.write.check.mixin"]):
                # What somebody gives to another company, or takes from it.
                key = ("company_id", "res.company") if model._fields["company_id"].store else ("team_id", "crm.team")
                conditions.setdefault(model._table, SQL("%s = %s", SQL.identifier(key[0]), self.foreign[key[1]].id))
        for table, condition in conditions.items():
            yield SQL(
                "SELECT %s, count(*), md5(string_agg(held::text, '|' ORDER BY held.id)) FROM %s AS held WHERE %s",
                table,
                SQL.identifier(table),
                condition,
            )


def is_refusal(failure):
    """Return whether an exception is an answer: one for the user, or Odoo's about several records in place of one."""
    return isinstance(failure, REFUSALS) or str(failure).startswith("Expected singleton")


def as_json(value):
    """Return what JSON makes of a value."""
    return json.loads(json.dumps(value, default=str))


def numbers_in(answer):
    """Yield all numbers in what JSON can hold."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list):
        for value in answer:
            yield from numbers_in(value)
    elif isinstance(answer, int | float) and not isinstance(answer, bool):
        yield answer
