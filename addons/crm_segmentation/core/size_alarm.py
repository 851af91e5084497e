"""When the size of a category has jumped."""

from __future__ import annotations


def has_jumped(before: int, after: int, percent: float, minimum: int) -> bool:
    """Whether a change of size is worth an alarm.

    A category that was empty is being filled for the first time: no alarm.

    :param before: counterparties in the category before
    :param after: counterparties in it now
    :param percent: of the size before; a bigger change is a jump. 0 switches it off
    :param minimum: smaller changes never are, in counterparties
    """
    change = abs(after - before)
    if not before or percent <= 0 or change < minimum:
        return False
    return change * 100 > before * percent


def likely_cause(came: int, went: int, new: int, gone: int) -> str:
    """What most of the movement looks like.

    :param came: how many came into the category
    :param went: how many left it
    :param new: of those who came, how many had no category before
    :param gone: of those who left, how many have no category now
    :return: ``import``, ``lost`` or ``shift``
    """
    if came > went:
        return "import" if new * 2 > came else "shift"
    return "lost" if gone * 2 > went else "shift"
