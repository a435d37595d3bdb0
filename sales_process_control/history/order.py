"""The order of stages, when a file has stages that Odoo does not have.

A *place* identifies a stage in these functions: any hashable value. The import uses the id of a stage of Odoo, and the
name key of a stage that is not created yet.
"""

from collections import Counter
from itertools import combinations


def order_of_places(paths, known, won):
    """Return all places in order, first to last.

    Known places keep their order. A new place is inserted where it contradicts the fewest moves of deals. The order of
    first appearance in the file would be wrong, since the first deal may have skipped stages.

    Example: ``order_of_places([["A", "B", "C"], ["A", "C"]], ["A", "C"], set())`` returns ``["A", "B", "C"]``.

    :param paths: of each deal, the places that it came to; only the first visit of a place counts
    :param known: places whose order is fixed, in this order
    :param won: places in which deals are won; new ones come last
    """
    paths = [tuple(dict.fromkeys(path)) for path in paths]
    pairs = Counter(pair for path in paths for pair in combinations(path, 2))
    new = [place for place in dict.fromkeys(place for path in paths for place in path) if place not in set(known)]
    # How many new places are usually visited after this one.
    ahead = Counter(
        early for (early, late), count in pairs.items() if count > pairs.get((late, early), 0) and late in set(new)
    )
    new.sort(key=lambda place: (place in won, -ahead[place]))
    order = list(known)
    if set(known).isdisjoint(place for path in paths for place in path):
        _append_new(order, new, won)
    else:
        for place in new:
            order.insert(_best_index(place, order, pairs, won), place)
    return order


def _append_new(order, new, won):
    """Insert new places behind the last open place, and new won places at the end."""
    end = _end_of_open(order, won)
    order[end:end] = [place for place in new if place not in won]
    order += [place for place in new if place in won]


def _best_index(place, order, pairs, won):
    """Return the index at which a place contradicts the fewest moves, the highest of equal ones."""
    if place in won:
        return len(order)
    # At index 0, each move from another place into this one contradicts the order.
    cost = sum(pairs.get((other, place), 0) for other in order)
    best, best_cost = 0, cost
    for index, other in enumerate(order[: _end_of_open(order, won)], 1):
        cost += pairs.get((place, other), 0) - pairs.get((other, place), 0)
        if cost <= best_cost:
            best, best_cost = index, cost
    return best


def _end_of_open(order, won):
    """Return the index behind the last place in which deals are open."""
    return max((index for index, place in enumerate(order, 1) if place not in won), default=0)


def reordered(order, known, wanted):
    """Return an order of places after the user has changed the order of some of them.

    Known places among the wanted ones exchange positions with each other, so that all other places keep theirs. New
    places follow the place that precedes them in the wanted order.

    :param order: all places in the proposed order
    :param known: places that exist in Odoo
    :param wanted: some of the places, in the order that the user wants
    """
    if [place for place in order if place in wanted] == wanted:
        return order
    wanted_known = [place for place in wanted if place in known]
    moved = set(wanted_known or wanted)
    moving = iter(wanted_known or wanted)
    result = [next(moving) if place in moved else place for place in order if place in known or not wanted_known]
    for index, place in enumerate(wanted):
        if wanted_known and place not in known:
            result.insert(result.index(wanted[index - 1]) + 1 if index else result.index(wanted_known[0]), place)
    return result


def sequences_of(order, known):
    """Return the sequences that put places into an order, changing as few of the known ones as possible.

    Places with the same sequence are ordered by id, and new places get the highest ids.

    :param order: all places in the wanted order
    :param known: {place: (sequence, id)} of the places that exist
    :return: {place: sequence} of the new places and of those whose sequence changes
    """
    result = {}
    sequence, is_new, record_id = min((own for own, _id in known.values()), default=1) - 1, False, 0
    for index, place in enumerate(order):
        if place not in known:
            # A sequence of its own if there is a free one before the next known place.
            next_known = next((known[later][0] for later in order[index:] if later in known), sequence + 2)
            sequence += sequence + 1 < next_known
            result[place], is_new = sequence, True
            continue
        own_sequence, own_id = known[place]
        least = sequence + 1 if is_new or own_id < record_id else sequence
        sequence = max(own_sequence, least)
        if sequence != own_sequence:
            result[place] = sequence
        is_new, record_id = False, own_id
    return result
