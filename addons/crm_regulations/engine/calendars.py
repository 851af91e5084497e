"""Reading ``resource.calendar`` once for many due times."""

from datetime import datetime, timedelta

import pytz

from odoo.exceptions import UserError

from ..core.limit import Clock
from ..core.worktime import DAY, WindowTooShort, WorkTime

# Working time that is remembered is read in blocks of so many days, so that the same
# block serves for months.
_BLOCK = 128
# As far ahead as working time is looked for; nearly always the first is enough.
WINDOWS = [timedelta(days=days) for days in (20, 200, 3 * 365)]
# Further ahead than that nobody is given time.
FARTHEST = timedelta(days=100 * 365)
_SECOND = timedelta(seconds=1)


class Calendars:
    """Working times of calendars, read once per calendar and window.

    Holidays are those of the calendar and of the own company; another company's
    holidays without a calendar would move our due times and are left out, and so is
    what single people take off.

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
        :param calendar: a resource.calendar record; anything if only the clock counts
        :param start: naive UTC instant
        :param percent: part of the limit
        :return: naive UTC instant
        :raises UserError: the calendar cannot be used or has no working hours
        """

        def work(clock):
            due = limit.due(start, clock)
            return due if percent == 100 else limit.part(percent, start, due, clock)

        if not limit.needs_calendar:
            return work(Clock())
        return self.judged(calendar or self.env["resource.calendar"], start, work)

    def judged(self, calendar, start, work, end=None):
        """What comes out of working hours that are read as far as it takes.

        :param calendar: a resource.calendar record; None if only the clock counts
        :param start: earliest instant that is asked about, naive UTC
        :param work: function of a :class:`~..core.limit.Clock`; it is called again
            with a longer window as long as it raises ``WindowTooShort``
        :param end: latest instant that is known, now for example; it is looked three
            years further ahead
        :return: what the function returns
        :raises UserError: the calendar cannot be used, or has no working hours there
        """
        if calendar is None:
            return work(Clock())
        latest = max(start, end or start)
        for length in WINDOWS:
            # The first one begins with the start; who asks about something earlier by
            # mistake gets a longer one, too.
            earliest = start - (length - WINDOWS[0])
            try:
                return work(self.clock(calendar, earliest, latest + length))
            except WindowTooShort as short:
                # Somebody may have been given time until an instant far ahead.
                asked = min(short.instant or latest, latest + FARTHEST)
                latest = max(latest, asked)
        raise UserError(
            self.env._(
                "crm_regulations.no_working_hours: The working hours “%(calendar)s” "
                "have no room for the limit within three years. Add working hours to "
                "it or choose other ones.",
                calendar=calendar.name,
            )
        )

    def clock(self, calendar, start, end):
        """The working hours of a window in the form in which the core counts them.

        :param calendar: a resource.calendar record; None if only the clock counts
        :param start: earliest instant that is asked about, naive UTC
        :param end: latest instant, naive UTC
        :return: a :class:`~..core.limit.Clock`
        :raises UserError: the calendar cannot be used
        """
        if calendar is None:
            return Clock()
        hours_per_day = self._checked(calendar)
        return Clock(self.work_time(calendar, start, end), hours_per_day)

    def work_time(self, calendar, start, end):
        """The working time of a calendar that surely covers a window.

        :param calendar: a resource.calendar record
        :param start: naive UTC instant
        :param end: naive UTC instant
        :return: a :class:`~..core.worktime.WorkTime`
        """
        known = self._read.get(calendar.id)
        if known and known.since <= start and end <= known.until:
            return known
        # Twice as far as needed: a thousand due times cost a handful of readings.
        low, high = (known.since, known.until) if known else (start, start)
        margin = max(high - low, WINDOWS[0])
        low = low if low <= start else start - margin
        high = high if end <= high else end + margin
        work = self._read[calendar.id] = self._read_work(calendar, low, high)
        return work

    def problem(self, calendar):
        """Why nobody can count in these working hours.

        :param calendar: a resource.calendar record, or none
        :return: a sentence without its full stop; empty if they can be used
        """
        if not calendar:
            return self.env._("there are no working hours; set them on the company")
        if calendar.flexible_hours:
            return self.env._(
                "“%(calendar)s” is flexible, so nobody can say when an hour of work "
                "has passed; choose fixed working hours",
                calendar=calendar.name,
            )
        if calendar.duration_based:
            return self.env._(
                "“%(calendar)s” says how long is worked on a day, not from when to "
                "when, so nobody can say when an hour of work has passed; choose "
                "working hours with a beginning and an end",
                calendar=calendar.name,
            )
        return ""

    def _read_work(self, calendar, start, end):
        zone = pytz.timezone(calendar.tz)
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [self.company.id, False]),
        ]
        # A day more on both sides, so that no interval is cut to nothing there.
        found = calendar.with_env(self.env)._work_intervals_batch(
            pytz.utc.localize(start - DAY),
            pytz.utc.localize(end + DAY),
            domain=leaves,
            tz=zone,
            compute_leaves=True,
        )[False]
        spans = ((_naive(low), _naive(high)) for low, high, _meta in found)
        # A holiday until 23:59:59 leaves a second of its day, on which nobody works.
        worked = [(low, high) for low, high in spans if high - low > _SECOND]
        return WorkTime(worked, zone, until=end, since=start)

    def _checked(self, calendar):
        """The calendar's average hours of a day, once it is known to be usable."""
        if calendar.id not in self._hours_per_day:
            if problem := self.problem(calendar):
                raise UserError(
                    self.env._(
                        "crm_regulations.working_hours: %(problem)s.", problem=problem
                    )
                )
            self._hours_per_day[calendar.id] = calendar.hours_per_day
        return self._hours_per_day[calendar.id]


class RememberedCalendars(Calendars):
    """The same from the memory of the process, for who opens promises in a save.

    Whoever changes working hours has them forgotten before the commit, and promises
    that were opened meanwhile are measured again, see :mod:`.retiming`.
    """

    def __init__(self, env, company):
        super().__init__(env, company)
        # Asking the memory of the process a hundred thousand times takes its time, too.
        self._known = {}

    def clock(self, calendar, start, end):
        if calendar is None:
            return Clock()
        blocks = start.toordinal() // _BLOCK, end.toordinal() // _BLOCK
        key = calendar.id, *blocks
        if key not in self._known:
            clock = calendar._remembered_clock(self.company.id, *blocks)
            self._known[key] = clock
        return self._known[key]


def clock_of_blocks(calendar, company, first, last):
    """What :class:`RememberedCalendars` remembers.

    :param calendar: a resource.calendar record
    :param company: the company whose holidays count
    :param first: number of the first block of days
    :param last: number of the last one
    :return: a :class:`~..core.limit.Clock`
    :raises UserError: the calendar cannot be used
    """
    start = datetime.fromordinal(max(1, first * _BLOCK))
    end = datetime.fromordinal((last + 1) * _BLOCK)
    return Calendars(calendar.env, company).clock(calendar, start, end)


def _naive(instant):
    """In UTC and whole seconds: Odoo ends a day a microsecond before midnight."""
    rounded = instant.astimezone(pytz.utc) + timedelta(microseconds=500_000)
    return rounded.replace(microsecond=0, tzinfo=None)
