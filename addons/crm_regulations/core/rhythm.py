"""How often a counterparty buys, and since when it is late by its own habit."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: Out of how many purchases on different days a rhythm is read, at the fewest.
FEWEST = 3
#: How far back from a purchase its rhythm is read.
YEARS = 2


@dataclass(frozen=True)
class Silence:
    """The time after a purchase.

    :param last: day of the purchase
    :param usual: how many days usually pass until the next one
    :param late: the first day on which the next one is late
    """

    last: date
    usual: float
    late: date


def usual_gap(days: Sequence[date]) -> float | None:
    """How many days usually pass between two purchases.

    It is the median of the gaps between the days of purchase of the 24 months that end
    with the last one: a long holiday or a rush moves it little.

    :param days: different days of purchase in order
    :return: a number of days; None for fewer than three purchases in that time
    """
    recent = [day for day in days if day > _years_before(days[-1])]
    if len(recent) < FEWEST:
        return None
    return _middle(sorted(_gaps(recent)))


def late_day(last: date, usual: float, factor: float) -> date:
    """The first day on which a purchase is late.

    :param last: day of the last purchase
    :param usual: see :func:`usual_gap`
    :param factor: how many usual gaps may pass; exactly so many days are in time
    """
    # A product such as 1.15 × 20 falls short of the whole number that is meant.
    return last + timedelta(days=math.floor(factor * usual + 1e-9) + 1)


def silences(
    days: Sequence[date], factor: float, since: date | None = None
) -> Iterator[Silence]:
    """What every purchase let expect, in one pass.

    :param days: different days of purchase in order
    :param factor: see :func:`late_day`
    :param since: leave out what the next purchase ended before this day
    :return: one for each purchase after which a rhythm was known
    """
    start = max(0, bisect_left(days, since) - 1) if since else 0
    if not days:
        return
    first = bisect_right(days, _years_before(days[start]))
    gaps = sorted(_gaps(days[first:start]))  # of the 24 months
    for place in range(start, len(days)):
        day = days[place]
        if place > first:
            insort(gaps, (day - days[place - 1]).days)
        begin = _years_before(day)
        while days[first] <= begin:
            gone = (days[first + 1] - days[first]).days
            del gaps[bisect_left(gaps, gone)]
            first += 1
        if place - first + 1 >= FEWEST:
            usual = _middle(gaps)
            yield Silence(day, usual, late_day(day, usual, factor))


def late_silences(
    days: Sequence[date], factor: float, today: date, since: date | None = None
) -> Iterator[Silence]:
    """Those in which the counterparty was late.

    A purchase on the very day on which it would have been late came too late: it was
    missed when that day began.

    :param days: different days of purchase in order; those after today do not count
    :param factor: see :func:`late_day`
    :param today: the last day that has begun
    :param since: leave out when it was late earlier than from this day on
    """
    days = days[: bisect_right(days, today)]
    following = dict(zip(days, days[1:], strict=False))
    for silence in silences(days, factor, since):
        end = min(today, following.get(silence.last, today))
        if silence.late <= end and (since is None or silence.late >= since):
            yield silence


def first_that_matters(late_from: date, factor: float) -> date:
    """Purchases before this day change nothing about being late from another day on.

    :param late_from: the first day of lateness that is of interest
    :param factor: see :func:`late_day`
    """
    # Of at least two gaps within the time that is looked at, the median is at most
    # half of it.
    longest = YEARS * 366 / 2
    last = late_from - timedelta(days=math.ceil(factor * longest) + 2)
    return _years_before(last)


def _gaps(days: Sequence[date]) -> list[int]:
    pairs = zip(days, days[1:], strict=False)
    return [(later - earlier).days for earlier, later in pairs]


def _middle(numbers: Sequence[int]) -> float:
    """The median of numbers in order."""
    half = len(numbers) // 2
    if len(numbers) % 2:
        return float(numbers[half])
    return (numbers[half - 1] + numbers[half]) / 2


def _years_before(day: date) -> date:
    # The 29th of February becomes the 28th.
    last_of_month = day.month == 2 and day.day == 29
    return day.replace(year=day.year - YEARS, day=28 if last_of_month else day.day)
