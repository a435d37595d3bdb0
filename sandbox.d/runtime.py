"""Getting Odoo 19: Debian's package unpacked into a prefix of our own."""

import re
import shutil

import mirror
import node
import places
import processes
from problems import Problem
from steps import Step, key_of, make_empty

# Odoo's package links to the files of the others, relative to the prefix.
# Icons vanish with a Font Awesome newer than bookworm's 4.7, and Montserrat is
# not in bookworm.
PACKAGES = (
    "odoo-19",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/unstable",
    "fonts-montserrat/unstable",
    "fonts-ocr-b/unstable",
    "fonts-roboto-unhinted/unstable",
    "libjs-jquery/unstable",
    "libjs-jquery-form/unstable",
    "libjs-underscore/unstable",
)
# Debian takes this file out; without it every page logs an error that fails tours.
SEGMENTATION = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def steps():
    """What has to be made before Odoo can be imported."""
    if places.odoo_source():
        check_source(places.odoo_source())
        return []
    return [
        Step(
            name="odoo",
            title="Odoo 19 from Debian",
            key=key_of("odoo", *PACKAGES),
            proof=places.PREFIX,
            make=make,
        )
    ]


def check_source(source):
    """Refuse an ODOO_SOURCE that is no checkout of Odoo 19.0."""
    release = source / "odoo" / "release.py"
    if not release.is_file():
        raise Problem(f"ODOO_SOURCE={source} is no checkout of Odoo: odoo/release.py is missing there.")
    if version_of(source) != "19.0":
        raise Problem(f"ODOO_SOURCE={source} is Odoo {version_of(source)}: check out the branch 19.0 there.")


def version_of(home):
    """The series of the Odoo that lies in a directory, such as `19.0`."""
    text = (home / "odoo" / "release.py").read_text(encoding="utf-8")
    found = re.search(r"^version_info\s*=\s*\(\s*'?([^,']+)'?\s*,\s*(\d+)", text, re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else "of an unknown version"


def make(progress):
    """Fetch and unpack everything beside its place, then move it there at once."""
    files = mirror.fetch(PACKAGES, progress)
    beside = make_empty(places.PREFIX.with_name("odoo.new"))
    for number, path in enumerate(files, 1):
        progress.update(f"unpacking {number} of {len(files)}")
        processes.run_logged("apt", ["dpkg", "-x", path, beside])
    home = beside / "usr/lib/python3/dist-packages/odoo"
    target = home / SEGMENTATION
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(node.SEGMENTATION, target)
    check_links(beside, home / "addons" / "web")
    shutil.rmtree(places.PREFIX, ignore_errors=True)
    beside.rename(places.PREFIX)
    shutil.rmtree(mirror.APT / "packages")


def check_links(prefix, directory):
    """Every link must lead somewhere, or icons and fonts are missing in silence."""
    broken = [path for path in directory.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        raise Problem(
            f"Odoo's package links to {broken[0].relative_to(prefix)}, which no package brings: "
            f"Debian has changed it; {mirror.HINT}"
        )
