"""Weekly reports reach a real mail server once each, whatever happens to the job and to the server meanwhile."""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from unittest.mock import patch

import pytest
from aiosmtpd.controller import Controller
from serving import free_port

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

CONTENT = "odoo.addons.sales_process_control.models.weekly_report.weekly_content.WeeklyContent.make"
SENDER = "odoo.addons.sales_process_control.models.weekly_report.weekly_sender"
ADDRESSES = ("first@weekly.example.com", "second@weekly.example.com")


class Killed(BaseException):
    """Stands for the end of a worker."""


class Mailbox:
    """A mail server that keeps what it gets, and may refuse an address."""

    def __init__(self):
        self.messages, self.refused = [], set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def addresses(self):
        """Return the addresses that have got a report, once for each. Odoo sends new users other mails, too."""
        return sorted(address for address, message in self.messages if message["X-Sales-Weekly-Report"])


class Office:
    """Two salespeople with a deal each who want the report of their own deals; it is a Monday.

    The clock of all transactions stands still, whatever day it is really, and goes on with :meth:`pass_hour` alone.
    """

    def __init__(self, registry):
        self.registry = registry
        today = datetime.now(UTC).date() - timedelta(days=1)
        self.now = datetime.combine(today - timedelta(days=today.weekday()), time(8))

    def open(self, port):
        """Remove the reports and mails of earlier tests, hire the salespeople and set the mail server up.

        :param int port: of the mail server
        """
        with self.env() as env:
            env["crm.weekly.report"].search([]).unlink()
            env["mail.mail"].search([]).unlink()
            env["res.users"].search([]).weekly_report = "none"
            env["ir.mail_server"].search([]).unlink()
            server = {"name": "Loopback", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
            env["ir.mail_server"].create(server)
            for address in ADDRESSES:
                user = env["res.users"].search([("login", "=", address)]) or self.hire(env, address)
                user.weekly_report = "own"

    @staticmethod
    def hire(env, address):
        """Return a salesperson with a deal."""
        values = {"name": address.partition("@")[0], "login": address, "email": address, "tz": "UTC"}
        groups = [(4, env.ref("sales_team.group_sale_salesman").id)]
        user = env["res.users"].with_context(no_reset_password=True).create({**values, "group_ids": groups})
        deal = {"name": f"Deal of {user.name}", "type": "opportunity", "expected_revenue": 7}
        env["crm.lead"].create({**deal, "user_id": user.id})
        return user

    @contextmanager
    def env(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def pass_hour(self):
        self.now += timedelta(hours=1)

    def run_job(self):
        with self.env() as env:
            env["crm.weekly.report"]._cron_send()

    def send_mails(self):
        with self.env() as env:
            env["mail.mail"].process_email_queue()

    def reports(self):
        """Return (state, reason, attempts) of the reports by address."""
        with self.env() as env:
            reports = env["crm.weekly.report"].search([("user_id.email", "in", ADDRESSES)])
            return {report.user_id.email: (report.state, report.reason, report.attempts) for report in reports}


@pytest.fixture
def mailbox():
    """A mail server on the loopback interface."""
    found = Mailbox()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    found.port = controller.port
    yield found
    controller.stop()


@pytest.fixture
def office(shared_registry, mailbox):
    """An office that sends its mail to the mailbox."""
    found = Office(shared_registry)
    with patch("odoo.sql_db.Cursor.now", lambda _cursor: found.now):
        found.open(mailbox.port)
        yield found


def test_each_gets_it_once(office, mailbox):
    for _time in range(2):
        office.run_job()
        office.send_mails()
        office.pass_hour()
    assert mailbox.addresses() == list(ADDRESSES)
    assert {report[0] for report in office.reports().values()} == {"sent"}
    mails = [message for address, message in mailbox.messages if address == ADDRESSES[0]]
    [message] = [message for message in mails if message["X-Sales-Weekly-Report"]]
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert "Weekly report: first" in text
    assert "second" not in text + page
    assert "prefers-color-scheme: dark" in page
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/weekly_report/off?" in message["List-Unsubscribe"]
    with office.env() as env:
        assert not env["mail.mail"].search([("email_to", "ilike", "weekly.example.com")])


def test_killed_half_way(office, mailbox):
    """The report during which the job is killed is sent by the next run, the one before it is not sent again."""
    from odoo.addons.sales_process_control.models.weekly_report.weekly_content import WeeklyContent

    make, made = WeeklyContent.make, []

    def killing(content):
        if made:
            raise Killed
        made.append(content)
        return make(content)

    with patch(CONTENT, killing), pytest.raises(Killed):
        office.run_job()
    assert sorted(report[0] for report in office.reports().values()) == ["queued", "waiting"]
    assert sorted(report[2] for report in office.reports().values()) == [1, 1]
    office.pass_hour()
    office.run_job()
    office.send_mails()
    assert mailbox.addresses() == list(ADDRESSES)


def test_two_workers_at_once(office, mailbox):
    """A second worker leaves the report alone that the first is making, and makes the others."""
    from odoo.addons.sales_process_control.models.weekly_report.weekly_content import WeeklyContent

    make, is_inside = WeeklyContent.make, []

    def making(content):
        if not is_inside:
            is_inside.append(True)
            office.run_job()
        return make(content)

    with patch(CONTENT, making):
        office.run_job()
    office.send_mails()
    assert mailbox.addresses() == list(ADDRESSES)
    assert {report[0] for report in office.reports().values()} == {"sent"}


def test_report_that_another_worker_added_meanwhile(office, mailbox):
    """A worker whose transaction began before the reports were added and made adds and makes none."""
    with office.env() as env:
        env.cr.execute("SELECT 1")  # from here on the transaction sees nothing new
        office.run_job()
        env["crm.weekly.report"]._cron_send()
    office.send_mails()
    assert mailbox.addresses() == list(ADDRESSES)
    assert [report[2] for report in office.reports().values()] == [1] * len(ADDRESSES)


@mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")
def test_refused_address(office, mailbox):
    """What the mail server refuses is told with its reason, and the other report is sent."""
    mailbox.refused.add(ADDRESSES[0])
    office.run_job()
    office.send_mails()
    assert mailbox.addresses() == [ADDRESSES[1]]
    reports = office.reports()
    assert (reports[ADDRESSES[0]][0], reports[ADDRESSES[1]][0]) == ("failed", "sent")
    assert "No such mailbox" in reports[ADDRESSES[0]][1]
    mailbox.refused.clear()
    with office.env() as env:
        env["crm.weekly.report"].search([("state", "=", "failed")]).action_retry()
    office.run_job()
    office.send_mails()
    assert mailbox.addresses() == list(ADDRESSES)


@mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")
def test_no_mail_server(office):
    """Nobody gets anything, and the reports say why."""
    with office.env() as env:
        env["ir.mail_server"].search([]).smtp_port = free_port()
    office.run_job()
    office.send_mails()
    reports = office.reports()
    assert {report[0] for report in reports.values()} == {"failed"}
    assert all(report[1] for report in reports.values())
