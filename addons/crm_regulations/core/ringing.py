"""Which missed calls are one and the same call.

Where several phones ring for one caller, the telephone exchange may report each of
them as a call of its own. Together they are one call; if one of us answered it, none
was missed. So is a caller who tries again at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Calls of one number that begin no later than this after each other are one call.
GAP = timedelta(minutes=2)


@dataclass(frozen=True)
class Ring:
    """One phone of ours that rang.

    :param id: number of the call; who was reported earlier has a smaller one
    :param caller: whose call it is; calls without a number are never the same
    :param begin: when it began
    :param is_answered: whether one of us answered it
    """

    id: int
    caller: object
    begin: datetime
    is_answered: bool = False


def missed_calls(rings: Iterable[Ring]) -> dict[int, int]:
    """The calls that nobody answered, each under the name of its first ring.

    :param rings: all rings of some callers, in any order
    :return: id of each missed ring → id of the one that was reported first; rings of a
        call that somebody answered are left out
    """
    found = {}
    for call in _calls(rings):
        if not any(ring.is_answered for ring in call):
            first = min(ring.id for ring in call)
            found.update((ring.id, first) for ring in call)
    return found


def answered_calls(rings: Iterable[Ring]) -> set[int]:
    """The unanswered rings of calls that another phone of ours answered.

    :param rings: all rings of some callers, in any order
    :return: their ids
    """
    return {
        ring.id
        for call in _calls(rings)
        if any(other.is_answered for other in call)
        for ring in call
        if not ring.is_answered
    }


def _calls(rings):
    """The rings of each call."""
    callers = defaultdict(list)
    for ring in rings:
        callers[ring.caller].append(ring)
    for some in callers.values():
        some.sort(key=lambda ring: (ring.begin, ring.id))
        call = [some[0]]
        for ring in some[1:]:
            if ring.begin - call[-1].begin > GAP:
                yield call
                call = []
            call.append(ring)
        yield call
