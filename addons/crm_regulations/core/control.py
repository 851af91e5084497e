"""When somebody looks whether a regulation is kept, and at which of its promises."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timezone, tzinfo

from .step import Every

COUNT, PERCENT = "count", "percent"
# At most so many days has one of them.
_LONGEST = {"day": 1.0, "week": 7.0, "month": 31.0}


def last_beat(
    start: datetime, every: Every, now: datetime, zone: tzinfo = timezone.utc
) -> datetime:
    """When it was time the last time.

    :param start: since when it is counted, naive UTC
    :param every: how often
    :param now: naive UTC
    :param zone: whose days and months are meant
    :return: naive UTC; ``start`` itself as long as the first time has not come
    """
    days = (now - start).total_seconds() / 86400
    count = max(0, math.floor(days / (_LONGEST[every.unit] * every.value)) - 1)
    while every.times(start, count + 1, zone) <= now:
        count += 1
    return every.times(start, count, zone)


def sample_size(population: int, kind: str, value: float) -> int:
    """How many promises are looked at.

    :param population: how many there are
    :param kind: ``count`` or ``percent``
    :param value: so many, or so many percent, rounded up
    """
    if kind == PERCENT:
        value = math.ceil(round(population * value / 100, 6))
    return min(population, max(1, int(value))) if population else 0


def drawn(ids: Sequence[int], size: int, seed: str) -> list[int]:
    """A sample that nobody can choose and everybody can draw again.

    :param ids: what it is drawn from
    :param size: how many
    :param seed: what names the draw
    :return: so many of the ids, in ascending order
    """

    def lot(id_: int) -> bytes:
        return hashlib.sha256(f"{seed}:{id_}".encode()).digest()

    return sorted(sorted(ids, key=lot)[:size])
