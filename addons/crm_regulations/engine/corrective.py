"""Corrective actions: who breaks promises again and again, and what came after."""

from datetime import timedelta

from odoo.tools import SQL

from ..core.figures import Tally, is_repeated
from . import bulk

MODEL = "crm.corrective.action"


def open_repeated(env, company, now):
    """Open an action for each person who breaks promises of a regulation repeatedly.

    One that is open, or was done within the days that are looked at, is enough.

    :param env: superuser environment
    :param company: a res.company record with corrective actions switched on
    :param now: naive UTC instant
    :return: crm.corrective.action records that were made
    """
    start = now - timedelta(days=company.crm_corrective_days)
    groups = env["crm.obligation.report"]._read_group(
        [
            ("company_id", "=", company.id),
            ("date_due", ">=", start),
            ("date_due", "<", now),
            ("counted", "=", 1),
            ("user_id", "!=", False),
        ],
        ["newest_id", "user_id"],
        ["counted:sum", "on_time:sum"],
    )
    recent = env[MODEL].search(
        [("company_id", "=", company.id), "|", ("state", "=", "open"),
         ("date_done", ">=", start)]
    )  # fmt: skip
    known = {(action.code, action.user_id) for action in recent}
    rows = [
        {
            "regulation_id": regulation.id,
            "code": regulation.code,
            "company_id": company.id,
            "user_id": user.id,
            "owner_id": (regulation.owner_id or company.create_uid).id,
            "date_from": start,
            "date_to": now,
            "date_due": (now + timedelta(days=company.crm_corrective_days)).date(),
            "counted_before": counted,
            "on_time_before": on_time,
            "state": "open",
        }
        for regulation, user, counted, on_time in groups
        if (regulation.code, user) not in known
        and is_repeated(
            Tally(on_time=on_time, breached=counted - on_time),
            company.crm_corrective_broken,
            company.crm_corrective_percent,
        )
    ]
    made = bulk.insert(env, MODEL, rows)
    return env[MODEL].browse([id_ for (id_,) in made])


def kept(env, wanted):
    """How many promises of a person were kept in a time, for many at once.

    :param wanted: list of (key, company id, code of the regulation, user id, first
        instant, first instant after it)
    :return: {key: (counted, on time)}
    """
    if not wanted:
        return {}
    env["crm.obligation"].flush_model()
    rows = env.execute_query(
        SQL(
            """SELECT asked.key, COUNT(owed.id),
                      COUNT(owed.id) FILTER (WHERE owed.state = 'done_on_time')
                 FROM unnest(%s::int[], %s::int[], %s::text[], %s::int[],
                             %s::timestamp[], %s::timestamp[])
                      AS asked (key, company_id, code, user_id, start, stop)
                 JOIN crm_obligation AS owed
                   ON owed.company_id = asked.company_id
                  AND owed.user_id = asked.user_id
                  AND owed.date_due >= asked.start AND owed.date_due < asked.stop
                  AND owed.state IN ('done_on_time', 'done_late', 'breached')
                 JOIN crm_regulation AS version
                   ON version.id = owed.regulation_id AND version.code = asked.code
                GROUP BY asked.key""",
            *map(list, zip(*wanted, strict=True)),
        )
    )
    return {key: (counted, on_time) for key, counted, on_time in rows}
