"""Compute from a log of events what the ledgers must contain.

This is plain Python without Odoo or the module. It follows docs/definitions.md only. `python tests/plain_pipeline.py
FILE` prints the tables.
"""

import argparse
import calendar
import csv
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, groupby
from zoneinfo import ZoneInfo

UNDO_WINDOW = timedelta(minutes=5)
DAY = timedelta(days=1)


class Row:
    """A visit of a stage, or a skip."""

    def __init__(self, stage, at, outcome="open"):
        self.stage = stage
        self.entered = at
        self.left = None if outcome == "open" else at
        self.outcome = outcome
        self.next = None
        self.is_first = False
        self.converted = None

    def close(self, at, outcome, following=None):
        """End the visit."""
        self.left, self.outcome, self.next = at, outcome, following


class Deal:
    """One deal with its status, its visits and its movement lines (at, kind, count, amount, is correction)."""

    def __init__(self, order, won_stages, slips=True):
        self.order = order
        self.slips = slips
        self.won_stages = won_stages
        self.status = self.stage = None
        self.amount = Decimal(0)
        self.rows = []
        self.lines = []
        self.states = []

    def apply(self, at, events):
        """Apply all events of one instant. Only their net change counts."""
        before, old_amount = self.status, self.amount
        for event in events:
            self.amount = event["amount"]
            if event["event"] == "lost":
                self.status = "lost"
            else:
                self.stage = event["stage"]
                self.status = "won" if self.stage in self.won_stages else "open"
        self.states.append((at, self.status, self.stage, self.amount))
        if before == "open":
            self.change(at, old_amount)
        elif before != self.status:
            self.enter(at, "created" if before is None else "reopened")

    def enter(self, at, kind):
        """Enter the pipeline, and leave it if the deal is not open."""
        visits = [row for row in self.rows if row.outcome not in ("skipped", "correction")]
        stage = self.stage
        if visits and (self.status == "won" or stage in self.won_stages):
            stage = visits[-1].stage
        last = visits[-1] if visits else None
        is_undone = last and self.slips and last.stage == stage and at - last.left <= UNDO_WINDOW
        # The line of the end is the last one that is no correction.
        end = max((index for index, line in enumerate(self.lines) if not line[4]), default=None)
        amount = -self.lines[end][3] if is_undone else self.amount
        if is_undone:
            self.lines[end] = (*self.lines[end][:4], True)
        if last and last.outcome == "won":
            self.take_back_win(last.left)
        self.post(at, kind, 1, amount, bool(is_undone))
        if is_undone:
            if self.amount != amount:
                self.post(at, "amount_up" if self.amount > amount else "amount_down", 0, self.amount - amount)
            last.close(None, "open")
        elif visits or self.status == "open":
            self.open(at, stage)
        if self.status != "open":
            self.end(at)

    def take_back_win(self, won_at):
        """Clear the conversions of a win, and make its skips corrections."""
        for row in self.rows:
            if row.outcome == "skipped" and row.entered == won_at:
                row.outcome, row.is_first = "correction", False
            if row.converted == won_at:
                row.converted = None

    def change(self, at, old_amount):
        """Change the amount, move, or leave the pipeline."""
        if self.amount != old_amount:
            self.post(at, "amount_up" if self.amount > old_amount else "amount_down", 0, self.amount - old_amount)
        present = self.open_row()
        if self.status != "open":
            self.end(at)
        elif present.stage != self.stage:
            forward = self.rank(self.stage) > self.rank(present.stage)
            kind = "advanced" if forward else "moved_back"
            earlier = self.undone_visit(at, present)
            exact = earlier and self.lines[-1][0] == present.entered and self.amount == old_amount
            if exact:
                moves = ("advanced", "moved_back")
                self.lines = [
                    (*line[:4], line[4] or (line[0] == present.entered and line[1] in moves)) for line in self.lines
                ]
            for count in (-1, 1):
                self.post(at, kind, count, count * self.amount, bool(exact))
            if earlier:
                self.undo(at, present, earlier)
            else:
                present.close(at, kind, self.stage)
                self.skip(at, present.stage)
                self.open(at, self.stage)

    def end(self, at):
        """Leave the pipeline as won or lost."""
        self.post(at, self.status, -1, -self.amount)
        present = self.open_row()
        if present:
            present.close(at, self.status)
            if self.status == "won":
                self.skip(at, present.stage)
                self.convert(at, self.order)

    def open(self, at, stage):
        """Begin a visit."""
        self.add(Row(stage, at))
        self.convert(at, self.order[: self.rank(stage)])

    def skip(self, at, old):
        """Add skips of the stages between the old and the present one."""
        for stage in self.order[self.rank(old) + 1 : self.rank(self.stage)]:
            if stage not in self.won_stages:
                self.add(Row(stage, at, "skipped"))

    def add(self, row):
        """Add a row, and set whether it is the first in its stage."""
        row.is_first = not any(other.is_first and other.stage == row.stage for other in self.rows)
        self.rows.append(row)

    def convert(self, at, stages):
        """Mark the first rows of some stages as converted."""
        for row in self.rows:
            if row.is_first and row.stage in stages and not row.converted:
                row.converted = at

    def undone_visit(self, at, present):
        """Return the visit before the present one if this move undoes the last move, else None."""
        if not self.slips or at - present.entered > UNDO_WINDOW:
            return None
        for row in self.rows:
            is_left_for_here = row.left == present.entered and row.next == present.stage
            if row.stage == self.stage and is_left_for_here and row.outcome in ("advanced", "moved_back"):
                return row
        return None

    def undo(self, at, present, earlier):
        """Reopen the earlier visit, and mark the rows of the undone move as corrections."""
        undone_at = present.entered
        for row in self.rows:
            if row is present or (row.outcome == "skipped" and row.entered == undone_at):
                row.close(row.left or at, "correction")
                row.is_first = False
            if row.converted == undone_at:
                row.converted = None
        earlier.close(None, "open")

    def open_row(self):
        """Return the open visit, None if there is none."""
        return next((row for row in self.rows if row.outcome == "open"), None)

    def rank(self, stage):
        """Return the position of a stage in the order of stages."""
        return self.order.index(stage)

    def post(self, at, kind, count, amount, is_correction=False):
        """Add a movement line."""
        self.lines.append((at, kind, count, amount, is_correction))


