"""The keys of the context that the module reads, found in its sources."""

import ast
import sys
from pathlib import Path

MODULE = "odoo.addons.sales_process_control"
FOLDER = Path(__file__).parents[1]
#: Functions that may be given a whole context.
TAKE_ALL = {"clean_context", "with_context"}


def keys_in(source, names):
    """Return the keys of the context that a source reads.

    :param str source: the source
    :param dict names: the values of constants
    :raises AssertionError: for a use of the context that is not understood
    """
    tree, found, understood = ast.parse(source), set(), set()
    for node in ast.walk(tree):
        key = used = None
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                used, key = node.func.value, node.args[0] if node.args else None
            elif getattr(node.func, "attr", getattr(node.func, "id", None)) in TAKE_ALL:
                understood |= {id(value) for value in node.args}
        elif isinstance(node, ast.Subscript):
            used, key = node.value, node.slice
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            used, key = node.comparators[0], node.left
        if key is not None and is_context(used):
            found.add(key.value if isinstance(key, ast.Constant) else names[key.id])
            understood.add(id(used))
    others = [node.lineno for node in ast.walk(tree) if is_context(node) and id(node) not in understood]
    assert not others, f"use of the context that is not understood, lines {others}"
    return found


def is_context(node):
    """Return whether an expression is the context of an environment."""
    return isinstance(node, ast.Attribute) and ast.unparse(node).endswith("env.context")


def context_keys():
    """Return the keys of the context that the module reads, with the source that reads them."""
    found = set()
    for path in FOLDER.rglob("*.py"):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        if parts[0] in ("tests", "migrations", "__manifest__"):
            continue
        source = ".".join((MODULE, *parts)).removesuffix(".__init__")
        names = vars(sys.modules[source]) if source in sys.modules else {}
        found |= {(key, source) for key in keys_in(path.read_text(), names)}
    return found
