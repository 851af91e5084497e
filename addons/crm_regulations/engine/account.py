"""Where the time of one promise went, for whoever asks how it was computed."""

from odoo import fields
from odoo.exceptions import UserError

from ..core.case import CANCELLED, EXCUSED, Case
from ..core.judge import account
from .clocks import Clocks
from .rows import pauses_of


class Account:
    """The course of one promise by the working hours as they are now.

    :param obligation: a crm.obligation record, superuser environment
    """

    def __init__(self, obligation):
        self.obligation = obligation
        self.step = obligation._rule_step()
        self.end = obligation.date_done or obligation.date_end or fields.Datetime.now()
        # What comes after the due time was not given; it is lateness.
        self.until = min(self.end, obligation.date_due)
        if obligation.date_paused:
            self.until = self.end

    def told(self):
        """The account for programs.

        :return: dictionary with ``days`` (what counted and what was paused, in order
            until the due time: day, from, until, seconds, kind), ``counted_seconds``,
            ``paused_seconds``, ``limit_seconds`` (what the limit gives),
            ``late_seconds`` (how late it is or was, as the limit counts) and
            ``late_clock_seconds`` (the same by the clock), and ``same_hours``: whether
            the working hours still give the due time that was promised
        """
        obligation = self.obligation
        begin = min(obligation.date_fact, obligation.date_start)
        clocks = Clocks(obligation.env, obligation.company_id)
        try:
            stretches, due, given, late = clocks.judged(
                self.step, obligation.calendar_id, begin, self._measured
            )
        except UserError:
            # The working hours were made unusable since; the promise stands.
            stretches, due, given, late = [], None, 0, 0
        counted = sum(s.seconds for s in stretches if s.kind == "counted")
        return {
            "days": [self._line(stretch) for stretch in stretches],
            "counted_seconds": counted,
            "paused_seconds": obligation.paused_seconds,
            "limit_seconds": given,
            "late_seconds": late,
            "late_clock_seconds": self._late_by_the_clock(),
            "same_hours": due == obligation.date_due,
        }

    def _measured(self, clock):
        """(stretches, due time, length of the limit, lateness) by a clock."""
        obligation, limit = self.obligation, self.step.judged.limit
        start, paused = obligation.date_start, obligation.paused_seconds
        due = limit.due(start, clock, paused)
        case = Case(
            obligation.fact_key,
            obligation.date_fact,
            start,
            obligation.date_due,
            pauses=pauses_of(obligation),
        )
        stretches = account(self.step.judged, case, clock, self.until)
        given = limit.measure(start, obligation.date_due, clock) - paused
        late = limit.measure(self.until, self.end, clock) if self._is_late() else 0.0
        return stretches, due, given, late

    def _is_late(self):
        obligation = self.obligation
        forgiven = obligation.state in (EXCUSED, CANCELLED)
        return (
            self.end > obligation.date_due
            and not forgiven
            and not obligation.date_paused
        )

    def _late_by_the_clock(self):
        if not self._is_late():
            return 0.0
        return (self.end - self.obligation.date_due).total_seconds()

    def _line(self, stretch):
        return {
            "day": fields.Date.to_string(stretch.day),
            "from": fields.Datetime.to_string(stretch.start),
            "until": fields.Datetime.to_string(stretch.end),
            "seconds": stretch.seconds,
            "kind": stretch.kind,
        }
