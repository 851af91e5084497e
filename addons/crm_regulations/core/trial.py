"""What a regulation would have shown: figures of promises that were only tried.

Nothing here knows Odoo or a database; times are seconds as the step's limit counts
them, working seconds or seconds by the clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from .case import BREACHED, CANCELLED, LATE, ON_TIME, OPEN
from .judge import on_time_percent

#: Below this share on time a promise is an ideal rather than real.
REAL_PERCENT = 60
#: Shares of cases that a proposed limit is to meet.
PROPOSED = (80, 90)
_NEVER = float("inf")
# Round lengths that people promise, in minutes of the step's own time; beyond them
# whole days.
_ROUND = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480)


@dataclass(frozen=True)
class Outcome:
    """What became of one promise that was tried.

    :param state: as the judge says it
    :param start: when its clock began, naive UTC
    :param due: when it was due
    :param done: when it was done, or None
    :param taken: seconds that it took, as the limit counts them; None if it was not
        done
    :param allowed: seconds of the limit
    :param source: what it was about: model and id
    :param traits: name of a grouping → its value, for example the category
    """

    state: str
    start: datetime
    due: datetime
    done: datetime | None
    taken: float | None
    allowed: float
    source: tuple[str, int] = ("", 0)
    traits: dict = field(default_factory=dict, hash=False)

    @property
    def has_ended(self) -> bool:
        """Whether it counts: kept in time, kept late or not kept."""
        return self.state in (ON_TIME, LATE, BREACHED)


@dataclass
class Tally:
    """How many promises came out how."""

    on_time: int = 0
    late: int = 0
    never: int = 0
    open: int = 0
    cancelled: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        name = _FIELD_OF_STATE.get(outcome.state, "cancelled")
        setattr(self, name, getattr(self, name) + 1)

    @property
    def count(self) -> int:
        """All of them."""
        return self.on_time + self.late + self.never + self.open + self.cancelled

    @property
    def percent(self) -> float | None:
        """On time in percent of what has ended; None if nothing has."""
        return on_time_percent(self.on_time, self.late, self.never)


_FIELD_OF_STATE = {
    ON_TIME: "on_time",
    LATE: "late",
    BREACHED: "never",
    OPEN: "open",
    CANCELLED: "cancelled",
}


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """All outcomes counted."""
    total = Tally()
    for outcome in outcomes:
        total.add(outcome)
    return total


def tallies(
    outcomes: Iterable[Outcome], key: Callable[[Outcome], Hashable]
) -> dict[Hashable, Tally]:
    """Outcomes counted by a property of them.

    :param key: the property
    """
    found: dict[Hashable, Tally] = defaultdict(Tally)
    for outcome in outcomes:
        found[key(outcome)].add(outcome)
    return dict(found)


def shares_within(
    outcomes: Iterable[Outcome], lengths: Iterable[float]
) -> list[float | None]:
    """How many percent of what has ended was done within each of some lengths.

    What was never done is in the denominator: it was not done within any length.

    :param lengths: seconds
    :return: percent for each length; None if nothing has ended
    """
    taken = _taken(outcomes)
    if not taken:
        return [None for _length in lengths]
    return [
        100 * sum(one <= length for one in taken) / len(taken) for length in lengths
    ]


def length_met_by(outcomes: Iterable[Outcome], percent: float) -> float | None:
    """The shortest length within which so many percent were done.

    :param percent: more than 0, at most 100
    :return: seconds; None if fewer were done at all, or nothing has ended
    """
    taken = sorted(_taken(outcomes))
    if not taken:
        return None
    length = taken[ceil(len(taken) * percent / 100) - 1]
    return None if length == _NEVER else length


def rounded_up(seconds: float, day: float) -> tuple[float, str]:
    """The next round length that people promise.

    :param seconds: a length
    :param day: seconds of a day of the step's time
    :return: (value, ``minute``, ``hour`` or ``day``)
    """
    minutes = seconds / 60
    for length in _ROUND:
        if minutes <= length and length * 60 < day:
            return (length / 60, "hour") if length % 60 == 0 else (length, "minute")
    return max(1, ceil(seconds / day)), "day"


def _taken(outcomes):
    return [
        _NEVER if outcome.taken is None else outcome.taken
        for outcome in outcomes
        if outcome.has_ended
    ]
