"""Telling people what is due, overdue or not done by others.

What is to be told is noted by the sweep, each thing once. When it is told, in the
person's working hours, only what still holds is said, in one letter for all of it.
"""

from collections import defaultdict
from dataclasses import dataclass

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.limit import Clock
from ..core.telling import when
from . import bulk
from .calendars import Calendars
from .ladder import Ladder
from .notice_letters import ANSWERED, ASKED, ESCALATION, REMINDER, WARNING, Letters
from .presence import Presence, employees_of

# So many people are told in one transaction.
PEOPLE = 50


class Hours:
    """When people of companies may be told something.

    :param env: superuser environment
    :param now: naive UTC instant
    """

    def __init__(self, env, now):
        self.env = env
        self.now = now
        self._employees = {}
        self._calendars = {}
        self._instants = {}

    def prepare(self, pairs):
        """Look up the working hours of many people at once.

        :param pairs: (res.users record, res.company record) pairs
        """
        wanted = defaultdict(lambda: self.env["res.users"])
        for user, company in pairs:
            if (user, company) not in self._employees:
                wanted[company] |= user
        for company, users in wanted.items():
            found = employees_of(self.env, users, company)
            for user in users:
                self._employees[user, company] = found[user.id]

    def when(self, user, company, is_summary=False):
        """The next instant at which somebody may be told.

        :param user: a res.users record
        :param company: the company whose holidays count
        :param is_summary: whether it waits for the beginning of a day
        :return: naive UTC; now if nobody knows the working hours
        """
        self.prepare([(user, company)])
        own = self._employees[user, company].resource_calendar_id
        for calendar in (own, company.resource_calendar_id):
            instant = calendar and self._when(calendar, company, is_summary)
            if instant:
                return instant
        return self.now

    def _when(self, calendar, company, is_summary):
        key = calendar, company, is_summary
        if key not in self._instants:
            self._instants[key] = self._reckoned(*key)
        return self._instants[key]

    def _reckoned(self, calendar, company, is_summary):
        if company not in self._calendars:
            self._calendars[company] = Calendars(self.env, company)

        def work(clock: Clock):
            return when(self.now, clock, is_summary)

        try:
            return self._calendars[company].judged(calendar, self.now, work)
        except UserError:
            # Hours that cannot be used keep nobody from being told.
            return None


# --- noting ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ToTell:
    """What one person is to be told of one promise.

    :param obligation: a crm.obligation record
    :param person: a res.users record
    :param kind: kind of notice
    :param key: tells several of a kind apart
    :param waits: whether it waits for the day's summary
    :param request: the crm.excuse.request record that it is about, if any
    """

    obligation: object
    person: object
    kind: str
    key: str = ""
    waits: bool = False
    request: object = None


def responsibles(env, reached, now):
    """Note that those who owe something are to be told.

    :param env: superuser environment
    :param reached: kind of notice → list of (obligation, key)
    :param now: naive UTC instant
    """
    presence = Presence(env, now)
    rows = [
        ToTell(obligation, _debtor(presence, obligation), kind, key)
        for kind, some in reached.items()
        for obligation, key in some
    ]
    note(env, [row for row in rows if row.person], now)


class Escalation:
    """The rungs of the ladder that have come: whom they tell.

    :param env: superuser environment
    :param come: (obligation, key of the rung, role) triples, in order of time
    :param now: naive UTC instant
    """

    def __init__(self, env, come, now):
        self.env = env
        self.now = now
        #: (id of the obligation, key) → who is told; nobody if nobody is left.
        self.people = {}
        obligations = env["crm.obligation"].union(*(row[0] for row in come))
        ladder = Ladder(obligations, Presence(env, now))
        told = self._told(obligations)
        for obligation, key, role in come:
            known = told[obligation.id]
            # Who owes it is told by a rung of its own only.
            others = known if role == "responsible" else known | {obligation.user_id.id}
            person = ladder.person(obligation, role, others)
            known.add(person.id)
            self.people[obligation.id, key] = person

    def _told(self, obligations):
        told = defaultdict(set)
        notices = self.env["crm.obligation.notice"].search_fetch(
            [("obligation_id", "in", obligations.ids), ("kind", "=", ESCALATION)],
            ["obligation_id", "user_id"],
        )
        for notice in notices:
            told[notice.obligation_id.id].add(notice.user_id.id)
        return told

    def words(self, obligation, key):
        """For the log: who is told."""
        person = self.people[obligation.id, key]
        if person:
            return self.env._("%(name)s is told.", name=person.name)
        return self.env._("There is nobody left to tell.")

    def note(self, fresh):
        """Have them told; that nobody is left is told to the coordinator.

        :param fresh: (obligation, key) pairs that are new
        """
        rows, incidents = [], self.env["crm.regulation.incident"]
        for obligation, key in fresh:
            person = self.people[obligation.id, key]
            if person:
                waits = not obligation.segment_id.is_urgent
                waits &= person != obligation.user_id
                rows.append(ToTell(obligation, person, ESCALATION, key, waits))
            else:
                incidents._record(
                    obligation.regulation_id, obligation, self._nobody(obligation)
                )
        note(self.env, rows, self.now)

    def _nobody(self, obligation):
        return UserError(
            self.env._(
                "crm_regulations.nobody_to_tell: “%(name)s” for %(customer)s is "
                "escalated, but nobody is left to tell: no leader, manager, "
                "coordinator or owner is there who was not told before. Fill in the "
                "department's manager, the team leader or the owner of the "
                "regulation.",
                name=obligation.name,
                customer=obligation.partner_id.name or obligation.res_name,
            )
        )


