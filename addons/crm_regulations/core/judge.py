"""The verdict on one promise."""

from __future__ import annotations

from datetime import datetime

OPEN = "open"
BREACHED = "breached"
ON_TIME = "done_on_time"
LATE = "done_late"


def verdict(due: datetime, done: datetime | None, now: datetime) -> str:
    """Was the promise kept?

    :param due: when it was due
    :param done: when it was kept; None when it was not yet
    :param now: the instant of the judgement
    :return: ``done_on_time`` (also at the very instant it was due), ``done_late``,
        ``breached`` (not done and due has passed) or ``open``
    """
    if done is not None:
        return ON_TIME if done <= due else LATE
    return BREACHED if now > due else OPEN


def next_check(
    state: str, warn: datetime | None, due: datetime, now: datetime
) -> datetime | None:
    """When the sweep must look at the promise again.

    :param state: its verdict now
    :param warn: when a warning is wanted, if any
    :param due: when it is due
    :param now: the instant of the judgement
    :return: the instant; None when nothing will change by itself
    """
    if state != OPEN:
        return None
    return warn if warn and now < warn < due else due


def on_time_percent(on_time: int, late: int, breached: int) -> float | None:
    """Promises kept in time out of those that came to an end, in percent.

    Excused, cancelled and open ones do not count.

    :return: 0 to 100; None when nothing came to an end
    """
    ended = on_time + late + breached
    return 100 * on_time / ended if ended else None
