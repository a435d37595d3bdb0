import inspect
import logging
import math
import traceback
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .context_keys import context_keys
from .hot_common import HotCase
from .introspection import MODULE, added_methods, models_with_code, own_fields

#: Values that a remote caller can send for any argument, condition and key of the context.
ODD_VALUES = (
    None,
    False,
    True,
    0,
    -1,
    1,
    2**31,
    2**63,
    1.5,
    1e308,
    math.nan,
    math.inf,
    10**400,
    "",
    "x",
    "1",
    "0001-01-01",
    "0001-03-01",
    "9999-12-31",
    "2026-02-30",
    [],
    [1],
    [None],
    ["x"],
    [[]],
    [1, "x", None, 1.5],
    {},
    {"x": 1},
    [{}],
)
ODD_DOMAINS = (
    ["&"],
    ["!"],
    ["|", ["id", "=", 1]],
    [["id"]],
    [["id", "=", 1]],
    [["id", "=", [1]]],
    [["id", "in", "x"]],
    [["id", "x", 1]],
    [["id", [], 1]],
    [[1, "=", 1]],
    [[None, None, None]],
    [["no_field", "=", 1]],
    [["stage_id", "=", "x"]],
    [["stage_id", "in", 5]],
    [["stage_id", "=", 2**63]],
    [["stage_id.no_field", "=", 1]],
    [["stage_id.", "=", 1]],
    [["stage_id", "any", "x"]],
    [["stage_id", "any", [["no_field", "=", 1]]]],
    [["lead_id", "in", {}]],
    [["lead_id.stage_days", ">", "x"]],
    [["date_deadline", ">", "x"]],
    [["day", ">", "x"]],
    [["flow_cell", "=", "x"]],
    [["flow_cell", "=", "[" * 5000]],
    [["company_id", "child_of", "x"]],
    [["company_id", "child_of", 2**63]],
    [["company_id", "child_of", True]],
    [["lead_id", "=", True]],
    [["lead_id", "in", [True]]],
    [["lead_id", "<", ["x"]]],
    [["amount", "=", "x"]],
    [["amount", "<", 10**400]],
    [["stage_name", "ilike", "\0"]],
    [["kind", "in", [[]]]],
    [["date_deadline", "=", []]],
    [["date_deadline.month_number", "=", "x"]],
    [["user_id.name", "in", [{}]]],
)
ODD_IDS = (None, False, True, 0, -1, 2**31, 2**63, 1.5, 1e308, "", "x", [], [0], [-1], [None], ["x"], [[]], [1.5], {})
#: Operators of conditions, besides those that Odoo makes of them.
OPERATORS = ("=", "!=", "<", ">=", "in", "not in", "ilike", "not ilike", "=?", "=like", "any")
#: Fields of deals that Odoo stores, by their type.
PLAIN_FIELDS = {
    "boolean": "active",
    "char": "name",
    "date": "date_deadline",
    "datetime": "date_closed",
    "float": "probability",
    "integer": "color",
    "many2many": "tag_ids",
    "many2one": "stage_id",
    "monetary": "expected_revenue",
    "one2many": "activity_ids",
    "selection": "priority",
    "text": "lead_properties",
}
#: Values of arguments without a default that go with an odd one.
PLAIN_VALUES = {"domain": [], "days": 3, "outcome": "withdrawn", "res_model": "crm.lead", "kind": "step"}


def arguments_of(method):
    """Return the arguments of a method, with a plain value for those that have no default."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    return {one.name: PLAIN_VALUES.get(one.name, 1) if one.default is one.empty else one.default for one in parameters}


def values_for(argument):
    """Return the odd values of an argument: odd domains for one that is a domain, one of them for any other."""
    return ODD_VALUES + (ODD_DOMAINS if "domain" in argument else ODD_DOMAINS[:1])


class Failures(logging.Handler):
    """Collects what the module logs as an error, as it does when a block of a screen fails."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        error = record.exc_info and record.exc_info[1]
        if not isinstance(error, UserError):
            self.messages.append(f"logged: {error!r}")


