"""SQL texts of `crm.progress.recorder`. No models."""

from ..playbook.crm_stage_step import STEP_APPLIES
from ..recording.crm_pipeline_reader import MAIN_COMPANY
from .crm_stage_step import STEP_IS_TAKEN

#: Columns of a source of :data:`RECORD` with their SQL types. `done_at` is when the module learned of it, naive UTC.
#: `step_id` is the step that a person chose, or NULL.
DONE_COLUMNS = {
    "lead_id": "int",
    "done_at": "timestamp",
    "user_id": "int",
    "activity_type_id": "int",
    "source": "varchar",
    "feedback": "text",
    "activity_id": "int",
    "event_id": "int",
    "message_id": "int",
    "step_id": "int",
    "reaction": "varchar",
}
#: Last progress of the alias `lead`: the latest of its rows of progress, of its moves forward, and of the moves forward
#: of deals that were merged into it.
LATEST_PROGRESS = """
    GREATEST(
        lead.merged_progress_at,
        (SELECT max(date) FROM crm_lead_progress WHERE lead_id = lead.id),
        {advanced_at}
    )
"""
#: The same with the last move forward in the visit ledger.
LAST_PROGRESS = LATEST_PROGRESS.format(
    advanced_at="(SELECT max(left_at) FROM crm_stage_visit WHERE lead_ref = lead.id AND outcome = 'advanced')"
)
#: When a message was written. `date` has no fractions of a second; `create_date` has, and is the time of the
#: transaction. A mail has the date of its sender, which may lie in the future.
MESSAGE_INSTANT = """
    CASE WHEN message.date - message.create_date BETWEEN INTERVAL '-1 s' AND INTERVAL '1 min' THEN message.create_date
         ELSE LEAST(message.date, message.create_date) END
"""
#: Id of the visit of a deal during which a row of progress happened.
VISIT = """(
            SELECT id FROM crm_stage_visit
            WHERE lead_ref = {row}.lead_id AND entered_at <= {row}.date
              AND (left_at IS NULL OR left_at > {row}.date) AND outcome NOT IN ('skipped', 'correction')
            ORDER BY entered_at DESC, id DESC LIMIT 1
        )"""
