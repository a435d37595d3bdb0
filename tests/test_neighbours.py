"""The module beside other addons that extend CRM: they work with it, and it works with them.

All tests of the addons, with demo data and browser tours, take much longer: `check_neighbours.py`.
"""

import log_guard
import neighbours
import pytest
from office_client import Person, served
from scratch import copied
from steps import read_text

# Tests of costs, and the addon that changes the most in CRM.
TAGS = "crm_performance/test_crm_full,/sale_crm"
COMMUNITY_TAGS = ",".join(f"/{name}" for name in neighbours.COMMUNITY)


@pytest.fixture(scope="module")
def office(full_db, odoo_environment):
    """The administrator, logged in to a copy. At the end, the log of the server has no complaint."""
    with copied(full_db) as name, served(name, odoo_environment) as (address, log):
        yield Person(address, name).log_in("admin", "admin")
    complaints = log_guard.complaints_in(read_text(log), everything=True)
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def seller(office):
    """A salesperson who sees own documents only, logged in."""
    return hire(office, "seller", "sales_team.group_sale_salesman")


@pytest.fixture
def reseller(office):
    """A reseller with a portal account, logged in."""
    grade = office.create("res.partner.grade", name="Gold")
    person = hire(office, "reseller", "base.group_portal")
    office.call("res.partner", "write", [partner_of(person)], {"grade_id": grade})
    return person


def hire(office, name, group):
    """Create a user with one group."""
    login = f"{name}_of_neighbours"
    groups = [(6, 0, [office.reference(group)])]
    values = {"name": name, "login": login, "password": login, "email": f"{login}@example.com", "group_ids": groups}
    found = office.call("res.users", "search", [("login", "=", login)])
    if not found:
        office.call("res.users", "create", [values], context={"no_reset_password": True})
    return Person(office.address, office.database).log_in(login, login)


def partner_of(person):
    """Return the id of the contact of a user who is logged in."""
    session = person.post("/web/session/get_session_info")
    return session["partner_id"]


def visits_of(office, lead):
    """Return the visits of a deal as (stage, outcome), in order."""
    rows = office.call(
        "crm.stage.visit",
        "search_read",
        [("lead_ref", "=", lead)],
        ["stage_id", "outcome"],
        order="entered_at, id",
        load=None,
    )
    return [(row["stage_id"], row["outcome"]) for row in rows]


def pipeline_of(office, lead):
    """Return what the lines of a deal add up to: (number of deals, amount)."""
    rows = office.call("crm.pipeline.movement", "search_read", [("lead_ref", "=", lead)], ["deal_count", "amount"])
    return sum(row["deal_count"] for row in rows), sum(row["amount"] for row in rows)


def two_stages(office):
    """Return the ids of the first two stages."""
    return office.call("crm.stage", "search", [("team_ids", "=", False)], limit=2)


def test_a_deal_from_the_form_of_the_website_is_recorded(office):
    visitor = Person(office.address, office.database)
    assert "Contact" in visitor.page("/contactus")
    values = {"contact_name": "Vera", "email_from": "vera@example.com", "name": "From the website", "phone": "0455"}
    answer = visitor.session.post(f"{office.address}/website/form/crm.lead", data=values, timeout=120)
    lead = answer.json()["id"]
    deal = office.read("crm.lead", lead, "type", "name", "stage_id")
    assert deal["name"] == "From the website"
    if deal["type"] == "lead":
        assert visits_of(office, lead) == [], "a lead is in no pipeline"
        office.call("crm.lead", "convert_opportunity", [lead], False)
        deal = office.read("crm.lead", lead, "stage_id")
    assert visits_of(office, lead) == [(deal["stage_id"], "open")]
    assert pipeline_of(office, lead) == (1, 0)


def test_a_visitor_writes_no_internal_field_by_the_form_of_the_website(office):
    visitor = Person(office.address, office.database)
    values = {
        "contact_name": "Mallory",
        "email_from": "mallory@example.com",
        "name": "Forged by a form",
        "is_hot": "1",
        "push_count": "7",
        "customer_budget": "1000",
        "stage_entered_at": "2030-01-01 00:00:00",
    }
    visitor.session.post(f"{office.address}/website/form/crm.lead", data=values, timeout=120)
    [lead] = office.call("crm.lead", "search", [("name", "=", "Forged by a form")], context={"active_test": False})
    deal = office.read("crm.lead", lead, "is_hot", "push_count", "customer_budget", "stage_entered_at")
    assert (deal["is_hot"], deal["push_count"], deal["customer_budget"]) == (False, 0, 0)
    assert not deal["stage_entered_at"] or deal["stage_entered_at"] < "2030"


