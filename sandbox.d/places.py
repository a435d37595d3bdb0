"""Where everything lies. Nothing is kept outside SANDBOX."""

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

# A checkout has a name of its own wherever something has to lie elsewhere.
CHECKOUT_ID = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def odoo_source():
    """The checkout of Odoo named by ODOO_SOURCE, or None for Debian's package."""
    value = os.environ.get("ODOO_SOURCE")
    return Path(value).expanduser().resolve() if value else None


def odoo_home():
    """The directory that holds Odoo's Python package `odoo`."""
    return odoo_source() or PREFIX / "usr/lib/python3/dist-packages"


def addons_path():
    """The directories in which Odoo looks for modules, this checkout first."""
    home = odoo_home()
    candidates = [ROOT, home / "odoo" / "addons", home / "addons"]
    return [path for path in candidates if path == ROOT or any(path.glob("*/__manifest__.py"))]
