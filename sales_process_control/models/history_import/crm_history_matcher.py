from bisect import bisect_right
from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ...history import LOST, WON, Fault, faults, name_key, order_of_places, reordered
from .history_plan import StagePlan, counted_by_text, stage_names


class CrmHistoryMatcher(models.AbstractModel):
    """Finds what the names in a file stand for in this database: stages, people, teams and currencies."""

    _name = "crm.history.matcher"
    _description = "History Matcher"

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def _plan_stages(self, reading, options):
        """The stages of a file, in the order that they will have.

        :return: (stages, places of all stages in their order)
        """
        stages = self.env["crm.stage"].search(Domain.TRUE, order="sequence, id")
        names, won_keys = stage_names(event for events in reading.events.values() for event in events)
        chosen = {plan.key: plan for plan in options.stages}
        found = self._stages_by_name(stages)
        default_won = self._preferred(stages.filtered("is_won"))
        plans, deals = {}, self._deals_by_stage(reading)
        for key, name in names.items():
            stage = found.get(key) if key else default_won
            plan = StagePlan(key, name or self.env._("Won"), stage.id if stage else None, key in won_keys)
            if key in chosen:
                plan = plan._replace(stage_id=chosen[key].stage_id, is_won=chosen[key].is_won)
            if plan.stage_id:
                plan = plan._replace(is_won=stages.browse(plan.stage_id).is_won)
            plans[key] = plan._replace(deals=deals[key])
        order = self._ordered(reading, plans, stages, list(chosen))
        ranks = {place: rank for rank, place in enumerate(order)}
        return tuple(sorted(plans.values(), key=lambda plan: ranks[plan.place])), tuple(order)

    def _stages_by_name(self, stages):
        """The stage for each name without regard to case, in whatever language people here know it."""
        found = defaultdict(lambda: self.env["crm.stage"])
        languages = dict.fromkeys((self.env.lang or "en_US", self.env.company.partner_id.lang or "en_US", "en_US"))
        for language in languages:
            named = defaultdict(lambda: self.env["crm.stage"])
            for stage in stages.with_context(lang=language):
                named[name_key(stage.name or "")] += stage
            for key, same in named.items():
                if key not in found:
                    found[key] = self._preferred(same)
        return found

    @staticmethod
    def _preferred(stages):
        """Of stages with the same name: the first one that is everybody's, else the first one."""
        return (stages.filtered(lambda stage: not stage.team_ids) or stages)[:1]

    @staticmethod
    def _deals_by_stage(reading):
        deals = defaultdict(int)
        for events in reading.events.values():
            for key in {name_key(event.stage) for event in events if event.kind != LOST}:
                deals[key] += 1
        return deals

    @staticmethod
    def _ordered(reading, plans, stages, chosen):
        """All places in the order that they will have."""
        paths = [
            [plans[name_key(event.stage)].place for event in events if event.kind != LOST]
            for events in reading.events.values()
        ]
        won = {plan.place for plan in plans.values() if plan.is_won} | set(stages.filtered("is_won").ids)
        order = order_of_places(paths, stages.ids, won)
        wanted = list(dict.fromkeys(plans[key].place for key in chosen if key in plans))
        return reordered(order, set(stages.ids), wanted)

    def _stage_faults(self, reading, plans, options):
        """Events in stages that Odoo does not know, or in which it does not win deals."""
        by_key = {plan.key: plan for plan in plans}
        heading = reading.columns.get("stage", "stage")
        for event in self._all_events(reading):
            if event.kind == LOST:
                continue
            plan = by_key[name_key(event.stage)]
            if not plan.stage_id and not options.create_missing_stages:
                yield Fault(event.line, heading, faults.UNKNOWN_STAGE, plan.name, event.deal)
            elif event.kind == WON and not plan.is_won:
                yield Fault(event.line, heading, faults.NOT_WON, plan.name, event.deal)

    @staticmethod
    def _all_events(reading):
        return (event for events in reading.events.values() for event in events)

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _match_users(self, reading):
        """Salespeople of the company, by login, email or name.

        :return: (number by text, number of deals by text that stands for nobody)
        """
        wanted = counted_by_text(reading, "salesperson")
        if not wanted:
            return {}, {}
        users = self.env["res.users"].search([("company_ids", "in", self.env.company.ids), ("share", "=", False)])
        found = {}
        for attribute in ("login", "email", "name"):
            self._add_names(found, ((user[attribute], user.id) for user in users))
        return self._split(wanted, found)

    def _match_teams(self, reading):
        """Teams of the company or of all companies, by name."""
        wanted = counted_by_text(reading, "team")
        if not wanted:
            return {}, {}
        teams = self.env["crm.team"].search([("company_id", "in", (False, self.env.company.id))])
        found = {}
        self._add_names(found, ((team.name, team.id) for team in teams))
        return self._split(wanted, found)

    @staticmethod
    def _add_names(found, pairs):
        """Add names that stand for one record only, and for none that was found before."""
        ids = defaultdict(set)
        for name, record_id in pairs:
            ids[name_key(name or "")].add(record_id)
        for name, same in ids.items():
            if len(same) == 1 and name:
                found.setdefault(name, next(iter(same)))

    @staticmethod
    def _split(wanted, found):
        known = {text: found[name_key(text)] for text in wanted if name_key(text) in found}
        return known, {text: deals for text, deals in wanted.items() if text not in known}

    def _partners_by_name(self, names):
        """The one contact of the company that has exactly this name, where there is just one."""
        partners = self.env["res.partner"].search(
            [("name", "in", list(names)), ("company_id", "in", (False, self.env.company.id))]
        )
        ids = defaultdict(list)
        for partner in partners:
            ids[partner.name].append(partner.id)
        return {name: same[0] for name, same in ids.items() if len(same) == 1}

    # ------------------------------------------------------------
    # CURRENCIES
    # ------------------------------------------------------------

    def _match_currencies(self, reading):
        """What amounts in other currencies are worth in that of the company, at the day of each event.

        :return: ({(code, day): rate}, faults)
        """
        own = self.env.company.currency_id
        context = self.env["crm.pipeline.reader"]._read_context()
        events = [
            event
            for event in self._all_events(reading)
            if event.amount is not None and event.currency not in ("", own.name)
        ]
        if not events:
            return {}, []
        codes = list({event.currency for event in events})
        currencies = self.env["res.currency"].with_context(active_test=False).search([("name", "in", codes)])
        by_code = {currency.name: currency for currency in currencies}
        rates_of = self._rates_by_currency(own | currencies)
        rates, wrong = {}, []
        for event in events:
            day = context.day_of(event.at, self.env.company.id)
            currency = by_code.get(event.currency)
            value, base = (self._rate_at(rates_of.get(one), day) for one in (currency, own))
            if own not in rates_of:
                # A company that keeps rates of other currencies only counts them in its own.
                base = 1.0
            if not currency:
                code, said = faults.UNKNOWN_CURRENCY, event.currency
                wrong.append(Fault(event.line, reading.columns["currency"], code, said, event.deal))
            elif not value or not base:
                code, said = faults.NO_RATE, f"{event.currency if not value else own.name}, {day}"
                wrong.append(Fault(event.line, reading.columns["currency"], code, said, event.deal))
            else:
                rates[event.currency, day] = base / value
        return rates, wrong

    def _rates_by_currency(self, currencies):
        """All rates that hold for the company: {currency: [(days, rates), ...]}, those to ask first coming first."""
        company = self.env.company.root_id
        records = self.env["res.currency.rate"].search(
            [("currency_id", "in", currencies.ids), ("company_id", "in", (False, company.id))], order="name"
        )
        found = {}
        # A company's own rates hold before those of all companies.
        for of_company in (company, self.env["res.company"]):
            rows = defaultdict(list)
            for record in records.filtered(lambda rate: rate.company_id == of_company):  # noqa: B023  used at once
                rows[record.currency_id].append((record.name, record.rate))
            for currency, dated in rows.items():
                found.setdefault(currency, []).append(tuple(zip(*dated, strict=True)))
        return found

    @staticmethod
    def _rate_at(tables, day):
        """The last rate up to a day; None where there is none."""
        for days, rates in tables or ():
            index = bisect_right(days, day)
            if index:
                return rates[index - 1]
        return None
