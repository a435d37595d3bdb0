import json
from decimal import Decimal
from urllib.parse import quote

from odoo.tools import SQL, float_repr

from ...history import References, State, course_of, name_key
from ...ledger import LOST, NO_STAGE, OPEN, WON, Book, Moment, Owner, origins
from . import hand_made
from .crm_history_matcher import HistoryMatcher
from .history_plan import EXTERNAL_MODULE


class HistoryMaker:
    """Creates opportunities with both ledgers, or continues those that exist.

    Start with :meth:`make_chunk`.

    :param env: environment of the importing user, in the company of the import
    """

    def __init__(self, env):
        self.env = env

    def make_chunk(self, todo, lead_ids, preparation, changes):
        """Create opportunities, or continue those that exist, with both ledgers.

        :param dict todo: {deal: new events}
        :param dict lead_ids: {deal: lead id} of the deals that were imported before
        :param Preparation preparation: what exists before the first deal, see :class:`~.history_plan.Preparation`
        :param dict changes: {lead id: :class:`~.hand_made.Changes`} of the opportunities that were completed by hand
        """
        loader = self.env["crm.pipeline.loader"]
        with loader.loading():
            refs = {deal: lead_ids[deal] for deal in todo if deal in lead_ids}
            kept = {deal: changes[lead_id].kept for deal, lead_id in refs.items() if lead_id in changes}
            todo = {deal: hand_made.without(events, kept.get(deal)) for deal, events in todo.items()}
            books, before, context = self._open_books(refs, changes)
            company = self.env.company
            no_state = State(owner=Owner(company_id=company.id, currency_id=company.currency_id.id))
            references = self.references(preparation, context)
            courses = {deal: course_of(before.get(deal, no_state), events, references) for deal, events in todo.items()}
            ends = {deal: course[-1][1] for deal, course in courses.items()}
            values = self._lead_values(ends, preparation.reasons)
            self._write_leads({refs[deal]: values[deal] for deal in refs})
            names = {deal: name_of(events) for deal, events in todo.items() if deal not in refs}
            new_deals = list(names)
            refs.update(self._create_leads(names, values, preparation.history_id))
            self._write_dates(
                {refs[deal]: ends[deal] for deal in todo}, {refs[deal]: courses[deal][0][0] for deal in new_deals}
            )
            books.update({refs[deal]: Book() for deal in new_deals})
            for deal, course in courses.items():
                for instant, state in course:
                    moment = Moment(instant, None, origins.IMPORT)
                    books[refs[deal]].record(state.as_deal(), moment, context.stages)
            loader.load(books, context)
        # After `loading`, in which Odoo's scoring is skipped, and after the dates are written, which it reads.
        self._update_scoring({refs[deal]: before.get(deal) for deal in todo}, {refs[deal]: ends[deal] for deal in todo})
        self._write_imported_until({refs[deal]: course[-1][0] for deal, course in courses.items()}, changes)

    # ------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------

    def references(self, preparation, context):
        """Return the :class:`~...history.References` of the file."""
        currency = self.env.company.currency_id
        amounts = {}

        def amount_of(event):
            day = None
            if event.currency not in ("", currency.name):
                day = context.day_of(event.at, self.env.company.id)
            key = event.amount, event.currency, day
            if key not in amounts:
                # Rounded as Odoo rounds stored amounts, so that opportunity and ledgers agree to the cent.
                amount = float(event.amount) * (preparation.rates[event.currency, day] if day else 1)
                amounts[key] = Decimal(float_repr(currency.round(amount), currency.decimal_places))
            return amounts[key]

        open_stages = [stage for stage in context.stages.values() if not stage.is_won]
        return References(
            stage_of=lambda event: context.stages[preparation.stages[name_key(event.stage)]],
            # Stages of all teams come before those of some teams.
            first_stage=min(open_stages, key=lambda stage: (bool(stage.team_ids), stage.rank), default=NO_STAGE),
            amount_of=amount_of,
            users=preparation.users,
            teams=preparation.teams,
        )

    def _open_books(self, refs, changes):
        """Return the books of the opportunities that exist, and their present states.

        A transfer that was made by hand counts from the last imported event, so that events before it can be recorded.

        :param dict refs: {deal: lead id}
        :param dict changes: as in :meth:`make_chunk`
        :return: ({lead id: book}, {deal: state}, context)
        """
        loader = self.env["crm.pipeline.loader"]
        completed = self.env["crm.lead"].browse(lead_id for lead_id in refs.values() if lead_id in changes)
        untils = {lead.id: lead.imported_until for lead in completed}
        loader.rewind_transfers(untils)
        books, context = loader.open_books(refs.values())
        states = self._current_states(refs, books, context)
        for deal, lead_id in refs.items():
            if lead_id in untils:
                moment = Moment(untils[lead_id], None, origins.LIVE)
                books[lead_id].record(states[deal].as_deal(), moment, context.stages)
        return books, states, context

    def _current_states(self, refs, books, context):
        """Return {deal: :class:`~...history.State`} of the opportunities that exist.

        :param dict refs: {deal: lead id}
        :param dict books: {lead id: :class:`~...ledger.Book`}
        """
        states = {}
        leads = self.env["crm.lead"].browse(refs.values())
        for deal, lead in zip(refs, leads, strict=True):
            company_id = lead.company_id.id or None
            currency_id = context.companies[company_id].currency_id
            stage = context.stages.get(lead.stage_id.id, NO_STAGE)
            last_visit = books[lead.id].history.last_visit
            states[deal] = State(
                status={"won": WON, "lost": LOST}.get(lead.won_status, OPEN),
                stage=stage,
                owner=Owner(lead.team_id.id or None, lead.user_id.id or None, company_id, currency_id),
                date_deadline=lead.date_deadline or None,
                amount=Decimal(float_repr(lead.expected_revenue, lead.company_currency.decimal_places)),
                # Empty, so that the customer is written only if the file names one.
                customer="",
                reason=lead.lost_reason_id.name or "",
                closed_at=lead.date_closed or None,
                assigned_at=lead.date_open or None,
                moved_at=lead.date_last_stage_update or None,
                last_open=stage if not stage.is_won else last_visit and context.stages.get(last_visit.stage.id),
            )
        return states

    # ------------------------------------------------------------
    # OPPORTUNITIES
    # ------------------------------------------------------------

    def _lead_values(self, ends, reasons):
        """Return {deal: values to write} for the state in which each deal ends.

        :param dict ends: {deal: state}
        :param dict reasons: {name key: lost reason id}
        """
        customers = {state.customer for state in ends.values() if state.customer}
        partner_ids = HistoryMatcher(self.env).partners_by_name(customers)
        return {deal: _values_of(state, reasons, partner_ids) for deal, state in ends.items()}

    def _create_leads(self, names, values, history_id):
        """Create opportunities with their external ids.

        :param dict names: {deal: name}
        :return: {deal: lead id}
        """
        leads = self.env["crm.lead"].create(
            [{"name": name, "type": "opportunity", **values[deal]} for deal, name in names.items()]
        )
        # sudo: no user may write this field; the rights were checked when the import began.
        leads.sudo().imported_history_id = history_id
        # sudo: users have no access to external ids; these identify the deals of the other program.
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {
                    "xml_id": f"{EXTERNAL_MODULE}.{external_name(self.env.company, deal)}",
                    "record": lead,
                    "noupdate": True,
                }
                for deal, lead in zip(names, leads, strict=True)
            ]
        )
        return dict(zip(names, leads.ids, strict=True))

    def _write_leads(self, values):
        """Write what has changed on opportunities that exist.

        :param dict values: {lead id: values}
        """
        leads = self.env["crm.lead"].browse(values)
        reopened = leads.filtered(lambda lead: lead.won_status != "pending" and "probability" not in values[lead.id])
        for lead in leads:
            changed = {
                name: value
                for name, value in values[lead.id].items()
                if ((lead[name].id if lead._fields[name].relational else lead[name]) or False) != (value or False)
            }
            if not {"team_id", "user_id", "company_id"}.isdisjoint(changed):
                # Written together, since Odoo computes each of them from the others if it is not given.
                changed |= {name: values[lead.id][name] for name in ("team_id", "user_id", "company_id")}
            lead.write(changed)
        if reopened:
            # As Odoo does when a lost opportunity is restored.
            reopened._compute_probabilities()

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    def _write_dates(self, ends, begins):
        """Write the dates that the opportunities would have if they had been in Odoo from the beginning.

        In SQL, since Odoo sets these fields itself.

        :param dict ends: {lead id: last state}
        :param dict begins: {lead id: first instant} of new opportunities
        """
        self.env.flush_all()
        rows = [
            {
                "id": lead_id,
                "created": begins.get(lead_id),
                "closed": state.closed_at,
                "assigned": state.assigned_at,
                "moved": state.moved_at,
            }
            for lead_id, state in ends.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                SET create_date = COALESCE(new.created, lead.create_date), date_closed = new.closed,
                    date_open = new.assigned, date_last_stage_update = new.moved
                FROM json_to_recordset(%s) AS new (
                    id int, created timestamp, closed timestamp, assigned timestamp, moved timestamp
                )
                WHERE lead.id = new.id
                """,
                json.dumps(rows, default=str),
            )
        )
        leads = self.env["crm.lead"].browse(ends)
        leads.invalidate_recordset(["create_date", "date_closed", "date_open", "date_last_stage_update"], flush=False)
        for name in ("day_open", "day_close"):
            self.env.add_to_compute(leads._fields[name], leads)
        self.env.flush_all()

    def _write_imported_until(self, imported_until, changes):
        """Write the instant of the last imported event and what was imported, by which later changes are found.

        The instant is also written as the time of the last change: an opportunity whose two times differ was touched in
        Odoo, see :meth:`~.crm_imported_history.CrmImportedHistory._touched_refs`. One that was completed by hand stays
        touched.

        :param dict imported_until: {lead id: instant}
        :param dict changes: as in :meth:`make_chunk`
        """
        self.env.flush_all()
        leads = self.env["crm.lead"].browse(imported_until)
        rows = [
            {
                "id": lead.id,
                "until": imported_until[lead.id],
                "noted": hand_made.noted_values(lead, changes[lead.id].kept if lead.id in changes else ()),
                "is_touched": lead.id in changes,
            }
            for lead in leads
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                SET imported_until = new.until, imported_values = new.noted,
                    write_date = CASE WHEN new.is_touched THEN lead.write_date ELSE new.until END
                FROM json_to_recordset(%s) AS new (id int, until timestamp, noted jsonb, is_touched boolean)
                WHERE lead.id = new.id
                """,
                json.dumps(rows, default=str),
            )
        )
        leads.invalidate_recordset(["imported_until", "imported_values", "write_date"], flush=False)

    def _update_scoring(self, before, after):
        """Have Odoo's predictive lead scoring count wins and losses.

        Odoo counts opportunities that were created since a start date. So they must be counted after
        :meth:`_write_dates`, and not when they are created.

        :param dict before: {lead id: state before the import}; None for new opportunities
        :param dict after: {lead id: state after the import}
        """
        leads = self.env["crm.lead"].browse(after)
        old, new = (
            {
                lead_id: {"is_won": state.status == WON, "is_lost": state.status == LOST}
                for lead_id, state in states.items()
                if state
            }
            for states in (before, after)
        )
        leads._handle_won_lost(old, new)


