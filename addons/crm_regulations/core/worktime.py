"""Working time as arrays: any number of due times from one reading of a calendar.

Instants are naive datetimes in UTC; amounts of time are seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cached_property

DAY = timedelta(days=1)


class WindowTooShort(Exception):
    """The working time known does not reach far enough; read a longer window.

    :param instant: what was asked about, where that is known
    """

    def __init__(self, instant: datetime | None = None):
        super().__init__(instant)
        self.instant = instant


class WorkTime:
    """The working intervals of one calendar within a window.

    :param intervals: (start, end) pairs; they may touch or overlap and come in any
        order
    :param zone: time zone in which the calendar's days begin
    :param until: the end of the window; None: nothing is worked after the intervals
    :param since: the beginning of the window; None: nothing is worked before them
    """

    def __init__(
        self,
        intervals: Iterable[tuple[datetime, datetime]],
        zone: tzinfo = timezone.utc,
        until: datetime | None = None,
        since: datetime | None = None,
    ):
        self.zone = zone
        self.until = until
        self.since = since
        self._first = datetime.min if since is None else since
        self._last = datetime.max if until is None else until
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        # How much is worked until the end of each interval, and when work would have
        # begun if it had never stopped before that. The first entry of both is for what
        # is before all intervals, so that nobody has to ask whether there is one.
        self._sums = [timedelta()]
        self._origins = [datetime.min]
        for start, end in _apart(intervals):
            self._starts.append(start)
            self._ends.append(end)
            self._origins.append(start - self._sums[-1])
            self._sums.append(self._sums[-1] + (end - start))

    def _require(self, instant: datetime) -> None:
        """Refuse to speak of what is not known."""
        if instant > self._last:
            raise WindowTooShort(instant)
        if instant < self._first:
            raise WindowTooShort

    @property
    def total(self) -> float:
        """Seconds worked in the whole window."""
        return self._sums[-1].total_seconds()

    def position(self, instant: datetime) -> float:
        """Seconds worked from the beginning of the window until an instant."""
        return self._before(instant).total_seconds()

    def _before(self, instant: datetime) -> timedelta:
        index = bisect_right(self._starts, instant)
        worked, most = instant - self._origins[index], self._sums[index]
        return worked if worked < most else most  # min() takes twice as long

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds worked between two instants; 0 when they come the wrong way round.

        :raises WindowTooShort: one of them is outside the window
        """
        if start >= end:
            return 0.0
        self._require(start)
        self._require(end)
        return (self._before(end) - self._before(start)).total_seconds()

    def plus(self, start: datetime, seconds: float) -> datetime:
        """The first instant at which so much has been worked since ``start``.

        :param start: when the clock begins; outside working hours it waits
        :param seconds: working time, 0 or more; with 0 the next working instant
        :return: the instant
        :raises WindowTooShort: the window ends before it, or begins after ``start``
        """
        return self.after(start, timedelta(seconds=seconds))

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The same for who has the working time as a timedelta, which is quicker."""
        if not length:
            return self.opening(start)
        if not self._first <= start <= self._last:
            self._require(start)
        goal = self._before(start) + length
        index = bisect_left(self._sums, goal)
        if index == len(self._sums):
            raise WindowTooShort
        return self._origins[index] + goal

    def opening(self, instant: datetime) -> datetime:
        """The instant itself if it is worked then, else when work begins again.

        :raises WindowTooShort: nothing is worked afterwards within the window
        """
        self._require(instant)
        index = bisect_right(self._ends, instant)
        if index == len(self._ends):
            raise WindowTooShort
        return max(instant, self._starts[index])

    def day_opening(self, instant: datetime) -> datetime:
        """When the first work of a day begins, at the instant or after it.

        Where is worked around the clock, a day begins at midnight.

        :raises WindowTooShort: no day begins afterwards within the window
        """
        self._require(instant)
        last = None
        # Whether work had begun before on the day of the instant, its own past says.
        index = max(0, bisect_right(self._starts, instant - DAY) - 1)
        for start, end in zip(self._starts[index:], self._ends[index:], strict=True):
            for piece_start, _end in by_day(start, end, self.zone):
                day = day_of(piece_start, self.zone)
                if day != last and piece_start >= instant:
                    return piece_start
                last = day
        raise WindowTooShort

    def opened(self, instant: datetime) -> datetime | None:
        """When the interval began that is worked at an instant; None outside.

        The very end of an interval is still within it: work due at closing time.

        :raises WindowTooShort: the instant is outside the window
        """
        self._require(instant)
        index = bisect_left(self._ends, instant)
        if index == len(self._ends) or self._starts[index] > instant:
            return None
        return self._starts[index]

    # --- days -----------------------------------------------------------------

    def end_of_day(self, start: datetime, count: int) -> datetime:
        """When the so many-eth working day after the one of an instant ends.

        :param start: its own day does not count: one day from Monday ends on Tuesday
        :param count: 0 for the same day, or the next one if it is over then
        :return: the end of the last working interval of that day, at the latest
            midnight
        :raises WindowTooShort: the window ends before that day, or begins after
            ``start``
        """
        self._require(start)
        dates, ends = self._days
        index = bisect_right(dates, day_of(start, self.zone)) + count - 1
        if count == 0 and (index < 0 or ends[index] < start):
            index += 1
        if index >= len(dates):
            raise WindowTooShort
        if self.until is not None and day_of(self.until, self.zone) <= dates[index]:
            raise WindowTooShort  # that day may go on
        return ends[index]

    @cached_property
    def _days(self) -> tuple[list[date], list[datetime]]:
        """The days on which is worked, and when each ends."""
        ends: dict[date, datetime] = {}
        for start, end in zip(self._starts, self._ends, strict=True):
            for piece_start, piece_end in by_day(start, end, self.zone):
                ends[day_of(piece_start, self.zone)] = piece_end
        dates = sorted(ends)
        return dates, [ends[day] for day in dates]

    def pieces(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """What is worked between two instants, cut at midnights.

        :raises WindowTooShort: one of them is outside the window
        """
        if start >= end:
            return
        self._require(start)
        self._require(end)
        index = bisect_right(self._ends, start)
        while index < len(self._starts) and self._starts[index] < end:
            low = max(start, self._starts[index])
            yield from by_day(low, min(end, self._ends[index]), self.zone)
            index += 1


# --- time zones ---------------------------------------------------------------


def day_of(instant: datetime, zone: tzinfo) -> date:
    """The day of an instant in a time zone.

    :param instant: naive UTC
    """
    return local(instant, zone).date()


def _apart(
    intervals: Iterable[tuple[datetime, datetime]],
) -> list[tuple[datetime, datetime]]:
    """The same time in order; what overlaps or touches is one."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif start < end:
            found.append((start, end))
    return found


