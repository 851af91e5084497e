"""The databases: a base without our addons, the demo company, the one of the tests.

Each database carries in its comment the key of what it was made from. The comment is
written last, so that an interrupted one is recognised and made anew.
"""

import os
import shutil
import subprocess

import odoo_cli
import odoo_source
import postgres
import python_env
import settings
import system_packages
from progress import Stop, run, step

# The modules that our addons depend on; installed once and then copied.
DEPENDENCIES = (
    "calendar,crm,hr,mass_mailing,project,sale_crm,spreadsheet_dashboard,survey"
)
# The first one is what everybody begins with.
LANGUAGES = "en_US,ru_RU,uk_UA"

# Debian leaves one JavaScript file out of its package although the manifest of `mail`
# lists it; without this row every browser test stops at a console error.
_MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
_FINISH_BASE = f"""
from odoo.tools.misc import file_path
try:
    file_path({_MISSING_ASSET!r})
except FileNotFoundError:
    env["ir.asset"].create({{
        "name": "file that this build of Odoo lacks",
        "bundle": "web.assets_backend",
        "directive": "remove",
        "path": {_MISSING_ASSET!r},
    }})
env.cr.execute("UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'")
env.cr.commit()
"""

_PAGES = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def base():
    """The database with Odoo's modules and without ours, made when it is not there.

    Its modules are flagged as having demo data although none was loaded. Odoo installs
    ours with theirs exactly if that flag stands, so the demo company gets a database
    without the companies and customers of Odoo's own demo.

    :return: its name
    """
    key = settings.digest(odoo_source.version(), DEPENDENCIES, LANGUAGES, _FINISH_BASE)
    name = f"crm_base_{key}"
    if _key_of(name) != key:
        drop(name)
        _sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING UTF8')
        with step("installing Odoo's own modules (once, some minutes)"):
            log = settings.logs() / "base.log"
            words = ("-i", DEPENDENCIES, f"--load-language={LANGUAGES}")
            odoo_cli.call(name, *words, log=log, strict=False)
            odoo_cli.shell(name, _FINISH_BASE, settings.logs() / "base-finish.log")
        _set_key(name, key)
    return name


def with_addons(name, demo, keep=False, besides=()):
    """A database with our addons as they stand in this clone.

    One made from other addons is made anew, or upgraded when it is to be kept.

    :param name: the database
    :param demo: whether to install the demo company
    :param keep: whether somebody may have worked in it
    :param besides: further modules of Odoo that are installed
    :return: ``name``
    """
    key = settings.digest(odoo_cli.ADDONS_FOLDER, *besides)
    found = _key_of(name)
    log = settings.logs() / f"{name}.log"
    if found == key:
        return name
    if found and keep:
        with step(f"upgrading {name} to the addons of this clone"):
            odoo_cli.call(name, "-u", ",".join(settings.ADDONS), log=log)
    else:
        copy(base(), name)
        what = "the demo company" if demo else "our addons without demo data"
        with step(f"installing {what} into {name}"):
            if not demo:
                _sql(name, "UPDATE ir_module_module SET demo = FALSE")
            modules = ",".join([*settings.ADDONS, *besides])
            odoo_cli.call(name, "-i", modules, log=log)
        if demo:
            make_pages(name)
    _set_key(name, key)
    return name


def set_addresses(name, url, local_url):
    """Tell a database where its server answers.

    Odoo learns it only when an administrator logs in. Until then links in letters lead
    to port 8069, and a PDF has no styles, because the program that makes it asks there
    for them.

    :param name: the database
    :param url: for people; an address that is not of this machine stays as it is
    :param local_url: for the program that makes PDFs
    """
    _sql(
        name,
        f"""
        INSERT INTO ir_config_parameter (key, value)
        VALUES ('report.url', '{local_url}'), ('web.base.url', '{url}')
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value
         WHERE ir_config_parameter.value ~ '^http://(localhost|127\\.0\\.0\\.1)(:|$)'
            OR ir_config_parameter.key = 'report.url'
        """,
    )


def make_pages(name):
    """Make the scripts and styles of the pages of a database.

    Whoever opens the first page, a person or a browser test, waits no longer than
    others.
    """
    with step(f"making the pages of {name}"):
        odoo_cli.shell(name, _PAGES, settings.logs() / f"{name}-pages.log")


def is_ready(name):
    """Whether a database is there and was finished, from whatever addons."""
    return bool(_key_of(name))


def is_current(name):
    """Whether a database was made from the addons as they stand in this clone."""
    return _key_of(name) == settings.digest(odoo_cli.ADDONS_FOLDER)


def update(name):
    """Upgrade our addons in a database, whatever it was made from."""
    log = settings.logs() / f"{name}.log"
    with step(f"upgrading the addons in {name}"):
        odoo_cli.call(name, "-u", ",".join(settings.ADDONS), log=log)
    _set_key(name, settings.digest(odoo_cli.ADDONS_FOLDER))


def copy(source, target):
    """Copy a database with its file store; a database named target is replaced."""
    drop(target)
    _sql("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if _filestore(source).exists():
        shutil.copytree(_filestore(source), _filestore(target))


def drop(name):
    """Delete a database and its file store if they are there."""
    _sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(_filestore(name), ignore_errors=True)


def psql(name):
    """Open psql on a database, on this terminal."""
    run([_client("psql"), name], env={**os.environ, **postgres.connection()})


def _filestore(name):
    return odoo_cli.data_folder() / "filestore" / name


def _key_of(name):
    return _sql(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        f"WHERE datname = '{name}'",
    )


def _set_key(name, key):
    _sql("postgres", f"COMMENT ON DATABASE \"{name}\" IS '{key}'")


# The driver in the virtual environment serves any server, also one whose client
# programs are not installed here.
_RUN_SQL = """
import os, sys, psycopg2
connection = psycopg2.connect(
    dbname=sys.argv[1], host=os.environ["PGHOST"],
    port=os.environ.get("PGPORT", "5432"), user=os.environ.get("PGUSER"),
)
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("SET client_min_messages = error")
cursor.execute(sys.argv[2])
row = cursor.fetchone() if cursor.description else None
print(row[0] if row and row[0] is not None else "")
"""


def _sql(name, text):
    done = subprocess.run(
        [python_env.python(), "-c", _RUN_SQL, name, text],
        env={**os.environ, **postgres.connection()},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        # Without the traceback above it.
        reason = done.stderr[done.stderr.rfind("psycopg2.") :]
        raise Stop(f"PostgreSQL: {' '.join(reason.split())}")
    return done.stdout.strip()


def _client(program):
    folder = system_packages.postgres_binaries()
    return os.path.join(folder, program) if folder else program
