"""The virtual environments: one for Odoo and the tests, one for the linters."""

import os
import sys

import packages
import places
import processes
from problems import Problem
from steps import Step, key_of, make_empty, read_text, write_atomically

NEWEST_PYTHON = (3, 13)
REQUIREMENTS = places.PARTS / "requirements.txt"
LINT_REQUIREMENTS = places.PARTS / "requirements-lint.txt"


def steps():
    """Odoo's virtual environment."""
    return [environment_step("venv", "Python packages", places.VENV, REQUIREMENTS)]


def lint_steps():
    """The linters' virtual environment, apart because their pins differ."""
    return [environment_step("lint", "Linters", places.LINT_VENV, LINT_REQUIREMENTS)]


def environment_step(name, title, directory, requirements):
    """A step that makes a virtual environment out of a file of pins."""
    return Step(
        name=name,
        title=title,
        # The real path, because this may run in the very environment in question.
        key=key_of(name, sys.version, os.path.realpath(sys.executable), requirements),
        proof=directory / "bin" / "python",
        make=lambda progress: make(progress, name, directory, requirements),
    )


def check_python():
    """Odoo 19 does not support a Python newer than 3.13."""
    if sys.version_info[:2] > NEWEST_PYTHON:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Problem(f"Odoo 19 does not run on Python {version}: call `python3.13 sandbox` or an older one.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Problem("Python has no venv here: apt install python3-venv, then call it again.") from None


def make(progress, name, directory, requirements):
    """Build the environment in place (it cannot be moved); the stamp comes last."""
    check_python()
    make_empty(directory)
    progress.update("making the environment")
    processes.run_logged(name, [sys.executable, "-m", "venv", directory])
    packages.install(name, directory / "bin" / "python", requirements, progress)


def link_odoo():
    """Make `import odoo` work, from wherever Odoo comes at this call."""
    (packages,) = places.VENV.glob("lib/python3*/site-packages")
    link = packages / "odoo_of_the_sandbox.pth"
    text = f"{places.odoo_home()}\n"
    if read_text(link) != text:
        write_atomically(link, text)
