"""Currencies: their codes, and what else programs write for them."""

import re
import unicodedata

#: What is written beside amounts, to the code of the currency; empty where several currencies have it.
SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₱": "PHP",
    "฿": "THB", "₪": "ILS", "₦": "NGN", "zł": "PLN", "kč": "CZK", "ft": "HUF", "r$": "BRL", "us$": "USD", "a$": "AUD",
    "au$": "AUD", "c$": "CAD", "ca$": "CAD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD", "nz$": "NZD", "mx$": "MXN",
    "fr.": "CHF", "sfr.": "CHF", "rs.": "INR", "rs": "INR", "cn¥": "CNY", "jp¥": "JPY", "rmb": "CNY",
    "eur": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF", "cny": "CNY", "jpy": "JPY",
    "人民币": "CNY", "欧元": "EUR", "美元": "USD",
    "日元": "JPY", "円": "JPY", "港元": "HKD", "港币": "HKD", "英镑": "GBP", "新台币": "TWD",
    "$": "", "¥": "", "元": "", "kr": "", "kr.": "", "圆": "", "块": "", "元整": "",
}  # fmt: skip
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
#: Codes of ISO 4217 that are in use, and some that old deals have. Other three letters in a heading, such as ARR, are
#: no currency.
CODES = (
    "AED|AFN|ALL|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|BYN|BZD|CAD|CDF|"
    "CHF|CLF|CLP|CNH|CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|GBP|GEL|GHS|GIP|GMD|GNF|GTQ|"
    "GYD|HKD|HNL|HRK|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|"
    "LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|"
    "PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SLL|SOS|SRD|SSP|STN|SVC|SYP|SZL|THB|TJS|"
    "TMT|TND|TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|VUV|WST|XAF|XCD|XCG|XOF|XPF|YER|ZAR|ZMW|ZWL"
)
#: Pattern of a currency in the heading of a column. Codes are capitals there: "all" and "try" are words.
CURRENCY = "(?:{}|(?-i:{}))".format(
    "|".join(map(re.escape, sorted({*CURRENCY_NAMES, *SIGNS}, key=len, reverse=True))), CODES
)


def code_of(text: str) -> tuple[str, str]:
    """Return (code, sign that several currencies have) of a cell that names a currency; unknown texts are codes."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    folded = plain.casefold()
    for names in (CURRENCY_NAMES, SIGNS):
        if folded in names:
            return names[folded], "" if names[folded] else plain
    codes = re.findall(r"\b[A-Z]{3}\b", plain)
    return (codes[0] if len(plain) > 3 and len(codes) == 1 else plain.upper()), ""


def code_beside(unit: str) -> tuple[str, str] | None:
    """Return (code, sign that several currencies have) of what stands beside an amount, None if it is no currency."""
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
