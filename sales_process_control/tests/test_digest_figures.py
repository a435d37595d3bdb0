from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.addons.digest.models import digest as digest_model
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .weekly_common import MONDAY, WeeklyCase

FIGURES = (
    "kpi_pipeline_won",
    "kpi_pipeline_lost",
    "kpi_pipeline_change",
    "kpi_promises_kept",
    "kpi_sales_forecast",
)


@tagged("post_install", "-at_install")
class TestDigestFigures(WeeklyCase):
    """The figures of Odoo's digest are those of the screens for the receiver, and open their records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = cls.env["digest.digest"].create(
            {"name": "Sales", "company_id": cls.company.id, **dict.fromkeys(FIGURES, True)}
        )

    def values(self, user, days=7, end=MONDAY, start=None):
        """Return the values of the figures for a user, in the days before an instant."""
        self.env.cr.flush()
        self.env.invalidate_all()
        digest = (
            self.digest.with_user(user)
            .with_company(user.company_id)
            .with_context(start_datetime=start or end - timedelta(days=days), end_datetime=end)
        )
        return [digest[f"{name}_value"] for name in FIGURES]

    def make_receiver_abroad(self):
        """Make a receiver whose company has a currency of which one unit of the first company's buys two."""
        self.company.currency_id.rate_ids.unlink()
        rate = {"name": "2020-01-01", "rate": 2.0, "company_id": False}
        currency = self.env["res.currency"].create(
            {"name": "DGT", "symbol": "D", "rounding": 0.01, "rate_ids": [Command.create(rate)]}
        )
        second = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        return self.make_user(
            "digest_abroad",
            "sales_team.group_sale_manager",
            company_id=second.id,
            company_ids=[Command.set((second | self.company).ids)],
        )

    def test_equal_to_the_screens(self):
        self.make_golden_history()
        week = self.make_week()
        self.env["crm.forecast"]._cron_store()
        won, lost, change, kept, forecast = self.values(self.manager)
        funnel = (
            self.env["crm.pipeline.movement"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .get_funnel("2026-03-15", "2026-03-08")
        )
        bars = {bar["kind"]: bar["number"] for bar in funnel["waterfall"]}
        self.assertEqual((won, lost), (1, 1))
        self.assertEqual((won, lost), (-bars["won"]["value"], -bars["lost"]["value"]))
        self.assertAlmostEqual(change, bars["closing"]["amount"] - bars["opening"]["amount"])
        self.assertAlmostEqual(change, -1100.5)
        self.assertEqual(kept, 0)
        stored = self.env["crm.forecast"].search(
            [
                ("day", "=", "2026-03-15"),
                ("scope", "=", "company"),
                ("period", "=", "quarter"),
                ("company_id", "=", self.company.id),
                ("date_start", "=", "2026-01-01"),
            ]
        )
        self.assertAlmostEqual(forecast, stored.total_amount)
        self.assertGreater(forecast, 0)
        # Amounts are in the currency of the receiver's company.
        amounts = self.values(self.make_receiver_abroad())[2:5:2]
        self.assertEqual([round(amount, 2) for amount in amounts], [-2201.0, round(2 * forecast, 2)])
        # The day before: nothing happened on Sunday.
        self.assertEqual(self.values(self.manager, days=1)[:3], [0, 0, 0.0])
        # Each receiver has the figures of the deals that he may read.
        week["won"].user_id = self.colleague
        self.make_deal(name="Deal of a colleague", user_id=self.colleague.id)
        self.assertEqual(self.values(self.colleague)[1], 0)

    def test_promises_kept(self):
        deals = kept, _broken, _withdrawn = [self.make_deal(name=name) for name in ("Kept", "Broken", "Withdrawn")]
        self.set_time(datetime(2026, 3, 10, 9))
        flags = self.env["crm.hot.flag"].with_user(self.seller)
        _kept, broken, withdrawn = flags.create(
            [{"note": "Signs", "lead_id": deal.id, "kind": "sign", "due_date": "2026-03-20"} for deal in deals]
        )
        self.env.cr.flush()
        self.pass_time(days=1)
        kept.action_set_won()
        broken.action_settle("broken")
        withdrawn.action_settle("withdrawn")
        self.set_time(MONDAY)
        self.assertEqual(self.values(self.manager)[3], 1)
        self.assertEqual(self.values(self.seller)[3], 1)
        self.assertEqual(self.values(self.manager, days=3)[3], 0)
        digests = self.env["digest.digest"].with_user(self.manager)
        action = digests.open_kpi("kpi_promises_kept", self.company.id, "2026-03-15")
        rows = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertEqual((rows.lead_id.name, len(rows)), ("Kept", self.values(self.manager, days=30)[3]))

    def test_links(self):
        """A link opens the records of thirty days, of which those of each period are a part."""
        self.make_golden_history()
        self.make_week()
        self.env["crm.forecast"]._cron_store()
        actions = self.digest._compute_kpis_actions(self.company, self.manager)
        for name in FIGURES:
            self.assertIn(f"kpi={name}&company={self.company.id}&day=2026-03-15", actions[name])
        digests = self.env["digest.digest"].with_user(self.manager)
        won = digests.open_kpi("kpi_pipeline_won", self.company.id, "2026-03-15")
        lines = self.env[won["res_model"]].with_user(self.manager).search(won["domain"])
        self.assertEqual(len(lines), self.values(self.manager, days=30)[0])
        change = digests.open_kpi("kpi_pipeline_change", self.company.id, "2026-03-15")
        lines = self.env[change["res_model"]].with_user(self.manager).search(change["domain"])
        self.assertAlmostEqual(sum(lines.mapped("amount")), self.values(self.manager, days=30)[2])
        kept = digests.open_kpi("kpi_promises_kept", self.company.id, "2026-03-15")
        self.assertEqual(kept["res_model"], "crm.hot.report")
        forecast = digests.open_kpi("kpi_sales_forecast", self.company.id, "2026-03-15")
        lines = self.env[forecast["res_model"]].with_user(self.manager).search(forecast["domain"])
        last = lines.filtered(lambda line: line.day == date(2026, 3, 15))
        self.assertAlmostEqual(last.total_amount, self.values(self.manager)[4])

    def test_longest_period(self):
        """The longest period of Odoo is a month: a link opens as many days."""
        for days in (31, 30, 29, 28):
            self.set_time(datetime(2026, 4, 15, 9) - timedelta(days=days))
            self.make_deal(name=f"Won {days} days before").action_set_won()
        digests = self.env["digest.digest"].with_user(self.manager)
        for now in (datetime(2026, 4, 15, 9), datetime(2026, 4, 14, 9), datetime(2026, 3, 31, 9)):
            self.set_time(now)
            with patch.object(digest_model, "datetime", wraps=datetime, utcnow=lambda now=now: now):
                start, end = self.digest._compute_timeframes(self.company)[2][1][0]
            action = digests.open_kpi("kpi_pipeline_won", self.company.id, str((now - timedelta(days=1)).date()))
            lines = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
            self.assertEqual(len(lines), self.values(self.manager, end=end, start=start)[0])
            self.assertTrue(lines)

    def test_access(self):
        """Who does not sell gets no figure, as with Odoo's own ones; nobody gets those of other companies."""
        self.make_week()
        plain = self.make_user("digest_plain", groups="base.group_user", company_id=self.company.id)
        names = {kpi["kpi_name"] for kpi in self.digest._compute_kpis(self.company, plain)}
        self.assertFalse(names.intersection(FIGURES))
        names = {kpi["kpi_name"] for kpi in self.digest._compute_kpis(self.company, self.manager)}
        self.assertTrue(names.issuperset(FIGURES))
        second, abroad = self.make_second_company()
        names = {kpi["kpi_name"] for kpi in self.digest._compute_kpis(second, abroad)}
        self.assertFalse(names.intersection(FIGURES))
        digests = self.env["digest.digest"]
        for arguments in (
            ("kpi_pipeline_won", second.id, "2026-03-15"),
            ("kpi_pipeline_won", self.company.id, "yesterday"),
            ("kpi_pipeline_won", self.company.id, "0001-01-01"),
            ("kpi_pipeline_won", self.company.id, False),
            ("name", self.company.id, "2026-03-15"),
            ([], [], []),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                digests.with_user(self.manager).open_kpi(*arguments)
        with self.assertRaises(AccessError):
            digests.with_user(plain).open_kpi("kpi_pipeline_won", self.company.id, "2026-03-15")
        # Without the instants of a digest, and in days to come, figures are nothing.
        self.assertEqual(self.digest.with_user(self.manager).kpi_pipeline_won_value, 0)
        self.assertEqual(self.values(self.manager, end=MONDAY + timedelta(days=30)), [0, 0, 0.0, 0, 0.0])

    def test_off_by_default(self):
        created = self.env["digest.digest"].create({"name": "Another"})
        self.assertFalse(any(created[name] for name in FIGURES))
