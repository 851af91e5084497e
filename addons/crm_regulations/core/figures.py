"""Figures that people can trust: honest denominators, small samples said.

On time = done on time ÷ (done on time + done late + overdue). What was excused or
cancelled and what is still open stands beside it and is in no denominator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .judge import on_time_percent

# Of fewer than so many a percentage says nothing.
SMALL = 5


@dataclass(frozen=True)
class Tally:
    """How many promises ended how.

    :param on_time: done on time
    :param late: done late
    :param breached: overdue and not done
    :param attested: of those done, the ones of which only a person says so
    """

    on_time: int = 0
    late: int = 0
    breached: int = 0
    excused: int = 0
    cancelled: int = 0
    open: int = 0
    overdue: int = 0
    attested: int = 0

    @property
    def done(self) -> int:
        """Done at all, on time or late."""
        return self.on_time + self.late

    @property
    def counted(self) -> int:
        """The denominator of on time."""
        return self.done + self.breached

    @property
    def broken(self) -> int:
        """Not kept on time, whether done by now or not."""
        return self.late + self.breached

    @property
    def percent(self) -> float | None:
        """On time in percent; None when there are too few to say."""
        if self.counted < SMALL:
            return None
        return on_time_percent(self.on_time, self.late, self.breached)


def share(part: int, whole: int) -> float | None:
    """A part in percent; None when the whole is too small to say."""
    return 100 * part / whole if whole >= SMALL else None


def worst_first(tallies: Mapping[object, Tally]) -> list:
    """The keys, the worst first; those with too few to say come last.

    :param tallies: key → its tally
    """

    def place(key):
        tally = tallies[key]
        percent = tally.percent
        return percent is None, percent or 0.0, -tally.broken, -tally.counted

    return sorted(tallies, key=place)


def weeks(last: date, count: int) -> list[date]:
    """The Mondays of so many weeks, the last one being that of a day.

    :return: in their order
    """
    monday = last - timedelta(days=last.weekday())
    return [monday - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def is_repeated(tally: Tally, broken: int, percent: float) -> bool:
    """Whether promises are broken again and again.

    :param broken: so many broken ones at least
    :param percent: and less than this is on time
    """
    on_time = on_time_percent(tally.on_time, tally.late, tally.breached)
    return tally.broken >= broken and on_time is not None and on_time < percent


def has_helped(before: Tally, after: Tally) -> bool | None:
    """Whether more is on time than before.

    :return: None when there are too few to say
    """
    if before.percent is None or after.percent is None:
        return None
    return after.percent > before.percent