def note(env, rows, now):
    """Note what is to be told, each thing once.

    :param env: superuser environment
    :param rows: list of :class:`ToTell`
    :param now: naive UTC instant
    """
    hours = Hours(env, now)
    hours.prepare((row.person, row.obligation.company_id) for row in rows)
    bulk.insert(
        env,
        "crm.obligation.notice",
        [
            {
                "obligation_id": row.obligation.id,
                "user_id": row.person.id,
                "kind": row.kind,
                "key": row.key,
                "request_id": row.request.id if row.request else None,
                "date_send": hours.when(
                    row.person, row.obligation.company_id, row.waits
                ),
            }
            for row in rows
        ],
    )
    obligations = env["crm.obligation"].union(*(row.obligation for row in rows))
    obligations.invalidate_recordset(["notice_ids"], flush=False)


def _debtor(presence, obligation):
    """Who is told of what is owed: the responsible, or whoever stands in."""
    owner = obligation.regulation_id.owner_id
    return presence.stand_in(obligation.user_id, obligation.company_id, owner)


# --- telling --------------------------------------------------------------------------


def tell_some(env, now):
    """Tell the next people what has come.

    :param env: superuser environment
    :param now: naive UTC instant
    :return: how many notices were looked at; 0 when nothing is left
    """
    notices = _lock_due(env, now)
    if not notices:
        return 0
    notices.obligation_id.fetch(
        ["state", "date_end", "user_id", "company_id", "regulation_id", "date_warn"]
    )
    holding = notices.filtered(_holds)
    (notices - holding).unlink()
    ready = _put_off(env, holding, now)
    if ready:
        Letters(env).send(ready)
        ready.write({"date_sent": now})
    return len(notices)


def _lock_due(env, now):
    """The notices of the next people; what is paused waits, but not an answer.

    :return: locked crm.obligation.notice records
    """
    env.flush_all()
    rows = env.execute_query(
        SQL(
            """WITH due AS (
                   SELECT notice.id, notice.user_id
                     FROM crm_obligation_notice AS notice
                     JOIN crm_obligation AS owed ON owed.id = notice.obligation_id
                    WHERE notice.date_sent IS NULL AND notice.date_send <= %(now)s
                      AND (owed.date_paused IS NULL OR owed.date_end IS NOT NULL
                           OR notice.request_id IS NOT NULL)
               ), people AS (
                   SELECT DISTINCT user_id FROM due ORDER BY user_id LIMIT %(people)s
               )
               SELECT id FROM crm_obligation_notice
                WHERE id IN (SELECT id FROM due
                              WHERE user_id IN (SELECT user_id FROM people))
                  AND date_sent IS NULL
                ORDER BY id FOR UPDATE SKIP LOCKED""",
            now=now,
            people=PEOPLE,
        )
    )
    return env["crm.obligation.notice"].browse(row[0] for row in rows)


def _holds(notice):
    """Whether it is still worth telling."""
    owed = notice.obligation_id
    if notice.kind == ANSWERED:
        return True
    if notice.kind == ASKED:
        return notice.request_id.is_open
    if owed.date_end or owed.state == "excused":
        return False
    return notice.kind != REMINDER or owed.state == "breached"


def _put_off(env, notices, now):
    """Leave out what must wait or is somebody else's now.

    :return: the notices that are told now
    """
    presence, hours = Presence(env, now), Hours(env, now)
    hours.prepare((n.user_id, n.obligation_id.company_id) for n in notices)
    later, ready = [], notices.browse()
    for notice in notices:
        owed = notice.obligation_id
        person = _addressee(presence, notice)
        instant = hours.when(person, owed.company_id)
        if notice.kind == WARNING and owed.date_warn:
            # Its clock may have been set back.
            instant = max(instant, owed.date_warn)
        if person == notice.user_id and instant <= now:
            ready |= notice
        else:
            later.append((notice, person, instant))
    _pass_on(env, later)
    return ready


def _addressee(presence, notice):
    """Who is to be told by now."""
    owed, person = notice.obligation_id, notice.user_id
    if notice.kind == ANSWERED:
        return person
    if notice.kind in (REMINDER, WARNING):
        return _debtor(presence, owed)
    owner = owed.regulation_id.owner_id
    if not presence.able(person, owed.company_id):
        return owner if presence.able(owner, owed.company_id) else person
    return presence.stand_in(person, owed.company_id, owner)


def _pass_on(env, later):
    """Have it told later or to somebody else, unless that person knows already."""
    notices = env["crm.obligation.notice"]
    known = {
        (n.obligation_id.id, n.user_id.id, n.kind, n.key)
        for n in notices.search(
            [("obligation_id", "in", [row[0].obligation_id.id for row in later])]
        )
    }
    for notice, person, instant in later:
        name = notice.obligation_id.id, person.id, notice.kind, notice.key
        if person != notice.user_id and (not person or name in known):
            notice.unlink()
            continue
        known.add(name)
        notice.write({"user_id": person.id, "date_send": instant})
