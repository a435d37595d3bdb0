import base64
import binascii

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.history_import.history_plan import MOST_FAULTS, Options, StagePlan

#: Names that a message tells one by one; of the others it says how many there are.
MOST_NAMES = 50


class CrmStageHistoryImport(models.TransientModel):
    """Asks for the history of another program, shows what it holds, and imports it.

    A program sets ``file`` and ``filename`` and calls :meth:`action_import`; a person sees the preview in between, and
    the import itself chunk by chunk.
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
        [("upload", "File"), ("preview", "Preview"), ("running", "Importing"), ("done", "Done")], default="upload"
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
    history_state = fields.Selection(string="What Became of It", related="history_id.state")
    result = fields.Text(readonly=True)
    bad_file = fields.Binary("Lines Left Out", readonly=True, attachment=False)
    bad_filename = fields.Char(readonly=True)

    @api.depends("fault_count")
    def _compute_fault_text(self):
        for wizard in self:
            count, more = wizard.fault_count, wizard.fault_count - MOST_FAULTS
            wizard.fault_text = count and self.env._(
                "%s faults: nothing is imported until they are mended, or left out.", count
            )
            wizard.more_faults = more > 0 and self.env._("... and %s more.", more)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Read the file and show what an import would do. Nothing is imported."""
        self.ensure_one()
        # What was proposed for another file, or before, is no choice of anybody's.
        self.stage_ids.unlink()
        plan = self._examine()
        first_at, last_at = plan.span
        self.write(
            {
                "state": "preview",
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
                "unknown_people": self._counted(plan.unknown_users),
                "unknown_teams": self._counted(plan.unknown_teams),
            }
        )
        self._show_faults(plan)
        return self._reopen()

    def action_import(self):
        """Import the whole file, as the preview shows it; without a preview, as it would propose it."""
        self.ensure_one()
        plan = self._examine()
        if self.state == "preview" and plan.faults and not self.skip_bad:
            # What was chosen for a stage may be a fault that the preview has not seen.
            self._show_faults(plan)
            return self._reopen()
        self._finish(self._importer().run(plan, self.filename or ""))
        self._offer_bad_lines(plan)
        return self._reopen()

    def action_check(self):
        """Look for faults once more, after something was chosen for a stage."""
        self.ensure_one()
        self._show_faults(self._examine())
        return self._reopen()

    def action_back(self):
        """Choose another file."""
        self.write({"state": "upload", "file": False, "filename": False, "stage_ids": [Command.clear()]})
        self.fault_ids.unlink()
        return self._reopen()

    def action_open_leads(self):
        """Open the opportunities that the import has made."""
        return self.history_id.action_open_leads()

    def action_take_back(self):
        """Take the import back, and say so."""
        self.history_id.action_take_back()
        self.result = self.env._("The import was taken back.")
        return self._reopen()

    # ------------------------------------------------------------
    # BUSINESS METHODS
    # ------------------------------------------------------------

    def _importer(self):
        return self.env["crm.history.importer"].with_company(self.company_id)

    def _examine(self):
        # An empty file is stored as none, but has a name.
        if not self.file and not self.filename:
            raise UserError(self.env._("Choose a file first."))
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        except binascii.Error:
            raise UserError(self.env._("The file did not arrive whole. Choose it once more.")) from None
        lines = self.stage_ids.sorted(lambda line: (line.sequence, line.id))
        stages = tuple(
            StagePlan(line.key or "", line.name or "", line.stage_id.id or None, line.is_won) for line in lines
        )
        options = Options(self.create_missing_stages, self.skip_bad, stages)
        return self._importer().examine(content, options)

    def _finish(self, outcome):
        """Show what was done."""
        self.write({"state": "done", "history_id": outcome.history.id, "result": self._result_of(outcome)})

    def _offer_bad_lines(self, plan):
        """Offer the lines of the opportunities that are left out as a file."""
        name = (self.filename or "").rsplit(".", 1)[0]
        self.write(
            {
                "bad_file": base64.b64encode(self._importer().bad_lines(plan)) if plan.bad_deals else False,
                "bad_filename": self.env._("left out of %s.csv", name),
            }
        )

    def _show_faults(self, plan):
        importer = self.env["crm.history.importer"]
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

    def _counted(self, counts):
        """Names with the number of their opportunities, the most frequent first."""
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        names = [f"{name} ({count})" for name, count in ordered[:MOST_NAMES]]
        if len(ordered) > MOST_NAMES:
            names.append(self.env._("and %s more", len(ordered) - MOST_NAMES))
        return ", ".join(names)

    def _result_of(self, outcome):
        """What was done, in words."""
        lines = [self.env._("%s opportunities were imported.", outcome.created)]
        if outcome.extended:
            lines.append(self.env._("%s opportunities of earlier imports were continued.", outcome.extended))
        if outcome.unchanged:
            lines.append(self.env._("%s opportunities were imported before, with all of this.", outcome.unchanged))
        if outcome.left_alone:
            names = ", ".join(outcome.left_alone[:MOST_NAMES])
            lines.append(
                self.env._(
                    "%(count)s opportunities were changed in Odoo since their import, and were left alone: %(names)s",
                    count=len(outcome.left_alone),
                    names=names + (" ..." if len(outcome.left_alone) > MOST_NAMES else ""),
                )
            )
        if outcome.skipped:
            lines.append(self.env._("%s opportunities were left out for their faults.", outcome.skipped))
        return "\n".join(lines)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Stage History"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
