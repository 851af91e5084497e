"""Reading ``resource.calendar`` once for many due times."""

from datetime import timedelta

import pytz

from odoo.exceptions import UserError

from ..core.limit import WindowTooShort
from ..core.worktime import WorkTime

# As far ahead as working time is looked for; nearly always the first is enough.
WINDOWS = [timedelta(days=days) for days in (20, 200, 3 * 365)]


class Calendars:
    """Working times of calendars, read once per calendar and window.

    Holidays are those of the calendar and of the own company; another company's
    holidays without a calendar would move our due times and are left out.

    :param env: environment; calendars are read with its rights
    :param company: the company whose holidays count
    """

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self._read = {}
        self._hours_per_day = {}

    def due(self, limit, calendar, start, percent=100):
        """When a limit that starts at an instant has passed.

        :param limit: a :class:`~..core.limit.Limit`
        :param calendar: a resource.calendar record
        :param start: naive UTC instant
        :param percent: part of the limit
        :return: naive UTC instant
        :raises UserError: the calendar is flexible or has no working hours
        """
        if not limit.in_working_time:
            return limit.after(start, None, percent=percent)
        hours_per_day = self._checked(calendar)
        for length in WINDOWS:
            work = self.work_time(calendar, start, start + length)
            try:
                return limit.after(start, work, hours_per_day, percent)
            except WindowTooShort:
                continue
        raise UserError(
            self.env._(
                "crm_regulations.no_working_hours: The working hours “%(calendar)s” "
                "have no room for the limit within three years. Add working hours to "
                "it or choose other ones.",
                calendar=calendar.name,
            )
        )

    def work_time(self, calendar, start, end):
        """The working time of a calendar that surely covers a window.

        :param calendar: a resource.calendar record
        :param start: naive UTC instant
        :param end: naive UTC instant
        :return: a :class:`~..core.worktime.WorkTime`
        """
        low, high, work = self._read.get(calendar.id) or (start, start, None)
        if work and low <= start and end <= high:
            return work
        # Twice as far as needed: a thousand due times cost a handful of readings.
        margin = max(high - low, WINDOWS[0])
        low = low if low <= start else start - margin
        high = high if end <= high else end + margin
        work = self._read_work(calendar, low, high)
        self._read[calendar.id] = low, high, work
        return work

    def _read_work(self, calendar, start, end):
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [self.company.id, False]),
        ]
        found = calendar._work_intervals_batch(
            pytz.utc.localize(start),
            pytz.utc.localize(end),
            domain=leaves,
            compute_leaves=True,
        )[False]
        return WorkTime((_naive(low), _naive(high)) for low, high, _meta in found)

    def _checked(self, calendar):
        """The calendar's average hours of a day, once it is known to be usable."""
        if calendar.id not in self._hours_per_day:
            self._refuse_unusable(calendar)
            self._hours_per_day[calendar.id] = calendar.hours_per_day
        return self._hours_per_day[calendar.id]

    def _refuse_unusable(self, calendar):
        if not calendar:
            problem = self.env._("there are no working hours; set them on the company")
        elif calendar.flexible_hours:
            problem = self.env._(
                "“%(calendar)s” is flexible, so nobody can say when an hour of work "
                "has passed; choose fixed working hours",
                calendar=calendar.name,
            )
        else:
            return
        raise UserError(
            self.env._("crm_regulations.working_hours: %(problem)s.", problem=problem)
        )


def _naive(instant):
    """In UTC and whole seconds: Odoo ends a day a microsecond before midnight."""
    rounded = instant.astimezone(pytz.utc) + timedelta(microseconds=500_000)
    return rounded.replace(microsecond=0, tzinfo=None)
