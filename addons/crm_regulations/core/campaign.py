"""What a campaign cost and brought, in relation to each other."""

from __future__ import annotations


def per_piece(cost: float, pieces: int) -> float | None:
    """The cost of one of the pieces that a campaign brought.

    :param cost: money
    :param pieces: leads or orders
    :return: money, to the cent; None if nothing was paid or nothing was brought, since
        then there is no price
    """
    return round(cost / pieces, 2) if cost > 0 and pieces > 0 else None


def share(part: int, whole: int) -> float | None:
    """A part in percent, to one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole > 0 else None


def returned(turnover: float, cost: float) -> float | None:
    """How much turnover came for each unit of money that was spent.

    :param turnover: money
    :param cost: money
    :return: turnover ÷ cost, to two decimals; None if nothing was spent
    """
    return round(turnover / cost, 2) if cost > 0 else None
