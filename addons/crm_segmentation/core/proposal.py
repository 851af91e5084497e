"""Where the lines between categories could run, read off a company's own numbers.

A curve tells for readable numbers how many counterparties reach them and which part of
the turnover those bring. A threshold is proposed where the biggest counterparties
together reach a share of the turnover; the one who crosses the share is inside. All
numbers of a curve are rounded down to two digits (87,432 → 87,000), so that a
threshold can be remembered and the one who crosses stays inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# So much of what one needs to get in is needed to stay.
LEAVE_RATIO = 0.85

# Shares of the turnover (percent) for so many categories above the rest.
SHARES = {
    1: (80,),
    2: (70, 90),
    3: (50, 80, 95),
    4: (50, 70, 85, 95),
}


@dataclass(frozen=True)
class Bucket:
    """Counterparties whose value lies between a readable number and the next one.

    :param lower: the readable number, at most as big as each value
    :param count: number of counterparties
    :param amount: their turnover of the window in company currency
    :param tied: how many of them have exactly the readable number
    :param tied_amount: turnover of those
    :param total: sum of the values, negative ones as nothing
    """

    lower: float
    count: int
    amount: float
    tied: int = 0
    tied_amount: float = 0.0
    total: float = 0.0


@dataclass(frozen=True)
class Point:
    """Counterparties with at least a number.

    :param value: the number
    :param count: counterparties that have at least so much
    :param amount: their turnover of the window
    :param tied: how many have exactly so much
    :param tied_amount: turnover of those
    :param total: sum of the metric over those who have at least so much
    """

    value: float
    count: int
    amount: float
    tied: int
    tied_amount: float
    total: float


def grid(value: float) -> float:
    """The biggest number of two significant digits that is not above a value.

    ``engine/curve.py`` says the same in SQL.

    :param value: any finite number
    :return: 87000 for 87432, -88000 for -87432, 0 for 0
    """
    if not value:
        return 0.0
    place = math.floor(math.log10(abs(value))) - 1
    # Multiplied or divided by a whole power of ten only: those are exact.
    power = 10.0 ** abs(place)
    scaled = math.floor(value / power if place >= 0 else value * power)
    for candidate in (scaled + 1, scaled, scaled - 1):
        number = float(candidate * power if place >= 0 else candidate / power)
        if number <= value:
            return number
    return value


def cumulative(buckets: Iterable[Bucket]) -> tuple[Point, ...]:
    """The curve of a set of buckets.

    :param buckets: in any order; several of one lower bound are taken together
    :return: points from the biggest value to the smallest
    """
    merged: dict[float, Bucket] = {}
    for bucket in buckets:
        merged[bucket.lower] = _together(merged.get(bucket.lower), bucket)
    points = []
    count, amount, total = 0, 0.0, 0.0
    for lower in sorted(merged, reverse=True):
        bucket = merged[lower]
        count += bucket.count
        amount += bucket.amount
        total += bucket.total
        points.append(
            Point(lower, count, amount, bucket.tied, bucket.tied_amount, total)
        )
    return tuple(points)


def threshold_at(points: Sequence[Point], share: float) -> Point | None:
    """The line above which the biggest bring a share of the turnover.

    :param points: a curve, biggest value first
    :param share: percent of the turnover, above 0 and up to 100
    :return: the first point that reaches the share; None when nobody bought
    """
    bought = max((point.amount for point in points), default=0.0)
    if bought <= 0:
        return None
    # Sums of floats miss their last digit.
    wanted = bought * share / 100 * (1 - 1e-12)
    return next(point for point in points if point.amount >= wanted)


def thresholds(points: Sequence[Point], shares: Sequence[float]) -> list[Point]:
    """One line per share, each below the one before it.

    Where one counterparty crosses two shares at once, the second line moves to the
    next smaller number; there are fewer lines than shares when nothing is smaller.

    :param points: a curve, biggest value first
    :param shares: percents of the turnover, ascending
    :return: the points of the lines, biggest first, only such with a value above 0
    """
    found: list[Point] = []
    above_zero = [point for point in points if point.value > 0]
    for share in shares:
        point = threshold_at(above_zero, share)
        if point is None:
            break
        if found and point.value >= found[-1].value:
            point = next((p for p in above_zero if p.value < found[-1].value), None)
        if point is None:
            break
        found.append(point)
    return found


def thin(
    points: Sequence[Point], limit: int, keep: Iterable[float] = ()
) -> tuple[Point, ...]:
    """Fewer points with the same meaning: what is left out is counted below it.

    :param points: a curve, biggest value first
    :param limit: so many points at most, besides those to keep
    :param keep: values whose points stay
    :return: points spread evenly over customers and turnover
    """
    if len(points) <= limit:
        return tuple(points)
    keep = set(keep)
    people = points[-1].count or 1
    money = max(abs(point.amount) for point in points) or 1.0
    kept, last = [], -1
    for point in points:
        place = (point.count / people + abs(point.amount) / money) / 2
        cell = int(place * (limit - 2))
        # The last point says how many there are at all.
        if cell > last or point.value in keep or point is points[-1]:
            kept.append(point)
        last = max(cell, last)
    return tuple(kept)


def _together(first: Bucket | None, second: Bucket) -> Bucket:
    if first is None:
        return second
    return Bucket(
        first.lower,
        first.count + second.count,
        first.amount + second.amount,
        first.tied + second.tied,
        first.tied_amount + second.tied_amount,
        first.total + second.total,
    )
