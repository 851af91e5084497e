"""Corrective actions: who breaks promises again and again, and what came after."""

from collections import defaultdict
from datetime import timedelta

from odoo.tools import SQL

from ..core.figures import Tally, is_repeated
from . import bulk

MODEL = "crm.corrective.action"


def open_repeated(env, company, now):
    """Open an action for whoever breaks promises of a regulation repeatedly.

    For a person, and if the company wants that, for a department of which at least two
    people break them. One that is open, or was done within the days that are looked
    at, is enough.

    :param env: superuser environment
    :param company: a res.company record with corrective actions switched on
    :param now: naive UTC instant
    :return: crm.corrective.action records that were made
    """
    start = now - timedelta(days=company.crm_corrective_days)
    recent = env[MODEL].search(
        [("company_id", "=", company.id), "|", ("state", "=", "open"),
         ("date_done", ">=", start)]
    )  # fmt: skip
    known = {(a.code, a.user_id, a.department_id) for a in recent}
    rows = [
        {
            "regulation_id": regulation.id,
            "code": regulation.code,
            "company_id": company.id,
            "user_id": user.id or None,
            "department_id": department.id or None,
            "owner_id": _owner(company, regulation, department).id,
            "date_from": start,
            "date_to": now,
            "date_due": (now + timedelta(days=company.crm_corrective_days)).date(),
            "counted_before": tally.counted,
            "on_time_before": tally.on_time,
            "state": "open",
        }
        for (regulation, user, department), tally in _tallies(env, company, start, now)
        if (regulation.code, user, department) not in known
        and is_repeated(
            tally, company.crm_corrective_broken, company.crm_corrective_percent
        )
    ]
    made = bulk.insert(env, MODEL, rows)
    return env[MODEL].browse([id_ for (id_,) in made])


def _tallies(env, company, start, now):
    """How promises were kept, by regulation and person, and by department.

    :return: list of ((regulation, user, department), tally), one of the last two empty
    """
    groups = env["crm.obligation.report"]._read_group(
        [
            ("company_id", "=", company.id),
            ("date_due", ">=", start),
            ("date_due", "<", now),
            ("counted", "=", 1),
            ("user_id", "!=", False),
        ],
        ["newest_id", "user_id", "department_id"],
        ["counted:sum", "on_time:sum"],
    )
    nobody, nowhere = env["res.users"], env["hr.department"]
    tallies, together = [], defaultdict(list)
    for regulation, user, department, counted, on_time in groups:
        tally = Tally(on_time=on_time, breached=counted - on_time)
        tallies.append(((regulation, user, nowhere), tally))
        if department and company.crm_corrective_department:
            together[regulation, nobody, department].append(tally)
    for key, of_people in together.items():
        if sum(tally.broken > 0 for tally in of_people) > 1:
            on_time = sum(tally.on_time for tally in of_people)
            broken = sum(tally.broken for tally in of_people)
            tallies.append((key, Tally(on_time=on_time, breached=broken)))
    return tallies


def _owner(company, regulation, department):
    """Who sees to it: the head of the department, else who owns the regulation."""
    head = department.manager_id.user_id
    if company not in head.company_ids:
        head = head.browse()
    return head or regulation.owner_id or company.create_uid


def kept(env, wanted):
    """How many promises were kept in a time, for many at once.

    :param wanted: list of (key, company id, code of the regulation, user id or None,
        department id or None, first instant, first instant after it); without a user
        and a department it is about everybody's
    :return: {key: (counted, on time)}
    """
    if not wanted:
        return {}
    env["crm.obligation"].flush_model()
    env["hr.employee"].flush_model(["company_id", "current_version_id", "user_id"])
    env["hr.version"].flush_model(["department_id"])
    rows = env.execute_query(
        SQL(
            """SELECT asked.key, COUNT(owed.id),
                      COUNT(owed.id) FILTER (WHERE owed.state = 'done_on_time')
                 FROM unnest(%s::int[], %s::int[], %s::text[], %s::int[], %s::int[],
                             %s::timestamp[], %s::timestamp[])
                      AS asked (key, company_id, code, user_id, department_id,
                                start, stop)
                 JOIN crm_obligation AS owed
                   ON owed.company_id = asked.company_id
                  AND owed.date_due >= asked.start AND owed.date_due < asked.stop
                  AND owed.state IN ('done_on_time', 'done_late', 'breached')
                 JOIN crm_regulation AS version
                   ON version.id = owed.regulation_id AND version.code = asked.code
                WHERE (asked.user_id IS NULL OR owed.user_id = asked.user_id)
                  AND (asked.department_id IS NULL OR EXISTS (
                          SELECT FROM hr_employee AS employee
                            JOIN hr_version AS work
                              ON work.id = employee.current_version_id
                           WHERE employee.user_id = owed.user_id
                             AND employee.company_id = owed.company_id
                             AND work.department_id = asked.department_id))
                GROUP BY asked.key""",
            *map(list, zip(*wanted, strict=True)),
        )
    )
    return {key: (counted, on_time) for key, counted, on_time in rows}
