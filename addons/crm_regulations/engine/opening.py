"""From facts to obligations, in batches.

Only the frozen ``spec`` of published regulations is read here, never their editor rows.
Opening the same fact twice, in one process or in two, makes one obligation: the
database has a unique key over step and fact.
"""

import logging
from functools import partial

import psycopg2

from odoo import fields
from odoo.tools import SQL, split_every

from ..core.judge import next_check
from ..core.limit import Limit
from .calendars import Calendars
from .facts import TRIGGERS
from .guard import guarded
from .rules import Rule, counterparty, lead_of

_logger = logging.getLogger(__name__)
BATCH = 1000

_COLUMNS = (
    "regulation_id", "step_id", "process", "fact_key", "res_model", "res_id",
    "res_name", "lead_id", "partner_id", "commercial_partner_id", "segment_id",
    "user_id", "company_id", "calendar_id", "evidence_kind", "mode", "date_fact",
    "date_start", "date_warn", "date_due", "next_check", "state", "evidence_grade",
)  # fmt: skip


def open_for(env, kind, records):
    """Open what published regulations promise for new facts.

    A regulation that fails becomes an incident and hinders neither the others nor the
    person who saves.

    :param env: superuser environment
    :param kind: kind of fact, a key of ``TRIGGERS``
    :param records: the records that tell the facts; some may be deleted already
    :return: crm.obligation records that were opened
    """
    opened = env["crm.obligation"]
    for rule in env["crm.regulation"]._rules_for(kind, records._name):
        for ids in split_every(BATCH, records.ids):
            opened |= _open_rule(rule, kind, records.browse(ids))
    return opened


def open_facts(regulation, facts):
    """Open the obligations of one regulation for given facts, whatever its trigger.

    The counterparties must fit nevertheless.

    :param regulation: a published regulation, superuser environment
    :param facts: list of facts on the regulation's model
    :return: crm.obligation records that were opened
    """
    records = regulation.env[regulation.res_model].browse(fact.res_id for fact in facts)
    fitting = Rule.of(regulation).fitting_counterparty(records)
    return _open(regulation, [fact for fact in facts if fact.res_id in fitting._ids])


def _open_rule(rule, kind, records):
    records = _surely_fitting(rule, records)
    if not records:
        return records.env["crm.obligation"]
    regulation = records.env["crm.regulation"].browse(rule.regulation_id)
    work = partial(_open_fitting, rule, kind, regulation)
    opened = guarded(regulation, records, work)
    return records.env["crm.obligation"].union(*opened)


def _surely_fitting(rule, records):
    """Leave out what the rule is not about, if that can be said without danger.

    All records come back when asking fails: each is asked again within a savepoint.
    """
    if not rule.is_plain:
        return records
    try:
        return rule.fitting(records)
    except psycopg2.Error:
        raise
    except Exception as error:
        _logger.debug("regulation %s: %s", rule.regulation_id, error)
        return records


def _open_fitting(rule, kind, regulation, records):
    return _open(regulation, TRIGGERS[kind].facts(rule.fitting(records.exists())))


def _open(regulation, facts):
    rows = _Rows(regulation).of(facts)
    opened = _insert(regulation.env, rows) if rows else regulation.env["crm.obligation"]
    opened._after_opening()
    return opened


class _Rows:
    """Makes the rows of the obligations of one regulation."""

    def __init__(self, regulation):
        self.regulation = regulation
        self.env = regulation.env
        self.company = regulation.company_id
        self.spec = regulation.spec
        self.now = fields.Datetime.now()
        self._due_times = Calendars(self.env, self.company)
        self._calendars = {}

    def of(self, facts):
        """One row per fact and step."""
        # One recordset, so that what is read of one record is read of all.
        records = self.env[self.regulation.res_model].browse(f.res_id for f in facts)
        return [
            self._row(step, fact, record)
            for fact, record in zip(facts, records, strict=True)
            for step in self.spec["steps"]
        ]

    def _row(self, step, fact, record):
        user = self._responsible(step, record)
        partner = counterparty(record)
        limit = Limit(step["limit_value"], step["limit_unit"])
        calendar = self._calendar(step, user) if limit.in_working_time else None
        due = self._due_times.due(limit, calendar, fact.date)
        warn = None
        if 0 < step["warn_percent"] < 100:
            percent = step["warn_percent"]
            warn = self._due_times.due(limit, calendar, fact.date, percent)
        return {
            "regulation_id": self.regulation.id,
            "step_id": step["id"],
            "process": self.regulation.process,
            "fact_key": fact.key,
            "res_model": fact.res_model,
            "res_id": fact.res_id,
            "res_name": _name(record),
            "lead_id": lead_of(record).id or None,
            "partner_id": partner.id or None,
            "commercial_partner_id": partner.commercial_partner_id.id or None,
            "segment_id": self._segment(partner),
            "user_id": user.id or None,
            "company_id": self.company.id,
            "calendar_id": calendar.id if calendar else None,
            "evidence_kind": step["evidence_kind"],
            "mode": self.regulation.mode,
            "date_fact": _beginning(fact, record),
            "date_start": fact.date,
            "date_warn": warn,
            "date_due": due,
            "next_check": next_check("open", warn, due, self.now),
            "state": "open",
            "evidence_grade": "none",
        }

    def _segment(self, partner):
        """The category that counts: one of the scope, else the first of the company."""
        segments = partner.commercial_partner_id.own_segment_ids.filtered(
            lambda s: s.company_id == self.company
        )
        wanted = segments.filtered(lambda s: s.id in self.spec["segment_ids"])
        return (wanted or segments)[:1].id or None

    def _responsible(self, step, record):
        """Who owes it: as the step says, else the first of those who come after."""
        users = self.env["res.users"]
        partner = counterparty(record)
        handler = record.user_id if "user_id" in record._fields else users
        salesperson = (
            lead_of(record).user_id
            or partner.user_id
            or partner.commercial_partner_id.user_id
        )
        fixed = users.browse(step["responsible_user_id"] or [])
        first = {"handler": handler, "salesperson": salesperson, "fixed": fixed}
        kind = step["responsible_kind"]
        owner = self.regulation.owner_id
        candidates = (first[kind], fixed, salesperson, handler, owner)
        return next((u for u in candidates if self._can_owe(u)), users)

    def _can_owe(self, user):
        return (
            user
            and user.active
            and user._is_internal()
            # A program that logs for people owes nobody anything.
            and not user.has_group("crm_segmentation.group_crm_integration")
            and self.company in user.company_ids
        )

    def _calendar(self, step, user):
        if step["calendar_kind"] == "fixed":
            return self.env["resource.calendar"].browse(step["calendar_id"])
        if step["calendar_kind"] == "company":
            return self.company.resource_calendar_id
        if user not in self._calendars:
            employee = user.with_company(self.company).employee_id
            self._calendars[user] = (
                employee.resource_calendar_id or self.company.resource_calendar_id
            )
        return self._calendars[user]


def _name(record):
    """What the record is called, without what is shown beside it anyway."""
    return (record._rec_name and record[record._rec_name]) or record.display_name


def _beginning(fact, record):
    """From when on proof counts."""
    # A letter written while still on the phone keeps the promise as well.
    return record.date if record._name == "crm.interaction" else fact.date


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
