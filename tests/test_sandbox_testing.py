"""Runs of many test files are shared among processes."""

import pytest
import testing


@pytest.mark.parametrize(
    "arguments", [[], ["-x", "-k", "visits"], ["tests"], ["--lf"], ["sales_process_control/tests", "-q"]]
)
def test_whole_runs_are_shared(arguments):
    assert testing.sharing_options(arguments, cores=2) == ["-n", "2"]
    assert testing.sharing_options(arguments, cores=64) == ["-n", "4"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["tests/test_past.py"],
        ["-q", "tests/test_past.py::test_recording_rebuilding_and_importing_give_the_same_rows"],
        ["-k", "visits", "-s"],
        ["-xs"],
        ["--pdb"],
        ["--capture=no"],
        ["--collect-only"],
        ["-n0"],
        ["-n", "3"],
        ["--numprocesses=3"],
    ],
)
def test_single_files_and_debuggers_use_one_process(arguments):
    assert testing.sharing_options(arguments, cores=2) == []


def test_one_core_uses_one_process():
    assert testing.sharing_options([], cores=1) == []
