"""Values that are passed between the steps of an import.

:class:`Options` are chosen by the user, :class:`Plan` is made by ``examine``, :class:`Preparation` by ``begin``, and
:class:`Outcome` is updated by each ``go_on``. :func:`job_as_text` and :func:`read_job` keep a preparation and its
events between two requests of the browser.
"""

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from ...history import AS_FOUND, STAGE, WON, Event, Fault, Reading, Settings, name_key

#: Module of the external ids of imported opportunities, and of the stages and lost reasons that an import has created.
EXTERNAL_MODULE = "__sales_process_import__"
#: Messages list so many faults, and tell how many more there are.
MOST_FAULTS = 100


class Options(NamedTuple):
    """Choices of the user.

    :param create_missing_stages: create stages that Odoo does not have; otherwise their events are faults
    :param skip_bad: import the deals without faults when other deals have faults
    :param stages: the stages as the user has changed them, in the order that they shall have; empty if unchanged
    :param settings: how the file is read, as the user has changed it
    :param take_proposals: take names that probably stand for an end as proposed; otherwise a large file is refused that
        has any. Smaller files are shown first, see :attr:`Plan.undecided`
    """

    create_missing_stages: bool = True
    skip_bad: bool = False
    stages: tuple["StagePlan", ...] = ()
    settings: Settings = AS_FOUND
    take_proposals: bool = True


class StagePlan(NamedTuple):
    """A stage of the file.

    :param key: key of its name, see :func:`~...history.name_key`; empty for wins that name no stage
    :param stage_id: id of the matching stage in Odoo; None for a stage that will be created
    :param deals: number of deals that came to the stage
    :param kind: one of :data:`~...history.ENDS`: what the name stands for; only stages and wins have a stage in Odoo
    :param is_doubtful: whether a person should look at the kind
    :param is_guess: whether the stage in Odoo has another name, and is proposed since this name says that deals are won
    """

    key: str
    name: str
    stage_id: int | None
    is_won: bool
    deals: int = 0
    kind: str = STAGE
    is_doubtful: bool = False
    is_guess: bool = False

    @property
    def is_known(self):
        """Whether the stage in Odoo tells what the name stands for."""
        return bool(self.stage_id) and not self.is_guess

    @property
    def place(self):
        """The value that identifies the stage in an order of stages, see :mod:`~...history.order`."""
        return self.stage_id or self.key


class Plan(NamedTuple):
    """What an import is going to do.

    :param faults: faults of the file and of its lines, sorted by line
    :param stages: stages of the file, in the order that they will have
    :param order: places of all stages, those of Odoo included, in the order that they will have
    :param users: {salesperson in the file: user id}; teams likewise
    :param unknown_users: {salesperson in the file: number of deals} where no user matches; teams likewise
    :param rates: {(currency code, day): rate}; an amount times the rate is in the currency of the company
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
        """The deals with a fault in any of their lines, as a set."""
        return {fault.deal for fault in self.faults if fault.deal}

    @property
    def good_deals(self):
        """{deal: events} of the deals without faults."""
        if self.reading.is_unreadable:
            return {}
        bad_deals = self.bad_deals
        return {deal: events for deal, events in self.reading.events.items() if deal not in bad_deals and events}

    @property
    def undecided(self):
        """The stages of which a person should say what they stand for: :class:`StagePlan` with the proposals."""
        return tuple(stage for stage in self.stages if stage.is_doubtful)

    @property
    def can_import(self):
        """Whether there are deals to import, and either no faults or the choice to skip bad deals."""
        return bool(self.good_deals) and (not self.faults or self.options.skip_bad)

    @property
    def event_count(self):
        """The number of events that can be read."""
        return sum(map(len, self.reading.events.values()))

    @property
    def span(self):
        """The first and the last instant of the events, naive UTC; (None, None) without events."""
        events = [event for events in self.reading.events.values() for event in (*events[:1], *events[-1:])]
        instants = [event.at for event in events]
        return (min(instants), max(instants)) if instants else (None, None)


class Preparation(NamedTuple):
    """What exists before the first deal is created.

    :param history_id: id of the ``crm.imported.history``
    :param stages: {name key: stage id}
    :param reasons: {name key: lost reason id}
    :param users: as in :class:`Plan`; teams and rates likewise
    """

    history_id: int
    stages: dict[str, int]
    reasons: dict[str, int]
    users: dict[str, int]
    teams: dict[str, int]
    rates: dict[tuple, float]


class Outcome(NamedTuple):
    """What an import has done so far.

    :param history: the ``crm.imported.history``; empty if there was nothing to import
    :param created: number of deals
    :param extended: number of deals of earlier imports that got later events
    :param unchanged: number of deals that were imported before with all of their events
    :param left_alone: deals that were changed in Odoo since their import
    :param skipped: number of deals with faults
    """

    history: object
    created: int = 0
    extended: int = 0
    unchanged: int = 0
    left_alone: tuple[str, ...] = ()
    skipped: int = 0


def stage_names(events):
    """Return the stages of some events.

    :return: ({name key: first spelling}, name keys of the stages in which deals are won)
    """
    names, won_keys = {}, set()
    for event in events:
        if event.names_stage:
            key = name_key(event.stage)
            names.setdefault(key, event.stage)
            if event.kind == WON:
                won_keys.add(key)
    return names, won_keys


def counted_by_text(reading, attribute):
    """Count the deals that name each salesperson, or each team.

    :param str attribute: ``salesperson`` or ``team``
    :return: {text in the file: number of deals}
    """
    deals = defaultdict(set)
    for deal, events in reading.events.items():
        for event in events:
            text = getattr(event, attribute)
            if text:
                deals[text].add(deal)
    return {text: len(found) for text, found in deals.items()}


# ------------------------------------------------------------
# A STARTED IMPORT AS TEXT
# ------------------------------------------------------------


def job_as_text(preparation, todo):
    """Return a preparation and the events to import as text, so that later requests need not read the file again.

    The first line is the preparation as JSON. Each further line is the list of events of one deal, so that
    :func:`read_job` parses only the lines of its chunk.

    :param Preparation preparation: the preparation
    :param dict todo: {deal: events}
    :rtype: str
    """
    # JSON has no tuples as keys.
    rates = [(code, day.isoformat(), rate) for (code, day), rate in preparation.rates.items()]
    head = preparation._replace(rates=rates)
    return "\n".join(json.dumps(line, default=str) for line in (head, *todo.values()))


def read_job(text, start, size):
    """Read a chunk of a text that :func:`job_as_text` has written.

    :param int start: number of deals to skip
    :param int size: number of deals to read at most
    :return: (:class:`Preparation`, {deal: events})
    """
    head, *lines = text.split("\n")
    preparation = Preparation(*json.loads(head))
    rates = {(code, date.fromisoformat(day)): rate for code, day, rate in preparation.rates}
    stories = ([_event_from_json(values) for values in json.loads(line)] for line in lines[start : start + size])
    return preparation._replace(rates=rates), {events[0].deal: events for events in stories}


def _event_from_json(values):
    event = Event(*values)
    return event._replace(
        at=datetime.fromisoformat(event.at),
        amount=None if event.amount is None else Decimal(event.amount),
        date_deadline=event.date_deadline and date.fromisoformat(event.date_deadline),
    )
