import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..chance.optional_number import OptionalFloat, OptionalMonetary
from .deal_changes import BACK, EARLIER, FORWARD, LATER, REMOVED, SET, DealChange, read_before
from .pipeline_change import ChangesReader, read_changes, read_since

#: Fields of the facts of a row that PostgreSQL computes or has.
FACTS = ("stage_days", "pace", "push_count")
#: Most characters of the last word of a customer in a list.
WORD_LENGTH = 120


class CrmLead(models.Model):
    """Columns of the Deal Review (docs/definitions.md, Deal Review).

    The context says since when changes are shown (`changed_since`), and which change the list is about
    (`pipeline_change`).
    """

    _inherit = "crm.lead"

    stage_before_id = fields.Many2one(
        "crm.stage",
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="The stage of the opportunity at the end of the day since which changes are shown, by default seven "
        "days ago. Empty if the stage has not changed, and if the opportunity was not open then.",
    )
    stage_change = fields.Selection(
        [(FORWARD, "Moved on"), (BACK, "Moved back")],
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="Whether the opportunity is in a later or an earlier stage than on the day since which changes are "
        "shown, in the present order of stages.",
    )
    amount_before = OptionalMonetary(
        compute="_compute_changes",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="Expected revenue at the end of the day since which changes are shown. Empty if it has not changed, if "
        "the opportunity was not open then, and if it was in another currency.",
    )
    closing_before = fields.Date(
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="Expected closing at the end of the day since which changes are shown. Empty if the date has not "
        "changed or was not set, and if the opportunity was not open then.",
    )
    closing_change = fields.Selection(
        [(LATER, "Later"), (EARLIER, "Earlier"), (SET, "Set"), (REMOVED, "Removed")],
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="How the expected closing differs from that of the day in Changed since: later, earlier, set or "
        "removed. Empty if it is the same, or if the opportunity was not open then.",
    )
    is_new_since = fields.Boolean(
        "New Since",
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="The opportunity was created after the day since which changes are shown.",
    )
    changes_since = fields.Char(
        "Changes",
        compute="_compute_changes",
        groups=GROUP_SALESPERSON,
        help="What changed about the opportunity since the day since which changes are shown, by default seven days "
        "ago.",
    )
    deal_facts = fields.Char(
        "Facts of the Row",
        compute="_compute_deal_facts",
        groups=GROUP_SALESPERSON,
        exportable=False,
        help="What rows of opportunities show beside their columns: days in the stage, pace, pushes, hot flag, and "
        "the former stage, amount and expected closing.",
    )
    amount_changed = OptionalMonetary(
        "Counted Amount",
        compute="_compute_amount_changed",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="The share of the opportunity in the number by which the list was opened. For moves, its amount at the "
        "last move.",
    )
    pipeline_change = fields.Char(
        compute="_compute_pipeline_change",
        search="_search_pipeline_change",
        groups=GROUP_SALESPERSON,
        help="To search with: the opportunities with movements of a kind since a day, as the Deal Review names them.",
    )
    last_word = fields.Char(
        "Last Customer Feedback",
        compute="_compute_last_word",
        groups=GROUP_SALESPERSON,
        help="The customer's feedback at the last contact; without feedback, the reaction; without a reaction, the "
        "kind of contact.",
    )
    likelihood = OptionalFloat(
        "Recorded Likelihood",
        compute="_compute_last_word",
        groups=GROUP_SALESPERSON,
        help="The probability, from 0 to 1, that was last recorded with progress. Empty if none was recorded.",
    )
    next_action = fields.Char(
        compute="_compute_next_action",
        groups=GROUP_SALESPERSON,
        help="The planned activity that is due first.",
    )
    next_action_date = fields.Date(
        compute="_compute_next_action",
        groups=GROUP_SALESPERSON,
        help="The due date of the planned activity that is due first.",
    )

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    @api.depends("stage_id", "expected_revenue", "date_deadline", "type", "active", "won_status", "company_currency")
    @api.depends_context("changed_since", "lang", "allowed_company_ids")
    def _compute_changes(self):
        changes = self._read_changes()
        changed = self.filtered(changes.get)
        # Most deals are as they were. All at once, since a list reads these fields of many deals.
        same = self - changed
        same.stage_before_id = same.stage_change = same.closing_before = same.closing_change = False
        same.is_new_since = same.changes_since = False
        same.amount_before = None
        for lead, change in changes.items():
            lead.stage_before_id = change.stage
            lead.stage_change = change.direction
            lead.amount_before = change.amount
            lead.closing_before = change.closing
            lead.closing_change = change.closing_change
            lead.is_new_since = change.is_new
            lead.changes_since = change.describe()

    def _read_changes(self):
        """Return what changed about deals since the day of the context, with one statement.

        :return: :class:`DealChange` by deal; deals that are as they were are missing
        :rtype: dict
        """
        before = read_before(self._origin, read_since(self.env, self.env.context.get("changed_since")))
        found = ((lead, before.get(lead._origin.id)) for lead in self)
        return {lead: DealChange(lead, then) for lead, then in found if then and then.may_differ(lead)}

    @api.depends("stage_id", "expected_revenue", "date_deadline", "type", "active", "won_status", "company_currency")
    @api.depends("push_count", "pace", "stage_days", "is_hot", "hot_note", "hot_due_date")
    @api.depends_context("changed_since", "uid", "lang", "tz", "allowed_company_ids")
    def _compute_deal_facts(self):
        changes, known = self._read_changes(), self._origin._read_facts(FACTS, with_flags=True)
        for lead in self:
            changed = changes[lead].as_facts() if lead in changes else {}
            lead.deal_facts = json.dumps({**known.get(lead._origin.id, {}), **changed}, ensure_ascii=False)

    @api.depends("company_currency")
    @api.depends_context("pipeline_change", "uid", "allowed_company_ids")
    def _compute_amount_changed(self):
        text = self.env.context.get("pipeline_change")
        self.amount_changed = None
        if text and self._origin:
            [change] = read_changes(self.env, [text])
            amounts = ChangesReader(self.env).amounts(change, self._origin)
            for lead in self.filtered(lambda lead: lead._origin.id in amounts):
                lead.amount_changed = amounts[lead._origin.id]

    def _compute_pipeline_change(self):
        # A deal belongs to many changes, so that the field has no value. It exists for searches.
        self.pipeline_change = False

    def _search_pipeline_change(self, operator, value):
        # Odoo checks the groups of fields with a column only.
        self._check_field_access(self._fields["pipeline_change"], "read")
        if operator != "in":
            return NotImplemented
        reader = ChangesReader(self.env)
        return Domain.OR([self._with_change(reader.lead_ids_sql(one)) for one in read_changes(self.env, value)])

    @staticmethod
    def _with_change(lead_ids):
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IN %s", model._field_to_sql(alias, "id", query), lead_ids)
        )

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    @api.depends("progress_ids")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_last_word(self):
        found = self._origin._read_last_words()
        self.last_word, self.likelihood = False, None
        for lead in self.filtered(lambda lead: lead._origin.id in found):
            lead.last_word, lead.likelihood = found[lead._origin.id]

    def _read_last_words(self):
        """Return what customers said last, and the likelihood that was recorded last.

        Under the record rules of the reader, with one statement.

        :return: (text, likelihood from 0 to 1) by id of the deal
        :rtype: dict
        """
        if not self:
            return {}
        progress = self.env["crm.lead.progress"]
        query = progress._search([("lead_id", "in", self.ids)])
        names = ("id", "lead_id", "date", "source", "feedback", "reaction", "likelihood")
        columns = (
            SQL("%s AS %s", progress._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names
        )
        query.order = None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row.lead_id,
                       (array_agg(row.source ORDER BY row.date DESC, row.id DESC) FILTER (WHERE is_contact))[1],
                       (array_agg(left(row.feedback, %(length)s) ORDER BY row.date DESC, row.id DESC)
                        FILTER (WHERE is_contact))[1],
                       (array_agg(row.reaction ORDER BY row.date DESC, row.id DESC) FILTER (WHERE is_contact))[1],
                       (array_agg(row.likelihood ORDER BY row.date DESC, row.id DESC)
                        FILTER (WHERE row.likelihood IS NOT NULL))[1]::float8
                FROM (%(rows)s) row
                CROSS JOIN LATERAL (SELECT %(is_contact)s AS is_contact) contact
                GROUP BY row.lead_id
                """,
                rows=query.select(*columns),
                is_contact=self._is_contact_sql("row"),
                length=WORD_LENGTH + 1,
            )
        )
        return {
            lead_id: (self._last_word(*facts), None if likelihood is None else likelihood / 100)
            for lead_id, *facts, likelihood in rows
        }

    def _last_word(self, source, feedback, reaction):
        words = " ".join((feedback or "").split())
        if words:
            shown = words if len(words) <= WORD_LENGTH else f"{words[: WORD_LENGTH - 1]}…"
            return self.env._("“%s”", shown)
        fields_of_progress = self.env["crm.lead.progress"]._fields
        for name, value in (("reaction", reaction), ("source", source)):
            if value:
                return dict(fields_of_progress[name]._description_selection(self.env)).get(value, False)
        return False

    @api.depends("activity_ids.summary", "activity_ids.date_deadline", "activity_ids.is_next_action")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_next_action(self):
        found = self._origin._next_actions()
        for lead in self:
            lead.next_action, lead.next_action_date = found.get(lead._origin.id, (False, False))
