"""What the benchmarks share: an environment that is rolled back, and fair timing."""

import contextlib
import os
import statistics
import time

import odoo.init  # noqa: F401, prepares Odoo for use outside its server
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

DATABASE = os.environ["CRM_BENCH_BASE"]
# Here, because only then are the addons found that the benchmarks import.
config.parse_config(["-d", DATABASE, "--no-http", "--log-level=error"])


@contextlib.contextmanager
def environment():
    """A superuser environment whose changes are rolled back at the end."""
    registry = Registry(DATABASE)
    with registry.cursor() as cr:
        try:
            yield api.Environment(cr, SUPERUSER_ID, {})
        finally:
            cr.rollback()
            # The next benchmark must not remember what was rolled back.
            registry.clear_all_caches()


@contextlib.contextmanager
def copied_environment():
    """The same on a copy of the database, for work that must be committed."""
    name = f"{DATABASE}_copy"
    sql_db.close_db(DATABASE)
    _outside("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)
    _outside("CREATE DATABASE %s TEMPLATE %s", name, DATABASE)
    try:
        with Registry(name).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
    finally:
        Registry.delete(name)
        sql_db.close_db(name)
        _outside("DROP DATABASE %s WITH (FORCE)", name)


def vacuum(env, *tables):
    """What PostgreSQL does by itself sooner or later; commits.

    :param env: an environment of :func:`copied_environment`
    :param tables: names of tables
    """
    env.cr.commit()
    for table in tables:
        _outside("VACUUM ANALYZE %s", table, database=env.cr.dbname)


def _outside(statement, *names, database="postgres"):
    """Do what PostgreSQL does not do inside a transaction."""
    with contextlib.closing(sql_db.db_connect(database).cursor()) as cr:
        cr._cnx.autocommit = True
        cr.execute(SQL(statement, *map(SQL.identifier, names)))


def ratio(
    title,
    work,
    baseline,
    goal=None,
    at_least=False,
    rounds=5,
    scale=1,
    before=None,
    before_baseline=None,
):
    """Time two functions in turn and print the ratio of their medians.

    :param title: what is measured
    :param work: our function, without arguments
    :param baseline: what it is compared with
    :param goal: the ratio work ÷ baseline that is promised, or, with ``at_least``,
        how many times faster than the baseline the work must be; None if nothing is
        promised and the ratio is only shown
    :param at_least: whether the goal is a speed-up
    :param rounds: how often each is called, after one warm-up
    :param scale: how many times less the baseline did than the work
    :param before: what is done before each call, outside the time that is measured
    :param before_baseline: the same before each call of the baseline, if it differs
    :return: whether the goal is met
    """
    ours, theirs = [], []
    sides = (
        (before, work, ours),
        (before_baseline or before, baseline, theirs),
    )
    for number in range(rounds + 1):
        for prepare, function, times in sides:
            if prepare:
                prepare()
            started = time.perf_counter()
            function()
            if number:
                times.append(time.perf_counter() - started)
    left, right = statistics.median(ours), scale * statistics.median(theirs)
    value = right / left if at_least else left / right
    times = f"{left * 1000:.1f} ms against {right * 1000:.1f} ms"
    if goal is None:
        print(f"    {title}: {value:.3g} x ({times})", flush=True)
        return True
    sign = ">=" if at_least else "<="
    return verdict(
        title,
        value >= goal if at_least else value <= goal,
        f"{value:.3g} x (goal {sign} {goal:g} x; {times})",
    )


def verdict(title, met, figures):
    """Print whether a goal is met.

    :return: whether it is
    """
    print(f"{'ok ' if met else 'BAD'} {title}: {figures}", flush=True)
    return met


def queries(env, work):
    """How many queries some work takes until its commit.

    :param env: the environment of the work
    :param work: function without arguments
    """
    env.cr.flush()
    env.invalidate_all()
    before = env.cr.sql_log_count
    work()
    env.cr.flush()
    return env.cr.sql_log_count - before
