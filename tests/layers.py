"""Reads the module's sources and finds what runs against the order of its layers.

The order is the table in `docs/house.md`. Nothing of Odoo is imported.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

HOUSE = Path("docs") / "house.md"
MODULE = "sales_process_control"
ROW = re.compile(r"^\| (?P<tier>\d+) \| `(?P<folder>[\w/]+)/` \|", re.MULTILINE)
#: What a class says of a model: the keyword or attribute that names it.
FIELD_KEYWORDS = ("comodel_name",)
RELATIONAL = ("Many2one", "One2many", "Many2many", "LedgerReference")


class Use(NamedTuple):
    """One place that uses another: the file and line, the folder and what of it is used."""

    path: str
    line: int
    user: str
    used: str
    what: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.user} uses {self.what} of {self.used}"


def order_of_layers(root):
    """The rank of each folder of the module.

    :param Path root: the checkout
    :rtype: dict
    """
    text = (root / HOUSE).read_text(encoding="utf-8")
    return {row["folder"]: rank for rank, row in enumerate(ROW.finditer(text))}


def sources(root, folders):
    """(path below the module, folder, syntax tree) of each source file in some folders."""
    for folder in folders:
        for path in sorted((root / MODULE / folder).rglob("*.py")):
            yield path.relative_to(root / MODULE), folder, ast.parse(path.read_text(encoding="utf-8"))


def upward_uses(root):
    """Uses of a folder that stands later in the order, sorted by file and line.

    :param Path root: the checkout
    :rtype: list[Use]
    """
    rank = order_of_layers(root)
    trees = list(sources(root, rank))
    homes = homes_of_models(trees)
    uses = [use for path, folder, tree in trees for use in uses_in(path, folder, tree, rank, homes)]
    return sorted(use for use in uses if rank[use.used] > rank[use.user])


def homes_of_models(trees):
    """The folder that defines each model of the module, by name of the model."""
    homes = {}
    for _path, folder, tree in trees:
        for name in assigned_strings(tree, "_name"):
            homes[name] = folder
    return homes


def assigned_strings(tree, attribute):
    """The strings that classes assign to an attribute: one, or a list of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == attribute for one in node.targets
        ):
            yield from (part.value for part in ast.walk(node.value) if is_text(part))


def uses_in(path, folder, tree, rank, homes):
    """All uses of other folders in one file."""
    for node in ast.walk(tree):
        for what in used_models(node):
            if homes.get(what, folder) != folder:
                yield Use(str(path), node.lineno, folder, homes[what], what)
        if isinstance(node, ast.ImportFrom) and node.level:
            for target in imported_paths(path, node):
                used = folder_of(target, rank)
                if used and used != folder:
                    yield Use(str(path), node.lineno, folder, used, "/".join(target))


def used_models(node):
    """Names of models that a node of the syntax tree names."""
    if isinstance(node, ast.Subscript) and is_environment(node.value) and is_text(node.slice):
        yield node.slice.value
    if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "_inherit" for one in node.targets):
        yield from (part.value for part in ast.walk(node.value) if is_text(part))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RELATIONAL:
        yield from (argument.value for argument in node.args[:1] if is_text(argument))
        yield from (word.value.value for word in node.keywords if word.arg in FIELD_KEYWORDS and is_text(word.value))


def is_environment(node):
    """Whether an expression is an environment: `env`, `self.env`, `partners.env`."""
    return getattr(node, "attr", getattr(node, "id", None)) == "env"


def is_text(node):
    """Whether an expression is a string constant."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def imported_paths(path, node):
    """Paths below the module, as tuples, of what a relative import names."""
    package = path.parent.parts
    base = package[: len(package) - (node.level - 1)]
    stem = (*base, *(node.module.split(".") if node.module else ()))
    return [(*stem, alias.name) for alias in node.names]


def folder_of(target, rank):
    """The longest folder of the order that a path lies in, None if there is none."""
    found = ["/".join(target[:length]) for length in range(len(target), 0, -1)]
    return next((name for name in found if name in rank), None)


def uses_by_pair(uses):
    """How many uses there are of each pair of folders."""
    counts = defaultdict(int)
    for use in uses:
        counts[use.user, use.used] += 1
    return dict(counts)
