"""Find uses that run against the order of the module's folders.

The order is the table in `docs/house.md`: a folder may use the folders above it, none below. A use is an import, or
the name of a model in an environment (`env["crm.lead"]`), in `_inherit` or `_inherits`, or as the comodel of a
relational field. A field or method that a lower folder adds to a model cannot be recognised, because that takes types.

The sources are parsed, not imported, so that Odoo is not needed. Start reading at :func:`upward_uses`.
"""

import ast
import re
from pathlib import Path
from typing import NamedTuple

HOUSE = Path("docs") / "house.md"
MODULE = "sales_process_control"
ADDON = ("odoo", "addons", MODULE)
ROW = re.compile(r"^\| \d+ \| `(?P<folder>[\w/]+)/` \|", re.MULTILINE)
#: Without a place in the order: `const.py` is for all folders, and the other files of the module itself and of `models`
#: only import them. Migrations and tests may use everything.
COLLECTING_FOLDERS = {".", "models"}
FREE_FOLDERS = {"migrations", "tests"}
ENVIRONMENTS = {"env", "registry", "pool"}
RELATIONAL = {"Many2one", "One2many", "Many2many"}
INHERITANCE = {"_inherit", "_inherits"}
#: A row of the table of hooks: the method of a model, when it is called, and the rooms that extend it.
HOOK = re.compile(r"^\| `crm\.[a-z.]+\.(?P<method>_\w+)(\(.*\))?` \| [^|]+ \| (?P<rooms>[a-z_, ]+) \|$", re.MULTILINE)


class Use(NamedTuple):
    """One place where a folder uses another one.

    :param str path: the file, relative to the module
    :param str target: the model, or the path of the imported module or name
    """

    path: str
    line: int
    user: str
    used: str
    target: str

    def __str__(self):
        return f"{MODULE}/{self.path}:{self.line}: {self.user} uses {self.target} of {self.used}"


def upward_uses(root):
    """Return the uses of folders that stand lower in the order, sorted by file and line.

    :param Path root: the checkout
    :rtype: list[Use]
    """
    order = ordered_folders(root)
    rank = {folder: number for number, folder in enumerate(order)}
    sources = list(parsed_sources(root, rank))
    homes = homes_of_models(sources, rank)
    uses = (use for path, folder, tree in sources for use in uses_in(path, folder, tree, rank, homes))
    return sorted(use for use in uses if rank[use.used] > rank[use.user])


def ordered_folders(root):
    """Return the folders of the table, from the first, which uses no other one, to the last.

    :param Path root: the checkout
    :rtype: list[str]
    """
    return ROW.findall((root / HOUSE).read_text(encoding="utf-8"))


def listed_hooks(root):
    """Return the rooms that extend each hook, as the table says.

    :param Path root: the checkout
    :rtype: dict[str, list[str]]
    """
    rows = HOOK.finditer((root / HOUSE).read_text(encoding="utf-8"))
    return {row["method"]: row["rooms"].split(", ") for row in rows}


def extending_rooms(root, methods):
    """Return the rooms, folders of `models/`, whose sources define some methods of others: without the first room.

    :param Path root: the checkout
    :param methods: names of methods that no two models have
    :rtype: dict[str, list[str]]
    """
    order = ordered_folders(root)
    found = {method: set() for method in methods}
    for _path, folder, tree in parsed_sources(root, {folder: number for number, folder in enumerate(order)}):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in found:
                found[node.name].add(folder)
    ordered = {method: sorted(folders, key=order.index) for method, folders in found.items()}
    return {method: [folder.removeprefix("models/") for folder in folders[1:]] for method, folders in ordered.items()}


def folders_with_python(root):
    """Return the folders of the module that need a place in the order.

    :param Path root: the checkout
    :rtype: set[str]
    """
    module = root / MODULE
    folders = {path.parent.relative_to(module) for path in module.rglob("*.py")}
    return {str(folder) for folder in folders if FREE_FOLDERS.isdisjoint(folder.parts[:1])} - COLLECTING_FOLDERS


