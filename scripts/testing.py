"""What `make test` runs."""

import os
import subprocess

import databases
import odoo_cli
import python_env
import settings

PLACES = ("addons", "tests")


def run(arguments):
    """Install our addons into databases of their own and run every test.

    :param arguments: further words for pytest; places given here replace all tests
    :return: pytest's exit status (no test run at all is a failure)
    """
    key = settings.clone_key()
    fresh = databases.with_addons(f"crm_test_{key}_fresh", demo=False)
    database = f"crm_test_{key}"
    databases.copy(fresh, database)
    named = [word for word in arguments if os.path.exists(word.split("::")[0])]
    places = [] if named else PLACES
    words = [
        python_env.python(), "-m", "pytest", *places, *arguments,
        f"--odoo-database={database}", f"--odoo-config={odoo_cli.CONFIG}",
        "--odoo-http",
    ]  # fmt: skip
    variables = {
        **odoo_cli.environment(),
        "CRM_TEST_FRESH": fresh,
        "CRM_TEST_BASE": databases.base(),
    }
    # Only the black box looks at the demo company, which takes long to make.
    if not all(os.path.relpath(word).startswith("addons") for word in named or ["."]):
        demo = databases.with_addons(f"crm_test_{key}_demo", demo=True)
        variables["CRM_TEST_DEMO"] = demo
    done = subprocess.run(words, env=variables, cwd=settings.REPOSITORY)
    databases.drop(database)
    return done.returncode


def clean():
    """Drop the databases of the tests of this clone."""
    for suffix in ("", "_fresh", "_demo"):
        databases.drop(f"crm_test_{settings.clone_key()}{suffix}")