def name_of(events):
    """Return the name of a deal: the last one that its lines have, else the text that identifies it."""
    return next((event.name for event in reversed(events) if event.name), events[0].deal)


def external_name(company, deal):
    """Return the name of the external id of a deal. External ids may contain neither dots nor spaces."""
    return f"deal_{company.id}_{quote(deal, safe='').replace('.', '%2E')}"


def _values_of(state, reasons, partner_ids):
    """Return the values of an opportunity in a state.

    :param dict reasons: {name key: lost reason id}
    :param dict partner_ids: {customer in the file: contact id}; other customers become the company name
    """
    values = {
        "stage_id": state.stage.id,
        "team_id": state.owner.team_id,
        "user_id": state.owner.user_id,
        "company_id": state.owner.company_id,
        "date_deadline": state.date_deadline,
        "expected_revenue": float(state.amount),
        "lost_reason_id": reasons.get(name_key(state.reason)) if state.status == LOST else False,
        "active": state.status != LOST,
    }
    if state.status != OPEN:
        probability = 100 if state.status == WON else 0
        values |= {"probability": probability, "automated_probability": probability}
    if state.customer in partner_ids:
        values["partner_id"] = partner_ids[state.customer]
    elif state.customer:
        values["partner_name"] = state.customer
    return values
