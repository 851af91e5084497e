"""The weekly control report: who gets it, when, and what it says.

Each gets only what he or she may see, and a head of departments only these. That it was
sent is noted in the same transaction as the letter, under a natural key: a cron that is
killed goes on, and two of them send it once.
"""

from datetime import timedelta

import pytz

from odoo import fields
from odoo.exceptions import UserError

from .facts.days import day_of, zone
from .internal_letters import InternalLetters
from .presence import Presence
from .telling import Hours

REPORT = "crm_regulations.action_report_control"
COORDINATOR = "crm_segmentation.group_crm_coordinator"
MONDAY = 0
WEEKLY = "weekly"


def due(env, now):
    """Whose report is due and not sent yet.

    :param env: superuser environment
    :param now: naive UTC instant
    :return: list of (user, company, Monday)
    """
    companies = env["res.company"].search([("crm_control_report", "=", True)])
    mondays = {company: day_of(now, zone(company)) for company in companies}
    pairs = [
        (user, company)
        for company, day in mondays.items()
        if day.weekday() == MONDAY
        for user in readers(env, company, now)
    ]
    sent = env["crm.control.letter"]._sent(WEEKLY, mondays.values())
    hours = Hours(env, now)
    hours.prepare(pairs)
    return [
        (user, company, mondays[company])
        for user, company in pairs
        if (user, company, mondays[company]) not in sent
        and hours.when(user, company) <= now
    ]


def readers(env, company, now):
    """Coordinators and heads of departments of a company who are there.

    :return: res.users records
    """
    presence = Presence(env, now)
    departments = env["hr.department"].search(
        [("company_id", "in", [company.id, False]), ("manager_id.user_id", "!=", False)]
    )
    users = env.ref(COORDINATOR).all_user_ids | departments.manager_id.user_id
    return users.filtered(
        lambda user: user.id not in presence.away and presence.able(user, company)
    ).sorted("id")


def send(env, user, company, monday):
    """Queue the report of the week before a Monday for one person, once.

    :param env: superuser environment
    """
    if not env["crm.control.letter"]._begin(WEEKLY, user, company, monday):
        return
    reader = company.with_user(user).with_context(
        lang=user.lang,
        tz=user.tz,
        allowed_company_ids=company.ids,
        crm_control_day=str(monday),
    )
    page = reader._control_report()
    body = reader.env["ir.qweb"]._render(
        "crm_regulations.mail_control_report",
        {"page": page, "user": user, "company": reader},
    )
    letters = InternalLetters(env)
    letters.tell(user, company, page["title"], body)
    for letter in letters.queue():
        _attach(reader, letter, page["title"])


def _attach(reader, letter, title):
    """Attach the report as PDF; without the program for it the letter says it all."""
    reports = reader.env["ir.actions.report"]
    try:
        content, kind = reports._render_qweb_pdf(REPORT, reader.ids)
    except UserError:
        return
    letter.attachment_ids = letter.env["ir.attachment"].create(
        {
            "name": f"{title}.{kind}",
            "raw": content,
            "res_model": letter._name,
            "res_id": letter.id,
        }
    )


def last_week(env):
    """First and last day of the week before the day of the context, or before today.

    :return: (Monday, Sunday)
    """
    day = fields.Date.to_date(env.context.get("crm_control_day"))
    if not day:
        here = pytz.timezone(env.user.tz or "UTC")
        day = day_of(fields.Datetime.now(), here)
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)
