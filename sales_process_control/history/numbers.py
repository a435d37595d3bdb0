"""Cells to amounts, with the decimal sign that the whole column has."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from . import faults
from .cells import NOTHING, BadValueError, text_of

#: An amount has fewer digits before the decimal sign.
TOO_MANY = Decimal(10) ** 15
POINT, COMMA = ".", ","
#: Longer texts are no amounts, and would take long to compare with patterns.
LONGEST = 100

#: What is written beside amounts, to the code of the currency; empty where several currencies have it.
SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₱": "PHP",
    "฿": "THB", "₪": "ILS", "₦": "NGN", "zł": "PLN", "kč": "CZK", "ft": "HUF", "r$": "BRL", "us$": "USD", "a$": "AUD",
    "au$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "nz$": "NZD", "mx$": "MXN",
    "fr.": "CHF", "sfr.": "CHF", "rs.": "INR", "rs": "INR", "cn¥": "CNY", "jp¥": "JPY", "rmb": "CNY",
    "人民币": "CNY", "欧元": "EUR", "美元": "USD",
    "日元": "JPY", "円": "JPY", "港元": "HKD", "港币": "HKD", "英镑": "GBP", "新台币": "TWD",
    "$": "", "¥": "", "元": "", "kr": "", "kr.": "", "圆": "", "块": "", "元整": "",
}  # fmt: skip
#: What multiplies an amount.
FACTORS = {
    "千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8,
    "k": 10**3, "m": 10**6, "mio": 10**6, "mio.": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9,
}  # fmt: skip
PLAIN = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
#: Names of currencies, as Dynamics writes them.
CURRENCY_NAMES = {
    "us dollar": "USD", "u.s. dollar": "USD", "united states dollar": "USD", "dollar": "", "euro": "EUR",
    "euros": "EUR",
    "british pound": "GBP", "pound sterling": "GBP", "british pound sterling": "GBP", "chinese yuan": "CNY",
    "yuan renminbi": "CNY", "chinese yuan renminbi": "CNY", "renminbi": "CNY", "yuan": "CNY", "人民币元": "CNY",
    "japanese yen": "JPY", "yen": "JPY", "swiss franc": "CHF", "canadian dollar": "CAD", "australian dollar": "AUD",
    "new zealand dollar": "NZD", "hong kong dollar": "HKD",
    "singapore dollar": "SGD", "taiwan dollar": "TWD",
    "new taiwan dollar": "TWD", "indian rupee": "INR", "brazilian real": "BRL", "mexican peso": "MXN",
    "swedish krona": "SEK", "norwegian krone": "NOK", "danish krone": "DKK", "polish zloty": "PLN", "złoty": "PLN",
    "czech koruna": "CZK", "hungarian forint": "HUF", "romanian leu": "RON", "south korean won": "KRW",
    "korean won": "KRW", "russian ruble": "RUB", "turkish lira": "TRY", "south african rand": "ZAR",
    "uae dirham": "AED", "saudi riyal": "SAR",
    "thai baht": "THB", "malaysian ringgit": "MYR", "indonesian rupiah": "IDR", "philippine peso": "PHP",
    "美金": "USD",     "澳元": "AUD", "加元": "CAD", "新加坡元": "SGD", "瑞士法郎": "CHF", "韩元": "KRW", "日圆": "JPY",
}  # fmt: skip
#: Units in headings: "Amount (k€)", "金额(万元)".
HEADING_UNITS = (
    (r"(?:单位[:\uff1a])?(?P<chinese>百万|千万|千|万|萬|亿|億)(?:元|人民币|rmb|cny|美元|欧元)?", None),
    (r"(?:k|t|tsd\.?|000'?s?|'000s?|in thousands?|thousands?|in k|in '?000s?|in tsd\.?)", 10**3),
    (r"(?:k|t)[\s-]?(?:€|\$|£|eur|usd|gbp|chf|cny|rmb)|(?:€|\$|£|eur|usd|gbp|chf)[\s-]?(?:k|t|000s?)", 10**3),
    (r"(?:mio\.?|mn|mln|in millions?|millions?|in mio\.?)[\s-]?(?:€|\$|£|eur|usd|gbp|chf)?", 10**6),
    (r"m[\s-]?(?:€|\$|£|eur|usd|gbp|chf)|(?:€|\$|£|eur|usd|gbp|chf)[\s-]?(?:m|mn|mio\.?|mln)", 10**6),
)
CORE = re.compile(
    r"[^\d.,+\-]*([+\-]?)([^\d.,+\-]*)([\d.,][\d.,' ]*)(?:e([+-]?\d{1,3})(?!\d))?\s*(.*?)(-?)", re.I | re.ASCII
)
#: The digits of an amount, by the decimal sign. Between thousands are the other one, spaces or apostrophes; India has
#: them between hundreds of thousands, too.
DIGITS = {
    sign: re.compile(
        rf"(?:(?P<plain>\d*)|(?P<groups>[1-9]\d{{0,2}}(?P<between>[{other}' ])\d{{3}}(?:(?P=between)\d{{3}})*"
        rf"|[1-9]\d?(?:{other}\d\d)+{other}\d{{3}}))(?:{sign}(?P<fraction>\d*))?",
        re.ASCII,
    )
    for sign, other in ((r"\.", ","), (",", r"\."))
}
BY_SIGN = {POINT: DIGITS[r"\."], COMMA: DIGITS[","]}


class NumberFormat(NamedTuple):
    """How a column writes its amounts.

    :param decimal: the decimal sign
    :param example: an amount that could be read with either sign, if there is no other
    """

    decimal: str = POINT
    example: str = ""


class Amount(NamedTuple):
    """What is written in a cell.

    :param sign: what stands beside the amount if several currencies have it
    :param has_factor: whether the cell says thousands or millions itself
    """

    value: Decimal
    currency: str = ""
    sign: str = ""
    has_factor: bool = False


class _Parts(NamedTuple):
    is_negative: bool
    digits: str
    exponent: int
    factor: int
    currency: str
    sign: str


class NumberFormatFinder:
    """Finds how a column writes amounts. It sees one cell after the other, so that no column is too long."""

    def __init__(self):
        self._counts = {POINT: 0, COMMA: 0}
        self._example = ""

    def add(self, cell):
        """Look at a cell."""
        parts = _parts_of(cell) if isinstance(cell, str) else None
        if not parts or not re.search("[.,]", parts.digits):
            return
        fits = [sign for sign, pattern in BY_SIGN.items() if pattern.fullmatch(parts.digits)]
        if len(fits) == 1:
            self._counts[fits[0]] += 1
        elif fits and "." not in self._example:
            # 1,250 is hardly ever one and a quarter; 1.250 often is.
            self._example = parts.digits

    def format(self) -> NumberFormat:
        """Return how the column writes amounts, as far as all cells together say."""
        if not any(self._counts.values()):
            return NumberFormat(POINT, self._example)
        return NumberFormat(COMMA if self._counts[COMMA] > self._counts[POINT] else POINT)


def unit_of_heading(heading: str) -> tuple[int, str]:
    """Return by what a heading says that amounts are divided, and the code of the currency that it names or "".

    Example: ``unit_of_heading("金额(万元)")`` returns ``(10000, "")``.
    """
    text = unicodedata.normalize("NFKC", heading[:LONGEST]).strip()
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text) + re.findall(r"(?:百万|千万|千|万|萬|亿|億)元$", text)
    inside += re.findall(r"(?:\bin|[-/])\s*(\S{1,12})$", text)
    for unit in (part.strip() for part in inside):
        if re.fullmatch("[A-Z]{3}", unit):
            return 1, unit
        for pattern, factor in HEADING_UNITS:
            found = re.fullmatch(pattern, unit, re.IGNORECASE)
            if found:
                return factor or FACTORS[found["chinese"]], ""
    return 1, ""


def currency_of(text: str) -> tuple[str, str]:
    """Return (code, sign that several currencies have) of a cell that names a currency; unknown texts are codes."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    folded = plain.casefold()
    for names in (CURRENCY_NAMES, SIGNS):
        if folded in names:
            return names[folded], "" if names[folded] else plain
    codes = re.findall(r"\b[A-Z]{3}\b", plain)
    return (codes[0] if len(plain) > 3 and len(codes) == 1 else plain.upper()), ""


