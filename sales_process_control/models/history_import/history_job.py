"""An import that has begun, as a text: what one request leaves to the next, so that none reads the file again.

A line of JSON for what there is before the first deal, then a line a deal, of which only the wanted ones are read.
"""

import json
from datetime import date, datetime
from decimal import Decimal

from ...history import Event
from .history_plan import Preparation


def job_as_text(preparation, todo):
    """Write down what is left to do.

    :param preparation: :class:`~.history_plan.Preparation`
    :param dict todo: the events of each deal
    :rtype: str
    """
    rates = [(code, day.isoformat(), rate) for (code, day), rate in preparation.rates.items()]
    head = preparation._replace(rates=rates)
    # Each event knows its deal.
    return "\n".join(json.dumps(line, default=str) for line in (head, *todo.values()))


def read_job(text, start, size):
    """Read some of what :func:`job_as_text` has written.

    :param int start: how many deals to pass over
    :param int size: how many deals to read at the most
    :return: the preparation, and the events of each deal
    """
    head, *lines = text.split("\n")
    preparation = Preparation(*json.loads(head))
    rates = {(code, date.fromisoformat(day)): rate for code, day, rate in preparation.rates}
    stories = ([_event_of(values) for values in json.loads(line)] for line in lines[start : start + size])
    return preparation._replace(rates=rates), {events[0].deal: events for events in stories}


def _event_of(values):
    event = Event(*values)
    return event._replace(
        at=datetime.fromisoformat(event.at),
        amount=None if event.amount is None else Decimal(event.amount),
        date_deadline=event.date_deadline and date.fromisoformat(event.date_deadline),
    )
