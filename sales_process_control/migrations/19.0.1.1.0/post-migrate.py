"""Rebuild the past of deals.

The first version gave each deal that was open at its installation one visit and one line, and ignored closed deals. The
rebuilt past is inserted before the rows that were recorded since; these stay as they are.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.addons.sales_process_control.ledger import origins, outcomes
from odoo.addons.sales_process_control.models.recording.ledger_store import LedgerStore, insert_statement
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 5000


def migrate(cr, version):
    """Rebuild the past of all deals."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    cr.execute("""
        SELECT DISTINCT visit.lead_ref
        FROM crm_stage_visit visit
        JOIN crm_lead lead ON lead.id = visit.lead_ref
        WHERE visit.origin = 'backfill'
        ORDER BY visit.lead_ref
    """)
    lead_ids = [lead_id for (lead_id,) in cr.fetchall()]
    for batch in split_every(BATCH_SIZE, lead_ids, list):
        _rebuild_batch(env, batch)
    _logger.info("Rebuilt the past of %s opportunities that the first version had taken over", len(lead_ids))
    env["crm.pipeline.past"].rebuild()


def _rebuild_batch(env, lead_ids):
    past, loader = env["crm.pipeline.past"], env["crm.pipeline.loader"]
    recorded, context = loader.open_books(lead_ids)
    places = _taken_over_places(env, lead_ids)
    links = past._read_links(lead_ids)
    untouched, grafted = {}, {}
    for lead in past._read_leads(lead_ids):
        place, stored_visits = places.get(lead.id), recorded[lead.id].history.visits
        if not place:
            untouched[lead.id] = past._book_of(lead, links.get(lead.id, {}), context)
            continue
        taken_over = next(visit for visit in stored_visits if visit.origin == origins.BACKFILL)
        earlier = _links_before(links.get(lead.id, {}), place["since"])
        book = past._book_of(_as_taken_over(lead, place, taken_over), earlier, context)
        grafted[lead.id] = (book, _graft(book.new_visits(), taken_over, stored_visits))
    lines = _take_out_lines(env, list(places))
    for table in ("crm_stage_visit", "crm_pipeline_movement"):
        env.cr.execute(SQL("DELETE FROM %s WHERE lead_ref = ANY(%s)", SQL.identifier(table), lead_ids))
    loader.load(untouched, context)
    LedgerStore(env, context).write_rows(
        [(ref, True, visit._replace(id=None)) for ref, (_book, visits) in grafted.items() for visit in visits],
        [(ref, True, *line) for ref, (book, _visits) in grafted.items() for line in book.lines],
        follows_lines=False,
    )
    _put_back_lines(env, lines)
    loader._write_entry_times(_still_there(env, grafted))


def _still_there(env, grafted):
    """Return the books of deals that are still in the stage in which the first version found them.

    :param dict grafted: (book, visits) by id of the deal
    """
    env.cr.execute(
        SQL(
            """
            SELECT lead_ref FROM crm_stage_visit
            WHERE lead_ref = ANY(%s) AND left_at IS NULL AND origin = 'backfill'
            """,
            list(grafted),
        )
    )
    return {lead_ref: grafted[lead_ref][0] for (lead_ref,) in env.cr.fetchall()}


def _taken_over_places(env, lead_ids):
    """Return owner, date and amount that the first version recorded of each deal, if the deal has changed since.

    :return: a dictionary by id of the deal; key `since`: instant of the first recorded change
    """
    env.cr.execute(
        SQL(
            """
            SELECT taken.lead_ref, taken.team_id, taken.user_id, taken.company_id, taken.date_deadline, taken.amount,
                   recorded.since
            FROM crm_pipeline_movement taken
            JOIN LATERAL (
                SELECT min(date) AS since FROM crm_pipeline_movement
                WHERE lead_ref = taken.lead_ref AND origin <> 'backfill'
            ) recorded ON recorded.since IS NOT NULL
            WHERE taken.lead_ref = ANY(%s) AND taken.origin = 'backfill'
            """,
            lead_ids,
        )
    )
    return {row["lead_ref"]: row for row in env.cr.dictfetchall()}


def _as_taken_over(lead, place, visit):
    """Return the deal as it was when the first version found it."""
    return lead._replace(
        type="opportunity",
        active=True,
        won_status="pending",
        stage_id=visit.stage.id,
        team_id=place["team_id"],
        user_id=place["user_id"],
        company_id=place["company_id"],
        date_deadline=place["date_deadline"],
        amount=place["amount"],
        closed_at=None,
        stage_updated_at=None,
    )


def _links_before(links, instant):
    """Return the tracked changes before an instant."""
    earlier = {name: [link for link in found if link.at < instant] for name, found in links.items()}
    return {name: found for name, found in earlier.items() if found}


def _graft(rebuilt, taken_over, stored_visits):
    """Return the rebuilt visits, the first version's visit with its true beginning, and those recorded since."""
    # The open visit need not be the last row: corrections of an undone move come after it.
    last = next(visit for visit in rebuilt if visit.outcome == outcomes.OPEN)
    earlier = [visit for visit in rebuilt if visit is not last]
    joint = taken_over._replace(entered_at=last.entered_at, is_first=last.is_first, mover_ref=last.mover_ref)
    if not last.is_first:
        joint = joint._replace(converted_at=None)
    recorded = [visit for visit in stored_visits if visit.origin != origins.BACKFILL]
    before = {visit.stage.id for visit in rebuilt if visit.is_first}
    recorded = [visit._replace(is_first=visit.is_first and visit.stage.id not in before) for visit in recorded]
    recorded = [visit if visit.is_first else visit._replace(converted_at=None) for visit in recorded]
    earlier = [_converted(visit, [joint, *recorded]) for visit in earlier]
    return [*earlier, joint, *recorded]


def _converted(visit, later):
    """Return a rebuilt row, converted if a later visit is in a later stage, by the order of stages at that time."""
    if not visit.is_first or visit.converted_at:
        return visit
    instants = [
        other.left_at if other.outcome == outcomes.WON else other.entered_at
        for other in later
        if other.outcome == outcomes.WON
        or (other.stage.rank > visit.stage.rank and other.outcome not in outcomes.NO_STAY)
    ]
    return visit._replace(converted_at=min(instants, default=None))


def _take_out_lines(env, lead_ids):
    """Return the recorded lines in their order, as dictionaries for :func:`_put_back_lines`."""
    env.cr.execute(
        SQL(
            "SELECT * FROM crm_pipeline_movement WHERE lead_ref = ANY(%s) AND origin <> 'backfill' ORDER BY id",
            lead_ids,
        )
    )
    return env.cr.dictfetchall()


def _put_back_lines(env, lines):
    """Insert recorded lines after the rebuilt ones: the last line of a deal must have the highest id."""
    if lines:
        columns = [name for name in lines[0] if name != "id"]
        env.cr.execute(insert_statement("crm_pipeline_movement", columns, lines))
