"""What the answer of a webhook means: sent, to be tried again, refused, or unknown. No models, no Odoo.

A message is posted at most once. An answer that says it was not taken is tried again if that may help. Where no answer
came, the message may have arrived, so that it is not posted again.
"""

import json
import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from .message_formats import DINGTALK, SLACK, TEAMS, WECOM

#: It arrived; it did not, and may do so later; it never will; nobody knows.
ARRIVED, LATER, REFUSED, LOST = "arrived", "later", "refused", "lost"
#: Codes of reasons, of which :mod:`.delivery_texts` makes sentences.
STATUS, REDIRECT, CODE, UNEXPECTED, NO_ANSWER, UNREACHABLE, FORBIDDEN = (
    "status",
    "redirect",
    "code",
    "unexpected",
    "no_answer",
    "unreachable",
    "forbidden",
)
#: A gateway got no answer of the service, which may have taken the message. From 520 on they are those of Cloudflare.
LOST_STATUSES = (502, 504, 520, 524)
#: Statuses of failures that may pass, and all others from 500 on.
PASSING_STATUSES = (408, 425, 429)
#: How older webhooks of Teams tell in a text that they could not deliver.
_TEAMS_FAILURE = re.compile(r"HTTP error (\d{3})")
#: Longest that `Retry-After` is obeyed.
LONGEST_WAIT = timedelta(days=1)
#: Error codes that pass: too many messages, or the service is busy. WeCom and DingTalk answer them with status 200.
PASSING_CODES = {WECOM: (-1, 45009, 45033), DINGTALK: (-1, 88, 130101, 410100, 660026)}
#: WeCom and DingTalk take 20 messages a minute; DingTalk stops a robot for ten minutes that sends more.
BUSY_WAIT = timedelta(minutes=10)
#: Longest text of an answer in a reason.
MOST_CHARACTERS = 120


class Verdict(NamedTuple):
    """What an answer means.

    :param outcome: ARRIVED, LATER, REFUSED or LOST
    :param code: why, one of the codes of reasons; empty if it arrived
    :param detail: the status, or what the service says
    :param wait: how long not to try again at least
    """

    outcome: str
    code: str = ""
    detail: str = ""
    wait: timedelta = timedelta()


def judge(kind: str, status: int, body: bytes, headers, now: datetime) -> Verdict:
    """Return what the answer of a webhook means.

    :param kind: program, see :mod:`.message_formats`
    :param status: HTTP status
    :param body: the beginning of the answer
    :param headers: mapping of the headers
    :param now: naive, in UTC
    """
    if 300 <= status < 400:
        return Verdict(REFUSED, REDIRECT, str(status))
    if status in LOST_STATUSES:
        return Verdict(LOST, NO_ANSWER, str(status))
    if status in PASSING_STATUSES or status >= 500:
        return Verdict(LATER, STATUS, str(status), wait_of(headers.get("Retry-After", ""), now))
    if not 200 <= status < 300:
        return Verdict(REFUSED, STATUS, str(status))
    return _judge_body(kind, body.decode(errors="replace").strip())


def _judge_body(kind: str, text: str) -> Verdict:
    if kind == SLACK:
        return Verdict(ARRIVED) if text == "ok" else Verdict(REFUSED, UNEXPECTED)
    if kind == TEAMS:
        return _judge_failure(text) if "delivery failed" in text else Verdict(ARRIVED)
    return _judge_code(kind, text)


def _judge_failure(text: str) -> Verdict:
    """Return what it means that an older webhook of Teams answers 200, and that it could not deliver."""
    found = _TEAMS_FAILURE.search(text)
    status = int(found[1]) if found else 0
    if status in LOST_STATUSES:
        return Verdict(LOST, NO_ANSWER, str(status))
    return Verdict(LATER if status in PASSING_STATUSES or status >= 500 else REFUSED, UNEXPECTED)


def _judge_code(kind: str, text: str) -> Verdict:
    """Return what the answer of WeCom or DingTalk means, whose status is 200 also for failures."""
    try:
        answer = json.loads(text)
        code = int(answer["errcode"])
    except (ValueError, TypeError, KeyError):
        return Verdict(REFUSED, UNEXPECTED)
    if code == 0:
        return Verdict(ARRIVED)
    detail = f"{code} {answer.get('errmsg') or ''}"[:MOST_CHARACTERS].strip()
    if code in PASSING_CODES[kind]:
        return Verdict(LATER, CODE, detail, BUSY_WAIT)
    return Verdict(REFUSED, CODE, detail)


def wait_of(header: str, now: datetime) -> timedelta:
    """Return how long `Retry-After` says to wait: seconds or a date; nothing if it says neither.

    :param now: naive, in UTC
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        wait = timedelta(seconds=min(int(header[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(header)
        except (ValueError, TypeError, IndexError):
            return timedelta()
        if until.tzinfo:
            until = until.astimezone(timezone.utc).replace(tzinfo=None)
        wait = until - now
    return max(timedelta(), min(wait, LONGEST_WAIT))