def files_without_folder(root):
    """Return the files in `models/` itself, which belong into one of its folders.

    :param Path root: the checkout
    :rtype: list[str]
    """
    return sorted(path.name for path in (root / MODULE / "models").glob("*.py") if path.name != "__init__.py")


def parsed_sources(root, rank):
    """Yield (path relative to the module, folder, syntax tree) of each file in a folder of the order."""
    module = root / MODULE
    for path in sorted(module.rglob("*.py")):
        relative = path.relative_to(module)
        folder = folder_of(relative.parts, rank)
        if folder:
            yield relative, folder, ast.parse(path.read_text(encoding="utf-8"))


def folder_of(parts, rank):
    """Return the longest folder of the order that holds a path, None if there is none.

    :param parts: the path relative to the module, as a sequence of names
    """
    candidates = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((folder for folder in candidates if folder in rank), None)


def homes_of_models(sources, rank):
    """Return the folder that defines each model of the module, by the model's name.

    A class with both `_name` and `_inherit` may extend a model: the highest folder that assigns the name defines it.
    """
    homes = {}
    for _path, folder, tree in sources:
        for node in strings_assigned(tree, {"_name"}):
            homes[node.value] = min(folder, homes.get(node.value, folder), key=rank.get)
    return homes


def uses_in(path, folder, tree, rank, homes):
    """Yield the uses of other folders in one file."""
    for node in named_models(tree):
        home = homes.get(node.value, folder)
        if home != folder:
            yield Use(str(path), node.lineno, folder, home, node.value)
    for line, target in imported_paths(path, tree):
        used = folder_of(target, rank)
        if used and used != folder:
            yield Use(str(path), line, folder, used, "/".join(target))


def named_models(tree):
    """Yield the string constants of a syntax tree that name a model."""
    yield from strings_assigned(tree, INHERITANCE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and is_environment(node.value) and is_string(node.slice):
            yield node.slice
        elif isinstance(node, ast.Call) and name_of(node.func) in RELATIONAL:
            named = (keyword.value for keyword in node.keywords if keyword.arg == "comodel_name")
            yield from filter(is_string, (*node.args[:1], *named))


def strings_assigned(tree, names):
    """Yield the string constants that are assigned to one of some names: one, or those in a list or dictionary."""
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [node.target] if isinstance(node, ast.AnnAssign) else [])
        if any(isinstance(target, ast.Name) and target.id in names for target in targets):
            # The keys of `_inherits` are models, its values are fields.
            values = node.value.keys if isinstance(node.value, ast.Dict) else [node.value]
            yield from (part for value in values for part in ast.walk(value) if is_string(part))


def is_environment(node):
    """Return whether an expression maps names to models: `self.env`, `env(user=user)`, `self.env.registry`."""
    if isinstance(node, ast.Call):
        return is_environment(node.func)
    name = name_of(node)
    return name in ENVIRONMENTS or name.endswith("_env")


def name_of(node):
    """Return the last name of an expression: `Many2one` of `fields.Many2one`."""
    return getattr(node, "attr", getattr(node, "id", ""))


def is_string(node):
    """Return whether an expression is a string constant."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def imported_paths(path, tree):
    """Yield (line, path relative to the module as a tuple) of each import from the module.

    :param Path path: the importing file, relative to the module
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            stem = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                package = (*ADDON, *path.parent.parts)
                stem = (*package[: len(package) - node.level + 1], *stem)
            imported = [(alias.lineno, (*stem, alias.name)) for alias in node.names]
        elif isinstance(node, ast.Import):
            imported = [(alias.lineno, tuple(alias.name.split("."))) for alias in node.names]
        else:
            continue
        for line, target in imported:
            if target[: len(ADDON)] == ADDON:
                yield line, target[len(ADDON) :]
