"""What `make test` runs."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed

import databases
import odoo_cli
import python_env
import settings

# All tests in parts that run side by side, the longest first; each has a database of
# its own.
PARTS = (
    ("addons/crm_regulations",),
    ("tests",),
    ("addons/crm_segmentation",),
    ("addons/crm_project_rollout",),
)


def run(arguments):
    """Install our addons into databases of their own and run every test.

    :param arguments: further words for pytest; places given here replace all tests
    :return: pytest's exit status (no test run at all is a failure)
    """
    key = settings.clone_key()
    fresh = databases.with_addons(f"crm_test_{key}_fresh", demo=False)
    named = [word for word in arguments if os.path.exists(word.split("::")[0])]
    variables = {
        **odoo_cli.environment(),
        "CRM_TEST_FRESH": fresh,
        "CRM_TEST_BASE": databases.base(),
    }
    # Only the black box looks at the demo company, which takes long to make.
    if not all(os.path.relpath(word).startswith("addons") for word in named or ["."]):
        demo = databases.with_addons(f"crm_test_{key}_demo", demo=True)
        variables["CRM_TEST_DEMO"] = demo
    if arguments:
        places = [] if named else [place for part in PARTS for place in part]
        return _pytest([*places, *arguments], f"crm_test_{key}", variables)
    return _side_by_side(f"crm_test_{key}", variables)


def _side_by_side(name, variables):
    """Run all parts, as many at once as there are processors, at least two.

    :param name: how their databases begin
    :return: the worst exit status
    """
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        running = {
            pool.submit(_logged, part, f"{name}_{number}", variables): part
            for number, part in enumerate(PARTS)
        }
        worst = 0
        for done in as_completed(running):
            status, log = done.result()
            print(f"== {' '.join(running[done])}", flush=True)
            print(log.read_text(errors="replace"), flush=True)
            worst = worst or status
    return worst


def _logged(part, database, variables):
    """One part; its output goes to a file, so that parts do not mix.

    :return: (exit status, path of the file)
    """
    log = settings.logs() / f"{database}.log"
    with log.open("wb") as output:
        return _pytest(list(part), database, variables, output), log


def _pytest(words, database, variables, output=None):
    """Run pytest on a database of its own.

    :param output: where its output goes; None for the terminal
    :return: its exit status
    """
    databases.copy(variables["CRM_TEST_FRESH"], database)
    databases.make_pages(database)
    words = [
        python_env.python(), "-m", "pytest", *words,
        f"--odoo-database={database}", f"--odoo-config={odoo_cli.CONFIG}",
        "--odoo-http", "--durations=20", "--durations-min=10",
    ]  # fmt: skip
    done = subprocess.run(
        words,
        env=variables,
        cwd=settings.REPOSITORY,
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )
    databases.drop(database)
    return done.returncode


def clean():
    """Drop the databases of the tests of this clone."""
    parts = [f"_{number}" for number in range(len(PARTS))]
    for suffix in ("", *parts, "_fresh", "_demo"):
        databases.drop(f"crm_test_{settings.clone_key()}{suffix}")
