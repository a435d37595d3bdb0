"""Makes a digest of the content of a weekly report, and shows it as HTML. No models."""

from urllib.parse import urlencode

from markupsafe import Markup

from ..recording.text_lists import joined_phrases
from ..weekly_report.weekly_rows import WeeklyRows
from ..weekly_report.weekly_texts import describe_week
from .digest import Digest, Section, Span

LINE_ACTION = "sales_process_control.crm_digest_line_action"
#: Where the rest can be seen, with the rights of whoever opens it.
REST_ACTION = "sales_process_control.crm_workbench_action"
#: Stands in a text for a link that is cut out of it.
PLACE = "\N{NULL}"


class DigestWriter(WeeklyRows):
    """Writes a digest.

    :param Environment env: the reader with the language and the companies of the digest
    :param delivery: the delivery in superuser mode
    :param dict content: see :meth:`.WeeklyContent.make`
    """

    def __init__(self, env, delivery, content):
        super().__init__(env)
        self.content = content
        self._delivery_id = delivery.id
        self._base_url = delivery.get_base_url()

    def digest(self):
        """Return the digest.

        :rtype: Digest
        """
        sections = [self._digest_section(section) for section in self.content["sections"]]
        title, period = self.env._("Sales: %s", self.content["name"]), describe_week(self.env, self.content)
        return Digest(
            title=title,
            period=period,
            summary=joined_phrases(self.env, (title, period)),
            note=self.env._("Only deals that %s may read", self.env.user.name) if self.content["is_partial"] else "",
            sections=[section for section in sections if section.lines],
            more=lambda count: self.env._("1 more line") if count == 1 else self.env._("%s more lines", count),
            url=f"{self._base_url}/odoo/action-{REST_ACTION}",
            open_text=self.env._("Open the workbench"),
        )

    def line_url(self, number):
        if not number or not number["key"]:
            return ""
        query = urlencode({"digest": self._delivery_id, "line": number["key"]})
        return f"{self._base_url}/odoo/action-{LINE_ACTION}?{query}"

    def _digest_section(self, section):
        described = self.describe_section(section)
        sentences = [[Span(sentence)] for sentence in described["sentences"]]
        return Section(described["title"], sentences + [self._line(described, row) for row in described["rows"]])

    def _line(self, section, row):
        detail = [Span(f" · {row['detail']}")] if row["detail"] else []
        facts = self.joined_facts(row)
        if not facts:
            return [Span(row["label"], row["url"]), *detail]
        then = []
        if row["then"] and (before := self.joined_facts(row["then"])):
            lead, tail = self.with_remark("", self.labelled(section["then"], PLACE)).split(PLACE)
            then = [Span(lead), Span(before, row["then"]["url"]), Span(tail)]
        return [Span(self.labelled(row["label"])), Span(facts, row["url"]), *then, *detail]


def digest_html(digest):
    """Return a digest as HTML, as Discuss shows it.

    :param Digest digest: see :class:`DigestWriter`
    :rtype: Markup
    """
    heading = Markup("<p><b>%s</b><br/>%s</p>") % (
        digest.title,
        " · ".join(fact for fact in (digest.period, digest.note) if fact),
    )
    parts = [heading]
    for section in digest.sections:
        lines = Markup("").join(Markup("<li>%s</li>") % _html_line(line) for line in section.lines)
        parts.append(Markup("<p><b>%s</b></p><ul>%s</ul>") % (section.title, lines))
    parts.append(Markup('<p><a href="%s">%s</a></p>') % (digest.url, digest.open_text))
    return Markup("").join(parts)


def _html_line(line):
    return Markup("").join(
        Markup('<a href="%s">%s</a>') % (span.url, span.text) if span.url else span.text for span in line
    )
