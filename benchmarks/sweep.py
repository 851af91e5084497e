"""The clock of all promises: how long a due one takes, and whether many are a problem.

Everything is committed batch by batch, as the cron does it; within one transaction the
rows that are done already would be read again and again. Between the runs the rows are
made due anew and the tables are vacuumed, outside the time that is measured.
"""

import statistics
import time
from datetime import timedelta

import psutil

from odoo import Command, fields
from odoo.tools import SQL

from automations import automations
from bench import vacuum, verdict
from copies import copy

SMALL, BIG = 20_000, 200_000
FEW = 500  # the cron of automation rules is too slow for more
ROUNDS = 3
MOST_MILLISECONDS = 0.5
MOST_GROWTH = 1.3
MOST_MEGABYTES = 30  # that the Odoo process may grow by


def run(env):
    """Promises of a silent regulation become overdue, each with a line in its log."""
    sweeping = _Sweeping(env)
    seconds = {SMALL: [], BIG: []}
    for _round in range(ROUNDS):
        for size, times in seconds.items():
            sweeping.make_due(size)
            times.append(sweeping.seconds())
    each = {
        size: 1000 * statistics.median(times) / size for size, times in seconds.items()
    }
    for size, milliseconds in each.items():
        yield verdict(
            f"sweep {size:,} due promises",
            milliseconds <= MOST_MILLISECONDS,
            f"{milliseconds:.2f} ms each (goal <= {MOST_MILLISECONDS} ms)",
        )
    growth = each[BIG] / each[SMALL]
    yield verdict(
        f"sweep {BIG:,} against {SMALL:,}",
        growth <= MOST_GROWTH,
        f"{growth:.3g} x the time for each (goal <= {MOST_GROWTH} x)",
    )
    yield verdict(
        f"memory of the process in a sweep of {BIG:,}",
        sweeping.grown <= MOST_MEGABYTES,
        f"+{sweeping.grown:.1f} MB (goal <= {MOST_MEGABYTES} MB)",
    )
    usual = 1000 * sweeping.seconds_as_usual() / FEW
    print(
        f"    for comparison: an automation rule on {FEW} leads whose time has come, "
        f"with an action that does nothing: {usual:.2f} ms each, "
        f"{usual / each[BIG]:.0f} x",
        flush=True,
    )


def _memory():
    return psutil.Process().memory_info().rss / 1024**2


class _Sweeping:
    """Promises about one lead.

    :param env: superuser environment on a copy of the database
    """

    def __init__(self, env):
        self.env = env
        self.cr = env.cr
        #: By how many megabytes the process grew while it swept.
        self.grown = 0.0
        regulation = env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "mode": "silent",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        regulation.action_publish()
        self.lead = env["crm.lead"].create({"name": "Benchmark"})
        env.cr.commit()
        self.first = env["crm.obligation"].search([("res_id", "=", self.lead.id)])
        self.now = self.first.date_due + timedelta(days=1)
        # Some are due now and some since a day, in no order.
        due = SQL("model.date_due - make_interval(secs => made.id * 7919 %% 100000)")
        text = SQL("to_char(%s, 'YYYY-MM-DD HH24:MI:SS')", due)
        copy(
            self.first,
            BIG - 1,
            fact_key=SQL("'benchmark:' || made.id"),
            date_due=due,
            next_check=due,
            alarms=SQL(
                "jsonb_build_array(jsonb_build_array(%s, 'breached', ''))", text
            ),
        )
        self.cr.execute(
            "CREATE TABLE benchmark AS "
            "SELECT id, alarms, next_check FROM crm_obligation"
        )

    def make_due(self, size):
        """Make so many promises as they were when they were opened."""
        self.cr.execute("DELETE FROM crm_obligation_event WHERE kind != 'opened'")
        self.cr.execute(
            """UPDATE crm_obligation AS owed
                  SET state = 'open', date_breach = NULL, alarms = benchmark.alarms,
                      next_check = CASE WHEN number <= %s THEN benchmark.next_check END
                 FROM (SELECT *, row_number() OVER (ORDER BY id) AS number
                         FROM benchmark) AS benchmark
                WHERE owed.id = benchmark.id""",
            [size],
        )
        vacuum(self.env, "crm_obligation", "crm_obligation_event")
        self.size = size

    def seconds(self):
        """How long it takes until nothing is due any more."""
        obligations, cron = self.env["crm.obligation"], self.env["ir.cron"]
        started, memory = time.perf_counter(), None
        # As the cron does it.
        for done in obligations._swept(self.now):
            cron._commit_progress(done)
            # What the first batch needs, every batch needs.
            memory = memory or _memory()
            self.grown = max(self.grown, _memory() - memory)
        taken = time.perf_counter() - started
        broken = obligations.search_count([("state", "=", "breached")])
        told = self.env["crm.obligation.event"].search_count(
            [("kind", "=", "breached")]
        )
        assert broken == told == self.size, (broken, told, self.size)
        return taken

    def seconds_as_usual(self):
        """The cron of automation rules, without its commit."""
        env = self.env
        copy(self.lead, FEW)
        when = env["ir.model.fields"]._get("crm.lead", "create_date")
        with automations(env, 1, "on_time_created", trg_date_id=when.id) as rule:
            rule.active = True
            env.cr.flush()
            until = fields.Datetime.now() + timedelta(days=1)
            started = time.perf_counter()
            # As ``_cron_process_time_based_actions`` does it.
            rule = rule.with_context(__action_done={})
            records = rule._search_time_based_automation_records(until=until)
            for record in records:
                rule._process(record)
            env.flush_all()
            assert len(records) > FEW
            return time.perf_counter() - started
