"""The virtual environment with the Python packages of Odoo and of the tests."""

import os
import pathlib
import shutil
import sys

import settings
from progress import Stop, run, step

LOCK = settings.REPOSITORY / "requirements" / "lock.txt"


def python():
    """The interpreter of the environment, which is made when it is not there.

    It lies in the cache under a key of the lock file and the Python version, so a
    second clone finds it ready and a changed lock file gets a new one.

    :raises Stop: this Python is too old or too new, or a package cannot be had
    """
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise Stop(
            f"Odoo 19 runs on Python 3.10 to 3.13; this one is {sys.version.split()[0]}"
        )
    key = settings.digest(LOCK.read_text())
    folder = settings.cache() / f"python-{settings.python_tag()}-{key}"
    if not (folder / "ready").exists():
        _build(folder)
    return str(folder / "bin" / "python")


def environment(odoo_home):
    """The variables for a Python process that must find Odoo.

    :param odoo_home: the folder that holds the ``odoo`` package
    """
    return {
        **os.environ,
        "PYTHONPATH": str(odoo_home),
        "PYTHONDONTWRITEBYTECODE": "1" if _read_only(odoo_home) else "",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def _read_only(folder):
    return not os.access(pathlib.Path(folder) / "odoo", os.W_OK)


def _build(folder):
    shutil.rmtree(folder, ignore_errors=True)
    log = settings.logs() / "pip.log"
    with step("getting Python packages"):
        run([sys.executable, "-m", "venv", str(folder)], log, "python3 -m venv")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        run([*pip, "--require-hashes", "-r", str(LOCK)], log, "pip install")
    (folder / "ready").touch()
