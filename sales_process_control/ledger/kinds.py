"""Kinds of lines of the movement ledger."""

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

#: A deal enters the pipeline.
ENTRIES = (CREATED, REOPENED, RESTORED)
#: A deal leaves the pipeline.
ENDS = (WON, LOST, REMOVED)
#: The stage of an open deal changes.
STAGE_MOVES = (ADVANCED, MOVED_BACK)
#: The expected closing of an open deal changes.
DATE_MOVES = (PULLED_IN, PUSHED_OUT)
