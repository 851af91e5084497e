"""What a record was like at any time, from what it is like now and what changed.

Odoo writes down changes, not states. So the present is walked back, change by change;
where the two do not fit together, somebody changed the record without a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isclose
from typing import NamedTuple

#: Stands for a value that nobody wrote down in a way that can be read.
UNKNOWN = object()


class Change(NamedTuple):
    """Values that changed at once.

    :param date: when
    :param old: field → its value before, or ``UNKNOWN``
    :param new: field → its value after, or ``UNKNOWN``
    :param source: id of what tells of it
    """

    date: datetime
    old: Mapping
    new: Mapping
    source: int = 0


class State(NamedTuple):
    """What a record was like from an instant on.

    :param date: the instant
    :param values: field → value; a field that is missing is not known
    :param is_sure: whether the instant is known; else it is the latest possible one
    :param source: id of what tells of the change that led to it, 0 if nothing does
    """

    date: datetime
    values: Mapping
    is_sure: bool = True
    source: int = 0


@dataclass
class Span:
    """A time in which a record fitted.

    :param start: since when
    :param end: until when; None if it still does
    :param is_guess: whether nobody knows exactly when it began
    :param states: what it was like in that time, one after another
    """

    start: datetime
    is_guess: bool
    states: list[State] = field(default_factory=list)
    end: datetime | None = None


def states(
    created: datetime,
    written: datetime,
    present: Mapping,
    changes: Sequence[Change] = (),
    untold: Collection = (),
    hanging: Mapping[str, Iterable] | None = None,
) -> list[State]:
    """What a record was like, from its creation until now.

    :param created: when it was created
    :param written: when it was last changed in any way
    :param present: field → value now
    :param changes: what was written down, oldest first
    :param untold: fields whose changes nobody writes down: they are not known before
        the last change of the record
    :param hanging: field → further keys of ``present`` that are not known any more
        before the field changed
    :return: oldest first; the first one is that of the creation
    """
    hanging = hanging or {}
    values = dict(present)
    found = []
    last = max(written, changes[-1].date) if changes else written
    untraced = dict.fromkeys(untold, UNKNOWN) if last > created else {}
    untraced.update(broken(present, changes))
    if untraced:
        found.append(State(last, dict(values), is_sure=False))
        _undo(values, untraced, hanging)
    for change in reversed(changes):
        lost = _differing(values, change.new)
        if lost:
            # What came after it was changed once more without a trace.
            found[-1] = found[-1]._replace(is_sure=False)
            _undo(values, lost, hanging)
        found.append(State(change.date, dict(values), source=change.source))
        _undo(values, change.old, hanging)
    found.append(State(created, values))
    found.reverse()
    return found


def broken(present: Mapping, changes: Iterable[Change]) -> dict:
    """Fields that were changed without a trace after their last change with one.

    :param present: field → value now
    :param changes: what was written down, oldest first
    :return: field → the last value that was written down
    """
    told: dict = {}
    for change in changes:
        told.update(change.new)
    return _differing(present, told)


def spans(states: Sequence[State], fits: Callable[[Mapping], bool | None]) -> list:
    """The times in which a record fitted.

    Where it is unknown whether it did, an answer before lives on until a contrary one.
    If it did not fit before and surely does after, it began with the first change that
    may have made it fit, or with the one that surely did.

    :param states: oldest first
    :param fits: whether values fit; None if unknown
    :return: list of :class:`Span`, oldest first
    """
    found: list[Span] = []
    running, doubt = None, None
    for state in states:
        answer = fits(state.values)
        if answer is False:
            if running:
                running.end = state.date
            running = doubt = None
        elif running:
            running.states.append(state)
        elif answer is None:
            doubt = doubt or state
        else:
            first = state
            if doubt and doubt is not states[0] and not state.is_sure:
                first = doubt
            is_guess = bool(doubt) or not state.is_sure
            running = Span(first.date, is_guess, [state])
            found.append(running)
    return found


def _differing(values: Mapping, told: Mapping) -> dict:
    """Which of the values that were told are not those that are there."""
    found = {}
    for name, value in told.items():
        there = values.get(name, UNKNOWN)
        if value is UNKNOWN or there is UNKNOWN or there == value:
            continue
        if not _same(there, value):
            found[name] = value
    return found


def _same(one, other) -> bool:
    """Whether values that are not equal are so in the eyes of Odoo."""
    if isinstance(one, float) and isinstance(other, (float, int)):
        return isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(microsecond=0) == other.replace(microsecond=0)
    return not one and not other


def _undo(values: dict, old: Mapping, hanging: Mapping[str, Iterable]) -> None:
    """Put back the values that were there before."""
    for name, value in old.items():
        if name in hanging:
            for key in hanging[name]:
                values.pop(key, None)
        if value is UNKNOWN:
            values.pop(name, None)
        else:
            values[name] = value
