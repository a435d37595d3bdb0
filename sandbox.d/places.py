"""Paths of everything that the sandbox uses.

All files that it creates are in SANDBOX, with the exceptions in docs/sandbox.md.
"""

import ast
import hashlib
import os
from pathlib import Path

PARTS = Path(__file__).resolve().parent
ROOT = PARTS.parent
MODULE_NAME = "sales_process_control"
MODULE = ROOT / MODULE_NAME
# All addons of this checkout, the module first. The second one needs Odoo's `spreadsheet_dashboard`.
DASHBOARDS_NAME = "spreadsheet_dashboard_sales_process_control"
ADDON_NAMES = (MODULE_NAME, DASHBOARDS_NAME)
ADDONS = tuple(ROOT / name for name in ADDON_NAMES)

SANDBOX = ROOT / ".sandbox"
STAMPS = SANDBOX / "stamps"
LOGS = SANDBOX / "log"
LOCK = SANDBOX / "lock"
PREFIX = SANDBOX / "odoo"
VENV = SANDBOX / "venv"
VENV_PYTHON = VENV / "bin" / "python"
LINT_VENV = SANDBOX / "lint"
NODE = SANDBOX / "node"
ODOO_DATA = SANDBOX / "data"
ODOO_CONFIG = SANDBOX / "odoo.conf"
SCREENSHOTS = SANDBOX / "screenshots"

# Identifies the checkout in names outside of it: databases on a shared server, directories in /tmp.
CHECKOUT_ID = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def odoo_source():
    """Return the checkout of Odoo that ODOO_SOURCE names, or None if Debian's package is used."""
    value = os.environ.get("ODOO_SOURCE")
    return Path(value).expanduser().resolve() if value else None


def odoo_home():
    """Return the directory that contains Odoo's Python package `odoo`."""
    return odoo_source() or PREFIX / "usr/lib/python3/dist-packages"


def addons_path():
    """Return the directories where Odoo looks for modules, this checkout first."""
    home = odoo_home()
    candidates = [ROOT, home / "odoo" / "addons", home / "addons"]
    return [path for path in candidates if path == ROOT or any(path.glob("*/__manifest__.py"))]


def installable_addons():
    """Return the names of the addons of this checkout whose dependencies are on the addons path."""
    return [addon.name for addon in ADDONS if is_available(addon.name) and all(map(is_available, dependencies(addon)))]


def dependencies(addon):
    """Return the names of the addons that an addon depends on.

    :param Path addon: its directory
    """
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8")).get("depends", [])


def is_available(name):
    """Return whether an addon is on the addons path."""
    return any((path / name / "__manifest__.py").exists() for path in addons_path())
