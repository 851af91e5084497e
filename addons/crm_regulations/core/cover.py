"""What regulations cover, where they contradict each other, which are only paper."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

from .scope import Scope

# Why a regulation is only paper.
NEVER_FIRED, NO_PROOF, ALWAYS_LATE, UNREAD = (
    "never_fired", "no_proof", "always_late", "unread",
)  # fmt: skip
#: So long a regulation has time to show that it is used, in days.
PAPER_DAYS = 30
#: Beyond so many combinations of choices nobody overlooks a scope.
_MOST_ATOMS = 10_000


@dataclass(frozen=True)
class Covering:
    """One regulation, as far as it matters what it covers.

    :param id: its id
    :param process: its process
    :param scope: for whom it is
    :param occasion: equal for those that begin by the very same event
    :param promise: equal for those that promise the same, by the same people
    :param is_additional: whether it applies besides others
    :param departments: departments of those who must keep it
    :param is_internal: whether it is owed to our own company, not to customers
    """

    id: int
    process: str
    scope: Scope
    occasion: Hashable = None
    promise: Hashable = None
    is_additional: bool = False
    departments: frozenset = field(default_factory=frozenset)
    is_internal: bool = False


@dataclass(frozen=True)
class Row:
    """One row of the matrix: a category, a kind of sale or a department.

    :param kind: ``segment``, ``sale_kind`` or ``department``
    :param id: its id
    :param types: counterparty types that its customers have; empty for any
    """

    kind: str
    id: int
    types: frozenset = frozenset()

    def is_covered_by(self, covering: Covering) -> bool:
        """Whether a regulation says something about this row.

        :param covering: the regulation
        :return: True also if it is about a part of its customers only
        """
        if self.kind == "department":
            return self.id in covering.departments
        if covering.is_internal:
            return False
        scope = covering.scope
        chosen = scope.segments if self.kind == "segment" else scope.sale_kinds
        is_type = (
            not scope.types or not self.types or not self.types.isdisjoint(scope.types)
        )
        return is_type and (not chosen or self.id in chosen)


def cells(rows: Iterable[Row], processes: Iterable[str], all_: Iterable[Covering]):
    """Which regulations cover each cell.

    :return: {(row, process): list of ids}, every cell is there
    """
    all_ = list(all_)
    return {
        (row, process): [
            one.id for one in all_ if one.process == process and row.is_covered_by(one)
        ]
        for row in rows
        for process in processes
    }


def shadowed(all_: Iterable[Covering]) -> dict[int, list[int]]:
    """Regulations that never apply: narrower ones take every case of theirs.

    :return: id → ids of those that take its place
    """
    found = {}
    alike = _by_occasion(all_)
    for one in itertools.chain.from_iterable(alike.values()):
        narrower = [
            other
            for other in alike[one.occasion]
            if not other.is_additional and other.scope.is_narrower(one.scope)
        ]
        if narrower and all(
            any(atom.is_within(other.scope) for other in narrower)
            for atom in _atoms(one.scope)
        ):
            found[one.id] = [other.id for other in narrower]
    return found


def contradicting(all_: Iterable[Covering]) -> list[tuple[int, int]]:
    """Pairs that begin by the same event for the same customers and promise otherwise.

    Those that say of themselves that they come besides others are meant so.
    """
    return [
        (one.id, other.id)
        for alike in _by_occasion(all_).values()
        for one, other in itertools.combinations(alike, 2)
        if one.scope.is_within(other.scope)
        and other.scope.is_within(one.scope)
        and one.promise != other.promise
        and not (one.is_additional or other.is_additional)
    ]


def _by_occasion(all_):
    found = {}
    for one in all_:
        found.setdefault(one.occasion, []).append(one)
    return found


def _atoms(scope):
    """The smallest scopes that a scope consists of; itself if they are too many."""
    choices = [
        [frozenset({value}) for value in values] or [frozenset()]
        for values in (scope.types, scope.segments, scope.sale_kinds)
    ]
    count = len(choices[0]) * len(choices[1]) * len(choices[2])
    if count > _MOST_ATOMS:
        return [scope]
    return [
        replace(scope, types=types, segments=segments, sale_kinds=kinds)
        for types, segments, kinds in itertools.product(*choices)
    ]


def paper(
    days: float, counts: dict[str, int], proved: int, asked: int, read: int
) -> list[str]:
    """Why a regulation in force is only paper.

    :param days: since when it is in force
    :param counts: state → number of its promises
    :param proved: how many promises were kept by what Odoo saw itself
    :param asked: how many people were asked to read it
    :param read: how many of them have
    :return: reasons, empty if it lives or is too young to tell
    """
    if days < PAPER_DAYS:
        return []
    done = counts.get("done_on_time", 0) + counts.get("done_late", 0)
    ended = done + counts.get("breached", 0)
    reasons = (
        (NEVER_FIRED, not sum(counts.values())),
        (NO_PROOF, ended and not proved),
        (ALWAYS_LATE, ended and not counts.get("done_on_time")),
        (UNREAD, read < asked),
    )
    return [name for name, holds in reasons if holds]
