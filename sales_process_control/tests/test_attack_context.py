"""Keys of the context, as a remote caller sends them: nothing is skipped, and nothing of others is told."""

from odoo.tests import tagged
from odoo.tools import SQL

from .attack_common import AttackCase
from .context_keys import context_keys, keys_in

ANYTHING = (True, False, "x", [1])
#: Each key that the module reads: values besides :data:`ANYTHING`, by the name of a record or as they are.
KEYS = {
    "stage_gate_importing": (),
    "lead_names_for_reader": (0, ""),
    "sales_process_rates_for_a_view": (),
    "recorded_progress": ([1, [["x", "y"]]], {"step_id": 1, "chatter_lines": []}),
    "start_datetime": ("2026-03-01 00:00:00", 7),
    "end_datetime": ("2026-03-15 00:00:00",),
    "changed_since": ("-7d", "2026-02-01", "-99999d"),
    "customer_reaction": ("positive",),
    "active_domain": ([], [["lead_id.name", "ilike", "Secret"]]),
    "pipeline_day": ("2026-03-03", "2026-03-09"),
    "pipeline_left": (),
    "pipeline_until": ("2026-03-03", "2099-01-01"),
    "stage_conversion_entered_since": ("2026-01-01",),
    "default_stage_id": ("bidding", "signed"),
    "default_step_id": (),
    "default_won_status": ("won", "lost"),
    "forecast_date_end": ("2026-12-31",),
    "forecast_date_start": ("2026-03-01", [1]),
    "pipeline_change": ('{"kind": "lost", "since": "-7d"}', '{"kind": "won_in_period", "since": "2026-01-01"}'),
    "pass_stage_id": ("bidding", "signed"),
    "tracking_disable": (),
    "mail_notrack": (),
}
#: Calls that Odoo itself gives the value of a key.
MEANT = {(f"default_{name}", method) for name in ("stage_id", "won_status") for method in ("create", "copy", "load")}
#: All that is stored about the deals of one salesperson. Ids of rows are left out: those of undone calls differ.
STORED = """
    SELECT 'deal', name, stage_id::text, won_status, active::text,
           concat_ws('/', stage_entered_at, push_count, push_days, was_passed, is_hot, last_progress_at, imported_until,
                     chance)
      FROM crm_lead WHERE user_id = %(user)s
     UNION ALL
    SELECT 'visit', lead.name, visit.stage_id::text, visit.outcome, visit.entered_at::text, visit.left_at::text
      FROM crm_stage_visit visit JOIN crm_lead lead ON lead.id = visit.lead_ref WHERE lead.user_id = %(user)s
     UNION ALL
    SELECT 'line', lead.name, line.stage_id::text, line.kind, line.deal_count::text, line.amount::text
      FROM crm_pipeline_movement line JOIN crm_lead lead ON lead.id = line.lead_ref WHERE lead.user_id = %(user)s
     UNION ALL
    SELECT 'progress', lead.name, progress.step_id::text, NULL, NULL, NULL
      FROM crm_lead_progress progress JOIN crm_lead lead ON lead.id = progress.lead_id WHERE lead.user_id = %(user)s
     ORDER BY 1, 2, 3, 4, 5, 6
"""
#: Open deals without exactly one open visit in their stage.
UNRECORDED = """
    SELECT lead.name FROM crm_lead lead LEFT JOIN crm_stage_visit visit
           ON visit.lead_ref = lead.id AND visit.outcome = 'open' AND visit.stage_id IS NOT DISTINCT FROM lead.stage_id
     WHERE lead.user_id = %s AND lead.active AND lead.won_status = 'pending' AND lead.type = 'opportunity'
     GROUP BY lead.id HAVING count(visit.id) <> 1
"""


