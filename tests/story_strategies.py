"""Stories that Hypothesis makes up: lists of transactions of people who work on deals."""

from datetime import timedelta

from hypothesis import strategies as st
from story_operations import Do, Savepoint
from story_teller import BEGIN, CONTEXTS, Transaction
from story_world import COMMON_STAGES, PEOPLE, SPARE_PERSON, STAGES, TEAMS

#: Around the five minutes of a slip, hours and days; and a clock that was set back.
WAITS = st.sampled_from([20, 1, 299.75, 300, 300.25, 301, 3600, 40000, 86400, 900000, -20, -301, -100000])
AMOUNTS = st.sampled_from([0.0, 0.1, 100.0, 100.01, 2500.55, 999999.99])
DATES = st.sampled_from([False, *(str((BEGIN + timedelta(days=days)).date()) for days in (-10, 0, 1, 5, 40))])
#: No stage is a place, too.
STAGE_NAMES = st.sampled_from([*COMMON_STAGES, *STAGES, None])
TEAM_NAMES = st.sampled_from([None, *TEAMS])
PERSON_NAMES = st.sampled_from([None, *PEOPLE, SPARE_PERSON])
DEALS = st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True).map(tuple)

MONEY = {"expected_revenue": AMOUNTS, "date_deadline": DATES}
PLACE = {
    "stage": STAGE_NAMES,
    "team": TEAM_NAMES,
    "person": PERSON_NAMES,
    "company": st.sampled_from([None, 0, 1]),
    "partner": st.sampled_from([None, 0, 1]),
}
#: Several of these in one write are as usual as one.
CHANGES = st.fixed_dictionaries({}, optional=MONEY | PLACE).filter(bool)
MONEY_CHANGES = st.fixed_dictionaries({}, optional=MONEY).filter(bool)
BIRTHS = st.fixed_dictionaries(
    {"stage": STAGE_NAMES, **MONEY},
    optional={
        "team": TEAM_NAMES,
        "person": PERSON_NAMES,
        "company": st.sampled_from([None, None, 0, 1]),
        "type": st.sampled_from(["opportunity", "opportunity", "lead"]),
    },
)
NO_WISH, NO_DEALS = st.just({}), st.just(())
LOST_BIRTH = {"stage": "Qualified", "active": False, "probability": 0.0}


def births(more=()):
    """Deals that are made together, in mixed stages."""
    return st.lists(st.one_of(BIRTHS, *more), min_size=1, max_size=3).map(tuple)


def _do(what, wish=NO_WISH, deals=NO_DEALS):
    return st.builds(Do, st.just(what), deals, wish)


STAGE_MOVES = _do("write", st.fixed_dictionaries({"stage": STAGE_NAMES}), DEALS)
CREATIONS = st.one_of(
    _do("create", births([st.just(LOST_BIRTH)])),
    _do("create", births()),
    _do("name_create", BIRTHS),
    _do("load", births()),
    _do("mail", st.fixed_dictionaries({}, optional={"team": TEAM_NAMES, "type": st.just("lead")})),
)
PROBABILITIES = st.sampled_from([{"probability": 0.0}, {"probability": 40.0}, {"active": False, "probability": 0.0}])
ENDS = st.one_of(*(_do(what, deals=DEALS) for what in ("win", "lose", "archive", "delete", "to lead")))
RETURNS = st.one_of(
    *(_do(what, deals=DEALS) for what in ("restore", "unarchive", "go back")),
    _do("to opportunity", st.fixed_dictionaries({}, optional={"team": st.sampled_from(list(TEAMS))}), DEALS),
)
OTHERS = st.one_of(
    _do("merge", st.fixed_dictionaries({}, optional={"team": st.sampled_from(list(TEAMS))}), DEALS),
    _do("copy", deals=DEALS),
    _do("write", PROBABILITIES, DEALS),
    _do("delete person"),
)
#: Into another team and a stage at once: mostly the deal is carried there.
CARRIED = [
    {"team": "North", "stage": "North check"},
    {"team": "North", "stage": "North won"},
    {"team": "South", "stage": "South check"},
    {"team": "South", "stage": "Late"},
    {"team": "Spare team", "stage": "Swing"},
]
CARRYING = _do("write", st.sampled_from(CARRIED), DEALS)
CHANGING = st.one_of(_do("write", CHANGES, DEALS), _do("assign", CHANGES, DEALS), _do("write", MONEY_CHANGES, DEALS))
FLUSHES = st.sampled_from([Do("flush"), Do("flush fields")])
ACTIONS = st.one_of(STAGE_MOVES, STAGE_MOVES, CARRYING, CHANGING, ENDS, RETURNS, CREATIONS, OTHERS)


