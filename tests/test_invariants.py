"""The invariants of both ledgers, under whatever people do to deals.

Each story runs on cursors that commit, go back to savepoints and roll back. After each transaction that was committed
both ledgers are compared with an oracle that has seen the deals only.
"""

import logging
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from story_checks import check_after_story, check_after_transaction
from story_memory import REMEMBERED
from story_strategies import stories
from story_teller import Complaints, Teller
from story_world import World

#: Ten transactions a story; all of it takes one to four minutes, by what else the machine has to do.
STORIES = 120


@pytest.fixture
def world(module_db, registry_of):
    """One database for all stories: each begins by putting it in order."""
    return World(registry_of(module_db))


@pytest.fixture
def complaints():
    """What the module warns about during a test."""
    handler, logger = Complaints(), logging.getLogger("odoo.addons.sales_process_control")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def play(world, complaints, story, choice):
    """Tell a story, and compare both ledgers with the oracle at each step.

    :param Random choice: which deals, groupings and moments are looked at
    :return: the teller
    """
    world.put_in_order()
    complaints.texts.clear()
    teller = Teller(world)
    for transaction in story:
        if teller.tell(transaction):
            check_after_transaction(teller)
        assert not complaints.texts, complaints.texts
    check_after_story(teller, choice)
    assert not complaints.texts, complaints.texts
    return teller


# New stories on each run: what a run finds it prints as a story, to be remembered below. One database serves all.
@settings(
    max_examples=STORIES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(story=stories(), choice=st.randoms(use_true_random=False))
def test_ledgers_follow_any_story(world, complaints, story, choice):
    teller = play(world, complaints, story, choice)
    event(f"transactions that Odoo refused: {len(teller.refused)}")


def test_ledgers_follow_remembered_stories(world, complaints):
    failures = []
    for name, story in REMEMBERED.items():
        try:
            teller = play(world, complaints, story, Random(name))
            assert not teller.refused, teller.refused
        except AssertionError as error:
            failures.append(f"{name}: {error}")
    assert not failures, "\n\n".join(failures)
