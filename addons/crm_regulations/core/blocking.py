"""What people do to a record that a promise may hinder."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LEAVE, WIN, LOSE, ARCHIVE, DELETE, CONFIRM = (
    "leave", "win", "lose", "archive", "delete", "confirm",
)  # fmt: skip
#: All acts, in the order in which they are told.
ACTS = (LEAVE, WIN, LOSE, ARCHIVE, DELETE, CONFIRM)
WON, LOST = "won", "lost"


@dataclass(frozen=True)
class Standing:
    """How a record stands, as far as acts can be told from it.

    :param stage: its stage, or 0 if it has none
    :param outcome: ``won``, ``lost`` or anything else
    :param is_active: whether it is not archived
    :param is_confirmed: whether it is a confirmed order
    :param deals: the deals that it belongs to besides itself
    """

    stage: int = 0
    outcome: str = ""
    is_active: bool = True
    is_confirmed: bool = False
    deals: frozenset[int] = frozenset()


def acts_between(before: Standing, after: Standing) -> frozenset[str]:
    """What was done to a record that stands differently now.

    Staying where it is is no act, and neither is coming back: whoever restores a lost
    deal or gives a record its first stage ends nothing.

    :param before: how it stood
    :param after: how it stands now
    :return: some of :data:`ACTS`
    """
    told = {
        LEAVE: bool(before.stage) and before.stage != after.stage,
        WIN: after.outcome == WON != before.outcome,
        LOSE: after.outcome == LOST != before.outcome,
        ARCHIVE: before.is_active and not after.is_active,
        CONFIRM: after.is_confirmed and not before.is_confirmed,
    }
    return frozenset(act for act, is_done in told.items() if is_done)


def in_order(acts: Collection[str]) -> list[str]:
    """Acts in the order in which they are told."""
    return [act for act in ACTS if act in acts]
