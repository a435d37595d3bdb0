"""Updating from the first version rebuilds the history that it did not read, and leaves the recorded rows unchanged."""

from datetime import timedelta

import databases
import past_story
import working
from installation import MODULE, rows
from test_past import ENTERED, play

from odoo import SUPERUSER_ID, api

WORK_AFTER_INSTALLATION = """
env = env(user=env.ref("base.user_admin"))
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
is_open = [("type", "=", "opportunity"), ("won_status", "=", "pending")]
deals = env["crm.lead"].search([("name", "like", "Deal %"), *is_open], order="id")
def live(number):
    return deals[number].with_context(tracking_disable=True)
live(2).write({"stage_id": stages[2].id})
live(3).action_set_won()
live(4).write({"stage_id": stages[0].id})
live(8).write({"expected_revenue": 777})
corrected = deals.filtered(lambda deal: "correction" in deal.stage_visit_ids.mapped("outcome"))
corrected.with_context(tracking_disable=True).write({"expected_revenue": 888})
activities = env["mail.activity"].create([
    {"res_model_id": env["ir.model"]._get_id("crm.lead"), "res_id": deals[number].id, "date_deadline": "2026-01-02",
     "activity_type_id": env.ref("mail.mail_activity_data_call").id, "user_id": env.uid}
    for number in (0, 5, 6, 7)
])
activities[:2].action_feedback("Wants a second offer\\nby Friday")
env["calendar.event"].create({
    "name": "Visit", "start": "2026-01-05 08:00:00", "stop": "2026-01-05 09:00:00", "opportunity_id": deals[6].id,
})
env.cr.commit()
env["crm.lead.progress"]._cron_record_meetings()
live(2).action_set_lost()
live(4).write({"stage_id": stages[1].id})
env.cr.commit()
env["crm.stage.chance"].sudo()._rebuild()
env["crm.lead"].sudo()._refresh_chances()
"""
#: Turns the ledgers into those of the first version: one visit of each open deal and one movement of each deal, at the
#: stage of the installation. References have triggers in place of foreign keys, as in versions 1.6 to 1.9; one of them
#: names a deleted team.
AS_THE_FIRST_VERSION = """
CREATE TEMP TABLE taken_over AS
    SELECT DISTINCT ON (lead_ref) id, lead_ref, stage_id, stage_name, stage_sequence FROM crm_stage_visit
    WHERE origin = 'backfill' AND outcome NOT IN ('correction', 'skipped') ORDER BY lead_ref, id DESC;
DELETE FROM taken_over t USING crm_stage_visit v WHERE v.id = t.id AND v.left_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM crm_pipeline_movement m WHERE m.lead_ref = t.lead_ref AND m.origin = 'live');
DELETE FROM crm_stage_visit WHERE origin = 'backfill' AND id NOT IN (SELECT id FROM taken_over);
DELETE FROM crm_pipeline_movement m WHERE origin = 'backfill' AND (kind <> 'created'
    OR lead_ref NOT IN (SELECT lead_ref FROM taken_over));
UPDATE crm_pipeline_movement m SET stage_id = t.stage_id, stage_name = t.stage_name, stage_sequence = t.stage_sequence
    FROM taken_over t WHERE t.lead_ref = m.lead_ref AND m.origin = 'backfill';
UPDATE crm_stage_visit v SET is_first = (first.number = 1)
    FROM (SELECT id, row_number() OVER (PARTITION BY lead_ref, stage_id ORDER BY id) AS number FROM crm_stage_visit
          WHERE outcome <> 'correction') first
    WHERE first.id = v.id;
UPDATE crm_lead l SET stage_entered_at = COALESCE((
    SELECT max(m.date) FROM mail_message m JOIN mail_tracking_value t ON t.mail_message_id = m.id
    WHERE m.model = 'crm.lead' AND m.res_id = l.id AND t.new_value_integer = l.stage_id), date_conversion, create_date)
    FROM crm_stage_visit v WHERE v.lead_ref = l.id AND v.left_at IS NULL AND v.origin = 'backfill';
DELETE FROM crm_lead_progress;
DELETE FROM crm_planned_activity;
UPDATE crm_lead SET last_progress_at = NULL;
DO $$ DECLARE key record; BEGIN
    FOR key IN SELECT conrelid::regclass AS ledger, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid IN ('crm_stage_visit'::regclass, 'crm_pipeline_movement'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.ledger, key.conname);
        DELETE FROM ir_model_constraint WHERE name = key.conname;
    END LOOP;
END $$;
CREATE FUNCTION crm_ledger_clear_references() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
CREATE TRIGGER crm_stage_visit_team_id_cleared AFTER DELETE ON crm_team
    FOR EACH ROW EXECUTE FUNCTION crm_ledger_clear_references();
UPDATE crm_stage_visit SET team_id = (SELECT max(id) + 1000 FROM crm_team)
    WHERE id = (SELECT max(id) FROM crm_stage_visit);
ALTER TABLE crm_stage_visit DROP COLUMN changed_at;
UPDATE crm_pipeline_balance SET kind = NULL, line_count = NULL WHERE is_mark IS NOT TRUE;
DROP INDEX crm_pipeline_movement_date_index;
CREATE INDEX crm_pipeline_movement_date_index ON crm_pipeline_movement (date DESC, id DESC);
DROP INDEX crm_pipeline_movement_ended_index;
CREATE INDEX crm_pipeline_movement_ended_index ON crm_pipeline_movement (date) WHERE kind = 'won' OR kind = 'lost';
ALTER TABLE crm_lead DROP COLUMN chance, DROP COLUMN chance_by_closing, DROP COLUMN expected_amount;
UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = 'sales_process_control';
"""
VISITS = """
    SELECT lead_ref, stage_name, entered_at, left_at, outcome, next_stage_id, is_first, converted_at, amount, origin,
           mover_ref, lead_id
    FROM crm_stage_visit ORDER BY lead_ref, entered_at, id
"""
LINES = """
    SELECT lead_ref, date, day, kind, stage_name, deal_count, amount, origin, is_correction
    FROM crm_pipeline_movement ORDER BY lead_ref, id
"""
PROGRESS = """
    SELECT progress.lead_id, progress.stage_id, visit.entered_at, date, progress.user_id, activity_type_id, source,
           feedback, event_id
    FROM crm_lead_progress progress
    LEFT JOIN crm_stage_visit visit ON visit.id = progress.visit_id
    ORDER BY progress.lead_id, date, source
"""
PLANS = "SELECT lead_id, date_trunc('second', planned_at) FROM crm_planned_activity ORDER BY 1, 2"
FOREIGN_KEYS = """
    SELECT conname FROM pg_constraint
    WHERE contype = 'f' AND conrelid IN ('crm_stage_visit'::regclass, 'crm_pipeline_movement'::regclass)
    ORDER BY conname
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('crm_stage_visit', 'crm_pipeline_movement')
    ORDER BY indexname
"""
CHANGED = "SELECT lead_ref, changed_at FROM crm_stage_visit WHERE left_at IS NULL ORDER BY 1"
LAST_PROGRESS = "SELECT id, last_progress_at FROM crm_lead ORDER BY id"
WITH_CHANCE = "SELECT id, write_date FROM crm_lead WHERE chance IS NOT NULL ORDER BY id"


