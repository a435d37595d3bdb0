"""Nightly and hourly jobs commit one batch after the other, so that one that is stopped keeps what it has done."""

from contextlib import contextmanager, nullcontext
from datetime import timedelta
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID, api
from odoo.addons.sales_process_control.models.alert.alert_kinds import SETTINGS, STALLED
from odoo.addons.sales_process_control.models.forecast.forecast_store import ForecastStore
from odoo.tools import mute_logger

ROOMS = "odoo.addons.sales_process_control.models"
DEALS = 5
#: Notes the transaction in which rows of a table are written. `txid_current` is the same in all savepoints.
NOTE_TRANSACTIONS = """
    CREATE TABLE noted (number bigint);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO noted VALUES (txid_current());
        RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION note()
"""
FORGET_TRANSACTIONS = "DROP FUNCTION IF EXISTS note CASCADE; DROP TABLE IF EXISTS noted"


class Office:
    """Five open deals in a database whose transactions commit."""

    def __init__(self, registry):
        self.registry = registry
        with self.env() as env:
            values = {"type": "opportunity", "expected_revenue": 100, "user_id": False}
            self.deal_ids = env["crm.lead"].create([{**values, "name": f"Deal {n}"} for n in range(DEALS)]).ids

    @contextmanager
    def env(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def execute(self, query, *parameters):
        with self.env() as env:
            env.cr.execute(query, parameters)

    def deals(self, env):
        return env["crm.lead"].browse(self.deal_ids)

    def transactions(self, table, job, batch_size=None):
        """Run a job, and return how many rows of a table each of its transactions has written, in their order.

        :param str table: name of the table
        :param function job: takes an environment
        :param str batch_size: path of the constant that is set to 2, if the job has one
        """
        self.execute(FORGET_TRANSACTIONS)
        self.execute(NOTE_TRANSACTIONS.format(table))
        in_twos = patch(f"{ROOMS}.{batch_size}", 2) if batch_size else nullcontext()
        with in_twos, self.env() as env:
            job(env)
        with self.env() as env:
            env.cr.execute("SELECT count(*) FROM noted GROUP BY number ORDER BY number")
            found = [count for (count,) in env.cr.fetchall()]
        self.execute(FORGET_TRANSACTIONS)
        return found


@pytest.fixture
def office(shared_registry):
    return Office(shared_registry)


@pytest.fixture
def own_office(registry_of, module_db):
    """An office in a database of its own, for a test that archives all other deals."""
    return Office(registry_of(module_db))


def test_repairs(office):
    office.execute("UPDATE crm_lead SET expected_revenue = 7 WHERE id = ANY(%s)", office.deal_ids)
    # The job warns that the ledgers were repaired.
    with mute_logger(f"{ROOMS}.recording.crm_pipeline_audit"):
        found = office.transactions(
            "crm_pipeline_movement",
            lambda env: env["crm.pipeline.audit"]._cron_audit(),
            "recording.crm_pipeline_audit.REPAIR_BATCH",
        )
    assert found == [2, 2, 1]


def test_working_days(office):
    """The parameter where the job goes on next time is written last."""
    with office.env() as env:
        # Of other deals the working days are right already.
        env["crm.pipeline.audit"]._cron_update_working_days()
    office.execute("UPDATE crm_stage_visit SET working_days = 99 WHERE lead_ref = ANY(%s)", office.deal_ids)
    with office.env() as env:
        first_id = min(env["crm.stage.visit"].search([("lead_ref", "in", office.deal_ids)]).ids)
        env["ir.config_parameter"].set_param("sales_process_control.working_days_position", first_id - 1)
    found = office.transactions(
        "crm_stage_visit",
        lambda env: env["crm.pipeline.audit"]._cron_update_working_days(),
        "recording.crm_pipeline_audit.WORKING_DAYS_BATCH",
    )
    assert found == [2, 2, 1]


def test_settling(office):
    with office.env() as env:
        env["crm.hot.settler"]._cron_settle()
        env["crm.hot.flag"].create([{"lead_id": deal.id, "note": "Signs"} for deal in office.deals(env)])
    with office.env() as env, patch.object(type(env["crm.hot.settler"]), "_settle_at_ends"):
        office.deals(env).action_set_lost()
        env.cr.flush()
    found = office.transactions(
        "crm_hot_flag", lambda env: env["crm.hot.settler"]._cron_settle(), "hot.crm_hot_settler.BATCH_SIZE"
    )
    assert found == [2, 2, 1]


def test_meetings(office):
    with office.env() as env:
        env["crm.lead.progress"]._cron_record_meetings()
        now = env.cr.now()
        meeting = {"name": "Demo", "start": now + timedelta(hours=1), "stop": now + timedelta(hours=2)}
        meetings = env["calendar.event"].create([{**meeting, "opportunity_id": deal_id} for deal_id in office.deal_ids])
    # As time passes, nothing is written.
    office.execute(
        "UPDATE calendar_event SET start = start - INTERVAL '1 day', stop = stop - INTERVAL '1 day' WHERE id = ANY(%s)",
        meetings.ids,
    )
    found = office.transactions(
        "crm_lead_progress",
        lambda env: env["crm.lead.progress"]._cron_record_meetings(),
        "progress.crm_lead_progress.MEETINGS_BATCH",
    )
    assert found == [2, 2, 1]


def test_chances(office):
    """The parameter where the job goes on next time is written last."""
    with office.env() as env:
        # Of other deals the chances are right already.
        env["crm.lead"]._cron_refresh_chances()
        env["ir.config_parameter"].set_param("sales_process_control.chances_position", min(office.deal_ids) - 1)
    office.execute("UPDATE crm_lead SET chance = 7 WHERE id = ANY(%s)", office.deal_ids)
    found = office.transactions(
        "crm_lead", lambda env: env["crm.lead"]._cron_refresh_chances(), "chance.crm_lead.REFRESH_BATCH"
    )
    assert found == [2, 2, 1]


def test_tables_of_chances(office):
    """Those of two companies are a transaction; the parameter where the job goes on next time is written last."""
    with office.env() as env:
        env["res.company"].create([{"name": f"Chances {number}"} for number in range(3)])
        companies = len(env["crm.stage.chance"]._company_ids())
    rebuilt = []

    def note(model, company_ids):
        rebuilt.append(len(company_ids))
        # Written by each batch, whether a company has chances or not.
        model.env.cr.execute("INSERT INTO batched SELECT unnest(%s::int[])", [list(company_ids)])
        return company_ids

    office.execute("CREATE TABLE batched (company_id int)")
    with patch.object(office.registry["crm.stage.chance"], "_rebuild", note):
        found = office.transactions(
            "batched", lambda env: env["crm.stage.chance"]._cron_rebuild(), "chance.crm_stage_chance.REBUILD_BATCH"
        )
    office.execute("DROP TABLE batched")
    assert sum(found) == companies
    assert found == rebuilt
    assert found[0] == 2
    assert len(found) > 1


def test_chances_of_deals_that_somebody_is_changing(office):
    """They are left out, without waiting, and refreshed by the next run."""
    office.execute("UPDATE crm_lead SET chance = 7 WHERE id = ANY(%s)", office.deal_ids)

    def refresh():
        with office.env() as env:
            env["crm.lead"]._cron_refresh_chances()
        with office.env() as env:
            return [deal.id for deal in office.deals(env) if deal.chance == 7]

    with office.registry.cursor() as cr:
        cr.execute("SELECT FROM crm_lead WHERE id = %s FOR NO KEY UPDATE", office.deal_ids[:1])
        assert refresh() == office.deal_ids[:1]
    assert refresh() == []


def test_forecasts(office):
    """Those of each day are a transaction of their own; after the job was killed, the next run does the rest."""
    with office.env() as env:
        env["crm.forecast"]._cron_store()
    columns = "day, period, scope, company_id, team_id, user_id, expected_count"

    def stored():
        with office.env() as env:
            env.cr.execute(f"SELECT {columns} FROM crm_forecast ORDER BY {columns}")
            return env.cr.fetchall()

    before = stored()
    last_days = sorted({row[0] for row in before})[-3:]
    office.execute("DELETE FROM crm_forecast WHERE day = ANY(%s)", last_days)
    store = ForecastStore._store

    def killed_at_the_last(self, company, day, **options):
        if day == last_days[-1]:
            raise SystemExit
        return store(self, company, day, **options)

    with patch.object(ForecastStore, "_store", killed_at_the_last), pytest.raises(SystemExit), office.env() as env:
        env["crm.forecast"]._cron_store()
    assert stored() == [row for row in before if row[0] != last_days[-1]]
    office.execute("DELETE FROM crm_forecast WHERE day = ANY(%s)", last_days)
    companies = {row[3] for row in before}
    found = office.transactions("crm_forecast", lambda env: env["crm.forecast"]._cron_store())
    assert len(found) == len(last_days) * len(companies)
    assert stored() == before


def test_alerts(own_office):
    """Those of each person are a transaction of their own; after the job was killed, the next run does the rest."""
    with own_office.env() as env:
        groups = env.ref("sales_team.group_sale_salesman")
        sellers = env["res.users"].create(
            [{"name": name, "login": f"alerted {name}", "group_ids": [(6, 0, groups.ids)]} for name in ("A", "B", "C")]
        )
        env["res.company"].search([]).write(dict.fromkeys(SETTINGS.values(), False))
        values = {"resource_calendar_id": False, "alerts_given_on": False, "alerts_per_day": 5}
        env.company.write({**values, SETTINGS[STALLED]: True})
        for index, deal in enumerate(own_office.deals(env)):
            deal.user_id = sellers[index // 2]
        env["crm.lead"].search([("id", "not in", own_office.deal_ids)]).active = False
    own_office.execute("UPDATE crm_lead SET stage_entered_at = now() - INTERVAL '300 days' WHERE active")
    calls, among = [], [("lead_ref", "in", own_office.deal_ids)]

    def killed_at_the_second(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        return alert_person(*arguments)

    alerter = own_office.registry["crm.deal.alerter"]
    alert_person = alerter._alert_person
    with (
        patch.object(alerter, "_alert_person", killed_at_the_second),
        pytest.raises(SystemExit),
        own_office.env() as env,
    ):
        env["crm.deal.alerter"]._cron_alert()
    with own_office.env() as env:
        done = env["crm.deal.alert"].search(among).mapped("user_id.id")
    found = own_office.transactions("crm_deal_alert", lambda env: env["crm.deal.alerter"]._cron_alert())
    with own_office.env() as env:
        alerts = env["crm.deal.alert"].search(among)
        assert sorted(alerts.mapped("lead_ref")) == sorted(own_office.deal_ids)
        counts = {user.id: count for user, count in alerts._read_group(among, ["user_id"], ["__count"])}
    assert counts == dict(zip(sellers.ids, (2, 2, 1), strict=True))
    # Of the first person before the job was killed, of the others after it.
    assert [len(done), len(found)] == [1, 2]
    assert sum(found) == len(own_office.deal_ids) - counts[done[0]]
