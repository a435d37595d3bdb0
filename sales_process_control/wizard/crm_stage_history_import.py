import base64
import binascii

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# The module, since tests change CHUNK.
from ..models.history_import import crm_history_importer
from ..models.history_import.history_plan import MOST_FAULTS, Options, Outcome, StagePlan, job_as_text, read_job

#: Names that a message or the preview lists.
MOST_NAMES = 50
#: States of the dialog.
UPLOAD = "upload"
PREVIEW = "preview"
RUNNING = "running"
DONE = "done"


class CrmStageHistoryImport(models.TransientModel):
    """The dialog that imports another program's history: choose a file, see the preview, import, see the result.

    The dialog imports in chunks: :meth:`action_start` begins, and the browser calls :meth:`import_next_chunk` until all
    is done, so that each chunk is committed and no request takes long. A program sets ``file`` and ``filename`` and
    calls :meth:`action_import`, which imports all in one transaction.
    """

    _name = "crm.stage.history.import"
    _description = "Import Stage History"

    file = fields.Binary(attachment=False, help="CSV or XLSX, a line an event of an opportunity.")
    filename = fields.Char()
    create_missing_stages = fields.Boolean(
        "Make Missing Stages",
        default=True,
        help="Make the stages that Odoo does not know, in the order in which most opportunities have passed them. "
        "Otherwise each event in such a stage is a fault.",
    )
    skip_bad = fields.Boolean(
        "Import the Good Opportunities",
        help="Leave out each opportunity with a fault in any of its lines, and import the others. The lines that were "
        "left out can be downloaded then.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [(UPLOAD, "File"), (PREVIEW, "Preview"), (RUNNING, "Importing"), (DONE, "Done")], default=UPLOAD
    )
    deal_count = fields.Integer("Opportunities", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    good_count = fields.Integer("Opportunities without Faults", readonly=True)
    first_at = fields.Datetime("First Event", readonly=True)
    last_at = fields.Datetime("Last Event", readonly=True)
    stage_ids = fields.One2many("crm.stage.history.import.stage", "import_id", "Stages")
    fault_ids = fields.One2many("crm.stage.history.import.fault", "import_id", "Faults", readonly=True)
    fault_count = fields.Integer(readonly=True)
    fault_text = fields.Char("Faults in Words", compute="_compute_fault_text")
    more_faults = fields.Char(compute="_compute_fault_text")
    unknown_people = fields.Text(readonly=True)
    unknown_teams = fields.Text(readonly=True)
    history_id = fields.Many2one("crm.imported.history", "Import", readonly=True)
    history_state = fields.Selection(string="What Became of It", related="history_id.state", related_sudo=False)
    result = fields.Text(readonly=True)
    bad_file = fields.Binary("Lines Left Out", readonly=True, attachment=False)
    bad_filename = fields.Char(readonly=True)
    total_count = fields.Integer("Opportunities to Import", readonly=True)
    done_count = fields.Integer("Opportunities Done", readonly=True)
    # No user may read or write these two, since `import_next_chunk` trusts their content.
    job = fields.Text("What Is Left to Do", groups=fields.NO_ACCESS, prefetch=False)
    tally = fields.Json("What Was Done", groups=fields.NO_ACCESS)

    @api.depends("fault_count")
    def _compute_fault_text(self):
        for wizard in self:
            more = wizard.fault_count - MOST_FAULTS
            wizard.fault_text = wizard._fault_text() if wizard.fault_count else False
            wizard.more_faults = self.env._("... and %s more.", more) if more > 0 else False

    def _fault_text(self):
        if self.fault_count == 1:
            return self.env._("1 fault: nothing is imported until it is mended, or left out.")
        return self.env._("%s faults: nothing is imported until they are mended, or left out.", self.fault_count)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # After the creation, since the context may have defaults for these fields.
        wizards._check_links()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if not {"company_id", "history_id"}.isdisjoint(vals):
            self._check_links()
        return result

    def _check_links(self):
        """Check that the user may read the company and the import whose names the dialog shows.

        :raises AccessError: for another company or import
        """
        self.company_id.check_access("read")
        self.history_id.check_access("read")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Read the file and show what an import would do. Nothing is imported.

        :return: the action that shows this dialog again
        :raises UserError: if no file was chosen
        """
        self.ensure_one()
        # Stages of an earlier preview are not the user's choice for this file.
        self.stage_ids.unlink()
        plan = self._examine()
        first_at, last_at = plan.span
        self.write(
            {
                "state": PREVIEW,
                "deal_count": len(plan.reading.events),
                "event_count": plan.event_count,
                "good_count": len(plan.good_deals),
                "first_at": first_at,
                "last_at": last_at,
                "stage_ids": [
                    Command.create(
                        {
                            "sequence": sequence,
                            "key": stage.key,
                            "name": stage.name,
                            "stage_id": stage.stage_id,
                            "is_won": stage.is_won,
                            "deals": stage.deals,
                        }
                    )
                    for sequence, stage in enumerate(plan.stages, 1)
                ],
                "unknown_people": self._names_with_counts(plan.unknown_users),
                "unknown_teams": self._names_with_counts(plan.unknown_teams),
            }
        )
        self._show_faults(plan)
        return self._reopen()

    def action_import(self):
        """Import the whole file in this transaction: as the preview shows it, or as it would propose it.

        :raises UserError: if no file was chosen; without a preview also if there are faults and ``skip_bad`` is off,
            or nothing to import
        """
        self.ensure_one()
        plan = self._examine()
        if self.state == PREVIEW and self._shows_new_faults(plan):
            return self._reopen()
        self._finish(self._importer().run(plan, self.filename or ""))
        self._offer_bad_lines(plan)
        return self._reopen()

    def action_start(self):
        """Begin the import as the preview shows it. :meth:`import_next_chunk` creates the opportunities.

        :raises UserError: if there is nothing to import
        """
        self.ensure_one()
        plan = self._examine()
        if self._shows_new_faults(plan):
            return self._reopen()
        preparation, todo, outcome = self._importer().begin(plan, self.filename or "")
        self._offer_bad_lines(plan)
        if todo:
            self.write(
                {
                    "state": RUNNING,
                    "history_id": outcome.history.id,
                    "total_count": len(todo),
                    "done_count": 0,
                }
            )
            # sudo: no user may write these fields; their content comes from the importer.
            self.sudo().write({"job": job_as_text(preparation, todo), "tally": outcome[1:]})
        else:
            self._finish(outcome)
        return self._reopen()

    def action_check(self):
        """Look for faults again after the user has changed a stage."""
        self.ensure_one()
        self._show_faults(self._examine())
        return self._reopen()

    def action_back(self):
        """Return to the choice of the file."""
        self.write({"state": UPLOAD, "file": False, "filename": False, "stage_ids": [Command.clear()]})
        self.fault_ids.unlink()
        return self._reopen()

    def action_open_leads(self):
        """Return the action that shows the opportunities of the import.

        :raises UserError: if nothing was imported yet
        """
        return self._checked_history().action_open_leads()

    def action_take_back(self):
        """Delete what the import has created, see :meth:`.CrmImportedHistory._take_back`.

        :raises UserError: if nothing was imported yet
        """
        self.result = "\n".join(self._checked_history()._take_back())
        return self._reopen()

    def _checked_history(self):
        """Return the record of the import.

        :raises UserError: if nothing was imported yet
        """
        self.ensure_one()
        if not self.history_id:
            raise UserError(self.env._("Nothing was imported yet."))
        return self.history_id

    # ------------------------------------------------------------
    # CHUNKS
    # ------------------------------------------------------------

    def import_next_chunk(self):
        """Import the next opportunities. The browser calls this until the import has finished.

        :return: ``done``, the number of opportunities that are done; ``total``, the number of all opportunities to
            import; ``finished``, whether the import has finished
        :rtype: dict
        :raises UserError: if the import was taken back since it began, or has not begun
        """
        self.ensure_one()
        self._lock_row()
        if self.state == RUNNING:
            preparation, chunk = self._read_job(max(self.done_count, 0), crm_history_importer.CHUNK)
            outcome = self._importer().go_on(chunk, preparation, self._outcome(preparation))
            # sudo: no user may read or write this field; its content comes from the importer.
            self.sudo().tally = outcome[1:]
            self.done_count += len(chunk)
            if not chunk or self.done_count >= self.total_count:
                self._finish(outcome)
        return {"done": self.done_count, "total": self.total_count, "finished": self.state != RUNNING}

    def stop_import(self):
        """Finish the import without the opportunities that are left.

        :raises UserError: if the import has not begun
        """
        self.ensure_one()
        self._lock_row()
        if self.state == RUNNING:
            preparation, _chunk = self._read_job(0, 0)
            self._finish(self._outcome(preparation))

    def _lock_row(self):
        """Wait for an earlier request of this import that is still running, although the browser got no answer.

        If that request has imported a chunk, PostgreSQL refuses the lock with a serialization error. Odoo then retries
        this request, which sees the chunk.
        """
        query = SQL("SELECT 1 FROM crm_stage_history_import WHERE id = %s FOR UPDATE", self.id)
        self.env.cr.execute(query, log_exceptions=False)

    def _read_job(self, start, size):
        """Return the preparation and a chunk of what is left to do, see :func:`.read_job`.

        :raises UserError: if the import has not begun: a program can write the state of the dialog
        """
        # sudo: no user may read this field; its content comes from the importer.
        job = self.sudo().job
        if not job:
            raise UserError(self.env._("The import has not begun."))
        return read_job(job, start, size)

    def _outcome(self, preparation):
        """Return the outcome so far. A program can write `history_id`, but not the import in the preparation."""
        history = self.env["crm.imported.history"].browse(preparation.history_id)
        # sudo: no user may read this field; its content comes from the importer.
        return Outcome(history, *self.sudo().tally)

    # ------------------------------------------------------------
    # PLAN AND FAULTS
    # ------------------------------------------------------------

    def _importer(self):
        return self.env["crm.history.importer"].with_company(self.company_id)

    def _examine(self):
        """Return the plan for the file and the choices of the user."""
        # Odoo stores an empty file as no file, but keeps its name.
        if not self.file and not self.filename:
            raise UserError(self.env._("Choose a file first."))
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        except binascii.Error:
            raise UserError(self.env._("The file did not arrive whole. Choose it again.")) from None
        lines = self.stage_ids.sorted(lambda line: (line.sequence, line.id))
        stages = tuple(
            StagePlan(line.key or "", line.name or "", line.stage_id.id or None, line.is_won) for line in lines
        )
        options = Options(self.create_missing_stages, self.skip_bad, stages)
        return self._importer().examine(content, options)

    def _shows_new_faults(self, plan):
        """Show the faults that stop the import, and return whether there are any.

        A stage that the user has chosen since the preview can cause faults that the preview did not show.
        """
        if plan.faults and not self.skip_bad:
            self._show_faults(plan)
            return True
        return False

    def _show_faults(self, plan):
        importer = self._importer()
        self.fault_ids.unlink()
        self.write(
            {
                "fault_count": len(plan.faults),
                "good_count": len(plan.good_deals),
                "fault_ids": [
                    Command.create(
                        {
                            "line": str(fault.line or ""),
                            "column": fault.column,
                            "reason": importer.reason_of(fault),
                        }
                    )
                    for fault in plan.faults[:MOST_FAULTS]
                ],
            }
        )

    def _names_with_counts(self, counts):
        """Return names with their numbers of opportunities, the highest number first: "Anna (12), Ben (3)"."""
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        names = [f"{name} ({count})" for name, count in ordered[:MOST_NAMES]]
        if len(ordered) > MOST_NAMES:
            names.append(self.env._("and %s more", len(ordered) - MOST_NAMES))
        return ", ".join(names)

    # ------------------------------------------------------------
    # RESULT
    # ------------------------------------------------------------

    def _finish(self, outcome):
        """Show the result of the import."""
        # sudo: no user may write this field; it is only emptied.
        self.sudo().job = False
        self.write({"state": DONE, "history_id": outcome.history.id, "result": self._result_text(outcome)})
        self.env["crm.stage.chance"]._rebuild_soon()

    def _offer_bad_lines(self, plan):
        """Offer the lines of the opportunities that are left out as a file."""
        name = (self.filename or "").rsplit(".", 1)[0]
        self.write(
            {
                "bad_file": base64.b64encode(self._importer().bad_lines(plan)) if plan.bad_deals else False,
                "bad_filename": self.env._("left out of %s.csv", name),
            }
        )

    def _result_text(self, outcome):
        """Return what was done, one sentence a line."""
        left = self.total_count - self.done_count
        lines = [self._left_text(left)] if left else []
        lines.append(self._created_text(outcome.created))
        if outcome.extended:
            lines.append(self._extended_text(outcome.extended))
        if outcome.unchanged:
            lines.append(self._unchanged_text(outcome.unchanged))
        if outcome.left_alone:
            lines.append(self._left_alone_text(outcome.left_alone))
        if outcome.skipped:
            lines.append(self._skipped_text(outcome.skipped))
        return "\n".join(lines)

    def _left_text(self, count):
        if count == 1:
            return self.env._("Stopped: 1 opportunity is left. Import the same file again to add it.")
        return self.env._("Stopped: %s opportunities are left. Import the same file again to add them.", count)

    def _created_text(self, count):
        if count == 1:
            return self.env._("1 opportunity was imported.")
        return self.env._("%s opportunities were imported.", count)

    def _extended_text(self, count):
        if count == 1:
            return self.env._("1 opportunity of an earlier import was continued.")
        return self.env._("%s opportunities of earlier imports were continued.", count)

    def _unchanged_text(self, count):
        if count == 1:
            return self.env._("1 opportunity was imported before, with all of this.")
        return self.env._("%s opportunities were imported before, with all of this.", count)

    def _left_alone_text(self, deals):
        names = ", ".join(deals[:MOST_NAMES]) + (" ..." if len(deals) > MOST_NAMES else "")
        if len(deals) == 1:
            return self.env._(
                "1 opportunity was changed in Odoo since its import, and was left alone: %s",
                names,
            )
        return self.env._(
            "%(count)s opportunities were changed in Odoo since their import, and were left alone: %(names)s",
            count=len(deals),
            names=names,
        )

    def _skipped_text(self, count):
        if count == 1:
            return self.env._("1 opportunity was left out for its faults.")
        return self.env._("%s opportunities were left out for their faults.", count)

    def _reopen(self):
        """Return the action that shows this dialog again."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Stage History"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
