"""Comments that name a heading of docs/definitions.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (
    "sales_process_control",
    "spreadsheet_dashboard_sales_process_control",
    "tests",
    "benchmarks",
    "dashboards",
    "sandbox.d",
)
SUFFIXES = {".py", ".js", ".xml", ".scss"}
#: Headings follow the name of the page and a comma. They begin with a capital.
REFERENCE = re.compile(r"definitions\.md,(?=\s)")
#: A line of a comment that goes on, up to its first word.
LINE_END = re.compile(r"\s*\n\s*(?:#:?|//|\*)?\s*")
#: What may follow the name of a heading.
END = r"(?=[).,:;]|$| and )"


def headings():
    text = (ROOT / "docs" / "definitions.md").read_text()
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def unknown_references(text, names):
    """Return the beginnings of references that name no heading, with the lines of the text in which they are.

    A reference may name several: the others begin with a capital and follow a comma or "and".
    """
    name = rf"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))}){END}"
    known = re.compile(rf"{name}(?:(?:, | and ){name})*(?!, [A-Z])")
    found = []
    for match in REFERENCE.finditer(text):
        named = LINE_END.sub(" ", text[match.end() : match.end() + 300]).lstrip()
        if named[:1].isupper() and not known.match(named):
            found.append((text.count("\n", 0, match.start()) + 1, named[:40]))
    return found


def test_every_heading_that_is_named_exists():
    names = headings()
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    assert len(files) > 500
    unknown = [
        f"{path.relative_to(ROOT)}:{line}: {named}"
        for path in files
        if path != Path(__file__).resolve()
        for line, named in unknown_references(path.read_text(), names)
    ]
    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Definitions: docs/definitions.md, Stage gate.", []),
        ("# (docs/definitions.md, Stage\n    # gate, Access and Pace).", []),
        ("See definitions.md, Access, or another page.", []),
        ("Numbers are in docs/definitions.md, and tests elsewhere.", []),
        ("\n(docs/definitions.md, Stage)", [2]),
        ("(docs/definitions.md,\n    Stage)", [1]),
        ("(docs/definitions.md, Access, Stage)", [1]),
        ("(docs/definitions.md, Stage gates)", [1]),
        ("(docs/definitions.md)", []),
    ],
)
def test_what_names_no_heading_is_found(text, lines):
    assert [line for line, _named in unknown_references(text, ["Stage gate", "Access", "Pace"])] == lines
