"""The team, salesperson and company that the deals of a screen are filtered by."""

from odoo.fields import Domain


class DealFilters:
    """What the scopes of screens have in common.

    A scope has `team_id`, `user_id` and `company_id`: ids that the deals are filtered by, False for all.
    """

    def filters(self):
        """Return the ids that the deals are filtered by, by the names of the filters."""
        return {"team_id": self.team_id, "user_id": self.user_id, "company_id": self.company_id}

    def domain(self, user="user_id", team="team_id", company="company_id") -> Domain:
        """Return the filters as a domain on a model.

        :param str user: name of the field that holds the salesperson
        :param str team: name of the field that holds the sales team
        :param str company: name of the field that holds the company
        """
        filters = ((team, self.team_id), (user, self.user_id), (company, self.company_id))
        return Domain.AND([Domain(name, "=", record_id) for name, record_id in filters if record_id])
