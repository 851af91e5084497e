"""What is heard of a promise and how it stands: the words in which the judge speaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .step import CANCEL, EXCUSE, FULFIL, PAUSE, RESET, RESUME, START, VOID

OPEN, BREACHED = "open", "breached"
ON_TIME, LATE = "done_on_time", "done_late"
EXCUSED, CANCELLED = "excused", "cancelled"

WARN, BREACH, ESCALATE = "warned", "breached", "escalated"

# What counts first of things that happen in the same second: a word that is kept at the
# very instant it is due, cancelled or paused is kept.
_ORDER = {
    role: place
    for place, role in enumerate(
        (START, FULFIL, EXCUSE, VOID, CANCEL, RESUME, RESET, PAUSE)
    )
}
_GRADES = ("system", "attested", "none")


@dataclass(frozen=True)
class Heard:
    """A fact in the part that it plays for a step on one record.

    :param date: when it happened; the clock of a promise that it starts begins then
    :param role: what it does, see :mod:`.step`
    :param key: its natural name: what is told twice under one name is one fact
    :param since: ``start`` only: from when on the promise can be kept, paused or
        cancelled, if earlier than ``date``
    :param grade: ``system`` or ``attested``
    :param condition: number of the step's condition that it meets
    :param source: model and id of the record that tells it
    :param until: ``excuse`` only: it may still be kept until then; None: for good
    :param only: key of the one promise that a person means; empty for every promise
        that had begun
    """

    date: datetime
    role: str
    key: str
    since: datetime | None = None
    grade: str = "system"
    condition: int = 0
    source: tuple[str, int] = ("", 0)
    only: str = ""
    until: datetime | None = None

    @property
    def begin(self) -> datetime:
        """When it began."""
        if self.role != START or self.since is None:
            return self.date
        return min(self.since, self.date)

    @property
    def name(self) -> tuple:
        """What it has in common with itself when it is told again."""
        return self.role, self.key, self.condition, self.only

    @property
    def place(self) -> tuple:
        """Where it stands in the order of things."""
        grade = _GRADES.index(self.grade)
        rest = (self.key, self.condition, self.only, self.date, self.source)
        return self.begin, _ORDER[self.role], grade, *rest

    def concerns(self, case: Case) -> bool:
        """Whether it may do something to a promise."""
        if self.only:
            return self.only == case.key
        # What ends one promise does not end the one that follows, and nothing proves
        # the promise that it starts.
        return self.date >= case.since and not self._began(case)

    def _began(self, case: Case) -> bool:
        """Whether it started the promise; one fact may start several, on records."""
        return case.key == self.key or case.key.startswith(f"{self.key}@")


@dataclass(frozen=True)
class Pause:
    """A time that does not count; one that goes on has no end."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Alarm:
    """Something that is due at an instant by itself.

    :param date: the instant
    :param kind: ``warned``, ``breached`` or ``escalated``
    :param key: tells several of a kind apart
    """

    date: datetime
    kind: str
    key: str = ""


@dataclass(frozen=True)
class Case:
    """One promise as it stands.

    :param key: natural name of what started it
    :param since: from when on proof counts
    :param start: when its clock began
    :param due: when it is due; while it is paused, when it was before
    :param state: the verdict
    :param pauses: times that did not count, in order
    :param paused: how many seconds those were, as the limit counts them
    :param done: when it was kept
    :param end: when nothing was left to do: kept, excused, cancelled, or its reason
        went away after it had been broken
    :param proof: the fact that proved it
    :param counts: how many facts met each condition so far
    :param resets: how often its clock was set back
    :param number: its number in a series that begins anew
    :param root: key of what started the series
    :param stopped: last of a rhythm: when a condition ended the series
    :param began: when its clock began at first, if it was set back since
    :param grace: until when it is excused and may still be kept
    :param acts: the facts that changed something, in order
    """

    key: str
    since: datetime
    start: datetime
    due: datetime
    state: str = OPEN
    pauses: tuple[Pause, ...] = ()
    paused: float = 0.0
    done: datetime | None = None
    end: datetime | None = None
    proof: Heard | None = None
    counts: tuple[tuple[int, int], ...] = ()
    resets: int = 0
    number: int = 1
    root: str = ""
    stopped: datetime | None = None
    began: datetime | None = None
    grace: datetime | None = None
    acts: tuple[Heard, ...] = ()

    @property
    def is_paused(self) -> bool:
        """Whether its clock stands still."""
        return bool(self.pauses) and self.pauses[-1].end is None

    @property
    def is_last(self) -> bool:
        """Whether a condition ended the rhythm with it."""
        return self.stopped is not None

    @property
    def breach(self) -> datetime | None:
        """Since when it is or was overdue."""
        return self.due if self.state in (BREACHED, LATE) else None
