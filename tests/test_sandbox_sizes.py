"""`./sandbox lint` reports files of more than 600 lines and functions of more than 50."""

import pytest
import sizes


def function_of(lines, docstring=""):
    """Return the source of a function with some lines, its docstring aside."""
    return "def f():\n" + docstring + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(("name", "line"), [("a.py", "x = 1\n"), ("a.js", "x();\n"), ("a.xml", "<a/>\n")])
def test_files_of_up_to_600_lines_are_allowed(tmp_path, name, line):
    path = tmp_path / name
    path.write_text(line * 600)
    assert sizes.findings(tmp_path, [name]) == []
    path.write_text(line * 601)
    assert sizes.findings(tmp_path, [name]) == [f"{name}:1: 601 lines, more than 600"]


def test_functions_of_up_to_50_lines_are_allowed(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("\n" + function_of(50))
    assert sizes.findings(tmp_path, ["a.py"]) == []
    path.write_text("\n" + function_of(51))
    assert sizes.findings(tmp_path, ["a.py"]) == ["a.py:2: f has 51 lines, more than 50"]


def test_the_docstring_of_a_function_does_not_count(tmp_path):
    docstring = '    """Return nothing.\n\n    More.\n    """\n'
    (tmp_path / "a.py").write_text(function_of(50, docstring))
    assert sizes.findings(tmp_path, ["a.py"]) == []


def test_folders_are_searched_except_libraries(tmp_path):
    for folder in ("models", "static/lib", "node_modules/a"):
        (tmp_path / "module" / folder).mkdir(parents=True)
        (tmp_path / "module" / folder / "a.js").write_text("x();\n" * 601)
    assert sizes.findings(tmp_path, ["module"]) == ["module/models/a.js:1: 601 lines, more than 600"]
