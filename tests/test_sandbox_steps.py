"""A step of the set-up is made once, and a half-made one is never taken for a whole."""

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
    # Defaults are bound when functions are defined.
    monkeypatch.setattr(steps.locked.__wrapped__, "__defaults__", (tmp_path / "lock",))
    return Work(tmp_path)


class Work:
    """Steps that write files, and what was made by them in which order."""

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


def test_second_start_makes_nothing(work):
    needed = [work.step("a"), work.step("b")]
    assert steps.ensure(needed) == ["a", "b"]
    assert steps.ensure(needed) == []
    assert work.made == ["a", "b"]


def test_interrupted_step_is_made_again_and_only_it(work):
    with pytest.raises(Problem):
        steps.ensure([work.step("a"), work.step("b", fails=True), work.step("c")])
    assert (work.directory / "b").read_text() == "half"
    assert steps.ensure([work.step("a"), work.step("b"), work.step("c")]) == ["b", "c"]
    assert (work.directory / "b").read_text() == "whole"


def test_changed_input_is_made_again(work):
    steps.ensure([work.step("a", key="1")])
    assert steps.ensure([work.step("a", key="2")]) == ["a"]


def test_interrupted_change_does_not_count_as_the_old_thing(work):
    steps.ensure([work.step("a", key="1")])
    with pytest.raises(Problem):
        steps.ensure([work.step("a", key="2", fails=True)])
    assert steps.ensure([work.step("a", key="1")]) == ["a"]


def test_removed_thing_is_made_again(work):
    steps.ensure([work.step("a")])
    (work.directory / "a").unlink()
    assert steps.ensure([work.step("a")]) == ["a"]


def test_disk_is_asked_only_where_something_is_missing(work, monkeypatch):
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


def test_killed_process_leaves_neither_a_lock_nor_a_whole_thing(tmp_path):
    def start(seconds):
        program = KILLED.format(parts=str(places.PARTS), directory=str(tmp_path), seconds=seconds)
        return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)

    with start(60) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    with start(0) as process:
        assert process.communicate(timeout=20)[0].splitlines() == ["begun", "['thing']"]
    assert (tmp_path / "thing").read_text() == "whole"


def test_two_processes_make_it_once(tmp_path):
    program = KILLED.format(parts=str(places.PARTS), directory=str(tmp_path), seconds=1)
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=30)[0] for process in both)
    assert said.count("begun") == 1
    assert sorted(line for line in said.splitlines() if line != "begun") == ["['thing']", "[]"]


def test_everything_is_set_up_here_and_nothing_made_twice():
    begun = time.time()
    # Asked before, because what was made again would be what this runs in.
    assert [step.name for step in setup.needed_steps() if not step.is_done()] == []
    assert setup.prepare() == []
    assert all(stamp.stat().st_mtime < begun for stamp in places.STAMPS.iterdir())


def test_daily_commands_leave_the_home_alone(tmp_path, odoo_environment):
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, places.ROOT / "sandbox", "odoo", "--version"]
    result = subprocess.run(
        command, env=odoo_environment | {"HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "19.0" in result.stdout
    assert list(home.iterdir()) == []
