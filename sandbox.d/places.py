"""Paths of everything that the sandbox uses.

All files that it creates are in SANDBOX, with the exceptions in docs/sandbox.md.
"""

import hashlib
import os
from pathlib import Path

PARTS = Path(__file__).resolve().parent
ROOT = PARTS.parent
MODULE_NAME = "sales_process_control"
MODULE = ROOT / MODULE_NAME

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
