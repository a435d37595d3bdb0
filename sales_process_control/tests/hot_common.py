from datetime import timedelta

from .common import PipelineCase


class HotCase(PipelineCase):
    """Deals and customers that may be hot, seen by a seller; it is Monday, 2 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Flag = cls.env["crm.hot.flag"]
        cls.Flag.search([]).unlink()
        cls.customer, cls.other_customer = cls.env["res.partner"].create(
            [{"name": "Hot Customer Works", "is_company": True}, {"name": "Other Customer Works", "is_company": True}]
        )
        cls.buyer = cls.env["res.partner"].create({"name": "Buyer of Works", "parent_id": cls.customer.id})
        cls.env.cr.flush()

    def day(self, days):
        """The day that lies so many days ahead."""
        return self.env.cr.now().date() + timedelta(days=days)

    def raise_flag(self, on, user=None, **values):
        """Raise a flag on a deal or a customer as the seller, or as somebody else."""
        occasion = {"lead_id": on.id} if on._name == "crm.lead" else {"partner_id": on.id, "kind": "reorder"}
        flag = self.Flag.with_user(user or self.seller).create({"note": "About to act", **occasion, **values})
        return flag.with_user(self.env.user)

    def make_hot_deal(self, deal_values=None, **values):
        """A deal with an open flag on it."""
        deal = self.make_deal(**(deal_values or {}))
        self.env.cr.flush()
        return deal, self.raise_flag(deal, **values)

    def outcome_of(self, flag):
        self.env.cr.flush()
        return flag.outcome

    def assertHot(self, deal, flag):
        """The deal shows the flag, in memory and in the database."""
        expected = (bool(flag), flag, flag.due_date, flag.note)
        for _where in ("memory", "database"):
            self.assertEqual((deal.is_hot, deal.hot_flag_id, deal.hot_due_date, deal.hot_note), expected)
            self.env.flush_all()
            self.env.invalidate_all()
