"""The time left of many promises at once; each calendar is read once for all."""

from collections import defaultdict

from odoo import fields
from odoo.exceptions import UserError

from ..core.countdown import countdown
from ..core.limit import Clock
from ..core.worktime import WindowTooShort
from .clocks import Clocks

_text = fields.Datetime.to_string


class Countdowns:
    """What screens count down.

    :param obligations: crm.obligation records, superuser environment
    :param now: naive UTC instant
    """

    def __init__(self, obligations, now):
        self.env = obligations.env
        self.obligations = obligations
        self.now = now

    def told(self):
        """id of the obligation → what a screen needs, without empty values.

        ``kind`` is ``work`` (the clock stands still outside ``hours``), ``clock``,
        ``paused`` or ``ended``; ``now`` is the server's time, ``due`` when it is due,
        ``warn`` from when on it is urgent (or False), ``seconds`` how many are left;
        ``hours`` the working intervals until then, and ``rest`` the seconds after the
        last of them; ``grace`` whether it is excused until ``due``.
        """
        open_ones = self.obligations.filtered(lambda o: not o.date_end)
        clocks = self._clocks(open_ones)
        told = {o.id: self._open(o, clocks.get(o)) for o in open_ones}
        told.update((o.id, self._ended(o)) for o in self.obligations - open_ones)
        return told

    def _begin(self, obligation):
        """From when on it is counted: a paused one stands where it was stopped."""
        return obligation.date_paused or self.now

    def _clocks(self, obligations):
        """The working hours of those that count in working time."""
        groups = defaultdict(self.env["crm.obligation"].browse)
        for obligation in obligations:
            late = obligation.date_due <= self._begin(obligation)
            if not late and obligation._rule_step().judged.limit.in_working_time:
                company = obligation.company_id
                calendar = obligation.calendar_id or company.resource_calendar_id
                groups[company, calendar] |= obligation
        found = {}
        for (company, calendar), some in groups.items():
            start = min(self._begin(obligation) for obligation in some)
            end = max(obligation.date_due for obligation in some)
            clock = self._clock(company, calendar, start, end)
            found.update(dict.fromkeys(some, clock))
        return found

    def _clock(self, company, calendar, start, end):
        calendars = Clocks(self.env, company, is_quick=True).calendars
        try:
            return calendars.clock(calendar, start, end)
        except UserError:
            # The working hours were made unusable since; the clock on the wall is left.
            return Clock()

    def _open(self, obligation, clock):
        begin, due = self._begin(obligation), obligation.date_due
        # An excuse until an instant is by the clock, whatever the limit counts in.
        grace = bool(obligation.date_grace) and obligation.date_grace >= due
        if grace:
            due, clock = obligation.date_grace, None
        left = self._left(obligation, begin, due, clock or Clock())
        kind = "work" if left.in_working_time else "clock"
        return {
            "kind": "paused" if obligation.date_paused else kind,
            "now": _text(self.now),
            "due": _text(due),
            "warn": _text(obligation.date_warn) or False,
            "seconds": left.seconds,
            "hours": [[_text(start), _text(end)] for start, end in left.hours],
            "rest": left.rest,
            "grace": grace,
        }

    def _left(self, obligation, begin, due, clock):
        limit = obligation._rule_step().judged.limit
        try:
            return countdown(limit, begin, due, clock)
        except WindowTooShort:
            return countdown(limit, begin, due, Clock())

    def _ended(self, obligation):
        """How late it was done, if it was."""
        done, due = obligation.date_done, obligation.date_due
        late = (done - due).total_seconds() if done else 0
        return {
            "kind": "ended",
            "now": _text(self.now),
            "due": _text(due),
            "seconds": -round(max(0, late)) or 0,
        }