@tagged("post_install", "-at_install")
class TestOddArguments(HotCase):
    """Whatever a remote caller sends, the answer is an answer or a message, never a Python error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids |= cls.env.ref("base.group_partner_manager") + cls.env.ref("base.group_allow_export")
        cls.deal = cls.Lead.create(
            {
                "name": "Deal",
                "type": "opportunity",
                "stage_id": cls.contact.id,
                "team_id": cls.team.id,
                "user_id": cls.seller.id,
                "partner_id": cls.customer.id,
                "expected_revenue": 100,
            }
        )
        cls.env.cr.flush()
        cls.Flag.with_user(cls.seller).create({"note": "About to act", "lead_id": cls.deal.id})
        cls.env.cr.flush()

    def setUp(self):
        super().setUp()
        self.failures = Failures()
        # A warning in Odoo's log would fail the test run.
        logger = logging.getLogger(f"odoo.addons.{MODULE}")
        self.startPatcher(patch.object(logger, "handlers", [self.failures]))
        self.startPatcher(patch.object(logger, "propagate", False))
        #: What was called, and what came of it.
        self.errors = []
        self.calls = 0

    def error_of(self, function):
        """Call a function and undo what it has done. Return the error with which it ended, None for a message."""
        found = None
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            function()
            self.env.flush_all()
        except Exception as error:  # noqa: BLE001
            # Odoo makes a message of an IntegrityError.
            found = None if isinstance(error, UserError | IntegrityError) else error
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.cr.precommit.clear()
            self.env.transaction.clear()
        return found

    def attempt(self, function, *what):
        """Call a function and note what it was if it ends with an error, or logs one."""
        self.calls += 1
        self.failures.messages.clear()
        error = self.error_of(function)
        if error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self.failures.messages.append(f"{error!r} ({Path(frame.filename).name}:{frame.lineno})")
        self.errors += [f"{' '.join(map(repr, what))}: {message}"[:400] for message in self.failures.messages]

    def assertNoErrors(self, least):
        self.assertGreater(self.calls, least)
        self.assertFalse(self.errors, f"{len(self.errors)} of {self.calls} calls:\n" + "\n".join(self.errors[:40]))

    def some_ids(self, model):
        """Return the id of a record that the user may read, if there is one."""
        if model._abstract or not model.has_access("read"):
            return []
        if model._transient:
            values = {
                "kind": "reorder",
                "partner_id": self.customer.id,
                "lead_id": self.deal.id,
                "note": "About to act",
            }
            values = {name: value for name, value in values.items() if name in model._fields}
            with suppress(UserError, IntegrityError), self.env.cr.savepoint():
                return model.create(values).ids
            return []
        return model.search([], limit=1).ids

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models")
    def test_added_methods(self):
        for user in (self.manager, self.seller):
            for model in models_with_code(self.env(user=user)):
                for name, method in added_methods(model):
                    ids = [] if getattr(method, "_api_model", False) else [self.some_ids(model)]
                    plain = arguments_of(method)
                    for argument in plain:
                        for value in values_for(argument):
                            values = {**plain, argument: value}
                            self.attempt(
                                lambda: call_kw(model, name, ids, values),  # noqa: B023
                                *(user.login, model._name, name, argument, value),
                            )
        self.assertNoErrors(2000)

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models")
    def test_ids(self):
        """Ids that Odoo itself can read, or for which it has a message."""
        for model in models_with_code(self.env(user=self.manager)):
            stored = [field.name for field in model._fields.values() if field.store and not field.groups]
            wanted = [
                ids
                for ids in ODD_IDS
                if not self.error_of(lambda: model.browse(ids).ensure_one())  # noqa: B023
                and not self.error_of(lambda: call_kw(model, "read", [ids, stored], {}))  # noqa: B023
            ]
            for name, method in added_methods(model):
                if getattr(method, "_api_model", False):
                    continue
                for ids in wanted:
                    self.attempt(
                        lambda: call_kw(model, name, [ids], arguments_of(method)),  # noqa: B023
                        *(model._name, name, ids),
                    )
        self.assertNoErrors(100)

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models")
    def test_searches(self):
        """Odoo itself has no message for some values. A field of Odoo of the same type says which."""
        has_message = {}
        leads = self.Lead.with_user(self.manager)

        def odoo_has_message(field_type, operator, value):
            key = field_type, operator, repr(value)
            if key not in has_message:
                condition = (PLAIN_FIELDS[field_type], operator, value)
                has_message[key] = not self.error_of(lambda: leads.search_count([condition]))
            return has_message[key]

        for model in models_with_code(self.env(user=self.manager)):
            fields = [model._fields[name] for name in own_fields(type(model))]
            for field in fields if model.has_access("read") else ():
                if field.store or not field.search:
                    continue
                for operator in OPERATORS:
                    for value in ODD_VALUES:
                        if odoo_has_message(field.type, operator, value):
                            condition = (field.name, operator, value)
                            self.attempt(lambda: model.search([condition]), model._name, condition)  # noqa: B023
        self.assertNoErrors(1000)

    @mute_logger("odoo.sql_db", "odoo.domains", "odoo.models")
    def test_keys_of_the_context(self):
        """Each key goes to the models that read it: their records, defaults and methods."""
        # Odoo has no message for values that it cannot keep in its cache, such as a list of lists.
        kept_by_odoo = [
            value
            for value in ODD_VALUES
            if not self.error_of(
                lambda: call_kw(self.Lead.partner_id, "search_read", [[]], {"context": {"show_address": value}})  # noqa: B023
            )
        ]
        in_cache = {
            key for field in self.Lead._fields.values() for key in self.env.registry.field_depends_context[field]
        }
        for key, source in sorted(context_keys()):
            if key in ("start_datetime", "end_datetime"):
                continue  # Odoo's own figures of a digest fail at odd instants before ours are read
            for model in models_with_code(self.env(user=self.manager)):
                if all(cls.__module__ != source for cls in type(model).mro()):
                    continue
                ids = self.some_ids(model)
                fields = ["display_name", *own_fields(type(model))]
                calls = {"search_read": ([[], fields], {"limit": 1}, source)}
                if not key.startswith("default_"):  # Odoo reads these itself
                    calls["default_get"] = ([list(model._fields)], {}, source)
                for name, method in added_methods(model):
                    given = [] if getattr(method, "_api_model", False) else [ids]
                    calls[name] = (given, arguments_of(method), method.__module__)
                others = (["&"], [["no_field", "=", 1]], [["id", "in", "x"]])
                is_kept = model == self.Lead and key in in_cache
                sent = kept_by_odoo if is_kept else [*ODD_VALUES, *others]
                for number, (name, (arguments, values, place)) in enumerate(calls.items()):
                    if self.error_of(lambda: call_kw(model, name, arguments, values)):  # noqa: B023
                        continue  # there is no record to call it on
                    # What is written where the key is read gets all values, any other method a third of them.
                    for value in sent if place == source else sent[number % 3 :: 3]:
                        options = {**values, "context": {key: value}}
                        self.attempt(
                            lambda: call_kw(model, name, arguments, options),  # noqa: B023
                            *(model._name, name, key, value),
                        )
        self.assertNoErrors(500)
