"""When somebody may be told something."""

from __future__ import annotations

from datetime import datetime

from .limit import Clock


def when(now: datetime, clock: Clock, is_summary: bool = False) -> datetime:
    """The next instant at which somebody may be told.

    :param now: naive UTC
    :param clock: the person's working hours
    :param is_summary: whether it can wait for the beginning of a day, so that it comes
        once a day
    :return: naive UTC; now itself if it is worked now and cannot wait
    :raises WindowTooShort: the working time known does not reach far enough
    """
    if clock.work is None:
        return now
    return clock.work.day_opening(now) if is_summary else clock.work.opening(now)
