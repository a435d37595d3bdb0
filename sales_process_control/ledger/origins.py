"""How a row of a ledger came to be known."""

LIVE = "live"  # recorded when the deal changed
BACKFILL = "backfill"  # rebuilt at installation from what Odoo has tracked
IMPORT = "import"  # imported from another program
REPAIR = "repair"  # added by the daily audit
