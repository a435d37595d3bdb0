"""Statuses of a deal (docs/definitions.md, Deals and their states)."""

OPEN = "open"  # active and neither won nor lost
WON = "won"
LOST = "lost"
OUTSIDE = "outside"  # not in the pipeline: a lead, archived without being lost, or deleted