def test_a_confirmed_order_raises_the_amount_in_the_ledger(office):
    customer = office.create("res.partner", name="Order Works")
    product = office.create("product.product", name="Machine", type="service")
    company = office.call("res.company", "search", [], limit=1)[0]
    values = {"name": "With an order", "type": "opportunity", "partner_id": customer, "company_id": company}
    lead = office.create("crm.lead", **values, expected_revenue=100)
    line = (0, 0, {"product_id": product, "price_unit": 250, "tax_ids": False})
    action = office.call("crm.lead", "action_new_quotation", [lead])
    context = {name: value for name, value in action["context"].items() if name.startswith("default_")}
    [order] = office.call("sale.order", "create", [{"order_line": [line]}], context=context)
    assert pipeline_of(office, lead) == (1, 100)
    office.call("sale.order", "action_confirm", [order])
    deal = office.read("crm.lead", lead, "sale_order_count", "expected_revenue")
    assert (deal["sale_order_count"], deal["expected_revenue"]) == (1, 250)
    assert pipeline_of(office, lead) == (1, 250)


def test_a_lead_from_the_live_chat_becomes_a_recorded_deal(office):
    channel = office.create("discuss.channel", name="Visitor 12", channel_type="channel")
    office.call("discuss.channel", "execute_command_lead", [channel], body="/lead Asked in the chat")
    [lead] = office.call("crm.lead", "search", [("origin_channel_id", "=", channel)])
    if office.read("crm.lead", lead, "type")["type"] == "lead":
        office.call("crm.lead", "convert_opportunity", [lead], False)
    stage = office.read("crm.lead", lead, "stage_id")["stage_id"]
    assert visits_of(office, lead) == [(stage, "open")]


def test_a_reseller_works_in_the_portal_and_is_recorded(office, reseller):
    first, second = two_stages(office)
    lead = office.create(
        "crm.lead",
        name="Given to the reseller",
        type="opportunity",
        stage_id=first,
        partner_assigned_id=partner_of(reseller),
        expected_revenue=10,
    )
    office.create("crm.hot.flag", lead_id=lead, note="Signs soon, do not tell")
    assert "Given to the reseller" in reseller.page("/my/opportunities")
    page = reseller.page(f"/my/opportunity/{lead}")
    assert "Given to the reseller" in page
    assert "do not tell" not in page
    reseller.call("crm.lead", "update_stage_from_portal", [lead], second)
    values = {"expected_revenue": 40, "probability": 30, "priority": "1", "date_deadline": False}
    values |= {"activity_date_deadline": False, "activity_type_id": False, "activity_summary": False}
    reseller.call("crm.lead", "update_lead_portal", [lead], values)
    assert visits_of(office, lead) == [(first, "advanced"), (second, "open")]
    assert pipeline_of(office, lead) == (1, 40)
    own = {"contact_name": "Carl", "description": "Wants three", "title": "Found by the reseller"}
    created = reseller.call("crm.lead", "create_opp_portal", own)["id"]
    assert pipeline_of(office, created)[0] == 1


def test_a_reseller_who_wins_settles_the_flag(office, reseller, seller):
    first, _second = two_stages(office)
    [won] = office.call("crm.stage", "search", [("is_won", "=", True)], limit=1)
    values = {"partner_assigned_id": partner_of(reseller), "user_id": seller_id(seller), "expected_revenue": 10}
    lead = office.create("crm.lead", name="Won by the reseller", type="opportunity", stage_id=first, **values)
    flag = office.create("crm.hot.flag", lead_id=lead, note="Signs soon")
    reseller.call("crm.lead", "update_stage_from_portal", [lead], won)
    assert visits_of(office, lead)[0] == (first, "won")
    assert pipeline_of(office, lead) == (0, 0)
    assert office.read("crm.hot.flag", flag, "outcome")["outcome"] == "kept"
    assert seller.read("crm.lead", lead, "is_hot", "won_status") == {"id": lead, "is_hot": False, "won_status": "won"}


def test_automation_rules_run_on_hot_flags_and_on_moves(office, seller):
    first, second = two_stages(office)
    lead = office.create("crm.lead", name="Automated", type="opportunity", stage_id=first, user_id=seller_id(seller))
    rule(office, "crm.hot.flag", "on_create", "record.lead_id.message_post(body='Call the customer')")
    rule(office, "crm.lead", "on_stage_set", "record.write({'priority': '3'})", trg_selection_field=second)
    seller.create("crm.hot.flag", lead_id=lead, note="Signs this week")
    messages = office.call(
        "mail.message",
        "search_count",
        [("res_id", "=", lead), ("model", "=", "crm.lead"), ("body", "ilike", "Call the")],
    )
    assert messages == 1
    seller.call("crm.lead", "write", [lead], {"stage_id": second})
    assert office.read("crm.lead", lead, "priority", "is_hot") == {"id": lead, "priority": "3", "is_hot": True}
    assert [stage for stage, _outcome in visits_of(office, lead)] == [first, second]


