from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .workbench_common import WorkbenchMixin

FIRST = ["state", "hot", "attention", "today", "opportunities"]
LOGGER = "odoo.addons.sales_process_control.models.screen.crm_screen_block"


@tagged("post_install", "-at_install")
class TestWorkbench(WorkbenchMixin, AccessCase):
    """`get_workbench`: scopes, blocks and errors."""

    def fail_with(self, block, error):
        """Return a patch that makes a block raise an error."""
        return patch.object(type(self.env[f"crm.workbench.{block}"]), "_read_block", side_effect=error)

    def test_first_call_and_later_blocks(self):
        answer = self.workbench_of(self.seller)
        self.assertEqual(list(answer["blocks"]), FIRST)
        self.assertEqual((answer["scope"], answer["scopes"], answer["today"]), ("mine", ["mine"], "2026-03-02"))
        self.assertEqual(answer["later"], ["totals", "customers", "funnel", "conversion"])
        for scope in ("team", "all"):
            answer = self.workbench_of(self.manager, scope)
            self.assertEqual((answer["scope"], answer["scopes"]), (scope, ["mine", "team", "all"]))
            self.assertEqual(answer["later"], ["totals", "sellers", "customers", "funnel", "conversion"])

    def test_today_is_the_day_of_the_reader(self):
        self.set_time(self.start.replace(hour=23, minute=30))
        self.assertEqual(self.workbench_of(self.seller, tz="Asia/Tokyo")["today"], "2026-03-03")
        self.assertEqual(self.workbench_of(self.seller, tz="America/Lima")["today"], "2026-03-02")

    def test_some_blocks(self):
        answer = self.workbench_of(self.seller, blocks=["attention", "hot", "attention"])
        self.assertEqual(list(answer["blocks"]), ["attention", "hot"])
        self.assertEqual(self.workbench_of(self.seller, blocks=[])["blocks"], {})

    def test_no_such_scope(self):
        for scope in ("everybody", "", None, False, 7, ["mine"], {"scope": "mine"}, "__class__"):
            with self.subTest(scope=scope), self.assertRaisesRegex(UserError, "your own deals, those of your teams"):
                self.workbench_of(self.manager, scope)

    def test_scope_beyond_the_rights_of_the_reader(self):
        for scope in ("team", "all"):
            with self.subTest(scope=scope), self.assertRaisesRegex(AccessError, "your own deals only"):
                self.workbench_of(self.seller, scope)

    def test_no_such_block(self):
        for blocks in (["profit"], "hot", 7, False, {"hot": 1}, [["hot"]], [None], ["hot", "block"], [{"hot": 1}]):
            with self.subTest(blocks=blocks), self.assertRaisesRegex(UserError, "no such block"):
                self.workbench_of(self.seller, blocks=blocks)
        with self.assertRaisesRegex(UserError, "no such block"):
            self.workbench_of(self.seller, blocks=["sellers"])

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_users_without_rights_in_crm(self):
        """The error names neither scopes nor blocks."""
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            for scope, blocks in (("mine", None), ("all", ["hot"]), ("nonsense", None), ("mine", ["nonsense"])):
                with self.subTest(user=user.login, scope=scope), self.assertRaises(AccessError) as caught:
                    self.workbench_of(user, scope, blocks)
                self.assertNotIn("own", str(caught.exception))

    def test_team_of_somebody_without_one(self):
        answer = self.workbench_of(self.manager, "team")
        self.assert_numbers_open_their_records(answer, self.manager)
        blocks = answer["blocks"]
        self.assertEqual((blocks["hot"]["flags"], blocks["attention"]["deals"], blocks["today"]["entries"]), ([],) * 3)
        self.assertEqual(blocks["opportunities"], {**blocks["opportunities"], "deals": []})
        self.assertEqual(blocks["opportunities"]["closing"]["value"], 0)

    def test_teams_that_one_leads_or_belongs_to(self):
        scope = lambda: set(self.Lead.with_user(self.manager)._workbench_scope("team").team_ids)  # noqa: E731
        self.assertEqual(scope(), set())
        self.team.user_id = self.manager
        self.assertEqual(scope(), set(self.team.ids))
        self.other_team.member_ids = [Command.link(self.manager.id)]
        self.assertEqual(scope(), set((self.team | self.other_team).ids))
        self.other_team.crm_team_member_ids.filtered(lambda member: member.user_id == self.manager).active = False
        self.env.invalidate_all()
        self.assertEqual(scope(), set(self.team.ids))

    def test_a_block_that_fails_fails_alone(self):
        with self.fail_with("attention", ValueError("secret of 7")), self.assertLogs(LOGGER, "ERROR") as logs:
            blocks = self.workbench_of(self.seller)["blocks"]
        self.assertEqual(blocks["attention"], {"error": "This part could not be read."})
        self.assertEqual([name for name in FIRST if "error" in blocks[name]], ["attention"])
        self.assertIn("'attention'", logs.output[0])

    def test_a_block_whose_deals_are_not_found_fails_alone(self):
        """Deals of several blocks are described together, and found before that."""
        attention = type(self.env["crm.workbench.attention"])
        with patch.object(attention, "_find_rows", side_effect=ValueError("secret")), self.assertLogs(LOGGER, "ERROR"):
            blocks = self.workbench_of(self.seller)["blocks"]
        self.assertEqual([name for name in FIRST if "error" in blocks[name]], ["attention"])
        self.assertEqual(list(blocks), FIRST)
        self.assertIn("deals", blocks["opportunities"])

    def test_message_of_a_failing_block(self):
        """Only a plain UserError is shown: other messages may name records that the reader may not read."""
        for error, message in (
            (UserError("Ask for a currency first."), "Ask for a currency first."),
            (AccessError("You may not read Secret (crm.lead: 7)"), "This part could not be read."),
            (MissingError("Record res.partner(7,) was deleted"), "This part could not be read."),
            (KeyError("secret"), "This part could not be read."),
        ):
            with self.subTest(error=error), self.fail_with("hot", error), self.assertLogs(LOGGER, "ERROR"):
                self.assertEqual(self.workbench_of(self.seller)["blocks"]["hot"], {"error": message})

    def test_a_statement_that_fails(self):
        """The transaction is aborted, so that the remaining blocks are marked to be read again."""

        def fail(block, _scope):
            block.env.cr.execute("SELECT secret FROM nowhere")

        block = type(self.env["crm.workbench.today"])
        self.env.cr.flush()
        with mute_logger("odoo.sql_db"), self.assertLogs(LOGGER, "ERROR"), patch.object(block, "_read_block", fail):
            savepoint = self.env.cr.savepoint(flush=False)
            blocks = self.Lead.with_user(self.seller).get_workbench("mine")["blocks"]
            savepoint.close(rollback=True)
        self.assertFalse([name for name in ("hot", "attention") if "error" in blocks[name]])
        self.assertEqual(blocks["today"], {"error": "This part could not be read."})
        self.assertEqual(blocks["opportunities"], {"error": "This part was not read.", "is_unread": True})
        self.assertNotIn("error", self.block_of(self.seller, "opportunities"))

    def test_errors_that_retry_the_whole_call_are_raised(self):
        for error in (psycopg2.errors.SerializationFailure(), psycopg2.errors.ReadOnlySqlTransaction()):
            with self.subTest(error=error), self.fail_with("hot", error), self.assertRaises(type(error)):
                self.workbench_of(self.seller)

    def test_a_statement_that_takes_too_long_is_the_failure_of_its_block(self):
        for error in (psycopg2.errors.QueryCanceled(), psycopg2.errors.OutOfMemory()):
            with self.subTest(error=error), self.fail_with("today", error), self.assertLogs(LOGGER, "ERROR"):
                blocks = self.workbench_of(self.seller)["blocks"]
                self.assertEqual(blocks["today"], {"error": "This part could not be read."})
                self.assertIn("flags", blocks["hot"])
                self.assertTrue(blocks["opportunities"]["is_unread"])

    def test_without_a_connection_nothing_is_answered(self):
        with self.fail_with("hot", psycopg2.InterfaceError()), self.assertRaises(psycopg2.InterfaceError):
            self.workbench_of(self.seller)

    def test_reads_only(self):
        """The first call, and each block alone, run on a read-only replica."""
        self.assertTrue(self.Lead.get_workbench._readonly)
        self.team.user_id = self.manager
        for user, scope in ((self.seller, "mine"), (self.manager, "team"), (self.manager, "all")):
            first = self.workbench_of(user, scope)
            for blocks in (None, *([name] for name in (*FIRST, *first["later"]))):
                with self.subTest(scope=scope, blocks=blocks), self.env.cr.savepoint(flush=False) as savepoint:
                    self.env.cr.execute("SET TRANSACTION READ ONLY")
                    self.env.invalidate_all(flush=False)
                    answer = self.Lead.with_user(user).get_workbench(scope, blocks)
                    self.assertFalse([name for name, block in answer["blocks"].items() if "error" in block])
                    savepoint.rollback()
