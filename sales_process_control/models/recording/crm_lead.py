from odoo import api, fields, models
from odoo.tools import SQL

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY
from ...ledger import LOST, WON, outcomes
from .crm_lead_row_mixin import NAMES_FOR_READER
from .crm_pipeline_loader import changed_while_loading, is_loading
from .crm_pipeline_reader import status_of
from .crm_pipeline_recorder import Place
from .number_search import search_number

#: Fields whose changes the ledgers record.
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
RECORDED_IDS = frozenset(("stage_id", "team_id", "user_id", "company_id"))
#: Fields that a user writes to change one of them.
WRITTEN_FIELDS = RECORDED_FIELDS | {"probability"}
#: Key in the data of `cr.precommit`: ids of deals that may have changed.
COLLECTED = "crm.pipeline.leads"


def last_visit_end(lead_id, now):
    """Return the query for the end of a deal's last visit; for `now` if it has not ended.

    :param SQL lead_id: expression of the id of the deal
    :param datetime now: naive UTC
    :rtype: SQL
    """
    return SQL(
        """
        SELECT COALESCE(left_at, %s) AS left_at FROM crm_stage_visit
        WHERE lead_ref = %s AND outcome NOT IN %s
        ORDER BY entered_at DESC, id DESC LIMIT 1
        """,
        now,
        lead_id,
        outcomes.NO_STAY,
    )


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.computed.fields.mixin"]

    stage_entered_at = fields.Datetime(
        "In Stage Since",
        compute="_compute_stage_entered_at",
        store=True,
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="When the opportunity came into its stage. Moves that were undone within five minutes do not count.",
    )
    stage_days = fields.Float(
        "Days in Stage",
        compute="_compute_stage_days",
        # Facts of the deal itself: checking the groups of the fields they rest on takes longer than computing them.
        compute_sudo=True,
        search="_search_stage_days",
        aggregator="avg",
        digits=(16, 1),
        groups=GROUP_INTERNAL,
        help="Calendar days since the opportunity came into its stage. For an opportunity that is won, lost or "
        "archived, up to the end of its last visit.",
    )
    push_count = fields.Integer(
        "Pushes",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=0,
        aggregator="sum",
        groups=GROUP_INTERNAL,
        help="How often the expected closing was moved to a later date. Changes on the same day count once, by their "
        "net effect; setting or removing a date does not count.",
    )
    push_days = fields.Integer(
        "Days Pushed",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=0,
        aggregator="sum",
        groups=GROUP_INTERNAL,
        help="Total number of days by which the expected closing was pushed.",
    )
    stage_visit_ids = fields.One2many(
        "crm.stage.visit", "lead_id", "Stage History", readonly=True, copy=False, groups=GROUP_SALESPERSON
    )
    stage_visit_count = fields.Integer("Visits", compute="_compute_stage_visit_count", groups=GROUP_SALESPERSON)

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends_context("lang", "uid", "allowed_company_ids", NAMES_FOR_READER)
    def _compute_display_name(self):
        """Name deals as Odoo does; on rows about deals, hide the names of deals that the reader may not read."""
        leads = self
        if self.env.context.get(NAMES_FOR_READER):
            stored = self._origin
            # Odoo asks for the names of many2one values in superuser mode.
            hidden_ids = set(stored._ids).difference(stored.sudo(False)._filtered_access("read")._ids)
            hidden = self.filtered(lambda lead: lead._origin.id in hidden_ids)
            for lead in hidden:
                lead.display_name = self.env._("Opportunity %s", lead._origin.id)
            leads -= hidden
        return super(CrmLead, leads)._compute_display_name()

    @api.depends("stage_id", "type", "active", "won_status")
    def _compute_stage_entered_at(self):
        times = self.env["crm.pipeline.recorder"]._entry_times_of(self._origin)
        for lead in self:
            lead.stage_entered_at = times.get(lead._origin.id) or False

    @api.depends("stage_entered_at", "active", "won_status")
    def _compute_stage_days(self):
        now = self.env.cr.now()
        closed = self.filtered(lambda lead: lead.won_status in (WON, LOST) or not lead.active)
        ends = dict.fromkeys(closed._origin._ids) | closed._last_visit_ends()
        for lead in self:
            entered_at = lead.stage_entered_at
            # A deal that was created as won or lost never was in a stage.
            until = ends.get(lead._origin.id, now) or entered_at
            lead.stage_days = max((until - entered_at).total_seconds() / 86400, 0.0) if entered_at else 0.0

    def _last_visit_ends(self):
        """Return when the last visits of closed deals ended, by id; now where the end is not recorded yet.

        The days of a deal that a user may read count, whoever had the deal then: no record rules on visits.
        """
        rows = self._origin.ids and self.env.execute_query(
            SQL(
                """
                SELECT lead.id, last.left_at
                FROM unnest(%s) AS lead (id)
                CROSS JOIN LATERAL (%s) last
                """,
                self._origin.ids,
                last_visit_end(SQL("lead.id"), self.env.cr.now()),
            )
        )
        return dict(rows)

    @api.depends("stage_visit_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_stage_visit_count(self):
        domain = [("lead_id", "in", self.ids), ("outcome", "not in", outcomes.NO_STAY)]
        counts = dict(self.env["crm.stage.visit"]._read_group(domain, ["lead_id"], ["__count"]))
        for lead in self:
            lead.stage_visit_count = counts.get(lead._origin, 0)

    def _search_stage_days(self, operator, value):
        return search_number(self.env, "stage_days", operator, value, digits=1)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field. Days in stage change as time passes, so that the database computes them."""
        if field_expr == "stage_days":
            self._check_field_access(self._fields[field_expr], "read")
            return self._stage_days_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _stage_days_to_sql(self, alias, query):
        """Return the SQL of :meth:`_compute_stage_days`."""
        lead_id, entered_at, active, won_status = (
            self._field_to_sql(alias, name, query) for name in ("id", "stage_entered_at", "active", "won_status")
        )
        now = self.env.cr.now()
        return SQL(
            "GREATEST(EXTRACT(EPOCH FROM CASE WHEN %(won_status)s IN ('won', 'lost') OR %(active)s IS NOT TRUE "
            "THEN COALESCE((%(end)s), %(entered_at)s) ELSE %(now)s END - %(entered_at)s)::float8 / 86400, 0)",
            won_status=won_status,
            active=active,
            end=last_visit_end(lead_id, now),
            now=now,
            entered_at=entered_at,
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"stage_entered_at", "push_count", "push_days"}

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create([self._with_integer_ids(vals) for vals in vals_list])
        self.env["crm.pipeline.recorder"]._memory().created.update(leads._ids)
        leads._collect_pipeline_change(leads.ids)
        # A flush while the records were created has collected leads, too, which no ledger knows.
        new_leads = leads - leads._without_new_leads()
        self.env.cr.precommit.data.get(COLLECTED, set()).difference_update(new_leads._ids)
        leads._note_mover()
        return leads

    def write(self, vals):
        if not WRITTEN_FIELDS.isdisjoint(vals):
            self._note_mover()
            self._note_places()
            vals = self._with_integer_ids(vals)
        return super().write(vals)

    @api.model
    def _with_integer_ids(self, vals):
        """Return values with ids that are whole floating point numbers as integers.

        Such ids come over XML-RPC. Odoo takes them as no record, but PostgreSQL stores the record.
        """
        return vals | {
            name: int(vals[name])
            for name in RECORDED_IDS.intersection(vals)
            if isinstance(vals[name], float) and vals[name].is_integer()
        }

    def unlink(self):
        lead_ids = self.ids
        self._note_mover()
        result = super().unlink()
        self._collect_pipeline_change(lead_ids)
        return result

    def _write_multi(self, vals_list):
        """Collect deals of which a recorded field changes in the database, also by recomputation."""
        result = super()._write_multi(vals_list)
        changed = self._written(vals_list, RECORDED_FIELDS)._without_new_leads()
        if changed:
            self._collect_pipeline_change(changed._ids)
        return result

    def _without_new_leads(self):
        """Return these records without leads that this transaction has created and that no ledger holds.

        An import records opportunities at its savepoints: one of them that becomes a lead afterwards has rows.
        """
        memory = self.env["crm.pipeline.recorder"]._memory()
        unrecorded = memory.created - memory.states.keys()
        # sudo: only the type is read, also of leads that the user has just given away.
        new_leads = self.sudo().filtered(lambda lead: lead.id in unrecorded and lead.type != "opportunity")
        return self - self.browse(new_leads._ids)

    def _written(self, vals_list, names):
        """Return those of these deals into which :meth:`_write_multi` writes one of some fields."""
        rows = zip(self._ids, vals_list, strict=True)
        return self.browse(lead_id for lead_id, vals in rows if not vals.keys().isdisjoint(names))

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Skip Odoo's scoring while a past is loaded: Odoo would leave out old deals before they have their dates."""
        if is_loading(self.env.cr):
            return True
        return super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

    # ------------------------------------------------------------
    # RECORDING
    # ------------------------------------------------------------

    def _note_mover(self):
        """Remember the user who changes these deals: a flush may happen in the name of another user."""
        movers = self.env["crm.pipeline.recorder"]._memory().movers
        movers.update(dict.fromkeys(self._ids, self.env.uid))

    def _note_places(self):
        """Remember where this transaction finds deals, before it changes them."""
        places = self.env["crm.pipeline.recorder"]._memory().places
        for lead in self:
            if lead.id not in places:
                status = status_of(lead.type, lead.active, lead.won_status)
                places[lead.id] = Place(lead.stage_id.id or None, lead.stage_entered_at or None, status)

    @api.model
    def _collect_pipeline_change(self, lead_ids):
        """Have the recorder look at these leads before the transaction ends, or at the next savepoint.

        :param lead_ids: ids of leads that may have changed, been created or deleted
        """
        changed = changed_while_loading(self.env.cr)
        if changed is not None:
            changed.update(lead_ids)
            return
        precommit = self.env.cr.precommit
        if COLLECTED not in precommit.data:
            precommit.data[COLLECTED] = set()
            precommit.add(self._record_pipeline_changes)
        precommit.data[COLLECTED].update(lead_ids)

    @api.readonly
    def web_read(self, specification):
        """Record what this transaction has changed first: a form that is saved shows what follows from the change."""
        self._record_before_reading()
        return super().web_read(specification)

    def _record_before_reading(self):
        """Have the recorder look at these deals now, if this transaction may have changed one of them."""
        # Collects the deals whose recorded fields it writes. Without pending values it sends no statement.
        self.env.flush_all()
        if not self.env.cr.precommit.data.get(COLLECTED, set()).isdisjoint(self._ids):
            self._record_pipeline_changes()

    @api.model
    def _record_pipeline_changes(self):
        lead_ids = self.env.cr.precommit.data.pop(COLLECTED, ())
        self.env["crm.pipeline.recorder"].record(lead_ids)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_stage_visits(self):
        """Open the stage history of this opportunity."""
        self.ensure_one()
        self.env["crm.stage.visit"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_control.crm_stage_visit_action_lead")
        return {
            **action,
            "display_name": self.env._("Stage History: %s", self.name),
            "domain": [("lead_ref", "=", self.id)],
            "context": {"search_default_real": 0},
        }

    def _action_open_from_ledger(self):
        """Return the action that opens the opportunity of a ledger row, or a message if it was deleted."""
        if not self:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "info", "message": self.env._("This opportunity was deleted. Its history is kept.")},
            }
        return self.get_formview_action()
