from bisect import bisect_right
from collections import defaultdict

from odoo.fields import Domain

from ...history import (
    LEFT_OUT,
    LOST,
    STAGE,
    WON,
    Fault,
    end_of_name,
    faults,
    name_key,
    order_of_places,
    reordered,
)
from ..recording.text_lists import joined_phrases
from .history_plan import StagePlan, counted_by_text, stage_names


class HistoryMatcher:
    """Finds the records that the texts of a file refer to: stages, users, teams, contacts and currencies.

    :param env: environment of the importing user, in the company of the import
    """

    def __init__(self, env):
        self.env = env

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def plan_stages(self, reading, options, team_ids=()):
        """Return the stages of a file, and the order of all stages.

        A name that says only that deals are won, such as "Closed won", is the won stage of Odoo, unless Odoo has a
        stage of this name.

        :param Reading reading: the file
        :param Options options: choices of the user; chosen stages replace the proposed ones
        :param team_ids: ids of the sales teams of the file
        :return: (tuple of :class:`StagePlan` in their order, behind them those of names that stand for a loss or are
            left out; tuple of the places of all stages in their order)
        """
        stages = self.env["crm.stage"].search(Domain.TRUE, order="sequence, id")
        names, won_keys = stage_names(_all_events(reading))
        chosen = {plan.key: plan for plan in options.stages}
        stages_by_key = self._stages_by_key(stages)
        won_stage = _won_stage(stages, set(team_ids))
        won_keys_of_choice = {key for key, kind in options.settings.ends if kind == WON}
        plans, deal_counts = {}, _deal_counts_by_stage(reading)
        for key, name in names.items():
            stage = stages_by_key.get(key) if key else won_stage
            says_won = key in won_keys and (end_of_name(name)[0] == WON or key in won_keys_of_choice)
            is_guess = bool(says_won and not stage and won_stage)
            stage = won_stage if is_guess else stage
            plan = StagePlan(key, name or self.env._("Won"), stage.id if stage else None, key in won_keys)
            if key in chosen:
                plan = plan._replace(stage_id=chosen[key].stage_id, is_won=chosen[key].is_won)
            plan = plan._replace(is_guess=is_guess and plan.stage_id == won_stage.id)
            if plan.stage_id:
                plan = plan._replace(is_won=stages.browse(plan.stage_id).is_won)
            plans[key] = plan._replace(deals=deal_counts[key])
        order = _ordered_places(reading, plans, stages, list(chosen))
        ranks = {place: rank for rank, place in enumerate(order)}
        ordered = sorted(plans.values(), key=lambda plan: ranks[plan.place])
        return (*_with_kinds(ordered, reading.look.stages), *_without_stage(reading.look.stages, plans)), tuple(order)

    def _stages_by_key(self, stages):
        """Return {name key: stage}. The user's language comes first, then the company's, then English."""
        found = {}
        languages = dict.fromkeys((self.env.lang or "en_US", self.env.company.partner_id.lang or "en_US", "en_US"))
        for language in languages:
            named = defaultdict(lambda: self.env["crm.stage"])
            for stage in stages.with_context(lang=language):
                named[name_key(stage.name or "")] += stage
            for key, same_name in named.items():
                if key not in found:
                    found[key] = preferred_stage(same_name)
        return found

    def stage_faults(self, reading, plans, options):
        """Yield the faults of events in stages that Odoo does not have, and of wins in stages that are not won.

        :param Reading reading: the file
        :param plans: the stages of the file, as :meth:`plan_stages` returns them
        :param Options options: whether missing stages are created
        """
        plans_by_key = {plan.key: plan for plan in plans}
        # A new open stage whose name looks like an end is made only if a person wants it.
        undecided = {found.key for found in reading.look.stages if end_of_name(found.name) == (STAGE, True)}
        undecided -= {key for key, _kind in options.settings.ends}
        heading = reading.columns.get("stage", "stage")
        for event in _all_events(reading):
            if not event.names_stage:
                continue
            plan = plans_by_key[name_key(event.stage)]
            if not plan.stage_id and not options.create_missing_stages:
                yield Fault(event.line, heading, faults.UNKNOWN_STAGE, plan.name, event.deal)
            elif not plan.stage_id and plan.key in undecided and not plan.is_won:
                yield Fault(event.line, heading, faults.UNDECIDED_END, plan.name, event.deal)
            elif event.kind == WON and not plan.is_won:
                yield Fault(event.line, heading, faults.NOT_WON, plan.name, event.deal)

    # ------------------------------------------------------------
    # USERS, TEAMS AND CONTACTS
    # ------------------------------------------------------------

    def match_users(self, reading):
        """Find internal users of the company by login, email or name, in this order.

        A text that matches several users matches none.

        :return: ({text: user id}, {text: number of deals} of the texts that match no user)
        """
        deal_counts = counted_by_text(reading, "salesperson")
        if not deal_counts:
            return {}, {}
        users = self.env["res.users"].search([("company_ids", "in", self.env.company.ids), ("share", "=", False)])
        user_ids = {}
        for field in ("login", "email", "name"):
            _add_unique_names(user_ids, ((user[field], user.id) for user in users))
        return _split_by_match(deal_counts, user_ids)

    def match_teams(self, reading):
        """Find teams of the company, or of all companies, by name.

        :return: ({text: team id}, {text: number of deals} of the texts that match no team)
        """
        deal_counts = counted_by_text(reading, "team")
        if not deal_counts:
            return {}, {}
        teams = self.env["crm.team"].search([("company_id", "in", (False, self.env.company.id))])
        team_ids = {}
        _add_unique_names(team_ids, ((team.name, team.id) for team in teams))
        return _split_by_match(deal_counts, team_ids)

    def partners_by_name(self, names):
        """Find contacts of the company, or of all companies, by their exact name.

        :return: {name: contact id} of the names that exactly one contact has
        """
        partners = self.env["res.partner"].search(
            [("name", "in", list(names)), ("company_id", "in", (False, self.env.company.id))]
        )
        ids = defaultdict(list)
        for partner in partners:
            ids[partner.name].append(partner.id)
        return {name: same_name[0] for name, same_name in ids.items() if len(same_name) == 1}

    # ------------------------------------------------------------
    # CURRENCIES
    # ------------------------------------------------------------

    def match_currencies(self, reading):
        """Find the rates of amounts in other currencies, at the day of each event in the company's time zone.

        :return: ({(currency code, day): rate}, faults); an amount times the rate is in the currency of the company
        """
        own = self.env.company.currency_id
        events = [
            event for event in _all_events(reading) if event.amount is not None and event.currency not in ("", own.name)
        ]
        if not events:
            return {}, []
        context = self.env["crm.pipeline.reader"]._read_context()
        codes = list({event.currency for event in events})
        currencies = self.env["res.currency"].with_context(active_test=False).search([("name", "in", codes)])
        currency_by_code = {currency.name: currency for currency in currencies}
        rate_tables = self._rate_tables(own | currencies)
        rates, found_faults = {}, []
        for event in events:
            day = context.day_of(event.at, self.env.company.id)
            currency = currency_by_code.get(event.currency)
            rate, own_rate = (_rate_at(rate_tables.get(each), day) for each in (currency, own))
            if own not in rate_tables:
                # As in Odoo: a company currency without rates has the rate 1.
                own_rate = 1.0
            if not currency:
                code, value = faults.UNKNOWN_CURRENCY, event.currency
            elif not rate or not own_rate:
                code, value = (
                    faults.NO_RATE,
                    joined_phrases(self.env, (event.currency if not rate else own.name, str(day))),
                )
            else:
                rates[event.currency, day] = own_rate / rate
                continue
            found_faults.append(
                Fault(
                    event.line,
                    reading.columns.get("currency") or reading.columns.get("amount", ""),
                    code,
                    value,
                    event.deal,
                )
            )
        return rates, found_faults

    def _rate_tables(self, currencies):
        """Return all rates of some currencies that the company may use.

        :return: {currency: [(days, rates), ...]}; the company's own rates come before those of all companies
        """
        company = self.env.company.root_id
        records = self.env["res.currency.rate"].search(
            [("currency_id", "in", currencies.ids), ("company_id", "in", (False, company.id))], order="name"
        )
        by_company = records.grouped("company_id")
        tables = {}
        for rate_company in (company, self.env["res.company"]):
            for currency, rates in by_company.get(rate_company, records.browse()).grouped("currency_id").items():
                tables.setdefault(currency, []).append((rates.mapped("name"), rates.mapped("rate")))
        return tables


