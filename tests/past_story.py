"""Random histories of deals, in whole seconds, for `past_player.py`. They need no more than CRM."""

from datetime import datetime, timedelta
from random import Random

#: name: (sequence, is_won). Equal sequences are common in practice. No database has stages with these names.
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
    """Return a random story.

    :return: list of (instant, deal, action, stage or deal to merge with), ordered by instant
    """
    random = Random(seed)
    actions = []
    for number in range(deals):
        actions += _story_of(f"Deal {seed}-{number}", random)
    names = [f"Deal {seed}-{number}" for number in range(deals)]
    at = START + timedelta(days=500)
    for _merge in range(deals // 10):
        kept, gone = random.sample(names, 2)
        names.remove(gone)
        at += timedelta(days=1)
        actions.append((at, kept, "merge", gone))
    # Moves after the merges: their tracking comes after that of the merged deals.
    actions += [
        (at + timedelta(days=day), name, "move", random.choice(OPEN_STAGES)) for day, name in enumerate(names, 1)
    ]
    return sorted(actions, key=lambda action: action[0])


def _story_of(deal, random):
    at = START + timedelta(days=random.randrange(300), seconds=random.randrange(30000))
    first_action = random.choice(("create", "create", "create", "lead"))
    actions = [(at, deal, first_action, random.choice((*OPEN_STAGES, "Contact", "Contact", "Closed")))]
    if first_action == "lead":
        at += timedelta(hours=5)
        actions.append((at, deal, "move", random.choice(OPEN_STAGES)))
        at += timedelta(hours=random.randrange(1, 90))
        actions.append((at, deal, "convert", None))
    # Odoo does not track changes in the transaction of the creation.
    at += timedelta(minutes=20)
    for _action in range(random.randrange(9)):
        # Steps of 0 s give the same instant, 240 s is within the five minutes of an undo.
        step = random.choice((0, 240, 3600, 86400, 86400, 864000, 2592000))
        at += timedelta(seconds=step * random.choice((1, 1, 2)))
        action = random.choices(
            ("move", "win", "lose", "archive", "restore", "unconvert"), weights=(12, 2, 2, 1, 3, 0.4)
        )[0]
        stage = random.choice(("Closed", "Paid") if action == "win" else OPEN_STAGES)
        actions.append((at, deal, action, stage))
        if random.random() < 0.1:
            # A move to another stage that is undone within five minutes, if the deal is in this stage.
            other_stage = random.choice([name for name in OPEN_STAGES if name != stage])
            actions += [
                (at + timedelta(hours=1), deal, "move", other_stage),
                (at + timedelta(hours=1, minutes=3), deal, action, stage),
            ]
            at += timedelta(hours=2)
    return actions


def plain_story(seed, deals):
    """Return a random story of moves, wins, losses and reopenings, which are all that an imported file can express.

    :return: (actions as of :func:`story`, rows of a CSV file with its header)
    """
    random = Random(seed)
    actions, rows = [], [("deal", "at", "event", "stage")]
    for number in range(deals):
        deal, at = (
            f"Deal {seed}-{number}",
            START + timedelta(days=random.randrange(300), seconds=random.randrange(30000)),
        )
        stage, is_open = random.choice(OPEN_STAGES), True
        actions.append((at, deal, "create", stage))
        rows.append((deal, at, "stage", stage))
        for _action in range(random.randrange(8)):
            # Sometimes in the same second, but never within the five minutes of an undo.
            at += timedelta(seconds=random.choice((0, 3600, 86400, 864000)))
            action = random.choices(("move", "win", "lose"), weights=(8, 1, 1))[0] if is_open else "reopen"
            stage = random.choice(("Closed", "Paid") if action == "win" else OPEN_STAGES)
            if action == "reopen":
                actions.append((at, deal, "restore", stage))
            actions.append((at, deal, "move" if action == "reopen" else action, stage))
            event = {"win": "won", "lose": "lost"}.get(action, "stage")
            rows.append((deal, at, event, "No decision" if action == "lose" else stage))
            is_open = action not in ("win", "lose")
    return sorted(actions, key=lambda action: action[0]), rows
