"""Provide Odoo 19: Debian's package, unpacked under .sandbox."""

import re
import shutil

import mirror
import node
import places
import processes
from problems import Problem
from steps import Step, key_of, make_empty

# Odoo's package contains relative links to files of the others. Font Awesome must be bookworm's 4.7, because newer
# versions lack icons that Odoo uses. Montserrat is not in bookworm.
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
# Debian removes this file. Without it each page logs an error, which makes tours fail.
SEGMENTATION = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def steps():
    """Return the steps that provide Odoo.

    :raise Problem: if ODOO_SOURCE is not a checkout of Odoo 19.0
    """
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
    """Check ODOO_SOURCE.

    :raise Problem: if it is not a checkout of Odoo 19.0
    """
    release = source / "odoo" / "release.py"
    if not release.is_file():
        raise Problem(f"ODOO_SOURCE={source} is no checkout of Odoo: odoo/release.py is missing there.")
    if version_of(source) != "19.0":
        raise Problem(f"ODOO_SOURCE={source} is Odoo {version_of(source)}: check out the branch 19.0 there.")


def version_of(home):
    """Return the series of the Odoo in a directory, such as `19.0`."""
    text = (home / "odoo" / "release.py").read_text(encoding="utf-8")
    found = re.search(r"^version_info\s*=\s*\(\s*'?([^,']+)'?\s*,\s*(\d+)", text, re.MULTILINE)
    return f"{found[1]}.{found[2]}" if found else "of an unknown version"


def make(progress):
    """Download and unpack the packages in a new directory, then move it into place."""
    files = mirror.fetch(PACKAGES, progress)
    new_directory = make_empty(places.PREFIX.with_name("odoo.new"))
    for number, path in enumerate(files, 1):
        progress.update(f"unpacking {number} of {len(files)}")
        processes.run_logged("apt", ["dpkg", "-x", path, new_directory])
    home = new_directory / "usr/lib/python3/dist-packages/odoo"
    target = home / SEGMENTATION
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(node.SEGMENTATION, target)
    check_links(new_directory, home / "addons" / "web")
    shutil.rmtree(places.PREFIX, ignore_errors=True)
    new_directory.rename(places.PREFIX)
    shutil.rmtree(mirror.APT / "packages")


def check_links(prefix, directory):
    """Check that all links in a directory lead to a file. Otherwise icons and fonts would be missing without an error.

    :raise Problem: if one does not
    """
    broken = [path for path in directory.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        raise Problem(
            f"Odoo's package links to {broken[0].relative_to(prefix)}, which no package brings: "
            f"Debian has changed it; {mirror.HINT}"
        )
