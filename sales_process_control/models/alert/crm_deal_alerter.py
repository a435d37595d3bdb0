import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import promises
from ..recording.database_errors import stops_transaction
from .alert_candidates import AlertCandidates
from .alert_kinds import IDLE, PROMISE, PROMISE_LEADER, SETTINGS, STALLED, STALLED_LEADER, alert_message
from .alerting import alerting

_logger = logging.getLogger(__name__)

#: Values of :class:`Candidate` that alerts do not have.
NOT_STORED = frozenset(("partner_id", "owner_id"))


class CrmDealAlerter(models.AbstractModel):
    """The job that gives deal alerts, once a working day of each company (docs/definitions.md, Deal alerts).

    The job runs every hour: days begin at different times in the time zones of companies. Companies of one time zone
    are read together, so that of their alerts a person gets those with the highest amounts. Each person's alerts are a
    transaction of their own. A killed job continues with the next run: who has got alerts is left out.
    """

    _name = "crm.deal.alerter"
    _description = "Deal Alerts"

    @api.model
    def _cron_alert(self):
        """Give the alerts of today in all companies whose working day has begun."""
        due = self._companies_due()
        remaining = len(due)
        for (tz, day), companies in due.items():
            remaining -= 1
            if not self._alert_companies(companies, tz, day, remaining):
                return

    # ------------------------------------------------------------
    # COMPANIES
    # ------------------------------------------------------------

    def _companies_due(self):
        """Return the companies that work today and whose alerts of today were not given yet.

        :return: records of `res.company` by (name of the time zone, day)
        :rtype: dict
        """
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        due = {}
        # sudo: the settings of the alerts are readable for administrators only.
        alerting_companies = Domain.OR(Domain(setting, "=", True) for setting in SETTINGS.values())
        for company in self.env["res.company"].sudo().search(alerting_companies, order="id"):
            tz, day = context.company(company.id).tz, context.day_of(now, company.id)
            # Not `<`: the clock may have been set back after it was wrong.
            if company.alerts_given_on != day and context.company(company.id).works_on(self.env, day):
                due[tz, day] = due.get((tz, day), company.browse()) | company
        return due

    def _alert_companies(self, companies, tz, day, remaining):
        """Give the alerts of companies of one time zone, each person's in a transaction of its own.

        :param int remaining: number of groups of companies that follow
        :return: whether the job has time left
        :rtype: bool
        """
        main_company_id = self.env["crm.pipeline.reader"]._read_context().main_company_id
        # Amounts are compared in the currency of the main company.
        job = self.with_context(tz=tz).with_company(main_company_id)
        # sudo: the job is for everybody, whoever runs it.
        found = AlertCandidates(job.sudo().env, companies, day, main_company_id).by_person()
        is_complete = True
        for user_id, candidates in found.items():
            is_complete &= job._alert_person(user_id, candidates, day)
            if not self.env["ir.cron"]._commit_progress(len(candidates), remaining=remaining + 1):
                return False
        if is_complete:
            # By SQL: writing a company has Odoo drop the caches of all processes.
            self.env.cr.execute(
                SQL("UPDATE res_company SET alerts_given_on = %s WHERE id = ANY(%s)", day, companies.ids)
            )
            companies.invalidate_recordset(["alerts_given_on"], flush=False)
        return self.env["ir.cron"]._commit_progress(0, remaining=remaining) > 0

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _alert_person(self, user_id, candidates, day):
        """Give a person all alerts, or, if that fails, each alone, so that one fault does not stop the others.

        A faulty alert is logged and left to the next working day.

        :return: False if PostgreSQL wants the transaction again: another one is changing the same deals, or giving the
            same alerts. The next run of the job continues.
        :rtype: bool
        """
        try:
            try:
                with self.env.cr.savepoint():
                    self._give(user_id, candidates, day)
            except Exception as error:
                if stops_transaction(self.env.cr, error):
                    raise
                _logger.debug("Could not alert user %s to all deals at once", user_id, exc_info=True)
                self._alert_one_by_one(user_id, candidates, day)
        except psycopg2.OperationalError:
            _logger.info("The alerts of user %s are left to the next run: others change the same records", user_id)
            self.env.cr.rollback()
            return False
        return True

    def _alert_one_by_one(self, user_id, candidates, day):
        for candidate in candidates:
            try:
                with self.env.cr.savepoint():
                    self._give(user_id, [candidate], day)
            except psycopg2.errors.UniqueViolation:
                _logger.info("User %s was alerted to opportunity %s meanwhile", user_id, candidate.lead_id)
            except Exception as error:
                if stops_transaction(self.env.cr, error):
                    raise
                _logger.exception(
                    "Could not alert user %s to opportunity %s (hot flag %s), left to the next working day",
                    user_id,
                    candidate.lead_id,
                    candidate.flag_id,
                )

    def _give(self, user_id, candidates, day):
        """Create the alerts of a person and their activities, in the person's language.

        :param list candidates: :class:`Candidate`
        :param date day: today in the time zone of the context
        """
        # sudo: activities are created by OdooBot for people who may not all read each other's documents.
        user = self.env["res.users"].sudo().browse(user_id)
        env = self.env(user=self.env.ref("base.user_root").id, su=True)
        # Without mails: alerts are read in Odoo, and a person may get several a day.
        env = env["base"].with_context(lang=user.lang, mail_activity_quick_update=True).env
        candidates, sentences = self._still_true(env, self._readable(user, candidates), day)
        alert_type, models_by_name = env["crm.deal.alert"]._activity_type(), env["ir.model"]
        with alerting(self.env.cr):
            activities = env["mail.activity"].create(
                [
                    {
                        "activity_type_id": alert_type.id,
                        "automated": True,
                        "summary": sentence,
                        "note": False,
                        "date_deadline": day,
                        "user_id": user_id,
                        "res_model_id": models_by_name._get_id("crm.lead" if candidate.lead_id else "res.partner"),
                        "res_id": candidate.lead_id or candidate.partner_id,
                    }
                    for candidate, sentence in zip(candidates, sentences, strict=True)
                ]
            )
        alerts = env["crm.deal.alert"].create(
            [
                {
                    **{name: value for name, value in candidate._asdict().items() if name not in NOT_STORED},
                    "flag_ref": candidate.flag_id or 0,
                    "lead_ref": candidate.lead_id or 0,
                    "day": day,
                    "activity_id": activity.id,
                }
                for candidate, activity in zip(candidates, activities, strict=True)
            ]
        )
        alerts._update_leads({candidate.lead_id for candidate in candidates if candidate.lead_id})

    def _readable(self, user, candidates):
        """Return those candidates whose deals or customers a person may read.

        An activity shows the name of its record to the person that it is assigned to, whatever that person may read.

        :param user: record of `res.users`
        :return: list of :class:`Candidate`
        """
        env = self.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).env
        leads = env["crm.lead"].browse({one.lead_id for one in candidates if one.lead_id})
        partners = env["res.partner"].browse({one.partner_id for one in candidates if not one.lead_id})
        lead_ids, partner_ids = (set(records.exists()._filtered_access("read")._ids) for records in (leads, partners))
        return [
            one for one in candidates if (one.lead_id in lead_ids if one.lead_id else one.partner_id in partner_ids)
        ]

    def _still_true(self, env, candidates, day):
        """Return those candidates that are still true, and the sentence of each.

        Other people work while the job gives alerts: a deal may have moved, made progress, got another salesperson or
        been deleted since the candidates were read, and a promise may have been settled.

        :return: list of :class:`Candidate`, list of str
        """
        leads = env["crm.lead"].browse({one.lead_id for one in candidates if one.entered_at}).exists()
        flags = env["crm.hot.flag"].browse({one.flag_id for one in candidates if one.flag_id}).exists()
        stalled = leads.filtered(lambda lead: lead.pace == STALLED)
        states = stalled._read_pace_states()
        idle = leads.filtered(lambda lead: lead.is_hot and not lead.activity_ids.filtered("is_next_action"))
        visits = {lead.id: (lead.stage_entered_at, lead.user_id.id or None) for lead in leads}
        promised = {
            flag.id: (flag.due_date, flag.user_id.id or None) for flag in flags if flag.outcome == promises.OPEN
        }
        true_ids = {STALLED: set(states), STALLED_LEADER: set(states), IDLE: set(idle._ids)}
        kept, sentences = [], []
        for one in candidates:
            if one.kind in (PROMISE, PROMISE_LEADER):
                is_true = promised.get(one.flag_id) == (one.due_date, one.owner_id)
            else:
                is_true = (
                    visits.get(one.lead_id) == (one.entered_at, one.owner_id) and one.lead_id in true_ids[one.kind]
                )
            if not is_true:
                continue
            stage_name = leads.browse(one.lead_id).stage_id.name if one.lead_id in states else ""
            days = (day - one.due_date).days if one.due_date else 0
            kept.append(one)
            sentences.append(alert_message(env, one.kind, states.get(one.lead_id), stage_name, days))
        return kept, sentences
