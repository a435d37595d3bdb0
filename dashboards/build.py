"""Write the dashboards of the addon `spreadsheet_dashboard_sales_process_control`: `python3 dashboards/build.py`.

`sales_process.py` says what they show, `sheet.py` how a document of o-spreadsheet is put together. Odoo Community can
show dashboards, but not edit them, so that the documents are written here. Update the addon afterwards.
"""

import json
from pathlib import Path

from sales_process import SalesProcess

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "spreadsheet_dashboard_sales_process_control" / "data" / "files"
#: Odoo looks for texts to translate in files of this name only.
NAMES = {"sales_process_dashboard.json": False, "my_sales_process_dashboard.json": True}


def texts():
    """Return the content of each file, by its name."""
    return {
        name: json.dumps(SalesProcess(own).document(), indent=1, ensure_ascii=False) + "\n"
        for name, own in NAMES.items()
    }


def main():
    """Write the files."""
    for name, text in texts().items():
        (FILES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
