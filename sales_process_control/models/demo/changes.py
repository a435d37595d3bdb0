"""Changes that a drawn year of selling does not have by itself. Pure Python."""

from datetime import datetime, timedelta

from ...history import LOST, STAGE

#: Indexes of columns of :data:`~.year.HEADER`.
NAME, AT, EVENT, STAGE_NAME, AMOUNT, CLOSING, SELLER, TEAM = 0, 1, 2, 3, 4, 5, 7, 8
#: {salesperson: salesperson of the same team who had some of the deals before}.
COLLEAGUES = {
    "anna": "ben",
    "ben": "admin",
    "admin": "demo",
    "demo": "anna",
    "david": "elena",
    "elena": "farid",
    "farid": "chloe",
    "chloe": "david",
}
#: A deal is quiet if it has no events for so many days. Quiet deals get the changes of the last 30 days.
QUIET_DAYS = 15
#: One deal in so many was handed over to another salesperson, or had its expected closing pulled in.
HANDED_OVER, PULLED_IN = 11, 7


class DemoChanges:
    """Adds changes of salesperson, amount and expected closing, and archivings, to the events of the deals.

    The last 30 days get movements of each kind, so that the sales funnel of the demonstration shows them all. Each
    change is made by changing the earlier events of a deal, so that the last state of the deal remains as generated.

    :param stories: the rows of each deal, as :meth:`DemoDeal.rows` returns them; they are changed
    :param stages: names of the stages in their order
    :param today: midnight of today, naive UTC

    :ivar absences: {deal: [(archived at, restored at or None)]} of the deals to archive
    :ivar is_complete: whether there were enough quiet deals for all changes
    """

    def __init__(self, stories, stages, today):
        self._today = today
        self.absences = {}
        for index, story in enumerate(stories):
            if len(story) > 1 and not index % HANDED_OVER:
                self._change(story[:1], SELLER, COLLEAGUES[story[0][SELLER]], story)
            if len(story) > 2 and not index % PULLED_IN:
                self._shift_closing(story, 1, 12)
        quiet = [story for story in stories if self._is_quiet(story)]
        advanced = [story for story in quiet if story[-1][STAGE_NAME] != stages[0]]
        # Deals that somebody has just changed do not look forgotten: the longest silent ones stay as they are.
        quiet = sorted(quiet, key=lambda story: story[-1][AT], reverse=True)
        changes = (self._hand_over, self._lose_and_reopen, self._archive_and_restore, self._archive)
        changes += (self._pull_in, self._push_out, self._increase_amount, self._decrease_amount) * 2
        self.is_complete = bool(advanced) and len(quiet) > len(changes)
        if self.is_complete:
            quiet.remove(advanced[0])
            self._move_back(advanced[0], stages)
        for change, story in zip(changes, quiet, strict=False):
            change(story)

    def _is_quiet(self, story):
        at, event = datetime.fromisoformat(story[-1][AT].rstrip("Z")), story[-1][EVENT]
        return event == STAGE and at < self._today - timedelta(days=QUIET_DAYS)

    def _ago(self, days):
        return self._today - timedelta(days=days) + timedelta(hours=10, minutes=days)

    def _change(self, rows, column, value, story):
        """Change a column of some rows of a story.

        :param value: the new value, or a function from the old value to the new one
        """
        for row in rows:
            changed = list(row)
            changed[column] = value(row[column]) if callable(value) else value
            story[story.index(row)] = tuple(changed)

    def _shift_closing(self, story, row_count, days):
        """Shift the expected closing of the first rows of a story."""
        self._change(
            story[:row_count],
            CLOSING,
            lambda day: str((datetime.fromisoformat(day) + timedelta(days=days)).date()),
            story,
        )

    def _repeat_last(self, story, days, event=None, stage=None):
        """Append the last row of a story again, some days ago, perhaps with another event or stage."""
        row = list(story[-1])
        row[AT] = self._ago(days).isoformat() + "Z"
        row[EVENT], row[STAGE_NAME] = event or row[EVENT], stage or row[STAGE_NAME]
        story.append(tuple(row))

    def _hand_over(self, story):
        self._repeat_last(story, 11)
        self._change(story[:-1], SELLER, COLLEAGUES[story[0][SELLER]], story)

    def _pull_in(self, story):
        self._repeat_last(story, 13)
        self._shift_closing(story, len(story) - 1, 25)

    def _push_out(self, story):
        self._repeat_last(story, 6)
        self._shift_closing(story, len(story) - 1, -18)

    def _increase_amount(self, story):
        self._repeat_last(story, 5)
        self._change(story[:-1], AMOUNT, lambda amount: round(amount * 0.8 / 500) * 500, story)

    def _decrease_amount(self, story):
        self._repeat_last(story, 10)
        self._change(story[:-1], AMOUNT, lambda amount: round(amount * 1.15 / 500) * 500, story)

    def _move_back(self, story, stages):
        """Move a deal to the stage before and, eight days later, to its stage again."""
        stage = story[-1][STAGE_NAME]
        self._repeat_last(story, 12, stage=stages[stages.index(stage) - 1])
        self._repeat_last(story, 4, stage=stage)

    def _lose_and_reopen(self, story):
        stage = story[-1][STAGE_NAME]
        self._repeat_last(story, 14, event=LOST, stage="No decision")
        self._repeat_last(story, 5, event=STAGE, stage=stage)

    def _archive_and_restore(self, story):
        self.absences[story[0][NAME]] = [(self._ago(12), self._ago(3))]

    def _archive(self, story):
        self.absences[story[0][NAME]] = [(self._ago(7), None)]