def _all_events(reading):
    return (event for events in reading.events.values() for event in events)


def _with_kinds(plans, found):
    """Return plans with what their names stand for."""
    by_key = {stage.key: stage for stage in found}
    for plan in plans:
        stage = by_key.get(plan.key)
        kind = WON if plan.is_won else STAGE
        is_doubtful = bool(stage and stage.is_doubtful and not plan.is_known)
        yield plan._replace(kind=kind, is_doubtful=is_doubtful)


def _without_stage(found, plans):
    """Return the plans of names that have no stage in Odoo: they stand for a loss, or are left out."""
    return (
        StagePlan(stage.key, stage.name, None, False, stage.deals, stage.kind, stage.is_doubtful)
        for stage in found
        if stage.key not in plans and stage.kind in (LOST, LEFT_OUT)
    )


def preferred_stage(stages):
    """Return one of several stages: the first one that belongs to no team, else the first one."""
    return (stages.filtered(lambda stage: not stage.team_ids) or stages)[:1]


def _won_stage(stages, team_ids):
    """Return the stage in which some teams win: their own, else one of all teams, else the first; empty if none."""
    won = stages.filtered("is_won")
    own = won.filtered(lambda stage: team_ids and team_ids <= set(stage.team_ids.ids))
    return own[:1] or preferred_stage(won)


