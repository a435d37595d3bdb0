import csv
import io

from odoo import Command, api, models
from odoo.tools import LazyTranslate

from ...history import LOST
from ...ledger import OPEN, OUTSIDE, Deal, Moment, origins
from ..setup.language import in_language_of_database
from .changes import EVENT, STAGE_NAME
from .customers import CUSTOMERS, POSITIONS, WARES, host_of, person_of
from .year import HEADER, REASON_OF_OUR_OWN, SELLERS, DemoYear

_lt = LazyTranslate(__name__)

#: Names of the salespeople. Odoo does not translate names of users.
PEOPLE = {
    "base.user_admin": _lt("Mitchell Admin"),
    "base.user_demo": _lt("Marc Demo"),
    "sales_process_control.user_anna": _lt("Anna Keller"),
    "sales_process_control.user_ben": _lt("Ben Okafor"),
    "sales_process_control.user_chloe": _lt("Chloe Martin"),
    "sales_process_control.user_david": _lt("David Lin"),
    "sales_process_control.user_elena": _lt("Elena Petrova"),
    "sales_process_control.user_farid": _lt("Farid Haddad"),
}
#: The reason of loss that Odoo does not bring.
NO_DECISION = _lt("No decision")
#: Places of the starred customers among :data:`CUSTOMERS`.
KEY_CUSTOMERS = (32, 35, 54, 56, 57, 59)


class CrmPipelineDemo(models.AbstractModel):
    """Customers and opportunities of a demonstration database: a year of selling that ends yesterday.

    The year is written as a CSV of events and imported as another program's history.
    """

    _name = "crm.pipeline.demo"
    _description = "Pipeline Demonstration"

    @api.model
    def _load(self):
        """Create the customers, and the opportunities with both ledgers. Those of an earlier installation suffice."""
        team = self.env.ref("sales_process_control.crm_team_partner")
        if self.env["crm.lead"].with_context(active_test=False).search_count([("team_id", "=", team.id)], limit=1):
            self.env["crm.pipeline.past"].rebuild()
            return
        # Without messages and followers.
        builder = in_language_of_database(self).with_context(tracking_disable=True, mail_create_nolog=True)
        builder._name_people()
        builder._set_aside()
        builder._make_customers()
        builder._import_year()

    def _name_people(self):
        """Give the salespeople names in the language of the database, and this language: those with English names."""
        english = self.with_context(lang="en_US").env
        for xmlid, name in PEOPLE.items():
            user = self.env.ref(xmlid)
            if user.name == english._(name):
                user.partner_id.write({"name": self.env._(name), "lang": self.env.lang or "en_US"})

    def _set_aside(self):
        """Turn the opportunities of Odoo's own demonstration into leads that nobody has taken yet.

        They all are a few days old and of other stages, so that they would disturb every picture of the year.
        """
        records = self.env["ir.model.data"].search(
            [("module", "=", "crm"), ("model", "=", "crm.lead"), ("name", "like", "crm_case_")], limit=1000
        )
        leads = self.env["crm.lead"].with_context(active_test=False).browse(records.mapped("res_id")).exists()
        leads = leads.filtered(lambda lead: lead.type == "opportunity")
        leads.activity_ids.unlink()
        leads.write({"type": "lead", "user_id": False})

    def _make_customers(self):
        """Create the customers, each with a person to talk to."""
        users = {seller.login: self._user_of(seller) for seller in SELLERS}
        values = []
        for place, customer in enumerate(CUSTOMERS):
            host = host_of(self.env, place)
            seller = users[SELLERS[place % len(SELLERS)].login]
            person = {
                "name": person_of(self.env, place),
                "function": self.env._(POSITIONS[place % len(POSITIONS)]),
                "email": f"contact@{host}",
                "user_id": seller.id,
            }
            values.append(
                {
                    "name": self.env._(customer.name),
                    "is_company": True,
                    "is_key_customer": place in KEY_CUSTOMERS,
                    "email": f"office@{host}",
                    "phone": f"555-01{place:02}",
                    "website": f"https://{host}",
                    "user_id": seller.id,
                    "child_ids": [Command.create(person)],
                }
            )
        self.env["res.partner"].create(values)

    def _user_of(self, seller):
        module = "base" if seller.login in ("admin", "demo") else "sales_process_control"
        return self.env.ref(f"{module}.user_{seller.login}")

    def _import_year(self):
        today = self.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        year = DemoYear(today, self._names)
        content = io.StringIO()
        writer = csv.writer(content)
        writer.writerow(HEADER)
        for story in year.stories:
            writer.writerows(self._with_reason(row) for row in story)
        importer = self.env["crm.history.importer"]
        importer.import_history(content.getvalue().encode(), self.env._("A year of demonstration"))
        self._archive(year.absences)
        self.env["crm.stage"]._update_nightly_limits()

    def _names(self, ware, customer):
        """Return the name of a deal and that of its customer.

        :param int ware: place among :data:`~.customers.WARES`
        :param int customer: place among :data:`~.customers.CUSTOMERS`
        """
        customer = self.env._(CUSTOMERS[customer].name)
        return self.env._("%(ware)s, %(customer)s", ware=self.env._(WARES[ware]), customer=customer), customer

    def _with_reason(self, row):
        """Return a row with the reason of a loss in the language of the database, if Odoo does not have it."""
        if row[EVENT] == LOST and row[STAGE_NAME] == REASON_OF_OUR_OWN:
            row = (*row[:STAGE_NAME], self.env._(NO_DECISION), *row[STAGE_NAME + 1 :])
        return row

    def _archive(self, absences):
        """Archive open deals without losing them, for some time or for good. A file of events cannot express this.

        :param dict absences: {name of the deal: list of (archived at, restored at or None)}
        """
        loader = self.env["crm.pipeline.loader"]
        deals = self.env["crm.lead"].search([("name", "in", list(absences))], limit=len(absences))
        with loader.loading():
            books, context = loader.open_books(deals.ids)
            for deal in deals:
                visit = books[deal.id].history.open_visit
                state = Deal(OPEN, visit.stage, visit.owner, visit.date_deadline, visit.amount)
                for archived_at, restored_at in absences[deal.name]:
                    for instant, status in ((archived_at, OUTSIDE), (restored_at, OPEN)):
                        if instant:
                            moment = Moment(instant, None, origins.IMPORT)
                            books[deal.id].record(state._replace(status=status), moment, context.stages)
                deal.active = absences[deal.name][-1][1] is not None
            loader.load(books, context)