def amount_of(cell, decimal=POINT) -> Amount | None:
    """Return the amount in a cell, None for an empty cell.

    :param decimal: the decimal sign
    :raises BadValueError: if the cell is not an amount
    """
    if isinstance(cell, bool):
        raise BadValueError(faults.BAD_NUMBER)
    if isinstance(cell, (int, float)):
        # `repr` gives the shortest decimal of a float.
        return _checked(Amount(Decimal(repr(cell))))
    text = text_of(cell)
    if not text or text.casefold() in NOTHING:
        return None
    if len(text) > LONGEST:
        raise BadValueError(faults.BAD_NUMBER)
    return _amount_of_text(text, decimal)


@lru_cache(maxsize=10_000)
def _amount_of_text(text, decimal):
    parts = _parts_of(text)
    found = parts and BY_SIGN[decimal].fullmatch(parts.digits)
    if not found:
        raise BadValueError(faults.BAD_NUMBER)
    whole = re.sub(r"\D", "", found["plain"] or found["groups"] or "")
    fraction = found["fraction"] or ""
    if not whole and not fraction:
        raise BadValueError(faults.BAD_NUMBER)
    value = Decimal(f"{'-' if parts.is_negative else ''}{whole or 0}.{fraction or 0}E{parts.exponent}") * parts.factor
    if fraction.strip("0") == "" and value == value.to_integral_value() and abs(value) < TOO_MANY:
        value = value.quantize(Decimal(1)) if not found["fraction"] else value
    return _checked(Amount(value, parts.currency, parts.sign, parts.factor > 1))


