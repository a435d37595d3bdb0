from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...ledger import outcomes
from ...report.crm_stage_visit import STAY
from ..recording.crm_pipeline_movement import ORIGINS
from ..screen.crm_screen_block import OPEN_DEAL

#: How many days with moves in bulk are named.
MOST_DAYS = 3
CORRECTION = Domain("outcome", "=", outcomes.CORRECTION)
BULK, SAME_DAY = Domain("is_bulk", "=", True), Domain("is_same_day", "=", True)
NO_AMOUNT, NO_CLOSING = Domain("expected_revenue", "=", 0), Domain("date_deadline", "=", False)


class CrmReviewTrust(models.AbstractModel):
    """How far the numbers can be trusted: how visits came to be known, and which say little about the process.

    Definitions: docs/definitions.md, Reliability of these numbers.
    """

    _name = "crm.review.trust"
    _inherit = "crm.review.block"
    _description = "Process Review: Reliability"

    _block_key = "trust"
    _block_sequence = 50
    _block_is_later = True

    def _read_block(self, scope):
        by_origin = self._read_visits(scope)
        counts = {key: sum(row[key] for row in by_origin.values()) for key in ("visits", "corrections", "same_day")}
        bulk_days, bulk = self._read_bulk(scope)
        labels = self._labels()
        names = dict(self.env["crm.stage.visit"]._fields["origin"]._description_selection(self.env))
        return {
            "visits": self._visits_number(scope, counts["visits"], labels["visits"], STAY),
            "origins": [
                {
                    "key": key,
                    "name": names[key],
                    "number": self._visits_number(
                        scope,
                        by_origin.get(key, {}).get("visits", 0),
                        self.env._("Visits: %s", names[key]),
                        STAY & Domain("origin", "=", key),
                    ),
                }
                for key, _label in ORIGINS
            ],
            "corrections": self._visits_number(scope, counts["corrections"], labels["corrections"], CORRECTION),
            "bulk": self._visits_number(scope, bulk, labels["bulk"], BULK),
            "bulk_days": bulk_days,
            "same_day": self._visits_number(scope, counts["same_day"], labels["same_day"], SAME_DAY),
            **self._describe_deals_without(scope, labels),
        }

    def _labels(self):
        return {
            "visits": self.env._("Visits of the Period"),
            "corrections": self.env._("Corrections"),
            "bulk": self.env._("Moved in Bulk"),
            "same_day": self.env._("Moved On the Same Day"),
            "no_amount": self.env._("Open Deals Without an Amount"),
            "no_closing": self.env._("Open Deals Without an Expected Closing"),
        }

    def _visits_domain(self, scope):
        return scope.in_period("entered_day") & scope.domain()

    def _visits_number(self, scope, value, name, condition):
        return self._number(value, name, "crm.stage.visit", self._visits_domain(scope) & condition)

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def _read_visits(self, scope):
        """Return counts of the rows of the period by origin."""
        visits = self.env["crm.stage.visit"]
        query = visits._search(self._visits_domain(scope))
        alias = query.table
        origin, outcome = (visits._field_to_sql(alias, name, query) for name in ("origin", "outcome"))
        query.groupby, query.order = origin, None
        columns = {
            "origin": origin,
            "visits": SQL("count(*) FILTER (WHERE %s NOT IN %s)", outcome, outcomes.NO_STAY),
            "corrections": SQL("count(*) FILTER (WHERE %s = %s)", outcome, outcomes.CORRECTION),
            "same_day": SQL("count(*) FILTER (WHERE %s)", visits._is_same_day_to_sql(alias, query)),
        }
        rows = self.env.execute_query_dict(
            query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))
        )
        return {row["origin"]: row for row in rows}

    def _read_bulk(self, scope):
        """Return the days with the most visits that began in bulk, and the number of all such visits."""
        visits = self.env["crm.stage.visit"]
        query = visits._search(self._visits_domain(scope) & BULK)
        day, mover_ref = (visits._field_to_sql(query.table, name, query) for name in ("entered_day", "mover_ref"))
        query.groupby, query.order = SQL("1, 2"), None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day, mover_ref, %s, count, (sum(count) OVER ())::int FROM (%s) moved
                ORDER BY count DESC, day DESC, mover_ref LIMIT %s
                """,
                self._name_of_user_sql(SQL("mover_ref")),
                query.select(SQL("%s AS day", day), SQL("%s AS mover_ref", mover_ref), SQL("count(*) AS count")),
                MOST_DAYS,
            )
        )
        days = [
            {
                "day": fields.Date.to_string(day),
                "user_name": name or self.env._("User %s", mover_ref),
                "number": self._visits_number(
                    scope,
                    count,
                    self.env._("Moved in Bulk on %s", format_date(self.env, day)),
                    BULK & Domain("entered_day", "=", fields.Date.to_string(day)) & Domain("mover_ref", "=", mover_ref),
                ),
            }
            for day, mover_ref, name, count, _all in rows
        ]
        return days, rows[0][-1] if rows else 0

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    def _describe_deals_without(self, scope, labels):
        """Return the open deals without an amount, and those without an expected closing, as of now."""
        domain = OPEN_DEAL & scope.domain()
        leads = self.env["crm.lead"]
        query = leads._search(domain)
        amount, closing = (
            leads._field_to_sql(query.table, name, query) for name in ("expected_revenue", "date_deadline")
        )
        query.order = None
        [counts] = self.env.execute_query(
            query.select(
                SQL("count(*) FILTER (WHERE COALESCE(%s, 0) = 0)", amount),
                SQL("count(*) FILTER (WHERE %s IS NULL)", closing),
            )
        )
        conditions = {"no_amount": NO_AMOUNT, "no_closing": NO_CLOSING}
        return {
            key: self._number(count, labels[key], "crm.lead", domain & condition)
            for (key, condition), count in zip(conditions.items(), counts, strict=True)
        }
