import base64
import binascii
import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..history import BY_DEAL, BY_EVENT, BY_STAGE, doubts, faults
from ..models.history_import.history_choices import VALUES, choices_from_json, examine_as_chosen
from .crm_stage_history_import import COLUMNS, PREVIEW
from .crm_stage_history_import_column import IGNORED

#: Encodings that are found without doubt.
SURE_ENCODINGS = ("utf-8", "utf-16")


class CrmStageHistoryImport(models.TransientModel):
    """How the file is read: what was found in it, and what was chosen.

    What a person chooses is kept in ``choices``, apart from ``shown``: what was found, as the dialog shows it. So the
    file is looked at again after each choice, and what nobody has chosen is found anew.
    """

    _inherit = "crm.stage.history.import"

    source = fields.Selection(
        [
            ("salesforce", "Salesforce"),
            ("hubspot", "HubSpot"),
            ("pipedrive", "Pipedrive"),
            ("zoho", "Zoho CRM"),
            ("dynamics", "Dynamics 365"),
            ("odoo", "Odoo"),
        ],
        "Program",
        readonly=True,
    )
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("gb18030", "Chinese, simplified (GB18030)"),
            ("big5", "Chinese, traditional (Big5)"),
            ("shift_jis", "Japanese (Shift JIS)"),
            ("cp949", "Korean (CP949)"),
            ("cp1252", "Western (Windows-1252)"),
            ("cp1250", "Central European (Windows-1250)"),
            ("cp1251", "Cyrillic (Windows-1251)"),
            ("latin-1", "Western (Latin-1)"),
        ],
        help="The encodings in which the file can be read. Choose another one if the first values look wrong.",
    )
    encodings = fields.Json(readonly=True)
    layout = fields.Selection(
        [
            (BY_EVENT, "One line per event"),
            (BY_STAGE, "One line per opportunity, one column per stage"),
            (BY_DEAL, "One line per opportunity, with its times"),
        ],
        help="- One line per event: the opportunity came into a stage.\n"
        "- One column per stage: headings such as “Date entered …”.\n"
        "- With its times: when the opportunity was created, won and lost.",
    )
    heading_line = fields.Integer("Line of the Headings", readonly=True)
    date_order = fields.Selection(
        [("YMD", "Year first: 2026-12-31"), ("DMY", "Day first: 31/12/2026"), ("MDY", "Month first: 12/31/2026")],
        "Dates",
    )
    has_date_order = fields.Boolean(readonly=True)
    decimal = fields.Selection([(".", "Point: 1,250.50"), (",", "Comma: 1.250,50")], "Decimal Sign")
    has_decimal = fields.Boolean(readonly=True)
    zone = fields.Selection("_selection_zone", "Time Zone", help="The time zone of times without a time zone.")
    has_local_times = fields.Boolean(readonly=True)
    recalled_on = fields.Date("Chosen Last Time", readonly=True)
    column_ids = fields.One2many("crm.stage.history.import.column", "import_id", "Columns")
    doubts = fields.Text("Please Check", readonly=True)
    shown = fields.Json(readonly=True, help="What was found in the file, as shown in the dialog.")
    choices = fields.Json(readonly=True, help="The saved choices, see history_choices.py.")
    file_key = fields.Char(readonly=True, help="The file that was read, as a hash.")

    @api.model
    def _selection_zone(self):
        """Return the time zones that a contact can have."""
        return self.env["res.partner"].fields_get(["tz"], ["selection"])["tz"]["selection"]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_look(self):
        """Look at the file, with what was chosen, and show how it is read. Choices about another file are forgotten.

        :return: the action that shows this dialog again
        :raises UserError: if no file was chosen
        """
        self.ensure_one()
        self._look()
        self.state = COLUMNS
        return self._reopen()

    def action_start_anew(self):
        """Forget what was chosen, also for the last file of these headings, and look at the file again."""
        self.ensure_one()
        self.write({**dict.fromkeys(VALUES, False), "choices": False, "shown": False, "recalled_on": False})
        self.column_ids.unlink()
        self.stage_ids.unlink()
        self._show_look(self._importer().examine(self._content(), self._options()))
        self.state = COLUMNS
        return self._reopen()

    # ------------------------------------------------------------
    # THE FILE
    # ------------------------------------------------------------

    def _content(self):
        """Return the file.

        :raises UserError: if none was chosen
        """
        # Odoo stores an empty file as no file, but keeps its name.
        if not self.file and not self.filename:
            raise UserError(self.env._("Choose a file first."))
        try:
            return base64.b64decode(self.with_context(bin_size=False).file or b"")
        except binascii.Error:
            raise UserError(self.env._("The file is incomplete. Choose it again.")) from None

    def _key_of(self, content):
        return hashlib.sha256(content).hexdigest()

    def _mappings(self):
        return self.env["crm.history.mapping"].with_company(self.company_id)

    # ------------------------------------------------------------
    # CHOICES
    # ------------------------------------------------------------

    def _choices(self):
        """Return what was chosen, see :class:`.Choices`. A program can write anything into the field."""
        return choices_from_json(self.choices, dict(self._selection_zone()))

    def _shown(self, name):
        """Return a value or a list of texts that was shown. A program can write anything into the field."""
        value = self.shown.get(name) if isinstance(self.shown, dict) else None
        if name in VALUES:
            return value if isinstance(value, str) else ""
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def _keep_choices(self):
        """Keep what the user has changed since the dialog was shown."""
        choices = self._choices()
        single = {name: self[name] or "" for name in VALUES if (self[name] or "") != self._shown(name)}
        meanings = dict(enumerate(self._shown("columns")))
        columns = {line.index: "" if line.meaning == IGNORED else line.meaning for line in self.column_ids}
        changed = {index: meaning for index, meaning in columns.items() if meanings.get(index, meaning) != meaning}
        ends = {line.key: line.kind for line in self.stage_ids if line.key and line.kind != line.proposed_kind}
        # Stages that were found are found again.
        stages = {
            line.key: line.stage_id.id or 0
            for line in self.stage_ids
            if line.key and line.stage_id != line.proposed_stage_id
        }
        choices = choices._replace(
            **single, columns=choices.columns | changed, ends=choices.ends | ends, stages=choices.stages | stages
        )
        self.choices = choices.as_json()

    def _remember(self):
        """Keep what was chosen for the next file of these headings."""
        if self.shown and self.state == PREVIEW:
            self._keep_choices()
            choices = self._choices()
            doubtful = {line.key: line.kind for line in self.stage_ids if line.key and line.is_doubtful}
            kept = choices._replace(ends=doubtful | choices.ends)
            self._mappings()._remember(self._shown("headings"), kept.as_json())

    # ------------------------------------------------------------
    # LOOKING AT THE FILE
    # ------------------------------------------------------------

    def _look(self):
        """Look at the file with what was chosen, and show what was found.

        :return: the plan
        """
        content, importer = self._content(), self._importer()
        key = self._key_of(content)
        if key != self.file_key:
            if self.file_key:
                # What was shown of another file is no choice.
                self.write(dict.fromkeys(VALUES, False))
            self.write({"file_key": key, "choices": False, "shown": False, "recalled_on": False, "is_confirmed": False})
            self.column_ids.unlink()
            # Stages of an earlier preview are not the user's choice for this file.
            self.stage_ids.unlink()
            self._keep_choices()
            plan = examine_as_chosen(importer, content, self._options(), self._choices())
            headings = [column.heading for column in plan.reading.look.columns]
            known = self._mappings()._recall(headings) if headings else self._mappings()
            if not known.choices or self.choices:
                return self._show_look(plan)
            choices = dict(known.choices)
            if plan.reading.look.settings.encoding in SURE_ENCODINGS:
                # A file in another encoding than the one of which the encoding was chosen.
                choices.pop("encoding", None)
            self.write(
                {
                    "choices": choices,
                    "recalled_on": fields.Date.context_today(self, known.used_at),
                    "shown": {"headings": headings},
                }
            )
        else:
            self._keep_choices()
        return self._show_look(examine_as_chosen(importer, content, self._options(), self._choices()))

    def _show_look(self, plan):
        """Show how the file is read."""
        look, settings = plan.reading.look, plan.reading.look.settings
        meanings = [column.meaning for column in look.columns]
        headings = [column.heading for column in look.columns]
        single = {name: getattr(settings, name) or False for name in VALUES}
        if single["zone"] not in dict(self._selection_zone()):
            single["zone"] = False
        # Headings as they were found at first, so that a chosen encoding is found again, too.
        first_headings = self._shown("headings") or headings
        self.write(
            {
                **single,
                "source": look.source or False,
                "encodings": look.encodings,
                "heading_line": look.heading_line,
                "has_date_order": look.has_date_order or look.is_date_ambiguous,
                "has_decimal": look.is_decimal_ambiguous or "decimal" in self._choices().as_json(),
                "has_local_times": look.has_local_times,
                "doubts": self._doubt_text(look),
                "shown": {
                    **{name: value or "" for name, value in single.items()},
                    "columns": meanings,
                    "headings": first_headings,
                    "doubtful": [stage.key for stage in look.stages if stage.is_doubtful],
                },
                "column_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "index": column.index,
                                "heading": column.heading,
                                "samples": " · ".join(column.samples),
                                "meaning": column.meaning or IGNORED,
                                "stage": column.stage,
                            }
                        )
                        for column in look.columns
                    ),
                ],
            }
        )
        self._show_faults([fault for fault in plan.faults if fault.code in faults.OF_THE_FILE], 0)
        return plan

    def _doubt_text(self, look):
        """Return what a person should look at. Names that look like an end are asked for in the preview."""
        importer = self._importer()
        sentences = [importer.reason_of_doubt(doubt) for doubt in look.doubts if doubt.code != doubts.DOUBTFUL_END]
        return "\n".join(sentences) or False
