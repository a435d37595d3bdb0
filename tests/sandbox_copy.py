"""A copy of the sandbox's own files, to be run in surroundings of a test's choice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import places

HERE = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


class SandboxCopy:
    """A checkout in a temporary directory, in which nothing was set up yet."""

    def __init__(self, root):
        self.root = root
        root.mkdir(parents=True)
        shutil.copy(places.ROOT / "sandbox", root / "sandbox")
        shutil.copytree(places.PARTS, root / "sandbox.d", ignore=shutil.ignore_patterns("__pycache__"))
        (root / places.MODULE_NAME).mkdir()
        (root / places.MODULE_NAME / "__manifest__.py").write_text('{"name": "Stub"}')

    def run(self, *arguments, prelude="", **variables):
        """Run a command, after a prelude in Python that changes the surroundings."""
        program = f"import os, runpy, shutil, sys\nsys.argv = {['sandbox', *arguments]!r}\n{prelude}\n"
        program += f"runpy.run_path({str(self.root / 'sandbox')!r}, run_name='__main__')"
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.root,
            env=HERE | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def made(self):
        """The names of what was set up, locks and logs aside."""
        left_out = {"lock", "log", "apt", "stamps", "postgres.users"}
        sandbox = self.root / ".sandbox"
        return {path.name for path in sandbox.glob("*")} - left_out if sandbox.exists() else set()


def path_with(directory, **scripts):
    """A PATH with nothing but the scripts that are given by name and text."""
    directory.mkdir(exist_ok=True)
    for name, text in scripts.items():
        script = Path(directory, name.replace("_", "-"))
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    return str(directory)
