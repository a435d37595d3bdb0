import io
import json
from datetime import timedelta
from urllib.parse import urlencode
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..history.faults import UnreadableError
from ..history.sheets import read_sheet
from ..models.review.review_workbook import ReviewWorkbook
from .common import AccessCase
from .review_stages_common import ReviewStagesCase

BLOCKS = ["stages", "details", "results", "doubtful", "sellers", "trust"]


@tagged("post_install", "-at_install")
class TestReviewSecrets(ReviewStagesCase):
    """What a salesperson with own documents cannot learn of the deals of others."""

    def of_company(self):
        return self.card(user=self.seller)["company"]

    def beside(self):
        """Return the rate of the company on the seller's workbench."""
        leads = self.Lead.with_user(self.seller)
        stages = leads.get_workbench("mine", ["conversion"])["blocks"]["conversion"]["stages"]
        return next((stage["beside"] for stage in stages if stage["stage_id"] == self.bidding.id), False)

    def test_deals_of_nobody_do_not_hide_a_deal(self):
        """All read deals of nobody: with their numbers, the rate of the company would tell the one hidden deal."""
        self.settle(6, 6)
        self.settle(5, 5, user_id=False)
        self.settle(1, 0, user_id=self.colleague.id)
        self.assertIs(self.of_company(), False)
        self.assertIs(self.beside(), False)
        self.settle(4, 5, user_id=self.colleague.id)
        self.assertEqual(self.of_company()["rate"], 16 / 32)
        self.assertEqual(self.beside()["rate"], 16 / 32)

    def test_deals_taken_over_do_not_hide_a_deal(self):
        """The reader reads all visits of the deals that are the own ones now."""
        self.settle(5, 5, user_id=self.colleague.id).write({"user_id": self.seller.id})
        self.settle(1, 0, user_id=self.colleague.id)
        self.assertEqual(self.card(user=self.seller)["entered"]["value"], 10)
        self.assertIs(self.of_company(), False)
        self.assertIs(self.beside(), False)

    def hand_over(self):
        """Lose a deal of the seller that the colleague has taken over and made larger."""
        self.set_time(self.lately)
        deal = self.make_deal(stage_id=self.bidding.id, expected_revenue=100)
        self.pass_time(days=2)
        deal.stage_id = self.needs
        self.pass_time(days=2)
        deal.user_id = self.colleague
        self.pass_time(days=1)
        deal.expected_revenue = 777
        deal.action_set_lost(lost_reason_id=self.price.id)
        self.set_time(self.now)
        return deal

    def test_the_amount_of_a_deal_of_somebody_else(self):
        """The former salesperson knows that the deal is lost, and the amount that it had then."""
        deal = self.hand_over()
        self.assertFalse(self.Lead.with_user(self.seller).with_context(active_test=False).search([]))
        for user, amount in ((self.seller, 100), (self.manager, 777)):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                report = self.env["crm.stage.conversion.report"].with_user(user)
                domain = [("lead_ref", "=", deal.id), ("stage_id", "=", self.bidding.id)]
                self.assertEqual(report.search(domain).mapped("amount"), [amount])
                self.assertEqual(report._read_group(domain, [], ["amount:sum", "lost:sum"]), [(amount, 1)])
                self.assertFalse(report.search([*domain, ("amount", "=", 877 - amount)]))
                lost = self.card(user=user)["lost"]
                self.assertEqual((lost["value"], lost["amount"]), (1, amount))
                self.assert_numbers_open_their_records(self.review_of(user), user)

    def test_the_amount_of_a_deal_that_came_back(self):
        self.hand_over().user_id = self.seller
        self.assertEqual(self.card(user=self.seller)["lost"]["amount"], 777)

    def test_keys_of_the_context(self):
        """Keys that a remote caller sends change no number that the caller gets."""
        self.settle(6, 6)
        self.settle(15, 5, days=9, user_id=self.colleague.id)
        expected = self.card(user=self.seller)
        for context in (
            {"stage_conversion_entered_since": "2026-01-01"},
            {"pipeline_until": "2099-01-01", "pipeline_day": "soon", "pipeline_left": True},
            {"active_test": False, "bin_size": True, "su": True, "uid": 1},
            {"tz": "../../etc/passwd"},
        ):
            with self.subTest(context=context):
                self.assertEqual(self.card(user=self.seller, context=context), expected)
        for company_ids in ([self.second.id], [self.company.id, self.second.id], [10**9]):
            with self.subTest(company_ids=company_ids), self.assertRaises(AccessError):
                self.review_of(self.seller, context={"allowed_company_ids": company_ids})


