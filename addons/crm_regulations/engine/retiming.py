"""Working hours have changed: open promises are measured again, in the sweep."""

from odoo import fields
from odoo.tools import SQL

#: What of working hours moves due times.
WATCHED = {
    "resource.calendar": frozenset(
        {"tz", "hours_per_day", "flexible_hours", "two_weeks_calendar"}
    ),
    "resource.calendar.attendance": frozenset(
        {"calendar_id", "dayofweek", "hour_from", "hour_to", "week_type", "day_period"}
    ),
    "resource.calendar.leaves": frozenset(
        {
            "calendar_id", "company_id", "resource_id", "date_from", "date_to",
            "time_type",
        }
    ),
}  # fmt: skip


def mark_changed(env, model, ids, before=()):
    """Mark the open promises that count by working hours that have changed.

    :param env: superuser environment
    :param model: one of ``WATCHED``
    :param ids: ids of new, changed or deleted records
    :param before: former values of changed and deleted ones, dictionaries
    """
    records = env[model].browse(ids).exists()
    if model == "resource.calendar":
        mark(env, calendar_ids=ids)
    elif model == "resource.calendar.attendance":
        former = {values.get("calendar_id") for values in before}
        mark(env, calendar_ids={*records.calendar_id.ids, *former} - {False, None})
    else:
        _mark_leaves(env, records, before)


def _mark_leaves(env, leaves, before):
    """Holidays without working hours are those of a whole company."""
    # What somebody takes off moves nobody else's promises.
    leaves = leaves.filtered(lambda leave: not leave.resource_id)
    places = {(leave.calendar_id.id, leave.company_id.id) for leave in leaves}
    places |= {
        (values.get("calendar_id"), values.get("company_id"))
        for values in before
        if not values.get("resource_id")
    }
    mark(env, calendar_ids={calendar for calendar, _company in places if calendar})
    companies = {company for calendar, company in places if not calendar}
    if companies:
        everywhere = not all(companies)
        mark(env, company_ids=None if everywhere else companies)


def mark(env, calendar_ids=(), company_ids=()):
    """Mark open promises; the sweep measures them again.

    :param calendar_ids: by these working hours
    :param company_ids: of these companies, whatever their hours; None for all
    """
    if not calendar_ids and company_ids is not None and not company_ids:
        return
    # Working hours are remembered, see :class:`~.calendars.RememberedCalendars`.
    env.registry.clear_cache()
    where = [SQL("calendar_id = ANY(%s)", list(calendar_ids))]
    if company_ids is None:
        where.append(SQL("calendar_id IS NOT NULL"))
    elif company_ids:
        where.append(
            SQL("calendar_id IS NOT NULL AND company_id = ANY(%s)", list(company_ids))
        )
    env["crm.obligation"].flush_model()
    env.cr.execute(
        SQL(
            """UPDATE crm_obligation
                  SET is_stale = TRUE, next_check = %s
                WHERE state = 'open' AND date_end IS NULL AND (%s)""",
            # The sweep takes what lies before its own instant.
            fields.Datetime.now().replace(microsecond=0, second=0),
            SQL(" OR ").join(where),
        )
    )
    if env.cr.rowcount:
        env["crm.obligation"].invalidate_model(["is_stale", "next_check"])
        env["crm.obligation"]._wake_sweep()
