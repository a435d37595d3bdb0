"""Bytes of a text file to text: which encodings fit, the likely one first."""

import codecs

from . import faults
from .faults import UnreadableError
from .settings import ENCODINGS

#: Encodings that only a person can choose: their texts look like those of others.
ONLY_CHOSEN = ("cp949", "cp1250", "cp1251")
#: Python's names of the encodings, where they differ.
CODECS = {"utf-8": "utf-8-sig", "shift_jis": "cp932"}
#: Byte order marks.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: So many characters that are not ASCII decide which encoding is the likely one.
MOST_DECIDING = 20_000
#: What Western texts have beside accented letters.
WESTERN = frozenset(
    "\u20ac\u201c\u201d\u2018\u2019\u2013\u2014\u2026\xa0\xa3\xa7\xb0\xab\xbb\u0160\u0161\u017d\u017e\u0152\u0153\u0178"
)
#: Control characters that text has.
CONTROLS = frozenset("\t\n\r\x0b\x0c\x1a\x1c\x1d\x1e\x1f\x85")


def decode(content: bytes, encoding: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and the encodings in which it can be read, the one used first.

    :param encoding: one of :data:`.settings.ENCODINGS`, as a person has chosen it; empty to find the likely one
    :raises UnreadableError: if the content is binary, or is not in the encoding
    """
    fitting = _fitting(content)
    if encoding and encoding not in fitting:
        # A person may choose an encoding that is not likely, but not one that is impossible.
        if _decoded(content, encoding) is None:
            raise UnreadableError(faults.ENCODING)
        fitting = (encoding, *fitting)
    elif encoding:
        fitting = (encoding, *(name for name in fitting if name != encoding))
    if not fitting:
        raise UnreadableError(faults.ENCODING if b"\x00" not in content else faults.BINARY)
    text = _decoded(content, fitting[0])
    if _is_binary(text):
        raise UnreadableError(faults.BINARY)
    return text, fitting


def _fitting(content):
    """Return the encodings in which a file can be read, the likely one first, those that only a person says last."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return (name,) if _decoded(content, name) is not None else ()
    if b"\x00" in content:
        return ("utf-16",) if _utf16_codec(content) and _decoded(content, "utf-16") is not None else ()
    if content.isascii():
        return ("utf-8",)
    scores, chosen = {}, []
    for name in ENCODINGS:
        text = None if name == "utf-16" else _decoded(content, name)
        if text is not None and name in ONLY_CHOSEN:
            chosen.append(name)
        elif text is not None:
            # Text of another encoding is hardly ever valid UTF-8.
            scores[name] = 2 if name == "utf-8" else _likelihood(text, name)
    return (*sorted(scores, key=scores.get, reverse=True), *chosen)


def codec_of(content: bytes, encoding: str) -> str:
    """Return the name by which Python knows the encoding of a file that begins with the content."""
    if encoding == "utf-16" and content[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _utf16_codec(content) or "utf-16-le"
    return CODECS.get(encoding, encoding)


def _decoded(content, encoding):
    """Return the text, None if the content is not in the encoding."""
    try:
        return content.decode(codec_of(content, encoding))
    except UnicodeDecodeError:
        return None


def _utf16_codec(content):
    """Return the codec of UTF-16 without a byte order mark: in digits and separators one byte of two is zero."""
    head = content[:4000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(content) % 2 or max(even, odd) * 40 < len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _likelihood(text, encoding):
    """Return how likely a text was written in an encoding: the share of its characters that are common there.

    A wrong encoding gives characters that are valid and rare, or accented letters in a row.
    """
    score = count = 0
    before = " "
    for char in text:
        if char > "\x7f":
            count += 1
            score += _commonness(char, encoding, before > "\x7f")
            if count >= MOST_DECIDING:
                break
        before = char
    return score / count if count else 0


def _commonness(char, encoding, is_in_a_row):
    """Return between 0 and 1 how common a character is in texts of an encoding.

    :param is_in_a_row: whether the character before is not ASCII, either
    """
    if encoding in ("cp1252", "latin-1"):
        common = char in WESTERN or "\xc0" <= char <= "\xff"
        # Hardly any word has two accented letters in a row.
        return (0.3 if is_in_a_row else 0.99) if common else 0
    if char in "\u3001\u3002\uff0c\uff1a\uff08\uff09\u201c\u201d\uffe5":
        return 1
    code = char.encode(CODECS.get(encoding, encoding), "replace")
    if len(code) != 2:
        return 0.1
    lead, trail = code
    common = {
        "gb18030": 0xB0 <= lead <= 0xD7 and trail >= 0xA1,
        "big5": 0xA4 <= lead <= 0xC6,
        "shift_jis": (lead == 0x82 and trail >= 0x4F) or lead == 0x83 or 0x88 <= lead <= 0x97 or code == b"\x81\x5b",
    }[encoding]
    # A single one between letters is rather an accented letter of a Western encoding.
    return (1 if is_in_a_row else 0.8) if common else 0.1


def _is_binary(text):
    return any(char < " " and char not in CONTROLS for char in set(text))
