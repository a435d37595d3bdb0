"""Messages that have the open workbenches of colleagues read their data again.

:func:`notify_workbenches` collects who is concerned by a change. One callback of ``cr.precommit`` finds those of them
who are online and sends each one message a transaction. The message has no content: each workbench reads what its user
may see.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import psycopg2

from odoo import SUPERUSER_ID
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON
from ..screen.crm_screen_block import OPEN_DEAL

_logger = logging.getLogger(__name__)

#: Type of the message on the bus. The browser subscribes to it.
MESSAGE = "sales_process_control.workbench"
#: Key in the data of `cr.precommit`: :class:`Concerned` by id of the user who made the changes.
COLLECTED = "sales_process_control.workbench.concerned"
#: Key in `cr.cache`: ids of the users who have a message of this transaction. Odoo clears `cr.cache` on a rollback to a
#: savepoint, which removes the messages that were sent since.
NOTIFIED = "sales_process_control.workbench.notified"


class Concerned(NamedTuple):
    """Users whom a change concerns, directly or by records.

    :param user_ids: ids of users; empty ids are ignored
    :param partner_ids: ids of contacts: their users
    :param lead_ids: ids of deals: their salespeople at the time of the flush
    :param customer_ids: ids of customers: their salespeople, and those of their open deals, at the time of the flush
    """

    user_ids: Iterable[int] = ()
    partner_ids: Iterable[int] = ()
    lead_ids: Iterable[int] = ()
    customer_ids: Iterable[int] = ()

    def __or__(self, other):
        return Concerned(*({*own, *others} for own, others in zip(self, other, strict=True)))

    def is_within(self, user_ids):
        """Return whether the change concerns no users but these.

        :param set user_ids: ids of users
        """
        return not (self.partner_ids or self.lead_ids or self.customer_ids) and user_ids.issuperset(self.user_ids)


def notify_workbenches(env, concerned, changed_by=None):
    """Have the workbenches of the users whom a change concerns read their data again.

    Nothing is read before the next flush of the cursor, and nothing at all if the change concerns only its author.

    :param Environment env: of the change
    :param Concerned concerned: whom the change concerns
    :param int changed_by: id of the user who made the change, who gets no message; by default the current user
    """
    author_id = changed_by or env.uid
    concerned = concerned._replace(user_ids={*concerned.user_ids} - {author_id, False, None})
    if not any(concerned):
        return
    precommit = env.cr.precommit
    if COLLECTED not in precommit.data:
        precommit.data[COLLECTED] = defaultdict(Concerned)
        precommit.add(lambda: _send_messages(env))
    precommit.data[COLLECTED][author_id] |= concerned


def _send_messages(env):
    """Send the messages that were collected.

    A failure is logged and does not stop the change of the user, unless the database has failed.

    :raises psycopg2.Error: when the transaction is lost
    """
    concerned_by_author = env.cr.precommit.data.pop(COLLECTED)
    notified = env.cr.cache.setdefault(NOTIFIED, set())
    if all(concerned.is_within(notified) for concerned in concerned_by_author.values()):
        return
    # Superuser: the author of a change may not read presences, nor all users. The messages have no content.
    env = env(user=SUPERUSER_ID, context={})
    try:
        # Without a savepoint, which would cost two statements: the query only reads.
        for user in _find_recipients(env, concerned_by_author):
            if user.id not in notified:
                user._bus_send(MESSAGE, {})
                notified.add(user.id)
    except psycopg2.Error:
        # The transaction is lost. The user has to know, or Odoo runs it again.
        raise
    except Exception:
        # No warning: the workbenches show the change when their users come back to the page.
        _logger.info("Could not send messages to the workbenches of colleagues", exc_info=True)


def _find_recipients(env, concerned_by_author):
    """Return the users who are concerned, online and sell, with one query.

    :param dict concerned_by_author: :class:`Concerned` by id of the author of the changes
    :rtype: res.users
    """
    concerned_users = Domain.OR(
        _users_domain(env, concerned) & Domain("id", "!=", author_id)
        for author_id, concerned in concerned_by_author.items()
    )
    is_online = Domain("presence_ids", "any", [("status", "=", "online")])
    # A message goes to the contact of a user. It is fetched here so that sending reads nothing.
    users = env["res.users"].search_fetch(is_online & concerned_users, ["partner_id"], order="id")
    return users.filtered(lambda user: user.has_group(GROUP_SALESPERSON))


def _users_domain(env, concerned):
    """Return the domain of the users whom changes concern.

    :param Concerned concerned: ids of records that the changes are about
    :rtype: Domain
    """
    users = Domain("id", "in", concerned.user_ids)
    if concerned.partner_ids:
        users |= Domain("partner_id", "in", concerned.partner_ids)
    deals = Domain.FALSE
    if concerned.lead_ids:
        deals |= Domain("id", "in", concerned.lead_ids)
    if concerned.customer_ids:
        customers = Domain("id", "in", concerned.customer_ids)
        contacts = customers | Domain("commercial_partner_id", "in", concerned.customer_ids)
        deals |= OPEN_DEAL & Domain("partner_id", "in", _ids_sql(env["res.partner"], contacts, "id"))
        users |= Domain("id", "in", _ids_sql(env["res.partner"], customers, "user_id"))
    if not deals.is_false():
        users |= Domain("id", "in", _ids_sql(env["crm.lead"], deals, "user_id"))
    return users


def _ids_sql(model, domain, name):
    """Return a subquery of the values of a many2one field, or of the ids, of the records in a domain.

    :rtype: SQL
    """
    query = model.with_context(active_test=False)._search(domain)
    return query.subselect(model._field_to_sql(query.table, name, query))