def _deal_counts_by_stage(reading):
    """Return {name key: number of deals that came to the stage}."""
    counts = defaultdict(int)
    for events in reading.events.values():
        for key in {name_key(event.stage) for event in events if event.names_stage}:
            counts[key] += 1
    return counts


def _ordered_places(reading, plans, stages, chosen):
    """Return the places of all stages in the order that they will have.

    :param dict plans: {name key: :class:`StagePlan`}
    :param stages: the stages of Odoo, in their order
    :param list chosen: name keys in the order that the user has chosen
    """
    paths = [
        [plans[name_key(event.stage)].place for event in events if event.names_stage]
        for events in reading.events.values()
    ]
    won = {plan.place for plan in plans.values() if plan.is_won} | set(stages.filtered("is_won").ids)
    order = order_of_places(paths, stages.ids, won)
    wanted = list(dict.fromkeys(plans[key].place for key in chosen if key in plans))
    return reordered(order, set(stages.ids), wanted)


def _add_unique_names(ids_by_key, pairs):
    """Add {name key: id} of the names that exactly one record has, except for keys that are there already."""
    ids = defaultdict(set)
    for name, record_id in pairs:
        ids[name_key(name or "")].add(record_id)
    for key, same_name in ids.items():
        if len(same_name) == 1 and key:
            ids_by_key.setdefault(key, next(iter(same_name)))


def _split_by_match(deal_counts, ids_by_key):
    """Return ({text: id} of the texts that match a record, {text: number of deals} of the others)."""
    matched = {text: ids_by_key[name_key(text)] for text in deal_counts if name_key(text) in ids_by_key}
    return matched, {text: count for text, count in deal_counts.items() if text not in matched}


def _rate_at(tables, day):
    """Return the last rate up to a day; None if there is none.

    :param tables: [(days in ascending order, rates), ...]; the first table with a rate up to the day is used
    """
    for days, rates in tables or ():
        index = bisect_right(days, day)
        if index:
            return rates[index - 1]
    return None
