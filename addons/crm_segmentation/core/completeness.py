"""What must be known about a counterparty, and what is missing.

Decided here for one counterparty; ``engine/completeness.py`` says the same in SQL for
everybody at once, and a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

ASSIGNED = "assigned"
EMPTIED = "emptied"
ACTIVATED = "activated"
FIRST_ORDER = "first_order"
FIRST_BILL = "first_bill"

# From the mildest to the strictest.
LEVELS = ("advise", "warn", "block")

# What Python and PostgreSQL both take for an empty text.
BLANKS = " \t\n\r\f\v"

# The lowest completeness in percent of each level, highest first.
BANDS = (("full", 100), ("high", 80), ("medium", 50), ("low", 0))


@dataclass(frozen=True)
class Requirement:
    """A field of a counterparty that a type asks for.

    :param id: of the record
    :param type_id: the type that asks
    :param field: name of the field
    :param level: one of ``LEVELS``
    :param weight: whole number of at least 1
    :param moment: from when on a missing one is refused
    :param enforced: whether a ``block`` refuses, or only warns for now
    :param applies_to: ``all``, ``company`` or ``person``
    """

    id: int
    type_id: int
    field: str
    level: str = "advise"
    weight: int = 1
    moment: str = ASSIGNED
    enforced: bool = True
    applies_to: str = "all"

    @property
    def blocks(self) -> bool:
        """Whether something is refused while the field is empty."""
        return self.level == "block" and self.enforced


@dataclass(frozen=True)
class Facts:
    """What is known about one counterparty.

    :param types: ids of its types in use
    :param is_company: a company, not a person
    :param filled: names of the fields that are filled
    :param passed: moments that lie behind it, such as ``first_order``
    """

    types: frozenset[int] = frozenset()
    is_company: bool = True
    filled: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()


def is_filled(kind: str, value: object) -> bool:
    """Whether a value is information.

    :param kind: ``text``, ``number`` or ``any``
    :param value: text or nothing, a number, or anything that is true if it is there
    """
    if kind == "text":
        return bool(str(value or "").strip(BLANKS))
    return bool(value)


def demands(
    requirements: Iterable[Requirement], facts: Facts
) -> tuple[Requirement, ...]:
    """The requirements that this counterparty's types make of it."""
    kind = "company" if facts.is_company else "person"
    return tuple(
        requirement
        for requirement in requirements
        if requirement.type_id in facts.types
        and requirement.applies_to in ("all", kind)
    )


def completeness(requirements: Iterable[Requirement], facts: Facts) -> int | None:
    """How much of what is asked for is known.

    A field that several types ask for counts once, with its greatest weight.

    :return: whole percent, rounded down, so that 100 means everything; 100 if nothing
        is asked for; None for a counterparty without a type
    """
    if not facts.types:
        return None
    weights: dict[str, int] = {}
    for one in demands(requirements, facts):
        weights[one.field] = max(weights.get(one.field, 0), one.weight)
    total = sum(weights.values())
    known = sum(weight for field, weight in weights.items() if field in facts.filled)
    return 100 * known // total if total else 100


def band(percent: int | None) -> str | None:
    """The level of a completeness, None without one."""
    if percent is None:
        return None
    return next(name for name, lowest in BANDS if percent >= lowest)


def missing(
    requirements: Iterable[Requirement], facts: Facts
) -> tuple[Requirement, ...]:
    """What is asked for and not known: one per field, strictest and heaviest first."""
    by_field: dict[str, Requirement] = {}
    for one in demands(requirements, facts):
        if one.field in facts.filled:
            continue
        other = by_field.get(one.field)
        if other is None or _strictness(one) > _strictness(other):
            by_field[one.field] = one
    return tuple(sorted(by_field.values(), key=_strictness, reverse=True))


def refused_at(
    requirements: Iterable[Requirement], facts: Facts, moment: str
) -> tuple[Requirement, ...]:
    """What refuses a moment that is about to come for the first time."""
    if moment in facts.passed:
        return ()
    return tuple(
        one
        for one in demands(requirements, facts)
        if one.blocks and one.moment == moment and one.field not in facts.filled
    )


def refused_change(
    requirements: Iterable[Requirement], before: Facts, after: Facts
) -> tuple[Requirement, ...]:
    """What refuses a change of a counterparty.

    Only what the change itself breaks: whoever was incomplete before may be saved. What
    is asked for at the first order or bill is not asked for when the type is assigned,
    but may not be emptied once that moment has passed.

    :param before: the facts before the change; ``Facts()`` for a new one
    :param after: the facts after it
    """
    requirements = [one for one in requirements if one.blocks]
    was_broken = _broken(requirements, before)
    lost = _empty(requirements, after) & (
        set(demands(requirements, before)) - _empty(requirements, before)
    )
    at_once = {
        one
        for one in _broken(requirements, after) - was_broken
        if one.moment in (ASSIGNED, ACTIVATED)
    }
    too_late = {
        one for one in lost if one.moment == EMPTIED or one.moment in after.passed
    }
    return tuple(one for one in requirements if one in at_once | too_late)


def _strictness(requirement: Requirement) -> tuple[bool, int, int, int]:
    return (
        requirement.blocks,
        LEVELS.index(requirement.level),
        requirement.weight,
        -requirement.id,
    )


def _empty(requirements: Collection[Requirement], facts: Facts) -> set[Requirement]:
    asked = demands(requirements, facts)
    return {one for one in asked if one.field not in facts.filled}


def _broken(requirements: Collection[Requirement], facts: Facts) -> set[Requirement]:
    passed = facts.passed | {ASSIGNED}
    return {one for one in _empty(requirements, facts) if one.moment in passed}
