"""What was changed in Odoo on an opportunity since its last import: what keeps a longer file away, and what stays."""

from typing import NamedTuple

from odoo.tools import float_repr

#: Fields of an event, and the fields of the opportunity that it fills. A value that was changed by hand stays.
COMPLETED = {
    "salesperson": ("user_id",),
    "team": ("team_id",),
    "customer": ("partner_id", "partner_name"),
}
#: Fields whose change by hand keeps the events of a longer file away: the two would contradict each other.
DECISIVE = ("stage_id", "won_status", "active", "expected_revenue", "date_deadline")
FIELDS = (*DECISIVE, *(name for names in COMPLETED.values() for name in names))
#: Decimals by which amounts are compared: more than any currency has.
DECIMALS = 6


class Changes(NamedTuple):
    """What was changed on an opportunity since its last import.

    :param is_conflict: whether a longer file leaves the opportunity alone
    :param kept: fields of events that are not taken from the file, since their values were changed by hand
    """

    is_conflict: bool = False
    kept: frozenset[str] = frozenset()


CONFLICT = Changes(True)


def values_of(lead):
    """Return what an import notes of an opportunity, as values of JSON.

    :rtype: dict
    """
    return {
        **{name: _plain(lead, name) for name in FIELDS},
        "expected_revenue": float_repr(lead.expected_revenue, DECIMALS),
        "date_deadline": str(lead.date_deadline or ""),
    }


def changes_of(lead):
    """Return what was changed on an opportunity that was touched since its last import.

    :param lead: the opportunity
    :rtype: Changes
    """
    imported = lead.imported_values
    if not imported:
        # Imported before the values were noted.
        return CONFLICT
    now = values_of(lead)
    changed = {name for name in FIELDS if now[name] != imported.get(name)}
    if not changed.isdisjoint(DECISIVE):
        return CONFLICT
    return Changes(False, frozenset(part for part, names in COMPLETED.items() if not changed.isdisjoint(names)))


def noted_values(lead, kept):
    """Return what an import notes after it has continued an opportunity. What a person has written stays a change.

    :param frozenset kept: as in :class:`Changes`
    :rtype: dict
    """
    imported = lead.imported_values or {}
    names = [name for part in kept for name in COMPLETED[part]]
    return values_of(lead) | {name: imported.get(name) for name in names}


def without(events, kept):
    """Return events without the values that were changed by hand."""
    return [event._replace(**dict.fromkeys(kept, "")) for event in events] if kept else events


def _plain(lead, name):
    return lead[name].id if lead._fields[name].relational else lead[name]
