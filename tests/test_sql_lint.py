"""Odoo's own checker of SQL injections finds nothing in the module."""

import os
import subprocess

import places
import setup


def test_no_statement_is_put_together_from_values():
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
            places.MODULE_NAME,
        ],
        cwd=places.ROOT,
        env={**os.environ, "PYTHONPATH": str(checker.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    findings = [line for line in result.stdout.splitlines() if "sql-injection" in line]
    assert not findings, result.stdout
    assert "rated at" in result.stdout, result.stderr
