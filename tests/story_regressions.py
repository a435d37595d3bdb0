"""Stories that have once shown a defect, or that random stories rarely contain."""

from story_operations import Operation, Savepoint
from story_runner import Transaction

FLUSH = Operation("flush")
FIRST = (0,)


def _transaction(wait, *steps, person="free"):
    return Transaction(wait, person, "no tracking", steps)


def _create(**request):
    return _transaction(0, Operation("create", (), ({"stage": "New", **request},)))


def _write(deals=FIRST, **request):
    return Operation("write", deals, request)


def _move(stage):
    return _write(stage=stage)


#: The clock is set back, so that the ledgers record several transactions at the instant of the creation.
STOPPED_CLOCK = {
    "a slip leaves alone what an earlier jump of the same instant skipped": [
        _create(),
        _transaction(-20, _move("Proposition")),
        _transaction(1, _move("Swing")),
        _transaction(1, _move("Proposition")),
    ],
    "of two stays that ended at one instant the last one runs on": [
        _create(),
        _transaction(-20, _move("Qualified")),
        _transaction(1, _move("New"), person="north"),
        _transaction(1, _move("Qualified")),
        _transaction(1, _move("New")),
    ],
    "lines of a slip with an amount in between do not cancel": [
        _create(expected_revenue=10.0),
        _transaction(-20, _move("Qualified")),
        _transaction(1, _write(expected_revenue=30.0)),
        _transaction(1, _move("New")),
    ],
    "a slip after it was won and taken back": [
        _create(),
        _transaction(-20, Operation("win", FIRST)),
        _transaction(1, _move("New")),
        _transaction(1, _move("Swing")),
        _transaction(1, _move("New")),
    ],
    "from won to won with the clock set back": [
        _create(team="North"),
        _transaction(20, _move("Won")),
        _transaction(-301, _move("North won")),
    ],
    "from won to won before the clock was set back twice": [
        _create(team="North"),
        _transaction(20, _move("Won")),
        _transaction(400, _move("North won")),
        _transaction(-301, _write(expected_revenue=30.0)),
        _transaction(-100_000, _write(expected_revenue=40.0)),
    ],
    "a reopened deal was not moved into its stage": [
        _create(),
        _transaction(-20, _move("Qualified")),
        _transaction(1, Operation("lose", FIRST)),
        _transaction(1, Operation("restore", FIRST)),
        _transaction(1, _move("New")),
    ],
}
FIELDS = Operation("flush fields")
THERE_AND_BACK = {
    "there and back in one transaction": [
        _create(),
        _transaction(3600, _move("Swing")),
        _transaction(3600, _move("New"), _move("Swing")),
        _transaction(3600, _move("New"), FIELDS, _move("Swing")),
        _transaction(3600, _move("New"), FLUSH, _move("Swing")),
    ],
    "won in one stage, moved to another such, taken back and won there": [
        _create(stage="North won"),
        _transaction(20, _move("Won")),
        _transaction(20, _move("New"), _move("Won")),
        _transaction(20, _move("New"), FLUSH, _move("Won")),
        _transaction(20, _move("New"), FLUSH, _move("North won")),
    ],
    "won, taken back and won": [
        _create(),
        _transaction(3600, Operation("win", FIRST)),
        _transaction(3600, _move("New"), _move("Won")),
        _transaction(3600, _move("New"), FIELDS, _move("Won")),
        _transaction(3600, _move("New"), FLUSH, _move("Won")),
    ],
    "made as won, taken back and won": [
        _create(stage="Won"),
        _transaction(3600, _move("New"), _move("Won")),
    ],
    "made as won and moved to another won stage": [
        _create(stage="Won", team="North"),
        _transaction(3600, _move("North won")),
        _transaction(3600, _move("Won")),
    ],
    "archived and back": [
        _create(),
        _transaction(3600, Operation("archive", FIRST), FIELDS, Operation("unarchive", FIRST)),
    ],
}
RECORDED_TWICE = {
    "who moved it is not forgotten when another field is recorded later": [
        _create(person=None),
        _transaction(3600, _move("Qualified"), FLUSH, _write(partner=1)),
        _transaction(20, _move("New")),
    ],
    "nor when the company gets another currency": [
        _create(company=1),
        _transaction(3600, _move("Qualified"), FLUSH, Operation("currency")),
        _transaction(20, _move("New")),
    ],
    "from won to won, and once more": [
        _create(team="North"),
        _transaction(20, _move("Won")),
        _transaction(3600, _move("North won"), FLUSH, _write(expected_revenue=3.0)),
    ],
    "from lost to won through pending": [
        _create(),
        _transaction(20, Operation("lose", FIRST)),
        _transaction(3600, Operation("unarchive", FIRST), FLUSH, Operation("win", FIRST)),
    ],
    "a slip that is none after all": [
        _create(),
        _transaction(3600, _move("Qualified")),
        _transaction(20, _move("New"), FLUSH, _move("Swing")),
    ],
    "a slip whose lines do not cancel after all": [
        _create(expected_revenue=10.0),
        _transaction(3600, _move("Qualified")),
        _transaction(20, _move("New"), FLUSH, _write(expected_revenue=7.0)),
    ],
    "back to a savepoint after what was recorded": [
        _create(),
        _transaction(3600, _move("Qualified"), Savepoint((_move("Swing"),), kept=False)),
        _transaction(20, _move("New")),
        _transaction(
            20, _move("Swing"), Savepoint((Operation("win", FIRST),), kept=False), _write(expected_revenue=5.0)
        ),
    ],
    "made again after going back to a savepoint": [
        _create(),
        _transaction(
            20,
            Savepoint((Operation("create", (), ({"stage": "New"},)), FLUSH), kept=False),
            Operation("create", (), ({"stage": "Late"},)),
            FLUSH,
            _write((1,), stage="New"),
        ),
    ],
}
OTHERS = {
    "a slip forward, into a stage where it had been before": [
        _create(stage="Swing"),
        _transaction(20, _move("Spare")),
        _transaction(301, _move("Swing")),
        _transaction(20, _move("Spare")),
    ],
    "five minutes are a slip, a blink more is none": [
        _create(),
        _transaction(3600, _move("Swing")),
        _transaction(300, _move("New")),
        _transaction(3600, _move("Swing")),
        _transaction(300.25, _move("New")),
        _transaction(3600, _move("Swing")),
        _transaction(20, _move("New"), person="north"),
    ],
    "carried into the stages of another team it skips nothing": [
        _create(),
        _transaction(3600, _write(team="South", stage="South check")),
        _transaction(3600, _write(team="North", stage="Late")),
        _transaction(3600, _move("New")),
        _transaction(3600, _write(team="Spare team", stage="Swing")),
    ],
    "removed and restored, to be lost or won at once, too": [
        _create(),
        _transaction(3600, Operation("archive", FIRST)),
        _transaction(3600, Operation("unarchive", FIRST)),
        _transaction(3600, Operation("to lead", FIRST)),
        _transaction(3600, Operation("to opportunity", FIRST)),
        _transaction(3600, Operation("archive", FIRST)),
        _transaction(3600, Operation("lose", FIRST)),
        _transaction(3600, Operation("restore", FIRST)),
        _transaction(3600, Operation("archive", FIRST)),
        _transaction(3600, Operation("win", FIRST)),
    ],
    "a slip within a slip": [
        _create(),
        _transaction(3600, _move("Qualified")),
        _transaction(20, _move("Swing")),
        _transaction(20, _move("Qualified")),
        _transaction(20, _move("New")),
    ],
    "a won deal that is archived stays where it is": [
        _create(),
        _transaction(20, Operation("win", FIRST)),
        _transaction(3600, Operation("archive", FIRST)),
    ],
    "a stage of equal sequence is emptied and deleted at once": [
        _create(),
        _transaction(20, Operation("stage order", (), {"which": "Swing", "sequence": 4})),
        _transaction(20, _move("Spare")),
        _transaction(3600, Operation("delete stage", (), {"stage": "Swing"})),
        _transaction(3600, _move("Proposition")),
    ],
    "the next won stage is written before the deal is asked since when": [
        _transaction(0, Operation("create", (), ({"stage": "Proposition", "team": "North"}, {"stage": "Spare"}))),
        _transaction(
            20,
            Operation("create", (), ({"stage": "Qualified"}, {"stage": "New"}, {"stage": "New", "team": None})),
            Operation("write", (0, 1, 2, 3), {"probability": 0.0}),
            Operation("win", (0, 4, 1)),
            person="north",
        ),
        _transaction(
            20,
            Operation("mail"),
            Operation("win", (5, 1, 4, 2)),
            Operation("create", (), ({"stage": "Won", "team": "Spare team"},)),
            Operation("to lead", (0, 2, 1)),
            person="north",
        ),
    ],
    "no stage is a place": [
        _create(),
        _transaction(3600, _move(None)),
        _transaction(400, _move("Qualified")),
        _transaction(400, Operation("win", FIRST)),
    ],
    "a date set, moved, taken away and set again in one day": [
        _create(date_deadline="2026-03-01"),
        _transaction(20, _write(date_deadline="2026-03-05")),
        _transaction(20, _write(date_deadline=False)),
        _transaction(20, _write(date_deadline="2026-03-07"), FLUSH, _write(date_deadline="2026-03-09")),
        _transaction(90000, _write(date_deadline="2026-03-10", stage="Won")),
    ],
    "an archived deal leaves its won stage and comes back to it": [
        _create(),
        _transaction(20, Operation("win", FIRST)),
        _transaction(20, _write(team="North", stage="North won")),
        _transaction(20, Operation("archive", FIRST)),
        _transaction(20, _move("New")),
        _transaction(10, _move("North won")),
    ],
    "deals are loaded from a file, and one becomes a lead at once": [
        _create(),
        _transaction(
            20,
            Operation("load", (), ({"stage": "New", "expected_revenue": 0.0, "date_deadline": False},) * 2),
            Operation("to lead", (2,)),
            person="north",
        ),
    ],
}
#: {name: story}. The name is also the seed of the random checks after the story.
REGRESSIONS = STOPPED_CLOCK | THERE_AND_BACK | RECORDED_TWICE | OTHERS