def test_an_automation_rule_that_moves_a_deal_is_recorded(office, seller):
    first, second = two_stages(office)
    rule(office, "crm.hot.flag", "on_create", f"record.lead_id.write({{'stage_id': {second}}})", note="Moves")
    lead = office.create("crm.lead", name="Moved by a rule", type="opportunity", stage_id=first)
    office.create("crm.hot.flag", lead_id=lead, note="Moves")
    assert [stage for stage, _outcome in visits_of(office, lead)] == [first, second]


def seller_id(seller):
    """Return the id of a user who is logged in."""
    return seller.post("/web/session/get_session_info")["uid"]


def rule(office, model, trigger, code, trg_selection_field=None, note=None):
    """Create an automation rule that runs code."""
    model_id = office.call("ir.model", "search", [("model", "=", model)])[0]
    action = {"name": code, "model_id": model_id, "state": "code", "code": code, "usage": "base_automation"}
    values = {"name": code, "model_id": model_id, "trigger": trigger, "action_server_ids": [(0, 0, action)]}
    if note:
        values["filter_domain"] = f"[('note', '=', '{note}')]"
    if trg_selection_field:
        values["filter_domain"] = f"[('stage_id', '=', {trg_selection_field})]"
        values["trg_field_ref"] = trg_selection_field
    return office.create("base.automation", **values)


def test_the_privacy_lookup_finds_and_removes_flags(office):
    customer = office.create("res.partner", name="Forget Me", email="forget.me@example.com")
    lead = office.create("crm.lead", name="Of one to forget", type="opportunity", partner_id=customer)
    flag = office.create("crm.hot.flag", lead_id=lead, note="Signs soon")
    wizard = office.create("privacy.lookup.wizard", name="Forget Me", email="forget.me@example.com")
    office.call("privacy.lookup.wizard", "action_lookup", [wizard])
    domain = [("wizard_id", "=", wizard)]
    lines = office.call("privacy.lookup.wizard.line", "search_read", domain, ["res_model", "res_id"])
    found = {(line["res_model"], line["res_id"]) for line in lines}
    assert {("res.partner", customer), ("crm.lead", lead), ("crm.hot.flag", flag)} <= found
    [flag_line] = [line["id"] for line in lines if (line["res_model"], line["res_id"]) == ("crm.hot.flag", flag)]
    office.call("privacy.lookup.wizard.line", "action_unlink", [flag_line])
    assert not office.call("crm.hot.flag", "search", [("id", "=", flag)])
    assert office.read("crm.lead", lead, "is_hot")["is_hot"] is False


def test_after_all_this_the_ledgers_prove(office):
    """Runs last: the daily audit finds nothing to repair."""
    cron = office.reference("sales_process_control.ir_cron_pipeline_audit")
    office.call("ir.cron", "method_direct_trigger", [cron])
    assert office.call("crm.stage.visit", "search_count", [("origin", "=", "repair")]) == 0
    assert office.call("crm.pipeline.movement", "search_count", [("origin", "=", "repair")]) == 0


def test_tests_of_neighbours_that_pass_without_the_module_pass_with_it(odoo_cli, copy_of, neighbours_db, full_db):
    assert_no_new_failures(odoo_cli, copy_of, full_db, neighbours_db, TAGS, least=10)


def test_tests_of_the_community_that_pass_without_the_module_pass_with_it(
    odoo_cli, copy_of, crm_template, module_template
):
    installed = ("-i", ",".join(neighbours.COMMUNITY), "--addons-path", neighbours.community_path())
    assert_no_new_failures(odoo_cli, copy_of, module_template, crm_template, COMMUNITY_TAGS, *installed, least=9)


def assert_no_new_failures(odoo_cli, copy_of, with_module, without, tags, *arguments, least):
    """Assert that at least so many tests run on copies of databases, and that none fails with the module only."""
    with_module = copy_of(with_module)
    suite = neighbours.run_tests(odoo_cli, with_module, tags, *arguments)
    assert suite.number >= least, "the tests did not run"
    if suite.failed:
        bare = copy_of(without)
        assert not neighbours.failed_with_the_module_only(odoo_cli, with_module, bare, suite.failed, *arguments)
