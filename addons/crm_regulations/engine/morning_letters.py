"""The morning summary: what somebody owes today, once a day, when work begins.

Who has nothing to do gets none, and is not looked at again that day.
"""

from odoo import fields
from odoo.tools.misc import format_datetime

from .facts.days import day_of, zone
from .internal_letters import InternalLetters
from .notice_letters import REMINDER, WARNING
from .presence import Presence
from .telling import Hours

MORNING = "morning"
# So many lines of a kind; the rest is a number.
MOST_LINES = 15


def due(env, now):
    """Whose working day has begun and who was not looked at today.

    :param env: superuser environment
    :param now: naive UTC instant
    :return: list of (user, company, day)
    """
    companies = env["res.company"].search([("crm_morning_summary", "=", True)])
    if not companies:
        return []
    days = {company: day_of(now, zone(company)) for company in companies}
    sent = env["crm.control.letter"]._sent(MORNING, days.values())
    presence = Presence(env, now)
    people = env["res.users"].search(
        [
            ("company_id", "in", companies.ids),
            ("share", "=", False),
            ("crm_morning_summary", "=", True),
            ("id", "not in", list(presence.away)),
        ],
        order="id",
    )
    asked = [
        (user, user.company_id)
        for user in people
        if (user, user.company_id, days[user.company_id]) not in sent
        and presence.able(user, user.company_id)
    ]
    hours = Hours(env, now)
    hours.prepare(asked)
    return [
        (user, company, days[company])
        for user, company in asked
        if hours.when(user, company) <= now
    ]


def send(env, user, company, day):
    """Tell one person what is to be done today, once; nothing if there is nothing.

    :param env: superuser environment
    """
    if not env["crm.control.letter"]._begin(MORNING, user, company, day):
        return
    context = {
        "lang": user.lang,
        "tz": user.tz,
        "allowed_company_ids": user.company_ids.ids,
    }
    theirs = env(user=user.id, su=False, context=context)
    summary = _Summary(theirs, InternalLetters(env))
    if summary.is_empty:
        return
    summary.letters.tell(user, company, summary.subject, summary.body)
    summary.letters.queue()


class _Summary:
    """What one person's letter says, as that person may see it."""

    def __init__(self, env, letters):
        self.env = env
        self.letters = letters
        rows = env["crm.today"].search(
            [("user_id", "=", env.uid), ("urgency", "in", ["late", "today"])]
        )
        self.late = rows.filtered(lambda row: row.urgency == "late")
        self.today = rows - self.late
        self.meetings = env["calendar.event"].search_count(
            [
                ("outcome", "=", False),
                ("stop", "<", fields.Datetime.now()),
                ("is_with_customer", "=", True),
                ("privacy", "!=", "private"),
                ("user_id", "=", env.uid),
            ]
        )

    @property
    def is_empty(self):
        return not (self.late or self.today or self.meetings)

    @property
    def subject(self):
        return self.env._(
            "Today: %(today)s due, %(late)s overdue",
            today=len(self.today),
            late=len(self.late),
        )

    @property
    def body(self):
        return self.env["ir.qweb"]._render(
            "crm_regulations.mail_notice",
            {
                "user": self.env.user,
                "parts": list(self._parts()),
                "notes": list(self._notes()),
                "all_url": f"{self.letters.base_url}/odoo/today",
                "is_own": True,
            },
        )

    def _parts(self):
        for kind, title, rows in (
            (REMINDER, self.env._("Overdue"), self.late),
            (WARNING, self.env._("Due today"), self.today),
        ):
            if rows:
                lines = [self._line(row) for row in rows[:MOST_LINES]]
                yield {"kind": kind, "title": title, "lines": lines}

    def _notes(self):
        """What is only counted."""
        more = sum(max(0, len(rows) - MOST_LINES) for rows in (self.late, self.today))
        if more:
            yield self.env._("And %(count)s more.", count=more)
        if self.meetings:
            yield self.env._(
                "Meetings that wait for your word whether they were held: %(count)s.",
                count=self.meetings,
            )

    def _line(self, row):
        promise = row.obligation_id
        place = f"promises/{promise.id}" if promise else "today"
        return {
            "name": row.name or "",
            "customer": row.partner_id.name or "",
            "about": row.about or "",
            "due": format_datetime(
                self.env, row.date_due, tz=self.env.user.tz, dt_format="short"
            ),
            "remaining": promise.remaining or "",
            "responsible": "",
            "url": f"{self.letters.base_url}/odoo/{place}",
        }
