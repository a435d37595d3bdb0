from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import PREFETCH_FOR_DISPLAY
from .crm_pipeline_loader import LOADING

#: What a deal's place, amount and status are made of: a change of anything else is no business of the ledgers.
RECORDED_FIELDS = frozenset(
    (
        "stage_id",
        "team_id",
        "user_id",
        "company_id",
        "type",
        "active",
        "won_status",
        "expected_revenue",
        "date_deadline",
    )
)
#: Those of them that decide since when a deal is in its stage.
STAMPED_BY = ("stage_id", "won_status", "active")
#: What a person writes to change one of them.
WRITTEN_FIELDS = RECORDED_FIELDS | {"probability"}


class CrmLead(models.Model):
    _inherit = "crm.lead"
    _order = "is_hot desc, priority desc, id desc"

    stage_entered_at = fields.Datetime(
        "In Stage Since",
        compute="_compute_stage_entered_at",
        store=True,
        readonly=True,
        copy=False,
        help="When the opportunity entered the stage that it is in. A slip that was taken back within five minutes, or "
        "a change that leaves the stage as it is, does not touch it.",
    )
    stage_days = fields.Float(
        "Days in Stage",
        compute="_compute_stage_days",
        search="_search_stage_days",
        aggregator="avg",
        digits=(16, 1),
        help="Calendar days since the opportunity entered its stage; of one that is won, lost or archived, until then.",
    )
    push_count = fields.Integer(
        "Pushes",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=0,
        aggregator="sum",
        help="How often the expected closing was moved to a later date. Several changes in one day count once, by "
        "their net effect; setting a date for the first time, or taking it away, is no push.",
    )
    push_days = fields.Integer(
        "Days Pushed",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=0,
        aggregator="sum",
        help="By how many days the pushes have moved the expected closing, in all.",
    )
    stage_visit_ids = fields.One2many("crm.stage.visit", "lead_id", "Stage History", readonly=True, copy=False)
    stage_visit_count = fields.Integer("Stays", compute="_compute_stage_visit_count")

    # As Odoo's index on its own order, with the expression by which Odoo orders a boolean. Hot deals lie scattered over
    # the table: a column of the board and one's own pipeline, which would pass many of other stages and of colleagues,
    # have an index of their own.
    _hot_order_index = models.Index("(COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE")
    _stage_hot_order_index = models.Index(
        "(stage_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )
    _user_hot_order_index = models.Index(
        "(user_id, COALESCE(is_hot, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )

    @api.depends("stage_id", "type", "active", "won_status")
    def _compute_stage_entered_at(self):
        """Answer at once what the recorder will confirm at the end of the transaction.

        Being computed says that something was written, not that it changed; what is about to be flushed did, and what
        was flushed since the recorder looked last, as a search for the stage does before this is computed.
        """
        now = self.env.cr.now()
        moved, ended, archived = (self._changed_since_recording(name) for name in STAMPED_BY)
        for lead in self:
            if lead.type != "opportunity":
                lead.stage_entered_at = False
                continue
            is_open = lead.active and lead.won_status == "pending"
            changed = lead.id in moved or lead.id in ended or (is_open and lead.id in archived)
            if not lead.stage_entered_at or (changed and (is_open or lead.won_status == "won")):
                lead.stage_entered_at = now

    @api.depends("stage_entered_at", "date_closed", "active", "won_status")
    def _compute_stage_days(self):
        now = self.env.cr.now()
        for lead in self:
            until = now
            if lead.won_status in ("won", "lost") or not lead.active:
                until = lead.date_closed or now
            entered_at = lead.stage_entered_at
            lead.stage_days = max((until - entered_at).total_seconds() / 86400, 0.0) if entered_at else 0.0

    @api.depends("stage_visit_ids")
    def _compute_stage_visit_count(self):
        domain = [("lead_id", "in", self.ids), ("outcome", "not in", ("skipped", "correction"))]
        counts = dict(self.env["crm.stage.visit"]._read_group(domain, ["lead_id"], ["__count"]))
        for lead in self:
            lead.stage_visit_count = counts.get(lead._origin, 0)

    def _search_stage_days(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented

        def to_sql(model, alias, query):
            days = model._field_to_sql(alias, "stage_days", query)
            if operator == "in":
                # Equality means what one sees: tenths of a day.
                shown = [round(float(number or 0), 1) for number in value]
                return SQL("ROUND((%s)::numeric, 1) = ANY(%s::numeric[])", days, shown)
            return SQL("%s %s %s", days, SQL(operator), float(value))

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the database tell what changes as time passes: for searches, orders, groups and means.

        This is asked for each field that is read. So it is overridden once.
        """
        if field_expr == "stage_days":
            return self._stage_days_to_sql(alias, query)
        if field_expr == "pace":
            return self._pace_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _stage_days_to_sql(self, alias, query):
        """The live days in stage: the rule of :meth:`_compute_stage_days`."""
        entered_at, date_closed, active, won_status = (
            self._field_to_sql(alias, name, query)
            for name in ("stage_entered_at", "date_closed", "active", "won_status")
        )
        return SQL(
            "GREATEST(EXTRACT(EPOCH FROM CASE WHEN %(won_status)s IN ('won', 'lost') OR %(active)s IS NOT TRUE "
            "THEN COALESCE(%(date_closed)s, %(now)s) ELSE %(now)s END - %(entered_at)s)::float8 / 86400, 0)",
            won_status=won_status,
            active=active,
            date_closed=date_closed,
            now=self.env.cr.now(),
            entered_at=entered_at,
        )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._collect_pipeline_change(leads.ids, are_new=True)
        leads._note_mover()
        return leads

    def write(self, vals):
        if not WRITTEN_FIELDS.isdisjoint(vals):
            self.env["crm.pipeline.known"]._read_ahead(self.ids)
            self._note_mover()
            self._note_won_stages()
        return super().write(vals)

    def unlink(self):
        lead_refs = self.ids
        self._note_mover()
        result = super().unlink()
        self._collect_pipeline_change(lead_refs)
        return result

    def _write_multi(self, vals_list):
        """Every change of a stored field passes here, recomputed ones included, and nothing that does not change."""
        result = super()._write_multi(vals_list)
        changed = self._written(vals_list, RECORDED_FIELDS)
        if changed:
            flushed = self.env.cr.precommit.data.setdefault("crm.pipeline.flushed", defaultdict(set))
            for name in STAMPED_BY:
                flushed[name].update(self._written(vals_list, {name})._ids)
            self._collect_pipeline_change(changed._ids)
        return result

    def _written(self, vals_list, names):
        """Those of these deals into which :meth:`_write_multi` writes one of some fields."""
        rows = zip(self._ids, vals_list, strict=True)
        return self.browse(lead_id for lead_id, vals in rows if not vals.keys().isdisjoint(names))

    def _changed_since_recording(self, name):
        """Numbers of the leads of which a field has changed since the recorder looked last, in this transaction."""
        flushed = self.env.cr.precommit.data.get("crm.pipeline.flushed", {})
        return {*self.env._field_dirty.get(self._fields[name], ()), *flushed.get(name, ())}

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Deals with a past of their own are counted when they have their dates: Odoo leaves out old ones."""
        if self.env.context.get("loading_pipeline_history"):
            return True
        return super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

    def _uncount_ends(self):
        """Have Odoo's forecasts forget wins and losses of deals that are taken back; deleting alone does not."""
        old = {lead.id: {"is_won": lead.won_status == "won", "is_lost": lead.won_status == "lost"} for lead in self}
        self._handle_won_lost(old, {})

    def _note_mover(self):
        """Remember who changes these deals: what is flushed later may be flushed in another's name."""
        movers = self.env["crm.pipeline.recorder"]._movers_at(self.env.cr.now())
        movers.update(dict.fromkeys(self._ids, self.env.uid))

    def _note_won_stages(self):
        """Remember in which won stage this transaction has found deals, and since when: no ledger holds it."""
        found = self.env["crm.pipeline.recorder"]._won_stages_at(self.env.cr.now())
        for lead in self:
            if lead.won_status == "won":
                found.setdefault(lead.id, (lead.stage_id.id, lead.stage_entered_at))

    @api.model
    def _collect_pipeline_change(self, lead_refs, are_new=False):
        """Have the recorder look at these leads before the transaction ends. Nothing is decided here.

        :param bool are_new: whether no ledger can know of them
        """
        if LOADING in self.env.cr.postcommit.data:
            changed, _loaded = self.env.cr.postcommit.data[LOADING]
            changed.update(lead_refs)
            return
        if are_new:
            self.env["crm.pipeline.recorder"]._note_new(lead_refs)
        precommit = self.env.cr.precommit
        if "crm.pipeline.leads" not in precommit.data:
            precommit.data["crm.pipeline.leads"] = set()
            precommit.add(self._record_pipeline_changes)
        precommit.data["crm.pipeline.leads"].update(lead_refs)

    @api.model
    def _record_pipeline_changes(self):
        lead_refs = self.env.cr.precommit.data.pop("crm.pipeline.leads", ())
        self.env["crm.pipeline.recorder"].record(lead_refs)

    def action_open_stage_visits(self):
        """Open the stage history of this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_control.crm_stage_visit_action_lead")
        return {
            **action,
            "display_name": self.env._("Stage History: %s", self.name),
            "domain": [("lead_ref", "=", self.id)],
            "context": {"search_default_real": 0},
        }

    def _names_in_ledger(self, rows):
        """How each row of a ledger calls its opportunity: one may read a row of one's own of another's opportunity."""
        readable = self._filtered_access("read")
        names = {lead.id: lead.name for lead in readable}
        for row in rows:
            if row.lead_id:
                yield names.get(row.lead_id.id) or self.env._("Opportunity %s", row.lead_ref)
            else:
                yield self.env._("Opportunity %s (deleted)", row.lead_ref)

    def _action_open_from_ledger(self):
        """The form of the opportunity behind a row of a ledger, or a word on why there is none."""
        if not self:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "info", "message": self.env._("This opportunity was deleted; its history stays.")},
            }
        return self.get_formview_action()
