"""Check that no file is longer than 600 lines and no function longer than 50."""

import ast

LONGEST_FILE = 600
LONGEST_FUNCTION = 50
SUFFIXES = {".py", ".js", ".mjs", ".scss", ".xml"}
EXCLUDED = {"node_modules", "__pycache__", "lib", "description", "i18n"}


def findings(root, names):
    """Return a line of text for each file or function that is too long.

    :param Path root: the checkout
    :param names: names of files and folders to check
    """
    found = []
    for path in sorted(files(root, names)):
        text = path.read_text(encoding="utf-8")
        relative = path.relative_to(root)
        length = len(text.splitlines())
        if length > LONGEST_FILE:
            found.append(f"{relative}:1: {length} lines, more than {LONGEST_FILE}")
        if path.suffix in ("", ".py"):
            found += [f"{relative}:{line}: {problem}" for line, problem in long_functions(text)]
    return found


def files(root, names):
    """Yield the source files among some files and folders."""
    for name in names:
        path = root / name
        if path.is_file():
            yield path
        for below in path.rglob("*"):
            if below.suffix in SUFFIXES and below.is_file() and EXCLUDED.isdisjoint(below.relative_to(root).parts):
                yield below


def long_functions(text):
    """Yield (line, problem) of each function that is too long. Its docstring does not count."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            docstring = first.end_lineno - first.lineno + 1 if documented else 0
            length = node.end_lineno - node.lineno + 1 - docstring
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines, more than {LONGEST_FUNCTION}"
