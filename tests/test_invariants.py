"""The ledgers keep their invariants under random operations on deals.

A story is a sequence of transactions that commit, roll back, or return to savepoints. After each commit both ledgers
are compared with an oracle that observes the deals only.
"""

import logging
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from story_checks import check_after_story, check_after_transaction
from story_regressions import REGRESSIONS
from story_runner import ModuleWarnings, StoryRunner
from story_strategies import stories
from story_world import World

#: A story has about ten transactions. All stories take one to four minutes, depending on the load of the machine.
STORIES = 120


@pytest.fixture
def world(module_db, registry_of):
    """The database of all stories. `World.put_in_order` resets it before each of them."""
    return World(registry_of(module_db))


@pytest.fixture
def complaints():
    """The warnings that the module logs during a test."""
    handler, logger = ModuleWarnings(), logging.getLogger("odoo.addons.sales_process_control")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


def play(world, complaints, story, choice):
    """Run a story, and compare both ledgers with the oracle after each commit.

    :param Random choice: chooses the deals, groupings and instants for the checks after the story
    :rtype: StoryRunner
    """
    world.put_in_order()
    complaints.texts.clear()
    runner = StoryRunner(world)
    for transaction in story:
        if runner.run(transaction):
            check_after_transaction(runner)
        assert not complaints.texts, complaints.texts
    check_after_story(runner, choice)
    assert not complaints.texts, complaints.texts
    return runner


# Each run creates new stories. If one fails, Hypothesis prints it, and it belongs into story_regressions.py.
@settings(
    max_examples=STORIES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(story=stories(), choice=st.randoms(use_true_random=False))
def test_ledgers_follow_any_story(world, complaints, story, choice):
    runner = play(world, complaints, story, choice)
    event(f"transactions that Odoo refused: {len(runner.refused)}")


def test_ledgers_follow_remembered_stories(world, complaints):
    failures = []
    for name, story in REGRESSIONS.items():
        try:
            runner = play(world, complaints, story, Random(name))
            assert not runner.refused, runner.refused
        except AssertionError as error:
            failures.append(f"{name}: {error}")
    assert not failures, "\n\n".join(failures)
