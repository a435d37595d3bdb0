"""JSON of webhooks, answers, addresses and the calendar of digests: plain Python, without a database."""

import json
from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..models.report_channel import message_formats as formats
from ..models.report_channel import webhook_answers as answers
from ..models.report_channel.digest import Digest, Section, Span
from ..models.report_channel.digest_schedule import DAILY, WEEKLY, Schedule, find_due, period_before
from ..models.report_channel.webhook_post import ForbiddenAddressError, is_public, parse_target, sign_dingtalk

NOW = datetime(2026, 3, 16, 8, 30)
NASTY = "A*b_c <!channel> [x](http://evil) & | `d` # \\ https://evil.example WWW.evil.example @all\nnext"


def make_digest(lines=2, label="Hot customers", sections=1):
    """Return a digest with sections of so many lines."""
    line = [
        Span(f"{label}: "),
        Span("3", "https://odoo.example.com/odoo/action-x?digest=7&line=hot.open"),
        Span(" · due"),
    ]
    return Digest(
        "Sales: North",
        "Mar 9 - 15, 2026",
        "Sales: North, Mar 9 - 15, 2026",
        "",
        [Section(f"Part {number}", [line] * lines) for number in range(sections)],
        lambda count: f"{count} more lines",
        "https://odoo.example.com/odoo/action-w",
        "Open the workbench",
    )


def size(text):
    return len(text.encode())