@tagged("post_install", "-at_install")
class TestReviewOddRecords(ReviewStagesCase):
    """Odd names, dates and amounts, and records that are gone."""

    def test_odd_records(self):
        names = ["=cmd|'/c calc'!A1", "+1", "<script>alert(1)</script>", "@SUM(A1)", "\t=1", "x" * 40_000]
        stages = self.env["crm.stage"].create(
            [{"name": names[number % len(names)], "sequence": 60 + number} for number in range(40)]
        )
        self.price.name, self.seller.name, self.team.name = "=1+1", "=2+2", "=3+3"
        for closing in ("0001-01-01", "9999-12-31", False):
            self.set_time(self.lately)
            deals = [self.make_deal(name="=1+1", stage_id=self.bidding.id, date_deadline=closing) for _deal in range(4)]
            self.make_deal(stage_id=False, date_deadline=closing)
            self.pass_time(days=2)
            for number, deal in enumerate(deals):
                deal.stage_id = stages[number]
            self.pass_time(days=2)
            deals[0].stage_id = False
            deals[1].action_set_lost(lost_reason_id=self.price.id)
            deals[2].unlink()
            deals[3].active = False
        self.set_time(self.now)
        self.rival.active = False
        stages[2].unlink()
        for period in ("month", "6_months", "12_months"):
            for user in (self.seller, self.manager):
                with self.subTest(period=period, user=user.login):
                    review = self.env["crm.process.review"].with_user(user).get_review(period, blocks=BLOCKS)
                    self.assertFalse([key for key, block in review["blocks"].items() if "error" in block])
        self.assert_numbers_open_their_records(self.review_of(), self.manager)
        content = ReviewWorkbook(self.env(user=self.manager)).content("6_months", False, False, False)
        cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.rows for cell in row]
        self.assertIn(names[0], [cell.value for cell in cells])
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])


