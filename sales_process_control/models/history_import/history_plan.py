"""What the parts of the import of histories tell each other; values, no models."""

from collections import defaultdict
from typing import NamedTuple

from ...history import LOST, WON, Fault, Reading, name_key

#: The module under which imported deals, and what was made for them, have their external ids.
EXTERNAL_MODULE = "__sales_process_import__"
#: Faults that are listed; of the others it is said how many there are.
MOST_FAULTS = 100


class Options(NamedTuple):
    """What may be chosen about an import.

    :param create_missing_stages: whether stages that Odoo does not know are made, or are faults
    :param skip_bad: whether deals without faults are imported where others have some
    :param stages: what was chosen for stages instead of what the file proposes, in the order that they are to have
    """

    create_missing_stages: bool = True
    skip_bad: bool = False
    stages: tuple["StagePlan", ...] = ()


class StagePlan(NamedTuple):
    """A stage of the file.

    :param key: its name without regard to case; empty for wins that name no stage
    :param stage_id: the stage that it is in Odoo, None for one that is to be made
    :param deals: number of deals that came to it
    """

    key: str
    name: str
    stage_id: int | None
    is_won: bool
    deals: int = 0

    @property
    def place(self):
        """What stands for it in an order of stages."""
        return self.stage_id or self.key


class Plan(NamedTuple):
    """What an import is going to do.

    :param faults: of the file, and of the file in this database
    :param stages: those of the file, in the order that they will have
    :param order: those and all others of Odoo, as places
    :param users: number of each salesperson that is known, by the text of the file; teams likewise
    :param unknown_users: texts that stand for nobody, with the number of their deals; teams likewise
    :param rates: by code of the currency and day, what one of it is worth in the company's
    """

    reading: Reading
    options: Options
    faults: tuple[Fault, ...] = ()
    stages: tuple[StagePlan, ...] = ()
    order: tuple = ()
    users: dict[str, int] = {}
    teams: dict[str, int] = {}
    unknown_users: dict[str, int] = {}
    unknown_teams: dict[str, int] = {}
    rates: dict[tuple, float] = {}

    @property
    def bad_deals(self):
        """Deals with a fault in any of their lines."""
        return {fault.deal for fault in self.faults if fault.deal}

    @property
    def good_deals(self):
        """The events of each deal without faults."""
        if self.reading.is_unreadable:
            return {}
        bad = self.bad_deals
        return {deal: events for deal, events in self.reading.events.items() if deal not in bad and events}

    @property
    def can_import(self):
        """Whether there is something to import, and nothing against it."""
        return bool(self.good_deals) and (not self.faults or self.options.skip_bad)

    @property
    def event_count(self):
        return sum(map(len, self.reading.events.values()))

    @property
    def span(self):
        """The first and the last instant; None where there is none."""
        events = [event for events in self.reading.events.values() for event in (*events[:1], *events[-1:])]
        instants = [event.at for event in events]
        return (min(instants), max(instants)) if instants else (None, None)


class Preparation(NamedTuple):
    """What is there before the first deal is made.

    :param history_id: number of the record of the import
    :param stages: number of the stage by key of its name; lost reasons likewise
    :param users: as the :class:`Plan` has them; teams and rates likewise
    """

    history_id: int
    stages: dict[str, int]
    reasons: dict[str, int]
    users: dict[str, int]
    teams: dict[str, int]
    rates: dict[tuple, float]


class Outcome(NamedTuple):
    """What an import has done, or has done so far.

    :param history: the record of it, empty where there was nothing to do
    :param unchanged: deals that were imported before, with all of this
    :param left_alone: deals that were changed in Odoo since their import
    """

    history: object
    created: int = 0
    extended: int = 0
    unchanged: int = 0
    left_alone: tuple[str, ...] = ()
    skipped: int = 0


def stage_names(events):
    """The names of the stages of some events: {key: first spelling}; and the keys of those in which deals are won."""
    names, won = {}, set()
    for event in events:
        if event.kind != LOST:
            key = name_key(event.stage)
            names.setdefault(key, event.stage)
            if event.kind == WON:
                won.add(key)
    return names, won


def counted_by_text(reading, attribute):
    """How many deals name each salesperson, or team: {text: number of deals}."""
    deals = defaultdict(set)
    for deal, events in reading.events.items():
        for event in events:
            text = getattr(event, attribute)
            if text:
                deals[text].add(deal)
    return {text: len(found) for text, found in deals.items()}
