"""The addon with dashboards: its documents, and its own tests, which Odoo runs."""

import importlib.util
import itertools
import json
import sys

import neighbours
import places
import pytest

DASHBOARDS = places.DASHBOARDS_NAME
SCRIPTS = places.ROOT / "dashboards"


@pytest.fixture(scope="module")
def texts():
    """What the script writes, by the name of the file."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec = importlib.util.spec_from_file_location("dashboards_build", SCRIPTS / "build.py")
        build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build)
    finally:
        sys.path.remove(str(SCRIPTS))
    return build.texts()


def test_documents_are_those_that_the_script_writes(texts):
    folder = places.ROOT / DASHBOARDS / "data" / "files"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == texts


def test_figures_do_not_cover_each_other_or_texts(texts):
    for text in texts.values():
        [board, _data] = json.loads(text)["sheets"]
        figures = [(box["offset"]["x"], box["offset"]["y"], box["width"], box["height"]) for box in board["figures"]]
        widths = [board["cols"][str(number)]["size"] for number in range(board["colNumber"])]
        cells = [
            (sum(widths[: ord(address[0]) - ord("A")]), (int(address[1:]) - 1) * 23, 100, 23)
            for address in board["cells"]
        ]
        for figure, other in [*itertools.combinations(figures, 2), *itertools.product(figures, cells)]:
            (x, y, width, height), (other_x, other_y, other_width, other_height) = figure, other
            beside = x + width <= other_x or other_x + other_width <= x
            assert beside or y + height <= other_y or other_y + other_height <= y, (figure, other)


def test_suite_in_odoo(odoo_cli, module_db):
    suite = neighbours.run_tests(odoo_cli, module_db, f"/{DASHBOARDS}", "-i", DASHBOARDS)
    assert suite.number >= 10, "the suite did not run"
    assert not suite.failed
