"""What a call is after several reports of it, in whatever order they came.

A telephone exchange reports a call several times: it rings, it is answered, it ends,
its recording is ready. Reports overtake each other and come twice. Every value is kept
with the rank of the report that told it, and only a report of the same or a higher
rank changes it. So the end is the same for every order of arrival, and a value that
was never told is filled by any report, however old.

The rank is the state of the call first (ringing < answered < ended; a recording is
ready after the end), then the instant of the report. A report without a state speaks
of the whole call. What a person corrected outranks every report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

STATES = ("ringing", "answered", "ended", "recording")
# A recording says nothing of the call itself.
_RANKS = {"ringing": 1, "answered": 2, "ended": 3, "recording": 3, "": 3}
_PERSON = 9
# The talk begins when somebody answers; failing that, when it rings.
_BEGINS = ("answered", "ringing", "ended")


@dataclass(frozen=True)
class Report:
    """One report of a call.

    :param values: what it tells, by field
    :param state: one of ``STATES``, or empty
    :param at: the instant of what it reports, None if it does not say
    :param arrival: when we heard of it
    """

    values: dict
    state: str
    at: datetime | None
    arrival: datetime

    @property
    def rank(self) -> list:
        """By which reports are compared; can be kept as JSON."""
        return [_RANKS[self.state], (self.at or self.arrival).isoformat()]


@dataclass(frozen=True)
class Life:
    """What is known of a call.

    :param told: field → rank of the report that told its value
    :param instants: state → its instant as ISO text
    """

    told: dict = field(default_factory=dict)
    instants: dict = field(default_factory=dict)

    @classmethod
    def from_json(cls, spec) -> Life:
        """A life as :meth:`to_json` wrote it; an empty one for nothing."""
        spec = spec or {}
        return cls(spec.get("told", {}), spec.get("instants", {}))

    def to_json(self) -> dict:
        """The life as what JSON can hold."""
        return {"told": self.told, "instants": self.instants}

    def hear(self, report: Report) -> tuple[Life, dict]:
        """Take a report in.

        :param report: one report of the call
        :return: the life after it, and the values that are to be written: those it
            tells and nobody of a higher rank told before, and the beginning and the
            length of the talk as far as no report told them
        """
        heard = {
            name: value
            for name, value in report.values.items()
            if report.rank >= self.told.get(name, [0, ""])
        }
        told = {**self.told, **dict.fromkeys(heard, report.rank)}
        instants = dict(self.instants)
        if report.at and report.state in ("ringing", "answered", "ended"):
            known = instants.get(report.state, report.at.isoformat())
            instants[report.state] = min(known, report.at.isoformat())
        life = Life(told, instants)
        return life, {**heard, **life._derived()}

    def corrected(self, names, now: datetime) -> Life:
        """The life after a person has corrected some fields.

        :param names: of the fields
        :param now: the instant of the correction
        """
        rank = [_PERSON, now.isoformat()]
        return Life({**self.told, **dict.fromkeys(names, rank)}, self.instants)

    def _derived(self) -> dict:
        """The beginning and the minutes of the talk that follow from the instants."""
        found = {}
        known = [self.instants[state] for state in _BEGINS if state in self.instants]
        if known and "date" not in self.told:
            found["date"] = datetime.fromisoformat(known[0])
        # Nobody talks while it rings; a told beginning may be that of the ringing.
        talk = {"answered", "ended"} <= self.instants.keys()
        if talk and not {"date", "duration"} & self.told.keys():
            end = datetime.fromisoformat(self.instants["ended"])
            begin = datetime.fromisoformat(self.instants["answered"])
            found["duration"] = max(0.0, (end - begin).total_seconds() / 60)
        return found
