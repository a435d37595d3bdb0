import json
from decimal import Decimal
from urllib.parse import quote

from odoo import models
from odoo.tools import SQL, float_repr

from ...history import State, World, course_of, name_key
from ...ledger import LOST as LOST_STATUS
from ...ledger import NO_STAGE, OPEN, WON, Book, Moment, Owner
from .history_plan import EXTERNAL_MODULE


class CrmHistoryMaker(models.AbstractModel):
    """Makes deals with their ledgers, or goes on with those that are there."""

    _name = "crm.history.maker"
    _description = "History Maker"

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    def _make_chunk(self, todo, known, preparation):
        """Make deals, or go on with those that are there, with both ledgers.

        :param dict todo: the new events of each deal
        :param dict known: number of the lead of each deal that was imported before
        :param preparation: :class:`~.history_plan.Preparation`
        """
        loader = self.env["crm.pipeline.loader"]
        with loader.loading():
            refs = {deal: known[deal] for deal in todo if deal in known}
            books, context = loader.open_books(refs.values())
            before = self._states_of(refs, books, context)
            company = self.env.company
            nowhere = State(owner=Owner(company_id=company.id, currency_id=company.currency_id.id))
            world = self._world_of(preparation, context)
            courses = {deal: course_of(before.get(deal, nowhere), events, world) for deal, events in todo.items()}
            ends = {deal: course[-1][1] for deal, course in courses.items()}
            values = self._values_of_deals(ends, preparation.reasons)
            self._write_deals({refs[deal]: values[deal] for deal in refs})
            new = [deal for deal in todo if deal not in refs]
            refs.update(self._create_deals(new, values, preparation.history_id))
            self._date_deals(
                {refs[deal]: ends[deal] for deal in todo}, {refs[deal]: courses[deal][0][0] for deal in new}
            )
            books.update({refs[deal]: Book() for deal in new})
            for deal, course in courses.items():
                for instant, state in course:
                    books[refs[deal]].record(state.as_deal(), Moment(instant, None, "import"), context.stages)
            loader.load(books, context)
        # Odoo's scoring is skipped while pasts are loaded: it needs the dates that the deals have by now.
        self._count_ends({refs[deal]: before.get(deal) for deal in todo}, {refs[d]: ends[d] for d in todo})
        self._stamp_deals({refs[deal]: course[-1][0] for deal, course in courses.items()})

    def _world_of(self, preparation, context):
        """What the names of the file stand for."""
        currency = self.env.company.currency_id
        amounts = {}

        def amount_of(event):
            day = None
            if event.currency not in ("", currency.name):
                day = context.day_of(event.at, self.env.company.id)
            key = event.amount, event.currency, day
            if key not in amounts:
                # As Odoo rounds what it stores, so that deal and ledger agree to the cent.
                amount = float(event.amount) * (preparation.rates[event.currency, day] if day else 1)
                amounts[key] = Decimal(float_repr(currency.round(amount), currency.decimal_places))
            return amounts[key]

        open_stages = [stage for stage in context.stages.values() if not stage.is_won]
        return World(
            lambda event: context.stages[preparation.stages[name_key(event.stage)]],
            min(open_stages, key=lambda stage: (bool(stage.team_ids), stage.rank), default=NO_STAGE),
            amount_of,
            preparation.users,
            preparation.teams,
        )

    def _states_of(self, refs, books, context):
        """How deals stand that are there already."""
        found = {}
        leads = self.env["crm.lead"].browse(refs.values())
        for deal, lead in zip(refs, leads, strict=True):
            company = lead.company_id.id or None
            places = lead.expected_revenue, lead.company_currency.decimal_places
            stay = books[lead.id].history.last_stay
            status = {"won": WON, "lost": LOST_STATUS}.get(lead.won_status, OPEN)
            stage = context.stages.get(lead.stage_id.id, NO_STAGE)
            found[deal] = State(
                status,
                stage,
                Owner(
                    lead.team_id.id or None, lead.user_id.id or None, company, context.companies[company].currency_id
                ),
                lead.date_deadline or None,
                Decimal(float_repr(*places)),
                # What it has stays; only what the file says about it is written.
                "",
                lead.lost_reason_id.name or "",
                lead.date_closed or None,
                lead.date_open or None,
                lead.date_last_stage_update or None,
                stage if not stage.is_won else stay and context.stages.get(stay.stage.id),
            )
        return found

    def _values_of_deals(self, ends, reasons):
        """What is written on each deal for the state that it ended in."""
        partners = self.env["crm.history.matcher"]._partners_by_name(
            {state.customer for state in ends.values() if state.customer}
        )
        return {deal: self._values_of(state, reasons, partners) for deal, state in ends.items()}

    @staticmethod
    def _values_of(state, reasons, partners):
        values = {
            "stage_id": state.stage.id,
            "team_id": state.owner.team_id,
            "user_id": state.owner.user_id,
            "company_id": state.owner.company_id,
            "date_deadline": state.date_deadline,
            "expected_revenue": float(state.amount),
            "lost_reason_id": reasons.get(name_key(state.reason)) if state.status == LOST_STATUS else False,
            "active": state.status != LOST_STATUS,
        }
        if state.status != OPEN:
            probability = 100 if state.status == WON else 0
            values |= {"probability": probability, "automated_probability": probability}
        if state.customer in partners:
            values["partner_id"] = partners[state.customer]
        elif state.customer:
            values["partner_name"] = state.customer
        return values

    def _create_deals(self, deals, values, history_id):
        """Make deals.

        :return: number of the lead by deal
        """
        leads = self.env["crm.lead"].create(
            [{"name": deal, "type": "opportunity", "imported_history_id": history_id, **values[deal]} for deal in deals]
        )
        # sudo: external ids are the system's; these say which deal of the other program a lead is.
        self.env["ir.model.data"].sudo()._update_xmlids(
            [
                {"xml_id": f"{EXTERNAL_MODULE}.{self._external_name(deal)}", "record": lead, "noupdate": True}
                for deal, lead in zip(deals, leads, strict=True)
            ]
        )
        return dict(zip(deals, leads.ids, strict=True))

    def _write_deals(self, values):
        """Bring deals that are there to the state that they ended in."""
        leads = self.env["crm.lead"].browse(values)
        reopened = leads.filtered(lambda lead: lead.won_status != "pending" and "probability" not in values[lead.id])
        for lead in leads:
            changed = {
                name: value
                for name, value in values[lead.id].items()
                if ((lead[name].id if lead._fields[name].relational else lead[name]) or False) != (value or False)
            }
            if not {"team_id", "user_id", "company_id"}.isdisjoint(changed):
                # Together, so that none of them is computed from another.
                changed |= {name: values[lead.id][name] for name in ("team_id", "user_id", "company_id")}
            lead.write(changed)
        # Those that are open again have the chances that Odoo gives them, as when somebody restores them.
        if reopened:
            reopened._compute_probabilities()

    def _external_name(self, deal):
        """What a deal is called among external ids: those have neither points nor spaces."""
        return f"deal_{self.env.company.id}_{quote(deal, safe='').replace('.', '%2E')}"

    # ------------------------------------------------------------
    # DATES
    # ------------------------------------------------------------

    def _date_deals(self, ends, begins):
        """Give deals the dates that they would have if they had been in Odoo from the beginning.

        In SQL, as Odoo lets nobody choose them.

        :param dict ends: the state that each ended in, by number
        :param dict begins: the first instant of those that are new
        """
        self.env.flush_all()
        rows = [
            {
                "id": ref,
                "born": begins.get(ref),
                "closed": state.closed_at,
                "assigned": state.assigned_at,
                "moved": state.moved_at,
            }
            for ref, state in ends.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                SET create_date = COALESCE(new.born, lead.create_date), date_closed = new.closed,
                    date_open = new.assigned, date_last_stage_update = new.moved
                FROM json_to_recordset(%s) AS new (
                    id int, born timestamp, closed timestamp, assigned timestamp, moved timestamp
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

    def _stamp_deals(self, until):
        """Say on each deal up to when it was imported: until somebody writes it, it was written last then."""
        self.env.flush_all()
        rows = [{"id": ref, "until": instant} for ref, instant in until.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead SET imported_until = new.until, write_date = new.until
                FROM json_to_recordset(%s) AS new (id int, until timestamp)
                WHERE lead.id = new.id
                """,
                json.dumps(rows, default=str),
            )
        )
        self.env["crm.lead"].browse(until).invalidate_recordset(["imported_until", "write_date"], flush=False)

    def _count_ends(self, before, after):
        """Have Odoo count wins and losses for its forecasts, now that it can tell from the dates which ones count."""
        leads = self.env["crm.lead"].browse(after)
        old, new = (
            {
                ref: {"is_won": state.status == WON, "is_lost": state.status == LOST_STATUS}
                for ref, state in states.items()
                if state
            }
            for states in (before, after)
        )
        leads._handle_won_lost(old, new)
