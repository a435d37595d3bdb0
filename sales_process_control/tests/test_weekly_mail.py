from datetime import date, datetime, timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from lxml import html
from PIL import Image

from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.weekly_report.weekly_mail import OFF_PATH, PICTURE_NAME, off_token
from ..models.weekly_report.weekly_picture import draw_trail
from .weekly_common import WeeklyCase


@tagged("post_install", "-at_install")
class TestWeeklyMail(MockEmail, WeeklyCase):
    """The mail: its page, its text, its headers, its picture, in the language of the reader."""

    def sent_to(self, user, kind="own"):
        """Send a sample to a user and return (report, what Odoo builds the mail of)."""
        report = self.Report.with_user(user)._make_sample(kind)
        report._send_sample()
        mail = report.sudo().mail_id
        with self.mock_mail_gateway():
            mail.send()
        [built] = self._mails
        return report.sudo(), built

    def test_headers(self):
        self.make_week()
        report, built = self.sent_to(self.leader, "team")
        headers = built["headers"]
        self.assertEqual(built["email_to"], [self.leader.email_formatted])
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        self.assertEqual(headers["List-Unsubscribe"], f"<{report._mail().off_url()}>")
        self.assertEqual(headers["Auto-Submitted"], "auto-generated")
        self.assertTrue(built["subject"].startswith("Team North: 1 won ($"))
        self.assertEqual(report.state, "sent")

    def test_mail_is_deleted_once_sent(self):
        self.make_week()
        report = self.Report.with_user(self.seller)._make_sample("own")
        report._send_sample()
        mail = report.sudo().mail_id
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        self.assertFalse(mail.exists())
        self.assertEqual(report.sudo().state, "sent")

    def test_page(self):
        """All links are whole addresses of this server, each number's link names a number, and styles are inline."""
        self.make_week()
        report, built = self.sent_to(self.leader, "team")
        page = html.fromstring(built["body"])
        base, keys = report.get_base_url(), set()
        for link in page.iter("a"):
            self.assertTrue(link.get("href").startswith(f"{base}/"), link.get("href"))
            keys |= set(parse_qs(urlsplit(link.get("href")).query).get("line", ()))
        self.assertEqual(keys, set(report.content["numbers"]))
        self.assertFalse(page.xpath("//script | //link | //table//table//img[starts-with(@src, 'http')]"))
        self.assertTrue(all(cell.get("style") for cell in page.iter("td")))
        self.assertEqual((page.get("lang"), page.get("dir")), ("en-US", "ltr"))
        self.assertIn("prefers-color-scheme: dark", built["body"])

    def test_size_for_a_big_team(self):
        """Google Mail cuts mails off at 102 KB: the page of a big team is shorter."""
        names = ("Qualification", "Needs of the Customer", "Proposal", "Negotiation", "Contract", "Signature")
        stages = self.env["crm.stage"].create([{"name": name, "sequence": 30 + n} for n, name in enumerate(names)])
        self.env["crm.stage.step"].create(
            [
                {
                    "name": f"A sales action with a rather long name {n}",
                    "stage_id": self.contact.id,
                    "is_required": True,
                }
                for n in range(12)
            ]
        )
        self.contact.rotting_threshold_days = 2
        sellers = [
            new_test_user(self.env, f"weekly_seller_{n}", "sales_team.group_sale_salesman", name=f"Seller Number {n}")
            for n in range(14)
        ]
        self.set_time(datetime(2026, 3, 2, 9))
        for n, user in enumerate(sellers):
            name = f"An opportunity with a long name, phase {n}"
            deals = self.Lead.concat(
                *(self.make_deal(name=name, user_id=user.id, expected_revenue=1234567) for _ in "12")
            )
            deals[1].stage_id = stages[n % len(stages)]
            flag = {"lead_id": deals[0].id, "note": "Wants to sign as soon as possible", "due_date": "2026-03-12"}
            self.env["crm.hot.flag"].with_user(user).create(flag)
        self.make_week()
        report, built = self.sent_to(self.leader, "team")
        rows = [row for section in report.content["sections"] for row in section["rows"]]
        self.assertGreater(len(rows), 55)
        self.assertLess(len(built["body"].encode()), 100_000)
        others = self.rows(report.content, "next_action")
        self.assertEqual(len(others), 12)
        counts = [row["number"]["value"] for key, row in others.items() if key != "all"]
        self.assertEqual(sum(counts), others["all"]["number"]["value"])
        found = self.opened(self.leader, report.content["numbers"]["next_action.others"])
        self.assertEqual(len(found), others["others"]["number"]["value"])

    def test_plain_text(self):
        self.make_week()
        report, built = self.sent_to(self.leader, "team")
        text = built["body_alternative"]
        for line in (
            "Weekly report: Team North",
            "PIPELINE LAST WEEK",
            "- Won: \u22121, \u2212$ 1,000.50",
            "SALES FUNNEL",
            "- Created: +1, +$ 50.00",
        ):
            self.assertIn(line, text)
        self.assertIn(report._mail().off_url(), text)
        self.assertNotIn("<", text)

    def test_escaped(self):
        """Names are texts, whatever is in them."""
        self.contact.rotting_threshold_days = 2
        self.make_deal(name="<img src=x onerror=alert(1)>", expected_revenue=1)
        self.make_week()
        _report, built = self.sent_to(self.leader, "team")
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;", built["body"])
        self.assertNotIn("<img src=x", built["body"])

    def test_languages(self):
        """Language, direction and dates are those of the reader, whoever runs the job."""
        self.make_week()
        for code, language, direction in (("zh_CN", "zh-CN", "ltr"), ("ar_001", "ar-001", "rtl")):
            self.env["res.lang"]._activate_lang(code)
            self.seller.lang = code
            self.bidding.with_context(lang=code).name = f"Stage in {code}"
            _report, built = self.sent_to(self.seller)
            page = html.fromstring(built["body"])
            self.assertEqual((page.get("lang"), page.get("dir")), (language, direction))
            self.assertIn(f"Stage in {code}", built["body"])
            self.assertIn(f"Stage in {code}", built["body_alternative"])
            start, end = ("right", "left") if direction == "rtl" else ("left", "right")
            self.assertIn(f"padding-{start}: 8px", built["body"])
            self.assertNotIn(f"padding-{end}: 8px", built["body"])

    def test_currency_of_the_reader(self):
        second, abroad = self.make_second_company()
        second.currency_id = self.env.ref("base.CHF")
        self.make_deal(user_id=abroad.id, team_id=False, company_id=second.id, expected_revenue=31)
        self.make_week()
        _report, built = self.sent_to(abroad)
        self.assertIn("CHF", built["body"])
        self.assertNotIn("$", built["body_alternative"])

    def test_time_zone_of_the_reader(self):
        self.make_week()
        self.seller.tz = "Asia/Tokyo"
        report, _built = self.sent_to(self.seller)
        self.assertIn("5:30", report._mail().values()["read_at"])

    def test_picture_is_inside_the_mail(self):
        """The picture is a part of the mail that the page names, not an attachment and not fetched."""
        mail_server = self.env["ir.mail_server"]
        body = f'<p>x</p><img src="cid:{PICTURE_NAME}">'
        attachments = [(PICTURE_NAME, b"png", "image/png"), ("other.txt", b"text", "text/plain")]
        message = mail_server._build_email__(
            "a@example.com",
            ["b@example.com"],
            "Subject",
            body,
            subtype="html",
            body_alternative="x",
            subtype_alternative="plain",
            attachments=attachments,
        )
        parts = [(part.get_content_type(), part["Content-ID"]) for part in message.walk() if not part.is_multipart()]
        self.assertEqual(
            parts,
            [
                ("text/plain", None),
                ("text/html", None),
                ("image/png", f"<{PICTURE_NAME}>"),
                ("text/plain", None),
            ],
        )
        plain = mail_server._build_email__("a@b.c", ["b@b.c"], "S", "<p>x</p>", subtype="html", attachments=attachments)
        self.assertEqual([part.get_filename() for part in plain.iter_attachments()], [PICTURE_NAME, "other.txt"])

    def test_drawing(self):
        """The picture is drawn for any amounts, with a transparent background."""
        first = date(2026, 10, 1)

        def days(*amounts):
            names = ("won_amount", "total_amount", "amount_low", "amount_high")
            return [
                {"day": (first + timedelta(days=number)).isoformat(), **dict.fromkeys(names, amount)}
                for number, amount in enumerate(amounts)
            ]

        for amounts, target in (((1, 5, 9), 20), ((0, 0), False), ((None, None, 3), 0.0), ((1e13, 2e13), 1e9)):
            image = Image.open(BytesIO(draw_trail({"days": days(*amounts), "target": target})))
            self.assertEqual((image.format, image.mode), ("PNG", "RGBA"))
            self.assertEqual(image.getpixel((0, 0))[3], 0)


