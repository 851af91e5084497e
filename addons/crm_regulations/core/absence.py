"""Who does the work of somebody who is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def stand_in(
    user: int, away: Mapping[int, int], can: Callable[[int], bool] = bool
) -> int:
    """Who does somebody's work now.

    :param user: whose work it is
    :param away: who is away → who stands in, 0 for nobody
    :param can: whether somebody can do this work
    :return: the person if present, else the first present one in the line of deputies;
        0 if the line ends with nobody, with one who cannot do it, or is a circle
    """
    seen = set()
    while user in away:
        if user in seen:
            return 0
        seen.add(user)
        user = away[user]
        if not user or not can(user):
            return 0
    return user
