import json
from datetime import timedelta

from odoo.tools.json import json_default

from .common import EMPTY_LEDGERS, AccessCase
from .workbench_common import WorkbenchMixin


class ReviewStagesCase(WorkbenchMixin, AccessCase):
    """Deals that were decided in the last six months and in the six months before, and the block *Stages*."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead.browse([deal.id for deal in cls.deals.values()]).unlink()
        cls.env.cr.flush()
        cls.env.cr.execute(EMPTY_LEDGERS)
        cls.env["crm.lost.reason"].search([]).active = False
        cls.price, cls.rival = cls.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Rival"}])
        cls.now = cls.start
        # The six months up to 2 March begin on 3 September.
        cls.early = cls.start - timedelta(days=300)
        cls.lately = cls.start - timedelta(days=100)

    def settle(self, converted, lost, at=None, days=5, reasons=(), **values):
        """Make deals that come into Bidding at an instant and are decided some days later.

        :param reasons: reasons of loss of the first deals that are lost
        :return: the deals, those that went on first
        """
        self.set_time(at or self.lately)
        deals = self.make_many(converted + lost, **{"stage_id": self.bidding.id, **values})
        self.pass_time(days=days)
        deals[:converted].write({"stage_id": self.talks.id})
        losers = deals[converted:]
        for reason in dict.fromkeys(reasons):
            of_reason = [deal.id for deal, its in zip(losers, reasons, strict=False) if its == reason]
            losers.browse(of_reason).action_set_lost(lost_reason_id=reason.id)
        losers[len(reasons) :].action_set_lost()
        self.set_time(self.now)
        return deals

    def make_step(self, **values):
        """Make a required sales action of Bidding, which is older than all deals."""
        self.set_time(self.early - timedelta(days=1))
        values = {"name": "References sent", "stage_id": self.bidding.id, "is_required": True, **values}
        step = self.env["crm.stage.step"].create(values)
        self.set_time(self.now)
        return step

    def take(self, step, deals, at=None):
        """Record that deals have taken a sales action."""
        at = at or self.env.cr.now()
        values = {"step_id": step.id, "stage_id": step.stage_id.id, "date": at, "source": "recorded"}
        self.env["crm.lead.progress"].create([{**values, "lead_id": deal.id} for deal in deals])

    def review_of(self, user=None, context=None, **arguments):
        """Return the block as the browser receives it, with the details of its stages."""
        user = user or self.manager
        self.env.cr.flush()
        self.env.invalidate_all()
        context = {**self.context_of(user), **(context or {})}
        review = self.env["crm.process.review"].with_user(user)
        review = review.with_context(context)  # pylint: disable=context-overridden
        answer = review.get_review(**{"blocks": ["stages", "details"], **arguments})
        # Infinite numbers and those that are not numbers would not reach the browser.
        blocks = json.loads(json.dumps(answer["blocks"], allow_nan=False, default=json_default))
        self.assertNotIn("error", blocks["stages"])
        self.assertNotIn("error", blocks["details"])
        details = {stage["stage_id"]: stage for stage in blocks["details"]["stages"]}
        for card in blocks["stages"]["stages"]:
            more = details[card["stage_id"]]
            card.update({**more, "dwell": {**card["dwell"], **more["dwell"]}})
        return blocks["stages"]

    def card(self, stage=None, user=None, **arguments):
        """Return the card of a stage, by default of Bidding."""
        stage = stage or self.bidding
        return next(card for card in self.review_of(user, **arguments)["stages"] if card["stage_id"] == stage.id)

    def values_of(self, card, *names):
        return tuple(card[name]["value"] for name in names)
