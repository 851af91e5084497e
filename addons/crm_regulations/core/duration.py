"""A length of time as people say it."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86400


def parts(seconds: float) -> tuple[int, int, int]:
    """Days, hours and minutes worth saying of a length of time.

    Whoever has two days does not count minutes, so those are left out then.

    :param seconds: any length; its sign does not matter
    :return: (days, hours, minutes), rounded down
    """
    rest = int(abs(seconds))
    days, rest = divmod(rest, DAY)
    hours, rest = divmod(rest, HOUR)
    return days, hours, 0 if days else rest // MINUTE
