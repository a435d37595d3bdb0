"""Compare both ledgers with the oracle."""

from collections import Counter
from datetime import timedelta

import ledger_reading as reading
import plain_dwell
import pytest
from oracle_types import LOST, OPEN, PLACE, REMOVED, WON

from odoo import SUPERUSER_ID, api

#: Outcomes of a last visit that say what became of the deal.
ENDED = (WON, LOST, REMOVED)


def check_after_transaction(runner):
    """Compare all rows of the ledgers and all fields of the deals."""
    with runner.world.registry.cursor() as cr:
        check_visits(cr, runner)
        check_movements(cr, runner)
        check_deals(cr, runner)


def check_after_story(runner, choice):
    """Check the invariants for random deals, groupings and instants, all durations, and the module's audit.

    :param Random choice: chooses deals, groupings and instants
    """
    with runner.world.registry.cursor() as cr:
        check_cohorts(cr, runner, choice)
        check_pipeline(cr, runner, choice)
        check_whole_database(cr)
        check_dwell(cr, runner)
        check_statistics(cr, runner, choice)
        check_audit(cr, runner)


def check_visits(cr, runner):
    """Compare the rows of the visit ledger with the oracle."""
    expected = {
        lead_id: [
            (
                visit.stage,
                visit.entered,
                visit.left,
                visit.outcome,
                visit.is_first,
                visit.converted,
                visit.next_stage,
                visit.state.team,
                visit.state.user,
                visit.state.company,
                visit.state.currency,
                visit.state.amount,
            )
            for visit in deal.visits
        ]
        for lead_id, deal in runner.oracle.deals.items()
        if deal.visits
    }
    assert_same("visits", reading.visits(cr, runner.world.first_deal), expected)


def check_movements(cr, runner):
    """Compare the lines of the movement ledger with the oracle. Lines of corrections add up to zero."""
    found = reading.lines(cr, runner.world.first_deal)
    expected = {
        lead_id: [
            (
                line.instant,
                line.day,
                line.kind,
                line.stage,
                line.team,
                line.user,
                line.company,
                line.currency,
                line.deadline,
                line.count,
                line.correction,
                line.amount,
            )
            for line in deal.lines
        ]
        for lead_id, deal in runner.oracle.deals.items()
        if deal.lines
    }
    assert_same("lines", found, expected)
    undone = reading.movements(cr, runner.world.first_deal, PLACE, "is_correction")
    assert not any(count or amount for count, amount in undone.values()), undone


def check_deals(cr, runner):
    """Compare the time in stage and the pushes of each deal with the oracle."""
    found = reading.deal_fields(cr, runner.world.first_deal)
    for lead_id, deal in runner.oracle.deals.items():
        if deal.state is None:
            assert lead_id not in found
            continue
        since, *pushes = found[lead_id]
        assert tuple(pushes) == deal.pushes(), f"pushes of {lead_id}: {pushes}, not {deal.pushes()}"
        if deal.state.status in (OPEN, "won"):
            assert since == deal.in_stage_since, f"in stage since, {lead_id}: {since}, not {deal.in_stage_since}"


def check_cohorts(cr, runner, choice):
    """Check that the entries of a stage equal the sum of all outcomes (docs/definitions.md, Stage visits)."""
    lead_ids = sorted(runner.oracle.deals)
    deals = set(choice.sample(lead_ids, choice.randint(0, len(lead_ids))))
    rows = [
        row
        for lead_id, found in reading.visits(cr, runner.world.first_deal).items()
        if lead_id in deals
        for row in found
    ]
    visits = [
        visit for lead_id in deals for visit in runner.oracle.deals[lead_id].visits if visit.outcome != "correction"
    ]
    outcomes = ("advanced", "moved_back", "won", "lost", "removed", "skipped", "open")
    for stage in runner.world.stages.values():
        entries = sum(visit.stage == stage for visit in visits)
        assert entries == sum(row[0] == stage and row[3] in outcomes for row in rows)
    cr.execute(
        "SELECT count(*) FROM crm_stage_visit WHERE left_at < entered_at OR (left_at IS NULL) <> (outcome = 'open')"
    )
    assert cr.fetchone() == (0,)


def check_pipeline(cr, runner, choice):
    """Check opening + movements = closing for random groupings (docs/definitions.md, Pipeline movements)."""
    moments = sorted({*runner.oracle.instants, *(instant + timedelta(seconds=1) for instant in runner.oracle.instants)})
    if not moments:
        return
    for _round in range(4):
        columns = choice.sample(PLACE, choice.randint(0, len(PLACE)))
        begin, end = sorted(choice.choices(moments, k=2))
        between = reading.movements(cr, runner.world.first_deal, columns, "date > %s AND date <= %s", (begin, end))
        opening, closing = (runner.oracle.balances(moment, columns) for moment in (begin, end))
        for group in opening.keys() | between.keys() | closing.keys():
            moved = between.get(group, (0, 0))
            count, amount = opening[group]
            assert (count + moved[0], amount + moved[1]) == closing[group], (columns, begin, end, group)


