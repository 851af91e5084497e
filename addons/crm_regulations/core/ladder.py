"""Whom a step of the escalation ladder tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

#: Who may be told or do something about a promise, from the bottom up.
ROLES = (
    "responsible", "deputy", "team_leader", "department_manager", "next_manager",
    "coordinator", "owner",
)  # fmt: skip


def first_on(
    role: str, people: Mapping[str, Iterable[int]], told: Collection[int] = ()
) -> int:
    """The first one from a rung upwards who is there and was not told before.

    :param role: the rung, one of ``ROLES``
    :param people: role → who has it, the nearest first; 0 is nobody
    :param told: who is left out
    :return: a person, or 0 if nobody is left
    """
    for above in ROLES[ROLES.index(role) :]:
        for person in people.get(above, ()):
            if person and person not in told:
                return person
    return 0
