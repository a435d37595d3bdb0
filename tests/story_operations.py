"""Operations on deals and their environment, by the methods that users and other modules call."""

from typing import NamedTuple

from odoo.exceptions import UserError

OPERATIONS = {}


class Operation(NamedTuple):
    """One operation of a user.

    :param str name: the name of a function below
    :param tuple deals: indexes of the existing deals, modulo their number
    :param request: the argument of :meth:`story_world.World.values`; for "create" and "load" a tuple with one for each
        deal
    """

    name: str
    deals: tuple = ()
    request: dict | tuple = {}


class Savepoint(NamedTuple):
    """Steps inside a savepoint that is released or rolled back."""

    steps: tuple
    kept: bool


def operation(name):
    """Register a function (env, leads, values, world) as an operation."""

    def register(function):
        OPERATIONS[name] = function
        return function

    return register


@operation("flush")
def flush(env, _leads, _values, _world):
    env.cr.flush()


@operation("flush fields")
def flush_fields(env, _leads, _values, _world):
    env.flush_all()


@operation("create")
def create(env, _leads, requests, world):
    env["crm.lead"].create(
        [{"name": "Deal", "type": "opportunity", **world.values(env, request)} for request in requests]
    )


@operation("name_create")
def name_create(env, _leads, values, _world):
    defaults = {f"default_{name}": value for name, value in {"type": "opportunity", **values}.items()}
    env["crm.lead"].with_context(**defaults).name_create("Quick deal")


@operation("load")
def load(env, _leads, requests, world):
    rows = [{"type": "opportunity", "expected_revenue": 0.0, **world.values(env, request)} for request in requests]
    names = sorted({name for row in rows for name in row})
    header = [f"{name}/.id" if name.endswith("_id") else name for name in names]
    cells = [["" if row.get(name, False) in (False, None) else str(row[name]) for name in names] for row in rows]
    result = env["crm.lead"].load(["name", *header], [["Imported deal", *row] for row in cells])
    if not result["ids"]:
        raise UserError(str(result["messages"]))


@operation("mail")
def mail(env, _leads, values, _world):
    message = {"subject": "By mail", "from": "Someone <someone@example.com>", "author_id": False}
    env["crm.lead"].message_new(message, {"type": "opportunity", **values})


@operation("write")
def write(_env, leads, values, _world):
    # Odoo refuses to write an amount to deals with different currencies.
    for same_currency in leads.grouped("company_currency").values():
        same_currency.write(dict(values))


@operation("assign")
def assign(_env, leads, values, _world):
    """Write field by field, as the code of other modules may do."""
    for lead in leads:
        for name, value in values.items():
            lead[name] = value


@operation("go back")
def go_back(_env, leads, _values, world):
    """Move each deal back to the stage before its last move."""
    for lead in leads:
        stage = world.previous_stage.get(lead.id)
        if stage and lead.env["crm.stage"].browse(stage).exists():
            lead.stage_id = stage


@operation("win")
def win(_env, leads, _values, _world):
    leads.action_set_won()


@operation("lose")
def lose(_env, leads, _values, _world):
    # Odoo refuses to lose a deal in a won stage.
    leads.filtered(lambda lead: not lead.stage_id.is_won).action_set_lost()


@operation("restore")
def restore(_env, leads, _values, _world):
    leads.filtered(lambda lead: not lead.stage_id.is_won).action_restore()


@operation("archive")
def archive(_env, leads, _values, _world):
    leads.action_archive()


@operation("unarchive")
def unarchive(_env, leads, _values, _world):
    leads.action_unarchive()


@operation("to opportunity")
def convert(_env, leads, values, _world):
    leads.convert_opportunity(
        False, user_ids=list(filter(None, [values.get("user_id")])), team_id=values.get("team_id")
    )


@operation("to lead")
def to_lead(_env, leads, _values, _world):
    leads.write({"type": "lead"})


@operation("merge")
def merge(_env, leads, values, _world):
    if len(leads) > 1:
        leads.merge_opportunity(user_id=values.get("user_id", False), team_id=values.get("team_id", False))


@operation("copy")
def copy(_env, leads, _values, _world):
    leads.copy()


@operation("delete")
def delete(_env, leads, _values, _world):
    leads.unlink()


# Changes of stages, teams, users and companies


@operation("stage won")
def stage_won(env, _leads, values, world):
    stage = env["crm.stage"].browse(world.stages["Swing"])
    stage.is_won = not stage.is_won


@operation("stage order")
def stage_order(env, _leads, values, world):
    env["crm.stage"].browse(world.stages[values["which"]]).sequence = values["sequence"]


@operation("stage teams")
def stage_teams(env, _leads, values, world):
    team = env["crm.team"].browse(values.get("team_id") or ()).exists()
    env["crm.stage"].browse(world.stages["Bidding"]).team_ids = team


@operation("delete stage")
def delete_stage(env, _leads, values, world):
    """Move all deals out of the stage, then delete it.

    Not into a won stage: that wins lost deals, and it would not be defined whether they skip the stage.
    """
    stage = env["crm.stage"].browse(world.stages["Spare"]).exists()
    target = env["crm.stage"].browse(values.get("stage_id") or ())
    if stage and target != stage and not target.is_won:
        leads = env["crm.lead"].with_context(active_test=False).search([("stage_id", "=", stage.id)])
        leads.write({"stage_id": values["stage_id"]})
        stage.unlink()


@operation("delete team")
def delete_team(env, _leads, _values, world):
    team = env["crm.team"].browse(world.teams["Spare team"]).exists()
    # Odoo refuses to delete a team with stages of its own.
    env["crm.stage"].search([("team_ids", "in", team.ids)]).team_ids = False
    team.unlink()


@operation("delete person")
def delete_person(env, _leads, _values, world):
    env["res.users"].sudo().browse(world.people["spare"]).exists().unlink()


@operation("currency")
def currency(env, _leads, values, world):
    company = env["res.company"].sudo().browse(world.companies[1])
    company.currency_id = next(currency_id for currency_id in world.currencies if currency_id != company.currency_id.id)
