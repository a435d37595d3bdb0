from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH
from ..progress.mail_activity import WITH_NEXT_ACTION
from ..screen.crm_screen_block import OPEN_DEAL
from ..screen.crm_screen_sellers import MOST

#: Progress counts as recent for so many days.
RECENT_DAYS = 7
BULK = Domain("is_bulk", "=", True)
#: First visits in stages that require sales actions; of these, those in which all of them were taken.
REQUIRED = Domain("required_taken", "in", ["all", "some", "none"])
TAKEN = Domain("required_taken", "=", "all")
#: Contexts that show the columns of the lists which explain a number.
COLUMNS = {"progress": {"show_last_progress": True}, "steps": {"show_required_taken": True}}


class CrmReviewSellers(models.AbstractModel):
    """Salespeople of a scope: how they work on their deals (docs/definitions.md, By salesperson)."""

    _name = "crm.review.sellers"
    _inherit = ["crm.review.block", "crm.screen.sellers"]
    _description = "Process Review: Salespeople"

    _block_key = "sellers"
    _block_sequence = 40
    _block_is_later = True

    def _read_block(self, scope):
        domains = {name: OPEN_DEAL & scope.domain() & domain for name, domain in self._counted().items()}
        counts = {name: self._count_deals(domain) for name, domain in domains.items()}
        promised = scope.in_period("raised_at") & scope.domain()
        promises, steps, bulk = self._read_promises(promised), self._read_steps(scope), self._read_bulk(scope)
        labels = self._labels()
        return {
            "sellers": [
                {
                    "user_id": user_id,
                    "name": seller,
                    **{
                        name: self._deals_number(
                            counts[name], labels[name], user_id, seller, domain, context=COLUMNS.get(name, {})
                        )
                        for name, domain in domains.items()
                    },
                    "promises": self._describe_promises(promised, user_id, *promises.get(user_id, (0, 0))),
                    "steps": self._describe_steps(scope, user_id, *steps.get(user_id, (0, 0))),
                    "bulk": self._number(
                        bulk.get(user_id, 0) if user_id else 0,
                        self.env._("%(what)s: %(seller)s", what=labels["bulk"], seller=seller),
                        "crm.stage.visit",
                        self._bulk_domain(scope) & Domain("mover_ref", "=", user_id),
                    ),
                }
                for user_id, seller in self._ordered_sellers(counts["open"])
            ],
            "more": max(len(counts["open"]) - MOST, 0),
        }

    def _labels(self):
        return {
            "open": self.env._("Open Deals"),
            "with_next": self.env._("With a Next Action"),
            "progress": self.env._("Progress in the Last 7 Days"),
            "bulk": self.env._("Moved in Bulk"),
        }

    def _counted(self):
        """Return which open deals of each salesperson are counted."""
        recently = fields.Datetime.to_string(self.env.cr.now() - timedelta(days=RECENT_DAYS))
        return {
            "open": Domain.TRUE,
            "with_next": WITH_NEXT_ACTION,
            "progress": Domain("last_progress_at", ">=", recently),
        }

    # ------------------------------------------------------------
    # REQUIRED SALES ACTIONS
    # ------------------------------------------------------------

    def _steps_domain(self, scope):
        return scope.in_period("entered_at") & scope.domain()

    def _read_steps(self, scope):
        """Return (all required actions taken, required) first visits of the period by id of the salesperson."""
        # Only stages that require something: PostgreSQL would look for the actions of each visit of the others, too.
        required = self.env["crm.stage.step"]._read_group([("is_required", "=", True)], ["stage_id"])
        in_stages = Domain("stage_id", "in", [stage.id for (stage,) in required])
        rows = self.env["crm.stage.conversion.report"]._read_group(
            self._steps_domain(scope) & in_stages, ["user_id", "required_taken"], ["__count"]
        )
        found = {}
        for user, taken, count in rows:
            if taken:
                before = found.get(user.id, (0, 0))
                found[user.id] = before[0] + (count if taken == "all" else 0), before[1] + count
        return found

    def _describe_steps(self, scope, user_id, taken, required):
        report, domain = "crm.stage.conversion.report", self._steps_domain(scope) & Domain("user_id", "=", user_id)
        return {
            "taken": self._number(
                taken, self.env._("Required Actions Done"), report, domain & TAKEN, context=COLUMNS["steps"]
            ),
            "required": self._number(
                required,
                self.env._("Visits with Required Actions"),
                report,
                domain & REQUIRED,
                context=COLUMNS["steps"],
            ),
            "rate": taken / required if required >= ENOUGH else False,
        }

    # ------------------------------------------------------------
    # MOVES IN BULK
    # ------------------------------------------------------------

    def _bulk_domain(self, scope):
        """Return the visits of the period that began in bulk, of whatever salesperson: their movers are counted."""
        return BULK & scope.in_period("entered_day") & replace(scope, user_id=False).domain()

    def _read_bulk(self, scope):
        """Return the visits that began in bulk by id of the user who moved the deals."""
        visits = self.env["crm.stage.visit"]
        return dict(visits._read_group(self._bulk_domain(scope), ["mover_ref"], ["__count"]))
