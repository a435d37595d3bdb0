from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: An open deal: what the workbench is about.
OPEN_DEAL = Domain("type", "=", "opportunity") & Domain("active", "=", True) & Domain("won_status", "=", "pending")


class Scope(NamedTuple):
    """Whose deals a workbench is about.

    :param name: mine, team or all
    :param user_id: number of the reader
    :param team_ids: numbers of the teams that the reader leads or is a member of
    """

    name: str
    user_id: int
    team_ids: tuple[int, ...] = ()

    def domain(self, user="user_id", team="team_id") -> Domain:
        """The scope as a domain on a model.

        :param str user: the field of the model that holds the salesperson
        :param str team: the field of the model that holds the sales team
        """
        if self.name == "mine":
            return Domain(user, "=", self.user_id)
        if self.name == "team":
            return Domain(team, "in", self.team_ids)
        return Domain.TRUE


class CrmWorkbenchBlock(models.AbstractModel):
    """What the blocks of the workbench have in common: each reads one of them, of what the reader may see.

    Each number comes with the domain of the records that it counts, so that a click opens exactly these.
    """

    _name = "crm.workbench.block"
    _description = "Workbench Block"

    def _read_block(self, scope):
        """What one block shows.

        :param Scope scope: whose deals it is about
        :return: a dictionary that goes to the browser as it is
        """
        raise NotImplementedError

    def _open_deals(self, scope):
        """The open deals of a scope, as a domain on `crm.lead`."""
        return OPEN_DEAL & scope.domain()

    def _today(self):
        """The reader's day."""
        return fields.Date.context_today(self, self.env.cr.now())

    def _number(self, value, name, model, domain, **more):
        """A number that opens the records which it counts.

        :param int value: how many records of the model the domain finds
        :param str name: what the list of them is called
        :param more: `context`, `views`: of the action that opens them; `amount`, `currency_id`: what they add up to
        """
        return {"value": value, "name": name, "model": model, "domain": list(Domain(domain)), **more}

    def _counted(self, name, model, domain, **more):
        """The same as :meth:`_number` where it has to be counted."""
        return self._number(self.env[model].search_count(domain), name, model, domain, **more)

    def _writable(self, records):
        """Those of some records, all of which the reader may read, that he may also write.

        Where reading and writing follow the same rules, as they do in CRM, no statement is spent on it.
        """
        rules = self.env["ir.rule"]
        if not records or self.env.su or not records.browse().has_access("write"):
            return records if self.env.su else records.browse()
        if rules._compute_domain(records._name, "read") == rules._compute_domain(records._name, "write"):
            return records
        return records._filtered_access("write")

    def _name_of_user_sql(self, user_id):
        """The name of a user, in any company: only the name, which Odoo shows as well on a record that one may read."""
        return SQL(
            """
            (SELECT person.name FROM res_users account
             JOIN res_partner person ON person.id = account.partner_id WHERE account.id = %s)
            """,
            user_id,
        )

    def _planned_sql(self):
        """The activities planned on deals: `id`, `res_id`, `summary`, `date_deadline`, `icon`, as a statement of SQL.

        Whoever may read a deal sees what is planned on it, as far as the rules of activities themselves allow. That the
        deal may be read, which Odoo would ask one by one, is up to the caller.
        """
        activities, types = self.env["mail.activity"], self.env["mail.activity.type"]
        rule = self.env["ir.rule"]._compute_domain("mail.activity", "read")
        planned = Domain("res_model", "=", "crm.lead") & Domain("active", "=", True)
        query = activities._search(planned & rule, bypass_access=True)
        kind = query.left_join(query.table, "activity_type_id", "mail_activity_type", "id", "activity_type_id")
        columns = {
            name: activities._field_to_sql(query.table, name, query)
            for name in ("id", "res_id", "summary", "date_deadline")
        }
        name, icon = (types._field_to_sql(kind, name, query) for name in ("name", "icon"))
        columns["summary"] = SQL("COALESCE(NULLIF(%s, ''), %s, '')", columns["summary"], name)
        columns["icon"] = SQL("COALESCE(NULLIF(%s, ''), 'fa-tasks')", icon)
        return query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    def _read_sql(self, model, number, column):
        """A column of the record of that number, if the reader may read it, as an expression of SQL.

        :param SQL number: of the record
        :param column: gives the column when it is called with the query, which holds that one record
        """
        records = self.env[model]
        query = records._search(Domain.TRUE, active_test=False)
        query.add_where(SQL("%s = %s", records._field_to_sql(query.table, "id", query), number))
        return SQL("(%s)", query.select(column(query)))
