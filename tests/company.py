"""What several tests need of the demo company, asked and made over the wire."""

import contextlib
import itertools
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_numbers = itertools.count(1)
COUNTED = (
    "crm.segment.membership", "crm.segment.movement", "crm.segmentation.version",
    "crm.interaction", "crm.obligation", "crm.obligation.event", "crm.regulation",
    "crm.regulation.step", "crm.regulation.condition", "crm.regulation.rung",
    "crm.rollout", "crm.rollout.decision", "crm.lead", "res.partner",
)  # fmt: skip


def unique(word):
    """A name that no other test and no other run on this database uses."""
    return f"{word} {next(_numbers)}-{datetime.now().timestamp():.6f}"


def published(client):
    """The id of the demo company's segmentation in force."""
    domain = [("code", "=", "clients"), ("state", "=", "published")]
    return client.search("crm.segmentation", domain)[0]


def category(client, code):
    """The id of a category of the segmentation in force."""
    domain = [("segmentation_id", "=", published(client)), ("code", "=", code)]
    return client.search("crm.segment", domain)[0]


def type_id(client, code):
    """The id of a counterparty type."""
    return client.search("crm.counterparty.type", [("code", "=", code)])[0]


def new_client(client, **values):
    """A company of the type client; returns its id."""
    types = [(6, 0, [type_id(client, "client")])]
    values = {
        "name": unique("Clinic"),
        "is_company": True,
        "counterparty_type_ids": types,
        **values,
    }
    return client.create("res.partner", values)


def years_ago(years):
    """A day so many years and some days before today, as Odoo writes it."""
    return str(date.today() - timedelta(days=round(years * 365.25) + 3))


def add_turnover(client, partner_id, amount, months=12):
    """A turnover line of an amount in each of the last full months."""
    day = date.today().replace(day=1)
    for _ in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
        values = {"partner_id": partner_id, "date": str(day), "amount": amount}
        client.create("crm.turnover.line", values)


def log(client, kind, partner_id, **values):
    """Log an interaction; returns its id."""
    values = {"type": kind, "partner_id": partner_id, **values}
    answer = client.call("crm.interaction", "log", values=values)
    assert answer["status"] == "created"
    return answer["id"]


def obligation(client, interaction_id, *names):
    """The only obligation that an interaction made."""
    domain = [("res_model", "=", "crm.interaction"), ("res_id", "=", interaction_id)]
    return client.one("crm.obligation", domain, *names)


def utc(text):
    """An instant, in UTC when it has no offset, as the text that Odoo returns."""
    instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if instant.tzinfo is None:
        return _text(instant)
    return _text(instant.astimezone(timezone.utc))


def now():
    """This second with the offset of Kyiv."""
    zone = ZoneInfo("Europe/Kyiv")
    return datetime.now(zone).replace(microsecond=0).isoformat()


def later(text, **amount):
    """A text in UTC moved by so much."""
    return _text(datetime.fromisoformat(text) + timedelta(**amount))


def _text(instant):
    return instant.strftime("%Y-%m-%d %H:%M:%S")


class WorkingHours:
    """The working hours of a company, read over the wire and counted day by day.

    It shares nothing with the engine and knows no leaves, so the calendar must have
    none around the instants in question.

    :param client: a client that may read them
    :param company_id: the company
    """

    def __init__(self, client, company_id):
        calendar = client.read("res.company", company_id, "resource_calendar_id")
        calendar_id = calendar["resource_calendar_id"][0]
        zone = client.read("resource.calendar", calendar_id, "tz", "two_weeks_calendar")
        leaves = [
            ("calendar_id", "in", [calendar_id, False]),
            ("resource_id", "=", False),
        ]
        assert not client.count("resource.calendar.leaves", leaves)
        assert not zone["two_weeks_calendar"]
        self.zone = ZoneInfo(zone["tz"])
        self.rows = client.find(
            "resource.calendar.attendance",
            [("calendar_id", "=", calendar_id), ("day_period", "!=", "lunch")],
            "dayofweek", "hour_from", "hour_to",
        )  # fmt: skip
        assert self.rows

    def after(self, text, hours):
        """When so many working hours have passed.

        :param text: the beginning in UTC, as Odoo writes it
        :param hours: more than zero
        :return: the end in UTC, as Odoo writes it
        """
        clock = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        left = timedelta(hours=hours)
        day = clock.astimezone(self.zone).date()
        while True:
            for begin, end in self._hours(day):
                begin = max(begin, clock)
                if begin < end:
                    if left <= end - begin:
                        return _text(begin + left)
                    left -= end - begin
            day += timedelta(days=1)

    def _hours(self, day):
        rows = [row for row in self.rows if int(row["dayofweek"]) == day.weekday()]
        return sorted(
            (self._instant(day, row["hour_from"]), self._instant(day, row["hour_to"]))
            for row in rows
        )

    def _instant(self, day, hours):
        wall = datetime(day.year, day.month, day.day) + timedelta(hours=hours)
        return wall.replace(tzinfo=self.zone).astimezone(timezone.utc)


def put_into_force(person, regulation_id, author="coordinator", approver="manager"):
    """Two people bring a regulation from its draft into force.

    :param person: a function of a login that gives that person's client
    :param regulation_id: the draft
    :param author: login of a coordinator
    :param approver: login of another person who may approve
    """
    wrote, approves = person(author), person(approver)
    wrote.call("crm.regulation", "action_submit", [regulation_id])
    approves.call("crm.regulation", "action_approve", [regulation_id])
    assert wrote.call("crm.regulation", "action_publish", [regulation_id]) is True


@contextlib.contextmanager
def same_counts(admin):
    """Fails if there are more or fewer records afterwards.

    :param admin: a client that sees all of them
    """
    before = [admin.count(model) for model in COUNTED]
    yield
    assert [admin.count(model) for model in COUNTED] == before
