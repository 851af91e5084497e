"""Who works in the system: read for all months and companies at once.

Logging in is no work. A person is active who logged an interaction or fulfilled a
promise. Who should work are the active salespeople of the company, coordinators
included, administrators not; for past months those who were there already.
"""

from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields

from ..core.adoption import month_of

SALESPERSON = "sales_team.group_sale_salesman"
ADMINISTRATOR = "base.group_system"
ACTIVE_DAYS = 30
_KEPT = ("done_on_time", "done_late")


def workers(companies):
    """The people who should work in the system.

    :param companies: ``res.company`` records with full rights
    :return: ``{company id: res.users}``
    """
    env = companies.env
    people = env["res.users"].search(
        [
            ("share", "=", False),
            ("company_ids", "in", companies.ids),
            ("id", "in", env.ref(SALESPERSON).all_user_ids.ids),
            ("id", "not in", env.ref(ADMINISTRATOR).all_user_ids.ids),
        ]
    )
    return {
        company.id: people.filtered(
            lambda user, company=company: company in user.company_ids
        )
        for company in companies
    }


def last_days(companies, days=ACTIVE_DAYS):
    """What was done in the last days.

    :param companies: ``res.company`` records with full rights
    :param days: how many
    :return: ``{company id: core.adoption.Month}``
    """
    since = fields.Datetime.now() - timedelta(days=days)
    done = _done(companies, since, [])
    people = workers(companies)
    return {
        company.id: month_of(people[company.id].ids, *done[company.id, False])
        for company in companies
    }


def active(company):
    """Who logged an interaction or fulfilled a promise in the last 30 days.

    :param company: a ``res.company`` record with full rights
    :return: ``res.users``
    """
    since = fields.Datetime.now() - timedelta(days=ACTIVE_DAYS)
    busy = _busy(company, _done(company, since, []))
    return company.env["res.users"].browse(busy[company.id])


def by_month(company, months):
    """What was done in the last months, the running one included.

    :param company: a ``res.company`` record with full rights
    :param months: how many
    :return: ``{first day of the month: core.adoption.Month}``, in order
    """
    this_month = fields.Date.today().replace(day=1)
    first = this_month - relativedelta(months=months - 1)
    done = _done(company, first, ["month"])
    people = workers(company)[company.id]
    result = {}
    for number in range(months):
        month = first + relativedelta(months=number)
        end = month + relativedelta(months=1)
        there = people.filtered(lambda user, end=end: user.create_date.date() < end)
        result[month] = month_of(there.ids, *done[company.id, month])
    return result


def _done(companies, since, grain):
    """``{(company id, month or False): (interactions, kept promises)}`` by person."""
    env = companies.with_context(tz="UTC").env
    done = defaultdict(lambda: ({}, {}))
    domain = [("company_id", "in", companies.ids)]
    for company, user, *month, count in env["crm.interaction"]._read_group(
        [*domain, ("date", ">=", since)],
        ["company_id", "user_id", *(f"date:{one}" for one in grain)],
        ["__count"],
    ):
        done[company.id, _day(month)][0][user.id] = count
    for company, user, grade, *month, count in env["crm.obligation"]._read_group(
        [*domain, ("date_done", ">=", since), ("state", "in", _KEPT)],
        ["company_id", "user_id", "evidence_grade"]
        + [f"date_done:{one}" for one in grain],
        ["__count"],
    ):
        done[company.id, _day(month)][1][user.id, grade] = count
    return done


def _day(month):
    return month[0].date() if month else False


def busy_administrators(companies):
    """Administrators who do daily work: with their rights every slip is a big one.

    :param companies: ``res.company`` records with full rights
    :return: ``{company id: res.users}``
    """
    since = fields.Datetime.now() - timedelta(days=ACTIVE_DAYS)
    return _who(companies, _done(companies, since, []), ADMINISTRATOR, True)


def without_role(companies):
    """People who do daily work without the rights of a salesperson.

    :param companies: ``res.company`` records with full rights
    :return: ``{company id: res.users}``
    """
    since = fields.Datetime.now() - timedelta(days=ACTIVE_DAYS)
    owing = defaultdict(set)
    for company, user in companies.env["crm.obligation"]._read_group(
        [
            ("company_id", "in", companies.ids),
            ("date_end", "=", False),
            ("user_id", "!=", False),
        ],
        ["company_id", "user_id"],
    ):
        owing[company.id].add(user.id)
    done = _done(companies, since, [])
    for company in companies:
        done[company.id, False][0].update(dict.fromkeys(owing[company.id], 0))
    return _who(companies, done, SALESPERSON, False)


def _busy(companies, done):
    """``{company id: ids of those who did something}``."""
    busy = {}
    for company in companies:
        touches, kept = done[company.id, False]
        people = set(touches) | {person for person, _grade in kept}
        busy[company.id] = people - {False}
    return busy


def _who(companies, done, group, belongs):
    """Those of the busy people who do or do not belong to a group."""
    env = companies.env
    busy = _busy(companies, done)
    everybody = set().union(*busy.values())
    found = env["res.users"].search(
        [
            ("id", "in", list(everybody)),
            ("share", "=", False),
            ("id", "!=", env.ref("base.user_root").id),
            # "Not in the groups of a user" would mean: has any other group besides.
            ("id", "in" if belongs else "not in", env.ref(group).all_user_ids.ids),
        ]
    )
    return {
        company_id: found.filtered(lambda user, people=people: user.id in people)
        for company_id, people in busy.items()
    }
