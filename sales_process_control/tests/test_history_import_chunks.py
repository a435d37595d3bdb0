import base64
from tempfile import NamedTemporaryFile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..history import splitting
from ..models.history_import import crm_history_importer
from ..models.history_import.history_plan import Options
from .history_common import HEADER, STORY, HistoryImportCase

LONGER = STORY.replace("Bidding", "Survey").replace("Priced Out", "Too “dear”\u2028for them") + (
    "d1,Negotiation,2025-02-02T09:00:00.125Z,,99.95\nd4,Survey,2025-02-01T09:00:00Z,,\nd5,,2025-02-01T09:00:00Z,won,7\n"
)


@tagged("post_install", "-at_install")
class TestHistoryImportChunks(HistoryImportCase):
    """An import in chunks, as the browser requests them."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(crm_history_importer, "CHUNK", 2))

    def started(self, content, **values):
        wizard = self.wizard_of(content, **values)
        wizard.action_preview()
        wizard.action_start()
        return wizard

    def go_on(self, wizard):
        """Import the next chunk with empty caches, as a new request does."""
        self.env.cr.flush()
        self.env.invalidate_all()
        with self.no_module_errors():
            answer = wizard.import_next_chunk()
            self.env.cr.flush()
        return answer

    def finish(self, wizard):
        """Import chunks until all is done.

        :return: how many were done after each chunk
        """
        done = []
        while wizard.state == "running":
            done.append(self.go_on(wizard)["done"])
        self.assertEqual(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()), [])
        self.assertBalanced()
        return done

    def recorded(self):
        """Return the values and ledgers of all deals, except their ids."""
        self.env.cr.flush()
        deals = self.Lead.with_context(active_test=False).search([], order="name")
        states = ["name", "won_status", "active", "expected_revenue", "partner_name", "probability"]
        dates = ["create_date", "date_closed", "date_deadline", "imported_until", "write_date"]
        values = deals.read([*states, *dates])
        for value, deal in zip(values, deals, strict=True):
            del value["id"]
            value["names"] = [deal[name].name for name in ("stage_id", "lost_reason_id", "user_id", "team_id")]
            amounts = [amount for *_rest, amount in self.lines_of(deal)]
            value["ledgers"] = (self.outcomes_of(deal), self.kinds_of(deal), amounts)
        return values

    def test_several_chunks_bring_what_one_call_brings(self):
        whole = self.import_file(LONGER)
        wanted, result, counts = self.recorded(), whole.result, whole.history_id.read(["event_count", "lead_count"])
        whole.action_take_back()
        wizard = self.started(LONGER)
        self.assertEqual((wizard.state, wizard.total_count, wizard.done_count), ("running", 5, 0))
        self.assertFalse(self.deal_of("d1"))
        self.assertEqual(self.finish(wizard), [2, 4, 5])
        self.assertEqual(self.recorded(), wanted)
        self.assertEqual((wizard.state, wizard.result), ("done", result))
        self.assertEqual(
            wizard.history_id.read(["event_count", "lead_count"]), [{**counts[0], "id": wizard.history_id.id}]
        )
        wizard.action_take_back()
        self.assertEqual(self.counts(), (0, 0, 0))

    def test_a_large_file_in_parts_brings_what_one_call_brings(self):
        """With faults in one deal, which are found before any part is imported, or left out with its lines."""
        whole = self.import_file(LONGER)
        # Odoo's chance of an open deal depends on which deals were won before it was made.
        wanted, events = [{**deal, "probability": 0} for deal in self.recorded()], whole.history_id.event_count
        whole.action_take_back()
        importer, taken, told = self.Import.env["crm.history.importer"], [], []
        with NamedTemporaryFile(suffix=".csv") as file, patch.object(splitting, "PART_BYTES", 120):
            file.write((LONGER + "d6,Bidding,soon,,\n").encode())
            file.flush()
            with self.assertRaisesRegex(UserError, "Nothing was imported.\nLine 11, column at: “soon” is not a date"):
                importer.import_large_file(file.name, "large.csv")
            self.assertEqual(self.counts(), (0, 0, 0))
            outcome = importer.import_large_file(
                file.name,
                "large.csv",
                Options(skip_bad=True),
                lambda *done: told.append(done),
                lambda lines, part: taken.append(lines.decode("utf-8-sig").splitlines()[1]),
            )
            self.assertEqual([{**deal, "probability": 0} for deal in self.recorded()], wanted)
            self.assertEqual((outcome.created, outcome.skipped, outcome.history.event_count), (5, 1, events))
            self.assertEqual(([line.split(",")[0] for line in taken], told[-1][0]), (["d6"], 5))
            again = importer.import_large_file(file.name, "large.csv", Options(skip_bad=True))
        self.assertEqual((again.created, again.unchanged), (0, 5))

    def test_people_rates_and_days_are_kept_from_chunk_to_chunk(self):
        own = self.company.currency_id
        other = self.env.ref("base.EUR") if own != self.env.ref("base.EUR") else self.env.ref("base.USD")
        self.env["res.currency.rate"].search([("currency_id", "in", (other | own).ids)]).unlink()
        self.env["res.currency.rate"].create({"currency_id": other.id, "name": "2025-01-01", "rate": 3.0})
        story = "deal,stage,at,amount,currency,expected closing,customer,salesperson,team\n" + "".join(
            f"d{number},Bidding,2025-01-1{number},100,{other.name},2025-03-01,Stranger,process_seller,team north\n"
            for number in range(5)
        )
        whole = self.import_file(story)
        wanted = self.recorded()
        whole.action_take_back()
        self.assertEqual(self.finish(self.started(story)), [2, 4, 5])
        self.assertEqual(self.recorded(), wanted)
        self.assertEqual(self.deal_of("d4").expected_revenue, 33.33)

    def test_what_was_stopped_is_completed_by_importing_again(self):
        whole = self.import_file(LONGER)
        wanted = self.recorded()
        whole.action_take_back()
        wizard = self.started(LONGER)
        self.go_on(wizard)
        wizard.stop_import()
        self.assertEqual(wizard.state, "done")
        self.assertIn("Stopped: 3 opportunities are left. Import the same file again", wizard.result)
        self.assertIn("2 opportunities were imported.", wizard.result)
        self.assertEqual((wizard.history_id.lead_count, wizard.history_id.event_count), (2, 6))
        # A late request changes nothing.
        self.assertEqual(self.go_on(wizard), {"done": 2, "total": 5, "finished": True})
        again = self.started(LONGER)
        self.assertEqual(self.finish(again), [2, 3])
        self.assertIn("2 opportunities were already imported, and the file has nothing new on them.", again.result)
        self.assertEqual(self.recorded(), wanted)

    def test_a_dialog_that_was_closed_leaves_what_is_done(self):
        self.go_on(self.started(LONGER))
        self.import_file(LONGER)
        before = self.counts()
        again = self.started(LONGER)
        self.assertEqual((again.state, self.counts()), ("done", before))
        self.assertIn("5 opportunities were already imported", again.result)

    def test_another_file_after_an_import_that_was_stopped(self):
        """The result says nothing of what the earlier import has left."""
        self.import_file(STORY)
        for import_it in ("action_start", "action_import"):
            with self.subTest(import_it=import_it):
                wizard = self.started(LONGER)
                wizard.stop_import()
                self.assertIn("are left", wizard.result)
                wizard.action_back()
                wizard.write({"file": base64.b64encode(STORY.encode()), "filename": "another.csv"})
                wizard.action_preview()
                getattr(wizard, import_it)()
                self.assertEqual(wizard.state, "done")
                self.assertIn("3 opportunities were already imported", wizard.result)
                self.assertNotIn("Stopped", wizard.result)

    def test_changes_between_two_chunks_are_respected(self):
        self.import_file(STORY)
        more = "".join(f"d{number},Negotiation,2025-03-01,,\n" for number in (1, 2, 3))
        wizard = self.started(STORY + more + "d4,Bidding,2025-03-01,,\n")
        self.assertEqual(self.go_on(wizard)["done"], 2)
        self.deal_of("d3").expected_revenue = 5
        self.import_file(HEADER + "d4,Bidding,2025-03-01,,\n")
        before = self.counts()
        self.finish(wizard)
        self.assertEqual(self.counts(), before)
        self.assertEqual(wizard.history_id.extended_count, 2)
        for said in (
            "0 opportunities were imported.",
            "2 opportunities of earlier",
            "1 opportunity was already imported",
        ):
            self.assertIn(said, wizard.result)
        self.assertIn("1 opportunity was changed in Odoo since its import, and is not updated: d3", wizard.result)

    def test_an_import_that_was_taken_back_does_not_go_on(self):
        wizard = self.started(LONGER)
        self.go_on(wizard)
        wizard.history_id.action_take_back()
        with self.assertRaisesRegex(UserError, "withdrawn in the meantime"):
            wizard.import_next_chunk()
        self.assertEqual(self.counts(), (0, 0, 0))

    def test_bad_lines_are_offered_when_the_good_ones_are_done(self):
        wizard = self.wizard_of(STORY + "d3,Bidding,soon,,\n")
        wizard.action_preview()
        wizard.action_start()
        self.assertEqual((wizard.state, wizard.fault_count), ("preview", 1))
        wizard.skip_bad = True
        wizard.action_start()
        self.finish(wizard)
        self.assertTrue(wizard.bad_file)
        self.assertIn("1 opportunity was left out because of errors.", wizard.result)

    def test_nobody_reads_or_writes_what_is_left_to_do(self):
        wizard = self.started(LONGER)
        for name in ("job", "tally"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                wizard.read([name])
            with self.subTest(field=name), self.assertRaises(AccessError):
                wizard.write({name: False})
