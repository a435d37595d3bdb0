"""A completed step of the set-up is not repeated, and an incomplete one never counts as completed."""

import signal
import subprocess
import sys
import time

import places
import pytest
import setup
import steps
from problems import Problem
from steps import Step


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "STAMPS", tmp_path / "stamps")
    # The default of the argument was bound when the function was defined.
    monkeypatch.setattr(steps.locked.__wrapped__, "__defaults__", (tmp_path / "lock",))
    return Work(tmp_path)


class Work:
    """Creates steps that write files, and lists the steps that were done."""

    def __init__(self, directory):
        self.directory = directory
        self.made = []

    def step(self, name, key="1", fails=False):
        proof = self.directory / name

        def make(_progress):
            self.made.append(name)
            proof.write_text("half")
            if fails:
                raise Problem("the mirror is gone")
            proof.write_text("whole")

        return Step(name, name.title(), key, proof, make)


def test_completed_steps_are_not_repeated(work):
    needed = [work.step("a"), work.step("b")]
    assert steps.ensure(needed) == ["a", "b"]
    assert steps.ensure(needed) == []
    assert work.made == ["a", "b"]


def test_only_the_interrupted_step_is_repeated(work):
    with pytest.raises(Problem):
        steps.ensure([work.step("a"), work.step("b", fails=True), work.step("c")])
    assert (work.directory / "b").read_text() == "half"
    assert steps.ensure([work.step("a"), work.step("b"), work.step("c")]) == ["b", "c"]
    assert (work.directory / "b").read_text() == "whole"


def test_a_step_with_changed_input_is_repeated(work):
    steps.ensure([work.step("a", key="1")])
    assert steps.ensure([work.step("a", key="2")]) == ["a"]


def test_a_step_interrupted_with_new_input_is_repeated_with_the_old_one(work):
    steps.ensure([work.step("a", key="1")])
    with pytest.raises(Problem):
        steps.ensure([work.step("a", key="2", fails=True)])
    assert steps.ensure([work.step("a", key="1")]) == ["a"]


def test_a_step_is_repeated_if_its_result_was_removed(work):
    steps.ensure([work.step("a")])
    (work.directory / "a").unlink()
    assert steps.ensure([work.step("a")]) == ["a"]


def test_disk_space_is_checked_only_before_a_step(work, monkeypatch):
    steps.ensure([work.step("a")])
    monkeypatch.setattr(steps, "ROOM_NEEDED", 2**70)
    assert steps.ensure([work.step("a")]) == []
    with pytest.raises(Problem, match="make room"):
        steps.ensure([work.step("a"), work.step("b")])


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {parts!r})
import places, steps
places.STAMPS = Path({directory!r}) / "stamps"
steps.locked.__wrapped__.__defaults__ = (Path({directory!r}) / "lock",)
thing = Path({directory!r}) / "thing"
def make(progress):
    thing.write_text("half")
    print("begun", flush=True)
    time.sleep({seconds})
    thing.write_text("whole")
print(steps.ensure([steps.Step("thing", "Thing", "1", thing, make)]), flush=True)
"""


def test_a_killed_process_leaves_no_lock_and_no_completed_step(tmp_path):
    def start(seconds):
        program = KILLED.format(parts=str(places.PARTS), directory=str(tmp_path), seconds=seconds)
        return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)

    with start(60) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    with start(0) as process:
        assert process.communicate(timeout=20)[0].splitlines() == ["begun", "['thing']"]
    assert (tmp_path / "thing").read_text() == "whole"


def test_two_processes_do_a_step_once(tmp_path):
    program = KILLED.format(parts=str(places.PARTS), directory=str(tmp_path), seconds=1)
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    output = "".join(process.communicate(timeout=30)[0] for process in both)
    assert output.count("begun") == 1
    assert sorted(line for line in output.splitlines() if line != "begun") == ["['thing']", "[]"]


def test_set_up_is_complete_and_not_repeated():
    started = time.time()
    # Checked first, because a repeated step would replace the environment in which this test runs.
    assert [step.name for step in setup.needed_steps() if not step.is_done()] == []
    assert setup.prepare() == []
    assert all(stamp.stat().st_mtime < started for stamp in places.STAMPS.iterdir())


def test_commands_write_nothing_to_the_home_directory(tmp_path, odoo_environment):
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, places.ROOT / "sandbox", "odoo", "--version"]
    result = subprocess.run(
        command, env=odoo_environment | {"HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "19.0" in result.stdout
    assert list(home.iterdir()) == []
