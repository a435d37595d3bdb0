"""An installation rebuilds from Odoo's tracking the same history that the recorder would have written."""

import csv
import json

import past_story
import places
import pytest
import working
from installation import MODULE, rows
from scratch import copied

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


def play(database, actions, folder, *arguments):
    path = folder / "story.json"
    path.write_text(json.dumps(actions, default=str))
    assert working.run_in_odoo(database, places.ROOT / "tests/past_player.py", [path, *arguments]) == 0


class Past:
    """Two stories that were played in two databases: one where they were recorded, and one where they were rebuilt.

    The deals of one story have returns, skips, equal instants, tied sequences, undos, conversions, archived and merged
    deals. The other story has only what an imported file can express.
    """

    EVERYTHING, PLAIN = "Deal 3-", "Deal 5-"

    def __init__(self, recorded, rebuilt):
        self.recorded = recorded
        self.rebuilt = rebuilt
        plain, self.events = past_story.plain_story(5, 50)
        self.actions = sorted([*past_story.story(3, 60), *plain], key=lambda action: action[0])

    @staticmethod
    def rows(database, query, deals):
        """Return the rows of the deals of one story."""
        return [row for row in rows(database, query) if row[0].startswith(deals)]


@pytest.fixture(scope="module")
def past(crm_template, module_template, odoo_cli, tmp_path_factory):
    """The past, played in CRM with the module, and in CRM alone before the module is installed."""
    folder = tmp_path_factory.mktemp("past")
    with copied(module_template) as recorded, copied(crm_template) as rebuilt:
        past = Past(recorded, rebuilt)
        for database in (recorded, rebuilt):
            play(database, past.actions, folder)
        odoo_cli("-d", rebuilt, "-i", MODULE, "--stop-after-init")
        yield past


def test_installation_rebuilds_the_rows_that_the_recorder_would_have_written(past):
    recorded = past.rows(past.recorded, VISITS, past.EVERYTHING)
    assert {row[4] for row in recorded} >= {"open", "advanced", "moved_back", "won", "lost", "skipped", "correction"}
    for query in (VISITS, LINES, ENTERED):
        found = past.rows(past.rebuilt, query, past.EVERYTHING)
        assert found == past.rows(past.recorded, query, past.EVERYTHING)
        assert found


def test_recording_rebuilding_and_importing_give_the_same_rows(past, module_db, tmp_path):
    """The same events are recorded as they happen, rebuilt from Odoo's tracking, and imported from a file."""
    recorded = past.rows(past.recorded, VISITS, past.PLAIN)
    assert {row[4] for row in recorded} >= {"open", "advanced", "moved_back", "won", "lost", "skipped"}
    path = tmp_path / "events.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(past.events)
    play(module_db, [], tmp_path, path)
    for query in (VISITS, LINES, ENTERED):
        expected = past.rows(past.recorded, query, past.PLAIN)
        assert expected
        for database in (past.rebuilt, module_db):
            assert past.rows(database, query, past.PLAIN) == expected
