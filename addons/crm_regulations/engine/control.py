"""Drawing the promises at which somebody looks, for all regulations at once.

What is drawn has a natural name, the regulation and the beginning of the time that is
looked at: drawn again, or by two workers, it is drawn once. The time begins where that
of the last check of any version ended, so nothing is left out and a server that stood
still for weeks makes one check of them, not many.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.tools import SQL

from ..core.control import drawn, last_beat, sample_size
from ..core.step import Every
from . import bulk
from .facts.days import day_of, zone


@dataclass(frozen=True)
class _Due:
    """A check whose time has come.

    :param regulation: the version in force, superuser
    :param start: first instant of the time that is looked at
    :param end: first instant after it
    """

    regulation: object
    start: datetime
    end: datetime

    @property
    def seed(self):
        """What names the draw."""
        regulation = self.regulation
        return f"{regulation.company_id.id}:{regulation.code}:{self.start}:{self.end}"


def draw(env, now):
    """Make the checks whose time has come.

    :param env: superuser environment
    :param now: naive UTC instant
    :return: crm.regulation.check records that were made
    """
    due = _due(env, now)
    ended = _ended(env, due)
    users = env["crm.regulation"].union(*(d.regulation for d in due))._controllers()
    rows = [_row(d, ended.get(d.regulation.id, ()), users, now) for d in due]
    made = bulk.insert(env, "crm.regulation.check", rows, ("id", "regulation_id"))
    checks = env["crm.regulation.check"].browse([id_ for id_, _regulation in made])
    by_regulation = {d.regulation.id: d for d in due}
    lines = [
        {"check_id": check_id, "obligation_id": obligation_id}
        for check_id, regulation_id in made
        for obligation_id in _sample(by_regulation[regulation_id], ended)
    ]
    bulk.insert(env, "crm.regulation.check.line", lines)
    checks._tell_controllers()
    return checks


def _due(env, now):
    regulations = env["crm.regulation"].search([("state", "=", "published")])
    looked_at = regulations.filtered(lambda r: (r.spec or {}).get("control"))
    until = _checked_until(env, looked_at)
    found = []
    for regulation in looked_at:
        control, begin = regulation.spec["control"], regulation.date_published
        every = Every(control["every_value"], control["every_unit"])
        beat = last_beat(begin, every, now, zone(regulation.company_id))
        start = until.get((regulation.company_id.id, regulation.code), begin)
        if beat > max(begin, start):
            found.append(_Due(regulation, start, beat))
    return found


def _checked_until(env, regulations):
    """(company, code) → where the last check of any version ended."""
    if not regulations:
        return {}
    rows = env.execute_query(
        SQL(
            """SELECT version.company_id, version.code, MAX(done.date_to)
                 FROM crm_regulation_check AS done
                 JOIN crm_regulation AS version ON version.id = done.regulation_id
                WHERE version.code = ANY(%s)
                GROUP BY version.company_id, version.code""",
            list(set(regulations.mapped("code"))),
        )
    )
    return {(company_id, code): until for company_id, code, until in rows}


def _ended(env, due):
    """Regulation → ids of the promises of all its versions that ended in the time.

    A promise counts once: where it was broken, else where it ended.
    """
    if not due:
        return {}
    env["crm.obligation"].flush_model()
    ids = [d.regulation.id for d in due]
    starts, ends = [d.start for d in due], [d.end for d in due]
    rows = env.execute_query(
        SQL(
            """SELECT asked.id, array_agg(owed.id)
                 FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[])
                      AS asked (id, start, stop)
                 JOIN crm_regulation AS newest ON newest.id = asked.id
                 JOIN crm_regulation AS version
                   ON version.code = newest.code
                  AND version.company_id = newest.company_id
                 JOIN crm_obligation AS owed ON owed.regulation_id = version.id
                WHERE owed.state IN ('done_on_time', 'done_late', 'breached', 'excused')
                  AND LEAST(owed.date_breach, owed.date_end) >= asked.start
                  AND LEAST(owed.date_breach, owed.date_end) < asked.stop
                GROUP BY asked.id""",
            ids,
            starts,
            ends,
        )
    )
    return dict(rows)


def _sample(due, ended):
    ids, control = ended.get(due.regulation.id, ()), due.regulation.spec["control"]
    size = sample_size(len(ids), control["sample_kind"], control["sample"])
    return drawn(ids, size, due.seed)


def _row(due, ids, users, now):
    regulation = due.regulation
    today = day_of(now, zone(regulation.company_id))
    return {
        "regulation_id": regulation.id,
        "company_id": regulation.company_id.id,
        "date_from": due.start,
        "date_to": due.end,
        "date_due": today + timedelta(days=regulation.spec["control"]["days"]),
        "user_id": users[regulation].id or None,
        "population": len(ids),
        "state": "open",
    }
