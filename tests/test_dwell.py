"""Lengths of visits and what usually happens, against the definitions, `lifelines`, and each other."""

import warnings
from collections import Counter
from datetime import timedelta
from random import Random

import places
import plain_dwell
import plain_pipeline
import pytest
from hypothesis import given
from hypothesis import strategies as st

BANK_LOG = places.ROOT / "../shared/data/bpic2012_pipeline.csv"
TOLERANCE = 1e-9
OUTCOMES = ("advanced", "won", "lost", "moved_back", "open", "removed")
SHARES = ("went_on", "lost", "moved_back")
#: Lengths lie close together, so that many visits end on one day.
VISITS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(OUTCOMES)), max_size=40)


@pytest.fixture(scope="module")
def statistics():
    """The statistics of the module, which need no database."""
    from odoo.addons.sales_process_control import statistics

    return statistics


def dwell_of(statistics, visits):
    return statistics.Dwell((days, outcome, number) for (days, outcome), number in Counter(visits).items())


# ------------------------------------------------------------
# PROPERTIES
# ------------------------------------------------------------


@given(visits=VISITS)
def test_shares_add_up_and_are_monotone(statistics, visits):
    before = dict.fromkeys(SHARES, 0.0) | {"day": -1, "here": 1.0}
    for row in dwell_of(statistics, visits).incidence:
        assert sum(row[share] for share in (*SHARES, "here")) == pytest.approx(1, abs=1e-12)
        assert row["day"] > before["day"]
        assert -1e-15 <= row["here"] < before["here"]
        assert all(row[share] >= before[share] for share in SHARES)
        before = row


@given(visits=VISITS)
def test_results_are_those_of_the_definitions(statistics, visits):
    dwell = dwell_of(statistics, visits)
    found = {key: getattr(dwell, key) for key in ("visits", "open_visits", "median_days", "p90_days", "incidence")}
    assert plain_dwell.differences(found, visits) == []


@given(visits=VISITS, choice=st.randoms(use_true_random=False))
def test_order_and_grouping_do_not_matter(statistics, visits, choice):
    """Rows in any order, visits of one length and outcome in one row or in several, rows of no visit."""
    apart = [(days, outcome, 1) for days, outcome in visits] + [(5, "lost", 0), (40, "open", 0)]
    choice.shuffle(apart)
    together, other = dwell_of(statistics, visits), statistics.Dwell(apart)
    assert (other.median_days, other.p90_days) == (together.median_days, together.p90_days)
    assert other.incidence == together.incidence
    assert (other.visits, other.open_visits, other.ended) == (together.visits, together.open_visits, together.ended)


@given(visits=VISITS, times=st.integers(2, 5))
def test_the_same_visits_several_times(statistics, visits, times):
    """As many times the visits give the same shares."""
    once, more = dwell_of(statistics, visits), dwell_of(statistics, visits * times)
    assert (more.median_days, more.p90_days) == (once.median_days, once.p90_days)
    for row, other in zip(once.incidence, more.incidence, strict=True):
        assert other == pytest.approx(row, abs=1e-12)


