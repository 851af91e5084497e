"""Where the time of one promise went, for whoever asks how it was computed."""

from odoo import fields
from odoo.exceptions import UserError

from ..core.judge import Case, account
from .clocks import Clocks
from .rows import pauses_of


class Account:
    """The course of one promise by the working hours as they are now.

    :param obligation: a crm.obligation record, superuser environment
    """

    def __init__(self, obligation):
        self.obligation = obligation
        self.step = obligation._rule_step()
        self.until = obligation.date_end or fields.Datetime.now()

    def told(self):
        """The account for programs.

        :return: dictionary with ``days`` (what counted and what was paused, in order:
            day, from, until, seconds, kind), ``counted_seconds``, ``paused_seconds``
            and ``same_hours``: whether the working hours still give the due time that
            was promised
        """
        obligation = self.obligation
        begin = min(obligation.date_fact, obligation.date_start)
        clocks = Clocks(obligation.env, obligation.company_id)
        try:
            stretches, due = clocks.judged(
                self.step, obligation.calendar_id, begin, self._measured
            )
        except UserError:
            # The working hours were made unusable since; the promise stands.
            stretches, due = [], None
        counted = sum(s.seconds for s in stretches if s.kind == "counted")
        return {
            "days": [self._line(stretch) for stretch in stretches],
            "counted_seconds": counted,
            "paused_seconds": obligation.paused_seconds,
            "same_hours": due == obligation.date_due,
        }

    def _measured(self, clock):
        """(stretches, due time) by a clock."""
        obligation, limit = self.obligation, self.step.judged.limit
        due = limit.due(obligation.date_start, clock, obligation.paused_seconds)
        case = Case(
            obligation.fact_key,
            obligation.date_fact,
            obligation.date_start,
            obligation.date_due,
            pauses=pauses_of(obligation),
        )
        return account(self.step.judged, case, clock, self.until), due

    def _line(self, stretch):
        return {
            "day": fields.Date.to_string(stretch.day),
            "from": fields.Datetime.to_string(stretch.start),
            "until": fields.Datetime.to_string(stretch.end),
            "seconds": stretch.seconds,
            "kind": stretch.kind,
        }
