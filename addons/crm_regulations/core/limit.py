"""How long a promise may take, and when it is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cached_property
from math import ceil

from .worktime import WorkTime

# unit → (seconds in one, does it run in working time only?); a working day has as
# many seconds as the calendar works on an average day.
_UNITS = {
    "minute": (60, True),
    "hour": (3600, False),
    "work_hour": (3600, True),
    "day": (86400, False),
}
UNITS = (*_UNITS, "work_day")
#: What happens to a limit by the clock that ends outside working hours.
LEAVE, OPENING = "leave", "opening"


@dataclass(frozen=True)
class Clock:
    """What is known of somebody's working hours.

    :param work: working time around the promise; None if only the clock counts
    :param hours_per_day: average working hours of a day of the calendar
    """

    work: WorkTime | None = None
    hours_per_day: float = 8.0

    @property
    def zone(self) -> tzinfo:
        """Whose days are meant."""
        return self.work.zone if self.work else timezone.utc


@dataclass(frozen=True)
class Limit:
    """A limit with its unit.

    :param value: how many; more than 0
    :param unit: ``minute`` (working minutes), ``hour`` (clock hours), ``work_hour``,
        ``work_day`` (the calendar's average hours of a day) or ``day`` (24 hours)
    :param ends_with_day: ``work_day`` only: it ends when the so many-eth working day
        after the one of the start ends; part of a day counts as a day
    :param outside: ``day`` and ``hour`` only: what becomes of a due time outside
        working hours, ``leave`` it or move it to the next ``opening``
    :param opening_minutes: working minutes after that opening
    """

    value: float
    unit: str
    ends_with_day: bool = False
    outside: str = LEAVE
    opening_minutes: float = 0.0

    @cached_property
    def in_working_time(self) -> bool:
        """Whether the clock stops outside working hours."""
        return self.unit == "work_day" or _UNITS[self.unit][1]

    @cached_property
    def moves_to_opening(self) -> bool:
        """Whether a due time outside working hours is moved."""
        return self.outside == OPENING and not self.in_working_time

    @cached_property
    def needs_calendar(self) -> bool:
        """Whether working hours must be known."""
        return self.in_working_time or self.moves_to_opening

    @property
    def _after_opening(self) -> int:
        """Working seconds after an opening until a moved due time."""
        return round(60 * self.opening_minutes)

    def seconds(self, hours_per_day: float = 8.0) -> float:
        """The length in seconds.

        :param hours_per_day: average working hours of a day of the calendar
        """
        if self._fixed is not None:
            return self._fixed
        return self.value * hours_per_day * 3600

    @cached_property
    def _fixed(self) -> float | None:
        """The length in seconds, if it is the same in all working hours."""
        if self.unit == "work_day":
            return None
        return self.value * _UNITS[self.unit][0]

    @cached_property
    def _length(self) -> timedelta | None:
        """The same in whole seconds; a timedelta takes long to make."""
        return None if self._fixed is None else timedelta(seconds=round(self._fixed))

    def measure(self, start: datetime, end: datetime, clock: Clock) -> float:
        """Seconds that pass for this limit between two instants.

        :return: working seconds or clock seconds; 0 the wrong way round
        :raises WindowTooShort: the working time known does not reach
        """
        if self.in_working_time:
            return clock.work.between(start, end)
        return _elapsed(start, end)

    def due(self, start: datetime, clock: Clock, paused: float = 0.0) -> datetime:
        """When the limit has passed.

        :param start: when the clock begins, in UTC
        :param clock: the working hours that count
        :param paused: seconds, as :meth:`measure` counts them, that do not count
        :return: the instant in UTC, whole seconds
        :raises WindowTooShort: the working time known ends too early
        """
        length = self._length
        if length is None or paused:
            if self.ends_with_day and self.unit == "work_day":
                return self._end_of_day(start, clock, paused)
            seconds = round(self.seconds(clock.hours_per_day) + paused)
            length = timedelta(seconds=seconds)
        if self.in_working_time:
            return clock.work.after(start, length)
        due = start + length
        return self._moved(start, due, clock) if self.moves_to_opening else due

    def _end_of_day(self, start: datetime, clock: Clock, paused: float) -> datetime:
        work = clock.work
        due = work.end_of_day(start, ceil(self.value))
        if not paused:
            return due
        # The day of the last second, since it may end at the midnight after it.
        return work.end_of_day(work.plus(due, paused) - timedelta(seconds=1), 0)

    def _moved(self, start: datetime, due: datetime, clock: Clock) -> datetime:
        """A due time at night waits until so long after the next opening.

        One shortly after an opening does, too, unless work had begun already when the
        clock started: a longer limit must never be due earlier.
        """
        work = clock.work
        opened = work.opened(due)
        if opened is None:
            opened = work.opening(due)
        elif opened <= start:
            return due
        return max(due, work.plus(opened, self._after_opening))

    def resumed(
        self,
        start: datetime,
        due: datetime,
        pause: tuple[datetime, datetime],
        clock: Clock,
        paused: float,
    ) -> datetime:
        """When it is due after a pause: never earlier than before, nor in the pause.

        :param start: when the clock began
        :param due: when it was due before
        :param pause: when the clock stopped, not after ``due``, and when it went on
        :param clock: the working hours that count
        :param paused: seconds of all pauses so far, this one included
        :return: the instant in UTC, whole seconds
        :raises WindowTooShort: the working time known ends too early
        """
        stopped, went_on = pause
        after = max(due, went_on, self.due(start, clock, paused))
        if self.moves_to_opening:
            # The clock may have stopped in the minutes after an opening, which are no
            # part of the limit: what was left of them is left again.
            left = min(clock.work.between(stopped, due), self._after_opening)
            after = max(after, clock.work.plus(went_on, left))
        return after

    def part(
        self,
        percent: float,
        start: datetime,
        due: datetime,
        clock: Clock,
        pauses: Iterable[tuple[datetime, datetime]] = (),
    ) -> datetime:
        """When a part of the time until the due time has passed.

        It is counted in working time if the limit knows any.

        :param percent: 0 to 100
        :param start: when the clock began
        :param due: when all of it has passed, see :meth:`due` and :meth:`resumed`
        :param clock: the working hours that count
        :param pauses: first and last instants of times that do not count, in order
        :return: an instant not after ``due``
        :raises WindowTooShort: the working time known ends too early
        """
        borders = [start, *(instant for pause in pauses for instant in pause), due]
        running = list(zip(borders[::2], borders[1::2], strict=True))
        measure, plus = _elapsed, _later
        if self.needs_calendar and any(clock.work.between(*times) for times in running):
            measure, plus = clock.work.between, clock.work.plus
        lengths = [measure(begin, end) for begin, end in running]
        left = round(sum(lengths) * percent / 100)
        for (begin, _end), length in zip(running, lengths, strict=True):
            if left <= length:
                return min(due, plus(begin, left))
            left -= length
        return due


def _elapsed(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())


def _later(start: datetime, seconds: float) -> datetime:
    return start + timedelta(seconds=seconds)
