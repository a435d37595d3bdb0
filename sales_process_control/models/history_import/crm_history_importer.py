import logging
from zoneinfo import ZoneInfo

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ...history import LOST, STAGE, end_of_name, name_key, read_history, sequences_of
from ..recording.time_zones import known_zone
from . import doubt_messages, fault_messages
from .crm_history_maker import HistoryMaker, external_name
from .crm_history_matcher import HistoryMatcher
from .crm_imported_history import TAKEN_BACK
from .history_plan import EXTERNAL_MODULE, Options, Outcome, Plan, Preparation, stage_names
from .large_file import LargeFile

_logger = logging.getLogger(__name__)

#: Number of deals that are created together, and committed together if the caller commits.
CHUNK = 1000
#: Context keys without which Odoo would create messages, followers and notifications for imported opportunities.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
}


class CrmHistoryImporter(models.AbstractModel):
    """Imports the history of another program. Other programs and the wizard call this model.

    Call :meth:`examine` first. It changes nothing and returns a plan. Then call :meth:`run`, or :meth:`begin` and
    :meth:`go_on` to import in several transactions, and :meth:`finish` at the end. :meth:`import_history` does all in
    one call.
    """

    _name = "crm.history.importer"
    _description = "History Importer"

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    @api.private
    def examine(self, content, options=None):
        """Read a file and compare it with this database. Nothing is changed.

        :param bytes content: the file, see docs/administrators.md
        :param Options options: choices of the user, see :class:`~.history_plan.Options`
        :return: what an import would do, and all faults
        :rtype: Plan
        :raises AccessError: if the user is not a sales manager
        """
        self._check_rights()
        options = options or Options()
        zone, day_zone = self._zones()
        options = self._with_known_stages(options)
        return self._plan(read_history(content, zone, self.env.cr.now(), day_zone, options.settings), options)

    @api.private
    def plan_part(self, split, number, options):
        """Read a part of a large file and compare it with this database. Nothing is changed.

        :param SplitFile split: the file
        :param int number: one of ``split.parts``
        :param Options options: choices of the user
        :rtype: Plan
        :raises AccessError: if the user is not a sales manager
        """
        self._check_rights()
        zone, day_zone = self._zones()
        return self._plan(split.reading_of(number, zone, self.env.cr.now(), day_zone), options)

    def _with_known_stages(self, options):
        """Return options in which open stages of Odoo are stages, although their names look like ends."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        chosen = {key for key, _kind in options.settings.ends}
        keys = {name_key(name) for name in stages.mapped("name") if name and end_of_name(name)[1]}
        ends = (*options.settings.ends, *((key, STAGE) for key in sorted(keys - chosen)))
        return options._replace(settings=options.settings._replace(ends=ends))

    def _zones(self):
        """Return the time zones of times without an offset, and of days without a time."""
        company = self.env["crm.pipeline.reader"]._read_context().company(self.env.company.id)
        return ZoneInfo(known_zone(str(self.env.tz))), ZoneInfo(company.tz)

    def _plan(self, reading, options):
        """Return the plan for what was read from a file."""
        if reading.is_unreadable:
            return Plan(reading, options, tuple(reading.faults))
        matcher = HistoryMatcher(self.env)
        users, unknown_users = matcher.match_users(reading)
        teams, unknown_teams = matcher.match_teams(reading)
        stages, order = matcher.plan_stages(reading, options, teams.values())
        rates, currency_faults = matcher.match_currencies(reading)
        found_faults = [*reading.faults, *currency_faults, *matcher.stage_faults(reading, stages, options)]
        found_faults.sort(key=lambda fault: fault.line)
        return Plan(
            reading, options, tuple(found_faults), stages, order, users, teams, unknown_users, unknown_teams, rates
        )

    # ------------------------------------------------------------
    # IMPORT
    # ------------------------------------------------------------

    @api.private
    def import_history(self, content, filename="", options=None, progress=None):
        """Examine a file and import it.

        :param bytes content: as in :meth:`examine`; options likewise
        :param str filename: as in :meth:`run`; progress likewise
        :rtype: Outcome
        :raises AccessError: if the user is not a sales manager
        :raises UserError: as :meth:`run` does
        """
        outcome = self.run(self.examine(content, options), filename, progress)
        self.finish()
        return outcome

    @api.private
    def import_large_file(self, path, filename="", options=None, progress=None, take_bad_lines=None):
        """Import a text file of any size, of which only a part is in memory at a time.

        :param path: the file on this computer; it is not changed
        :param str filename: as in :meth:`run`
        :param Options options: choices of the user; ``options.stages`` is not used
        :param progress: as in :meth:`run`; the number of all deals is an estimate
        :param take_bad_lines: function that is called for each part with faults, with the lines that were left out as a
            CSV with headings and with the number of the part
        :rtype: Outcome
        :raises AccessError: if the user is not a sales manager
        :raises UserError: as :meth:`run` does
        """
        self._check_rights()
        options = self._with_known_stages((options or Options())._replace(stages=()))
        outcome = LargeFile(self, path, options).run(filename, progress, take_bad_lines)
        self.finish()
        return outcome

    @api.private
    def run(self, plan, filename="", progress=None, history=None):
        """Carry out a plan.

        :param Plan plan: the result of :meth:`examine`
        :param str filename: name of the import
        :param progress: function that is called after each chunk with the number of deals that are done and the number
            of all deals to import; it may commit
        :param history: record of an import that this one continues; None for a new one
        :rtype: Outcome
        :raises AccessError: if the user is not a sales manager
        :raises UserError: if there are faults and ``options.skip_bad`` is off, or nothing to import; the message lists
            the faults, and nothing is imported
        """
        preparation, todo, outcome = self.begin(plan, filename, history)
        done = 0
        for deals in split_every(CHUNK, todo, list):
            outcome = self.go_on({deal: todo[deal] for deal in deals}, preparation, outcome)
            done += len(deals)
            if progress:
                progress(done, len(todo))
        return outcome

    @api.private
    def begin(self, plan, filename="", history=None):
        """Create what the deals need: the record of the import, missing stages and lost reasons.

        The deals themselves are created by :meth:`go_on`, chunk by chunk.

        :param Plan plan: the result of :meth:`examine`
        :param str filename: name of the import
        :param history: as in :meth:`run`
        :return: the preparation, {deal: new events}, and the outcome so far
        :rtype: tuple(Preparation, dict, Outcome)
        :raises AccessError: as :meth:`run` does
        :raises UserError: as :meth:`run` does
        """
        self._check_rights()
        if not plan.can_import:
            raise UserError(fault_messages.faults_message(self.env, plan.faults))
        deals = plan.good_deals
        _lead_ids, todo, left_alone, _changes = self._new_events(deals)
        history = history or self.env["crm.imported.history"]
        stages, reasons = {}, {}
        if todo:
            if not history:
                # sudo: no user may write records of imports; the rights were checked above.
                values = {"name": filename or self.env._("Imported history"), "company_id": self.env.company.id}
                history = history.sudo().create(values).sudo(False)
            stages = self._create_missing_stages(plan, todo, history)
            reasons = self._create_missing_lost_reasons(todo, history)
        preparation = Preparation(history.id, stages, reasons, plan.users, plan.teams, plan.rates)
        unchanged = len(deals) - len(todo) - len(left_alone)
        return preparation, todo, Outcome(history, 0, 0, unchanged, left_alone, len(plan.bad_deals))

    @api.private
    def go_on(self, chunk, preparation, outcome):
        """Import some of the deals that :meth:`begin` has returned.

        The database may have changed if the caller committed since then. So deals that exist by now are not created
        again, and deals that somebody has changed by now are left alone.

        :param dict chunk: {deal: new events}
        :param Preparation preparation: the result of :meth:`begin`
        :param Outcome outcome: the outcome so far
        :return: the outcome, this chunk included
        :rtype: Outcome
        :raises UserError: if the import was taken back since :meth:`begin`
        """
        history = outcome.history
        if history.state == TAKEN_BACK:
            raise UserError(self.env._("This import was withdrawn in the meantime."))
        lead_ids, todo, left_alone, changes = self._new_events(chunk)
        if todo:
            with self.env.cr.savepoint():
                HistoryMaker(self.with_context(**QUIET).env).make_chunk(todo, lead_ids, preparation, changes)
        extended_ids = [lead_ids[deal] for deal in todo if deal in lead_ids]
        # sudo: no user may write records of imports; the rights were checked when the import began.
        history.sudo().event_count += sum(map(len, todo.values()))
        history.sudo().extended_lead_ids = [Command.link(lead_id) for lead_id in extended_ids]
        outcome = outcome._replace(
            created=outcome.created + len(todo) - len(extended_ids),
            extended=outcome.extended + len(extended_ids),
            unchanged=outcome.unchanged + len(chunk) - len(todo) - len(left_alone),
            left_alone=(*outcome.left_alone, *left_alone),
        )
        _logger.info(
            "Importing %s: %s opportunities created, %s continued", history.name, outcome.created, outcome.extended
        )
        return outcome

    @api.private
    def finish(self):
        """Have numbers follow what :meth:`run`, or :meth:`go_on`, has imported: reports at once, chances soon."""
        self.env["crm.pipeline.loader"]._renew_statistics()
        self.env["crm.stage.chance"]._rebuild_soon()

    def _check_rights(self):
        self.env["crm.imported.history"]._check_may_import()

    # ------------------------------------------------------------
    # WHAT WAS IMPORTED BEFORE
    # ------------------------------------------------------------

    def _new_events(self, deals):
        """Return the events that are not imported yet.

        :param dict deals: {deal: events}
        :return: {deal: lead id} of the deals that were imported before, {deal: new events} of the deals that have any,
            the deals that are left alone since somebody has changed them in Odoo, and {lead id: what was changed} of
            the others that were touched
        """
        lead_ids = self._imported_lead_ids(deals)
        changes = self.env["crm.imported.history"]._changes_since(lead_ids.values())
        conflict_ids = {lead_id for lead_id, change in changes.items() if change.is_conflict}
        left_alone = tuple(deal for deal, lead_id in lead_ids.items() if lead_id in conflict_ids)
        imported_until = self._imported_until(lead_ids, conflict_ids)
        new_events = {
            deal: [event for event in events if deal not in imported_until or event.at > imported_until[deal]]
            for deal, events in deals.items()
            if lead_ids.get(deal) not in conflict_ids
        }
        kept = {lead_id: change for lead_id, change in changes.items() if not change.is_conflict}
        return lead_ids, {deal: events for deal, events in new_events.items() if events}, left_alone, kept

    def _imported_lead_ids(self, deals):
        """Return {deal: lead id} of the deals that were imported before, deleted leads included."""
        deals_by_name = {external_name(self.env.company, deal): deal for deal in deals}
        # sudo: users have no access to external ids; these are the ones that the import has created.
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search_read(
                [("module", "=", EXTERNAL_MODULE), ("model", "=", "crm.lead"), ("name", "in", list(deals_by_name))],
                ["name", "res_id"],
            )
        )
        return {deals_by_name[row["name"]]: row["res_id"] for row in rows}

    def _imported_until(self, lead_ids, conflict_ids):
        """Return {deal: instant of the last imported event} of the deals that go on."""
        deals = {lead_id: deal for deal, lead_id in lead_ids.items() if lead_id not in conflict_ids}
        leads = self.env["crm.lead"].browse(deals)
        return {deals[lead.id]: lead.imported_until for lead in leads}

    # ------------------------------------------------------------
    # STAGES AND LOST REASONS
    # ------------------------------------------------------------

    def _create_missing_stages(self, plan, todo, history):
        """Create the missing stages of the deals to import, and put all stages into the planned order.

        :return: {name key: stage id}
        """
        names, _won_keys = stage_names(event for events in todo.values() for event in events)
        plans = [stage for stage in plan.stages if stage.key in names]
        existing = {stage.key: stage.stage_id for stage in plans if stage.stage_id}
        missing = {stage.place: stage for stage in plans if not stage.stage_id}
        if not missing and not plan.options.stages:
            return existing
        stages = self.env["crm.stage"].search(Domain.TRUE, order="sequence, id")
        known = {stage.id: (stage.sequence, stage.id) for stage in stages}
        order = [place for place in plan.order if place in known or place in missing]
        sequences = sequences_of(order, known)
        for stage in stages.filtered(lambda stage: stage.id in sequences):
            stage.sequence = sequences[stage.id]
        places = [place for place in order if place in missing]
        created = self.env["crm.stage"].create(
            [
                {"name": missing[place].name, "sequence": sequences[place], "is_won": missing[place].is_won}
                for place in places
            ]
        )
        history._note_made(created)
        return {**existing, **{missing[place].key: stage.id for place, stage in zip(places, created, strict=True)}}

    def _create_missing_lost_reasons(self, todo, history):
        """Create the missing lost reasons of the deals to import.

        :return: {name key: lost reason id}, of all lost reasons
        """
        wanted = {}
        for event in (event for events in todo.values() for event in events):
            if event.kind == LOST and event.stage:
                wanted.setdefault(name_key(event.stage), event.stage)
        existing = {}
        reasons = self.env["crm.lost.reason"].with_context(active_test=False).search(Domain.TRUE)
        for language in dict.fromkeys((self.env.lang or "en_US", "en_US")):
            for reason in reasons.with_context(lang=language):
                existing.setdefault(name_key(reason.name or ""), reason.id)
        missing = {key: name for key, name in wanted.items() if key not in existing}
        created = self.env["crm.lost.reason"].create([{"name": name} for name in missing.values()])
        history._note_made(created)
        return existing | dict(zip(missing, created.ids, strict=True))

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    @api.private
    def reason_of_doubt(self, doubt):
        """Return what a person should look at, as a sentence.

        :param Doubt doubt: one of ``plan.reading.look.doubts``
        :rtype: str
        """
        return doubt_messages.doubt_reason(self.env, doubt)

    @api.private
    def bad_lines(self, plan):
        """Return the lines of the deals with faults as a CSV that can be corrected and imported.

        :param Plan plan: the result of :meth:`examine`
        :rtype: bytes
        """
        return fault_messages.bad_lines_csv(self.env, plan)

    @api.private
    def fault_as_text(self, fault):
        """Return where a fault is and what is wrong, in one line.

        :param Fault fault: one of ``plan.faults``
        :rtype: str
        """
        return fault_messages.fault_line(self.env, fault)

    def _column_name(self, fault):
        """Return the name of the column that a fault is about. The dialog names the meanings of columns."""
        return fault.column

    @api.private
    def reason_of(self, fault):
        """Return what is wrong, as a sentence.

        :param Fault fault: one of ``plan.faults``
        :rtype: str
        """
        return fault_messages.fault_reason(self.env, fault)
