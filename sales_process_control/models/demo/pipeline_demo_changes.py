"""What happens to the deals of the demonstration besides coming, moving and ending.

All of it lies before how a deal stands at the end of its story, so that it stands there as it did. What it takes is no
matter of chance: the last thirty days have one of each kind, on whatever day the demonstration is installed.
"""

from datetime import datetime, timedelta

#: The columns of a line.
AT, EVENT, STAGE, AMOUNT, CLOSING, SELLER, TEAM = 1, 2, 3, 4, 5, 7, 8
#: Whose deals a seller takes over.
COLLEAGUES = {"anna": "ben", "ben": "admin", "admin": "anna", "david": "elena", "elena": "david"}
#: Deals in which nothing has happened for so many days have something happen since.
QUIET_DAYS = 15
#: One deal in so many was taken over by another seller, or promised for an earlier day, in the course of its year.
HANDED_OVER, PULLED_IN = 8, 7


class DemoChanges:
    """Adds to the stories of the deals.

    :param stories: the lines of each deal, which are changed
    :param stages: their names, in their order
    :param today: midnight, the end of the year
    """

    def __init__(self, stories, stages, today):
        self._today = today
        #: (since when, until when or None) by name of a deal that was set aside.
        self.absences = {}
        for number, story in enumerate(stories):
            if len(story) > 1 and not number % HANDED_OVER:
                self._change(story[:1], SELLER, COLLEAGUES[story[0][SELLER]], story)
            if len(story) > 2 and not number % PULLED_IN:
                self._delay(story, 1, 12)
        quiet = [story for story in stories if self._is_quiet(story)]
        farther = next(story for story in quiet if story[-1][STAGE] != stages[0])
        quiet.remove(farther)
        self._go_back(farther, stages)
        acts = (self._hand_over, self._pull_in, self._push_out, self._raise, self._reduce)
        acts += (self._lose_and_reopen, self._take_away_for_a_while, self._take_away)
        for act, story in zip(acts, quiet, strict=False):
            act(story)

    def _is_quiet(self, story):
        at, event = datetime.fromisoformat(story[-1][AT].rstrip("Z")), story[-1][EVENT]
        return event == "stage" and at < self._today - timedelta(days=QUIET_DAYS)

    def _ago(self, days):
        return self._today - timedelta(days=days) + timedelta(hours=10, minutes=days)

    def _change(self, lines, column, value, story):
        """Let some lines have said otherwise."""
        for line in lines:
            changed = list(line)
            changed[column] = value(line[column]) if callable(value) else value
            story[story.index(line)] = tuple(changed)

    def _delay(self, story, lines, days):
        """Let the first lines have told another expected closing."""
        self._change(
            story[:lines], CLOSING, lambda day: str((datetime.fromisoformat(day) + timedelta(days=days)).date()), story
        )

    def _again(self, story, days, **changes):
        """Say once more how the deal stands, so many days ago."""
        line = list(story[-1])
        line[AT] = self._ago(days).isoformat() + "Z"
        line[EVENT], line[STAGE] = changes.get("event", line[EVENT]), changes.get("stage", line[STAGE])
        story.append(tuple(line))

    def _hand_over(self, story):
        self._again(story, 11)
        self._change(story[:-1], SELLER, COLLEAGUES[story[0][SELLER]], story)

    def _pull_in(self, story):
        self._again(story, 13)
        self._delay(story, len(story) - 1, 25)

    def _push_out(self, story):
        self._again(story, 9)
        self._delay(story, len(story) - 1, -18)

    def _raise(self, story):
        self._again(story, 8)
        self._change(story[:-1], AMOUNT, lambda amount: max(amount - 3500, 500), story)

    def _reduce(self, story):
        self._again(story, 10)
        self._change(story[:-1], AMOUNT, lambda amount: amount + 2500, story)

    def _go_back(self, story, stages):
        """To the stage before and, a week later, on again."""
        stage = story[-1][STAGE]
        self._again(story, 12, stage=stages[stages.index(stage) - 1])
        self._again(story, 4, stage=stage)

    def _lose_and_reopen(self, story):
        stage = story[-1][STAGE]
        self._again(story, 14, event="lost", stage="No decision")
        self._again(story, 5, event="stage", stage=stage)

    def _take_away_for_a_while(self, story):
        self.absences[story[0][0]] = [(self._ago(12), self._ago(3))]

    def _take_away(self, story):
        self.absences[story[0][0]] = [(self._ago(7), None)]
