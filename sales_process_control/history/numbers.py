"""Cells to amounts, with the decimal sign that the whole column has."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from . import faults
from .cells import NOTHING, BadValueError, text_of
from .currencies import CURRENCY, code_beside, code_of

#: An amount has fewer digits before the decimal sign.
TOO_MANY = Decimal(10) ** 15
POINT, COMMA = ".", ","
#: Longer texts are no amounts, and would take long to compare with patterns.
LONGEST = 100
APOSTROPHES = re.compile("[\u2018\u2019\u00b4`]")

#: What multiplies an amount.
FACTORS = {
    "千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "億": 10**8,
    "k": 10**3, "m": 10**6, "mio": 10**6, "mio.": 10**6, "mn": 10**6, "mln": 10**6, "bn": 10**9,
}  # fmt: skip
PLAIN = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
#: What multiplies the amounts below a heading, beside :data:`FACTORS`: "Amount ($'000)", "Amount (USD thousands)".
HEADING_FACTORS = FACTORS | {
    "t": 10**3, "tsd": 10**3, "tsd.": 10**3, "tausend": 10**3, "thousand": 10**3, "thousands": 10**3, "000": 10**3,
    "000s": 10**3, "000's": 10**3, "'000": 10**3, "'000s": 10**3, "1000": 10**3, "1,000": 10**3, "1.000": 10**3,
    "mm": 10**6, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9, "mrd": 10**9, "mrd.": 10**9,
}  # fmt: skip
_FACTOR = "|".join(map(re.escape, sorted(HEADING_FACTORS, key=len, reverse=True)))
#: Units in headings: a factor, a currency, or both in any order, such as "in thousands of EUR", "k€", "万美元".
HEADING_UNIT = re.compile(
    rf"(?:单位[: ]*)?(?:in |x ?)?(?P<before>{CURRENCY})?[\s,/-]*(?:in )?(?P<factor>{_FACTOR})?"
    rf"(?: of)?[\s-]*(?P<behind>{CURRENCY})?",
    re.I,
)
#: What stands for no cents: "500,-", "1'250.--".
NO_CENTS = re.compile(r"(?<=\d[.,])\s?[-\u2010-\u2015]{1,2}(?!\d)")
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


class Unit(NamedTuple):
    """What a heading says of the amounts below it.

    :param factor: by what they are divided
    :param currency: code of their currency; empty if the heading names none
    :param sign: what names it if several currencies have it
    """

    factor: int = 1
    currency: str = ""
    sign: str = ""


def unit_of_heading(heading: str) -> Unit:
    """Return what a heading says of the amounts below it.

    Example: ``unit_of_heading("Amount (k\u20ac)")`` returns ``Unit(1000, "EUR")``.
    """
    text = unicodedata.normalize("NFKC", heading[:LONGEST]).strip()
    text = APOSTROPHES.sub("'", text)
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text) + re.findall(r"(?:百万|千万|千|万|萬|亿|億)元$", text)
    inside += re.findall(r"(?:\bin|[-/])\s*(\S.{0,29})$", text)
    for part in inside:
        found = HEADING_UNIT.fullmatch(part.strip())
        if found and any(found.groups()):
            units = [code_of(found[name]) for name in ("before", "behind") if found[name]]
            code = next((code for code, _sign in units if code), "")
            factor = HEADING_FACTORS[found["factor"].casefold()] if found["factor"] else 1
            return Unit(factor, code, "" if code else next((sign for _code, sign in units if sign), ""))
    return Unit()


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
    text = APOSTROPHES.sub("'", text).replace("\u2212", "-").strip()
    is_negative = text.startswith("(") and text.endswith(")")
    if is_negative:
        text = text[1:-1].strip()
    text = NO_CENTS.sub("", text)
    found = CORE.fullmatch(text)
    if not found:
        return None
    sign, _unit, digits, exponent, _behind, minus = found.groups()
    before = text[: found.start(3)].replace("+", "", 1).replace("-", "", 1).strip()
    behind = text[found.end(4) if exponent else found.end(3) :].strip()
    behind = behind[:-1].strip() if minus else behind
    digits = digits.strip()
    if behind.startswith("-") or (minus and (sign or is_negative)) or (sign == "-" and is_negative):
        # Two signs, or one between the amount and its currency.
        return None
    factor, behind = _factor_of(behind)
    units = [code_beside(unit) for unit in (before, behind)]
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
