import json
from random import Random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AccessCase, PipelineCase
from .funnel_common import FunnelMixin
from .workbench_common import numbers_of

COUNTS = ("entered", "went_on", "lost", "open", "decided", "visits")


class ConversionMixin(FunnelMixin):
    """Reads the conversion between two days as the browser does, and opens its numbers."""

    def conversion(self, user, **arguments):
        self.env.cr.flush()
        self.env.invalidate_all()
        return json.loads(json.dumps(self.reader(user).get_funnel_conversion(**arguments)))

    def counts(self, stage):
        return tuple(stage[name]["value"] for name in COUNTS)

    def assert_numbers_open(self, user, found):
        """Each number opens as many records as it says, which the reader may read."""
        for _path, number in numbers_of(found):
            rows = self.env[number["model"]].with_env(self.reader(user).env).search(number["domain"])
            self.assertEqual(len(rows), number["value"], number)
            self.assertTrue(number["name"])


@tagged("post_install", "-at_install")
class TestFunnelConversion(ConversionMixin, PipelineCase):
    """How deals went on from stage to stage between two days."""

    def pass_through(self, went_on, lost, still_open, days=4):
        """Make deals in First Contact, some of which go on to Bidding or are lost after some days."""
        deals = self.Lead.concat(*(self.make_deal() for _deal in range(went_on + lost + still_open)))
        self.pass_time(days=days)
        deals[:went_on].stage_id = self.bidding
        deals[went_on : went_on + lost].action_set_lost()
        self.env.cr.flush()
        return deals

    def test_example(self):
        """The example of docs/definitions.md: twelve deals come in, eight go on after four days, three are lost."""
        self.pass_through(8, 3, 1)
        self.pass_time(days=2)
        found = self.conversion(self.manager, before="2026-03-01", day="2026-03-08")
        self.assertEqual((found["before"], found["day"]), ("2026-03-01", "2026-03-08"))
        contact, needs, bidding = found["stages"]
        self.assertEqual([contact["name"], bidding["name"]], ["First Contact", "Bidding"])
        self.assertEqual(self.counts(contact), (12, 8, 3, 1, 11, 12))
        self.assertAlmostEqual(contact["rate"], 8 / 11, 9)
        self.assertEqual([round(100 * bound, 1) for bound in contact["interval"]], [43.4, 90.3])
        self.assertExactly((contact["at_least"], contact["at_most"], contact["median"]), (False, False, 4))
        # Skipped by all: nobody stayed there.
        self.assertEqual((needs["name"], *self.counts(needs)), ("Needs Analysis", 0, 0, 0, 0, 0, 0))
        # Nothing is decided, and eight visits are too few for a length.
        self.assertEqual(self.counts(bidding), (8, 0, 0, 8, 0, 8))
        self.assertExactly((bidding["rate"], bidding["at_least"], bidding["median"]), (False, False, False))
        self.assert_numbers_open(self.manager, found)

    def test_few_and_young(self):
        """Under ten decided deals there is no rate; with many open ones, there are its bounds."""
        self.pass_through(5, 3, 1)
        [contact, *_others] = self.conversion(self.manager)["stages"]
        self.assertExactly((contact["rate"], contact["at_least"], contact["decided"]["value"]), (False, False, 8))
        self.pass_through(5, 0, 5)
        [contact, *_others] = self.conversion(self.manager)["stages"]
        self.assertExactly((contact["decided"]["value"], contact["rate"]), (13, False))
        self.assertAlmostEqual(contact["at_least"], 10 / 19, 9)
        self.assertAlmostEqual(contact["at_most"], 16 / 19, 9)

    def test_what_came_in_between_both_days(self):
        """The last minute of the earlier day does not count, that of the later day does."""
        self.company.resource_calendar_id.tz = "UTC"
        self.pass_time(hours=14, minutes=59)
        self.make_deal()
        self.pass_time(minutes=1)
        self.make_deal()
        self.pass_time(days=1, minutes=-1)
        self.make_deal()
        self.pass_time(minutes=1)
        self.make_deal()
        self.pass_time(days=1)
        found = self.conversion(self.manager, before="2026-03-02", day="2026-03-03")
        [contact] = found["stages"]
        self.assertEqual(self.counts(contact), (2, 0, 0, 2, 0, 2))
        self.assert_numbers_open(self.manager, found)

    def test_equals_the_statistics_of_stages(self):
        """The numbers are those of `stage_statistics`, with every filter of the funnel, and they open their records."""
        self.make_deal().tag_ids = [Command.create({"name": "Big"})]
        self.change_at_random(Random(12), 200)
        self.pass_time(days=1)
        before, day = "2026-03-06", str(self.env.cr.now().date())
        for user in (self.manager, self.seller, self.colleague):
            for domain in (
                [],
                [("team_id", "=", self.team.id)],
                [("user_id", "in", [self.colleague.id, False])],
                [("date_deadline", ">=", "2026-06-01")],
                [("currency_id", "=", self.company.currency_id.id)],
                [("stage_id.name", "ilike", "bid")],
                [("lead_id.tag_ids.name", "=", "Big")],
            ):
                with self.subTest(user=user.login, domain=domain):
                    found = self.conversion(user, before=before, day=day, domain=domain)
                    visits = self.Visit.with_env(self.reader(user).env)
                    entered = [("entered_day", ">", before), ("entered_day", "<=", day)]
                    expected = {
                        one["stage_id"]: one
                        for one in visits.stage_statistics([*domain, *entered])
                        if one["stage_id"] and not self.env["crm.stage"].browse(one["stage_id"]).is_won
                    }
                    self.assertEqual([stage["stage_id"] for stage in found["stages"]], list(expected))
                    for stage in found["stages"]:
                        one = expected[stage["stage_id"]]
                        decided = one["stayed_converted"] + one["stayed_lost"]
                        names = ("stayed", "stayed_converted", "stayed_lost", "stayed_open")
                        shown = (*(one[name] for name in names), decided, one["visits"])
                        self.assertEqual(self.counts(stage), shown)
                        known = one["visits"] >= 10 and one["median_days"] is not None
                        self.assertExactly(stage["median"], one["median_days"] if known else False)
                    self.assert_numbers_open(user, found)

    def test_stages_that_are_not_shown(self):
        """Won stages and deleted ones are left out."""
        gone, pilot = self.env["crm.stage"].create(
            [{"name": "Gone", "sequence": 15}, {"name": "Pilot", "sequence": 16}]
        )
        for stage in (gone, pilot):
            deal = self.make_deal(stage_id=stage.id)
            self.pass_time(days=1)
            deal.stage_id = self.needs
        self.env.cr.flush()
        names = [stage["name"] for stage in self.conversion(self.manager)["stages"]]
        self.assertEqual(names, ["Gone", "Pilot", "Needs Analysis"])
        gone.unlink()
        pilot.is_won = True
        names = [stage["name"] for stage in self.conversion(self.manager)["stages"]]
        self.assertEqual(names, ["Needs Analysis"])

    def test_no_deal(self):
        self.assertEqual(self.conversion(self.manager)["stages"], [])

    def test_bad_input(self):
        for arguments in (
            {"day": "2026-03-03"},
            {"day": "2026-02-01", "before": "2026-03-01"},
            {"before": "yesterday"},
            {"domain": [("amount", ">", 1)]},
            {"domain": "nonsense"},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                self.conversion(self.manager, **arguments)

    def test_statements(self):
        """The number of queries does not depend on the number of deals."""
        counts = []
        for deals in (3, 60):
            self.pass_through(deals // 3, deals // 3, deals // 3)
            # Fills the caches of the process, but not that of records.
            self.conversion(self.manager)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.reader(self.manager).get_funnel_conversion()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 8)


@tagged("post_install", "-at_install")
class TestFunnelConversionAccess(ConversionMixin, AccessCase):
    """No number of the conversion counts deals that the reader may not read, or deals of other companies."""

    def test_readers(self):
        self.set_time(self.Movement.search([], limit=1).date)
        self.pass_time(days=1)
        self.deals["own"].stage_id = self.bidding
        self.deals["colleague's"].action_set_lost()
        self.deals["abroad"].stage_id = self.bidding
        self.pass_time(days=1)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                found = self.conversion(user)
                contact = found["stages"][0]
                self.assertEqual(contact["entered"]["value"], len(names))
                self.assertEqual(contact["lost"]["value"], int("colleague's" in names))
                self.assert_numbers_open(user, found)

    def test_companies_that_are_switched_on(self):
        self.manager.company_ids = [Command.link(self.second.id)]
        self.set_time(self.Movement.search([], limit=1).date)
        self.pass_time(days=1)
        for companies, count in ((self.company, 4), (self.second, 2), (self.company + self.second, 5)):
            reader = self.Movement.with_user(self.manager).with_context(allowed_company_ids=companies.ids)
            [contact] = reader.get_funnel_conversion()["stages"]
            self.assertEqual(contact["entered"]["value"], count)
