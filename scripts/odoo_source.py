"""Getting the file tree of Odoo 19.

Debian's unstable suite carries Odoo 19 as plain Python that runs on Python 3.10 to
3.13. Only the files are wanted, so the suite is never added to the system: apt works
on a private state folder, checks signature and hashes as always, and the packages are
unpacked side by side into one prefix.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess

import settings
from progress import Stop, output, run, step

FROM_UNSTABLE = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Odoo wants the file names of version 4, which unstable no longer has.
FROM_OWN_SUITE = ("fonts-font-awesome",)
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@functools.cache
def home():
    """The folder that holds the ``odoo`` package: ``ODOO_HOME`` or the cached one.

    :raises Stop: ``ODOO_HOME`` is not an Odoo 19, or it cannot be had
    """
    given = os.environ.get("ODOO_HOME")
    folder = pathlib.Path(given).resolve() if given else _cached()
    _check_series(folder)
    return folder


def addons_paths():
    """Odoo's own addons folders (a checkout has two, a package one)."""
    candidates = (home() / "odoo" / "addons", home() / "addons")
    return [path for path in candidates if path.is_dir()]


def version():
    """The text of Odoo's ``release.py``, which names the exact version."""
    return (home() / "odoo" / "release.py").read_text()


def _check_series(folder):
    release = folder / "odoo" / "release.py"
    found = re.search(
        r"version_info = \((\d+), (\d+)",
        release.read_text() if release.exists() else "",
    )
    if not found:
        raise Stop(f"ODOO_HOME: no odoo/release.py below {folder}")
    series = ".".join(found.groups())
    if series != settings.SERIES:
        raise Stop(f"ODOO_HOME: {folder} is Odoo {series}, not {settings.SERIES}")


def _cached():
    prefix = settings.cache() / f"odoo-{settings.SERIES}"
    if not prefix.exists():
        _build(prefix)
    return prefix / "usr" / "lib" / "python3" / "dist-packages"


def _build(prefix):
    if not shutil.which("apt-get"):
        raise Stop(
            "this machine has no apt; get Odoo 19.0 yourself and call again with "
            "ODOO_HOME=/path/to/odoo"
        )
    work = prefix.with_suffix(".partial")
    shutil.rmtree(work, ignore_errors=True)
    downloads = work / "downloads"
    downloads.mkdir(parents=True)
    log = settings.logs() / "odoo.log"
    with step("getting Odoo 19.0 (130 MB)"):
        run([*_apt(work), "update"], log, "apt-get update")
        fetch = [*_apt(work), "download", *FROM_UNSTABLE]
        run(fetch, log, "download of Odoo", cwd=downloads)
        run(["apt-get", "download", *FROM_OWN_SUITE], log, cwd=downloads)
    with step("unpacking Odoo"):
        for package in sorted(downloads.glob("*.deb")):
            run(["dpkg", "-x", str(package), str(work / "prefix")], log)
    (work / "prefix").rename(prefix)
    shutil.rmtree(work)


def _apt(work):
    """apt-get on a state of its own, which knows only the unstable suite."""
    for folder in ("sources", "lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "sources" / "unstable.sources").write_text(
        f"Types: deb\nURIs: {_mirror()}\nSuites: sid\nComponents: main\n"
        f"Signed-By: {KEYRING}\n"
    )
    options = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": work / "sources",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work,
        "APT::Sandbox::User": "",
    }
    return ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]


def _mirror():
    """The mirror that this machine's own apt uses for Debian's main archive."""
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(ORIGIN) $(SUITE)"]
    listing = output([*command, "Created-By: Packages"])
    if not listing:
        subprocess.run(["apt-get", "update"], capture_output=True)
        listing = output([*command, "Created-By: Packages"])
    for line in listing.splitlines():
        site, _, rest = line.partition(" ")
        if rest.startswith("Debian ") and "security" not in rest:
            return site
    raise Stop(
        "apt knows no Debian mirror (`apt-get update` may never have run here); get "
        "Odoo 19.0 yourself and call again with ODOO_HOME=/path/to/odoo"
    )
