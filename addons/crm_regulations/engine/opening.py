"""From facts to obligations, in batches.

Only the frozen ``spec`` of published regulations is read here, never their editor rows.
Opening the same fact twice, in one process or in two, makes one obligation: the database
has a unique key over step and fact.
"""

import logging
from dataclasses import dataclass

import psycopg2

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..core.judge import next_check
from ..core.limit import Limit
from .calendars import Calendars
from .facts import TRIGGERS

_logger = logging.getLogger(__name__)
BATCH = 1000

_COLUMNS = (
    "regulation_id", "step_id", "fact_key", "res_model", "res_id", "res_name",
    "lead_id", "partner_id", "commercial_partner_id", "segment_id", "user_id",
    "company_id", "calendar_id", "evidence_kind", "mode", "date_fact", "date_start",
    "date_warn", "date_due", "next_check", "state", "evidence_grade",
)  # fmt: skip


@dataclass
class Subject:
    """One fact with what the obligations need to know of its record."""

    fact: object
    record: object
    partner: object
    lead: object
    date_fact: object


def open_for(env, kind, records):
    """Open what published regulations promise for new facts.

    A regulation that fails becomes an incident and hinders neither the others nor the
    person who saves; a conflict with another transaction is raised, so that Odoo
    repeats the whole.

    :param env: superuser environment
    :param kind: kind of fact, a key of ``TRIGGERS``
    :param records: the records that tell the facts
    :return: crm.obligation records that were opened
    """
    opened = env["crm.obligation"]
    for regulation in env["crm.regulation"]._published_for(kind, records._name):
        for ids in split_every(BATCH, records.ids):
            opened |= _open_safely(regulation, kind, records.browse(ids))
    return opened


def _open_safely(regulation, kind, records):
    """Open one batch; on failure halve it until the record at fault stands alone."""
    env = regulation.env
    try:
        with env.cr.savepoint(flush=False):
            facts = TRIGGERS[kind].facts(_triggering(regulation, records))
            return _open(regulation, facts)
    except psycopg2.OperationalError:
        raise
    except Exception as error:  # whatever a rule may raise, the user's save goes on
        env.invalidate_all(flush=False)
        if len(records) > 1:
            half = len(records) // 2
            first = _open_safely(regulation, kind, records[:half])
            return first | _open_safely(regulation, kind, records[half:])
        _logger.info("%s on %s: %s", regulation.display_name, records, error)
        env["crm.regulation.incident"]._record(regulation, records, error)
        return env["crm.obligation"]


def open_facts(regulation, facts):
    """Open the obligations of one regulation for given facts, whatever its trigger.

    :param regulation: a published regulation, superuser environment
    :param facts: list of facts on the regulation's model
    :return: crm.obligation records that were opened
    """
    return _open(regulation, facts)


def _open(regulation, facts):
    spec = regulation.spec
    records = regulation.env[regulation.res_model]
    subjects = [_subject(fact, records.browse(fact.res_id)) for fact in facts]
    subjects = [s for s in subjects if _counterparty_fits(spec, s)]
    if not subjects:
        return regulation.env["crm.obligation"]
    calendars = Calendars(regulation.env, regulation.company_id)
    rows = [
        _row(regulation, step, subject, calendars)
        for subject in subjects
        for step in spec["steps"]
    ]
    opened = _insert(regulation.env, rows)
    opened._after_opening()
    return opened


# --- scope ------------------------------------------------------------------------


def _triggering(regulation, records):
    """The records of the regulation's company that its trigger wants."""
    spec = regulation.spec
    records = records.exists()
    if "company_id" in records._fields:
        company = regulation.company_id
        records = records.filtered(lambda r: r.company_id in (company, company.browse()))
    if spec["interaction_type_ids"]:
        records = records.filtered(
            lambda r: r.type_id.id in spec["interaction_type_ids"]
        )
    domain = Domain(spec["trigger_domain"])
    if spec["date_from"] and regulation.trigger_kind == "interaction":
        domain &= Domain("date", ">=", spec["date_from"])
    return records.filtered_domain(domain)


def _counterparty_fits(spec, subject):
    partner = subject.partner
    family = partner | partner.commercial_partner_id
    if spec["type_ids"] and not (
        set(spec["type_ids"]) & set(family.counterparty_type_ids.ids)
    ):
        return False
    if spec["segment_ids"] and not (
        set(spec["segment_ids"]) & set(family.own_segment_ids.ids)
    ):
        return False
    if spec["scope_domain"]:
        return bool(partner.filtered_domain(Domain(spec["scope_domain"])))
    return True


