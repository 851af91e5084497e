"""The verdict on promises: what the live system, the explanation, the repair and every
what-if have in common.

A record's facts are told to a step in the order in which they happened; out come the
promises that the step made on this record, each with its due time, its pauses and its
verdict. Nothing here knows Odoo, a database or the time of day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from .case import (
    BREACH,
    BREACHED,
    CANCELLED,
    ESCALATE,
    EXCUSED,
    LATE,
    ON_TIME,
    OPEN,
    WARN,
    Alarm,
    Case,
    Heard,
    Pause,
)
from .limit import Clock
from .step import AGAIN, CANCEL, EACH, EXCUSE, FIRST, NEXT, RHYTHM, START, Step
from .worktime import by_day, day_of

_ALARMS = (WARN, BREACH, ESCALATE)
#: A rhythm makes no more promises than this at once; see :func:`judge`.
MOST_BEATS = 1000


def judge(
    step: Step,
    heard: Iterable[Heard],
    clock: Clock,
    now: datetime,
    earlier: Iterable[Case] = (),
) -> tuple[Case, ...]:
    """What a step promised on one record, and whether it was kept.

    A promise that was kept at the very instant it was due was kept on time.

    Facts after ``now`` are unheard of, but starts to come are heard ahead where they
    begin a promise in any case. Where it depends on whether one is running then (next,
    again, a rhythm after another) they begin nothing before their time and must be told
    again then.

    Judging in two goes, with the first answer as ``earlier``, gives the same as judging
    all at once if the first go was told all that had happened until its ``now``, and
    the second one is told what happened after it. Starts may be told any number of
    times. Everything else is told once: a second time it counts twice. What becomes
    known only later counts from when it happened if the promise has not ended (proof
    may show that it never was broken); what would change an end, an older pause or
    which start came first needs a judgement of everything without ``earlier``.

    A rhythm makes at most ``MOST_BEATS`` promises between two facts; the rest come with
    the next judgement.

    :param step: what is promised
    :param heard: facts of one record, in any order
    :param clock: the working hours that count
    :param now: the instant of the judgement, naive UTC
    :param earlier: promises of an earlier judgement; of a series all of them
    :return: promises in the order of their beginning
    :raises WindowTooShort: the working time known does not reach far enough
    """
    court = _Court(step, clock, earlier)
    facts: dict[tuple, Heard] = {}
    for fact in sorted(heard, key=attrgetter("place")):
        facts.setdefault(fact.name, fact)
    for fact in facts.values():
        if fact.begin <= now or court.foresees(fact):
            court.hear(fact)
    court.wait(now)
    return tuple(sorted(court.cases, key=lambda c: (c.since, c.number, c.key)))


def alarms(step: Step, case: Case, clock: Clock) -> tuple[Alarm, ...]:
    """What comes by itself if nothing else happens to a promise, in order.

    :param step: what is promised
    :param case: the promise
    :param clock: the working hours that count
    :return: warnings, the breach and the steps of the ladder, past ones as well; none
        while it is paused or when nothing is left to do
    :raises WindowTooShort: the working time known does not reach far enough
    """
    if case.end or case.is_paused:
        return ()
    again = f"~{case.resets}" if case.resets else ""
    found = [Alarm(case.due, BREACH)]
    parts = [(WARN, f"{percent:g}", percent) for percent in step.warn_percents]
    for rung in step.rungs:
        if rung.percent is None:
            found.append(Alarm(rung.after.due(case.due, clock), ESCALATE, rung.key))
        else:
            parts.append((ESCALATE, rung.key, rung.percent))
    pauses = [(pause.start, pause.end) for pause in case.pauses]
    for kind, key, percent in parts:
        instant = step.limit.part(percent, case.start, case.due, clock, pauses)
        found.append(Alarm(instant, kind, key + again))
    return tuple(sorted(found, key=lambda a: (a.date, _ALARMS.index(a.kind), a.key)))


@dataclass(frozen=True)
class Stretch:
    """A part of a day in the account of a promise.

    :param day: the day, in the time zone of the working hours
    :param start: first instant, UTC
    :param end: last instant, UTC
    :param seconds: how many of them counted
    :param kind: ``counted`` or ``paused``
    """

    day: date
    start: datetime
    end: datetime
    seconds: float
    kind: str


def account(step: Step, case: Case, clock: Clock, until: datetime) -> list[Stretch]:
    """Where the time of a promise went, day by day, since its clock was last set.

    :param step: what is promised
    :param case: the promise
    :param clock: the working hours that count
    :param until: the end of the account, unless the promise ended earlier
    :return: what counted and what was paused, in order; the rest was outside hours
    :raises WindowTooShort: the working time known does not reach far enough
    """
    until = min(until, case.end or until)
    found = []
    begin = case.start
    for pause in case.pauses:
        end = min(pause.end or until, until)
        found += _stretches(step, clock, begin, min(pause.start, until), "counted")
        found += _stretches(step, clock, pause.start, end, "paused")
        begin = end
    found += _stretches(step, clock, begin, until, "counted")
    return found


def on_time_percent(on_time: int, late: int, breached: int) -> float | None:
    """Promises kept in time out of those that came to an end, in percent.

    Excused, cancelled and open ones do not count.

    :return: 0 to 100; None when nothing came to an end
    """
    ended = on_time + late + breached
    return 100 * on_time / ended if ended else None


class _Court:
    """Hears the facts of one record for one step, in their order."""

    def __init__(self, step: Step, clock: Clock, cases: Iterable[Case]):
        self.step = step
        self.clock = clock
        self.cases = list(cases)
        # What a person said of promises before they began.
        self._ahead: list[Heard] = []

    def foresees(self, fact: Heard) -> bool:
        """Whether a fact to come is heard already."""
        return fact.role == START and self.step.recurrence in (EACH, FIRST, RHYTHM)

    def hear(self, fact: Heard) -> None:
        """Take one fact, not earlier than those before it."""
        if fact.role == START:
            self._start(fact)
            return
        self._beat(fact.date)
        if fact.only and all(fact.only != case.key for case in self.cases):
            self._ahead.append(fact)
        # Not those that begin meanwhile.
        for place in range(len(self.cases)):
            if fact.concerns(self.cases[place]):
                self._tell(place, fact)
        if fact.role == CANCEL:
            self._stop(fact)

    def wait(self, now: datetime) -> None:
        """Nothing more was heard until an instant."""
        self._beat(now)
        for place, case in enumerate(self.cases):
            if case.state in (OPEN, EXCUSED):
                self.cases[place] = _as_of(case, now)

    # --- beginnings -----------------------------------------------------------

    def _start(self, fact: Heard) -> None:
        known = any(fact.key in (case.key, case.root) for case in self.cases)
        if not known and not self._is_full(fact.begin):
            self._open(fact.key, fact.begin, fact.date)

    def _is_full(self, instant: datetime) -> bool:
        """Whether nothing more can be promised at an instant."""
        recurrence = self.step.recurrence
        if recurrence in (NEXT, AGAIN):
            return any(not case.end or case.end >= instant for case in self.cases)
        if recurrence == RHYTHM and self.cases and self.cases[-1].stopped:
            return self.cases[-1].stopped >= instant
        return recurrence != EACH and bool(self.cases)

    def _open(self, key, since, start, number=1, root=""):
        due = self.step.limit.due(start, self.clock)
        case = Case(key, since, start, due, number=number, root=root or key)
        self.cases.append(case)
        for fact in self._ahead:
            if fact.concerns(case):
                self._tell(len(self.cases) - 1, fact)

    def _follow(self, before: Case, after: Case) -> None:
        """Begin anew when one of a series was kept or excused."""
        if self.step.recurrence != AGAIN or before.end or not after.end:
            return
        if after.state in (ON_TIME, LATE, EXCUSED):
            number = after.number + 1
            key = f"{after.root}#{number}"
            # The very letter that ended this one is no proof for the next.
            since = after.end + timedelta(seconds=1)
            self._open(key, since, after.end, number, after.root)

    def _beat(self, until: datetime) -> None:
        """Begin what the rhythm begins until an instant."""
        if self.step.recurrence != RHYTHM or not self.cases:
            return
        first = self._first()
        beginning = first.began or first.start
        for _beat in range(MOST_BEATS):
            last = self.cases[-1]
            number = last.number + 1
            start = self.step.every.times(
                beginning, number - first.number, self.clock.zone
            )
            if last.stopped or start > until:
                return
            self._open(f"{first.root}#{number}", start, start, number, first.root)

    def _stop(self, fact: Heard) -> None:
        """End a rhythm; it may be started anew later."""
        if self.step.recurrence != RHYTHM or not self.cases:
            return
        last = self.cases[-1]
        if not last.stopped and fact.concerns(self._first()):
            self.cases[-1] = _changed(last, stopped=fact.date)

    def _first(self) -> Case:
        """The first one of the last series."""
        root = self.cases[-1].root
        return next(case for case in self.cases if case.root == root)

    # --- what happens to a promise --------------------------------------------

    def _tell(self, place: int, fact: Heard) -> None:
        before = self.cases[place]
        standing = _as_of(before, fact.date)
        after = self._told(standing, fact)
        if after is not standing:
            self.cases[place] = _changed(after, acts=(*after.acts, fact))
            self._follow(before, after)

    def _told(self, case: Case, fact: Heard) -> Case:
        if case.end and fact.role != EXCUSE:
            return case
        return getattr(self, f"_{fact.role}")(case, fact)

    def _fulfil(self, case: Case, fact: Heard) -> Case:
        found = dict(case.counts)
        count = found[fact.condition] = found.get(fact.condition, 0) + 1
        counts = tuple(sorted(found.items()))
        if count < self.step.times.get(fact.condition, 1):
            return _changed(case, counts=counts)
        kept = EXCUSED if case.grace else ON_TIME
        state = LATE if case.state == BREACHED else kept
        known = {"done": fact.date, "proof": fact, "counts": counts}
        return self._ended(case, fact, state, **known)

    def _excuse(self, case: Case, fact: Heard) -> Case:
        if case.state not in (OPEN, BREACHED, LATE) and (case.end or not case.grace):
            return case
        if fact.until is None or case.end:
            return self._ended(case, fact, EXCUSED)
        if case.is_paused:
            case = self._resume(case, fact)
        due = max(case.due, fact.until)
        return _changed(case, state=EXCUSED, due=due, grace=due)

    def _void(self, case: Case, fact: Heard) -> Case:
        return self._ended(case, fact, CANCELLED)

    def _cancel(self, case: Case, fact: Heard) -> Case:
        """What was broken stays broken, but there is nothing left to do."""
        state = BREACHED if case.state == BREACHED else CANCELLED
        return self._ended(case, fact, state)

    def _ended(self, case: Case, fact: Heard, state: str, **values) -> Case:
        if case.is_paused:
            case = self._resume(case, fact)
        return _changed(case, state=state, end=case.end or fact.date, **values)

    def _pause(self, case: Case, fact: Heard) -> Case:
        if case.state == BREACHED or case.is_paused or case.grace:
            return case
        earliest = case.pauses[-1].end if case.pauses else case.start
        pause = Pause(max(fact.date, earliest))
        return _changed(case, pauses=(*case.pauses, pause))

    def _resume(self, case: Case, fact: Heard) -> Case:
        if not case.is_paused:
            return case
        limit = self.step.limit
        start = case.pauses[-1].start
        end = max(fact.date, start)
        paused = case.paused + limit.measure(start, end, self.clock)
        due = limit.resumed(case.start, case.due, (start, end), self.clock, paused)
        pauses = (*case.pauses[:-1], Pause(start, end))
        return _changed(case, pauses=pauses, paused=paused, due=due)

    def _reset(self, case: Case, fact: Heard) -> Case:
        if case.state == BREACHED or case.grace:
            return case
        start = max(fact.date, case.start)
        return _changed(
            case,
            start=start,
            began=case.began or case.start,
            due=max(case.due, self.step.limit.due(start, self.clock)),
            pauses=(),
            paused=0.0,
            counts=(),
            resets=case.resets + 1,
        )


def _changed(case: Case, **values) -> Case:
    """The same promise with other values.

    Each fact changes one several times, and ``dataclasses.replace`` takes ten times as
    long, because it sets every field anew.
    """
    changed = object.__new__(Case)
    changed.__dict__.update(case.__dict__, **values)
    return changed


def _as_of(case: Case, instant: datetime) -> Case:
    """A promise as it stood at an instant: broken if it was due before."""
    if case.end or case.is_paused:
        return case
    state = EXCUSED if case.grace else OPEN
    if case.due < instant:
        state = BREACHED
    return case if state == case.state else _changed(case, state=state)


def _stretches(
    step: Step, clock: Clock, start: datetime, end: datetime, kind: str
) -> Iterator[Stretch]:
    if step.limit.in_working_time:
        pieces = clock.work.pieces(start, end)
    else:
        pieces = by_day(start, end, clock.zone)
    for low, high in pieces:
        seconds = (high - low).total_seconds()
        yield Stretch(day_of(low, clock.zone), low, high, seconds, kind)