@tagged("post_install", "-at_install")
class TestReviewSearches(AccessCase):
    """Searches for numbers with values that are none."""

    def setUp(self):
        super().setUp()
        self.set_time(max(self.Visit.search([]).mapped("entered_at")) + timedelta(hours=36))

    def searches(self):
        return (self.Visit, "days"), (self.Lead, "stage_days"), (self.Lead, "open_step_count")

    def test_no_numbers(self):
        for model, name in self.searches():
            for operator in ("=", "!=", ">", "<=", "in"):
                for value in ("soon", 10**400, ["1", "soon"]):
                    case = {"name": name, "operator": operator, "value": str(value)[:20]}
                    with self.subTest(**case), self.assertRaises(UserError):
                        model.with_user(self.manager).search([(name, operator, value)])

    def test_odd_numbers(self):
        """Nothing is zero; no number is infinite."""
        for model, name in self.searches():
            records = model.with_user(self.manager)
            everything = records.search([])
            for nothing in (False, None, ""):
                with self.subTest(name=name, value=nothing):
                    self.assertEqual(records.search([(name, ">=", nothing)]), everything)
            for number in (float("inf"), float("nan"), 1e308, 2**63):
                with self.subTest(name=name, value=number):
                    self.assertFalse(records.search([(name, "=", number)]))
                    self.assertEqual(records.search([(name, "<", number)]), everything)

    def test_a_tenth_of_a_day(self):
        self.assertEqual(self.Visit.search([("days", "=", 1.5)]), self.Visit.search([]))
        self.assertFalse(self.Visit.search([("days", "in", [1.4, 1.6])]))

    def test_a_visit_without_a_mover_was_not_moved_in_bulk(self):
        """Of twenty that began at one instant, one by nobody that is known."""
        deals = self.Lead.browse([self.make_deal().id for _deal in range(21)])
        self.pass_time(days=1)
        deals.write({"stage_id": self.bidding.id})
        self.env.cr.flush()
        visits = self.Visit.search([("stage_id", "=", self.bidding.id)])
        self.env.cr.execute("UPDATE crm_stage_visit SET mover_ref = NULL WHERE id = %s", [visits[0].id])
        self.env.invalidate_all()
        of_both = [self.Visit.search([("id", "in", visits.ids), ("is_bulk", "=", wanted)]) for wanted in (True, False)]
        self.assertEqual(of_both, [visits[1:], visits[0]])

    def test_limits_that_cannot_be_stored(self):
        stage = self.contact.with_user(self.manager)
        for days in (-1, 2**31, 10**400, True, 1.5, "5", None, [5]):
            with self.subTest(days=str(days)[:20]), self.assertRaises(UserError):
                stage.action_undo_suggested_limit(days)
        for user in (self.seller, self.all_documents, self.internal, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.contact.with_user(user).action_undo_suggested_limit(3)
                with self.assertRaises(UserError):  # an AccessError is one
                    self.contact.with_user(user).action_apply_suggested_limit()


@tagged("post_install", "-at_install")
class TestWorkbookEncodings(TransactionCase):
    """Parts of a workbook that one reader of XML refuses, and another one reads."""

    def workbook(self, change):
        """Return a workbook whose styles are changed."""
        plain, changed = io.BytesIO(), io.BytesIO()
        book = Workbook()
        book.active.append(["deal", "stage", "at"])
        book.save(plain)
        with ZipFile(plain) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
            for part in source.namelist():
                content = source.read(part)
                target.writestr(part, change(content.decode()) if part == "xl/styles.xml" else content)
        return changed.getvalue()

    def assertTooLarge(self, change):
        with self.assertRaises(UnreadableError) as caught:
            read_sheet(self.workbook(change))
        self.assertIn(caught.exception.fault.code, ("unpacked_too_large", "no_workbook"))

    def test_encodings_and_errors(self):
        many = "<a/>" * 1_100_000

        def grown(text, encoding):
            head, tail = text.split("?>")[-1].rsplit("</", 1)
            return f'<?xml version="1.0" encoding="{encoding}"?>{head}{many}</{tail}'.encode(encoding)

        for encoding in ("UTF-8", "UTF-16", "UTF-32", "UTF-32-LE", "gb18030", "cp037", "cp500"):
            with self.subTest(encoding=encoding):
                self.assertTooLarge(lambda text: grown(text, encoding))  # noqa: B023

        def unbound(text):
            head, tail = text.split("?>")[-1].rsplit("</", 1)
            return f"{' ' * 100}{head}<p:x/>{many}</{tail}".encode()

        self.assertTooLarge(unbound)

    def test_many_parts(self):
        content = io.BytesIO(self.workbook(str.encode))
        with ZipFile(content, "a") as archive:
            for number in range(11_000):
                archive.writestr(str(number), b"")
        with self.assertRaises(UnreadableError) as caught:
            read_sheet(content.getvalue())
        self.assertEqual(caught.exception.fault.code, "unpacked_too_large")

    def test_parts_that_are_no_xml(self):
        """Workbooks have pictures."""
        content = io.BytesIO(self.workbook(str.encode))
        with ZipFile(content, "a") as archive:
            archive.writestr("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(8_000_000))
            archive.writestr("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>")
        self.assertEqual(len(read_sheet(content.getvalue()).rows), 1)


@tagged("post_install", "-at_install")
class TestReviewOverHttp(HttpCase, AccessCase):
    """The calls of the review from outside, of users with and without rights."""

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return json.loads(response.text, parse_constant=self.fail)

    def error(self, *args, **kwargs):
        return self.call(*args, **kwargs).get("error", {}).get("data", {}).get("name")

    def open_deals(self, **context):
        answer = self.call("crm.process.review", "get_review", blocks=BLOCKS, context=context)
        self.assertNotIn("error", answer)
        blocks = answer["result"]["blocks"]
        self.assertFalse([key for key, block in blocks.items() if "error" in block])
        return blocks["results"]["velocity"]["open"]["value"]

    def test_readers(self):
        for user, names in self.readers():
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                self.assertEqual(self.open_deals(active_test=False, pipeline_until="soon"), len(names))

    @mute_logger("odoo.http")
    def test_without_rights(self):
        for user in (self.internal, self.portal):
            self.authenticate(user.login, user.login)
            with self.subTest(user=user.login):
                self.assertEqual(self.error("crm.process.review", "get_review"), "odoo.exceptions.AccessError")
                self.assertEqual(self.url_open("/sales_process_control/review/xlsx").status_code, 403)
                for model, name in (
                    ("crm.lead", "age_outcome"),
                    ("crm.lead", "open_step_names"),
                    ("crm.lead", "last_contact_at"),
                    ("crm.stage.visit", "deal_state"),
                    ("crm.win.report", "cycle_days"),
                    ("crm.pipeline.day", "became"),
                    ("crm.stage.conversion.report", "amount"),
                ):
                    self.assertEqual(self.error(model, "search_read", [], [name]), "odoo.exceptions.AccessError", name)
        self.authenticate(None, None)
        self.assertEqual(self.error("crm.process.review", "get_review"), "odoo.http.SessionExpiredException")

    @mute_logger("odoo.http")
    def test_private_methods(self):
        self.authenticate(self.manager.login, self.manager.login)
        for model, method in (
            ("crm.process.review", "_scope"),
            ("crm.review.stages", "_read_block"),
            ("crm.stage.visit", "_read_lengths"),
            ("crm.stage.conversion.report", "_read_company_rates"),
        ):
            self.assertEqual(self.error(model, method), "odoo.exceptions.AccessError", method)

    @mute_logger("odoo.http")
    def test_other_companies(self):
        self.authenticate(self.manager.login, self.manager.login)
        second = self.second.id
        for kwargs in ({"company_id": second}, {"context": {"allowed_company_ids": [second]}}):
            self.assertEqual(self.error("crm.process.review", "get_review", **kwargs), "odoo.exceptions.AccessError")
        self.opener.cookies["cids"] = f"{second}-{'9' * 5000}-x"
        response = self.url_open("/sales_process_control/review/xlsx")
        self.assertEqual(response.status_code, 200)
        sheet = load_workbook(io.BytesIO(response.content))["Results"]
        self.assertEqual({row[0].value: row[1].value for row in sheet.rows}["Open deals"], 4)

    @mute_logger("odoo.http")
    def test_bad_links(self):
        self.authenticate(self.seller.login, self.seller.login)
        statuses = {
            "period": ("century", 422),
            "team_id": ("9" * 5000, 422),
            "company_id": (self.second.id, 403),
            "user_id": (10**9, 404),
        }
        for name, (value, status) in statuses.items():
            with self.subTest(name=name):
                response = self.url_open(f"/sales_process_control/review/xlsx?{urlencode({name: value})}")
                self.assertEqual(response.status_code, status)
