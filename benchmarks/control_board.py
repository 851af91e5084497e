"""The control board of a month, among a million promises of five years."""

from odoo import Command
from odoo.tools import SQL

from bench import ratio, vacuum
from copies import copy

BIG = 1_000_000
DAYS = 1_825
PEOPLE = 20
# Totals, groups with percentiles, twelve weeks, queues, causes and what was logged.
MOST = 25
MONTH = ("2026-05-01", "2026-05-31")


def run(env):
    """The board against counting the month's promises by state."""
    board = _Board(env, BIG)
    vacuum(env, "crm_obligation")
    yield ratio(
        f"The control board of a month among {BIG:,} promises against the bare count "
        "of the month by state",
        board.open,
        board.count,
        MOST,
        before=env.invalidate_all,
        before_baseline=env.invalidate_all,
    )


class _Board:
    """What the browser asks for when a manager opens the board.

    :param env: superuser environment
    :param size: how many promises there are altogether
    """

    def __init__(self, env, size):
        group = env.ref("sales_team.group_sale_manager").id
        users = env["res.users"].create(
            [
                {
                    "name": f"Benchmark {number}",
                    "login": f"benchmark_{number}",
                    "group_ids": [Command.link(group)],
                }
                for number in range(PEOPLE)
            ]
        )
        self.env = env(user=users[0], context={"lang": "en_US"})
        self._fill(self._promise(env), size, users)

    def open(self):
        """The figures of a month."""
        report = self.env["crm.obligation.report"]
        return report.control_board(*MONTH, group_by="person")

    def count(self):
        """The bare aggregate that every board needs."""
        return self.env.execute_query(
            SQL(
                """SELECT state, COUNT(*) FROM crm_obligation
                    WHERE company_id = %s AND date_due >= %s
                      AND date_due < %s::timestamp + interval '1 day'
                    GROUP BY state""",
                self.env.company.id,
                *MONTH,
            )
        )

    def _promise(self, env):
        regulation = env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        regulation.action_publish()
        customer = env["res.partner"].create({"name": "Bench", "is_company": True})
        lead = env["crm.lead"].create({"name": "Bench", "partner_id": customer.id})
        env.cr.flush()
        return env["crm.obligation"].search([("lead_id", "=", lead.id)])

    def _fill(self, promise, size, users):
        """Eight in ten were kept, one in ten was late, the rest is overdue."""
        due = SQL(
            "'2026-06-30'::timestamp - make_interval(secs => made.id * 7919 %% %s)",
            DAYS * 86_400,
        )
        shared = {
            "fact_key": SQL("'benchmark:' || made.id"),
            "date_due": due,
            "date_start": SQL("%s - interval '4 hours'", due),
            "user_id": SQL("%s + made.id %% %s", users[0].id, PEOPLE),
        }
        for share, state, late in (
            (8, "done_on_time", "-1 hour"),
            (1, "done_late", "1 hour"),
        ):
            done = SQL("%s + %s::interval", due, late)
            copy(promise, size * share // 10, **shared, state=SQL("%s", state),
                 date_done=done, date_end=done)  # fmt: skip
        rest = size // 10 - size // 100
        copy(promise, rest, **shared, state=SQL("'excused'"), date_end=due)
        copy(promise, size // 100, **shared, state=SQL("'breached'"))
