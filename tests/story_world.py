"""The companies, teams, users and stages of the stories.

They are created once in a database, and reset before each story.
"""

from odoo import SUPERUSER_ID, Command, api

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}
#: name: (sequence, is_won, name of its team). Some sequences are equal, and one stage comes after the won stage.
STAGES = {
    "Bidding": (2, False, None),
    "North check": (3, False, "North"),
    "South check": (6, False, "South"),
    "Swing": (5, False, None),
    "Spare": (4, False, None),
    "North won": (60, True, "North"),
    "Late": (80, False, None),
    "Held": (7, False, None),
}
#: A stage with a gate that stops forward moves. A stopped move leaves no rows in the ledgers.
GATED_STAGE = "Held"
#: Stages with deals of the demo data. Stories use them, but do not change them.
COMMON_STAGES = ("New", "Qualified", "Proposition", "Won")
#: name: whether it belongs to the second company
TEAMS = {"North": False, "South": True, "Spare team": False}
PEOPLE = ("north", "south", "free")
SPARE_PERSON = "spare"


class World:
    """Ids of the records that stories use, by name."""

    def __init__(self, registry):
        self.registry = registry
        self.first_deal = 0
        with self.registry.cursor() as cr:
            self._make_companies(self._env(cr))

    @staticmethod
    def _env(cr):
        return api.Environment(cr, SUPERUSER_ID, QUIET)

    def _make_companies(self, env):
        """Create a second company with another currency and another time zone."""
        main = env.ref("base.main_company")
        currencies = (
            env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", main.currency_id.id), ("name", "in", ("EUR", "JPY", "CHF"))], order="name", limit=2)
        )
        currencies.active = True
        second = env["res.company"].create({"name": "South Ltd", "currency_id": currencies[0].id})
        main.resource_calendar_id.tz = "America/Los_Angeles"
        second.resource_calendar_id.tz = "Asia/Tokyo"
        self.companies = [main.id, second.id]
        self.currencies = currencies.ids
        self.partners = [
            env["res.partner"].create({"name": company.name, "company_id": company.id}).id for company in (main, second)
        ]

    def put_in_order(self):
        """Delete the deals of the previous story and reset stages, teams, users and companies."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].with_context(active_test=False)
            leads.search([("id", ">", self.first_deal)]).unlink() if self.first_deal else None
            env["res.company"].browse(self.companies[1]).currency_id = self.currencies[0]
            self._make_teams(env)
            self._make_people(env)
            self._make_stages(env)
        with self.registry.cursor() as cr:
            cr.execute("SELECT nextval('crm_lead_id_seq')")
            [self.first_deal] = cr.fetchone()

    def _make_teams(self, env):
        existing = {team.name: team for team in env["crm.team"].search([("name", "in", list(TEAMS))])}
        for name, of_second in TEAMS.items():
            if name not in existing:
                existing[name] = env["crm.team"].create(
                    {"name": name, "company_id": self.companies[1] if of_second else False}
                )
        self.teams = {name: existing[name].id for name in TEAMS}

    def _make_people(self, env):
        logins = [*PEOPLE, SPARE_PERSON]
        existing = {user.login: user.id for user in env["res.users"].search([("login", "in", logins)])}
        for login in logins:
            if login not in existing:
                existing[login] = self._make_person(env, login)
        self.people = {login: existing[login] for login in logins}

    def _make_person(self, env, login):
        person = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@example.com",
                    "notification_type": "inbox",
                    "company_id": self.companies[0],
                    "company_ids": [Command.set(self.companies)],
                    "group_ids": [
                        Command.link(env.ref("sales_team.group_sale_manager").id),
                        Command.link(env.ref("crm.group_use_lead").id),
                    ],
                }
            )
        )
        team = self.teams.get(login.capitalize())
        if team:
            env["crm.team.member"].create({"crm_team_id": team, "user_id": person.id})
        return person.id

    def _make_stages(self, env):
        existing = {stage.name: stage for stage in env["crm.stage"].search([])}
        for name, (sequence, is_won, team) in STAGES.items():
            rule = "stop" if name == GATED_STAGE else "nothing"
            wanted = {"sequence": sequence, "is_won": is_won, "leaving_rule": rule}
            teams = [self.teams[team]] if team else []
            if name not in existing:
                existing[name] = env["crm.stage"].create({"name": name, **wanted})
            stage = existing[name]
            if any(stage[field] != value for field, value in wanted.items()):
                stage.write(wanted)
            if stage.team_ids.ids != teams:
                stage.team_ids = [Command.set(teams)]
        gated = existing[GATED_STAGE]
        if not gated.step_ids:
            gated.step_ids = [Command.create({"name": "Never done", "is_required": True})]
        self.stages = {name: existing[name].id for name in (*COMMON_STAGES, *STAGES)}

    def values(self, env, request):
        """Return the values for Odoo.

        :param dict request: values with names in place of ids; deleted records are left out
        """
        values = {}
        for name, choice in request.items():
            if name in ("stage", "team", "person"):
                model, ids = {
                    "stage": ("crm.stage", self.stages),
                    "team": ("crm.team", self.teams),
                    "person": ("res.users", self.people),
                }[name]
                record = env[model].browse(ids[choice] if choice else ()).exists()
                field = {"stage": "stage_id", "team": "team_id", "person": "user_id"}[name]
                if record or not choice:
                    values[field] = record.id
            elif name == "company":
                values["company_id"] = choice is not None and self.companies[choice]
            elif name == "partner":
                values["partner_id"] = choice is not None and self.partners[choice]
            else:
                values[name] = choice
        return values
