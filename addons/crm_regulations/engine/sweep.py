"""The clock of all promises: warns and marks what is overdue.

Rows are taken by the instant at which they must be looked at again, in batches, and
locked so that two workers never take the same one. A batch is committed whole: a worker
that is killed leaves its batch to the next.
"""

from odoo.tools import SQL

from ..core.judge import BREACHED, OPEN, next_check, verdict

BATCH = 500


def due_batch(env, now, size=BATCH):
    """Lock the next obligations to look at.

    One whose due time is this very instant can still be kept, so it waits.

    :param env: superuser environment
    :param now: naive UTC instant
    :param size: at most so many
    :return: crm.obligation records
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """SELECT id FROM crm_obligation
                WHERE next_check < %s
                  AND state = 'open'
                ORDER BY next_check
                LIMIT %s
                  FOR UPDATE SKIP LOCKED""",
            now,
            size,
        )
    )
    return env["crm.obligation"].browse([row[0] for row in rows])


def advance(obligations, now):
    """Judge open obligations at an instant and write what changed.

    :param obligations: locked, open crm.obligation records
    :param now: naive UTC instant
    """
    breached = obligations.filtered(
        lambda o: verdict(o.date_due, None, now) == BREACHED
    )
    rest = obligations - breached
    for obligation in rest:
        obligation.next_check = next_check(
            OPEN, obligation.date_warn, obligation.date_due, now
        )
    rest._warn(now)
    for due, group in breached.grouped("date_due").items():
        group.write({"state": BREACHED, "date_breach": due, "next_check": False})
    breached._log("breached")
