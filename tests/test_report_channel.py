"""Digests reach real servers at most once, whatever the server answers and whenever the job is killed."""

import contextlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

ROOM = "odoo.addons.sales_process_control.models.report_channel"
INSIDE = "sales_process_control.webhook_internal_hosts"
SILENT = "silent"


class Killed(BaseException):
    """Stands for the end of a worker."""


class Hook(ThreadingHTTPServer):
    """A server on the loopback interface that answers what it is told to, and keeps what it gets."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), HookHandler)
        #: (status, headers, body) of the next answers, the last one for all others; SILENT for none; bytes that come
        #: again and again.
        self.answers = [(200, {}, b"ok")]
        self.messages = []
        self.url = f"http://127.0.0.1:{self.server_port}/services/SECRET"


class HookHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        server.messages.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        if answer == SILENT:
            time.sleep(3)
            return
        if isinstance(answer, bytes):
            # Drop by drop, longer than anybody waits.
            with contextlib.suppress(OSError):
                for _time in range(60):
                    self.wfile.write(answer)
                    time.sleep(0.1)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Write nothing."""


class Office:
    """A sales manager with a deal; it is a Monday. The clock stands still, and goes on with :meth:`pass_time` alone."""

    def __init__(self, registry):
        self.registry = registry
        today = datetime.now(UTC).date() - timedelta(days=1)
        self.now = datetime.combine(today - timedelta(days=today.weekday()), time_of_day(9))

    def open(self):
        """Remove the channels of earlier tests, and hire the manager unless an earlier test has."""
        with self.env() as env:
            env["crm.report.destination"].search([]).unlink()
            env["ir.config_parameter"].set_param(INSIDE, "127.0.0.1")
            self.manager_id = (env["res.users"].search([("login", "=", "channel_manager")]) or self.hire(env)).id

    def hire(self, env):
        """Return a sales manager with a deal."""
        manager = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Channel manager",
                    "login": "channel_manager",
                    "email": "channel_manager@example.com",
                    "tz": "UTC",
                    "group_ids": [(4, env.ref("sales_team.group_sale_manager").id)],
                }
            )
        )
        deal = {"name": "Deal <!here> [x](y)", "type": "opportunity", "expected_revenue": 7}
        env["crm.lead"].create({**deal, "user_id": manager.id})
        return manager

    def add(self, hook, kind="slack", **values):
        with self.env() as env:
            destination = env["crm.report.destination"].with_user(self.manager_id)
            return destination.create(
                {"name": kind, "kind": kind, "webhook_url_input": hook.url, "is_on": True, "hour": 0, **values}
            ).id

    @contextlib.contextmanager
    def env(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def pass_time(self, **duration):
        self.now += timedelta(**duration)

    def run_job(self):
        with self.env() as env:
            env["crm.report.delivery"]._cron_send()

    def states(self):
        """Return (state, attempts, reason) of the digests, those that were added first first."""
        with self.env() as env:
            deliveries = env["crm.report.delivery"].search([], order="destination_id, id")
            return [(one.state, one.attempts, one.reason or "") for one in deliveries]


@pytest.fixture
def hook():
    """An incoming webhook."""
    found = Hook()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def office(shared_registry):
    """An office in which the job posts digests."""
    found = Office(shared_registry)
    with patch("odoo.sql_db.Cursor.now", lambda _cursor: found.now), patch(f"{ROOM}.webhook_post.READ_SECONDS", 1):
        found.open()
        yield found


def test_each_program_gets_it_once(office, hook):
    """(program, answer): each gets the JSON that it takes, with texts that are no markup."""
    programs = {
        "slack": (200, {}, b"ok"),
        "teams": (202, {}, b""),
        "wecom": (200, {}, b'{"errcode": 0, "errmsg": "ok"}'),
        "dingtalk": (200, {}, b'{"errcode": 0, "errmsg": "ok"}'),
    }
    hook.answers = [*programs.values(), (500, {}, b"")]
    for kind in programs:
        office.add(hook, kind, webhook_secret_input="SECx" if kind == "dingtalk" else False)
    for _time in range(3):
        office.run_job()
        office.pass_time(hours=1)
    assert [state[0] for state in office.states()] == ["sent"] * 4
    assert len(hook.messages) == 4
    slack, teams, wecom, dingtalk = (message for _path, message in hook.messages)
    assert slack["blocks"][0]["type"] == "header"
    assert "<!here>" not in json.dumps(slack)
    assert teams["attachments"][0]["content"]["type"] == "AdaptiveCard"
    assert wecom["msgtype"] == dingtalk["msgtype"] == "markdown"
    paths = [path for path, _message in hook.messages]
    assert paths[:3] == ["/services/SECRET"] * 3
    assert "timestamp=" in paths[3]
    assert "sign=" in paths[3]


@pytest.mark.parametrize(
    ("kind", "answers", "states", "messages"),
    [
        ("slack", [(500, {}, b""), (200, {}, b"ok")], [("failed", 1), ("sent", 2)], 2),
        ("slack", [(404, {}, b"no_service")], [("given_up", 1)] * 2, 1),
        ("slack", [SILENT], [("given_up", 1)] * 2, 1),
        ("wecom", [(200, {}, b'{"errcode": 93000, "errmsg": "invalid webhook url"}')], [("given_up", 1)] * 2, 1),
        ("slack", [(307, {"Location": "/elsewhere"}, b"")], [("given_up", 1)] * 2, 1),
        ("slack", [(429, {"Retry-After": "7200"}, b""), (200, {}, b"ok")], [("failed", 1)] * 2, 1),
    ],
    ids=["500 then 200", "404", "never answers", "error code", "redirect", "too many requests"],
)
def test_answers(office, hook, caplog, kind, answers, states, messages):
    """The log says what became of the digest, and shows the address nowhere."""
    caplog.set_level("DEBUG")
    hook.answers = answers
    office.add(hook, kind)
    found = []
    for _time in range(2):
        office.run_job()
        found += [state[:2] for state in office.states()]
        office.pass_time(minutes=6)
    assert found == states
    assert len(hook.messages) == messages
    reasons = " ".join(state[2] for state in office.states())
    assert (found[-1][0] == "sent") == (not reasons)
    assert "SECRET" not in reasons + caplog.text
    with office.env() as env:
        activities = env["mail.activity"].search([("res_model", "=", "crm.report.destination")])
        assert len(activities) == (found[-1][0] == "given_up")
        assert "SECRET" not in str(activities.mapped("note"))


@pytest.mark.parametrize("drop", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H", b"HTTP/1.1 200 OK\r\n"])
def test_answer_without_end(hook, drop):
    """A server that goes on and on keeps the job as long as one that is silent."""
    from odoo.addons.sales_process_control.models.report_channel import webhook_post

    hook.answers = [drop]
    began = time.monotonic()
    with patch.object(webhook_post, "ANSWER_SECONDS", 1), pytest.raises(webhook_post.AnswerLostError):
        webhook_post.post_json(hook.url, {}, ("127.0.0.1",))
    assert time.monotonic() - began < 3
    assert len(hook.messages) == 1


def test_own_network(office, hook):
    """Without the administrator's leave, nothing is sent into the own network."""
    office.add(hook)
    with office.env() as env:
        env["ir.config_parameter"].set_param(INSIDE, "")
    office.run_job()
    [(state, _attempts, reason)] = office.states()
    assert state == "given_up"
    assert "not allowed" in reason
    with office.env() as env:
        env["crm.report.destination"].search([]).webhook_url = hook.url.replace("http:", "https:")
        env["crm.report.delivery"].search([]).action_retry()
    office.run_job()
    assert office.states()[0][0] == "given_up"
    assert not hook.messages


def test_killed_before_the_post(office, hook):
    """The digest is posted by a later run."""
    office.add(hook)
    with patch(f"{ROOM}.delivery_sender.format_message", side_effect=Killed), pytest.raises(Killed):
        office.run_job()
    assert office.states()[0][:2] == ("waiting", 1)
    office.run_job()
    assert not hook.messages
    office.pass_time(minutes=11)
    office.run_job()
    assert office.states()[0][:2] == ("sent", 2)
    assert len(hook.messages) == 1


def test_killed_after_the_post(office, hook):
    """The message may have arrived: it is not posted again, and a person is told."""
    office.add(hook)
    office.add(hook)
    with patch(f"{ROOM}.delivery_sender.DeliverySender._settle", side_effect=Killed), pytest.raises(Killed):
        office.run_job()
    assert [state[0] for state in office.states()] == ["sending", "waiting"]
    office.pass_time(minutes=11)
    office.run_job()
    first, second = office.states()
    assert first[0] == "given_up"
    assert "may have arrived" in first[2]
    assert second[0] == "sent"
    assert len(hook.messages) == 2


def test_two_workers_at_once(office, hook):
    """A second worker leaves the digest alone that the first one is posting, and posts the others."""
    from odoo.addons.sales_process_control.models.report_channel import delivery_sender

    office.add(hook)
    office.add(hook)
    format_message, is_inside = delivery_sender.format_message, []

    def formatting(kind, digest):
        if not is_inside:
            is_inside.append(True)
            office.run_job()
        return format_message(kind, digest)

    with patch(f"{ROOM}.delivery_sender.format_message", formatting):
        office.run_job()
    assert [state[0] for state in office.states()] == ["sent", "sent"]
    assert len(hook.messages) == 2


def test_digest_that_another_worker_added_meanwhile(office, hook):
    """A worker whose transaction began before the digest was added and posted adds and posts none."""
    office.add(hook)
    with office.env() as env:
        env.cr.execute("SELECT 1")  # from here on the transaction sees nothing new
        office.run_job()
        env["crm.report.delivery"]._cron_send()
    assert [state[0] for state in office.states()] == ["sent"]
    assert len(hook.messages) == 1


@mute_logger(f"{ROOM}.delivery_sender")
def test_one_fault_stops_no_other(office, hook):
    """A server that is not there, and a message that cannot be made."""
    gone = Hook()
    gone.server_close()
    for target in (gone, hook):
        office.add(target)
    office.add(hook, "teams")
    from odoo.addons.sales_process_control.models.report_channel import delivery_sender

    format_message = delivery_sender.format_message

    def formatting(kind, digest):
        if kind == "teams":
            raise ZeroDivisionError
        return format_message(kind, digest)

    with patch(f"{ROOM}.delivery_sender.format_message", formatting):
        office.run_job()
    states = office.states()
    assert [state[0] for state in states] == ["failed", "sent", "failed"]
    assert "could not be reached" in states[0][2]
    assert "ZeroDivisionError" in states[2][2]
