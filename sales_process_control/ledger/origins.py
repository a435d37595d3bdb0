"""Origins of rows of both ledgers (docs/definitions.md, Origin of rows)."""

LIVE = "live"  # recorded when the deal changed
BACKFILL = "backfill"  # rebuilt at installation from what Odoo has tracked
IMPORT = "import"  # imported from another program
REPAIR = "repair"  # added by the daily audit
