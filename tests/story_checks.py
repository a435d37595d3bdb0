"""The comparison of both ledgers with what the oracle says."""

from datetime import timedelta

import ledger_reading as reading
import pytest
from oracle_words import OPEN, PLACE

from odoo import SUPERUSER_ID, api


def check_after_transaction(teller):
    """Row for row, and number for number."""
    with teller.world.registry.cursor() as cr:
        check_stays(cr, teller)
        check_lines(cr, teller)
        check_deals(cr, teller)


def check_after_story(teller, choice):
    """The invariants for deals, groupings and moments chosen at random; dwell; and the module's own proof."""
    with teller.world.registry.cursor() as cr:
        check_cohorts(cr, teller, choice)
        check_pipeline(cr, teller, choice)
        check_whole_database(cr)
        check_dwell(cr, teller)
        check_audit(cr, teller)


def check_stays(cr, teller):
    """The visit ledger is the oracle's, row for row."""
    wanted = {
        number: [
            (
                stay.stage,
                stay.entered,
                stay.left,
                stay.outcome,
                stay.first,
                stay.converted,
                stay.next_stage,
                stay.seen.team,
                stay.seen.user,
                stay.seen.company,
                stay.seen.currency,
                stay.seen.amount,
            )
            for stay in deal.stays
        ]
        for number, deal in teller.oracle.deals.items()
        if deal.stays
    }
    assert_same("stays", reading.visits(cr, teller.world.first_deal), wanted)


def check_lines(cr, teller):
    """The movement ledger is the oracle's, line for line; those of slips cancel."""
    found = reading.lines(cr, teller.world.first_deal)
    wanted = {
        number: [
            (
                line.instant,
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
        for number, deal in teller.oracle.deals.items()
        if deal.lines
    }
    assert_same("lines", found, wanted)
    slips = reading.movements(cr, teller.world.first_deal, PLACE, "is_correction")
    assert not any(count or amount for count, amount in slips.values()), slips


def check_deals(cr, teller):
    """Each deal shows since when it is in its stage, and its pushes."""
    found = reading.numbers_of_deals(cr, teller.world.first_deal)
    for number, deal in teller.oracle.deals.items():
        if deal.seen is None:
            assert number not in found
            continue
        since, *pushes = found[number]
        assert tuple(pushes) == deal.pushes(), f"pushes of {number}: {pushes}, not {deal.pushes()}"
        if deal.seen.status in (OPEN, "won"):
            assert since == deal.in_stage_since, f"in stage since, {number}: {since}, not {deal.in_stage_since}"


def check_cohorts(cr, teller, choice):
    """Entries = advanced + moved back + won + lost + removed + skipped + still here (D1)."""
    numbers = sorted(teller.oracle.deals)
    deals = set(choice.sample(numbers, choice.randint(0, len(numbers))))
    rows = [
        row for number, kept in reading.visits(cr, teller.world.first_deal).items() if number in deals for row in kept
    ]
    stays = [stay for number in deals for stay in teller.oracle.deals[number].stays if stay.outcome != "correction"]
    outcomes = ("advanced", "moved_back", "won", "lost", "removed", "skipped", "open")
    for stage in teller.world.stages.values():
        entries = sum(stay.stage == stage for stay in stays)
        assert entries == sum(row[0] == stage and row[3] in outcomes for row in rows)
    cr.execute(
        "SELECT count(*) FROM crm_stage_visit WHERE left_at < entered_at OR (left_at IS NULL) <> (outcome = 'open')"
    )
    assert cr.fetchone() == (0,)


def check_pipeline(cr, teller, choice):
    """Opening + movements between = closing, for any grouping and any two moments (D8)."""
    moments = sorted({*teller.oracle.instants, *(instant + timedelta(seconds=1) for instant in teller.oracle.instants)})
    if not moments:
        return
    for _round in range(4):
        columns = choice.sample(PLACE, choice.randint(0, len(PLACE)))
        begin, end = sorted(choice.choices(moments, k=2))
        between = reading.movements(cr, teller.world.first_deal, columns, "date > %s AND date <= %s", (begin, end))
        opening, closing = (teller.oracle.balances(moment, columns) for moment in (begin, end))
        for group in opening.keys() | between.keys() | closing.keys():
            moved = between.get(group, (0, 0))
            count, amount = opening[group]
            assert (count + moved[0], amount + moved[1]) == closing[group], (columns, begin, end, group)


def check_whole_database(cr):
    """The sum of all lines is the pipeline that is live now, and each open deal has one open visit, where it is."""
    total = reading.movements(cr, 0, PLACE, "TRUE")
    assert {group: sums for group, sums in total.items() if any(sums)} == reading.live_pipeline(cr, PLACE)
    cr.execute(f"""
        SELECT count(*) FROM ({reading.LIVE}) live
        FULL JOIN (SELECT * FROM crm_stage_visit WHERE outcome = 'open') visit ON visit.lead_ref = live.id
        WHERE visit.stage_id IS DISTINCT FROM live.stage_id OR live.id IS NULL OR visit.id IS NULL
    """)
    assert cr.fetchone() == (0,)


def check_dwell(cr, teller):
    """Both dwell times: of this visit, and in all (D4)."""
    cr._now = now = teller.instant
    env = api.Environment(cr, SUPERUSER_ID, {})
    open_deals = {number: deal for number, deal in teller.oracle.deals.items() if deal.standing == OPEN}
    for lead in env["crm.lead"].browse(open_deals):
        this = max((now - open_deals[lead.id].current.entered).total_seconds(), 0) / 86400
        assert lead.stage_days == pytest.approx(this, abs=0.051)
    refs = list(teller.oracle.deals)
    found = env["crm.stage.visit"]._read_group([("lead_ref", "in", refs)], ["lead_ref", "stage_id"], ["days:sum"])
    for number, stage, days in found:
        wanted = teller.oracle.deals[number].days_by_stage(now).get(stage.id or None, 0)
        assert days == pytest.approx(wanted), f"days of {number} in {stage.name}"


def check_audit(cr, teller):
    """The daily proof has nothing to mend in ledgers that are right: it warns where it does."""
    cr._now = teller.instant
    api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.audit"]._cron_audit()


def assert_same(what, found, wanted):
    """Compare what each deal has, and show the first that differs."""
    for number in sorted(found.keys() | wanted.keys()):
        kept, told = found.get(number, []), wanted.get(number, [])
        if kept != told:
            raise AssertionError(
                f"{what} of {number}:\n"
                + "\n".join(f"ledger {row}" for row in kept)
                + "\n"
                + "\n".join(f"oracle {row}" for row in told)
            )
