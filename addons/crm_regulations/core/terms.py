"""Whether what an order grants is within the terms of its customer's categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PREPAYMENT, DEFERRAL, CREDIT, DISCOUNT = "prepayment", "deferral", "credit", "discount"
#: All terms, in the order in which they are told.
KINDS = (PREPAYMENT, DEFERRAL, CREDIT, DISCOUNT)
WITHIN, BEYOND, APPROVED = "within", "beyond", "approved"

# Amounts and percents have two decimals at most.
_NOTHING = 0.005


@dataclass(frozen=True)
class Deviation:
    """One term that an order does not keep.

    :param kind: one of :data:`KINDS`
    :param allowed: what the category allows: per cent, days or money
    :param granted: what the order grants, in the same unit
    """

    kind: str
    allowed: float
    granted: float


def strictest(many: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The terms of a customer who is in several categories.

    :param many: kind → limit, of each category; a kind that is missing has no limit
    :return: kind → limit
    """
    found: dict[str, float] = {}
    for terms in many:
        for kind, limit in terms.items():
            if kind not in found or _is_beyond(kind, found[kind], limit):
                found[kind] = limit
    return found


def deviations(
    terms: Mapping[str, float], granted: Mapping[str, float]
) -> tuple[Deviation, ...]:
    """What an order grants beyond its terms.

    :param terms: kind → limit; a kind that is missing has no limit
    :param granted: kind → what the order grants; an unknown one deviates from nothing
    :return: in the order of :data:`KINDS`
    """
    return tuple(
        Deviation(kind, terms[kind], granted[kind])
        for kind in KINDS
        if kind in terms
        and kind in granted
        and _is_beyond(kind, granted[kind], terms[kind])
    )


def verdict(found: Iterable[Deviation], approved: Mapping[str, float]) -> str:
    """How an order stands.

    An approval holds for what was approved and for less, not for more.

    :param found: what it grants beyond its terms
    :param approved: kind → what somebody has approved
    :return: :data:`WITHIN`, :data:`BEYOND` or :data:`APPROVED`
    """
    found = tuple(found)
    if not found:
        return WITHIN
    covers = all(
        one.kind in approved
        and not _is_beyond(one.kind, one.granted, approved[one.kind])
        for one in found
    )
    return APPROVED if covers else BEYOND


def _is_beyond(kind: str, granted: float, limit: float) -> bool:
    """Less is worse for us only of what is paid in advance."""
    more = limit - granted if kind == PREPAYMENT else granted - limit
    return more > _NOTHING
