"""How much of the time of a promise is left, in a form that a screen can count down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from .limit import Clock, Limit

#: So many working intervals are told; a screen is rarely open for two weeks.
MOST_INTERVALS = 24


@dataclass(frozen=True)
class Countdown:
    """What is left of a limit.

    :param in_working_time: whether the clock stands still outside the intervals
    :param seconds: how many seconds are left, as the limit counts them
    :param hours: the working intervals in which they pass, the first ones
    :param rest: seconds that pass after the last of these intervals
    """

    in_working_time: bool
    seconds: int
    hours: tuple[tuple[datetime, datetime], ...] = ()
    rest: int = 0


def countdown(limit: Limit, now: datetime, due: datetime, clock: Clock) -> Countdown:
    """What is left of a limit at an instant.

    :param limit: the limit
    :param now: the instant, naive UTC
    :param due: when it has passed, naive UTC
    :param clock: the working hours that count; without any the clock counts
    :return: nothing is left if it has passed
    :raises WindowTooShort: the working time known does not reach far enough
    """
    if not limit.in_working_time or clock.work is None:
        return Countdown(False, max(0, _seconds(now, due)))
    joined = _joined(clock.work.pieces(now, due))
    hours = tuple(islice(joined, MOST_INTERVALS))
    total = round(clock.work.between(now, due))
    told = sum(_seconds(start, end) for start, end in hours)
    return Countdown(True, total, hours, total - told)


def _joined(pieces: Iterable[tuple[datetime, datetime]]):
    """The same intervals, not cut at midnights."""
    pending = None
    for start, end in pieces:
        if pending and pending[1] == start:
            pending = pending[0], end
            continue
        if pending:
            yield pending
        pending = start, end
    if pending:
        yield pending


def _seconds(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds())
