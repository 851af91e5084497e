"""What `make i18n` does: templates from the addons, merged into the translations."""

import subprocess

import databases
import odoo_cli
import python_env
import settings
from progress import Stop, step

LANGUAGES = ("ru", "uk")


def export(database, log):
    """Write ``i18n/ADDON.pot`` of every addon from an installed database.

    :param database: a database with our addons
    :param log: the file that takes what Odoo prints
    :raises Stop: the export failed
    """
    words = odoo_cli.command("i18n", "export", "-d", database, *settings.ADDONS)
    with open(log, "w") as stream:
        done = subprocess.run(
            words, env=odoo_cli.environment(), stdout=stream, stderr=subprocess.STDOUT
        )
    if done.returncode:
        raise Stop(f"the export of the terms failed, see {log}")


def run(_arguments):
    """Bring templates and translations up to date; new terms are left empty."""
    name = databases.with_addons(f"crm_i18n_{settings.clone_key()}", demo=False)
    with step("exporting the terms"):
        export(name, settings.logs() / "i18n.log")
    merge = settings.REPOSITORY / "scripts" / "in_odoo" / "merge_translations.py"
    folders = [str(odoo_cli.ADDONS_FOLDER / addon) for addon in settings.ADDONS]
    done = subprocess.run([python_env.python(), str(merge), *LANGUAGES, "--", *folders])
    databases.drop(name)
    return done.returncode
