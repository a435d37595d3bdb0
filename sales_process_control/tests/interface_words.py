"""Rules for the words of the interface, checked on the terms of a translation template and its Chinese translation.

:func:`faults_of` is called by the tests of both addons. A term is named in full where a rule is broken, so that the
message of a failing test is a list of what to rewrite.
"""

import re

#: What no term contains, and what to write instead.
FORBIDDEN = (
    (r"sellers?|those who sell", "salesperson, salespeople: Odoo's word"),
    (r"cohorts?", "opportunities that came in"),
    (r"settle[ds]?|settling|settlement", "close, closed"),
    (r"floor", "lowest rate"),
    (r"ceiling", "highest rate"),
    (r"at least", "10 or more"),
    (r"at most", "up to 10, within 10"),
    (r"(went|go|goes|gone|going) on", "move on, continue"),
    (r"entered", "came in"),
    (r"decided", "won or lost, moved on or lost"),
    (r"still open", "open"),
    (r"ledgers?", "stage history, pipeline movements"),
    (r"(required|open|missing|sales) steps?", "sales action"),
    (r"open (required |sales )+actions?|actions? (is|are) open", "missing: opportunities and flags are open"),
    (r"last word|any word", "last contact, contact from the customer"),
    (r"never heard", "no contact"),
    (r"(said|expected) to sign", "promised to sign"),
    (r"(likely|unlikely) signed", "likely to sign"),
    (r"e-mails?|mails?", "email"),
    (r"telephone", "phone"),
    (r"meanwhile", "in the meantime"),
    (r"nobody('s)?|somebody|whoever", "unassigned, a user"),
    (r"(?<!there )is no (?!longer)\w+", "is not a ..."),
    (r"faults?|mend(ed)?", "error, correct"),
    (r"let on|way on|deeds?|slips?|slipped|told", "override, sales action, undone, recorded"),
    (r"favourites?", "favorite: Odoo's word"),
    (r"became known", "was recorded"),
    (r"anew|once more|load the page", "again, reload the page"),
    (r"\.\.\.", "the sign …"),
)
#: Words that no Chinese term contains, and what to write instead.
FORBIDDEN_CHINESE = (
    ("热点", "高意向"),
    ("覆盖率", "覆盖倍数"),
    ("步骤未完成", "动作未完成"),
    ("必做步骤", "必做动作"),
    ("时限", "期限"),
    ("渠道简报", "频道简报"),
    ("台账", "历史记录"),
    ("销售人员", "销售员"),
    ("货币", "币种"),
    ("上次联系", "最近联系"),
    ("未与客户联系", "客户尚无联系"),
    ("转换率", "转化率"),
    ("退回", "回退"),
    ("区间", "范围"),
    ("偏好设置", "首选项"),
    ("商机管道", "销售管道"),
    ("估计值", "估算值: users estimate, the module computes"),
    ("时间段", "期间"),
    ("昨晚", "昨夜"),
    ("开票", "发票: Odoo's name of Invoicing"),
    ("其他程序", "其他系统"),
    ("以前程序", "原系统"),
    ("得知方式", "记录方式"),
    ("...", "……"),
)
#: One Chinese name for one English name: a term with the first has the second.
GLOSSARY = (
    (r"hot customers?", "高意向客户"),
    (r"hot flags?", "标记"),
    (r"sales actions?", "动作"),
    (r"missing required (sales )?actions?", "未完成"),
    (r"coverage", "覆盖倍数"),
    (r"expected closing", "预计签约日期"),
    (r"record progress", "登记进展"),
    (r"deal review", "商机盘点"),
    (r"process review", "过程诊断"),
    (r"report channels?", "报告频道"),
    (r"channel digests?", "频道简报"),
)
#: What Chinese texts keep in Latin letters: names of programs, file formats and technical values.
LATIN = re.compile(
    r"Odoo|OdooBot|CSV|TSV|XLSX?|ODS|SQL|ID|GB18030|Big5|Shift JIS|Latin-1|Windows-125[012]|UTF-(8|16)|SEC|Webhook|"
    r"Discuss|Font Awesome|fa-tasks|HubSpot|Salesforce|Pipedrive|Zoho CRM|Dynamics 365|Slack|Microsoft Teams|https|"
    r"history_choices\.py|stage|won|lost|Date entered …|object\.display_name|csv"
)
LABELS = {
    "model:ir.model.fields,field_description",
    "model:ir.model.fields.selection,name",
    "model:ir.ui.menu,name",
    "model:ir.actions.client,name",
    "model:ir.actions.server,name",
    "model:ir.model,name",
    "model:mail.message.subtype,name",
}
HELP = "model:ir.model.fields,help"
#: Odoo's names of its own models.
NAMES_OF_MODELS = {"model:ir.model,name"}
HAN = "\u4e00-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!]|[,;:?!][{HAN}]|\([{HAN}]|[{HAN}][()]|[{HAN}]\.(?!\w)")
#: Tags, and Odoo's name of an access right, which has a half-width colon.
NO_PUNCTUATION = re.compile(r"<[^>]*>|用户: 所有单据")
NO_WORDS = re.compile(r"<[^>]*>|%\(\w+\)s|%%|%s|\{\w+\}|“[^”]*”")
ENGLISH_END = re.compile(r"[.?!](?=[\s<]|$)")
CHINESE_END = re.compile("[。\uff1f\uff01]")
#: Verbs of a message that says what happened or what to do.
STATEMENT = re.compile(r"\b(cannot|could not|must|does not|do not|was deleted|were deleted|no longer)\b")


