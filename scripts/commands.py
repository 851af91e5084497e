"""One function per target of the Makefile."""

import contextlib
import fcntl
import os
import pathlib
import subprocess

import databases
import fetch_cdnow
import lint
import odoo_cli
import odoo_source
import postgres
import python_env
import server
import settings
import system_packages
import testing
import translations
from progress import Stop, say

# What `make bench` compares us with, and nothing of ours needs.
BENCH_BASELINES = ("base_automation",)
WELCOME = """
The demo company runs at {url}

  log in as   password      who it is
  coordinator coordinator   keeps counterparties, categories, regulations, the project
  manager     manager       sales manager: sees the team's obligations
  sales       sales         salesperson: logs interactions, keeps promises
  admin       admin         administrator
  integration integration   a program: logs interactions, nothing else
  coordinator2 coordinator2 the second company's coordinator

Look first at:  what sales owes now        {url}/odoo/my-promises
                who is an A client         {url}/odoo/counterparties
                the rule behind it         {url}/odoo/segmentations
                what is promised           {url}/odoo/regulations
                the project of seven steps {url}/odoo/crm-rollouts
Stop it with:   make stop          its log: {log}
"""


def setup(packages=None):
    """Get everything that is needed and not there yet; two callers take turns.

    :param packages: the system packages wanted, by default those for running
    """
    with _one_at_a_time():
        system_packages.ensure(packages or system_packages.FOR_RUNNING)
        odoo_source.home()
        python_env.python()
        postgres.connection()
        databases.base()


def run(_arguments):
    """make run: the demo company in a real Odoo."""
    setup()
    name = settings.demo_database()
    with _one_at_a_time():
        if not databases.is_current(name):
            # A server that runs would go on with the addons as they were.
            server.stop()
        databases.with_addons(name, demo=True, keep=True)
        databases.set_addresses(name, server.url(), settings.local_url())
    server.run(name)
    say(WELCOME.format(url=server.url(), log=server.log()))


def test(arguments):
    """make test: every test there is."""
    setup(system_packages.FOR_TESTING)
    return testing.run(arguments)


def update(_arguments):
    """make update: upgrade the addons in the demo database."""
    setup()
    was_running = server.pid()
    server.stop()
    databases.update(settings.demo_database())
    if was_running:
        run([])


def stop(_arguments):
    """make stop: end the demo server, and PostgreSQL unless others are using it."""
    server.stop()
    if os.environ.get("PGHOST"):
        say("stopped")
    elif postgres.is_in_use():
        say("stopped; PostgreSQL goes on, because others are using it")
    else:
        postgres.stop()
        say("stopped")


def import_turnover(arguments):
    """make import FILE=…: a transaction list into the demo database.

    ``FILE=cdnow`` stands for the purchases of CDNOW, which are fetched.
    """
    wanted = arguments[0] if arguments else ""
    if wanted and wanted != "cdnow" and not pathlib.Path(wanted).is_file():
        raise Stop(f"there is no file {wanted}")
    if not wanted:
        raise Stop(
            "name the list: make import FILE=purchases.csv [SHIFT=1], or FILE=cdnow "
            "for 69,659 real purchases"
        )
    setup()
    path = fetch_cdnow.fetch() if wanted == "cdnow" else pathlib.Path(wanted)
    os.environ["CRM_IMPORT_FILE"] = str(path.resolve())
    os.environ["CRM_IMPORT_PERSONS"] = "1" if wanted == "cdnow" else ""
    name = settings.demo_database()
    with _one_at_a_time():
        if not databases.is_ready(name):
            databases.with_addons(name, demo=True, keep=True)
    script = settings.REPOSITORY / "scripts" / "in_odoo" / "import_turnover.py"
    return odoo_cli.run_script(name, script.read_text())


def bench(arguments):
    """make bench: measured ratios, each with its baseline in the same run."""
    setup()
    os.environ["CRM_BENCH_BASE"] = databases.with_addons(
        "crm_bench_fresh", demo=False, besides=BENCH_BASELINES
    )
    words = [python_env.python(), "benchmarks", *arguments]
    return subprocess.run(
        words, env=odoo_cli.environment(), cwd=settings.REPOSITORY
    ).returncode


def i18n(arguments):
    """make i18n: new terms into the translations."""
    setup()
    return translations.run(arguments)


def shell(_arguments):
    """make shell: Python with `env` on the demo database."""
    setup()
    words = odoo_cli.command("shell", "-d", settings.demo_database(), "--no-http")
    return subprocess.run(words, env=odoo_cli.environment()).returncode


def psql(_arguments):
    """make psql: SQL on the demo database."""
    setup()
    databases.psql(settings.demo_database())


def clean(_arguments):
    """make clean: drop the databases of this clone; what was downloaded stays."""
    server.stop()
    if os.environ.get("PGHOST") or system_packages.postgres_binaries():
        testing.clean()
        databases.drop(settings.demo_database())
    say(f"databases removed; downloads are kept in {settings.cache()}")


@contextlib.contextmanager
def _one_at_a_time():
    with open(settings.cache() / "lock", "w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  … waiting for another call that is setting up")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


TARGETS = {
    "setup": lambda _arguments: setup(),
    "run": run,
    "test": test,
    "lint": lint.run,
    "bench": bench,
    "stop": stop,
    "update": update,
    "import": import_turnover,
    "i18n": i18n,
    "shell": shell,
    "psql": psql,
    "clean": clean,
}