@given(visits=VISITS)
def test_without_open_visits_shares_are_counts(statistics, visits):
    """If all visits have ended, the shares are plain shares, and the median is that of the lengths."""
    visits = [(days, outcome) for days, outcome in visits if outcome not in ("open", "removed")]
    dwell = dwell_of(statistics, visits)
    for row in dwell.incidence:
        past = Counter(plain_dwell.ENDS[outcome] for days, outcome in visits if days <= row["day"])
        assert row == pytest.approx(
            {
                "day": row["day"],
                **{share: past[share] / len(visits) for share in SHARES},
                "here": sum(days > row["day"] for days, _outcome in visits) / len(visits),
            },
            abs=1e-12,
        )
    if visits:
        lengths = sorted(days for days, _outcome in visits)
        assert dwell.median_days == lengths[(len(lengths) - 1) // 2]


# ------------------------------------------------------------
# LIFELINES
# ------------------------------------------------------------


def assert_same_as_lifelines(statistics, visits):
    """Compare the curve, the quantiles and the cumulative incidence with those of the package `lifelines`.

    :param visits: list of (whole days, outcome)
    """
    dwell = dwell_of(statistics, visits)
    ends = [plain_dwell.ENDS[outcome] for _days, outcome in visits]
    curve = fit_curve([days for days, _outcome in visits], [end is not None for end in ends])
    counts = Counter(zip((days for days, _outcome in visits), (end is not None for end in ends), strict=True))
    ours = statistics.kaplan_meier(
        (days, number * ended, number * (not ended)) for (days, ended), number in counts.items()
    )
    for days, lasting in ours:
        assert lasting == pytest.approx(curve.survival_function_.loc[days].iloc[0], abs=TOLERANCE)
    for lasting, found in ((0.5, dwell.median_days), (0.1, dwell.p90_days)):
        assert found == first_day(curve, lasting)
    assert [days for days, _lasting in ours] == [row["day"] for row in dwell.incidence]
    for share in SHARES:
        if share in ends:
            incidence = fit_incidence(visits, share)
            for row in dwell.incidence:
                assert row[share] == pytest.approx(incidence[row["day"]], abs=TOLERANCE), (share, row)
        else:
            assert not any(row[share] for row in dwell.incidence)


def first_day(curve, lasting):
    """Return the first day after which no more than this share lasts; None if there is none."""
    from lifelines.utils import qth_survival_time

    days = qth_survival_time(lasting + TOLERANCE, curve.survival_function_)
    return None if days == float("inf") else days


def fit_curve(lengths, ended):
    from lifelines import KaplanMeierFitter

    return KaplanMeierFitter().fit(lengths, ended)


def fit_incidence(visits, share):
    """Return the cumulative incidence of one way of ending, by whole days.

    Where several visits have the same length, lifelines moves them apart by random times, so that its result is not
    exact and visits that have not ended may come to stand before those that have. Here they are moved apart beforehand,
    by equal times, those that have not ended behind the others. The result at the end of the day is the same by
    definition: if d of n visits end on a day, one after the other, each of them takes 1/n of what was left before that
    day, (1 - 1/n) * 1/(n - 1) = 1/n and so on; visits that have not ended leave those at risk after all of them.
    """
    from lifelines import AalenJohansenFitter

    ordered = sorted(visits, key=lambda visit: (visit[0], plain_dwell.ENDS[visit[1]] is None))
    numbers = {None: 0} | {name: number for number, name in enumerate(SHARES, 1)}
    observed = [numbers[plain_dwell.ENDS[outcome]] for _days, outcome in ordered]
    fitter = AalenJohansenFitter(calculate_variance=False)
    with warnings.catch_warnings():
        # It must not have to move visits apart by itself.
        warnings.simplefilter("error")
        fitter.fit(list(range(1, len(ordered) + 1)), observed, event_of_interest=numbers[share])
    values = fitter.cumulative_density_.iloc[:, 0]
    return {days: values.loc[place] for place, (days, _outcome) in enumerate(ordered, 1)}


@pytest.mark.parametrize("seed", range(12))
def test_random_visits_against_lifelines(statistics, seed):
    choice = Random(seed)
    number, longest = choice.choice((5, 40, 300)), choice.choice((3, 30, 400))
    weights = [choice.random() for _outcome in OUTCOMES]
    visits = [(choice.randint(0, longest), outcome) for outcome in choice.choices(OUTCOMES, weights, k=number)]
    assert_same_as_lifelines(statistics, visits)


def test_visits_in_a_bank_against_lifelines(statistics):
    """The visits of the real log, at two instants: at its end, and half way, when most deals are open."""
    if not BANK_LOG.exists():
        pytest.xfail(f"{BANK_LOG.name} is absent: it is looked for in ../shared/data beside the checkout")
    events = plain_pipeline.read(BANK_LOG, None)
    half = events[len(events) // 2]["at"]
    for now, known_events in (
        (events[-1]["at"] + timedelta(days=1), events),
        (half, [event for event in events if event["at"] <= half]),
    ):
        stages = {}
        for row in plain_pipeline.Pipeline(known_events).rows():
            if row.outcome not in ("skipped", "correction"):
                days = plain_dwell.whole_days((row.left or now) - row.entered, row.outcome)
                stages.setdefault(row.stage, []).append((days, row.outcome))
        assert len(stages) == 4
        for visits in stages.values():
            assert_same_as_lifelines(statistics, visits)
