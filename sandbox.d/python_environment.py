"""Create the virtual environments: one for Odoo and the tests, one for the linters."""

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
    """Return the steps that create Odoo's virtual environment."""
    return [environment_step("venv", "Python packages", places.VENV, REQUIREMENTS)]


def lint_steps():
    """Return the steps that create the linters' virtual environment, which is separate because its pins differ."""
    return [environment_step("lint", "Linters", places.LINT_VENV, LINT_REQUIREMENTS)]


def environment_step(name, title, directory, requirements):
    """Return a step that creates a virtual environment from a requirements file."""
    return Step(
        name=name,
        title=title,
        # The real path, because this may run inside the environment that the step creates.
        key=key_of(name, sys.version, os.path.realpath(sys.executable), requirements),
        proof=directory / "bin" / "python",
        make=lambda progress: make(progress, name, directory, requirements),
    )


def check_python():
    """Check that Python is not newer than 3.13, which is the newest that Odoo 19 supports, and has venv.

    :raise Problem: if not
    """
    if sys.version_info[:2] > NEWEST_PYTHON:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Problem(f"Odoo 19 does not run on Python {version}: call `python3.13 sandbox` or an older one.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Problem("Python has no venv here: apt install python3-venv, then call it again.") from None


def make(progress, name, directory, requirements):
    """Create the environment in its final place, because a virtual environment cannot be moved."""
    check_python()
    make_empty(directory)
    progress.update("making the environment")
    processes.run_logged(name, [sys.executable, "-m", "venv", directory])
    packages.install(name, directory / "bin" / "python", requirements, progress)


def link_odoo():
    """Make `import odoo` load the Odoo that is selected now, which ODOO_SOURCE may have changed."""
    (packages,) = places.VENV.glob("lib/python3*/site-packages")
    link = packages / "odoo_of_the_sandbox.pth"
    text = f"{places.odoo_home()}\n"
    if read_text(link) != text:
        write_atomically(link, text)