@tagged("post_install", "-at_install")
class TestDigestMessages(BaseCase):
    def test_slack(self):
        message = formats.slack(make_digest())
        self.assertEqual(message["text"], "Sales: North, Mar 9 - 15, 2026")
        header, context, part, last = message["blocks"]
        self.assertEqual(header["text"], {"type": "plain_text", "text": "Sales: North", "emoji": False})
        self.assertEqual(context["elements"][0]["text"], "Mar 9 - 15, 2026")
        line = "• Hot customers: <https://odoo.example.com/odoo/action-x?digest=7&amp;line=hot.open|3> · due"
        self.assertEqual(part["text"]["text"], f"*Part 0*\n{line}\n{line}")
        self.assertEqual(last["text"]["text"], "<https://odoo.example.com/odoo/action-w|Open the workbench>")

    def test_teams(self):
        message = formats.teams(make_digest())
        self.assertEqual(message["type"], "message")
        [attachment] = message["attachments"]
        self.assertEqual(attachment["contentType"], "application/vnd.microsoft.card.adaptive")
        card = attachment["content"]
        self.assertEqual((card["type"], card["version"]), ("AdaptiveCard", "1.4"))
        self.assertEqual(card["actions"][0]["url"], "https://odoo.example.com/odoo/action-w")
        texts = [block["text"] for block in card["body"]]
        line = "Hot customers: [3](https://odoo.example.com/odoo/action-x?digest=7&line=hot.open) · due"
        self.assertEqual(texts, ["Sales: North", "Mar 9 \\- 15, 2026", "Part 0", line, line])

    def test_wecom_and_dingtalk(self):
        line = "Hot customers: [3](https://odoo.example.com/odoo/action-x?digest=7&line=hot.open) · due"
        link = "[Open the workbench](https://odoo.example.com/odoo/action-w)"
        self.assertEqual(
            formats.wecom(make_digest()),
            {
                "msgtype": "markdown",
                "markdown": {
                    "content": "### Sales: North\nMar 9 - 15, 2026\n\n**Part 0**\n" + f"> {line}\n" * 2 + f"\n{link}"
                },
            },
        )
        message = formats.dingtalk(make_digest())
        self.assertEqual(message["markdown"]["title"], "Sales: North, Mar 9 - 15, 2026")
        self.assertIn(f"\n\n- {line}\n\n- {line}\n\n", message["markdown"]["text"])

    def test_markup_of_names(self):
        """What people have written stays text in each format, on one line."""
        digest = make_digest(lines=1, label=NASTY)
        slack = formats.slack(digest)["blocks"][2]["text"]["text"]
        self.assertNotIn("<!channel>", slack)
        self.assertIn("&lt;!channel&gt;", slack)
        self.assertEqual(slack.count("\n"), 1)
        teams = formats.teams(digest)["attachments"][0]["content"]["body"][3]["text"]
        self.assertIn(r"A\*b\_c", teams)
        self.assertNotIn("[x](", teams)
        self.assertNotIn("https://evil", teams)
        self.assertNotIn("WWW.", teams)
        for content in (
            formats.wecom(digest)["markdown"]["content"],
            formats.dingtalk(digest)["markdown"]["text"],
        ):
            self.assertNotIn("[x](", content)
            self.assertNotIn("<!", content)
            self.assertNotIn("https://evil", content)
            self.assertNotIn("WWW.", content)
            self.assertNotIn("b_c", content)
            self.assertEqual(content.count("]("), 2)

    def test_limits(self):
        """Long digests end at the end of a line, say how many lines follow, and fit."""
        digest = make_digest(lines=100, sections=12, label="客户" * 20)
        for content, most in (
            (formats.wecom(digest)["markdown"]["content"], 4096),
            (formats.dingtalk(digest)["markdown"]["text"], 20000),
        ):
            self.assertLessEqual(size(content), most)
            self.assertGreater(size(content), most - 600)
            shown = content.count("digest=7")
            self.assertTrue(content.endswith(f"[{1200 - shown} more lines](https://odoo.example.com/odoo/action-w)"))
            self.assertNotIn("**", content.strip().splitlines()[-3])
        # Where only the last link does not fit, no line is left out, unless it takes the place of the link.
        for length in range(1, 300):
            long = make_digest(lines=35, label="x" * 20)
            [section] = long.sections
            section.lines[-1] = [Span("y" * length)]
            content = formats.wecom(long)["markdown"]["content"]
            self.assertLessEqual(size(content), 4096)
            left = 35 - content.count("\n> ")
            self.assertIn("[1 more lines]" if left else "[Open the workbench]", content)
        teams = formats.teams(digest)
        encoded = json.dumps(teams, ensure_ascii=False)
        self.assertLessEqual(size(encoded), 25000)
        self.assertIn(f"[{1200 - encoded.count('digest=7')} more lines]", encoded)
        blocks = formats.slack(digest)["blocks"]
        self.assertLessEqual(len(blocks), 50)
        self.assertLessEqual(max(len(block["text"]["text"]) for block in blocks[2:]), 3000)
        shown = sum(block["text"]["text"].count("digest=7") for block in blocks[2:])
        self.assertIn(f"|{1200 - shown} more lines>", blocks[-1]["text"]["text"])
        long = formats.slack(make_digest(lines=1, label="x" * 9000)._replace(title="y" * 900))
        self.assertLessEqual(len(long["blocks"][0]["text"]["text"]), 150)
        self.assertLessEqual(len(long["blocks"][2]["text"]["text"]), 3000)

    def test_answers(self):
        """(program, status, body) and what it means."""
        cases = [
            ("slack", 200, b"ok", answers.ARRIVED),
            ("slack", 200, b"<html>", answers.REFUSED),
            ("slack", 403, b"invalid_token", answers.REFUSED),
            ("slack", 404, b"no_service", answers.REFUSED),
            ("teams", 202, b"", answers.ARRIVED),
            ("teams", 200, b"1", answers.ARRIVED),
            ("teams", 200, b"Webhook message delivery failed with error: HTTP error 429", answers.LATER),
            ("teams", 413, b"", answers.REFUSED),
            ("wecom", 200, b'{"errcode": 0, "errmsg": "ok"}', answers.ARRIVED),
            ("wecom", 200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', answers.REFUSED),
            ("wecom", 200, b'{"errcode": 45009}', answers.LATER),
            ("wecom", 200, b"[]", answers.REFUSED),
            ("wecom", 200, b"\xff", answers.REFUSED),
            ("dingtalk", 200, b'{"errcode": 310000, "errmsg": "sign not match"}', answers.REFUSED),
            ("dingtalk", 200, b'{"errcode": 130101}', answers.LATER),
            ("slack", 301, b"", answers.REFUSED),
            ("slack", 307, b"", answers.REFUSED),
            ("slack", 408, b"", answers.LATER),
            ("slack", 429, b"", answers.LATER),
            ("slack", 500, b"", answers.LATER),
            ("slack", 503, b"", answers.LATER),
            ("slack", 502, b"", answers.LOST),
            ("slack", 504, b"", answers.LOST),
            ("slack", 524, b"", answers.LOST),
            ("teams", 200, b"Webhook message delivery failed with error: HTTP error 502", answers.LOST),
            ("teams", 200, b"Webhook message delivery failed with error: HTTP error 500", answers.LATER),
            (
                "teams",
                200,
                b"Webhook message delivery failed with error: HTTP error 403 with ContextId tcid=0,server=X50,429",
                answers.REFUSED,
            ),
        ]
        for kind, status, body, outcome in cases:
            with self.subTest(kind=kind, status=status, body=body):
                self.assertEqual(answers.judge(kind, status, body, {}, NOW).outcome, outcome)
        verdict = answers.judge("wecom", 200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', {}, NOW)
        self.assertEqual(verdict.detail, "93000 invalid webhook url")

    def test_retry_after(self):
        for header, seconds in (
            ("120", 120),
            ("Mon, 16 Mar 2026 08:31:00 GMT", 60),
            ("Mon, 16 Mar 2026 07:00:00 GMT", 0),
            ("99999999999", 86400),
            ("-5", 0),
            ("soon", 0),
            ("", 0),
        ):
            with self.subTest(header=header):
                verdict = answers.judge("slack", 429, b"", {"Retry-After": header}, NOW)
                self.assertEqual(verdict.wait, timedelta(seconds=seconds))

    def test_addresses(self):
        for url in (
            "http://hooks.slack.com/x",
            "https://user:secret@hooks.slack.com/x",
            "https:///x",
            "ftp://hooks.slack.com",
            "https://hooks.slack.com:99999/",
            "https://hooks.slack.com/x\r\nX: y",
            "https://[::1",
            "file:///etc/passwd",
            "",
        ):
            with self.subTest(url=url), self.assertRaises(ForbiddenAddressError):
                parse_target(url)
        target = parse_target("https://hooks.slack.com/services/T0?a=b")
        self.assertEqual(target[:4], ("https", "hooks.slack.com", 443, "/services/T0?a=b"))
        self.assertEqual(parse_target("http://chat.lan:8080/x", ("chat.lan",)).port, 8080)
        with self.assertRaises(ForbiddenAddressError):
            parse_target("http://chat.lan:8080/x", ("chat.lan:80",))
        for address, public in (
            ("93.184.216.34", True),
            ("2606:2800:220:1::1", True),
            ("127.0.0.1", False),
            ("10.1.2.3", False),
            ("169.254.169.254", False),
            ("100.64.0.1", False),
            ("0.0.0.0", False),
            ("224.0.0.1", False),
            ("::1", False),
            ("::ffff:10.0.0.1", False),
            ("64:ff9b::a00:1", False),
            ("fe80::1%eth0", False),
            ("fd00::1", False),
            ("fec0::1", False),
            ("::127.0.0.1", False),
            ("::ffff:0:7f00:1", False),
            ("5f00::1", False),
            ("2002:7f00:1::", False),
            ("nonsense", False),
        ):
            with self.subTest(address=address):
                self.assertIs(is_public(address), public)

    def test_signature(self):
        """The example of DingTalk's documentation: HMAC-SHA256 of time and secret, in base64, in the address."""
        url = sign_dingtalk("https://oapi.dingtalk.com/robot/send?access_token=X", "this is secret", 1577262236757)
        self.assertEqual(
            url,
            "https://oapi.dingtalk.com/robot/send?access_token=X&timestamp=1577262236757"
            "&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D",
        )

    def test_due(self):
        """A weekly digest is about seven days, a daily one about all days since the last working day."""

        def works_on(day):
            return day.weekday() < 5

        def due(now, interval=WEEKLY, zone="UTC", company_day=None, weekday=0, hour=8, **more):
            schedule = Schedule(interval, weekday, hour, zone, works_on)
            found = find_due(schedule, now, company_day or now.date(), **more)
            return found and tuple(day.isoformat() for day in found)

        self.assertEqual(due(NOW), ("2026-03-16", "2026-03-09", "2026-03-15"))
        self.assertIsNone(due(NOW, hour=9))
        self.assertIsNone(due(NOW, weekday=1))
        self.assertIsNone(due(NOW + timedelta(days=1)))
        self.assertEqual(due(NOW, DAILY), ("2026-03-16", "2026-03-13", "2026-03-15"))
        self.assertEqual(due(NOW + timedelta(days=1), DAILY), ("2026-03-17", "2026-03-16", "2026-03-16"))
        self.assertIsNone(due(datetime(2026, 3, 15, 12), DAILY))
        # In Shanghai it is Monday morning while it is Sunday evening in UTC.
        self.assertIsNone(due(datetime(2026, 3, 15, 23), zone="Asia/Shanghai", hour=7))
        shanghai = due(datetime(2026, 3, 15, 23), zone="Asia/Shanghai", company_day=date(2026, 3, 16), hour=7)
        self.assertEqual(shanghai, ("2026-03-16", "2026-03-09", "2026-03-15"))
        # On the next day a weekly one is due, too, unless the channel was set up since.
        late = NOW + timedelta(days=1, hours=-8)
        self.assertEqual(due(late, written=NOW - timedelta(hours=1)), ("2026-03-16", "2026-03-09", "2026-03-15"))
        self.assertIsNone(due(late, written=NOW))
        self.assertIsNone(due(late + timedelta(days=1), written=NOW - timedelta(hours=1)))
        with self.assertLogs("odoo.addons.sales_process_control.models.recording.time_zones", "WARNING"):
            self.assertEqual(due(NOW, zone="Mars/Base"), ("2026-03-16", "2026-03-09", "2026-03-15"))

    def test_days_of_daily_digests(self):
        """No day is in no digest: after holidays, and after a day on which the job did not run."""
        monday = date(2026, 3, 16)

        def first(days_off, covered=None):
            free = {monday - timedelta(days=back + 1) for back in range(days_off)}
            return (monday - period_before(monday, DAILY, lambda day: day not in free, covered).first_day).days

        self.assertEqual([first(days) for days in (0, 2, 9, 30, 31, 90)], [1, 3, 10, 31, 31, 31])
        self.assertEqual(first(2, monday - timedelta(days=6)), 5)
        self.assertEqual(first(2, monday - timedelta(days=1)), 3)
        self.assertEqual(first(2, monday - timedelta(days=99)), 31)