class Pipeline:
    """All deals of a log.

    :param list events: the events as of :func:`read`
    :param str zone: time zone of the days; without it, the offsets of the log are used
    :param bool slips: whether moves can be undone within five minutes; imports have no undo, because the user is not
        known
    """

    def __init__(self, events, zone=None, slips=True):
        self.zone = zone and ZoneInfo(zone)
        self.won_stages = {event["stage"] for event in events if event["event"] == "won"}
        self.order = order_of(events, self.won_stages)
        self.deals = {}
        for event in events:
            self.deals.setdefault(event["deal"], Deal(self.order, self.won_stages, slips))
        for at, instant in groupby(events, key=lambda event: event["at"]):
            for deal, its_events in groupby(sorted(instant, key=lambda event: event["deal"]), key=lambda e: e["deal"]):
                self.deals[deal].apply(at, list(its_events))

    def rows(self):
        """Return the visits and skips of all deals."""
        return [row for deal in self.deals.values() for row in deal.rows]

    def day(self, at):
        """Return the date of an instant."""
        return (at.astimezone(self.zone) if self.zone else at).date()

    def outcomes(self):
        """Return {(stage, outcome): rows}."""
        return Counter((row.stage, row.outcome) for row in self.rows())

    def days(self, until):
        """Return {stage: days}.

        :param datetime until: instant up to which open visits count
        """
        lengths = defaultdict(timedelta)
        for row in self.rows():
            if row.outcome != "correction":
                lengths[row.stage] += (row.left or max(until, row.entered)) - row.entered
        return {stage: length / DAY for stage, length in lengths.items()}

    def firsts(self):
        """Return ({stage: deals that came}, {stage: deals that converted})."""
        firsts = [row for row in self.rows() if row.is_first]
        return Counter(row.stage for row in firsts), Counter(row.stage for row in firsts if row.converted)

    def month_ends(self):
        """Return the last day of each month of the log."""
        days = sorted(self.day(state[0]) for deal in self.deals.values() for state in deal.states)
        first, last = (day.year * 12 + day.month - 1 for day in (days[0], days[-1]))
        months = [divmod(month, 12) for month in range(first, last + 1)]
        return [date(year, month + 1, calendar.monthrange(year, month + 1)[1]) for year, month in months]

    def held(self, day):
        """Return {stage: (deals, amount)} that were open at the end of a day."""
        found = {}
        for deal in self.deals.values():
            known = [state for state in deal.states if self.day(state[0]) <= day]
            if known and known[-1][1] == "open":
                _at, _status, stage, amount = known[-1]
                count, total = found.get(stage, (0, Decimal(0)))
                found[stage] = count + 1, total + amount
        return found

    def movements(self):
        """Return {(kind, is correction): (lines, sum of counts, sum of amounts)}."""
        found = {}
        for deal in self.deals.values():
            for _at, kind, count, amount, is_correction in deal.lines:
                lines, counts, amounts = found.get((kind, is_correction), (0, 0, Decimal(0)))
                found[kind, is_correction] = lines + 1, counts + count, amounts + amount
        return found


