"""Random histories of deals in whole seconds, to be played by `past_player.py` in any database with CRM."""

from datetime import datetime, timedelta
from random import Random

#: name: (sequence, is_won). Two of them are tied, as stages that people add usually are. No database has them already.
STAGES = {
    "Contact": (10, False),
    "Survey": (20, False),
    "Quote": (20, False),
    "Talks": (40, False),
    "Closed": (50, True),
    "Paid": (50, True),
}
OPEN_STAGES = [name for name, (_sequence, is_won) in STAGES.items() if not is_won]
START = datetime(2025, 2, 3, 9)


def story(seed, deals):
    """[(instant, deal, act, stage or deal to merge with)] in order of time."""
    random = Random(seed)
    acts = []
    for number in range(deals):
        acts += _story_of(f"Deal {seed}-{number}", random)
    names = [f"Deal {seed}-{number}" for number in range(deals)]
    at = START + timedelta(days=500)
    for _merge in range(deals // 10):
        kept, gone = random.sample(names, 2)
        names.remove(gone)
        at += timedelta(days=1)
        acts.append((at, kept, "merge", gone))
    # One that goes on after merging: its own trackings stand behind those that came with the others.
    acts += [(at + timedelta(days=day), name, "move", random.choice(OPEN_STAGES)) for day, name in enumerate(names, 1)]
    return sorted(acts, key=lambda act: act[0])


def _story_of(deal, random):
    at = START + timedelta(days=random.randrange(300), seconds=random.randrange(30000))
    born = random.choice(("create", "create", "create", "lead"))
    acts = [(at, deal, born, random.choice((*OPEN_STAGES, "Contact", "Contact", "Closed")))]
    if born == "lead":
        at += timedelta(hours=5)
        acts.append((at, deal, "move", random.choice(OPEN_STAGES)))
        at += timedelta(hours=random.randrange(1, 90))
        acts.append((at, deal, "convert", None))
    # What happens at the instant of its creation, Odoo does not track.
    at += timedelta(minutes=20)
    for _act in range(random.randrange(9)):
        # Nothing in between at times: the same instant; or minutes, as after a slip; or as long as it takes.
        step = random.choice((0, 240, 3600, 86400, 86400, 864000, 2592000))
        at += timedelta(seconds=step * random.choice((1, 1, 2)))
        act = random.choices(("move", "win", "lose", "archive", "restore", "unconvert"), weights=(12, 2, 2, 1, 3, 0.4))[
            0
        ]
        stage = random.choice(("Closed", "Paid") if act == "win" else OPEN_STAGES)
        acts.append((at, deal, act, stage))
        if random.random() < 0.1:
            # A slip: elsewhere, and back within minutes, if it was there.
            slip = random.choice([name for name in OPEN_STAGES if name != stage])
            acts += [
                (at + timedelta(hours=1), deal, "move", slip),
                (at + timedelta(hours=1, minutes=3), deal, act, stage),
            ]
            at += timedelta(hours=2)
    return acts


def plain_story(seed, deals):
    """Like :func:`story`, of moves, wins, losses and reopenings alone: what the history of another program can tell.

    :return: (acts, rows of a file)
    """
    random = Random(seed)
    acts, rows = [], [("deal", "at", "event", "stage")]
    for number in range(deals):
        deal, at = (
            f"Deal {seed}-{number}",
            START + timedelta(days=random.randrange(300), seconds=random.randrange(30000)),
        )
        stage, is_open = random.choice(OPEN_STAGES), True
        acts.append((at, deal, "create", stage))
        rows.append((deal, at, "stage", stage))
        for _act in range(random.randrange(8)):
            # At times within the same second, but never so soon that it might have been a slip.
            at += timedelta(seconds=random.choice((0, 3600, 86400, 864000)))
            act = random.choices(("move", "win", "lose"), weights=(8, 1, 1))[0] if is_open else "reopen"
            stage = random.choice(("Closed", "Paid") if act == "win" else OPEN_STAGES)
            if act == "reopen":
                acts.append((at, deal, "restore", stage))
            acts.append((at, deal, "move" if act == "reopen" else act, stage))
            event = {"win": "won", "lose": "lost"}.get(act, "stage")
            rows.append((deal, at, event, "No decision" if act == "lose" else stage))
            is_open = act not in ("win", "lose")
    return sorted(acts, key=lambda act: act[0]), rows