@st.composite
def _in_savepoint(draw, steps):
    return Savepoint(tuple(draw(st.lists(steps, min_size=1, max_size=2))), draw(st.booleans()))


STEPS = st.one_of(ACTIONS, ACTIONS, ACTIONS, FLUSHES, _in_savepoint(st.one_of(ACTIONS, FLUSHES)))


@st.composite
def transactions(draw, steps, waits=WAITS):
    """One transaction of some steps, which is rolled back now and then."""
    return Transaction(
        wait=draw(waits),
        person=draw(st.sampled_from(PEOPLE)),
        quiet=draw(st.sampled_from(sorted(CONTEXTS))),
        steps=tuple(draw(steps)),
        commits=draw(st.sampled_from([True] * 7 + [False])),
    )


@st.composite
def structural_steps(draw):
    """A change around the deals, alone with changes of money: which order of stages a move saw stays plain so."""
    around = st.one_of(
        _do("stage won"),
        _do(
            "stage order",
            st.fixed_dictionaries(
                {"which": st.sampled_from(["Bidding", "Swing", "Late"]), "sequence": st.integers(1, 5)}
            ),
        ),
        _do("stage teams", st.fixed_dictionaries({"team": TEAM_NAMES})),
        _do("delete stage", st.fixed_dictionaries({"stage": STAGE_NAMES.filter(bool)})),
        _do("delete team"),
        _do("currency"),
    )
    beside = st.lists(st.one_of(_do("write", MONEY_CHANGES, DEALS), FLUSHES), max_size=1)
    return [*draw(beside), draw(around), *draw(beside)]


@st.composite
def slips(draw):
    """A move and the way back, mostly by the same person within five minutes."""
    deals, person = draw(DEALS), draw(st.sampled_from(PEOPLE))
    there = Do("write", deals, {"stage": draw(STAGE_NAMES)})
    between = draw(st.lists(transactions(st.lists(STEPS, min_size=1, max_size=1), st.just(30)), max_size=1))
    wait = draw(st.sampled_from([10, 200, 269.75, 270, 271, 299.75, 300, 300.25, -50]))
    other = draw(st.sampled_from([person, person, person, *PEOPLE]))
    beside = draw(st.lists(_do("write", MONEY_CHANGES, st.just(deals)), max_size=1))
    quiet = draw(st.sampled_from(sorted(CONTEXTS)))
    return [
        Transaction(draw(WAITS), person, quiet, (there,)),
        *between,
        Transaction(wait, other, quiet, (Do("go back", deals), *beside)),
    ]


@st.composite
def comebacks(draw):
    """Deals leave the pipeline, and come back by whatever way."""
    deals = st.just(draw(DEALS))
    leaving = st.one_of(*(_do(what, deals=deals) for what in ("win", "lose", "archive", "to lead")))
    coming = st.one_of(
        *(_do(what, deals=deals) for what in ("restore", "unarchive", "to opportunity", "win", "lose")),
        _do("write", st.fixed_dictionaries({"stage": STAGE_NAMES}), deals),
    )
    return [draw(transactions(st.lists(steps, min_size=1, max_size=2))) for steps in (leaving, coming)]


@st.composite
def stories(draw):
    """Some deals, and what becomes of them."""
    usual = transactions(st.lists(STEPS, min_size=1, max_size=4)).map(lambda one: [one])
    chapters = draw(
        st.lists(
            st.one_of(
                usual, usual, usual, slips(), comebacks(), transactions(structural_steps()).map(lambda one: [one])
            ),
            min_size=4,
            max_size=12,
        )
    )
    birth = Transaction(0, "free", "no tracking", (Do("create", (), draw(births())),))
    return [birth, *(one for chapter in chapters for one in chapter)]
