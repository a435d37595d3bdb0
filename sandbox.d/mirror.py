"""Download packages from Debian without root and without changing the system's apt."""

import re
import subprocess
from pathlib import Path

import places
import processes
from problems import Problem

APT = places.SANDBOX / "apt"
SUITES = ("unstable", "bookworm")
KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
HINT = "set ODOO_SOURCE=DIR to a checkout of Odoo 19.0 instead."


def find_mirror():
    """Return the address of the Debian mirror that apt is configured to use.

    :raise Problem: if there is no apt or no Debian mirror
    """
    if not (processes.find_program("apt-get") and processes.find_program("dpkg")):
        raise Problem(f"there is no apt here to fetch Odoo with: {HINT}")
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(ORIGIN)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    for line in listing.splitlines():
        address, release, origin = line.split("|")
        # apt prints this placeholder for a list that was never updated.
        plausible = origin == "Debian" or (origin in ("", "$(ORIGIN)") and "debian" in address)
        if plausible and not release.endswith("-security") and "security" not in address:
            return address
    raise Problem(f"apt is not set to a Debian mirror, where Odoo would come from: {HINT}")


def write_configuration():
    """Write a sources list and settings for a private apt.

    :return: the first arguments of an apt command that uses them
    """
    for directory in ("lists/partial", "cache/archives/partial", "packages"):
        (APT / directory).mkdir(parents=True, exist_ok=True)
    mirror = find_mirror()
    keyring = next((path for path in KEYRINGS if Path(path).exists()), None)
    signed = f"[signed-by={keyring}] " if keyring else ""
    lines = [f"deb {signed}{mirror} {suite} main\n" for suite in SUITES]
    (APT / "sources.list").write_text("".join(lines), encoding="utf-8")
    # The system's hooks would clean and refresh the system's caches.
    settings = f"""
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        #clear Acquire::IndexTargets;
        Acquire::IndexTargets::deb::Packages {{
            MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
            ShortDescription "Packages"; Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
        }};
        APT::Sandbox::User "root";
        Acquire::Retries "3";
        Dir::Etc::SourceList "{APT}/sources.list";
        Dir::Etc::SourceParts "-";
        Dir::Etc::Preferences "-";
        Dir::Etc::PreferencesParts "-";
        Dir::State::Lists "{APT}/lists";
        Dir::Cache "{APT}/cache";
    """
    (APT / "apt.conf").write_text(settings, encoding="utf-8")
    return ["apt-get", "-c", str(APT / "apt.conf"), "-q"]


def fetch(names, progress):
    """Download packages.

    :param names: names of packages, or `name/suite`
    :return: the paths of the downloaded files
    :raise Problem: if the mirror does not have all packages
    """
    apt_get = write_configuration()
    progress.update("reading the lists of packages")
    processes.run_logged("apt", [*apt_get, "update", "--error-on=any"])
    listing = subprocess.run(
        [*apt_get, "download", "--print-uris", *names],
        cwd=APT / "packages",
        capture_output=True,
        text=True,
        check=False,
    )
    files = dict(re.findall(r"^'[^']+' (\S+) (\d+)", listing.stdout, re.MULTILINE))
    if len(files) < len(names):
        reason = (listing.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Problem(f"Debian's mirror does not have all of {' '.join(names)} ({reason}): {HINT}")
    total = sum(map(int, files.values()))

    def watch(_log):
        here = sum(path.stat().st_size for path in (APT / "packages").iterdir())
        progress.update(f"{min(here, total) / 1e6:.0f} of {total / 1e6:.0f} MB fetched")

    processes.run_logged("apt", [*apt_get, "download", *names], watch, cwd=APT / "packages")
    return [APT / "packages" / name for name in files]
