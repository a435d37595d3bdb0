"""The JSON that each program takes by its incoming webhook. No models, no Odoo.

Sources: Slack, "Sending messages using incoming webhooks" and "Block Kit"; Microsoft, "Create incoming webhooks with
Workflows" and "Adaptive Cards"; WeCom, "Group robots"; DingTalk, "Custom robots".

Texts that people wrote never become markup. Where a program knows no escape, characters of its markup are replaced by
letters that look alike. Teams, WeCom and DingTalk make links of addresses in a text: these are broken by an invisible
character.
"""

import json
import re
from collections.abc import Iterator

from .digest import Digest, Span

SLACK, TEAMS, WECOM, DINGTALK = "slack", "teams", "wecom", "dingtalk"

#: Slack: characters of a block of text, of the header, and blocks of a message.
SLACK_TEXT, SLACK_HEADER, SLACK_BLOCKS = 3000, 150, 50
#: Teams: bytes of a message are limited to 28 KB. What Teams adds around the card is left free.
TEAMS_BYTES = 24000
#: WeCom and DingTalk: bytes of the markdown.
WECOM_BYTES, DINGTALK_BYTES = 4096, 20000
#: Longest piece of a line in characters. Names may have any length.
MOST_CHARACTERS = 300

_SPACE = re.compile(r"\s+")
_LOOKALIKES = str.maketrans("*_`~", "＊＿ˋ～")  # noqa: RUF001 - they replace markup
_MARKDOWN_LOOKALIKES = str.maketrans("*_`~[]<>#!|\\", "＊＿ˋ～［］＜＞＃！｜＼")  # noqa: RUF001 - they replace markup
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~-])")


def format_message(kind: str, digest: Digest) -> dict:
    """Return the JSON that an incoming webhook takes.

    :param kind: SLACK, TEAMS, WECOM or DINGTALK
    """
    return FORMATS[kind](digest)


