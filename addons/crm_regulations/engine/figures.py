"""The figures of the control board, each in one statement over all promises of a time.

They are asked of crm.obligation.report as the person who looks, so record rules hold
for a figure as they do for the list behind it.
"""

from odoo.tools import SQL

from ..core.figures import Tally

REPORT = "crm.obligation.report"
# Shares of promises done within so many minutes.
WITHIN = {"1h": 60, "2h": 120, "4h": 240, "1d": 1440}
PERCENTILES = {"p50": 0.5, "p80": 0.8, "p90": 0.9}
# What each figure counts, as a domain; Tally has the same names.
KINDS = {
    "on_time": [("state", "=", "done_on_time")],
    "late": [("state", "=", "done_late")],
    "breached": [("state", "=", "breached")],
    "excused": [("state", "=", "excused")],
    "cancelled": [("state", "=", "cancelled")],
    "open": [("state", "=", "open")],
    # That it has not ended is said twice, because by this there is an index.
    "overdue": [("is_overdue", "=", 1), ("date_end", "=", False)],
    "attested": [
        ("state", "in", ["done_on_time", "done_late"]),
        ("evidence_grade", "=", "attested"),
    ],
}
# Sums of those above.
SUMS = {
    "counted": [("counted", "=", 1)],
    "broken": [("state", "in", ["done_late", "breached"])],
}
_CONDITIONS = {
    "on_time": "state = 'done_on_time'",
    "late": "state = 'done_late'",
    "breached": "state = 'breached'",
    "excused": "state = 'excused'",
    "cancelled": "state = 'cancelled'",
    "open": "state = 'open'",
    "overdue": "is_overdue = 1",
    "attested": "state IN ('done_on_time', 'done_late') "
    "AND evidence_grade = 'attested'",
}


def _from(env, domain):
    """The rows of the report that somebody may see, as a subselect."""
    report = env[REPORT]
    query = report._search(domain)
    names = (
        "id", "state", "is_overdue", "evidence_grade", "reaction_minutes", "date_due",
        "newest_id", "department_id", "user_id", "segment_id", "process", "cause",
    )  # fmt: skip
    table = SQL.identifier(query.table)
    return query.select(*(SQL("%s.%s", table, SQL.identifier(name)) for name in names))


def _counts():
    return SQL(", ").join(
        SQL("COUNT(*) FILTER (WHERE %s)", SQL(condition))
        for condition in _CONDITIONS.values()
    )


def by(env, domain, column):
    """Promises by the values of a column, with how fast they were done.

    :param env: the environment of the person who looks
    :param domain: of crm.obligation.report
    :param column: its name
    :return: ({value: (Tally, reaction)}, (Tally, reaction) of all); ``reaction`` is a
        dictionary of percentiles in minutes (None if nothing was done) and of how many
        were done within a time
    """
    rows = env.execute_query(
        SQL(
            """SELECT GROUPING(%(column)s), %(column)s, %(counts)s,
                      percentile_disc(%(shares)s) WITHIN GROUP
                          (ORDER BY reaction_minutes),
                      %(within)s
                 FROM (%(rows)s) AS owed
                GROUP BY GROUPING SETS ((), (%(column)s))""",
            column=SQL.identifier(column),
            counts=_counts(),
            shares=list(PERCENTILES.values()),
            within=SQL(", ").join(
                SQL("COUNT(*) FILTER (WHERE reaction_minutes <= %s)", minutes)
                for minutes in WITHIN.values()
            ),
            rows=_from(env, domain),
        )
    )
    size = len(_CONDITIONS)
    found, everything = {}, None
    for is_all, value, *row in rows:
        percentiles = row[size] or [None] * len(PERCENTILES)
        reaction = dict(zip(PERCENTILES, percentiles, strict=True)) | dict(
            zip(WITHIN, row[size + 1 :], strict=True)
        )
        figure = Tally(*row[:size]), reaction
        if is_all:
            everything = figure
        else:
            found[value] = figure
    return found, everything


def broken(env, domain):
    """Promises by regulation, and how many were not kept by their cause.

    :return: ({id of the newest version: Tally}, {cause: count})
    """
    rows = env.execute_query(
        SQL(
            """SELECT GROUPING(newest_id), newest_id, cause, COUNT(*), %(counts)s
                 FROM (%(rows)s) AS owed
                GROUP BY GROUPING SETS ((newest_id), (cause))""",
            counts=_counts(),
            rows=_from(env, domain),
        )
    )
    rules = {row[1]: Tally(*row[4:]) for row in rows if not row[0]}
    causes = {row[2]: row[3] for row in rows if row[0] and row[2]}
    return rules, causes


def by_week(env, domain, zone):
    """Promises by the week in which they were due.

    :param zone: name of the time zone whose weeks are meant
    :return: {Monday: Tally}
    """
    rows = env.execute_query(
        SQL(
            """SELECT date_trunc('week', date_due AT TIME ZONE 'UTC'
                                 AT TIME ZONE %(zone)s)::date, %(counts)s
                 FROM (%(rows)s) AS owed
                GROUP BY 1""",
            zone=zone,
            counts=_counts(),
            rows=_from(env, domain),
        )
    )
    return {monday: Tally(*row) for monday, *row in rows}


def queues(env, domain, limit):
    """Who has most that is overdue.

    :return: ([(id of the user or None, count)], the longest first, count of all)
    """
    rows = env.execute_query(
        SQL(
            """SELECT user_id, COUNT(*), SUM(COUNT(*)) OVER ()
                 FROM (%(rows)s) AS owed
                GROUP BY user_id
                ORDER BY 2 DESC, 1
                LIMIT %(limit)s""",
            rows=_from(env, domain),
            limit=limit,
        )
    )
    return [row[:2] for row in rows], int(rows[0][2]) if rows else 0
