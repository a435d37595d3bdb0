"""Domains as they come through RPC. No models."""

from collections.abc import Iterable

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

#: Most conditions and values of a domain. A screen shows many numbers, each of which names the domain again.
MOST_VALUES = 10_000
#: Fields whose values PostgreSQL compares with numbers only. Odoo takes texts for names of related records.
RELATIONAL_TYPES = ("many2one", "one2many", "many2many")
NUMERIC_TYPES = (*RELATIONAL_TYPES, "integer", "many2one_reference", "float", "monetary")
#: Operators that compare with a text or a name, with a domain, and with one value or several.
TEXT_OPERATORS = frozenset(
    ("like", "ilike", "=like", "=ilike", "not like", "not ilike", "not =like", "not =ilike", "child_of", "parent_of")
)
DOMAIN_OPERATORS = frozenset(("any", "not any"))
COLLECTION_OPERATORS = frozenset(("=", "!=", "<>", "==", "=?", "in", "not in", "child_of", "parent_of"))


def checked_domain(model, domain):
    """Return a domain of a remote caller as a domain that can be searched with.

    Odoo leaves wrong fields and operators to Python's errors, and wrong values to those of PostgreSQL.

    :param model: the model that is searched
    :param domain: the domain as it came
    :rtype: Domain
    :raises UserError: for what is no domain of the model, and for more than :data:`MOST_VALUES` values
    """
    check_count(model.env, _count_values(domain))
    try:
        checked = Domain(domain)
        _check_values(model, checked)
        checked.validate(model)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        raise UserError(model.env._("%s cannot be filtered with this domain.", model._description)) from None
    return checked


def read_texts(env, texts, most, parse, refusal):
    """Return what the texts of a search field stand for. Empty texts are left out.

    :param list texts: as a remote caller sends them
    :param int most: how many may be sent
    :param parse: function that returns the meaning of a text, and raises TypeError or ValueError for another one
    :param str refusal: the message about a text that means nothing
    :raises UserError: for such a text, and for too many
    """
    check_count(env, len(texts), most)
    try:
        return [parse(text) for text in texts if text]
    except (TypeError, ValueError, RecursionError):
        raise UserError(refusal) from None


def check_count(env, count, most=MOST_VALUES):
    """Check how many values a remote caller sends.

    :raises UserError: for more than `most`
    """
    if count > most:
        raise UserError(
            env._(
                "These conditions have more than %s values. Use conditions on fields of the opportunities instead.",
                f"{most:,}",
            )
        )


def _count_values(domain):
    """Return how many values a domain has, those of nested domains included."""
    count, unread = 0, [domain]
    while unread and count <= MOST_VALUES:
        value = unread.pop()
        if isinstance(value, list | tuple | set | frozenset):
            unread.extend(value)
        else:
            count += 1
    return count


def _check_values(model, domain):
    """Check the values of numeric fields.

    :raises KeyError: for an unknown field
    :raises ValueError: for a value that is no number, and for a text that PostgreSQL cannot store
    """
    for condition in domain.iter_conditions():
        value = condition.value
        if isinstance(value, SQL | Query):
            continue
        field_type, comodel = _type_at(model, condition.field_expr)
        if condition.operator in DOMAIN_OPERATORS:
            _check_values(comodel, Domain(value))
            continue
        is_collection = isinstance(value, Iterable) and not isinstance(value, str)
        takes_names = condition.operator in TEXT_OPERATORS or field_type in RELATIONAL_TYPES
        for one in value if is_collection and condition.operator in COLLECTION_OPERATORS else [value]:
            if isinstance(one, str) and "\0" in one:
                raise ValueError(one)
            is_name = isinstance(one, str) and takes_names
            if field_type in NUMERIC_TYPES and one is not None and one is not False and not is_name:
                _check_number(one)


def _check_number(value):
    if value is True:
        raise ValueError(value)
    float(value)


def _type_at(model, path):
    """Return the type of the field at the end of a path, and the model that it leads to.

    Parts of dates are integers. The type of a property is None.
    """
    field = None
    for name in path.split("."):
        if field and not field.relational:
            return "integer" if field.type in ("date", "datetime") else None, model
        field = model._fields[name]
        if field.relational:
            model = model.env[field.comodel_name]
    return field.type, model
