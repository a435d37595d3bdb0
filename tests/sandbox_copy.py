"""A copy of the sandbox that runs in a simulated environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import places

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


class SandboxCopy:
    """A checkout in a temporary directory where nothing has been set up."""

    def __init__(self, root):
        self.root = root
        root.mkdir(parents=True)
        shutil.copy(places.ROOT / "sandbox", root / "sandbox")
        shutil.copytree(places.PARTS, root / "sandbox.d", ignore=shutil.ignore_patterns("__pycache__"))
        (root / places.MODULE_NAME).mkdir()
        (root / places.MODULE_NAME / "__manifest__.py").write_text('{"name": "Stub"}')

    def run(self, *arguments, prelude="", **variables):
        """Run a command.

        :param str prelude: Python code that runs before the command, to simulate an environment
        :param variables: environment variables
        :rtype: subprocess.CompletedProcess
        """
        program = f"import os, runpy, shutil, sys\nsys.argv = {['sandbox', *arguments]!r}\n{prelude}\n"
        program += f"runpy.run_path({str(self.root / 'sandbox')!r}, run_name='__main__')"
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.root,
            env=ENVIRONMENT | variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def made(self):
        """Return the names of the files and directories in .sandbox, except locks and logs."""
        ignored = {"lock", "log", "apt", "stamps", "postgres.users"}
        sandbox = self.root / ".sandbox"
        return {path.name for path in sandbox.glob("*")} - ignored if sandbox.exists() else set()


def path_with(directory, **scripts):
    """Create a directory with some shell scripts.

    :param scripts: text of each script by its name
    :return: a PATH with this directory alone
    """
    directory.mkdir(exist_ok=True)
    for name, text in scripts.items():
        script = Path(directory, name.replace("_", "-"))
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    return str(directory)
