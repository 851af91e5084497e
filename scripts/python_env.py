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
    return str(made_from(LOCK, "python") / "bin" / "python")


def made_from(lock, name):
    """The virtual environment with the packages of a lock file, made when missing.

    :param lock: path of a requirements file with hashes
    :param name: what the environment is for, the beginning of its folder's name
    :return: its folder
    """
    key = settings.digest(lock.read_text())
    folder = settings.cache() / f"{name}-{settings.python_tag()}-{key}"
    if not (folder / "ready").exists():
        _build(folder, lock)
    return folder


def unpacked(lock, name):
    """The folder with the files of the packages of a lock file, and of no others.

    They are there to be looked at, not to be imported by the programs of this project.

    :param lock: path of a requirements file with hashes
    :param name: what it is for, the beginning of the folder's name
    :return: the folder
    """
    folder = settings.cache() / f"{name}-{settings.digest(lock.read_text())}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        log = settings.logs() / "pip.log"
        with step(f"getting files ({lock.name})"):
            pip = [python(), "-m", "pip", "install", "-q", "--no-deps"]
            words = ["--require-hashes", "-r", str(lock), "--target", str(folder)]
            run([*pip, *words], log, "pip install")
        (folder / "ready").touch()
    return folder


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


def _build(folder, lock):
    shutil.rmtree(folder, ignore_errors=True)
    log = settings.logs() / "pip.log"
    with step(f"getting Python packages ({lock.name})"):
        run([sys.executable, "-m", "venv", str(folder)], log, "python3 -m venv")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        run([*pip, "--require-hashes", "-r", str(lock)], log, "pip install")
    (folder / "ready").touch()
