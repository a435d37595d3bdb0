"""Installing Python packages at pinned versions."""

import os
import re

import places
import processes
from steps import read_text


def pip_environment():
    """Pip's own configuration holds, but what it remembers stays under .sandbox."""
    return {**os.environ, "PIP_CACHE_DIR": str(places.SANDBOX / "pip")}


def install(log_name, python, requirements, progress, target=None):
    """Install a file of pins with the pip of `python`, into `target` if there is one."""
    total = len(re.findall(r"^[^#\s]", read_text(requirements), re.MULTILINE))
    log = places.LOGS / f"{log_name}.log"
    log.unlink(missing_ok=True)

    def watch(_log):
        collected = len(re.findall(r"^Collecting ", read_text(log), re.MULTILINE))
        progress.update(f"{min(collected, total)} of {total} packages")

    # Everything is pinned: without resolving dependencies pip is far quicker. What it would compile nobody would
    # read, as programs here keep their compiled files under .sandbox/pycache.
    quicker = ["--no-deps", "--no-compile"]
    arguments = ["-m", "pip", "install", *quicker, "--no-input", "--disable-pip-version-check"]
    where = ["--target", target] if target else []
    command = [python, *arguments, *where, "-r", requirements]
    processes.run_logged(log_name, command, watch, env=pip_environment())


def a_python_with_pip():
    """The Python of one of our virtual environments, whichever was made first."""
    for directory in (places.VENV, places.LINT_VENV):
        if (directory / "bin" / "pip").exists():
            return directory / "bin" / "python"
    raise LookupError("no virtual environment was made before")