@tagged("post_install", "-at_install")
class TestAttackContext(AttackCase):
    """A salesperson sends every key that the module reads, with every kind of call."""

    def test_each_key_is_treated_here(self):
        """A new key has to be added to the table, with values to try."""
        self.assertEqual({key for key, _source in context_keys()}, set(KEYS))

    def test_other_ways_to_read_a_key_are_found(self):
        names = {"KEY": "a"}
        for source in ("env.context.get(KEY)", "self.env.context['a']", "'a' in x.env.context"):
            self.assertEqual(keys_in(source, names), {"a"}, source)
        for source in ("context = self.env.context", "use(**env.context)", "env.context.items()"):
            with self.assertRaises(AssertionError, msg=source):
                keys_in(source, names)

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def after_call(self):
        self.stored = self.env.execute_query(SQL(STORED, user=self.reader.id))
        self.unrecorded = self.env.execute_query(SQL(UNRECORDED, self.reader.id))

    def outcome(self, model, method, *args, **options):
        """Return (kind of the failure, what is stored) of a call."""
        self.stored = self.unrecorded = None
        _answer, failure = self.attempt(model, method, *args, **options)
        self.assertFalse(self.unrecorded, (model, method, args, options))
        self.assertFalse(self.changed_others, (model, method, args, options))
        # Where a message offers a remedy does not matter: a move is blocked by either.
        return isinstance(failure, Exception), self.stored

    def writings(self):
        """Yield (model, method, arguments) of calls on deals of the salesperson, who stands before a stop."""
        deal, activity = self.held.id, self.planned.id
        moved = {"stage_id": self.bidding.id}
        forged = {"stage_entered_at": "2030-01-01 00:00:00", "push_count": 9, "was_passed": True, "chance": 0.9}
        yield "crm.lead", "write", [[deal], moved]
        yield "crm.lead", "web_save", [[deal], moved, {"stage_id": {}}]
        yield "crm.lead", "write", [[deal], {"won_status": "won"}]
        yield "crm.lead", "action_set_won", [[deal]]
        yield "crm.lead", "action_set_lost", [[deal]]
        yield "crm.lead", "write", [[deal], {"expected_revenue": 77, "date_deadline": "2026-12-24"}]
        yield "crm.lead", "write", [[deal], forged]
        yield "crm.lead", "create", [[{"name": "New", "type": "opportunity", **forged}]]
        yield "crm.lead", "copy", [[deal], moved]
        yield "crm.lead", "load", [[".id", "stage_id/.id"], [[str(deal), str(self.bidding.id)]]]
        yield "crm.lead", "load", [["name", "expected_revenue"], [["Loaded", "5"]]]
        yield "crm.lead", "unlink", [[deal]]
        yield "crm.lead", "action_pass_stage", [[deal]]
        yield "mail.activity", "action_feedback", [[activity], "Done"]
        yield "crm.hot.flag", "create", [[{"lead_id": deal, "note": "Hot", "due_date": "2026-12-24"}]]

    def readings(self):
        """Yield (model, method, arguments) of calls that tell of deals."""
        named = {"lead_id": {"fields": {"display_name": {}}}}
        rows = ("crm.stage.visit", "crm.pipeline.movement", "crm.pipeline.day", "crm.stage.conversion.report")
        for model in rows:
            yield model, "web_search_read", [[], {**named, "display_name": {}}]
            yield model, "formatted_read_group", [[], ["lead_id"], ["__count"]]
            yield model, "name_search", ["Secret"]
        yield "crm.lead", "web_search_read", [[], {"display_name": {}, "hot_note": {}}]
        yield "mail.activity", "web_search_read", [[], named]
        yield "crm.lead", "get_workbench", ["all"]
        yield "crm.pipeline.movement", "get_funnel", []
        yield "crm.process.review", "get_review", []
        yield "crm.forecast.screen", "get_screen", []
        yield "crm.lead", "action_record_progress", [[self.held.id]]

    def test_nothing_is_skipped_or_told(self):
        self.make_world("own documents")
        self.held = self.make_deal(name="Held")
        self.planned = self.held.with_user(self.seller).activity_schedule("mail.mail_activity_data_call")
        self.env.flush_all()
        calls = list(self.writings())
        usual = [self.outcome(model, method, *args) for model, method, args in calls]
        # Without keys, the stop holds, and other changes are recorded.
        self.assertEqual([failed for failed, _stored in usual[:4]], [True] * 4)
        self.assertEqual([failed for failed, _stored in usual[4:8]], [False] * 4)
        faults = []
        for key, values in KEYS.items():
            for value in (*ANYTHING, *values):
                sent = getattr(self, value).id if value in ("bidding", "signed") else value
                for (model, method, args), expected in zip(calls, usual, strict=True):
                    outcome = self.outcome(model, method, *args, context={key: sent})
                    # A value that is refused skips nothing.
                    if (key, method) not in MEANT and outcome != expected and not outcome[0]:
                        faults.append(f"{key}={sent}: {model}.{method}{args}")
                for model, method, args in self.readings() if value is True or value in values else ():
                    told = self.faults_of(model, method, *args, context={key: sent}, writes=False)
                    faults += [f"{key}={sent}: {model}.{method}: {fault}" for fault in told]
        self.assertFalse(faults, "\n".join(faults))
        self.assertGreater(type(self).calls, 2000)
