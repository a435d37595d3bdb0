"""The command `lint`: run each linter at its pinned version; no findings are allowed."""

import argparse
import os
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
    "dashboards",
    *places.ADDON_NAMES,
]
SCRIPTS = ("*.js", "*.mjs", "*.xml")


def run(arguments):
    """Run all linters, even after one has findings.

    :return: exit code 1 if any linter has findings, else 0
    """
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
    """Yield (name, command line) of each linter."""
    here = [name for name in LINTED if (places.ROOT / name).exists()]
    python = places.LINT_VENV / "bin"
    fixing = ["--fix"] if fix else []
    yield "ruff check", [python / "ruff", "check", "--quiet", *fixing, *here]
    yield "ruff format", [python / "ruff", "format", "--quiet", *([] if fix else ["--diff"]), *here]
    # Each folder of models extends crm.lead or res.partner in a file of its own, but this check allows one class a
    # model. .pylintrc cannot exclude a single check from the set `odoolint` that it enables.
    disabled = "--disable=consider-merging-classes-inherited"
    # By far the slowest linter. With 0, it takes the cores from the shares of its control group, which may say 1.
    options = ["--rcfile", places.ROOT / ".pylintrc", f"--jobs={len(os.sched_getaffinity(0))}", disabled]
    yield "pylint-odoo", [python / "pylint", *options, *places.ADDON_NAMES]
    yield "oca-checks-odoo-module", [python / "oca-checks-odoo-module", *fixing, *places.ADDON_NAMES]
    catalogues = sorted(path for addon in places.ADDONS for path in addon.glob("i18n/*.po*"))
    if catalogues:
        yield "oca-checks-po", [python / "oca-checks-po", *fixing, *catalogues]
    yield "eslint", [node.BINARIES / "eslint", "--max-warnings=0", *fixing, "."]
    paths = sorted(
        path.relative_to(places.ROOT)
        for pattern in SCRIPTS
        for path in [*places.ROOT.glob(pattern), *(path for addon in places.ADDONS for path in addon.rglob(pattern))]
    )
    yield "prettier", [node.BINARIES / "prettier", "--log-level=warn", "--write" if fix else "--check", *paths]


def passes(name, command):
    """Run one linter and print the result.

    :return: whether it has no findings
    """
    started = time.monotonic()
    sys.stdout.flush()
    variables = node.environment() | setup.own_caches()
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=places.ROOT, env=variables, stdin=subprocess.DEVNULL, check=False)
    verdict = "ok" if result.returncode == 0 else "FINDINGS"
    sys.stdout.write(f"{name}: {verdict} ({time.monotonic() - started:.1f} s)\n")
    return result.returncode == 0


def sizes_pass():
    """Check the sizes of files and functions.

    :return: whether none is too long
    """
    findings = sizes.findings(places.ROOT, LINTED)
    sys.stdout.write("".join(f"{finding}\n" for finding in findings))
    sys.stdout.write(f"sizes: {'FINDINGS' if findings else 'ok'}\n")
    return not findings