def check_whole_database(cr):
    """Check that all lines add up to the present pipeline and that each open deal has one open visit, in its stage."""
    total = reading.movements(cr, 0, PLACE, "TRUE")
    assert {group: sums for group, sums in total.items() if any(sums)} == reading.live_pipeline(cr, PLACE)
    cr.execute(f"""
        SELECT count(*) FROM ({reading.LIVE}) live
        FULL JOIN (SELECT * FROM crm_stage_visit WHERE outcome = 'open') visit ON visit.lead_ref = live.id
        WHERE visit.stage_id IS DISTINCT FROM live.stage_id OR live.id IS NULL OR visit.id IS NULL
    """)
    assert cr.fetchone() == (0,)


def check_dwell(cr, runner):
    """Check the days of the present visit and of all visits of a stage (docs/definitions.md, Dwell time)."""
    cr._now = now = runner.instant
    env = api.Environment(cr, SUPERUSER_ID, {})
    open_deals = {lead_id: deal for lead_id, deal in runner.oracle.deals.items() if deal.recorded_status == OPEN}
    for lead in env["crm.lead"].browse(open_deals):
        expected = max((now - open_deals[lead.id].open_visit.entered).total_seconds(), 0) / 86400
        assert lead.stage_days == pytest.approx(expected, abs=0.051)
    refs = list(runner.oracle.deals)
    found = env["crm.stage.visit"]._read_group([("lead_ref", "in", refs)], ["lead_ref", "stage_id"], ["days:sum"])
    for lead_id, stage, days in found:
        expected = runner.oracle.deals[lead_id].days_by_stage(now).get(stage.id or None, 0)
        assert days == pytest.approx(expected), f"days of {lead_id} in {stage.name}"


def check_statistics(cr, runner, choice):
    """Check the statistics of stages, and what became of deals from an age on (docs/definitions.md, Dwell time)."""
    cr._now = now = runner.instant
    visits = api.Environment(cr, SUPERUSER_ID, {})["crm.stage.visit"]
    refs = choice.sample(sorted(runner.oracle.deals), choice.randint(0, len(runner.oracle.deals)))
    by_stage, ages, fates = {}, (0, 1, 10), Counter()
    for lead_id in refs:
        deal = runner.oracle.deals[lead_id]
        stays = [visit for visit in deal.visits if visit.outcome not in ("skipped", "correction")]
        for visit in deal.visits:
            if visit.outcome == "correction":
                continue
            stage = visit.stage or False
            by_stage.setdefault(stage, [])
            if visit.outcome == "skipped":
                continue
            length = (visit.left or max(now, visit.entered)) - visit.entered
            by_stage[stage].append((plain_dwell.whole_days(length, visit.outcome), visit.outcome))
            state = stays[-1].outcome if stays[-1].outcome in ENDED else OPEN
            for age in ages:
                if visit.is_first and length >= timedelta(days=age):
                    fates.update({(stage, age, "deals"): 1, (stage, age, state): 1})
    found = {row["stage_id"]: row for row in visits.stage_statistics([("lead_ref", "in", refs)])}
    assert found.keys() == by_stage.keys()
    for stage, row in found.items():
        assert not (texts := plain_dwell.differences(row, by_stage[stage])), f"statistics of {stage}: {texts}"
    of_ages = visits._outcomes_from_age([("lead_ref", "in", refs)], ages)
    counts = {(*key, kind): number for key, kinds in of_ages.items() for kind, number in kinds.items() if number}
    assert counts == fates


def check_audit(cr, runner):
    """Run the daily audit, which logs a warning if it corrects anything.

    It runs at the latest instant of the story: it does not believe times after now (see `test_clock`).
    """
    cr._now = runner.latest
    api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.audit"]._cron_audit()


def assert_same(what, found, expected):
    """Compare two tables by lead id and report the first deal that differs."""
    for lead_id in sorted(found.keys() | expected.keys()):
        ledger_rows, oracle_rows = found.get(lead_id, []), expected.get(lead_id, [])
        if ledger_rows != oracle_rows:
            raise AssertionError(
                f"{what} of {lead_id}:\n"
                + "\n".join(f"ledger {row}" for row in ledger_rows)
                + "\n"
                + "\n".join(f"oracle {row}" for row in oracle_rows)
            )
