"""Install Python packages at pinned versions."""

import os
import re

import places
import processes
from steps import read_text


def pip_environment():
    """Return the environment variables for pip. The user's configuration applies, but the cache is in .sandbox."""
    return {**os.environ, "PIP_CACHE_DIR": str(places.SANDBOX / "pip")}


def install(log_name, python, requirements, progress, target=None):
    """Install the packages of a requirements file.

    :param python: the Python whose pip is used
    :param target: directory to install into; without it, the environment of `python`
    """
    total = len(re.findall(r"^[^#\s]", read_text(requirements), re.MULTILINE))
    log = places.LOGS / f"{log_name}.log"
    log.unlink(missing_ok=True)

    def watch(_log):
        collected = len(re.findall(r"^Collecting ", read_text(log), re.MULTILINE))
        progress.update(f"{min(collected, total)} of {total} packages")

    # All versions are pinned, so pip need not resolve dependencies. Compiled files would not be used, because
    # PYTHONPYCACHEPREFIX points to .sandbox/pycache.
    fast_options = ["--no-deps", "--no-compile"]
    arguments = ["-m", "pip", "install", *fast_options, "--no-input", "--disable-pip-version-check"]
    target_options = ["--target", target] if target else []
    command = [python, *arguments, *target_options, "-r", requirements]
    processes.run_logged(log_name, command, watch, env=pip_environment())


def python_with_pip():
    """Return the Python of one of the virtual environments in .sandbox.

    :raise LookupError: if none exists yet
    """
    for directory in (places.VENV, places.LINT_VENV):
        if (directory / "bin" / "pip").exists():
            return directory / "bin" / "python"
    raise LookupError("no virtual environment was made before")