def faults_of(template, chinese):
    """Return one line for each broken rule.

    :param template: the terms, as `polib.POFile`
    :param chinese: their translations, as `polib.POFile`
    """
    translations = {entry.msgid: entry.msgstr for entry in chinese}
    faults = []
    for entry in template:
        text = translations.get(entry.msgid) or entry.msgid
        faults += [f"{entry.msgid!r}: {fault}" for fault in _english_faults(entry)]
        faults += [f"{entry.msgid!r}, {text!r}: {fault}" for fault in _chinese_faults(entry, text)]
    return faults


def _english_faults(entry):
    kinds = _kinds(entry)
    text = NO_WORDS.sub("", entry.msgid)
    if not _is_demonstration(entry) and not kinds <= NAMES_OF_MODELS:
        for pattern, standard in FORBIDDEN:
            found = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE)
            if found:
                yield f"instead of {found[0]!r}: {standard}"
    if HELP in kinds and _sentences(entry.msgid, ENGLISH_END) > 2:
        yield "a help text has one or two sentences"
    if kinds <= LABELS and entry.msgid.endswith("."):
        yield "a label has no full stop"
    if _is_message(entry, kinds) and not entry.msgid.rstrip().endswith((".", "?", "!", ":", "%s", ")s", "}")):
        yield "a sentence ends with a full stop"


def _chinese_faults(entry, text):
    for word, standard in FORBIDDEN_CHINESE:
        if word in text:
            yield f"instead of {word}: {standard}"
    for pattern, name in GLOSSARY:
        if re.search(rf"\b{pattern}\b", entry.msgid, re.IGNORECASE) and name not in text:
            yield f"{pattern} is {name}"
    plain = NO_PUNCTUATION.sub("", text)
    if HALF_WIDTH.search(plain):
        yield "punctuation beside Chinese characters is full-width"
    if entry.msgid.endswith(".") != text.endswith("。"):
        yield "the translation ends with 。 where the English ends with a full stop, and only there"
    if HELP in _kinds(entry) and _sentences(text, CHINESE_END) > 2:
        yield "a help text has one or two sentences"
    if re.search(f"[{HAN}]", text):
        latin = re.search(r"[A-Za-z]{3,}", LATIN.sub("", NO_WORDS.sub("", text)))
        if latin:
            yield f"{latin[0]!r} is not Chinese"


def _kinds(entry):
    """Return the kinds of places where a term is, for example `model:ir.model.fields,help` or `code`."""
    return {"code" if place.startswith("code:") else place.rsplit(":", 1)[0] for place, _line in entry.occurrences}


def _is_demonstration(entry):
    """Return whether a term is only in the demonstration, where customers speak."""
    return all("/models/demo/" in place for place, _line in entry.occurrences)


def _is_message(entry, kinds):
    """Return whether a term is a sentence of a message: it makes a statement, or has a sentence before."""
    if kinds != {"code"} or not entry.msgid[0].isupper():
        return False
    return bool(STATEMENT.search(entry.msgid) or re.search(r"\w[.?!] [A-Z]", entry.msgid))


def _sentences(text, end):
    """Return the number of sentences of a text. A list with dashes explains values, and is not counted."""
    lines = [line for line in text.split("\n") if not line.startswith("- ")]
    return len(end.findall("\n".join(lines)))
