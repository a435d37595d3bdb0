"""Headings of columns to what they mean."""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

from .chinese import simplified
from .lexicon import CHANGES, CREATIONS, DEAL_IDS, DEALS, HEADINGS, IGNORED, LINE_IDS, PROGRAMS, TIMES

#: What programs write before the names of fields: "Deal - Title", "Opportunity: Stage".
PREFIX = re.compile(
    r"\s*(?:deals?|opportunity|opportunities|potentials?|商机|交易|销售机会)\s*[-:\uff1a./|]\s*(?=\S)", re.I
)
#: A unit without parentheses: "金额万元".
UNIT_AT_END = re.compile(r"(?<=[\u4e00-\u9fff])[\s_/\-]*(?:单位)?[:\uff1a]?(?:百万|千万|千|万|萬|亿|億)元$")
PARENTHESES = re.compile(r"[(\uff08\[][^()\uff08\uff09\[\]]*[)\uff09\]]")
#: Longer texts are no headings. The patterns below would take long to say so.
LONGEST = 200
#: A name, and what stands in parentheses behind it.
BEHIND = re.compile(r"(.*?)\s*[(\uff08]([^()\uff08\uff09]*)[)\uff09][\"'\u201d]?", re.DOTALL)
QUOTES = " \t\"'\u2018\u2019\u201c\u201d\u00ab\u00bb\u300c\u300d\u300e\u300f"
#: Headings of columns with the times at which deals came to a stage; the group is its name.
ENTERED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:hs_)?(?:v2_)?date_entered_(.+)",
        r"(?:first |latest |last )?(?:date(?: |/)?time|date|time)(?: first| last)? entered(?: stage)?[ :\-]+(.+)",
        r"(?:first )?entered(?: stage)?(?: on)?[ :\-]+(.+)",
        r"(?:became|moved to|reached)(?: an?)?(?: stage)?[ :\-]+(.+?)(?: stage)?(?: date| on| at)?",
        r"(?:stage )?(.+?)(?: stage)?[ :\-]+(?:date entered|time entered|entered(?: date| time| on| at)?|entry date)",
        r"(?:首次|最近)?进入(?:阶段)?[ :\uff1a]*(.+?)(?:阶段)?的?(?:日期|时间)",
        r"(.+?)(?:阶段)?的?[ \-]*进入(?:日期|时间)",
    )
)
#: Headings of columns with the times at which deals left a stage. "Left voicemail" may be a stage itself.
LEAVING = re.compile(
    r"(?:hs_)?(?:v2_)?date_exited_.+|exited .+|left .*\b(?:won|lost)\b.*|(?:.*[ /])?(?:date|time) (?:exited|left)\b.*"
    r"|.+[ :\-](?:exited|exit (?:date|time)|(?:exited|left) (?:date|time|on|at))|离开.+|.+离开.*(?:时间|日期)",
    re.I,
)
#: Headings like these that name no stage.
NO_STAGE = frozenset(("currentstage", "stage", "currentdealstage", "thisstage", "当前阶段", "阶段"))

# Kinds of headings that several meanings can have.
DEAL_ID, DEAL, LINE_ID, TIME, CHANGE, CREATION = "deal_id", "deal", "line_id", "time", "change", "creation"
_KINDS = {
    DEAL_ID: DEAL_IDS,
    **{meaning: headings.split() for meaning, headings in HEADINGS.items()},
    DEAL: [heading for heading in DEALS if heading not in HEADINGS["name"].split()],
    LINE_ID: LINE_IDS,
    TIME: TIMES,
    CHANGE: CHANGES,
    CREATION: CREATIONS,
}
_BY_HEADING = {}
for _kind, _headings in _KINDS.items():
    for _rank, _heading in enumerate(_headings):
        _BY_HEADING.setdefault(_heading, (_kind, _rank))


def plain_heading(heading: str) -> str:
    """Return a heading without spaces, punctuation and case: "Stage Name" and "stage_name" become "stagename"."""
    return simplified(re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", heading))).casefold()


@lru_cache(maxsize=2000)
def kind_of_heading(heading: str) -> tuple[str, int]:
    """Return the kind of a heading, and its rank among the headings of this kind, the best one 0.

    :return: a meaning, or one of the kinds of this module; ("", 0) for an unknown heading
    """
    if len(heading) > LONGEST:
        return "", 0
    heading = UNIT_AT_END.sub("", heading)
    short = PREFIX.sub("", heading, count=1) if PREFIX.match(heading) else heading
    for text, loss in (
        (heading, 0),
        (short, 0),
        (PARENTHESES.sub("", heading), 100),
        (PARENTHESES.sub("", short), 100),
    ):
        plain = plain_heading(text)
        if plain in IGNORED:
            break
        if plain in _BY_HEADING:
            kind, rank = _BY_HEADING[plain]
            return kind, rank + loss
    return "", 0


def score_of(cells) -> int:
    """Return how many different meanings the cells of a row have as headings."""
    texts = [cell for cell in cells if isinstance(cell, str) and 0 < len(cell) < 120]
    kinds = {kind_of_heading(text)[0] for text in texts}
    return len(kinds - {""}) + sum(1 for text in texts if stage_of_heading(text))


@lru_cache(maxsize=2000)
def stage_of_heading(heading: str) -> str:
    """Return the stage that a heading such as 'Date entered "Contract sent"' names; empty for other headings."""
    if len(heading) > LONGEST:
        return ""
    text = unicodedata.normalize("NFKC", PREFIX.sub("", heading, count=1) if PREFIX.match(heading) else heading).strip()
    for pattern in ENTERED:
        found = pattern.fullmatch(text)
        if found:
            name = found[1].strip(QUOTES)
            return "" if not name or plain_heading(name) in NO_STAGE else name
    return ""


@lru_cache(maxsize=2000)
def is_leaving(heading: str) -> bool:
    """Return whether a heading is about leaving a stage, such as 'Date exited "Closed lost"': it tells no entry."""
    return len(heading) <= LONGEST and LEAVING.fullmatch(unicodedata.normalize("NFKC", heading).strip()) is not None


def without_pipelines(names: list[str]) -> list[str]:
    """Return names of stages without the pipeline that HubSpot writes behind each: "Won (Sales Pipeline)".

    What stands in parentheses is a pipeline if each name has one, and each pipeline several stages of different names.
    """
    found = [BEHIND.fullmatch(name) for name in names]
    if not all(found):
        return names
    short = [match[1].strip(QUOTES) for match in found]
    stages = defaultdict(list)
    for name, match in zip(short, found, strict=True):
        stages[match[2].casefold()].append(name.casefold())
    is_one = len(stages) == 1
    if not all(short) or any(len(set(each)) < max(len(each), 1 if is_one else 2) for each in stages.values()):
        return names
    return short


def source_of(header: tuple[str, ...]) -> str:
    """Return the program that probably wrote a file; empty if unknown."""
    plain = {plain_heading(heading) for heading in header}
    plain |= {plain_heading(PREFIX.sub("", heading, count=1)) for heading in header if PREFIX.match(heading)}
    if any(re.match(r"Deal - ", heading) for heading in header):
        return "pipedrive"
    if any(re.match(r"(?:Date entered [\"']|hs_)", heading) for heading in header):
        return "hubspot"
    return next((name for name, sets in PROGRAMS.items() if any(wanted <= plain for wanted in sets)), "")
