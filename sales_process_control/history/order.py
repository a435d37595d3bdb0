"""In which order stages come that nobody has ordered."""

from collections import Counter
from itertools import combinations


def order_of_places(paths, known, won):
    """All places from first to last.

    Those that are known keep their order. The others come where most deals have met them: a place comes before another
    if more deals came to it first. The order in which they turn up would not do, as the first deal of a file may have
    jumped over some.

    :param paths: of each deal, the places that it came to; repetitions count for nothing
    :param known: places whose order is known
    :param won: places in which deals are won; new ones close the row
    """
    paths = [tuple(dict.fromkeys(path)) for path in paths]
    pairs = Counter(pair for path in paths for pair in combinations(path, 2))
    new = [place for place in dict.fromkeys(place for path in paths for place in path) if place not in set(known)]
    ahead = Counter(
        early for (early, late), count in pairs.items() if count > pairs.get((late, early), 0) and late in set(new)
    )
    new.sort(key=lambda place: (place in won, -ahead[place]))
    order = list(known)
    if set(known).isdisjoint(place for path in paths for place in path):
        _insert_as_they_are(order, new, won)
    else:
        for place in new:
            order.insert(_best_index(place, order, pairs, won), place)
    return order


def _insert_as_they_are(order, new, won):
    """Put new places behind the last one that is open, won ones behind all."""
    end = _end_of_open(order, won)
    order[end:end] = [place for place in new if place not in won]
    order += [place for place in new if place in won]


def _best_index(place, order, pairs, won):
    """Where a place contradicts the fewest moves, the latest of such places."""
    if place in won:
        return len(order)
    # Before all: each move into it from another place would be against the order.
    cost = sum(pairs.get((other, place), 0) for other in order)
    best, best_cost = 0, cost
    for index, other in enumerate(order[: _end_of_open(order, won)], 1):
        cost += pairs.get((place, other), 0) - pairs.get((other, place), 0)
        if cost <= best_cost:
            best, best_cost = index, cost
    return best


def _end_of_open(order, won):
    """The index behind the last place in which deals are open."""
    return max((index for index, place in enumerate(order, 1) if place not in won), default=0)


def reordered(order, known, wanted):
    """An order of places after somebody has said in which order some of them are to be.

    Those that are known change places among themselves, so that all others stay where they are; new ones come behind
    the one that they are to follow.

    :param order: all places, as they would be
    :param known: those of them that are there already
    :param wanted: some places, in the order that they are to have
    """
    if [place for place in order if place in wanted] == wanted:
        return order
    there = [place for place in wanted if place in known]
    moving = iter(there or wanted)
    found = [next(moving) if place in (there or wanted) else place for place in order if place in known or not there]
    for index, place in enumerate(wanted):
        if there and place not in known:
            found.insert(found.index(wanted[index - 1]) + 1 if index else found.index(there[0]), place)
    return found


def sequences_of(order, known):
    """The numbers by which places stand in an order, changing as few as can be.

    Places of one number stand in the order in which they were made, and new ones are made last.

    :param order: all places, as they are to stand
    :param known: {place: (number, rank among places of one number)} of those that exist
    :return: {place: number} of those that are new or get another one
    """
    wanted = {}
    number, is_new, rank = min((own for own, _rank in known.values()), default=1) - 1, False, 0
    for index, place in enumerate(order):
        if place not in known:
            # A number of its own where there is room for one.
            room = next((known[later][0] for later in order[index:] if later in known), number + 2)
            number += number + 1 < room
            wanted[place], is_new = number, True
            continue
        own, own_rank = known[place]
        least = number + 1 if is_new or own_rank < rank else number
        number = max(own, least)
        if number != own:
            wanted[place] = number
        is_new, rank = False, own_rank
    return wanted