# --- rows -------------------------------------------------------------------------


def _subject(fact, record):
    lead = record if record._name == "crm.lead" else record.env["crm.lead"]
    if "lead_id" in record._fields:
        lead = record.lead_id
    partner = (
        record
        if record._name == "res.partner"
        else record.partner_id or lead.partner_id
    )
    date = fact.date
    if record._name == "crm.interaction":
        # A letter written while still on the phone keeps the promise as well.
        date = record.date
    return Subject(fact, record, partner, lead, date)


def _row(regulation, step, subject, calendars):
    now = fields.Datetime.now()
    user = _responsible(regulation, step, subject)
    calendar = _calendar(regulation, step, user)
    limit = Limit(step["limit_value"], step["limit_unit"])
    start = subject.fact.date
    due = calendars.due(limit, calendar, start)
    warn = None
    if 0 < step["warn_percent"] < 100:
        warn = calendars.due(limit, calendar, start, step["warn_percent"])
    return {
        "regulation_id": regulation.id,
        "step_id": step["id"],
        "fact_key": subject.fact.key,
        "res_model": subject.fact.res_model,
        "res_id": subject.fact.res_id,
        "res_name": subject.record.display_name,
        "lead_id": subject.lead.id or None,
        "partner_id": subject.partner.id or None,
        "commercial_partner_id": subject.partner.commercial_partner_id.id or None,
        "segment_id": _segment(regulation, subject),
        "user_id": user.id or None,
        "company_id": regulation.company_id.id,
        "calendar_id": calendar.id or None,
        "evidence_kind": step["evidence_kind"],
        "mode": regulation.mode,
        "date_fact": subject.date_fact,
        "date_start": start,
        "date_warn": warn,
        "date_due": due,
        "next_check": next_check("open", warn, due, now),
        "state": "open",
        "evidence_grade": "none",
    }


def _segment(regulation, subject):
    """The category that counts: one of the scope, else the first of the company."""
    segments = subject.partner.commercial_partner_id.own_segment_ids.filtered(
        lambda s: s.company_id == regulation.company_id
    )
    wanted = segments.filtered(lambda s: s.id in regulation.spec["segment_ids"])
    return (wanted or segments)[:1].id or None


def _responsible(regulation, step, subject):
    """Who owes it: as the step says, else the first of those who come after."""
    users = regulation.env["res.users"]
    handler = subject.record.user_id if "user_id" in subject.record._fields else users
    salesperson = (
        subject.lead.user_id
        or subject.partner.user_id
        or subject.partner.commercial_partner_id.user_id
    )
    fixed = users.browse(step["responsible_user_id"] or [])
    first = {"handler": handler, "salesperson": salesperson, "fixed": fixed}
    candidates = (
        first[step["responsible_kind"]],
        fixed,
        salesperson,
        handler,
        regulation.owner_id,
    )
    usable = (u for u in candidates if u and u.active and u._is_internal())
    return next(usable, users)


def _calendar(regulation, step, user):
    company = regulation.company_id
    if step["calendar_kind"] == "responsible":
        employee = user.with_company(company).employee_id
        return employee.resource_calendar_id or company.resource_calendar_id
    if step["calendar_kind"] == "fixed":
        return regulation.env["resource.calendar"].browse(step["calendar_id"])
    return company.resource_calendar_id


def _insert(env, rows):
    """Write the rows that are not there yet; return the obligations made by us."""
    env.flush_all()
    now, uid = env.cr.now(), env.uid
    values = [
        SQL(
            "(%s)",
            SQL(", ").join(
                [SQL("%s", row[column]) for column in _COLUMNS]
                + [SQL("%s, %s, %s, %s", uid, uid, now, now)]
            ),
        )
        for row in rows
    ]
    ids = env.execute_query(
        SQL(
            """INSERT INTO crm_obligation (%s, create_uid, write_uid,
                                           create_date, write_date)
               VALUES %s
               ON CONFLICT (step_id, fact_key) DO NOTHING RETURNING id""",
            SQL(", ").join(SQL.identifier(column) for column in _COLUMNS),
            SQL(", ").join(values),
        )
    )
    return env["crm.obligation"].browse([row[0] for row in ids])