def test_update_from_the_first_version_reads_the_past(fresh_db, odoo_cli, registry_of, tmp_path):
    actions = past_story.story(11, 40)
    # For two deals, an undo within five minutes is the last tracked move.
    at = actions[-1][0] + timedelta(days=1)
    for deal in [action[1] for action in actions if action[2] == "move"][-2:]:
        stage = next(action[3] for action in reversed(actions) if action[1] == deal and action[2] == "move")
        other_stage = next(name for name in past_story.OPEN_STAGES if name != stage)
        actions += [(at, deal, "move", other_stage), (at + timedelta(minutes=3), deal, "move", stage)]
        at += timedelta(days=1)
    play(fresh_db, actions, tmp_path)
    odoo_cli("-d", fresh_db, "-i", MODULE, "--stop-after-init")
    script = tmp_path / "work.py"
    script.write_text(WORK_AFTER_INSTALLATION)
    assert working.run_in_odoo(fresh_db, script) == 0
    visits, lines, entered = (rows(fresh_db, query) for query in (VISITS, LINES, ENTERED))
    progress, plans, latest = (rows(fresh_db, query) for query in (PROGRESS, PLANS, LAST_PROGRESS))
    changed = rows(fresh_db, CHANGED)
    with_chance = rows(fresh_db, WITH_CHANCE)
    assert with_chance
    foreign_keys, indexes = rows(fresh_db, FOREIGN_KEYS), rows(fresh_db, INDEXES)
    assert len(foreign_keys) == 13
    assert any(changed_at for _lead_ref, changed_at in changed)
    assert {row[6] for row in progress} >= {"activity", "meeting"}
    assert len(plans) >= 4
    databases.query(AS_THE_FIRST_VERSION, fresh_db)
    assert rows(fresh_db, VISITS) != visits
    odoo_cli("-d", fresh_db, "-u", MODULE, "--stop-after-init")
    assert rows(fresh_db, VISITS) == visits
    assert rows(fresh_db, LINES) == lines
    assert rows(fresh_db, ENTERED) == entered
    assert {origin for *_row, origin, _correction in lines} >= {"backfill", "live"}
    assert rows(fresh_db, PROGRESS) == progress
    assert rows(fresh_db, PLANS) == plans
    assert rows(fresh_db, LAST_PROGRESS) == latest
    assert rows(fresh_db, CHANGED) == changed
    assert rows(fresh_db, WITH_CHANCE) == with_chance
    assert rows(fresh_db, FOREIGN_KEYS) == foreign_keys
    assert not rows(fresh_db, "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%\\_cleared'")
    assert not rows(fresh_db, "SELECT proname FROM pg_proc WHERE proname = 'crm_ledger_clear_references'")
    assert not rows(fresh_db, "SELECT id FROM crm_pipeline_balance WHERE is_mark IS NOT TRUE AND kind IS NULL")
    assert rows(fresh_db, "SELECT id FROM crm_pipeline_balance WHERE line_count > 0")
    with registry_of(fresh_db).cursor() as cr:
        assert api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.balance"].close() == 0
    assert rows(fresh_db, INDEXES) == indexes
    [(gone,)] = rows(fresh_db, "SELECT max(lead_id) FROM crm_stage_visit")
    databases.query(f"DELETE FROM crm_lead WHERE id = {gone}", fresh_db)
    assert rows(fresh_db, f"SELECT DISTINCT lead_id FROM crm_stage_visit WHERE lead_ref = {gone}") == [(None,)]
