"""Searches for numbers that the database computes."""

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Comparisons with one number.
COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


def search_number(env, name, operator, value, digits=None):
    """Return the domain of a search method: what the field method `_field_to_sql` returns, compared with numbers.

    :param str name: of the field
    :param value: what the user searches for; no value is 0
    :param int digits: decimals that users see. They search for the number that they see
    :raises UserError: if the value is no number
    """
    if operator != "in" and operator not in COMPARISONS:
        return NotImplemented
    numbers = [_number(env, one) for one in (value if operator == "in" else [value])]

    def to_sql(model, alias, query):
        found = model._field_to_sql(alias, name, query)
        if operator != "in":
            return SQL("%s %s %s", found, COMPARISONS[operator], numbers[0])
        if digits is None:
            return SQL("(%s)::float8 = ANY(%s::float8[])", found, numbers)
        shown = [round(number, digits) for number in numbers]
        return SQL("ROUND((%s)::numeric, %s)::float8 = ANY(%s::float8[])", found, digits, shown)

    return Domain.custom(to_sql=to_sql)


def _number(env, value):
    try:
        return float(0 if value in (None, False, "") else value)
    except (TypeError, ValueError, OverflowError):
        raise UserError(env._("“%s” is not a number.", value)) from None
