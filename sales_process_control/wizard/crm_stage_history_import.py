import base64

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..history import LOST, STAGE, WON, faults
from ..ledger import OPEN

# The module, since tests change CHUNK.
from ..models.history_import import crm_history_importer
from ..models.history_import.history_choices import examine_as_chosen
from ..models.history_import.history_plan import MOST_FAULTS, Options, Outcome, job_as_text, read_job
from ..models.history_import.history_preview import preview_of
from . import history_import_texts as texts

#: States of the dialog.
UPLOAD = "upload"
COLUMNS = "columns"
PREVIEW = "preview"
RUNNING = "running"
DONE = "done"


class CrmStageHistoryImport(models.TransientModel):
    """The dialog that imports another program's history: choose a file, see how it is read, see the preview, import.

    How the file is read is in ``crm_stage_history_import_file.py``.

    The dialog imports in chunks: :meth:`action_start` begins, and the browser calls :meth:`import_next_chunk` until all
    is done, so that each chunk is committed and no request takes long. A program sets ``file`` and ``filename`` and
    calls :meth:`action_import`, which imports all in one transaction.
    """

    _name = "crm.stage.history.import"
    _description = "Import Stage History"

    file = fields.Binary(attachment=False, help="CSV, TSV, XLSX, XLS or ODS.")
    filename = fields.Char()
    create_missing_stages = fields.Boolean(
        default=True,
        help="Create the stages that Odoo does not have, in the order in which most opportunities went through them. "
        "Otherwise each event in such a stage is an error.",
    )
    skip_bad = fields.Boolean(
        "Import Opportunities Without Errors",
        help="Leave out each opportunity with an error in one of its lines, and import the others. Afterwards, the "
        "lines that were left out can be downloaded.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [(UPLOAD, "File"), (COLUMNS, "Columns"), (PREVIEW, "Preview"), (RUNNING, "Importing"), (DONE, "Done")],
        default=UPLOAD,
    )
    deal_count = fields.Integer("Opportunities", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    good_count = fields.Integer("Opportunities Without Errors", readonly=True)
    first_at = fields.Datetime("First Event", readonly=True)
    last_at = fields.Datetime("Last Event", readonly=True)
    won_count = fields.Integer("Won", readonly=True)
    lost_count = fields.Integer("Lost", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    stage_ids = fields.One2many("crm.stage.history.import.stage", "import_id", "Stages")
    sure_stage_ids = fields.One2many(
        "crm.stage.history.import.stage", "import_id", "Other Stages", domain=[("is_doubtful", "=", False)]
    )
    doubtful_stage_ids = fields.One2many(
        "crm.stage.history.import.stage", "import_id", "Doubtful Stages", domain=[("is_doubtful", "=", True)]
    )
    is_confirmed = fields.Boolean(
        "Doubtful Names Confirmed", help="You have checked the names that look like the end of an opportunity."
    )
    deal_ids = fields.One2many("crm.stage.history.import.deal", "import_id", "First Opportunities", readonly=True)
    fault_ids = fields.One2many("crm.stage.history.import.fault", "import_id", "Errors", readonly=True)
    fault_count = fields.Integer("Number of Errors", readonly=True)
    fault_text = fields.Char("Error Messages", compute="_compute_fault_text")
    more_faults = fields.Char("More Errors", compute="_compute_fault_text")
    unknown_people = fields.Text(readonly=True)
    unknown_teams = fields.Text(readonly=True)
    history_id = fields.Many2one("crm.imported.history", "Import", readonly=True)
    history_state = fields.Selection(string="Import Status", related="history_id.state", related_sudo=False)
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
            wizard.fault_text = texts.fault_text(self.env, wizard.fault_count) if wizard.fault_count else False
            wizard.more_faults = self.env._("… and %s more.", more) if more > 0 else False

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
        """Read the file as chosen and show what an import would do. Nothing is imported.

        :return: the action that shows this dialog again
        :raises UserError: if no file was chosen
        """
        self.ensure_one()
        plan = self._look()
        if plan.reading.is_unreadable:
            self.state = COLUMNS
        else:
            self._show_preview(plan)
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
        self._check_doubtful()
        self._remember()
        self._finish(self._importer().run(plan, self.filename or ""))
        self._offer_bad_lines(plan)
        return self._reopen()

    def action_confirm_start(self):
        """Begin the import: the doubtful names stand for what is chosen."""
        self.ensure_one()
        self.is_confirmed = True
        return self.action_start()

    def action_start(self):
        """Begin the import as the preview shows it. :meth:`import_next_chunk` creates the opportunities.

        :raises UserError: if there is nothing to import, or a doubtful name of a stage is not confirmed
        """
        self.ensure_one()
        plan = self._examine()
        if self._shows_new_faults(plan):
            return self._reopen()
        self._check_doubtful()
        self._remember()
        preparation, todo, outcome = self._importer().begin(plan, self.filename or "")
        self._offer_bad_lines(plan)
        # Also without work: the numbers of an earlier import are still there.
        self.write({"total_count": len(todo), "done_count": 0})
        if todo:
            self.write({"state": RUNNING, "history_id": outcome.history.id})
            # sudo: no user may write these fields; their content comes from the importer.
            self.sudo().write({"job": job_as_text(preparation, todo), "tally": outcome[1:]})
        else:
            self._finish(outcome)
        return self._reopen()

    def action_check(self):
        """Show the preview again after the user has changed a stage."""
        self.ensure_one()
        self._show_preview(self._examine())
        return self._reopen()

    def action_back(self):
        """Return to the step before, with what was chosen; after an import to the choice of another file."""
        self.ensure_one()
        if self.state == PREVIEW:
            self._keep_choices()
            self.state = COLUMNS
        elif self.state == COLUMNS:
            self._keep_choices()
            self.state = UPLOAD
        else:
            self.write({"state": UPLOAD, "file": False, "filename": False})
        self.fault_ids.unlink()
        self.fault_count = 0
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
            raise UserError(self.env._("Nothing imported yet."))
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
                self._finish(outcome, self.total_count - self.done_count)
        return {"done": self.done_count, "total": self.total_count, "finished": self.state != RUNNING}

    def stop_import(self):
        """Finish the import without the opportunities that are left.

        :raises UserError: if the import has not begun
        """
        self.ensure_one()
        self._lock_row()
        if self.state == RUNNING:
            preparation, _chunk = self._read_job(0, 0)
            self._finish(self._outcome(preparation), self.total_count - self.done_count)

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
            raise UserError(self.env._("The import has not started."))
        return read_job(job, start, size)

    def _outcome(self, preparation):
        """Return the outcome so far. A program can write `history_id`, but not the import in the preparation."""
        history = self.env["crm.imported.history"].browse(preparation.history_id)
        # sudo: no user may read this field; its content comes from the importer.
        return Outcome(history, *self.sudo().tally)

    # ------------------------------------------------------------
    # PLAN
    # ------------------------------------------------------------

    def _importer(self):
        return self.env["crm.history.importer"].with_company(self.company_id)

    def _examine(self):
        """Return the plan for the file and the choices of the user."""
        content = self._content()
        self._keep_choices()
        choices = self._choices()
        if self._key_of(content) != self.file_key:
            # A program imports without a preview, or has changed the file since.
            return examine_as_chosen(self._importer(), content, self._options(), choices)
        # A name that is shown stands for what is shown: whether it is doubtful is asked in the dialog.
        ends = {line.key: line.kind for line in self.stage_ids if line.is_doubtful} | choices.ends
        settings = choices._replace(ends=ends).settings(self._shown("columns"))
        return self._importer().examine(content, self._options()._replace(settings=settings))

    def _options(self):
        lines = self.stage_ids.sorted(lambda line: (line.sequence, line.id))
        stages = tuple(line._plan() for line in lines if line.kind in (STAGE, WON))
        return Options(self.create_missing_stages, self.skip_bad, stages)

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def _show_preview(self, plan):
        """Show what an import would do."""
        choices = self._choices()
        if not self.stage_ids and choices.stages:
            plan = self._with_known_stages(plan, choices)
        undecided = {name for name in self._shown("doubtful") if name not in choices.ends}
        self.stage_ids.unlink()
        self.stage_ids = [
            Command.create(
                {
                    "sequence": sequence,
                    "key": stage.key,
                    "name": stage.name,
                    "kind": stage.kind,
                    "proposed_kind": stage.kind,
                    "is_doubtful": stage.key in undecided and not stage.is_known,
                    "stage_id": stage.stage_id,
                    "proposed_stage_id": stage.stage_id,
                    "is_won": stage.is_won,
                    "deals": stage.deals,
                }
            )
            for sequence, stage in enumerate(plan.stages, 1)
        ]
        if any(fault.code == faults.UNDECIDED_END for fault in plan.faults):
            plan = self._examine()
        preview, (first_at, last_at) = preview_of(self.with_company(self.company_id).env, plan), plan.span
        self.write(
            {
                "state": PREVIEW,
                "deal_count": len(plan.reading.events),
                "event_count": plan.event_count,
                "won_count": preview.counts[WON],
                "lost_count": preview.counts[LOST],
                "open_count": preview.counts[OPEN],
                "first_at": first_at,
                "last_at": last_at,
                "deal_ids": [Command.clear(), *(Command.create(deal._asdict()) for deal in preview.deals)],
                "doubts": self._doubt_text(plan.reading.look),
                "unknown_people": texts.names_with_counts(self.env, plan.unknown_users),
                "unknown_teams": texts.names_with_counts(self.env, plan.unknown_teams),
            }
        )
        self._show_faults(plan.faults, len(plan.good_deals))

    def _with_known_stages(self, plan, choices):
        """Return the plan with the stages that were chosen for the last file of these headings."""
        known = self.env["crm.stage"].search([("id", "in", list(choices.stages.values()))])
        stages = tuple(
            stage._replace(stage_id=choices.stages[stage.key] or None)
            for stage in plan.stages
            if stage.kind in (STAGE, WON)
            # The new stage that was chosen last time has this name now.
            and choices.stages.get(stage.key) in (*known.ids, *((0,) if stage.is_guess else ()))
        )
        if not stages:
            return plan
        options = plan.options._replace(stages=stages, settings=plan.reading.look.settings)
        return self._importer().examine(self._content(), options)

    def _check_doubtful(self):
        """Check that a person has said what doubtful names of stages stand for.

        :raises UserError: if not
        """
        undecided = self.stage_ids.filtered(
            lambda line: (
                line.is_doubtful and line.kind == line.proposed_kind and line.stage_id == line.proposed_stage_id
            )
        )
        if undecided and not self.is_confirmed:
            raise UserError(texts.doubtful_text(self.env, undecided.mapped("name")))

    # ------------------------------------------------------------
    # FAULTS
    # ------------------------------------------------------------

    def _shows_new_faults(self, plan):
        """Show the faults that stop the import, and return whether there are any.

        A stage that the user has chosen since the preview can cause faults that the preview did not show.
        """
        if plan.faults and not self.skip_bad:
            self._show_faults(plan.faults, len(plan.good_deals))
            return True
        return False

    def _show_faults(self, found, good_count):
        """List faults.

        :param int good_count: number of the deals without faults
        """
        importer = self._importer()
        self.fault_ids.unlink()
        self.write(
            {
                "fault_count": len(found),
                "good_count": good_count,
                "fault_ids": [
                    Command.create(
                        {
                            "line": str(fault.line or ""),
                            "column": importer._column_name(fault),
                            "reason": importer.reason_of(fault),
                        }
                    )
                    for fault in found[:MOST_FAULTS]
                ],
            }
        )

    # ------------------------------------------------------------
    # RESULT
    # ------------------------------------------------------------

    def _finish(self, outcome, left=0):
        """Show the result of the import.

        :param int left: number of the opportunities that were not imported, because the import was stopped
        """
        text = texts.result_text(self.env, outcome, left)
        # sudo: no user may write this field; it is only emptied.
        self.sudo().job = False
        self.write({"state": DONE, "history_id": outcome.history.id, "result": text})
        self._importer().finish()

    def _offer_bad_lines(self, plan):
        """Offer the lines of the opportunities that are left out as a file."""
        name = (self.filename or "").rsplit(".", 1)[0]
        self.write(
            {
                "bad_file": base64.b64encode(self._importer().bad_lines(plan)) if plan.bad_deals else False,
                "bad_filename": self.env._("left out of %s.csv", name),
            }
        )

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
