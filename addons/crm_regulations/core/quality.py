"""What a customer's answers to a quality sheet are worth."""

from __future__ import annotations

from collections.abc import Iterable

WORST, BEST = 1, 5


def score(marks: Iterable[tuple[float, float, float]]) -> float | None:
    """The mean of several marks on a scale from 1 to 5.

    :param marks: value, lowest and highest possible value of each question that was
        answered; other scales are stretched to ours
    :return: a number from 1 to 5 with two decimals; None: nothing was marked
    """
    found = [
        WORST + (BEST - WORST) * (min(max(value, low), high) - low) / (high - low)
        for value, low, high in marks
        if high > low
    ]
    return round(sum(found) / len(found), 2) if found else None
