"""Debian packages that the product, its browser tests and its lint need."""

import functools
import glob
import importlib.util
import os
import shutil
import subprocess

import settings
from progress import Stop, output, run, step


@functools.cache
def postgres_binaries():
    """The folder of the newest PostgreSQL server programs, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not folders:
        found = shutil.which("initdb")
        return os.path.dirname(os.path.realpath(found)) if found else None
    newest = max(folders, key=lambda path: float(path.split("/")[4]))
    return os.path.dirname(newest)


def _has(*programs):
    return any(shutil.which(program) for program in programs)


# package -> is what it brings here already?
FOR_RUNNING = {
    "postgresql": lambda: bool(postgres_binaries()) or "PGHOST" in os.environ,
    "python3-venv": lambda: importlib.util.find_spec("ensurepip"),
    "wkhtmltopdf": lambda: _has("wkhtmltopdf") or not _offered("wkhtmltopdf"),
}
FOR_TESTING = {
    **FOR_RUNNING,
    "chromium": lambda: _has("chromium", "google-chrome", "google-chrome-stable"),
}
FOR_LINTING = {
    "python3-venv": FOR_RUNNING["python3-venv"],
    "nodejs": lambda: _has("node"),
    "npm": lambda: _has("npm"),
}


INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


def ensure(wanted):
    """Install what is missing.

    :param wanted: one of the dictionaries above
    :raises Stop: something is missing and this user may not install it; the message
        is the exact line to type
    """
    missing = _missing(wanted)
    if not missing:
        return
    if not _has("apt-get"):
        raise Stop(f"please install what brings: {', '.join(missing)}")
    prefix = _privilege()
    if prefix is None:
        line = " ".join([*INSTALL, *missing])
        raise Stop(f"please type this once, then call again:\n\n    sudo {line}\n")
    with step(f"installing {', '.join(missing)}"):
        log = settings.logs() / "apt.log"
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run([*prefix, "apt-get", "update"], log, "apt-get update", env=quiet)
        # Only now is it known what this suite has.
        run([*prefix, *INSTALL, *_missing(wanted)], log, "apt-get install", env=quiet)
    postgres_binaries.cache_clear()


def _missing(wanted):
    return [package for package, is_here in wanted.items() if not is_here()]


def _offered(package):
    """Whether the machine's own suite has the package (Debian 13 lacks some)."""
    return "Candidate: (none)" not in output(
        ["apt-cache", "policy", package], env={**os.environ, "LC_ALL": "C"}
    )


def _privilege():
    """The words before a command that makes it root's; None when there are none."""
    if os.geteuid() == 0:
        return []
    if _has("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None
