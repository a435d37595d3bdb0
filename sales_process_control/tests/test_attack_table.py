"""All kinds of readers, on all models, with all that RPC can do: nobody is told more than CRM itself tells."""

from collections import defaultdict

from odoo.tests import tagged

from .attack_calls import ModelCalls
from .attack_common import AttackCase, EachReader, is_refusal
from .introspection import added_fields, extended_models, own_fields, own_models


@tagged("post_install", "-at_install")
class TestAttackTable(EachReader, AttackCase):
    """Nobody reads, counts, groups, searches, orders, names, exports or writes what is not theirs."""

    def try_calls(self, calls, **options):
        """Return {(model, method): faults} of calls."""
        faults = defaultdict(set)
        for model, method, arguments, keywords in calls:
            for fault in self.faults_of(model, method, *arguments, **keywords, **options):
                faults[model, method].add(fault)
        return faults

    def models(self):
        """Yield (model, whether it is one of this module)."""
        for names, is_own in ((own_models(self.env), True), (extended_models(self.env), False)):
            for name in names:
                cls = self.env.registry[name]
                if not cls._abstract and (is_own or own_fields(cls)):
                    yield name, is_own

    def assert_withstands(self, name):
        self.make_world(name)
        faults, calls = {}, type(self).calls
        for model, is_own in self.models():
            on_model = ModelCalls(self, model, is_own=is_own)
            faults |= self.try_calls(((model, *call) for call in on_model.readings()), writes=False)
            faults |= self.questions_that_tell(model, on_model)
            faults |= self.fields_told_outside(model, on_model)
            faults |= self.try_calls((model, *call) for call in on_model.writings())
        self.assertGreater(type(self).calls - calls, 500)
        self.assert_no_faults(name, faults)

    def questions_that_tell(self, model, on_model):
        """Return {(model, domain): faults} of searches that find records by what only others may know."""
        faults = {}
        for domain in on_model.questions():
            answer, failure = self.attempt(model, "search_count", domain, writes=False)
            if answer:
                faults[model, f"search {domain[-1]}"] = {f"finds {answer}"}
            elif failure is not None and not is_refusal(failure):
                faults[model, f"search {domain[-1]}"] = {repr(failure)[:150]}
        return faults

    def fields_told_outside(self, model, on_model):
        """Return {(model, method): faults} of fields of the module that somebody outside the company reads.

        Whatever they hold: they are about the salesperson's work.
        """
        if not (self.reader.share and on_model.may_read):
            return {}
        told = set()
        for field in added_fields(self.env[model]):
            answer, _failure = self.attempt(model, "search_read", [], [field.name], writes=False)
            if answer:
                told.add(f"tells {field.name}")
        return {(model, "search_read"): told}
