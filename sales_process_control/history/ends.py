"""Names of stages to what they stand for: a stage, a win, a loss, or nothing that is imported."""

import re
import unicodedata

from .chinese import simplified
from .events import LOST, STAGE, WON
from .settings import LEFT_OUT


def _words(text):
    return frozenset(text.split())


#: Names that stand for an end and for nothing else, without spaces, punctuation and case.
SURE = {
    WON: _words(
        "won closedwon closewon dealwon wondeal wonclosed closeaswon win statuswon 赢单 已赢单 赢 赢得 成交 "
        "已成交 赢单关闭 关闭赢单 成交关闭 "
        "已关闭赢单 结束赢单 赢单结束 结案赢单 贏單 已贏單 gewonnen gagné gagnée ganado ganada ganho ganha vinto "
        "vinta vunnet vundet "
        "vunnen wygrana 受注"
    ),
    LOST: _words(
        "lost closedlost closelost deallost lostdeal lostclosed closeaslost statuslost abandoned dead deaddeal "
        "disqualified "
        "输单 已输单 输 丢单 已丢单 失败 战败 已战败 流失 已流失 输单关闭 关闭输单 丢单关闭 已关闭输单 结束输单 "
        "输单结束 結案輸單 輸單 已輸單 丟單 "
        "verloren perdu perdue perdido perdida perso persa tapt tabt förlorad przegrana 失注"
    ),
    LEFT_OUT: _words("deleted deletedrecord 已删除 删除 已刪除"),
}
#: Lost names that say nothing about the reason.
NO_REASON = _words(
    "lost closedlost closelost deallost lostdeal lostclosed closeaslost statuslost 输单 已输单 输 丢单 已丢单 "
    "失败 输单关闭 关闭输单 丢单关闭 "
    "已关闭输单 结束输单 输单结束 結案輸單 輸單 已輸單 丟單 verloren perdu perdue perdido perdida perso persa "
    "tapt tabt förlorad "
    "przegrana 失注"
)
#: Names that probably stand for an end.
PROBABLE = {
    WON: _words(
        "signed contractsigned sold dealclosed 签约 已签约 签单 已签单 合同签订 签约成功 完成签约 成功 签约完成"
    ),
    LOST: _words(
        "cancelled canceled rejected declined unqualified nodecision notinterested nointerest dropped churned "
        "取消 已取消 作废 已作废 放弃 已放弃 终止 已终止 无效 拒绝"
    ),
    STAGE: _words(
        "closed done completed complete finished ended archived inactive 关闭 已关闭 完成 已完成 结束 "
        "已结束 归档 已归档 结案 已结案"
    ),
}
#: Words in longer names that are probably those of ends. Losses come first: "Not won".
IN_NAMES = (
    (LOST, _words("lost lose loss dead abandoned disqualified cancelled canceled rejected declined notwon")),
    (WON, _words("won")),
    (LEFT_OUT, _words("deleted")),
    (STAGE, _words("closed")),
)
CHINESE_IN_NAMES = (
    (LOST, ("输单", "丢单", "失败", "流失", "战败", "作废", "取消", "终止", "輸單", "丟單", "未成交", "未赢单")),
    (WON, ("赢单", "贏單", "已成交", "已签约", "已签单")),
    (STAGE, ("已关闭", "已结束", "已完成", "成交")),
)
#: What makes a stage of the name of a win: "win expected".
NOT_YET = ("预计", "即将", "预期", "有望", "待赢单", "待成交")
#: Values of a status.
#: Values of a status that say that a deal is open.
OPEN_STATUS = _words("open pending inprogress onhold active new working 进行中 跟进中 未结束 打开 开放")
STATUS = {
    WON: SURE[WON] | {"已签约", "成功"},
    LOST: SURE[LOST] | PROBABLE[LOST] | {"outsold"},
    LEFT_OUT: SURE[LEFT_OUT],
}


#: The pipeline that HubSpot writes behind the name of a stage.
PIPELINE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$")


def plain_name(name: str) -> str:
    """Return a name without spaces, punctuation and case."""
    return simplified(re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name))).casefold()


def end_of_name(name: str) -> tuple[str, bool]:
    """Return what the name of a stage probably stands for, and whether that is doubtful.

    :return: one of :data:`.settings.ENDS`; a doubtful stage is one whose name looks like an end, of which kind is open
    """
    plain = plain_name(name)
    short = plain_name(PIPELINE.sub("", name))
    for names, text, is_doubtful in ((SURE, short, False), (SURE, plain, False), (PROBABLE, plain, True)):
        kind = next((kind for kind, known in names.items() if text in known), "")
        if kind:
            return kind, is_doubtful
    kind = _end_in_name(name, plain)
    return (kind, True) if kind else (STAGE, False)


def _end_in_name(name, plain):
    """Return the kind of end of which a name contains a word; STAGE for an end of an open kind, "" for none."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("\u2019", "'")
    words = set(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text))
    if "won't" in words or (words & {"won"} and words & {"not", "no"}):
        return LOST
    for kind, known in IN_NAMES:
        if words & known or (kind != STAGE and any(plain.startswith(f"closed{word}") for word in known)):
            return kind
    if any(word in plain for word in NOT_YET) and any(word in plain for word in ("赢单", "成交", "签约")):
        return STAGE
    return next((kind for kind, parts in CHINESE_IN_NAMES if any(part in plain for part in parts)), "")


def reason_of_name(name: str) -> str:
    """Return the lost reason that the name of a lost stage says, such as "Abandoned"; empty if it says none."""
    return "" if {plain_name(name), plain_name(PIPELINE.sub("", name))} & NO_REASON else name


def end_of_status(text: str) -> str:
    """Return what a status says: WON, LOST or LEFT_OUT; empty for an open status, and for one that says no end."""
    plain = plain_name(text)
    known = next((kind for kind, names in STATUS.items() if plain in names), "")
    if known or plain in OPEN_STATUS:
        return known
    kind, _is_doubtful = end_of_name(text)
    return kind if kind in STATUS else ""
