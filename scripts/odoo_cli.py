"""Running Odoo's own command line with our configuration."""

import os
import re
import subprocess

import odoo_source
import postgres
import python_env
import settings
from progress import Stop

CONFIG = settings.REPOSITORY / "config" / "odoo.conf"
ADDONS_FOLDER = settings.REPOSITORY / "addons"
_TROUBLE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) ")


def data_folder():
    """Odoo's data folder: file stores and sessions."""
    folder = settings.cache() / "data"
    folder.mkdir(exist_ok=True)
    return folder


def environment(more_addons=()):
    """The variables of an Odoo process: where Odoo, the addons and the server are.

    :param more_addons: further folders of addons
    """
    paths = [*odoo_source.addons_paths(), ADDONS_FOLDER, *more_addons]
    return {
        **python_env.environment(odoo_source.home()),
        **postgres.connection(),
        "ODOO_RC": str(CONFIG),
        "ODOO_DATA_DIR": str(data_folder()),
        "ODOO_ADDONS_PATH": ",".join(str(path) for path in paths),
    }


def command(*words):
    """The words of an Odoo command line; its environment is :func:`environment`."""
    return [python_env.python(), "-m", "odoo", *map(str, words)]


def call(database, *words, log, strict=True):
    """Run Odoo once and stop.

    :param database: the database to work on
    :param words: further options, for example ``-i``, ``crm``
    :param log: the file that takes what Odoo prints (written anew)
    :param strict: whether a warning or error in the log is a failure
    :raises Stop: Odoo failed or, when strict, logged a warning or error
    """
    words = command("server", "-d", database, *words, "--stop-after-init", "--no-http")
    with open(log, "w") as stream:
        done = subprocess.run(
            words, env=environment(), stdout=stream, stderr=subprocess.STDOUT
        )
    lines = troubles(log) if strict else []
    if done.returncode or lines:
        shown = "\n".join(lines[:20])
        raise Stop(f"Odoo on {database} (status {done.returncode}), see {log}\n{shown}")


def troubles(log):
    """The lines of a server log at the level of a warning or above.

    :param log: path of the log
    :return: the lines, in order
    """
    with open(log, errors="replace") as stream:
        return [line.rstrip() for line in stream if _TROUBLE.match(line)]


def shell(database, script, log=None):
    """Run Python text in ``odoo shell`` on a database.

    :param database: the database
    :param script: the Python text; ``env`` is there, and it commits itself
    :param log: the file for the output; the terminal when None
    :raises Stop: the script failed
    """
    with open(log or os.devnull, "w") as stream:
        status = run_script(database, script, stream if log else None)
    if status:
        raise Stop(f"odoo shell on {database} failed" + (f", see {log}" if log else ""))


def run_script(database, script, stream=None):
    """Run Python text in ``odoo shell`` and leave it to the text to say what is wrong.

    :param database: the database
    :param script: the Python text, as for :func:`shell`
    :param stream: the file for the output; the terminal when None
    :return: the exit status
    """
    words = command(
        "shell", "-d", database, "--no-http", "--log-level=warn",
        "--shell-interface=python",
    )  # fmt: skip
    done = subprocess.run(
        words,
        input=script + "\n",
        text=True,
        env=environment(),
        stdout=stream,
        stderr=subprocess.STDOUT if stream else None,
    )
    return done.returncode
