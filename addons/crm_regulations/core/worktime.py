"""Working time as arrays: any number of due times from one reading of a calendar.

Instants are naive datetimes in UTC; amounts of time are seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta


class WorkTime:
    """The working intervals of one calendar within a window.

    :param intervals: (start, end) pairs; they may touch or overlap and come in any
        order
    """

    def __init__(self, intervals: Iterable[tuple[datetime, datetime]]):
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        self._worked: list[float] = []  # seconds worked before each interval
        for start, end in sorted(intervals):
            self._append(start, end)

    def _append(self, start: datetime, end: datetime) -> None:
        if self._ends and start <= self._ends[-1]:
            self._ends[-1] = max(end, self._ends[-1])
            return
        before = 0.0
        if self._ends:
            last = (self._ends[-1] - self._starts[-1]).total_seconds()
            before = self._worked[-1] + last
        self._starts.append(start)
        self._ends.append(end)
        self._worked.append(before)

    @property
    def total(self) -> float:
        """Seconds worked in the whole window."""
        return self.position(self._ends[-1]) if self._ends else 0.0

    def position(self, instant: datetime) -> float:
        """Seconds worked from the beginning of the window until an instant."""
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return 0.0
        until = min(instant, self._ends[index])
        return self._worked[index] + (until - self._starts[index]).total_seconds()

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds worked between two instants; 0 when they come the wrong way round."""
        return max(0.0, self.position(end) - self.position(start))

    def plus(self, start: datetime, seconds: float) -> datetime | None:
        """The first instant at which so much has been worked since ``start``.

        :param start: when the clock begins; outside working hours it waits
        :param seconds: working time, 0 or more; with 0 the next working instant
        :return: the instant; None when the window ends before it
        """
        goal = self.position(start) + seconds
        if seconds == 0:
            index = bisect_right(self._ends, start)
            return max(start, self._starts[index]) if index < len(self._ends) else None
        if goal > self.total:
            return None
        index = bisect_left(self._worked, goal) - 1
        return self._starts[index] + timedelta(seconds=goal - self._worked[index])