@tagged("post_install", "-at_install")
class TestWeeklyPages(WeeklyCase, HttpCase):
    """Pages in the browser: switching off, the report itself, and the list behind a number."""

    def setUp(self):
        super().setUp()
        self.leader.weekly_report = "team"

    def off(self, method="POST", user=None, token=None):
        query = f"?user={self.leader.id if user is None else user}&token={token or off_token(self.env, self.leader.id)}"
        data = {"List-Unsubscribe": "One-Click"} if method == "POST" else None
        return self.url_open(OFF_PATH + query, data=data, method=method, timeout=60)

    def test_switching_off(self):
        """A scanner that opens the link changes nothing. The button and mail programs switch it off, without login."""
        response = self.off("GET")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Switch it off", response.text)
        self.assertEqual(self.leader.weekly_report, "team")
        form = html.fromstring(response.text).forms[0]
        self.assertEqual(form.method, "POST")
        response = self.url_open(form.action, method="POST", timeout=60)
        self.assertIn("is switched off", response.text)
        self.assertEqual(self.leader.weekly_report, "none")
        self.leader.weekly_report = "team"
        self.env.flush_all()
        self.assertEqual(self.off().status_code, 200)
        self.assertEqual(self.leader.weekly_report, "none")

    @mute_logger("odoo.http")
    def test_forged_addresses(self):
        token = off_token(self.env, self.leader.id)
        odd = [(self.seller.id, token), (self.leader.id, token[:-1]), (self.leader.id, "0"), ("", token), ("x", token)]
        odd += [
            (self.leader.id, "%C3%A9"),
            (self.leader.id, "%FF"),
            (2**40, token),
            (f"-{self.leader.id}", token),
            ("%00", token),
            ("1.0", token),
            (2**31 - 1, token),
        ]
        for user, given in odd:
            for method in ("GET", "POST"):
                self.assertEqual(self.off(method, user, given).status_code, 404, user)
        self.assertEqual(self.leader.weekly_report, "team")
        self.assertFalse(self.seller.weekly_report)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_page_and_print_are_for_the_reader(self):
        self.make_week()
        report = self.Report.with_user(self.leader)._make_sample("team")
        page = f"/sales_process_control/weekly_report/{report.id}"
        paper = f"/report/html/sales_process_control.crm_weekly_report_print/{report.id}"
        self.authenticate("weekly_leader", "weekly_leader")
        for url in (page, paper):
            response = self.url_open(url, timeout=120)
            self.assertEqual(response.status_code, 200, url)
            self.assertIn("Team North", response.text)
            self.assertIn("Pipeline Last Week", response.text)
        self.authenticate("process_manager", "process_manager")
        for url in (page, paper):
            response = self.url_open(url, timeout=120)
            self.assertNotEqual(response.status_code, 200, url)
            self.assertNotIn("Pipeline Last Week", response.text)
        self.authenticate(None, None)
        self.assertNotIn("Pipeline Last Week", self.url_open(page, timeout=60).text)

    def test_link_opens_the_list(self):
        """A link of the mail opens the deals behind its number in the web client, also with Odoo not yet open."""
        self.make_week()
        report = self.Report.with_user(self.leader)._make_sample("team")
        path = "/odoo/action-sales_process_control.crm_weekly_line_action"
        code = """
            const names = [...document.querySelectorAll(".o_data_row td[name='name']")].map((cell) => cell.textContent);
            const title = document.querySelector(".o_breadcrumb").textContent;
            if (names.length === 4 && title.includes("Without a Next Action")) console.log("test successful");
            else console.error(title + names);
        """
        self.browser_js(
            f"{path}?weekly_report={report.id}&line=next_action.all",
            code,
            ready="document.querySelectorAll('.o_data_row').length === 4",
            login="weekly_leader",
        )
