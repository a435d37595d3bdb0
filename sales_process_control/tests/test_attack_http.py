"""The attack from outside: the calls of the web client and of programs with an API key, by real requests."""

from odoo.service.model import get_public_method
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .attack_calls import ModelCalls
from .attack_common import QUIET, AttackCase, EachReader
from .introspection import extended_models, own_fields, own_models

#: Public methods of screens, with their arguments.
SCREENS = (
    ("crm.lead", "get_workbench", {"scope": "all"}),
    ("crm.process.review", "get_review", {}),
    ("crm.forecast.screen", "get_screen", {}),
    ("crm.pipeline.movement", "get_funnel", {"domain": []}),
)
#: How many calls of each reader are answered, each way, at least; 0 for none.
LEAST_ANSWERS = {
    "own documents": 75,
    "other team": 75,
    "all documents": 85,
    "manager": 110,
    "other company": 95,
    "no sales rights": 10,
    "portal": 10,
    "reseller": 10,
    "public": 0,
}


@tagged("post_install", "-at_install")
class TestAttackHttp(EachReader, AttackCase, HttpCase):
    """Nobody is told more by a request than by CRM itself, whichever way the request takes."""

    def by_session(self, model, method, ids, values):
        """Call a method as the web client does."""
        args = [] if ids is None else [ids]
        params = {"model": model, "method": method, "args": args, "kwargs": {**values, "context": self.usual_context}}
        response = self.url_open(f"/web/dataset/call_kw/{model}/{method}", json={"jsonrpc": "2.0", "params": params})
        return response.status_code, response.json()

    def by_key(self, model, method, ids, values):
        """Call a method as a program with an API key does."""
        body = {**values, "context": self.usual_context, **({} if ids is None else {"ids": ids})}
        headers = {"Authorization": f"Bearer {self.key}", "X-Odoo-Database": self.env.cr.dbname}
        response = self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers)
        return response.status_code, response.json()

    def calls_of(self, model, *, is_own):
        """Yield (method, ids, arguments) of a model: readings, and writes on a record of others."""
        on_model = ModelCalls(self, model, is_own=is_own)
        names, asked = list(on_model.fields), on_model.specification
        row_ids = on_model.hidden_row.ids
        yield "search_read", None, {"domain": [], "fields": names}
        yield "web_search_read", None, {"domain": [], "specification": asked}
        if on_model.is_own:
            yield "name_search", None, {"name": "Secret", "limit": None}
        if "lead_id" in on_model.named(groupable=True):
            yield "formatted_read_group", None, {"domain": [], "groupby": ["lead_id"], "aggregates": ["__count"]}
        if row_ids:
            yield "web_read", row_ids, {"specification": asked}
            yield "export_data", row_ids, {"fields_to_export": [name for name in names if name != "id"]}
            yield "write", row_ids, {"vals": on_model.written()}
            if on_model.is_own:
                yield "unlink", row_ids, {}

    def calls_made(self):
        for names, is_own in ((own_models(self.env), True), (extended_models(self.env), False)):
            for model in names:
                cls = self.env.registry[model]
                if not cls._abstract and (is_own or own_fields(cls)):
                    for call in self.calls_of(model, is_own=is_own):
                        yield model, *call
        for model, method, values in SCREENS:
            self.assertTrue(get_public_method(self.env[model], method))
            yield model, method, None, values

    @mute_logger("odoo.http", *QUIET)
    def assert_withstands(self, name):
        least = LEAST_ANSWERS[name]
        self.make_world(name)
        # sudo: only who may have a key without an end is asked.
        keys = self.env["res.users.apikeys"].with_user(self.reader).sudo()
        self.key = keys._generate("rpc", "Attack", False)
        self.env.flush_all()
        ways = {"call_kw": self.by_session, "json/2": self.by_key}
        if self.reader != self.public:
            self.authenticate(self.reader.login, self.reader.login)
        answers, faults, calls = dict.fromkeys(ways, 0), [], list(self.calls_made())
        for model, method, ids, values in calls:
            for way, call in ways.items():
                status, answer = call(model, method, ids, values)
                answers[way] += status == 200 and not (isinstance(answer, dict) and "error" in answer)
                found = self.leaks_in(answer)
                if changed := self.changes_of_hidden():
                    found.append(f"changes {changed} of others")
                    self.hidden_state = self.state_of_hidden()
                if way == "json/2" and status >= 500:
                    found.append(f"{answer['name']}: {answer['message'][:150]}")
                faults += [f"{way} {model}.{method}: {fault}" for fault in found]
        self.assertFalse(faults, f"As {name}:\n" + "\n".join(faults))
        type(self).calls += 2 * len(calls)
        self.assertGreater(len(calls), 120)
        self.assertGreaterEqual(min(answers.values()), least)
        if not least:
            self.assertFalse(any(answers.values()))
