"""The command `lint`: every linter at its pinned version, zero findings."""

import argparse
import subprocess
import sys
import time

import node
import places
import setup
import sizes

LINTED = [
    "sandbox",
    "sandbox.d",
    "conftest.py",
    "tests",
    "benchmarks",
    places.MODULE_NAME,
]
SCRIPTS = ("*.js", "*.mjs", "*.xml")


def run(arguments):
    """Run all linters, also after one has found something; 1 if any has."""
    parser = argparse.ArgumentParser(prog="sandbox lint", description=__doc__)
    parser.add_argument("--fix", action="store_true", help="let the linters mend what they can")
    options = parser.parse_args(arguments)
    setup.prepare_linters()
    failed = [name for name, command in linters(options.fix) if not passes(name, command)]
    if not sizes_pass():
        failed.append("sizes")
    sys.stdout.write(f"lint: {', '.join(failed)} found something.\n" if failed else "lint: no findings.\n")
    return 1 if failed else 0


def linters(fix):
    """Each linter's name and command line."""
    here = [name for name in LINTED if (places.ROOT / name).exists()]
    python = places.LINT_VENV / "bin"
    fixing = ["--fix"] if fix else []
    yield "ruff check", [python / "ruff", "check", "--quiet", *fixing, *here]
    yield "ruff format", [python / "ruff", "format", "--quiet", *([] if fix else ["--diff"]), *here]
    # Each room extends crm.lead or res.partner in a file of its own; a check wants one class a model. The configuration
    # file cannot take a single check out of the set that it enables.
    several_classes = "--disable=consider-merging-classes-inherited"
    yield "pylint-odoo", [python / "pylint", "--rcfile", places.ROOT / ".pylintrc", several_classes, places.MODULE_NAME]
    yield "oca-checks-odoo-module", [python / "oca-checks-odoo-module", *fixing, places.MODULE_NAME]
    catalogues = sorted(places.MODULE.glob("i18n/*.po*"))
    if catalogues:
        yield "oca-checks-po", [python / "oca-checks-po", *fixing, *catalogues]
    yield "eslint", [node.BINARIES / "eslint", "--max-warnings=0", *fixing, "."]
    paths = sorted(
        path.relative_to(places.ROOT)
        for pattern in SCRIPTS
        for path in [*places.MODULE.rglob(pattern), *places.ROOT.glob(pattern)]
    )
    yield "prettier", [node.BINARIES / "prettier", "--log-level=warn", "--write" if fix else "--check", *paths]


def passes(name, command):
    """Run one linter and say how it ended."""
    begun = time.monotonic()
    sys.stdout.flush()
    variables = node.environment() | setup.own_caches()
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=places.ROOT, env=variables, stdin=subprocess.DEVNULL, check=False)
    verdict = "ok" if result.returncode == 0 else "FINDINGS"
    sys.stdout.write(f"{name}: {verdict} ({time.monotonic() - begun:.1f} s)\n")
    return result.returncode == 0


def sizes_pass():
    """Check the sizes of files and functions, which no linter here does."""
    findings = sizes.findings(places.ROOT, LINTED)
    sys.stdout.write("".join(f"{finding}\n" for finding in findings))
    sys.stdout.write(f"sizes: {'FINDINGS' if findings else 'ok'}\n")
    return not findings
