from datetime import date

from odoo import Command
from odoo.tests import Form, tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestRecorderPaths(PipelineCase):
    """Both ledgers are right after every kind of change that Odoo offers."""

    def tearDown(self):
        self.assertBalanced()
        super().tearDown()

    def test_batch_with_mixed_stages(self):
        deals = self.Lead.create(
            [
                {"name": "One", "type": "opportunity", "stage_id": self.contact.id, "expected_revenue": 10},
                {"name": "Two", "type": "opportunity", "stage_id": self.bidding.id, "expected_revenue": 20},
                {"name": "Lead", "type": "lead"},
            ]
        )
        self.pass_time(days=1)
        deals.write({"stage_id": self.needs.id})
        self.assertEqual(self.outcomes_of(deals[0]), ["First Contact: advanced", "Needs Analysis: open"])
        self.assertEqual(self.outcomes_of(deals[1]), ["Bidding: moved_back", "Needs Analysis: open"])
        self.assertEqual(self.outcomes_of(deals[2]), [])

    def test_quick_create_and_form(self):
        lead_id, _name = self.Lead.with_context(default_type="opportunity").name_create("From a name")
        form = Form(self.Lead.with_context(default_type="opportunity"))
        form.name = "From a form"
        deal = form.save()
        self.assertEqual(self.outcomes_of(lead_id), ["First Contact: open"])
        self.assertEqual(self.outcomes_of(deal), ["First Contact: open"])

    def test_import(self):
        result = self.Lead.load(
            ["name", "type", "stage_id/.id", "expected_revenue"],
            [["A", "opportunity", str(self.needs.id), "5"], ["B", "opportunity", str(self.talks.id), "7"]],
        )
        self.assertEqual(
            [self.outcomes_of(lead_id) for lead_id in result["ids"]], [["Needs Analysis: open"], ["Negotiation: open"]]
        )

    def test_mail_alias(self):
        message = {
            "subject": "We need an offer",
            "from": "Buyer <buyer@example.com>",
            "email_from": "buyer@example.com",
        }
        lead = self.Lead.message_new(message, {"type": "opportunity", "team_id": self.team.id})
        self.assertEqual(self.outcomes_of(lead), ["First Contact: open"])

    def test_win_splits_the_recordset(self):
        deals = self.make_deal() + self.make_deal(stage_id=self.signed.id)
        self.pass_time(days=1)
        deals.action_set_won()
        self.assertEqual(self.outcomes_of(deals[0])[0], "First Contact: won")
        self.assertEqual(self.kinds_of(deals[0]), ["created", "won"])
        self.assertEqual(self.outcomes_of(deals[1]), [])
        self.assertEqual(self.kinds_of(deals[1]), ["created", "won"])

    def test_lost_restored_won_taken_back(self):
        deal = self.make_deal(stage_id=self.talks.id)
        for step in (
            deal.action_set_lost,
            deal.action_restore,
            deal.action_set_won,
            lambda: deal.write({"stage_id": self.talks.id}),
        ):
            self.pass_time(days=1)
            step()
        self.assertEqual(self.outcomes_of(deal), ["Negotiation: lost", "Negotiation: won", "Negotiation: open"])
        self.assertEqual(self.kinds_of(deal), ["created", "lost", "reopened", "won", "reopened"])
        self.assertEqual(self.visits_of(deal)[1][2], 1)

    def test_lost_to_won_at_once(self):
        deal = self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        deal.action_set_lost()
        self.pass_time(days=1)
        deal.action_set_won()
        self.assertEqual(self.visits_of(deal), [(self.talks, "lost", 1), (self.talks, "won", 0)])
        self.assertEqual(self.kinds_of(deal), ["created", "lost", "reopened", "won"])

    def test_archived_is_removed_and_restored(self):
        deal = self.make_deal(probability=30)
        self.pass_time(days=1)
        deal.action_archive()
        self.pass_time(days=1)
        deal.action_unarchive()
        self.assertEqual(self.outcomes_of(deal), ["First Contact: removed", "First Contact: open"])
        self.assertEqual(self.kinds_of(deal), ["created", "removed", "restored"])

    def test_lead_and_opportunity(self):
        lead = self.Lead.create({"name": "Lead", "type": "lead", "expected_revenue": 40})
        self.assertFalse(lead.stage_entered_at)
        self.pass_time(days=3)
        lead.convert_opportunity(self.env["res.partner"])
        self.assertEqual(self.outcomes_of(lead), ["First Contact: open"])
        self.assertEqual(lead.stage_entered_at, self.env.cr.now())
        self.pass_time(days=1)
        lead.write({"type": "lead", "team_id": lead.team_id.id})
        self.assertEqual(self.kinds_of(lead), ["created", "removed"])
        self.assertFalse(lead.stage_entered_at)

    def test_merge(self):
        master, slave = self.make_deal(stage_id=self.talks.id, probability=80), self.make_deal(probability=10)
        slave_ref = slave.id
        self.pass_time(days=1)
        merged = (master + slave).merge_opportunity()
        self.assertEqual(merged, master)
        self.assertEqual(self.outcomes_of(slave_ref), ["First Contact: removed"])
        self.assertEqual(self.outcomes_of(master), ["Negotiation: open"])

    def test_changed_team_recomputes_the_stage(self):
        self.contact.team_ids = self.team
        inspection = self.env["crm.stage"].create(
            {"name": "Inspection", "sequence": 5, "team_ids": [Command.set(self.other_team.ids)]}
        )
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.team_id = self.other_team
        self.assertEqual(deal.stage_id, inspection)
        self.assertEqual(self.outcomes_of(deal), ["First Contact: moved_back", "Inspection: open"])
        self.assertEqual(deal.stage_entered_at, self.env.cr.now())

    def test_changed_company(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        second = self.env["res.company"].create({"name": "Second", "currency_id": euro.id})
        deal = self.make_deal(team_id=False, user_id=False)
        self.pass_time(days=1)
        deal.write({"company_id": second.id, "expected_revenue": 90})
        self.env.cr.flush()
        lines = self.Movement.search([("lead_ref", "=", deal.id), ("kind", "=", "transferred")], order="id")
        self.assertEqual(
            [(line.currency_id, line.amount) for line in lines], [(self.company.currency_id, -100), (euro, 90)]
        )

    def test_changed_currency_of_the_company(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        (dollar + euro).active = True
        second = self.env["res.company"].create({"name": "Second", "currency_id": dollar.id})
        deal = self.make_deal(team_id=False, user_id=False, company_id=second.id)
        self.pass_time(days=1)
        second.currency_id = euro
        self.assertEqual(self.kinds_of(deal), ["created", "transferred", "transferred"])

    def test_stage_becomes_won_and_stops_being_won(self):
        deal = self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        self.talks.is_won = True
        self.assertEqual(deal.won_status, "won")
        self.assertEqual(self.outcomes_of(deal), ["Negotiation: won"])
        self.pass_time(days=1)
        self.talks.is_won = False
        deal.probability = 40
        self.assertEqual(deal.won_status, "pending")
        self.assertEqual(self.outcomes_of(deal), ["Negotiation: won", "Negotiation: open"])

    def test_deletion(self):
        opened, lost = self.make_deal(), self.make_deal()
        self.pass_time(days=1)
        lost.action_set_lost()
        self.pass_time(days=1)
        opened_ref, lost_ref = opened.id, lost.id
        (opened + lost).unlink()
        self.assertEqual(self.kinds_of(opened_ref), ["created", "removed"])
        self.assertEqual(self.kinds_of(lost_ref), ["created", "lost"], "clean-up does not change history")
        visit = self.Visit.search([("lead_ref", "=", lost_ref)])
        self.assertFalse(visit.lead_id)
        self.assertIn("deleted", visit.display_name)

    def test_copy_has_no_history(self):
        deal = self.make_deal(date_deadline=date(2026, 3, 10))
        self.pass_time(days=5)
        deal.write({"stage_id": self.bidding.id, "date_deadline": date(2026, 3, 20)})
        self.pass_time(days=5)
        copy = deal.copy()
        self.assertEqual(copy.stage_entered_at, self.env.cr.now())
        self.assertEqual(len(self.visits_of(copy)), 1)
        self.assertEqual((copy.push_count, copy.push_days), (0, 0))

    def test_deleted_team_user_and_stage_are_cleared(self):
        user = self.colleague.copy({"login": "leaves", "email": "leaves@example.com"})
        team = self.env["crm.team"].create({"name": "Dissolved", "company_id": False})
        deal = self.make_deal(team_id=team.id, user_id=user.id)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        user.unlink()
        team.unlink()
        self.contact.unlink()
        self.env.cr.flush()
        deal.invalidate_recordset()
        self.assertFalse(deal.user_id or deal.team_id)
        first = self.Visit.search([("lead_ref", "=", deal.id)], order="id", limit=1)
        self.assertFalse(first.stage_id or first.user_id or first.team_id)
        self.assertEqual(first.stage_name, "First Contact")
        with self.no_module_errors():
            self.pass_time(days=1)
            deal.stage_id = self.bidding
            self.env.cr.flush()
        self.assertEqual(self.outcomes_of(deal)[-1], "Bidding: open")

    def test_contexts_that_switch_tracking_off(self):
        deal = self.make_deal()
        for context in ({"tracking_disable": True}, {"mail_notrack": True}, {"mail_create_nolog": True}):
            self.pass_time(days=1)
            stage = self.needs if deal.stage_id == self.contact else self.contact
            deal.with_context(**context).stage_id = stage
        self.assertEqual(
            self.outcomes_of(deal),
            [
                "First Contact: advanced",
                "Needs Analysis: moved_back",
                "First Contact: advanced",
                "Needs Analysis: open",
            ],
        )

    def test_undo_by_the_same_person(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.with_user(self.seller).stage_id = self.talks
        self.pass_time(minutes=4)
        deal.with_user(self.seller).stage_id = self.contact
        self.env.cr.flush()
        self.assertEqual(
            self.outcomes_of(deal),
            ["First Contact: open", "Needs Analysis: correction", "Bidding: correction", "Negotiation: correction"],
        )
        lines = self.Movement.search([("lead_ref", "=", deal.id), ("kind", "!=", "created")])
        self.assertEqual(lines.mapped("is_correction"), [True] * 4)
        self.assertEqual(sum(lines.mapped("amount")), 0)
        self.assertEqual(deal.stage_entered_at, self.start)

    def test_way_back_by_another_person_is_a_move(self):
        deal = self.make_deal(user_id=False)
        self.pass_time(days=1)
        deal.with_user(self.seller).stage_id = self.needs
        self.pass_time(minutes=4)
        deal.with_user(self.manager).stage_id = self.contact
        self.assertEqual(
            self.outcomes_of(deal), ["First Contact: advanced", "Needs Analysis: moved_back", "First Contact: open"]
        )

    def test_deal_without_company_counts_in_the_main_companys_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        second = self.env["res.company"].create({"name": "Second", "currency_id": euro.id})
        self.manager.company_ids |= second
        lead = self.Lead.with_user(self.manager).with_company(second)
        deal = lead.create(
            {"name": "Nobody's", "type": "opportunity", "team_id": False, "user_id": False, "company_id": False}
        )
        self.assertFalse(deal.company_id)
        self.env.cr.flush()
        movement = self.Movement.search([("lead_ref", "=", deal.id)])
        self.assertEqual(movement.currency_id, self.company.currency_id)

    def test_renamed_and_reordered_stages_rewrite_nothing(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        self.needs.write({"name": "Analysis", "sequence": 90})
        self.contact.sequence = 80
        self.env.cr.flush()
        self.assertEqual(
            [
                (visit.stage_name, visit.outcome)
                for visit in self.Visit.search([("lead_ref", "=", deal.id)], order="id")
            ],
            [("First Contact", "advanced"), ("Needs Analysis", "skipped"), ("Bidding", "open")],
        )
