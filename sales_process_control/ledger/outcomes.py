"""Outcomes of rows of the visit ledger (docs/definitions.md, Stage visits)."""

OPEN = "open"  # the deal is still in the stage
ADVANCED = "advanced"
MOVED_BACK = "moved_back"
WON = "won"
LOST = "lost"
REMOVED = "removed"  # deleted, merged, archived without being lost, or turned back into a lead
SKIPPED = "skipped"  # passed by a jump to a later stage
CORRECTION = "correction"  # undone within five minutes by the same person

#: Outcomes by which a deal left the pipeline.
ENDS = (WON, LOST, REMOVED)
#: Outcomes by which a deal went on to a later stage or was won.
WENT_ON = (ADVANCED, WON)
#: Outcomes of rows during which the deal was not in the stage: they count in no duration.
NO_STAY = (SKIPPED, CORRECTION)