def by_day(
    start: datetime, end: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time at the midnights of a time zone.

    :param start: its first instant, naive UTC
    :param end: its last instant, naive UTC
    :param zone: the time zone
    :return: the pieces in order
    """
    while start < end:
        midnight = min(end, _next_day(start, zone))
        yield start, midnight
        start = midnight


def local(instant: datetime, zone: tzinfo) -> datetime:
    """What the clock on the wall shows at an instant.

    :param instant: naive UTC
    :return: naive
    """
    aware = instant.replace(tzinfo=timezone.utc).astimezone(zone)
    return aware.replace(tzinfo=None)


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    """When the clock on the wall shows a time.

    :param wall: naive; what is shown twice means the first time, what is left out when
        the clock is put forward means as much later
    :return: naive UTC
    """
    # The offsets before and after any change of the clock that may be near.
    offsets = [local(near, zone) - near for near in (wall - DAY, wall + DAY)]
    found = [wall - offset for offset in offsets if local(wall - offset, zone) == wall]
    return min(found, default=wall - offsets[0])


def _next_day(instant: datetime, zone: tzinfo) -> datetime:
    """When the next day of a time zone begins."""
    wall = local(instant, zone)
    midnight = datetime.combine(wall.date() + DAY, datetime.min.time())
    guess = instant + (midnight - wall)
    # The clock may be changed on that day.
    wrong = local(guess, zone) - midnight
    mended = guess - wrong
    return mended if local(mended, zone) >= midnight else guess