def _checked(amount):
    """Return an amount without an exponent.

    :raises BadValueError: if it is too large, or not finite
    """
    value = amount.value
    if not value.is_finite() or abs(value) >= TOO_MANY or (value and value.adjusted() < -20):
        raise BadValueError(faults.BAD_NUMBER)
    return amount._replace(value=Decimal(format(amount.value, "f")))


def _parts_of(text):
    """Return the parts of the text of an amount, None if it is none."""
    # Long texts are not kept.
    return _parts_of_short(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=10_000)
def _parts_of_short(text):
    if PLAIN.fullmatch(text):
        return _Parts(False, text, 0, 1, "", "")
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    text = re.sub("[\u2018\u2019\u00b4`]", "'", text).replace("\u2212", "-").strip()
    is_negative = text.startswith("(") and text.endswith(")")
    if is_negative:
        text = text[1:-1].strip()
    found = CORE.fullmatch(text)
    if not found:
        return None
    sign, _unit, digits, exponent, _behind, minus = found.groups()
    before = text[: found.start(3)].replace("+", "", 1).replace("-", "", 1).strip()
    behind = text[found.end(4) if exponent else found.end(3) :].strip()
    behind = behind[:-1].strip() if minus else behind
    digits = digits.strip()
    if behind.startswith("-") or (minus and (sign or is_negative)) or (sign == "-" and is_negative):
        # ",-" stands for no cents.
        return None
    factor, behind = _factor_of(behind)
    units = [_currency_of(unit) for unit in (before, behind)]
    if None in units:
        return None
    codes = [unit for unit in units if unit[0] or unit[1]]
    code, sign_found = codes[0] if codes else ("", "")
    if len(codes) == 2:
        code = units[0][0] or units[1][0]
        sign_found = "" if code else sign_found
    return _Parts(is_negative or sign == "-" or bool(minus), digits, int(exponent or 0), factor, code, sign_found)


def _factor_of(behind):
    """Return the factor behind an amount, and what is written behind it."""
    plain = behind.casefold()
    for name in sorted(FACTORS, key=len, reverse=True):
        if plain.startswith(name):
            rest = behind[len(name) :].strip()
            if not name.isascii() or not rest[:1].isalpha() or behind[len(name) : len(name) + 1] == " ":
                return FACTORS[name], rest
    return 1, behind


def _currency_of(unit):
    """Return (code, sign that is ambiguous) of what stands beside an amount, None if it is no currency."""
    plain = unit.strip().casefold()
    if not plain:
        return "", ""
    if plain in SIGNS:
        return SIGNS[plain], "" if SIGNS[plain] else unit.strip()
    if re.fullmatch("[A-Z]{3}", unit.strip()):
        return unit.strip(), ""
    pair = re.fullmatch(r"([A-Z]{3})\s*(\D{1,3})|(\D{1,3}?)\s*([A-Z]{3})", unit.strip())
    if pair and (pair[2] or pair[3]).strip().casefold() in SIGNS:
        return pair[1] or pair[4], ""
    return None
