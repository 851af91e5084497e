"""How long a promise may take, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .worktime import WorkTime

# unit → (seconds in one, does it run in working time only?); a working day has as
# many seconds as the calendar works on an average day, so it is not here.
_UNITS = {
    "minute": (60, True),
    "hour": (3600, False),
    "work_hour": (3600, True),
    "day": (86400, False),
}
UNITS = (*_UNITS, "work_day")


class WindowTooShort(Exception):
    """The working time known does not reach the due time; read a longer window."""


@dataclass(frozen=True)
class Limit:
    """A limit with its unit.

    :param value: how many; more than 0
    :param unit: ``minute`` (working minutes), ``hour`` (clock hours), ``work_hour``,
        ``work_day`` (the calendar's average hours of a day) or ``day`` (24 hours)
    """

    value: float
    unit: str

    @property
    def in_working_time(self) -> bool:
        """Whether the clock stops outside working hours."""
        return self.unit == "work_day" or _UNITS[self.unit][1]

    def seconds(self, hours_per_day: float = 8.0) -> float:
        """The length in seconds.

        :param hours_per_day: average working hours of a day of the calendar
        """
        if self.unit == "work_day":
            return self.value * hours_per_day * 3600
        return self.value * _UNITS[self.unit][0]

    def after(
        self,
        start: datetime,
        work: WorkTime | None,
        hours_per_day: float = 8.0,
        percent: float = 100,
    ) -> datetime:
        """The instant at which the limit, or a part of it, has passed.

        :param start: when the clock begins, in UTC
        :param work: working time around ``start``; None for clock units
        :param hours_per_day: average working hours of a day of the calendar
        :param percent: part of the limit, 100 for the due time
        :return: the instant in UTC, whole seconds
        :raises WindowTooShort: ``work`` ends too early
        """
        length = self.seconds(hours_per_day) * percent / 100
        if not self.in_working_time:
            return start + timedelta(seconds=round(length))
        instant = work.plus(start, round(length))
        if instant is None:
            raise WindowTooShort
        return instant
