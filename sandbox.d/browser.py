"""Find or install the browser for tours and JavaScript tests."""

import os
import re
from pathlib import Path

import places
import processes
from problems import Problem
from progress import Progress
from steps import locked

# The names that Odoo tries, in the same order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
# Debian's Chromium without windows, profiles and extensions: tours take a fifth less of the processor. Odoo could end
# the script of this name on PATH and leave the browser running, so that the program itself is used.
HEADLESS = "chromium-headless-shell"
HEADLESS_PROGRAM = Path("/usr/lib/chromium") / HEADLESS
# Where Odoo finds it under a name that it tries.
DIRECTORY = places.SANDBOX / "browser"


def find_browser():
    """Return the path of a browser that Odoo's tests can drive, or None."""
    return find_headless() or next(filter(None, map(processes.find_program, NAMES)), None)


def find_headless():
    """Return the path of Debian's headless Chromium, or None if it is not installed."""
    return str(HEADLESS_PROGRAM) if processes.find_program(HEADLESS) and HEADLESS_PROGRAM.exists() else None


def ensure():
    """Install Chromium if there is no browser, and let Odoo find it.

    :raise Problem: if the caller is not root or there is no apt: the tests never run without a browser
    """
    if not find_browser():
        make()
    if find_headless():
        with locked():
            name_for_odoo()


def make():
    """Install Chromium where there is no browser, unless another command does so at this moment.

    :raise Problem: as :func:`ensure` does
    """
    if os.geteuid() != 0 or not processes.find_program("apt-get"):
        raise Problem(
            f"the tests need a browser, and there is none: as root `apt install {HEADLESS}`, then call it again."
        )
    with locked():
        if find_browser():
            return
        progress = Progress(1)
        progress.begin("Chromium from Debian")
        install(progress)
        progress.end()
    if not find_browser():
        raise Problem(f"apt installed {HEADLESS}, but no browser can be found: put one on PATH.")


def name_for_odoo():
    """Give the headless browser a name that Odoo tries, see :data:`DIRECTORY`."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    link = DIRECTORY / "chromium"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(HEADLESS_PROGRAM)


def install(progress):
    """Install Debian's package. After an interruption apt resumes the installation."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def watch(log):
        lines = re.findall(
            r"^(?:Get:\d+|Unpacking|Setting up) .{,60}", Path(log).read_text(errors="replace"), re.MULTILINE
        )
        progress.update(lines[-1] if lines else "")

    processes.run_logged("chromium", ["apt-get", "-q", "update"], watch, env=environment)
    arguments = ["install", "-q", "-y", "--no-install-recommends", HEADLESS]
    processes.run_logged("chromium", ["apt-get", *arguments], watch, env=environment)
