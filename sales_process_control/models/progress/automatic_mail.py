"""Which mails no person has written: automatic replies, mailings and delivery reports. No models."""

import re
from email.message import EmailMessage

#: Values of the header `Precedence` of automatic replies and of mailings.
AUTOMATIC_PRECEDENCE = frozenset(("bulk", "list", "auto_reply"))
#: A header's value ends at a parameter, a comment or a blank, as in ``auto-replied; owner-email="a@b.example"``.
END_OF_VALUE = re.compile(r"[;(\s]")


def is_automatic(mail: EmailMessage) -> bool:
    """Return whether a mail is marked as automatic (docs/definitions.md, Progress).

    RFC 3834, section 5: `Auto-Submitted` with any value but ``no``. RFC 5321, section 4.5.5: the return path of
    delivery reports and read receipts is ``<>``.
    """
    return (
        any(value != "no" for value in _values_of(mail, "Auto-Submitted"))
        or not AUTOMATIC_PRECEDENCE.isdisjoint(_values_of(mail, "Precedence"))
        or "<>" in _values_of(mail, "Return-Path")
    )


def _values_of(mail, header):
    """Return the values of a header in lower case, without parameters; a mail may have the header several times."""
    values = (END_OF_VALUE.split(str(value).strip(), maxsplit=1)[0].lower() for value in mail.get_all(header, ()))
    return {value for value in values if value}
