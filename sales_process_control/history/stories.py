"""Steps of deals, as the lines of a file have them, to the events of each deal in the order of time."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from . import doubts
from .events import LOST, STAGE, WON, name_key
from .layouts import Step
from .settings import BY_DEAL, BY_EVENT, LEFT_OUT, Doubt

#: What events of one day without times are apart, so that each of them is a visit of 0 days.
TICK = timedelta(microseconds=1)
#: Doubts name so many examples.
MOST_EXAMPLES = 10
#: Deals of one name that were created so far apart are several deals.
FAR_APART = timedelta(days=1)


class Stories:
    """Collects the steps of deals.

    :param str layout: the layout of the file
    :param bool is_named: whether only a name identifies deals
    :param bool is_backwards: whether the newest lines come first
    """

    def __init__(self, layout, is_named, is_backwards):
        self._layout = layout
        self._is_named = is_named
        self._is_backwards = is_backwards
        # {deal: [Step, ...]} in the order of the file
        self._steps = {}
        self._origins = defaultdict(list)
        self._customers = defaultdict(dict)
        self._begun = defaultdict(set)
        self._deleted_lines = defaultdict(int)

    def add(self, deal, steps, origin):
        """Add what a line says. A deal without steps gets an empty list, so that it counts as a deal of the file."""
        found = self._steps.setdefault(deal, [])
        found += steps
        if origin:
            self._origins[deal].append(origin)
        if steps and self._is_named:
            customer = steps[0].event.customer
            if customer:
                self._customers[deal].setdefault(name_key(customer), customer)
            if self._layout != BY_EVENT:
                self._begun[deal].add(steps[0].event.at)

    def add_deleted(self, deal):
        """Note that a line says that its deal is deleted."""
        self._deleted_lines[deal] += 1

    def tell(self, bad_deals=frozenset()):
        """Return the events, the deals that are left out, and the doubts. Call once.

        :param bad_deals: the deals with a fault in any of their lines
        :return: ({deal: events in the order of time}, tuple of deals, list of :class:`.settings.Doubt`)
        """
        stories, deleted, same_day, unknown, last_only = {}, list(self._deleted_deals()), [], [], []
        # Their lines are about other fields, as in a history of fields of deals that never moved.
        silent = [deal for deal, steps in self._steps.items() if not steps and deal not in bad_deals]
        for deal in silent:
            del self._steps[deal]
        for deal, lines in self._steps.items():
            told = self._with_origins(deal, self._in_order(lines))
            if told and told[-1].event.kind == LEFT_OUT:
                deleted.append(deal)
                continue
            steps = [step for step in told if step.event.kind != LEFT_OUT]
            stories[deal] = _apart(steps)
            names = {step.event.stage for step in steps if step.event.kind == STAGE}
            if any(_is_same_day(one, other) for one, other in pairwise(steps)):
                same_day.append(deal)
            if "" in names:
                unknown.append(deal)
            elif self._layout == BY_DEAL and names:
                last_only.append(deal)
        found = [
            _doubt(doubts.DELETED, deleted),
            _doubt(doubts.NO_STAGE_LINES, silent),
            _doubt(doubts.SAME_DAY, same_day),
            _doubt(doubts.NEWEST_FIRST, same_day if self._is_backwards else ()),
            _doubt(doubts.NO_FIRST_STAGE, unknown),
            _doubt(doubts.ONLY_LAST_STAGE, last_only),
            _doubt(doubts.SHARED_NAME, self._shared_names()),
        ]
        return stories, tuple(deleted), [doubt for doubt in found if doubt.count]

    def _deleted_deals(self):
        """Yield the deals of which all lines are deleted."""
        return (deal for deal in self._deleted_lines if deal not in self._steps)

    def _in_order(self, steps):
        """Return steps in the order of time; of equal ones in the order of the file."""
        steps = steps[::-1] if self._is_backwards else steps
        if all(one.event.at <= other.event.at for one, other in pairwise(steps)):
            return steps
        return sorted(steps, key=lambda step: step.event.at)

    def _with_origins(self, deal, steps):
        """Return the steps of a deal with the stage in which it began and the end that its lines tell."""
        origins = self._origins.get(deal)
        if not origins or not steps:
            return steps
        created = min((origin.created for origin in origins if origin.created), default=None)
        origins = [origin for origin in origins[:: -1 if self._is_backwards else 1] if not origin.is_birth]
        # Of lines at one time, the first one tells how it began, and the last one how it ended.
        first, last = min(origins, key=lambda origin: origin.at), max(origins[::-1], key=lambda origin: origin.at)
        event = steps[0].event
        if created and first.old_stage and created[0] < event.at:
            at, is_day = created
            steps = [Step(event._replace(kind=STAGE, stage=first.old_stage, at=at), is_day), *steps]
        event = steps[-1].event
        if last.status and event.kind == STAGE:
            at, is_day = last.closed or (event.at, False)
            stage = last.reason if last.status == LOST else ""
            at = max(at, event.at)
            steps = [*steps, Step(event._replace(kind=last.status, stage=stage, at=at), is_day)]
        return steps

    def _shared_names(self):
        """Return the names that are one deal, and stand for several customers or beginnings."""
        customers = [deal for deal, found in self._customers.items() if len(found) > 1]
        begun = [deal for deal, found in self._begun.items() if len(found) > 1 and max(found) - min(found) > FAR_APART]
        return list(dict.fromkeys((*customers, *begun)))


def _is_same_day(one, other):
    """Return whether the order of two steps is only that of the file, since they have no times."""
    return other.is_day and one.is_day and one.event.at == other.event.at


def _apart(steps):
    """Return the events of steps. Days without times are put apart, in the order of the steps."""
    events = []
    for step in steps:
        event = step.event
        if step.is_day and events and event.at <= events[-1].at:
            event = event._replace(at=events[-1].at + TICK)
        elif events and event.at < events[-1].at:
            event = event._replace(at=events[-1].at)
        events.append(event)
    return events


def _doubt(code, deals):
    return Doubt(code, len(deals), tuple(deals[:MOST_EXAMPLES]))


def ends_doubt(stages):
    """Return the doubt about names of stages at which a person should look."""
    names = [stage.name for stage in stages if stage.is_doubtful]
    return Doubt(doubts.DOUBTFUL_END, len(names), tuple(names[:MOST_EXAMPLES]))


#: In a file with fewer deals, most may end in any stage.
LEAST_DEALS = 20


def usual_last_stage(stories):
    """Return the key of a stage in which most deals end and that none leaves, if no deal is won or lost.

    :return: empty if there is none
    """
    last, left = defaultdict(int), set()
    for events in stories.values():
        if events:
            if events[-1].kind in (WON, LOST):
                return ""
            last[name_key(events[-1].stage)] += 1
            left.update(name_key(event.stage) for event in events[:-1])
    if sum(last.values()) < LEAST_DEALS:
        return ""
    key, count = max(last.items(), key=lambda item: item[1])
    return key if 2 * count > sum(last.values()) and key not in left else ""
