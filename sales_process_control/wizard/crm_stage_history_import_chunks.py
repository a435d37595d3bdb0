from odoo import fields, models
from odoo.tools import SQL

from ..models.history_import import crm_history_importer
from ..models.history_import.history_job import job_as_text, read_job
from ..models.history_import.history_plan import Outcome


class CrmStageHistoryImport(models.TransientModel):
    """The import as the browser asks for it: a chunk a request, so that each is committed and none takes long."""

    _inherit = "crm.stage.history.import"

    total_count = fields.Integer("Opportunities to Import", readonly=True)
    done_count = fields.Integer("Opportunities Done", readonly=True)
    # What nobody but this code writes: it is trusted when it is read again.
    job = fields.Text("What Is Left to Do", groups=fields.NO_ACCESS, prefetch=False)
    tally = fields.Json("What Was Done", groups=fields.NO_ACCESS)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_start(self):
        """Begin to import, as the preview shows it; :meth:`import_next_chunk` goes on with it."""
        self.ensure_one()
        plan = self._examine()
        if plan.faults and not self.skip_bad:
            # What was chosen for a stage may be a fault that the preview has not seen.
            self._show_faults(plan)
            return self._reopen()
        preparation, todo, outcome = self._importer().begin(plan, self.filename or "")
        self._offer_bad_lines(plan)
        if todo:
            self.write(
                {
                    "state": "running",
                    "history_id": outcome.history.id,
                    "total_count": len(todo),
                    "done_count": 0,
                }
            )
            # sudo: nobody may read or write these fields, see above.
            self.sudo().write({"job": job_as_text(preparation, todo), "tally": outcome[1:]})
        else:
            self._finish(outcome)
        return self._reopen()

    def import_next_chunk(self):
        """Import some more opportunities; called until all are done.

        :return: how many are done, how many there are, and whether it has ended
        :rtype: dict
        """
        self.ensure_one()
        self._wait_for_its_turn()
        if self.state == "running":
            # sudo: nobody may read or write these fields, see above.
            protected = self.sudo()
            preparation, chunk = read_job(protected.job, self.done_count, crm_history_importer.CHUNK)
            outcome = self._importer().go_on(chunk, preparation, self._outcome())
            protected.tally = outcome[1:]
            self.done_count += len(chunk)
            if self.done_count >= self.total_count:
                self._finish(outcome)
        return {"done": self.done_count, "total": self.total_count, "finished": self.state != "running"}

    def stop_import(self):
        """Leave it at what is done."""
        self.ensure_one()
        self._wait_for_its_turn()
        if self.state == "running":
            self._finish(self._outcome())

    # ------------------------------------------------------------
    # BUSINESS METHODS
    # ------------------------------------------------------------

    def _wait_for_its_turn(self):
        """Wait for a request whose answer was lost, but which is still being worked on.

        Where it has done something, Odoo begins this one anew, and it sees that.
        """
        query = SQL("SELECT 1 FROM crm_stage_history_import WHERE id = %s FOR UPDATE", self.id)
        self.env.cr.execute(query, log_exceptions=False)

    def _outcome(self):
        """What is done so far."""
        # sudo: nobody may read or write this field, see above.
        return Outcome(self.history_id, *self.sudo().tally)

    def _finish(self, outcome):
        # sudo: nobody may read or write this field, see above.
        self.sudo().job = False
        return super()._finish(outcome)

    def _result_of(self, outcome):
        result = super()._result_of(outcome)
        left = self.total_count - self.done_count
        if left:
            stopped = self.env._("Stopped: %s opportunities are left. Import the same file again to add them.", left)
            result = f"{stopped}\n{result}"
        return result
