"""If Sales and Invoicing are installed, orders and payments settle open hot flags."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from scratch import copied

from odoo import SUPERUSER_ID, api


@pytest.fixture(scope="module")
def sale_db(full_db):
    """A database with the module, Sales and Invoicing, and other neighbours."""
    with copied(full_db) as name:
        yield name


@pytest.fixture
def shop(sale_db, monkeypatch):
    """A customer with flags in a transaction that is rolled back."""
    from odoo.modules.registry import Registry

    registry = Registry(sale_db)
    # Jobs commit after each batch, which would prevent the rollback.
    monkeypatch.setattr(registry["ir.cron"], "_commit_progress", lambda *_arguments, **_options: 60.0)
    with registry.cursor() as cr:
        yield Shop(api.Environment(cr, SUPERUSER_ID, {}))
        cr.rollback()
    registry.clear_all_caches()


class Shop:
    """A customer with a contact, and methods that create flags, orders, invoices and payments."""

    def __init__(self, env):
        self.env = env
        self.now = env.cr.now().replace(microsecond=0)
        self.customer, self.stranger = env["res.partner"].create(
            [{"name": "Buying Works", "is_company": True}, {"name": "Strange Works", "is_company": True}]
        )
        self.buyer = env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self.product = env["product.product"].create({"name": "Machine", "type": "service", "invoice_policy": "order"})

    def day_of(self, instant):
        """Return the date of an instant in the company's time zone."""
        zone = ZoneInfo(self.env.company.resource_calendar_id.tz)
        return instant.replace(tzinfo=timezone.utc).astimezone(zone).date()

    def flag(self, kind, days_ago=10, **values):
        """Create a flag on the customer, or on a deal if `lead_id` is given.

        :param int days_ago: how many days ago it was raised
        """
        raised_at = self.now - timedelta(days=days_ago)
        customer = {"partner_id": self.customer.id} if "lead_id" not in values else {}
        return self.env["crm.hot.flag"].create(
            {"note": "About to act", "kind": kind, "raised_at": raised_at, **customer, **values}
        )

    def order(self, partner, days_ago=None, **values):
        """Create an order.

        :param int days_ago: how many days ago it was confirmed; without it, it is a quotation
        """
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "price_unit": 100, "tax_ids": False})],
                **values,
            }
        )
        if days_ago is not None:
            order.action_confirm()
            order.date_order = self.now - timedelta(days=days_ago)
        return order

    def invoice(self, partner, amount=100):
        """Create a posted invoice."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": self.now.date() - timedelta(days=30),
                "invoice_line_ids": [(0, 0, {"name": "Machine", "price_unit": amount, "tax_ids": False})],
            }
        )
        invoice.action_post()
        return invoice

    def pay(self, invoice, days_ago=0, amount=None):
        """Register a payment now.

        :param int days_ago: how many days ago it was made
        :param amount: a partial amount; without it, the whole one
        """
        values = {"payment_date": self.now.date() - timedelta(days=days_ago)}
        if amount:
            values["amount"] = amount
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create(values)._create_payments()

    def settle(self):
        """Run the daily job."""
        self.env.flush_all()
        self.env["crm.hot.settler"]._cron_settle()


def test_a_confirmed_order_settles_a_reorder_flag_as_kept(shop):
    flag, payment = shop.flag("reorder"), shop.flag("payment")
    shop.order(shop.buyer, days_ago=2)
    shop.order(shop.customer, days_ago=5)
    shop.settle()
    assert (flag.outcome, flag.closed_at) == ("kept", shop.now - timedelta(days=5))
    assert not flag.closed_by_id
    assert payment.outcome == "open"


def test_days_late_of_a_reorder(shop):
    flag = shop.flag("reorder", due_date=shop.day_of(shop.now - timedelta(days=9)))
    shop.order(shop.customer, days_ago=5)
    shop.settle()
    assert flag.days_late == 4


def test_other_orders_do_not_settle_a_reorder_flag(shop):
    flag = shop.flag("reorder")
    shop.order(shop.customer)
    shop.order(shop.customer, days_ago=11)
    shop.order(shop.stranger, days_ago=2)
    shop.order(shop.customer, days_ago=2)._action_cancel()
    other = shop.env["res.company"].create({"name": "Second Company"})
    order = shop.order(shop.customer, days_ago=2)
    shop.env.flush_all()
    shop.env.cr.execute("UPDATE sale_order SET company_id = %s WHERE id = %s", [other.id, order.id])
    shop.env.invalidate_all()
    shop.settle()
    assert flag.outcome == "open"


def test_an_order_settles_the_flag_on_a_deal(shop):
    deal = shop.env["crm.lead"].create({"name": "Again", "type": "opportunity", "partner_id": shop.buyer.id})
    flag = shop.flag("reorder", lead_id=deal.id)
    shop.order(shop.customer, days_ago=1)
    assert deal.is_hot
    shop.settle()
    assert (flag.outcome, deal.is_hot, deal.hot_flag_id.id) == ("kept", False, False)


@pytest.mark.parametrize("has_entries", [True, False])
def test_a_paid_invoice_settles_a_payment_flag_as_kept(shop, has_entries, monkeypatch):
    if not has_entries:
        # As with the accounting app: a payment has no journal entry until the bank statement is reconciled.
        monkeypatch.setattr(shop.env.registry["account.move"], "_get_invoice_in_payment_state", lambda _: "in_payment")
    flag, reorder = shop.flag("payment"), shop.flag("reorder")
    invoice = shop.invoice(shop.buyer)
    shop.settle()
    assert flag.outcome == "open"
    if has_entries:
        # Without journal entries, Odoo treats any payment as complete.
        shop.pay(invoice, amount=40)
        shop.settle()
        assert flag.outcome == "open"
    shop.pay(invoice)
    assert invoice.payment_state in ("paid", "in_payment")
    assert bool(invoice.line_ids.matched_credit_ids) == has_entries
    shop.settle()
    assert (flag.outcome, flag.closed_at.date()) == ("kept", shop.now.date())
    assert reorder.outcome == "open"


def test_a_payment_that_is_entered_later_counts_on_its_own_date(shop):
    flag = shop.flag("payment", due_date=(shop.now - timedelta(days=4)).date())
    shop.pay(shop.invoice(shop.customer), days_ago=3)
    shop.settle()
    assert (flag.outcome, flag.days_late) == ("kept", 1)
    assert flag.closed_at < datetime.combine(shop.now.date() - timedelta(days=1), time())


def test_earlier_payments_do_not_settle_a_flag(shop):
    shop.pay(shop.invoice(shop.customer))
    shop.pay(shop.invoice(shop.stranger))
    shop.env.flush_all()
    shop.env.cr.execute("UPDATE account_partial_reconcile SET create_date = create_date - interval '20 days'")
    shop.env.cr.execute("UPDATE account_payment SET create_date = create_date - interval '20 days'")
    flag = shop.flag("payment")
    shop.settle()
    assert flag.outcome == "open"


def test_a_credit_note_is_no_payment(shop):
    flag = shop.flag("payment")
    invoice = shop.invoice(shop.customer)
    reversal = shop.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
    reversal.create({"journal_id": invoice.journal_id.id}).reverse_moves(is_modify=True)
    shop.settle()
    assert flag.outcome == "open"
