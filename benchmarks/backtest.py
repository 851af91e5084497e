"""Trying a regulation on a year that has passed: seconds, and linear."""

import statistics
import time
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.crm_regulations.engine.backtest import Backtest
from odoo.addons.crm_regulations.engine.rules import Rule

from bench import verdict
from copies import copy

SMALL, BIG = 10_000, 100_000
MOST_SECONDS = 40
ROUNDS = 3


def run(env):
    """Leads of a year; four in five were answered, after a minute to four days."""
    trial = _Trial(env)
    each = {}
    for size in (SMALL, BIG):
        trial.fill(size)
        times = [trial.seconds(size) for _round in range(ROUNDS if size < BIG else 1)]
        each[size] = 1000 * statistics.median(times) / size
    seconds = each[BIG] * BIG / 1000
    yield verdict(
        f"try a regulation on {BIG:,} leads of a year and their messages",
        seconds <= MOST_SECONDS,
        f"{seconds:.1f} s, {each[BIG]:.3f} ms each (goal <= {MOST_SECONDS} s)",
    )
    grown = each[BIG] / each[SMALL]
    yield verdict(
        f"try it on {BIG:,} against {SMALL:,}",
        grown <= 1.3,
        f"{grown:.2f} x the time for each (goal <= 1.3 x)",
    )


class _Trial:
    """A draft, and leads that nobody has promised anything about.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        self.end = fields.Datetime.now().replace(microsecond=0)
        self.start = self.end - timedelta(days=365)
        self.customer = env["res.partner"].create({"name": "Bench", "is_company": True})
        self.draft = env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "step_ids": [Command.create({"name": "Answer"})],
            }
        )
        self.model = env["crm.lead"].create(
            {"name": "Model", "user_id": env.ref("base.user_admin").id}
        )
        self.letter = self.model.with_user(self.model.user_id).message_post(
            body="Here it is",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        env.flush_all()
        self.filled = 0

    def fill(self, size):
        """So many leads with their letters."""
        count = size - self.filled
        customers = copy(self.customer, count, commercial_partner_id=SQL("made.id"))
        # Evenly over the year, but not at the same minute of each day.
        moment = SQL(
            "%s::timestamp + (made.id %% %s) * (%s::interval / %s)",
            self.start,
            count,
            "365 days",
            count,
        )
        leads = copy(
            self.model,
            count,
            partner_id=SQL("%s + made.id %% %s", customers[0], count),
            create_date=moment,
        )
        answered = SQL(
            """(SELECT create_date FROM crm_lead
                 WHERE id = %(first)s + made.id %% %(n)s)
               + make_interval(secs => 60 + (made.id * 7919 %% 345600)::int)""",
            first=leads[0],
            n=count * 4 // 5,
        )
        copy(
            self.letter,
            count * 4 // 5,
            res_id=SQL("%s + made.id %% %s", leads[0], count * 4 // 5),
            date=answered,
            create_date=answered,
            message_id=SQL("'<bench-' || made.id || '>'"),
        )
        self.filled = size

    def seconds(self, size):
        """How long it takes."""
        rule = Rule.of(self.draft, self.draft._compile())
        self.env.invalidate_all()
        started = time.perf_counter()
        found = Backtest(self.env, rule, self.start, self.end).outcomes()
        taken = time.perf_counter() - started
        (outcomes,) = found.values()
        done = sum(outcome.done is not None for outcome in outcomes)
        # What is fast because it finds nothing is not fast.
        if len(outcomes) < size or not 0.7 * size < done < 0.9 * size:
            raise AssertionError(f"{len(outcomes)} promises, {done} done, of {size}")
        return taken