#: Brings rows of meetings in line with an end that was corrected. Returns the ids of their deals.
CORRECT_ENDS = f"""
    UPDATE crm_lead_progress progress
    SET date = ended.date, visit_id = visit.id, stage_id = COALESCE(visit.stage_id, progress.stage_id)
    FROM (
        SELECT recorded.id, recorded.lead_id, event.stop AS date
        FROM crm_lead_progress recorded
        JOIN calendar_event event ON event.id = recorded.event_id
        WHERE recorded.event_id = ANY(%(event_ids)s) AND recorded.source = 'meeting'
          AND event.active AND event.opportunity_id = recorded.lead_id
          AND event.stop < %(now)s AND event.stop <> recorded.date
    ) ended
    LEFT JOIN crm_stage_visit visit ON visit.id = {VISIT.format(row="ended")}
    WHERE progress.id = ended.id
    RETURNING progress.lead_id
"""
#: The step that a row takes: the step that was chosen, which the dialog has checked, else the first open step of the
#: row's activity type. The n-th of several rows of a type takes the n-th open step. If all are taken, further rows
#: take the last one.
TAKEN_STEP = f"""
    SELECT numbered.id, numbered.name
    FROM (
        SELECT expected.id, expected.name, count(*) FILTER (WHERE NOT expected.is_taken) OVER () AS open_count,
               row_number() OVER (ORDER BY expected.is_taken, expected.sequence, expected.id) AS turn,
               row_number() OVER (ORDER BY expected.sequence DESC, expected.id DESC) AS turn_from_last
        FROM (
            -- In the main company's language, as the names of stages in the ledgers.
            SELECT step.id, step.sequence, COALESCE(step.name->>main.lang, step.name->>'en_US') AS name,
                   {STEP_IS_TAKEN.format(lead_id="placed.lead_id")} AS is_taken
            FROM crm_stage_step step
            WHERE step.id = placed.step_id OR placed.step_id IS NULL AND placed.takes_steps
              AND {STEP_APPLIES.format(stage_id="placed.stage_id", team_id="placed.team_id")}
              AND step.activity_type_id = placed.activity_type_id
              -- The job may find a meeting after the deal has left the stage that the meeting was held in.
              AND (placed.source <> 'meeting' OR visit.stage_id = placed.stage_id)
        ) expected
    ) numbered
    WHERE CASE WHEN placed.turn <= numbered.open_count THEN numbered.turn = placed.turn
               ELSE numbered.turn_from_last = 1 END
"""
#: Number of the row among those of its deal and activity type.
TURN = """
    row_number() OVER (PARTITION BY done.lead_id, done.activity_type_id ORDER BY done.message_id, done.event_id)
"""
#: Rows of the past take no step: which steps were expected then is not known.
NO_STEP = "SELECT NULL::int AS id, NULL::varchar AS name"
#: Whether the new row decides the step of an existing row of its meeting: that has none, or a person chose the step.
REPLACES_STEP = """
    progress.step_name IS NULL
    OR EXISTS (SELECT FROM done WHERE done.event_id = EXCLUDED.event_id AND done.step_id = EXCLUDED.step_id)
"""
#: Writes the rows of `source` (:data:`DONE_COLUMNS`), and the last progress of their deals. Rows of the dialog keep the
#: likelihood, Odoo's own probability, the expected closing and the budget of the deal, too. Returns the number of rows
#: and the ids of deals.
RECORD = f"""
    WITH done AS MATERIALIZED (%(source)s), main AS ({MAIN_COMPANY}), placed AS (
        SELECT done.*, lead.company_id, lead.stage_id, lead.team_id, lead.probability, lead.date_deadline,
               lead.automated_probability, lead.customer_budget,
               lead.type = 'opportunity' AND lead.active AS takes_steps,
               %(turn)s AS turn,
               -- A meeting has one row. A second activity of the meeting has a row without a meeting.
               row_number() OVER (PARTITION BY done.event_id ORDER BY done.message_id) = 1 AND NOT EXISTS (
                   SELECT FROM crm_lead_progress recorded
                   WHERE recorded.event_id = done.event_id AND recorded.message_id IS NOT NULL
               ) AS is_first,
               CASE WHEN meeting.stop <= done.done_at THEN meeting.stop ELSE done.done_at END AS date,
               CASE WHEN meeting.stop <= done.done_at AND done.source = 'activity' THEN 'meeting'
                    ELSE done.source END AS source_found,
               done.source = 'recorded' AS is_recorded
        FROM done
        JOIN crm_lead lead ON lead.id = done.lead_id
        LEFT JOIN calendar_event meeting ON meeting.id = done.event_id AND meeting.active
    ), new AS (
        INSERT INTO crm_lead_progress AS progress (
            lead_id, visit_id, stage_id, date, user_id, activity_type_id, source, feedback, company_id, team_id,
            activity_id, event_id, message_id, step_id, step_name, reaction,
            likelihood, odoo_probability, date_deadline, customer_budget, currency_id
        )
        SELECT placed.lead_id, visit.id, COALESCE(visit.stage_id, placed.stage_id), placed.date,
               placed.user_id, placed.activity_type_id, placed.source_found, placed.feedback, placed.company_id,
               placed.team_id, placed.activity_id,
               CASE WHEN placed.is_first THEN placed.event_id END, placed.message_id,
               step.id, step.name, placed.reaction,
               CASE WHEN placed.is_recorded THEN placed.probability END,
               CASE WHEN placed.is_recorded THEN placed.automated_probability END,
               CASE WHEN placed.is_recorded THEN placed.date_deadline END,
               CASE WHEN placed.is_recorded THEN placed.customer_budget END,
               COALESCE(company.currency_id, main.currency_id)
        FROM placed
        CROSS JOIN main
        LEFT JOIN res_company company ON company.id = placed.company_id
        LEFT JOIN crm_stage_visit visit ON visit.id = {VISIT.format(row="placed")}
        LEFT JOIN LATERAL (%(step)s) step ON TRUE
        ON CONFLICT (event_id) WHERE event_id IS NOT NULL DO UPDATE
        SET activity_id = COALESCE(EXCLUDED.activity_id, progress.activity_id),
            activity_type_id = COALESCE(EXCLUDED.activity_type_id, progress.activity_type_id),
            message_id = COALESCE(EXCLUDED.message_id, progress.message_id),
            feedback = COALESCE(EXCLUDED.feedback, progress.feedback),
            reaction = COALESCE(EXCLUDED.reaction, progress.reaction),
            source = CASE WHEN EXCLUDED.source = 'recorded' THEN EXCLUDED.source ELSE progress.source END,
            likelihood = COALESCE(EXCLUDED.likelihood, progress.likelihood),
            odoo_probability = COALESCE(EXCLUDED.odoo_probability, progress.odoo_probability),
            date_deadline = COALESCE(EXCLUDED.date_deadline, progress.date_deadline),
            customer_budget = COALESCE(EXCLUDED.customer_budget, progress.customer_budget),
            step_id = CASE WHEN {REPLACES_STEP} THEN EXCLUDED.step_id ELSE progress.step_id END,
            step_name = CASE WHEN {REPLACES_STEP} THEN EXCLUDED.step_name ELSE progress.step_name END
        RETURNING lead_id, date
    ), latest AS (
        UPDATE crm_lead lead SET last_progress_at = found.date
        FROM (SELECT lead_id, max(date) AS date FROM new GROUP BY lead_id) found
        WHERE lead.id = found.lead_id AND %(chosen)s
          AND (lead.last_progress_at IS NULL OR lead.last_progress_at < found.date)
    )
    SELECT count(*), array_agg(DISTINCT lead_id) FROM new
"""