def clean(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text on one line, cut off if it is longer than `most` characters."""
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _break_addresses(text: str) -> str:
    """Return a text in which no program finds an address that it makes a link of."""
    return _ADDRESS.sub("\N{WORD JOINER}", text)


def _pieces(line: list[Span]) -> Iterator[tuple[str, str]]:
    """Return (text, address) of the pieces of a line. Spaces between pieces stay."""
    for span in line:
        lead, tail = span.text[:1].isspace(), span.text[-1:].isspace()
        yield f"{' ' if lead else ''}{clean(span.text)}{' ' if tail else ''}", span.url


# ------------------------------------------------------------
# SHORTENING
# ------------------------------------------------------------


def shorten(parts: list[tuple[str, bool]], most: int, more, size=len) -> list[str]:
    """Return the first parts that fit, and how many lines were left out.

    A heading that would stand alone is left out, too.

    :param parts: (text, whether it is a line that counts) with the characters between lines
    :param most: greatest size of all
    :param more: returns the last part by the number of lines that were left out, which may be 0
    :param size: returns the size of a text
    """
    if sum(size(text) for text, _counts in parts) <= most:
        return [text for text, _counts in parts]
    total = sum(counts for _text, counts in parts)
    kept, used = [], max(size(more(total)), size(more(0)))
    for text, counts in parts:
        used += size(text)
        if used > most:
            break
        kept.append((text, counts))
    while kept and not kept[-1][1]:
        kept.pop()
    return [*(text for text, _counts in kept), more(total - sum(counts for _text, counts in kept))]


def _bytes(text: str) -> int:
    return len(text.encode())


# ------------------------------------------------------------
# SLACK
# ------------------------------------------------------------


def _slack_text(text: str) -> str:
    """Escape a text for mrkdwn: Slack has entities for three characters, and no escape for its other markup."""
    text = text.translate(_LOOKALIKES)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_line(line: list[Span]) -> str:
    return "".join(
        f"<{url.replace('&', '&amp;')}|{_slack_text(text.strip())}>" if url else _slack_text(text)
        for text, url in _pieces(line)
    )


def _slack_block(text: str) -> dict:
    # Verbatim: names of channels and addresses in texts do not become links.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _slack_chunks(title: str, lines: list[str]) -> Iterator[tuple[str, int]]:
    """Return (text, number of lines) of the blocks of a section: as many lines in each as it takes."""
    text, count = f"*{title}*", 0
    for line in lines:
        if len(text) + 1 + len(line) > SLACK_TEXT:
            yield text, count
            text, count = line, 1
        else:
            text, count = f"{text}\n{line}", count + 1
    yield text, count


def slack(digest: Digest) -> dict:
    """Return a message of blocks, with a text for notifications."""
    chunks = [
        chunk
        for section in digest.sections
        for chunk in _slack_chunks(
            _slack_text(clean(section.title)), [f"• {_slack_line(line)}" for line in section.lines]
        )
    ]
    heading = " · ".join(filter(None, (digest.period, digest.note)))
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": clean(digest.title, SLACK_HEADER), "emoji": False}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _slack_text(heading), "verbatim": True}]},
    ]
    shown = chunks[: SLACK_BLOCKS - len(blocks) - 1]
    blocks += [_slack_block(text) for text, _count in shown]
    rest = sum(count for _text, count in chunks[len(shown) :])
    last = digest.more(rest) if rest else digest.open_text
    blocks.append(_slack_block(_slack_line([Span(last, digest.url)])))
    return {"text": _slack_text(clean(digest.summary)), "blocks": blocks}


# ------------------------------------------------------------
# MICROSOFT TEAMS
# ------------------------------------------------------------


def _teams_text(text: str) -> str:
    """Escape a text for the markdown of Adaptive Cards."""
    return _MARKDOWN.sub(r"\\\1", _break_addresses(text))


def _teams_line(line: list[Span]) -> str:
    return "".join(f"[{_teams_text(text.strip())}]({url})" if url else _teams_text(text) for text, url in _pieces(line))


def _teams_block(text: str, **more) -> dict:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def teams(digest: Digest) -> dict:
    """Return a message with an Adaptive Card, as a workflow takes it that waits for a webhook request."""

    def encode(text, **more):
        return json.dumps(_teams_block(text, **more), ensure_ascii=False)

    parts = []
    for section in digest.sections:
        parts.append((encode(_teams_text(clean(section.title)), weight="Bolder", spacing="Medium"), False))
        parts += [(encode(_teams_line(line), spacing="Small"), True) for line in section.lines]
    heading = " · ".join(filter(None, (digest.period, digest.note)))
    body = [
        _teams_block(_teams_text(clean(digest.title)), size="Large", weight="Bolder"),
        _teams_block(_teams_text(heading), isSubtle=True, spacing="None"),
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": digest.open_text, "url": digest.url}],
    }
    message = {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }
    left = TEAMS_BYTES - _bytes(json.dumps(message, ensure_ascii=False))

    def more(count):
        return encode(_teams_line([Span(digest.more(count), digest.url)]))

    kept = shorten(parts, left, more, size=lambda text: _bytes(text) + 2)
    body += [json.loads(text) for text in kept]
    return message


# ------------------------------------------------------------
# WECOM AND DINGTALK
# ------------------------------------------------------------


def _markdown_text(text: str) -> str:
    """Replace the markup of a text: neither program knows an escape."""
    return _break_addresses(text).translate(_MARKDOWN_LOOKALIKES)


def _markdown_line(line: list[Span]) -> str:
    return "".join(
        f"[{_markdown_text(text.strip())}]({url})" if url else _markdown_text(text) for text, url in _pieces(line)
    )


def _markdown(digest: Digest, most: int, bullet: str, end: str) -> str:
    """Return a digest as markdown.

    :param most: greatest number of bytes
    :param bullet: what begins a line
    :param end: what ends a line
    """
    parts = [(f"### {_markdown_text(clean(digest.title))}{end}", False)]
    parts += [(f"{_markdown_text(clean(text))}{end}", False) for text in (digest.period, digest.note) if text]
    for section in digest.sections:
        parts.append((f"{end}**{_markdown_text(clean(section.title))}**{end}", False))
        parts += [(f"{bullet}{_markdown_line(line)}{end}", True) for line in section.lines]
    parts.append((f"{end}{_markdown_line([Span(digest.open_text, digest.url)])}", False))

    def more(count):
        return f"{end}{_markdown_line([Span(digest.more(count) if count else digest.open_text, digest.url)])}"

    return "".join(shorten(parts, most, more, size=_bytes))


def wecom(digest: Digest) -> dict:
    """Return a message in the markdown of WeCom, whose lines end with a line feed."""
    return {"msgtype": "markdown", "markdown": {"content": _markdown(digest, WECOM_BYTES, "> ", "\n")}}


def dingtalk(digest: Digest) -> dict:
    """Return a message in the markdown of DingTalk, which joins lines unless an empty one is between them."""
    title = _markdown_text(clean(digest.summary, 100))
    return {
        "msgtype": "markdown",
        "markdown": {"title": title, "text": _markdown(digest, DINGTALK_BYTES, "- ", "\n\n")},
    }


FORMATS = {SLACK: slack, TEAMS: teams, WECOM: wecom, DINGTALK: dingtalk}
