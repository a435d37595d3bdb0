"""A digest as plain text with links, whatever program shows it. No models, no Odoo."""

from collections.abc import Callable
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a line.

    :param text: as people wrote it, without markup
    :param url: address behind it, empty if it is no link
    """

    text: str
    url: str = ""


class Section(NamedTuple):
    """A titled part of a digest.

    :param title: its title
    :param lines: lists of :class:`Span`
    """

    title: str
    lines: list[list[Span]]


class Digest(NamedTuple):
    """What is posted.

    :param title: what it is about
    :param period: the days that it is about
    :param summary: title and period in one line, for a notification
    :param note: a sentence about whose numbers these are, empty if there is none
    :param sections: list of :class:`Section`
    :param more: returns the text "N more" in the language of the digest
    :param url: where the rest can be seen
    :param open_text: what the link to `url` says
    """

    title: str
    period: str
    summary: str
    note: str
    sections: list[Section]
    more: Callable[[int], str]
    url: str
    open_text: str
