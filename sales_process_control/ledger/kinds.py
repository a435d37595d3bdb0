"""Kinds of lines of the movement ledger (docs/definitions.md, Pipeline movements).

A new kind needs a constant, a label and an effect here, and the code in ``postings.py`` that posts it. Selections, the
waterfall of the sales funnel and the colors of lists follow.
"""

CREATED = "created"
REOPENED = "reopened"
RESTORED = "restored"
AMOUNT_UP = "amount_up"
AMOUNT_DOWN = "amount_down"
PULLED_IN = "pulled_in"
PUSHED_OUT = "pushed_out"
TRANSFERRED = "transferred"
ADVANCED = "advanced"
MOVED_BACK = "moved_back"
WON = "won"
LOST = "lost"
REMOVED = "removed"

#: Labels by kind, in the order in which selections and the waterfall show them. Translated as labels of the fields.
LABELS = {
    CREATED: "Created",
    REOPENED: "Reopened",
    RESTORED: "Restored",
    AMOUNT_UP: "Amount up",
    AMOUNT_DOWN: "Amount down",
    PULLED_IN: "Pulled in",
    PUSHED_OUT: "Pushed out",
    TRANSFERRED: "Transferred",
    ADVANCED: "Advanced",
    MOVED_BACK: "Moved back",
    WON: "Won",
    LOST: "Lost",
    REMOVED: "Removed",
}
#: Explains all kinds. Translated as the help of the field `kind`.
HELP = (
    "What happened.\n"
    "- Created: the opportunity came into the pipeline for the first time.\n"
    "- Reopened: the opportunity came back after it was won or lost.\n"
    "- Restored: the opportunity came back after it was removed.\n"
    "- Amount up, Amount down: the expected revenue changed.\n"
    "- Pulled in, Pushed out: the expected closing changed to an earlier date, or to a later date or none.\n"
    "- Transferred: the team, salesperson or company changed.\n"
    "- Advanced, Moved back: the stage changed.\n"
    "- Won, Lost, Removed: the opportunity left the pipeline.\n"
    "Moves and transfers have two lines: out of the old place and into the new one."
)

#: Effects of a line on the pipeline, besides WON, LOST and REMOVED. Lists and charts choose colors by them.
ENTRY, GAIN, SETBACK, NEUTRAL = "entry", "gain", "setback", "neutral"
#: Effects by kind.
EFFECTS = {
    CREATED: ENTRY,
    REOPENED: ENTRY,
    RESTORED: ENTRY,
    AMOUNT_UP: GAIN,
    AMOUNT_DOWN: SETBACK,
    PULLED_IN: GAIN,
    PUSHED_OUT: SETBACK,
    TRANSFERRED: NEUTRAL,
    ADVANCED: GAIN,
    MOVED_BACK: SETBACK,
    WON: WON,
    LOST: LOST,
    REMOVED: REMOVED,
}

#: A deal enters the pipeline.
ENTRIES = (CREATED, REOPENED, RESTORED)
#: A deal leaves the pipeline.
ENDS = (WON, LOST, REMOVED)
#: The stage of an open deal changes.
STAGE_MOVES = (ADVANCED, MOVED_BACK)
#: The expected closing of an open deal changes.
DATE_MOVES = (PULLED_IN, PUSHED_OUT)
