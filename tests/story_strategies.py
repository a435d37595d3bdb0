"""Strategies of Hypothesis that create stories: lists of transactions of users who work on deals."""

from datetime import timedelta

from hypothesis import strategies as st
from story_operations import Operation, Savepoint
from story_runner import BEGIN, CONTEXTS, Transaction
from story_world import COMMON_STAGES, PEOPLE, SPARE_PERSON, STAGES, TEAMS

#: Seconds around the five minutes of an undo, hours and days, and negative ones for a clock that is set back.
WAITS = st.sampled_from([20, 1, 299.75, 300, 300.25, 301, 3600, 40000, 86400, 900000, -20, -301, -100000])
AMOUNTS = st.sampled_from([0.0, 0.1, 100.0, 100.01, 2500.55, 999999.99])
DATES = st.sampled_from([False, *(str((BEGIN + timedelta(days=days)).date()) for days in (-10, 0, 1, 5, 40))])
#: None stands for a deal without a stage.
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
#: A write changes one or several fields.
CHANGES = st.fixed_dictionaries({}, optional=MONEY | PLACE).filter(bool)
MONEY_CHANGES = st.fixed_dictionaries({}, optional=MONEY).filter(bool)
NEW_DEAL = st.fixed_dictionaries(
    {"stage": STAGE_NAMES, **MONEY},
    optional={
        "team": TEAM_NAMES,
        "person": PERSON_NAMES,
        "company": st.sampled_from([None, None, 0, 1]),
        "type": st.sampled_from(["opportunity", "opportunity", "lead"]),
    },
)
NO_REQUEST, NO_DEALS = st.just({}), st.just(())
NEW_LOST_DEAL = {"stage": "Qualified", "active": False, "probability": 0.0}


def new_deals(more=()):
    """Return a strategy of one to three deals that are created together, mostly in different stages."""
    return st.lists(st.one_of(NEW_DEAL, *more), min_size=1, max_size=3).map(tuple)


def _operation(name, request=NO_REQUEST, deals=NO_DEALS):
    return st.builds(Operation, st.just(name), deals, request)


STAGE_MOVES = _operation("write", st.fixed_dictionaries({"stage": STAGE_NAMES}), DEALS)
CREATIONS = st.one_of(
    _operation("create", new_deals([st.just(NEW_LOST_DEAL)])),
    _operation("create", new_deals()),
    _operation("name_create", NEW_DEAL),
    _operation("load", new_deals()),
    _operation("mail", st.fixed_dictionaries({}, optional={"team": TEAM_NAMES, "type": st.just("lead")})),
)
PROBABILITIES = st.sampled_from([{"probability": 0.0}, {"probability": 40.0}, {"active": False, "probability": 0.0}])
ENDS = st.one_of(*(_operation(name, deals=DEALS) for name in ("win", "lose", "archive", "delete", "to lead")))
RETURNS = st.one_of(
    *(_operation(name, deals=DEALS) for name in ("restore", "unarchive", "go back")),
    _operation("to opportunity", st.fixed_dictionaries({}, optional={"team": st.sampled_from(list(TEAMS))}), DEALS),
)
OTHERS = st.one_of(
    _operation("merge", st.fixed_dictionaries({}, optional={"team": st.sampled_from(list(TEAMS))}), DEALS),
    _operation("copy", deals=DEALS),
    _operation("write", PROBABILITIES, DEALS),
    _operation("delete person"),
)
#: Changes of team and stage in one write. Most of them are transfers without skips, because the teams have different
#: stages.
CARRIED = [
    {"team": "North", "stage": "North check"},
    {"team": "North", "stage": "North won"},
    {"team": "South", "stage": "South check"},
    {"team": "South", "stage": "Late"},
    {"team": "Spare team", "stage": "Swing"},
]
CARRYING = _operation("write", st.sampled_from(CARRIED), DEALS)
CHANGING = st.one_of(
    _operation("write", CHANGES, DEALS), _operation("assign", CHANGES, DEALS), _operation("write", MONEY_CHANGES, DEALS)
)
FLUSHES = st.sampled_from([Operation("flush"), Operation("flush fields")])
ACTIONS = st.one_of(STAGE_MOVES, STAGE_MOVES, CARRYING, CHANGING, ENDS, RETURNS, CREATIONS, OTHERS)


@st.composite
def _in_savepoint(draw, steps):
    return Savepoint(tuple(draw(st.lists(steps, min_size=1, max_size=2))), draw(st.booleans()))


STEPS = st.one_of(ACTIONS, ACTIONS, ACTIONS, FLUSHES, _in_savepoint(st.one_of(ACTIONS, FLUSHES)))


