"""An installation rebuilds from Odoo's tracking the same history that the recorder would have written."""

import csv
import json

import past_story
import places
import working
from installation import MODULE, rows

VISITS = """
    SELECT lead.name, visit.stage_name, visit.entered_at, visit.left_at, visit.outcome, next.name->>'en_US',
           visit.is_first, visit.converted_at
    FROM crm_stage_visit visit
    JOIN crm_lead lead ON lead.id = visit.lead_ref
    LEFT JOIN crm_stage next ON next.id = visit.next_stage_id
    WHERE lead.name LIKE 'Deal %'
    ORDER BY lead.name, visit.entered_at, visit.id
"""
LINES = """
    SELECT lead.name, line.date, line.day, line.kind, line.stage_name, line.deal_count, line.is_correction
    FROM crm_pipeline_movement line
    JOIN crm_lead lead ON lead.id = line.lead_ref
    -- Merging gives a deal a team. A rebuilt history has moves, but no transfers.
    WHERE lead.name LIKE 'Deal %' AND line.kind <> 'transferred'
    ORDER BY lead.name, line.date, line.id
"""
ENTERED = "SELECT name, stage_entered_at FROM crm_lead WHERE name LIKE 'Deal %' ORDER BY name"


def play(database, actions, folder):
    path = folder / "story.json"
    path.write_text(json.dumps(actions, default=str))
    assert working.run_in_odoo(database, places.ROOT / "tests/past_player.py", [path]) == 0


def test_installation_rebuilds_the_rows_that_the_recorder_would_have_written(fresh_db, module_db, odoo_cli, tmp_path):
    """The story has returns, skips, equal instants, tied sequences, undos, conversions, archived and merged deals."""
    actions = past_story.story(3, 60)
    play(fresh_db, actions, tmp_path)
    play(module_db, actions, tmp_path)
    odoo_cli("-d", fresh_db, "-i", MODULE, "--stop-after-init")
    recorded = rows(module_db, VISITS)
    assert {row[4] for row in recorded} >= {"open", "advanced", "moved_back", "won", "lost", "skipped", "correction"}
    assert rows(fresh_db, VISITS) == recorded
    assert rows(fresh_db, LINES) == rows(module_db, LINES)
    assert rows(fresh_db, ENTERED) == rows(module_db, ENTERED)


def test_recording_rebuilding_and_importing_give_the_same_rows(
    fresh_db, module_db, module_template, copy_of, odoo_cli, tmp_path
):
    """The same events are recorded as they happen, rebuilt from Odoo's tracking, and imported from a file."""
    actions, events = past_story.plain_story(5, 50)
    play(module_db, actions, tmp_path)
    recorded = rows(module_db, VISITS)
    assert {row[4] for row in recorded} >= {"open", "advanced", "moved_back", "won", "lost", "skipped"}
    play(fresh_db, actions, tmp_path)
    odoo_cli("-d", fresh_db, "-i", MODULE, "--stop-after-init")
    imported_db = copy_of(module_template)
    play(imported_db, [], tmp_path)
    path = tmp_path / "events.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(events)
    script = tmp_path / "import.py"
    script.write_text(
        f'env["crm.history.importer"].with_context(tz="UTC").import_history(open({str(path)!r}, "rb").read())\n'
    )
    assert working.run_in_odoo(imported_db, script) == 0
    for database in (fresh_db, imported_db):
        assert rows(database, VISITS) == recorded
        assert rows(database, LINES) == rows(module_db, LINES)
        assert rows(database, ENTERED) == rows(module_db, ENTERED)
