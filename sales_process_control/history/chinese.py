"""Traditional Chinese characters in headings and names of ends to simplified ones."""

_PAIRS = (
    "編编號号機机會会稱称階阶銷销時时間间額额貨货幣币別别戶户負负責责員员預预計计單单贏赢輸输丟丢簽签約约結结業业務务項项創创變变換换轉转"
    "進进離离開开態态狀状關关閉闭團团隊队報报價价實实際际總总標标題题類类數数錄录刪删領领導导優优賣卖買买訂订顯显屬属歷历歸归檔档據据當当"
    "發发終终敗败無无棄弃擱搁濟济與与從从來来東东應应該该為为個个們们門门問问聯联繫系絡络電电話话產产經经紀纪貿贸術术書书"
)
TO_SIMPLIFIED = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


def simplified(text: str) -> str:
    """Return a text with simplified characters, as far as headings and names of ends use them."""
    return text if text.isascii() else text.translate(TO_SIMPLIFIED)
