"""`make bench`: each benchmark measures the work and its baseline in turn, in one run.

What counts is the ratio of medians: both sides feel the same machine.
"""

import importlib
import sys

# Before any benchmark: it prepares Odoo, and only then are our addons found.
import bench

# Modules of this folder; each has `run(env)`.
BENCHMARKS = (
    "classify",
    "collector",
    "due_times",
    "save_lead",
    "opening",
    "sweep",
    "my_obligations",
    "backtest",
    "announcement",
    "control_board",
    "kpis",
    "reports",
)
# Those whose work is committed.
ON_A_COPY = ("sweep", "my_obligations", "control_board")


def main(names):
    """Run the benchmarks of these names, or all.

    :return: the exit status: 1 when a ratio is worse than its goal
    """
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
        return 2
    good = True
    for name in names or BENCHMARKS:
        on_a_copy = name in ON_A_COPY
        place = bench.copied_environment if on_a_copy else bench.environment
        with place() as env:
            # A list: one that misses its goal does not keep the others from running.
            good &= all(list(importlib.import_module(name).run(env)))
    return 0 if good else 1


sys.exit(main(sys.argv[1:]))
