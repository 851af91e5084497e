"""One promised action in the form in which it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cached_property

from dateutil.relativedelta import relativedelta

from .limit import LEAVE, Limit
from .worktime import instant_of, local

# What a fact does to a promise.
START, FULFIL, PAUSE, RESUME, RESET, CANCEL = (
    "start", "fulfil", "pause", "resume", "reset", "cancel",
)  # fmt: skip
# What a person does to it.
EXCUSE, VOID = "excuse", "void"
#: Conditions of a step that a coordinator sets, besides its start.
CONDITION_ROLES = (FULFIL, PAUSE, RESUME, RESET, CANCEL)

#: How often a step is owed on one record.
EACH, FIRST, NEXT, AGAIN, RHYTHM = "each", "first", "next", "again", "rhythm"
RECURRENCES = (EACH, FIRST, NEXT, AGAIN, RHYTHM)
_CALENDAR_UNITS = {"day": "days", "week": "weeks", "month": "months"}


@dataclass(frozen=True)
class Rung:
    """A step of the escalation ladder.

    :param key: its natural name within the step
    :param percent: part of the limit; None when it comes after the breach
    :param after: how long after the breach; None when it is a part of the limit
    """

    key: str
    percent: float | None = None
    after: Limit | None = None


@dataclass(frozen=True)
class Every:
    """A rhythm in days, weeks or months.

    :param value: how many; more than 0
    :param unit: ``day``, ``week`` or ``month``
    """

    value: int
    unit: str

    def times(
        self, start: datetime, count: int, zone: tzinfo = timezone.utc
    ) -> datetime:
        """The so many-eth beginning after the first one.

        It is at the same time of day. Months are counted from the first one: after
        31 January come 28 February and 31 March.

        :param start: the first one, naive UTC
        :param zone: whose days and months are meant
        :return: naive UTC
        """
        name = _CALENDAR_UNITS[self.unit]
        distance = relativedelta(**{name: self.value * count})
        return instant_of(local(start, zone) + distance, zone)


@dataclass(frozen=True)
class Step:
    """How one promise is judged.

    :param limit: how long it may take
    :param warn_percents: parts of the limit after which a warning is due
    :param rungs: the escalation ladder
    :param recurrence: one of ``RECURRENCES``: every start counts (each); the first one
        of a record (first); one while none is running (next); begins anew when it was
        done or excused (again); begins anew in a rhythm until a condition cancels it
        (rhythm)
    :param every: the rhythm
    :param times: how many facts of a condition fulfil it, by its number; 1 if absent
    """

    limit: Limit
    warn_percents: tuple[float, ...] = ()
    rungs: tuple[Rung, ...] = ()
    recurrence: str = EACH
    every: Every | None = None
    times: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def needs_calendar(self) -> bool:
        """Whether working hours must be known to judge it."""
        after = [rung.after for rung in self.rungs if rung.after]
        return any(limit.needs_calendar for limit in (self.limit, *after))

    @classmethod
    def of(cls, spec: Mapping) -> Step:
        """The step of a frozen specification, see ``crm.regulation.step._compile``.

        What is meant for some categories only is left out, see
        :mod:`core.category_limits`.
        """
        every = spec.get("every_value")
        return cls(
            limit=Limit(
                spec["limit_value"],
                spec["limit_unit"],
                bool(spec.get("ends_with_day")),
                spec.get("outside") or LEAVE,
                spec.get("opening_minutes") or 0.0,
            ),
            warn_percents=tuple(
                percent for percent in [spec["warn_percent"]] if 0 < percent < 100
            ),
            rungs=tuple(
                rung_of(rung) for rung in spec.get("rungs", ()) if not rung.get("codes")
            ),
            recurrence=spec.get("recurrence") or EACH,
            every=Every(every, spec["every_unit"]) if every else None,
            times={
                number: condition["times"]
                for number, condition in enumerate(spec.get("conditions", ()))
                if condition.get("times", 1) > 1
            },
        )


def rung_of(spec: Mapping) -> Rung:
    """A step of the ladder from its frozen form, see ``crm.regulation.rung``."""
    if spec["basis"] == "percent":
        return Rung(spec["key"], percent=spec["value"])
    return Rung(spec["key"], after=Limit(spec["value"], spec["unit"]))


def shifted(start: datetime, value: float, unit: str) -> datetime:
    """A date some time before or after another one.

    :param value: how many; negative for before
    :param unit: ``hour`` or ``day``
    """
    return start + timedelta(**{f"{unit}s": value})
