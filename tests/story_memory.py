"""Stories that have shown a fault once, or that come too seldom by chance."""

from story_operations import Do, Savepoint
from story_teller import Transaction

FLUSH = Do("flush")
FIRST = (0,)


def _turn(wait, *steps, person="free"):
    return Transaction(wait, person, "no tracking", steps)


def _create(**wish):
    return _turn(0, Do("create", (), ({"stage": "New", **wish},)))


def _write(deals=FIRST, **wish):
    return Do("write", deals, wish)


def _move(stage):
    return _write(stage=stage)


#: The clock was set back, so that several transactions have one instant, that of the creation.
STOPPED_CLOCK = {
    "a slip leaves alone what an earlier jump of the same instant skipped": [
        _create(),
        _turn(-20, _move("Proposition")),
        _turn(1, _move("Swing")),
        _turn(1, _move("Proposition")),
    ],
    "of two stays that ended at one instant the last one runs on": [
        _create(),
        _turn(-20, _move("Qualified")),
        _turn(1, _move("New"), person="north"),
        _turn(1, _move("Qualified")),
        _turn(1, _move("New")),
    ],
    "lines of a slip with an amount in between do not cancel": [
        _create(expected_revenue=10.0),
        _turn(-20, _move("Qualified")),
        _turn(1, _write(expected_revenue=30.0)),
        _turn(1, _move("New")),
    ],
    "a slip after it was won and taken back": [
        _create(),
        _turn(-20, Do("win", FIRST)),
        _turn(1, _move("New")),
        _turn(1, _move("Swing")),
        _turn(1, _move("New")),
    ],
    "from won to won with the clock set back": [
        _create(team="North"),
        _turn(20, _move("Won")),
        _turn(-301, _move("North won")),
    ],
    "a reopened deal was not moved into its stage": [
        _create(),
        _turn(-20, _move("Qualified")),
        _turn(1, Do("lose", FIRST)),
        _turn(1, Do("restore", FIRST)),
        _turn(1, _move("New")),
    ],
}
FIELDS = Do("flush fields")
THERE_AND_BACK = {
    "there and back in one transaction": [
        _create(),
        _turn(3600, _move("Swing")),
        _turn(3600, _move("New"), _move("Swing")),
        _turn(3600, _move("New"), FIELDS, _move("Swing")),
        _turn(3600, _move("New"), FLUSH, _move("Swing")),
    ],
    "won in one stage, moved to another such, taken back and won there": [
        _create(stage="North won"),
        _turn(20, _move("Won")),
        _turn(20, _move("New"), _move("Won")),
        _turn(20, _move("New"), FLUSH, _move("Won")),
        _turn(20, _move("New"), FLUSH, _move("North won")),
    ],
    "won, taken back and won": [
        _create(),
        _turn(3600, Do("win", FIRST)),
        _turn(3600, _move("New"), _move("Won")),
        _turn(3600, _move("New"), FIELDS, _move("Won")),
        _turn(3600, _move("New"), FLUSH, _move("Won")),
    ],
    "made as won, taken back and won": [
        _create(stage="Won"),
        _turn(3600, _move("New"), _move("Won")),
    ],
    "made as won and moved to another won stage": [
        _create(stage="Won", team="North"),
        _turn(3600, _move("North won")),
        _turn(3600, _move("Won")),
    ],
    "archived and back": [
        _create(),
        _turn(3600, Do("archive", FIRST), FIELDS, Do("unarchive", FIRST)),
    ],
}
RECORDED_TWICE = {
    "who moved it is not forgotten when another field is recorded later": [
        _create(person=None),
        _turn(3600, _move("Qualified"), FLUSH, _write(partner=1)),
        _turn(20, _move("New")),
    ],
    "nor when the company gets another currency": [
        _create(company=1),
        _turn(3600, _move("Qualified"), FLUSH, Do("currency")),
        _turn(20, _move("New")),
    ],
    "from won to won, and once more": [
        _create(team="North"),
        _turn(20, _move("Won")),
        _turn(3600, _move("North won"), FLUSH, _write(expected_revenue=3.0)),
    ],
    "from lost to won through pending": [
        _create(),
        _turn(20, Do("lose", FIRST)),
        _turn(3600, Do("unarchive", FIRST), FLUSH, Do("win", FIRST)),
    ],
    "a slip that is none after all": [
        _create(),
        _turn(3600, _move("Qualified")),
        _turn(20, _move("New"), FLUSH, _move("Swing")),
    ],
    "a slip whose lines do not cancel after all": [
        _create(expected_revenue=10.0),
        _turn(3600, _move("Qualified")),
        _turn(20, _move("New"), FLUSH, _write(expected_revenue=7.0)),
    ],
    "back to a savepoint after what was recorded": [
        _create(),
        _turn(3600, _move("Qualified"), Savepoint((_move("Swing"),), kept=False)),
        _turn(20, _move("New")),
        _turn(20, _move("Swing"), Savepoint((Do("win", FIRST),), kept=False), _write(expected_revenue=5.0)),
    ],
    "made again after going back to a savepoint": [
        _create(),
        _turn(
            20,
            Savepoint((Do("create", (), ({"stage": "New"},)), FLUSH), kept=False),
            Do("create", (), ({"stage": "Late"},)),
            FLUSH,
            _write((1,), stage="New"),
        ),
    ],
}
OTHERS = {
    "a slip forward, into a stage where it had been before": [
        _create(stage="Swing"),
        _turn(20, _move("Spare")),
        _turn(301, _move("Swing")),
        _turn(20, _move("Spare")),
    ],
    "five minutes are a slip, a blink more is none": [
        _create(),
        _turn(3600, _move("Swing")),
        _turn(300, _move("New")),
        _turn(3600, _move("Swing")),
        _turn(300.25, _move("New")),
        _turn(3600, _move("Swing")),
        _turn(20, _move("New"), person="north"),
    ],
    "carried into the stages of another team it skips nothing": [
        _create(),
        _turn(3600, _write(team="South", stage="South check")),
        _turn(3600, _write(team="North", stage="Late")),
        _turn(3600, _move("New")),
        _turn(3600, _write(team="Spare team", stage="Swing")),
    ],
    "removed and restored, to be lost or won at once, too": [
        _create(),
        _turn(3600, Do("archive", FIRST)),
        _turn(3600, Do("unarchive", FIRST)),
        _turn(3600, Do("to lead", FIRST)),
        _turn(3600, Do("to opportunity", FIRST)),
        _turn(3600, Do("archive", FIRST)),
        _turn(3600, Do("lose", FIRST)),
        _turn(3600, Do("restore", FIRST)),
        _turn(3600, Do("archive", FIRST)),
        _turn(3600, Do("win", FIRST)),
    ],
    "a slip within a slip": [
        _create(),
        _turn(3600, _move("Qualified")),
        _turn(20, _move("Swing")),
        _turn(20, _move("Qualified")),
        _turn(20, _move("New")),
    ],
    "a won deal that is archived stays where it is": [
        _create(),
        _turn(20, Do("win", FIRST)),
        _turn(3600, Do("archive", FIRST)),
    ],
    "a stage of equal sequence is emptied and deleted at once": [
        _create(),
        _turn(20, Do("stage order", (), {"which": "Swing", "sequence": 4})),
        _turn(20, _move("Spare")),
        _turn(3600, Do("delete stage", (), {"stage": "Swing"})),
        _turn(3600, _move("Proposition")),
    ],
    "the next won stage is written before the deal is asked since when": [
        _turn(0, Do("create", (), ({"stage": "Proposition", "team": "North"}, {"stage": "Spare"}))),
        _turn(
            20,
            Do("create", (), ({"stage": "Qualified"}, {"stage": "New"}, {"stage": "New", "team": None})),
            Do("write", (0, 1, 2, 3), {"probability": 0.0}),
            Do("win", (0, 4, 1)),
            person="north",
        ),
        _turn(
            20,
            Do("mail"),
            Do("win", (5, 1, 4, 2)),
            Do("create", (), ({"stage": "Won", "team": "Spare team"},)),
            Do("to lead", (0, 2, 1)),
            person="north",
        ),
    ],
    "no stage is a place": [
        _create(),
        _turn(3600, _move(None)),
        _turn(400, _move("Qualified")),
        _turn(400, Do("win", FIRST)),
    ],
    "a date set, moved, taken away and set again in one day": [
        _create(date_deadline="2026-03-01"),
        _turn(20, _write(date_deadline="2026-03-05")),
        _turn(20, _write(date_deadline=False)),
        _turn(20, _write(date_deadline="2026-03-07"), FLUSH, _write(date_deadline="2026-03-09")),
        _turn(90000, _write(date_deadline="2026-03-10", stage="Won")),
    ],
}
REMEMBERED = STOPPED_CLOCK | THERE_AND_BACK | RECORDED_TWICE | OTHERS
