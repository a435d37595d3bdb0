"""All public methods, found in the registry, so that a new one is tried by itself."""

import inspect
from collections import defaultdict

from odoo.tests import tagged

from .attack_calls import ModelCalls
from .attack_common import AttackCase, EachReader
from .introspection import extended_models, of_module, own_methods, own_models, public_methods

#: Methods of Odoo that the table calls with arguments of their own (test_attack_table.py).
IN_THE_TABLE = {
    *("search", "search_read", "web_search_read", "search_count", "fields_get", "get_views", "read", "web_read"),
    *("export_data", "name_search", "web_name_search", "get_metadata", "get_formview_action", "formatted_read_group"),
    *("web_read_group", "formatted_read_grouping_sets", "read_group", "read_progress_bar", "default_get", "onchange"),
    *("search_panel_select_range", "search_panel_select_multi_range", "unlink", "copy", "web_save", "write", "create"),
    *("name_create", "load"),
}


@tagged("post_install", "-at_install")
class TestAttackMethods(EachReader, AttackCase):
    """Nobody learns or changes anything of others by a method that RPC may call."""

    def usual_values(self):
        """Return {name of a parameter: values to try}; a method is called as often as its longest list demands."""
        lead_ids = [deals[0].id for deals in self.world.values()]
        hidden = self.hidden_leads().ids
        domains = [[], [["lead_id", "in", hidden]], [["lead_id.name", "ilike", "Secret"]], [["lead_ref", "in", hidden]]]
        companies = (self.company | self.second).ids
        return {
            "scope": ["mine", "team", "all"],
            "blocks": [None],
            "domain": domains,
            "day": [False, "2026-03-05"],
            "before": [False, "2026-03-03"],
            "currency_id": [False, self.company.currency_id.id],
            "period": ["month", "quarter", "6_months", "12_months"],
            "team_id": [False, self.other_team.id, self.team_abroad.id],
            "user_id": [False, self.colleague.id, self.abroad.id],
            "company_id": [False, *companies],
            "res_model": ["crm.lead", "res.partner"],
            "res_id": [*lead_ids, *self.Lead.browse(lead_ids).partner_id.ids],
            "outcome": ["kept", "broken", "withdrawn"],
            "kind": ["more", "stay", "stays", "step", "activities"],
            "number": [False, *self.Visit.search([]).ids[:4]],
            "days": [5],
            "is_home": [True],
            "is_wanted": [True],
            "fields": [["id"]],
            "field_names": [["id"]],
            "field_name": ["id"],
            "vals": [{}],
            "vals_list": [[{}]],
            "data": [[["1"]]],
        }

    def arguments(self, on_model, method):
        """Yield the keyword arguments of the calls of one method."""
        parameters = list(inspect.signature(getattr(type(on_model.model), method)).parameters.values())[1:]
        usual = {**self.usual, "specification": [on_model.specification]}
        named = [parameter for parameter in parameters if parameter.kind == parameter.POSITIONAL_OR_KEYWORD]
        tried = {
            parameter.name: usual.get(parameter.name, [False, 1, "1", []])
            for parameter in named
            if parameter.name in usual or parameter.default is parameter.empty
        }
        for number in range(max(map(len, tried.values()), default=1)):
            yield {name: values[number % len(values)] for name, values in tried.items()}

    def calls_of(self, on_model, method):
        """Yield (arguments, keyword arguments): a method of records on each row, on all of them and on none."""
        if getattr(getattr(type(on_model.model), method), "_api_model", False):
            ids = [()]
        else:
            # Methods of Odoo have tests of their own, so a row that is not the reader's is enough.
            rows = on_model.rows if method in own_methods(type(on_model.model)) else on_model.hidden_row
            ids = [([row.id],) for row in rows] + ([(rows.ids,), ([],)] if len(rows) > 1 else [])
        for keywords in self.arguments(on_model, method):
            for given in ids:
                yield given, keywords

    def is_ours(self, cls, method):
        """Return whether only this module defines a method, so that no error of Python is Odoo's."""
        return all(of_module(base) or method not in vars(base) for base in cls.__mro__)

    def methods(self):
        """Yield (model, method): all methods of models of this module, and those that it adds to models of Odoo."""
        for model in own_models(self.env):
            cls = self.env.registry[model]
            # Odoo's methods fail on models without a table.
            methods = [name for name in own_methods(cls) if self.is_ours(cls, name)] if cls._abstract else None
            for method in set(public_methods(cls) if methods is None else methods) - IN_THE_TABLE:
                yield model, method
        for model in extended_models(self.env):
            for method in set(own_methods(self.env.registry[model])) - IN_THE_TABLE - {"message_parse"}:
                yield model, method

    def assert_withstands(self, name):
        self.make_world(name)
        self.usual = self.usual_values()
        calls, faults, rows = type(self).calls, defaultdict(set), {}
        for model, method in sorted(self.methods()):
            cls = self.env.registry[model]
            on_model = rows.get(model) or ModelCalls(self, model, is_own=True)
            rows[model] = on_model
            for arguments, keywords in self.calls_of(on_model, method):
                faults[model, method].update(
                    self.faults_of(model, method, *arguments, is_ours=self.is_ours(cls, method), **keywords)
                )
        self.assertGreater(type(self).calls - calls, 1500)
        self.assert_no_faults(name, faults)
