"""Odoo's own checker of SQL injections finds nothing in the addons."""

import os
import subprocess

import places
import setup

#: A statement that is put together from a value of the caller.
INJECTION = """
def find(cr, name):
    cr.execute("SELECT id FROM crm_lead WHERE name = '%s'" % name)
"""


def findings_in(*paths):
    """Return the lines of the checker that tell of an injection in packages or files."""
    setup.prepare_linters()
    [checker] = [
        path for home in places.addons_path() for path in home.glob("test_lint/tests/*_checker_sql_injection.py")
    ]
    result = subprocess.run(
        [
            places.LINT_VENV / "bin/pylint",
            "--rcfile=/dev/null",
            f"--load-plugins={checker.stem}",
            "--disable=all",
            "--enable=sql-injection",
            "--ignore=tests",
            *paths,
        ],
        cwd=places.ROOT,
        env={**os.environ, "PYTHONPATH": str(checker.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rated at" in result.stdout, result.stdout + result.stderr
    return [line for line in result.stdout.splitlines() if "sql-injection" in line]


def test_no_statement_is_put_together_from_values():
    assert findings_in(*places.ADDON_NAMES) == []


def test_the_checker_finds_an_injection(tmp_path):
    """Without this, a checker that looks at nothing would pass the test above."""
    path = tmp_path / "injection.py"
    path.write_text(INJECTION, encoding="utf-8")
    assert len(findings_in(path)) == 1
