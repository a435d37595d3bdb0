"""Compute how long visits last and what usually happens, by the definitions only.

This is plain Python without Odoo or the module, with fractions and without any shortcut: for each day all visits are
looked at again.
"""

import math
from fractions import Fraction

SHARES = ("went_on", "lost", "moved_back", "here")
#: What each outcome of a visit counts as; None: of this visit only a least length is known.
ENDS = {
    "advanced": "went_on",
    "won": "went_on",
    "lost": "lost",
    "moved_back": "moved_back",
    "open": None,
    "removed": None,
}


def whole_days(length, outcome):
    """Return the days of a visit: those begun if it has ended, those completed if it has not.

    :param timedelta length: the length of the visit
    """
    days = length.total_seconds() / 86400
    return math.floor(days) if ENDS[outcome] is None else math.ceil(days)


def dwell(visits):
    """Return the statistics of the visits of a stage, with the keys of `stage_statistics`.

    :param visits: list of (whole days, outcome)
    """
    rows = incidence(visits)
    return {
        "visits": len(visits),
        "open_visits": sum(outcome == "open" for _days, outcome in visits),
        "median_days": quantile(rows, Fraction(1, 2)),
        "p90_days": quantile(rows, Fraction(9, 10)),
        "incidence": rows,
    }


def incidence(visits):
    """Return a dictionary for each day with which visits ended: the day, and the shares as fractions."""
    rows = []
    for day in sorted({days for days, outcome in visits if ENDS[outcome]}):
        before = rows[-1] if rows else dict.fromkeys(SHARES, Fraction(0)) | {"here": Fraction(1)}
        at_risk = sum(days >= day for days, _outcome in visits)
        row = {"day": day, "here": before["here"]}
        for share in SHARES[:3]:
            ended = sum(days == day and ENDS[outcome] == share for days, outcome in visits)
            moved = before["here"] * Fraction(ended, at_risk)
            row[share] = before[share] + moved
            row["here"] -= moved
        rows.append(row)
    return rows


def quantile(rows, share):
    """Return the first day by which this share of the visits has ended; None if there is none."""
    return next((row["day"] for row in rows if 1 - row["here"] >= share), None)


def differences(found, visits):
    """Return how a row of `stage_statistics` differs from the visits of its stage, as texts.

    :param visits: list of (whole days, outcome)
    """
    expected = dwell(visits)
    texts = [
        f"{key}: {found[key]!r}, not {expected[key]!r}"
        for key in expected
        if key != "incidence" and found[key] != expected[key]
    ]
    days = [row["day"] for row in found["incidence"]]
    if days != [row["day"] for row in expected["incidence"]]:
        return [*texts, f"incidence: days {days}"]
    for row, other in zip(found["incidence"], expected["incidence"], strict=True):
        texts += [
            f"incidence, day {row['day']}: {share} is {row[share]}, not {float(other[share])}"
            for share in SHARES
            if abs(row[share] - other[share]) > 1e-9
        ]
    return texts