def order_of(events, won_stages):
    """Return the stages in their order, the won ones last.

    The more other stages most deals met after a stage, the earlier it comes.
    """
    met = defaultdict(list)
    for event in events:
        if event["event"] != "lost" and event["stage"] not in met[event["deal"]]:
            met[event["deal"]].append(event["stage"])
    names = list(dict.fromkeys(stage for stages in met.values() for stage in stages))
    pairs = Counter(pair for stages in met.values() for pair in combinations(stages, 2))
    ahead = {name: [pairs[name, other] > pairs[other, name] for other in names].count(True) for name in names}
    return sorted(names, key=lambda name: (name in won_stages, -ahead[name]))


def read(path, deals=None):
    """Return the events of a file in the order of time.

    :param int deals: read the first deals only, by their first event
    """
    with open(path, encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    for event in events:
        event["at"] = datetime.fromisoformat(event["at"])
        event["amount"] = Decimal(event["amount"])
    events.sort(key=lambda event: event["at"])
    wanted = set(list(dict.fromkeys(event["deal"] for event in events))[:deals])
    return [event for event in events if event["deal"] in wanted]


def tables(pipeline, until):
    """Yield the lines of all tables."""
    outcomes, (firsts, converted), days = pipeline.outcomes(), pipeline.firsts(), pipeline.days(until)
    kinds = ("advanced", "moved_back", "won", "lost", "removed", "skipped", "open")
    yield "".join(f"{name:>14}" for name in ("stage", "entries", *kinds, "first", "further", "days"))
    for stage in pipeline.order:
        ends = [outcomes[stage, kind] for kind in kinds]
        counts = "".join(f"{number:>14,}" for number in (sum(ends), *ends, firsts[stage], converted[stage]))
        yield f"{stage:>14}{counts}{days.get(stage, 0):>14,.4f}"
    for day in pipeline.month_ends():
        yield f"held at the end of {day}"
        for stage, (count, amount) in pipeline.held(day).items():
            yield f"{stage:>14}{count:>14,}{amount:>14,}"
    yield "movements: lines, opportunities, amount"
    for (kind, is_correction), numbers in sorted(pipeline.movements().items()):
        counts = "".join(f"{number:>14,}" for number in numbers)
        yield f"{kind:>14}{counts}{' corrections' if is_correction else ''}"


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--zone", help="time zone of the days, such as Europe/Amsterdam; else as the file writes them")
    options = parser.parse_args()
    events = read(options.file)
    sys.stdout.write("\n".join(tables(Pipeline(events, options.zone), events[-1]["at"])) + "\n")


if __name__ == "__main__":
    main()
