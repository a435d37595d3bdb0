import csv
import io
import logging
from zoneinfo import ZoneInfo

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ...history import faults, read_history
from .history_plan import EXTERNAL_MODULE, MOST_FAULTS, Options, Outcome, Plan, Preparation

_logger = logging.getLogger(__name__)

#: Deals that are made together, and committed together where the caller commits.
CHUNK = 1000
#: What is made has its past already: nobody is told, nothing is logged, and Odoo's forecasts count it once it has
#: its own dates.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
}


class CrmHistoryImporter(models.AbstractModel):
    """Imports the history of another program: the way in for programs, and what the wizard calls.

    First :meth:`examine`, which changes nothing and tells what is going to be done, then :meth:`run`.
    """

    _name = "crm.history.importer"
    _description = "History Importer"

    @api.private
    def examine(self, content, options=None):
        """Read a file and hold it against this database.

        :param bytes content: the file, CSV or XLSX
        :param options: :class:`~.history_plan.Options`
        :return: what an import would do, and all that is wrong
        :rtype: Plan
        """
        self._check_rights()
        options = options or Options()
        reading = read_history(content, ZoneInfo(str(self.env.tz)), self.env.cr.now())
        if reading.is_unreadable:
            return Plan(reading, options, tuple(reading.faults))
        matcher = self.env["crm.history.matcher"]
        stages, order = matcher._plan_stages(reading, options)
        users, unknown_users = matcher._match_users(reading)
        teams, unknown_teams = matcher._match_teams(reading)
        rates, wrong = matcher._match_currencies(reading)
        wrong += matcher._stage_faults(reading, stages, options)
        found = tuple(sorted((*reading.faults, *wrong), key=lambda fault: fault.line))
        return Plan(reading, options, found, stages, order, users, teams, unknown_users, unknown_teams, rates)

    @api.private
    def run(self, plan, filename="", progress=None):
        """Import what was examined.

        :param plan: what :meth:`examine` has returned
        :param str filename: how the import is called
        :param progress: called after each chunk with the number of deals that are done and that of all; may commit
        :rtype: Outcome
        :raises UserError: with the list of faults, when there is something wrong and the good deals alone are not
            wanted; nothing is imported then
        """
        preparation, todo, outcome = self.begin(plan, filename)
        done = 0
        for deals in split_every(CHUNK, todo, list):
            outcome = self.go_on({deal: todo[deal] for deal in deals}, preparation, outcome)
            done += len(deals)
            if progress:
                progress(done, len(todo))
        return outcome

    @api.private
    def begin(self, plan, filename=""):
        """Make what the deals need before they come; they come with :meth:`go_on`, chunk by chunk.

        :param plan: what :meth:`examine` has returned
        :param str filename: how the import is called
        :return: the preparation, the new events of each deal, and what is done so far
        :rtype: tuple(Preparation, dict, Outcome)
        :raises UserError: as :meth:`run` does
        """
        self._check_rights()
        if not plan.can_import:
            raise UserError(self._faults_as_text(plan.faults))
        deals = plan.good_deals
        _known, todo, left_alone = self._new_events(deals)
        history = self.env["crm.imported.history"]
        stages, reasons = {}, {}
        if todo:
            # sudo: nobody writes records of imports by himself; the rights were checked above.
            values = {"name": filename or self.env._("Imported history"), "company_id": self.env.company.id}
            history = history.sudo().create(values).sudo(False)
            preparer = self.env["crm.history.preparer"]
            stages = preparer._make_stages(plan, todo, history)
            reasons = preparer._make_lost_reasons(todo, history)
        preparation = Preparation(history.id, stages, reasons, plan.users, plan.teams, plan.rates)
        unchanged = len(deals) - len(todo) - len(left_alone)
        return preparation, todo, Outcome(history, 0, 0, unchanged, left_alone, len(plan.bad_deals))

    @api.private
    def go_on(self, chunk, preparation, outcome):
        """Import some of the deals that :meth:`begin` has found to be new, or to have new events.

        What was true then may have changed, where there was a commit in between: what is there by now is not made
        twice, and what somebody works on by now is left alone.

        :param dict chunk: the new events of each deal
        :return: what is done so far
        :rtype: Outcome
        :raises UserError: when the import was taken back meanwhile
        """
        history = outcome.history
        if history.state == "taken_back":
            raise UserError(self.env._("This import was taken back meanwhile."))
        known, todo, left_alone = self._new_events(chunk)
        if todo:
            with self.env.cr.savepoint():
                self.env["crm.history.maker"].with_context(**QUIET)._make_chunk(todo, known, preparation)
        went_on = [known[deal] for deal in todo if deal in known]
        extended = len(went_on)
        # sudo: as above.
        history.sudo().event_count += sum(map(len, todo.values()))
        history.sudo().extended_lead_ids = [Command.link(lead_id) for lead_id in went_on]
        outcome = outcome._replace(
            created=outcome.created + len(todo) - extended,
            extended=outcome.extended + extended,
            unchanged=outcome.unchanged + len(chunk) - len(todo) - len(left_alone),
            left_alone=(*outcome.left_alone, *left_alone),
        )
        _logger.info(
            "Importing %s: %s opportunities made, %s continued", history.name, outcome.created, outcome.extended
        )
        return outcome

    @api.private
    def import_history(self, content, filename="", options=None, progress=None):
        """Examine and import in one call.

        :rtype: Outcome
        """
        return self.run(self.examine(content, options), filename, progress)

    def _check_rights(self):
        self.env["crm.imported.history"]._check_may_import()

    def _new_events(self, deals):
        """What of some deals is not there yet.

        :param dict deals: the events of each deal
        :return: number of the lead of each deal that was imported before; the new events of each deal that has any;
            the deals that are left alone
        """
        known = self._known_deals(deals)
        touched = self.env["crm.imported.history"]._touched_refs(known.values())
        left_alone = tuple(deal for deal, ref in known.items() if ref in touched)
        until = self._loaded_until(known, touched)
        todo = {
            deal: [event for event in events if deal not in until or event.at > until[deal]]
            for deal, events in deals.items()
            if known.get(deal) not in touched
        }
        return known, {deal: events for deal, events in todo.items() if events}, left_alone

    def _known_deals(self, deals):
        """Numbers of the leads of deals that were imported before, also of those that are gone."""
        names = {self._external_name(deal): deal for deal in deals}
        # sudo: external ids are the system's; they tell nothing but what the importer itself has written there.
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search_read(
                [("module", "=", EXTERNAL_MODULE), ("model", "=", "crm.lead"), ("name", "in", list(names))],
                ["name", "res_id"],
            )
        )
        return {names[row["name"]]: row["res_id"] for row in rows}

    def _loaded_until(self, known, touched):
        """The last instant that was imported of each deal that may be gone on with."""
        refs = {ref: deal for deal, ref in known.items() if ref not in touched}
        leads = self.env["crm.lead"].browse(refs)
        return {refs[lead.id]: lead.imported_until for lead in leads}

    def _external_name(self, deal):
        return self.env["crm.history.maker"]._external_name(deal)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.private
    def bad_lines(self, plan):
        """The lines of opportunities with faults, as a CSV that can be corrected and imported.

        :rtype: bytes
        """
        reasons = {}
        for fault in plan.faults:
            reasons.setdefault(fault.line, []).append(self.reason_of(fault))
        bad, width = plan.bad_deals, len(plan.reading.header)
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow([*plan.reading.header, "Problem"])
        for row in plan.reading.rows:
            if row.line in reasons or plan.reading.deal_of_line[row.line] in bad:
                cells = ["" if cell is None else cell for cell in (*row.cells, *[""] * width)]
                writer.writerow([*cells[:width], " ".join(reasons.get(row.line, ()))])
        return output.getvalue().encode("utf-8-sig")

    def _faults_as_text(self, found):
        """The first faults, a line each, and how many more there are."""
        lines = [self.fault_as_text(fault) for fault in found[:MOST_FAULTS]]
        if len(found) > MOST_FAULTS:
            lines.append(self.env._("... and %s more.", len(found) - MOST_FAULTS))
        if not found:
            lines = [self.env._("There is nothing to import.")]
        return "\n".join([self.env._("Nothing was imported."), *lines])

    @api.private
    def fault_as_text(self, fault):
        """Where it is and what is wrong, in one line."""
        where = [self.env._("line %s", fault.line)] if fault.line else []
        if fault.column:
            where.append(self.env._("column %s", fault.column))
        reason = self.reason_of(fault)
        return f"{', '.join(where).capitalize()}: {reason}" if where else reason

    @api.private
    def reason_of(self, fault):
        """What is wrong, in words."""
        words = {**self._reasons_of_files(), **self._reasons_of_lines()}
        # The value last, as it may hold anything.
        return words[fault.code].replace("{other}", fault.other).replace("{value}", fault.value)

    def _reasons_of_files(self):
        return {
            faults.EMPTY: self.env._("The file is empty."),
            faults.NO_EVENTS: self.env._("There are no events below the headings."),
            faults.BINARY: self.env._("The file is neither CSV nor XLSX. Save it as one of them."),
            faults.ENCODING: self.env._("The file is in an encoding that is not understood. Save it as CSV in UTF-8."),
            faults.NO_WORKBOOK: self.env._("The workbook cannot be opened. Save it as XLSX once more, or as CSV."),
            faults.TOO_MANY_STAGES: self.env._(
                "{value} different stages: this is probably not the column of the stages."
            ),
            faults.UNKNOWN_COLUMN: self.env._("This column is not understood. Rename or remove it."),
            faults.MISSING_COLUMN: self.env._("This column is missing."),
            faults.COLUMN_TWICE: self.env._("This column is there twice, the other time as {value}."),
            faults.NO_CSV: self.env._("This is not CSV: {value}."),
        }

    def _reasons_of_lines(self):
        return {
            faults.TOO_MANY_CELLS: self.env._("The line has more values than the {value} headings."),
            faults.MISSING: self.env._("The value is missing."),
            faults.BAD_TEXT: self.env._("The value holds characters that cannot be stored."),
            faults.BAD_EVENT: self.env._("“{value}” is no event. Write stage, won or lost."),
            faults.BAD_DATE: self.env._("“{value}” is no date. Write it as 2024-01-31T09:30:00+01:00 or 2024-01-31."),
            faults.OLD_DATE: self.env._("“{value}” lies before 1970, which is no date of an opportunity."),
            faults.FUTURE: self.env._("“{value}” lies in the future."),
            faults.BAD_NUMBER: self.env._("“{value}” is no number. Write it as 20000 or 19999.50."),
            faults.BACKWARDS: self.env._(
                "Time runs backwards: line {other} of this opportunity is at {value} UTC already."
            ),
            faults.UNKNOWN_CURRENCY: self.env._("Odoo knows no currency “{value}”."),
            faults.NO_RATE: self.env._("There is no exchange rate up to that day: {value}."),
            faults.UNKNOWN_STAGE: self.env._("Odoo has no stage “{value}”."),
            faults.NOT_WON: self.env._("“{value}” is a stage in which Odoo does not win opportunities."),
        }
