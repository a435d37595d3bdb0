import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON
from ...ledger import NO_STAGE, next_stage
from ..recording.company_money import CompanyMoney
from .crm_screen_block import OPEN_DEAL

#: How many deals, and how many customers, a search finds at most.
MOST_FOUND = 8
#: Most teams that a search takes.
MOST_TEAMS = 1000
#: Customers whose deals are found by the name of the customer, and words that are looked for.
MOST_CUSTOMERS, MOST_WORDS, LONGEST_TERM = 200, 6, 100
#: Texts of a deal in which each word is looked for. Odoo has trigram indexes on them.
TEXTS_OF_DEAL = ("name", "partner_name", "contact_name", "email_normalized")
#: Texts of a customer. The complete name of a contact begins with its company.
TEXTS_OF_CUSTOMER = ("complete_name", "email")
#: A telephone number, or a part of it. Odoo looks for at least three characters.
PHONE = re.compile(r"[+\d\s().\-/]+")
MIN_DIGITS = 3
#: Instead of ids of teams: the deals of any team, and those without one.
ALL_TEAMS = "all"


class CrmLead(models.Model):
    """What screens let a user do with a deal: find it by a few words, move it on, and win it."""

    _inherit = "crm.lead"

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def search_deals_and_customers(self, term="", with_customers=False, teams=None):
        """Find open deals, and customers, by words of their names, a mail address or a telephone number.

        Each word has to be in the name of a deal, of its customer or contact, or in the mail address; for customers,
        in the complete name or the mail address. A customer is no internal user, no company of this database and none
        of its contacts. The reader's own deals come first, then those of the given teams, then others, each in Odoo's
        order; companies come before contacts. Without a term: own deals and those of the given teams, no customers.

        :param str term: what the reader has typed
        :param bool with_customers: whether to look for customers, too
        :param teams: ids of the teams whose deals the reader is looking at; `all` for those of any team and of none; by
            default own deals only
        :return: a dictionary with at most eight rows each:

            - ``deals``: ``id``, ``name``, ``partner_name``, ``stage_name``, ``amount``, ``currency_id``, ``user_name``
              (false for own deals) and ``is_hot``
            - ``customers``: ``id``, ``name``, ``is_company``, ``company_name`` (of a contact), ``city`` and ``email``
        :raises AccessError: for a user without rights in CRM
        :raises UserError: for a term that is no text, and for teams that are no ids
        """
        if not self.env.su and not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("Only salespeople can search for deals and customers here."))
        if term and not isinstance(term, str):
            raise UserError(self.env._("Search by name, email or phone."))
        term = (term or "").replace("\x00", "").strip()[:LONGEST_TERM]
        of_teams = self._domain_of_teams(teams)
        customers = self._matching_customers(term) if term else self.env["res.partner"]
        return {
            "deals": self._describe_found_deals(self._matching_deals(term, customers, of_teams)),
            "customers": self._describe_found_customers(customers) if with_customers else [],
        }

    @api.model
    def _matching_customers(self, term):
        """Return customers that a term describes, companies first: more than are shown, to find their deals."""
        texts = Domain.AND(
            Domain.OR(Domain(name, "ilike", word) for name in TEXTS_OF_CUSTOMER) for word in _words_of(term)
        )
        named = Domain("name", "!=", False) & (texts | _phone_domain(term))
        # sudo: the companies of the database and their contacts are left out. Nothing of a company is shown.
        companies = self.env["res.company"].sudo()
        query = companies._search(Domain.TRUE)
        own = query.subselect(companies._field_to_sql(query.table, "partner_id", query))
        return self.env["res.partner"].search(
            named & Domain("partner_share", "=", True) & Domain("commercial_partner_id", "not in", own),
            order="is_company DESC, complete_name, id",
            limit=MOST_CUSTOMERS,
        )

    @api.model
    def _domain_of_teams(self, teams):
        """Return the deals of teams, see :meth:`search_deals_and_customers`.

        :raises UserError: for teams that are no ids, or too many
        """
        if teams == ALL_TEAMS:
            return Domain.TRUE
        is_list = isinstance(teams or [], list | tuple) and len(teams or []) <= MOST_TEAMS
        if not is_list or not all(type(team_id) is int for team_id in teams or []):
            raise UserError(self.env._("Teams must be chosen by their IDs."))
        return Domain("team_id", "in", list(teams)) if teams else Domain.FALSE

    @api.model
    def _matching_deals(self, term, customers, of_teams):
        """Return open deals that a term describes, the reader's own first, then those of teams.

        :param Domain of_teams: deals that follow the reader's own ones, also without a term
        """
        texts = Domain.AND(Domain.OR(Domain(name, "ilike", word) for name in TEXTS_OF_DEAL) for word in _words_of(term))
        # Ids, since a subquery would keep PostgreSQL from using the indexes of the texts.
        matching = OPEN_DEAL
        if term:
            matching &= texts | _phone_domain(term) | Domain("partner_id", "in", customers.ids)
        own = Domain("user_id", "=", self.env.uid)
        parts = [own, ~own & of_teams, ~own & ~of_teams if term else Domain.FALSE]
        deals = self.browse()
        for part in parts:
            if len(deals) < MOST_FOUND and not part.is_false():
                deals += self.search(matching & part, limit=MOST_FOUND - len(deals))
        return deals

    def _describe_found_deals(self, deals):
        currencies = CompanyMoney(self.env).currency_by_company()
        return [
            {
                "id": deal.id,
                "name": deal.name,
                # sudo, here and below: the names of customer and salesperson are part of the deal, as in Odoo.
                "partner_name": deal.partner_id.sudo().complete_name or deal.partner_name or deal.contact_name,
                "stage_name": deal.stage_id.name,
                "amount": deal.expected_revenue,
                "currency_id": currencies.get(deal.company_id.id, currencies[None]),
                "user_name": deal.user_id != self.env.user and deal.user_id.sudo().name,
                "is_hot": deal.is_hot,
            }
            for deal in deals
        ]

    def _describe_found_customers(self, customers):
        return [
            {
                "id": customer.id,
                "name": customer.name,
                "is_company": customer.is_company,
                # sudo: the name of the company is part of the contact, as in Odoo.
                "company_name": customer.parent_id.sudo().name or customer.company_name,
                "city": customer.city,
                "email": customer.email,
            }
            for customer in customers[:MOST_FOUND]
        ]

    # ------------------------------------------------------------
    # NEXT STAGE, AND WIN
    # ------------------------------------------------------------

    def action_move_on(self, stage_id):
        """Move this deal to the next stage of its team, as a person who moves the card: the stage gate applies.

        :param int stage_id: id of the stage in which the user has seen the deal
        :return: name of the new stage
        :rtype: str
        :raises AccessError: for a deal that the user may not write
        :raises UserError: for a deal that was deleted, closed or moved since, that is in its last stage before it is
            won, or that the stage gate blocks
        """
        self._check_still_as_seen(stage_id)
        following = self._stage_after(self.stage_id.id, self.team_id.id)
        if not following:
            raise UserError(self.env._("This is the last stage before the opportunity is won."))
        self.stage_id = following.id
        return self.stage_id.name

    def action_win(self, stage_id):
        """Mark this deal as won, as Odoo's button does: the stage gate applies.

        Odoo's own method would also win a deal that a colleague has lost meanwhile.

        :param int stage_id: id of the stage in which the user has seen the deal, false for none
        :return: the action with Odoo's rainbow, or true without one
        :rtype: dict or bool
        :raises AccessError: for a deal that the user may not write
        :raises UserError: for a deal that was deleted, closed or moved since, or that the stage gate blocks
        """
        self._check_still_as_seen(stage_id)
        return self.action_set_won_rainbowman()

    def _check_still_as_seen(self, stage_id):
        """Check that this is one open deal that the user may write, in the stage in which the user has seen it.

        :param int stage_id: see :meth:`action_win`
        :raises AccessError: for a deal that the user may not write
        :raises UserError: for a deal that was deleted, closed or moved since
        """
        if len(self.exists()) != 1:
            raise UserError(self.env._("This opportunity was deleted in the meantime. Reload the page."))
        self.check_access("write")
        if self.type != "opportunity" or not self.active or self.won_status != "pending":
            raise UserError(self.env._("This opportunity was closed in the meantime. Reload the page."))
        # By type, too: true is 1 for Python.
        seen, present = stage_id or None, self.stage_id.id or None
        if type(seen) is not type(present) or seen != present:
            raise UserError(self.env._("This opportunity was moved in the meantime. Reload the page."))

    @api.model
    def _stage_after(self, stage_id, team_id):
        """Return the stage of the ledger to which deals of a team go on from a stage, None if only won ones follow.

        :param int stage_id: id of the stage, or an empty value
        :param int team_id: id of the team, or an empty value
        """
        stages = self.env["crm.pipeline.reader"]._read_context().stages
        return next_stage(stages.get(stage_id, NO_STAGE), team_id or None, stages.values())


def _words_of(term):
    return term.split()[:MOST_WORDS]


def _phone_domain(term):
    """Return the domain of records with a telephone number like a term, of none if the term is none."""
    is_phone = PHONE.fullmatch(term) and len(re.sub(r"\D", "", term)) >= MIN_DIGITS
    return Domain("phone_mobile_search", "ilike", term) if is_phone else Domain.FALSE
