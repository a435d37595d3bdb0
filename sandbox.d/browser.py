"""Find or install the browser for tours and JavaScript tests."""

import os
import re
from pathlib import Path

import processes
from problems import Problem
from progress import Progress
from steps import locked

# The names that Odoo tries, in the same order.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find_browser():
    """Return the path of a browser that Odoo's tests can drive, or None."""
    return next(filter(None, map(processes.find_program, NAMES)), None)


def ensure():
    """Install Chromium if there is no browser.

    :raise Problem: if the caller is not root or there is no apt: the tests never run without a browser
    """
    if find_browser():
        return
    if os.geteuid() != 0 or not processes.find_program("apt-get"):
        raise Problem(
            "the tests need a browser, and there is none: as root `apt install chromium`, then call it again."
        )
    with locked():
        if find_browser():
            return
        progress = Progress(1)
        progress.begin("Chromium from Debian")
        install(progress)
        progress.end()
    if not find_browser():
        raise Problem("apt installed chromium, but no browser can be found: put one on PATH.")


def install(progress):
    """Install Debian's package. After an interruption apt resumes the installation."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def watch(log):
        lines = re.findall(
            r"^(?:Get:\d+|Unpacking|Setting up) .{,60}", Path(log).read_text(errors="replace"), re.MULTILINE
        )
        progress.update(lines[-1] if lines else "")

    processes.run_logged("chromium", ["apt-get", "-q", "update"], watch, env=environment)
    arguments = ["install", "-q", "-y", "--no-install-recommends", "chromium"]
    processes.run_logged("chromium", ["apt-get", *arguments], watch, env=environment)
