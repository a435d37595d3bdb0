"""The faults that `benchmarks/mutations.py` puts into the code can still be put there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import mutations


def test_every_fault_can_be_put_into_the_code():
    mutations.check_table()
