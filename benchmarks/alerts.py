"""Measure the job that gives deal alerts.

    ./sandbox odoo -d SCRATCH -i sales_process_control --stop-after-init --no-http
    ./sandbox script SCRATCH benchmarks/alerts.py [DEALS] [PEOPLE]

SCRATCH is a database for this benchmark only. The first run fills it by SQL and commits: DEALS open deals (default
100,000) of PEOPLE salespeople (default 500) in teams of ten, in six stages without days to rot. About two thirds of the
deals are past the limit of 30 days, a tenth of them has a planned activity, one of twenty deals is hot, and half of
the hot flags are overdue. All alerts are on, with five a day and person.

The output is the time of the query, of the first run of the job, of a run on the same day, and of a second run as on
the next day, each with the number of alerts that were given. Limit: 60 s for the first run.
"""

import time

from odoo.addons.sales_process_control.models.alert.alert_candidates import AlertCandidates
from odoo.addons.sales_process_control.models.alert.alert_kinds import SETTINGS
from odoo.addons.sales_process_control.models.hot.crm_lead import UPDATE_HOT
from odoo.fields import Command
from odoo.tools import SQL

#: Given by `./sandbox script`.
env, arguments = globals()["env"], globals()["arguments"]

DEALS, PEOPLE, STAGES, PREFIX, TEAM = 100_000, 500, 6, "Alerts ", 10
FILL_DEALS = """
    INSERT INTO crm_lead (name, type, active, stage_id, company_id, user_id, team_id, expected_revenue, won_status,
                          probability, priority, stage_entered_at, create_date)
    SELECT 'Alerts ' || number, 'opportunity', TRUE, (%(stage_ids)s::int[])[1 + number %% %(stages)s], %(company_id)s,
           (%(user_ids)s::int[])[1 + number %% %(people)s],
           (%(team_ids)s::int[])[1 + (number %% %(people)s) / %(team)s],
           100 + (number * 7919) %% 50000, 'pending', 10, '0', %(now)s - (number * 31 %% 90) * INTERVAL '1 day', %(now)s
    FROM generate_series(1, %(deals)s) number
"""
FILL_ACTIVITIES = """
    INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, date_deadline, user_id, active)
    SELECT %(model_id)s, 'crm.lead', id, %(type_id)s, %(today)s + 10, user_id, TRUE FROM crm_lead WHERE id %% 10 = 0
"""
FILL_FLAGS = """
    INSERT INTO crm_hot_flag (note, kind, outcome, lead_id, lead_ref, user_id, team_id, company_id, currency_id,
                              raised_at, create_date, due_date, first_due_date, amount, days_late)
    SELECT 'Signs', 'sign', 'open', id, id, user_id, team_id, company_id, %(currency_id)s, %(now)s, %(now)s,
           %(today)s + CASE WHEN id %% 40 = 0 THEN 30 ELSE -3 END, %(today)s, 0, 0
    FROM crm_lead WHERE id %% 20 = 0
"""


def fill(deals, people):
    """Write people by the ORM, and deals, activities and hot flags by SQL, and commit."""
    company = env.ref("base.main_company")
    group = env.ref("sales_team.group_sale_salesman")
    users = (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create(
            [
                {
                    "name": f"{PREFIX}{number}",
                    "login": f"alerts_{number}",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set(group.ids)],
                }
                for number in range(people)
            ]
        )
    )
    teams = env["crm.team"].create(
        [{"name": f"{PREFIX}{number}", "user_id": users[number * TEAM].id} for number in range(-(-people // TEAM))]
    )
    stages = env["crm.stage"].create([{"name": f"{PREFIX}{number}", "sequence": number} for number in range(STAGES)])
    values = {
        "stage_ids": stages.ids,
        "stages": STAGES,
        "company_id": company.id,
        "currency_id": company.currency_id.id,
        "user_ids": users.ids,
        "team_ids": teams.ids,
        "team": TEAM,
        "people": people,
        "deals": deals,
        "now": env.cr.now(),
        "today": env.cr.now().date(),
        "model_id": env["ir.model"]._get_id("crm.lead"),
        "type_id": env.ref("mail.mail_activity_data_call").id,
    }
    for statement in (FILL_DEALS, FILL_ACTIVITIES, FILL_FLAGS):
        env.cr.execute(statement, values)
    env.cr.execute(SQL(UPDATE_HOT, deals=SQL("(SELECT id FROM crm_lead)")))
    env.cr.commit()
    env.cr.execute("ANALYZE crm_lead; ANALYZE mail_activity; ANALYZE crm_hot_flag")
    env.cr.commit()


def timed(name, call):
    """Print the seconds of a call, and how many alerts it has given."""
    env.invalidate_all()
    before, start = env["crm.deal.alert"].search_count([]), time.perf_counter()
    call()
    seconds = time.perf_counter() - start
    print(f"{name}: {seconds:.2f} s, {env['crm.deal.alert'].search_count([]) - before:,} alerts", flush=True)


def main(deals=DEALS, people=PEOPLE):
    """Fill the database, and measure."""
    company = env.ref("base.main_company")
    if not env["crm.stage"].search_count([("name", "=like", f"{PREFIX}%")], limit=1):
        fill(int(deals), int(people))
    # Without a calendar every day is a working day, so that the benchmark runs on each.
    company.write({**dict.fromkeys(SETTINGS.values(), True), "alerts_given_on": False, "resource_calendar_id": False})
    env.cr.commit()
    alerter = env["crm.deal.alerter"]
    candidates = AlertCandidates(env(context={"tz": "UTC"}), company, env.cr.now().date(), company.id)
    timed("query", candidates.by_person)
    timed("first run", alerter._cron_alert)
    timed("again on the same day", alerter._cron_alert)
    env.cr.execute("UPDATE crm_deal_alert SET day = day - 1; UPDATE res_company SET alerts_given_on = NULL")
    env.invalidate_all()
    timed("next day", alerter._cron_alert)


main(*arguments)