@st.composite
def transactions(draw, steps, waits=WAITS):
    """Return one transaction of some steps, which is sometimes rolled back."""
    return Transaction(
        wait=draw(waits),
        person=draw(st.sampled_from(PEOPLE)),
        context=draw(st.sampled_from(sorted(CONTEXTS))),
        steps=tuple(draw(steps)),
        commits=draw(st.sampled_from([True] * 7 + [False])),
    )


@st.composite
def structural_steps(draw):
    """Return a change of a stage, team, user or company, together with changes of amounts and dates at most.

    Moves are left out, because it would not be defined which order of stages they see.
    """
    structural = st.one_of(
        _operation("stage won"),
        _operation(
            "stage order",
            st.fixed_dictionaries(
                {"which": st.sampled_from(["Bidding", "Swing", "Late"]), "sequence": st.integers(1, 5)}
            ),
        ),
        _operation("stage teams", st.fixed_dictionaries({"team": TEAM_NAMES})),
        _operation("delete stage", st.fixed_dictionaries({"stage": STAGE_NAMES.filter(bool)})),
        _operation("delete team"),
        _operation("currency"),
    )
    other_changes = st.lists(st.one_of(_operation("write", MONEY_CHANGES, DEALS), FLUSHES), max_size=1)
    return [*draw(other_changes), draw(structural), *draw(other_changes)]


@st.composite
def undos(draw):
    """Return a move and the move back, mostly by the same user within five minutes."""
    deals, person = draw(DEALS), draw(st.sampled_from(PEOPLE))
    there = Operation("write", deals, {"stage": draw(STAGE_NAMES)})
    between = draw(st.lists(transactions(st.lists(STEPS, min_size=1, max_size=1), st.just(30)), max_size=1))
    wait = draw(st.sampled_from([10, 200, 269.75, 270, 271, 299.75, 300, 300.25, -50]))
    other = draw(st.sampled_from([person, person, person, *PEOPLE]))
    other_changes = draw(st.lists(_operation("write", MONEY_CHANGES, st.just(deals)), max_size=1))
    context = draw(st.sampled_from(sorted(CONTEXTS)))
    return [
        Transaction(draw(WAITS), person, context, (there,)),
        *between,
        Transaction(wait, other, context, (Operation("go back", deals), *other_changes)),
    ]


@st.composite
def undone_ends(draw):
    """Return an end and the way back, mostly by the same user within five minutes, sometimes twice."""
    deals, person = draw(DEALS), draw(st.sampled_from(PEOPLE))
    name, *ways = draw(
        st.sampled_from(
            [
                ("win", "go back", "lose", "restore"),
                ("lose", "restore", "unarchive", "win"),
                ("archive", "unarchive", "win", "lose"),
                ("to lead", "to opportunity", "to opportunity", "win"),
            ]
        )
    )
    story = []
    for _round in range(draw(st.integers(1, 2))):
        wait = draw(st.sampled_from([10, 200, 299.75, 300, 300.25, -50]))
        other = draw(st.sampled_from([person, person, person, *PEOPLE]))
        way = draw(st.sampled_from([ways[0], ways[0], *ways]))
        other_changes = draw(st.lists(_operation("write", MONEY_CHANGES, st.just(deals)), max_size=1))
        context = draw(st.sampled_from(sorted(CONTEXTS)))
        story += [
            Transaction(draw(WAITS), person, context, (Operation(name, deals),)),
            Transaction(wait, other, context, (Operation(way, deals), *other_changes)),
        ]
    return story


@st.composite
def returns(draw):
    """Return two transactions: deals leave the pipeline, and come back."""
    deals = st.just(draw(DEALS))
    leaving = st.one_of(*(_operation(name, deals=deals) for name in ("win", "lose", "archive", "to lead")))
    returning = st.one_of(
        *(_operation(name, deals=deals) for name in ("restore", "unarchive", "to opportunity", "win", "lose")),
        _operation("write", st.fixed_dictionaries({"stage": STAGE_NAMES}), deals),
    )
    return [draw(transactions(st.lists(steps, min_size=1, max_size=2))) for steps in (leaving, returning)]


@st.composite
def stories(draw):
    """Return a story that creates some deals and changes them."""
    usual = transactions(st.lists(STEPS, min_size=1, max_size=4)).map(lambda transaction: [transaction])
    parts = draw(
        st.lists(
            st.one_of(
                usual,
                usual,
                usual,
                undos(),
                undone_ends(),
                returns(),
                transactions(structural_steps()).map(lambda transaction: [transaction]),
            ),
            min_size=4,
            max_size=12,
        )
    )
    creation = Transaction(0, "free", "no tracking", (Operation("create", (), draw(new_deals())),))
    return [creation, *(transaction for part in parts for transaction in part)]
