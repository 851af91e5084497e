"""What the benchmarks share: an environment that is rolled back, and fair timing."""

import contextlib
import os
import statistics
import time

import odoo.init  # noqa: F401, prepares Odoo for use outside its server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

DATABASE = os.environ["CRM_BENCH_BASE"]
# Here, because only then are the addons found that the benchmarks import.
config.parse_config(["-d", DATABASE, "--no-http", "--log-level=error"])


@contextlib.contextmanager
def environment():
    """A superuser environment whose changes are rolled back at the end."""
    registry = Registry(DATABASE)
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
        cr.rollback()


def ratio(title, work, baseline, goal, at_least=False, rounds=5, scale=1, before=None):
    """Time two functions in turn and print the ratio of their medians.

    :param title: what is measured
    :param work: our function, without arguments
    :param baseline: what it is compared with
    :param goal: the ratio work ÷ baseline that is promised, or, with ``at_least``,
        how many times faster than the baseline the work must be
    :param at_least: whether the goal is a speed-up
    :param rounds: how often each is called, after one warm-up
    :param scale: how many times less the baseline did than the work
    :param before: what is done before each call, outside the time that is measured
    :return: whether the goal is met
    """
    ours, theirs = [], []
    for number in range(rounds + 1):
        for function, times in ((work, ours), (baseline, theirs)):
            if before:
                before()
            started = time.perf_counter()
            function()
            if number:
                times.append(time.perf_counter() - started)
    left, right = statistics.median(ours), scale * statistics.median(theirs)
    value = right / left if at_least else left / right
    met = value >= goal if at_least else value <= goal
    sign = ">=" if at_least else "<="
    print(
        f"{'ok ' if met else 'BAD'} {title}: {value:.3g} x (goal {sign} {goal:g} x; "
        f"{left * 1000:.1f} ms against {right * 1000:.1f} ms)",
        flush=True,
    )
    return met
