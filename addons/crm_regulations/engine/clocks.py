"""By whose working hours a promise counts."""

from functools import cached_property

from odoo import fields

from ..core.limit import Clock
from .calendars import Calendars, RememberedCalendars


class Clocks:
    """The working hours of promises of one company.

    :param env: superuser environment
    :param company: the company whose holidays count
    :param is_quick: whether working hours are taken from memory, see
        :class:`~.calendars.RememberedCalendars`
    """

    def __init__(self, env, company, is_quick=False):
        self.env = env
        self.company = company
        self.calendars = (RememberedCalendars if is_quick else Calendars)(env, company)
        self._now = fields.Datetime.now()
        self._of_users = {}

    @cached_property
    def _of_company(self):
        return self.company.resource_calendar_id

    def calendar(self, step, user):
        """The working hours by which a step counts, or an empty recordset.

        :param step: a :class:`~.rules.RuleStep`
        :param user: who owes it
        """
        if not step.judged.needs_calendar:
            return self.env["resource.calendar"]
        kind = step.spec["calendar_kind"]
        if kind == "fixed":
            return self.env["resource.calendar"].browse(step.spec["calendar_id"])
        if kind == "company":
            return self._of_company
        if user.id not in self._of_users:
            employee = user.with_company(self.company).employee_id
            self._of_users[user.id] = employee.resource_calendar_id or self._of_company
        return self._of_users[user.id]

    def judged(self, step, calendar, start, work):
        """What comes out of the working hours of a promise.

        :param step: a :class:`~.rules.RuleStep`
        :param calendar: its resource.calendar record; if that is gone, the company's
        :param start: earliest instant that is asked about, naive UTC
        :param work: function of a :class:`~..core.limit.Clock`
        :return: what the function returns
        :raises UserError: the hours cannot be used, or there is no room in them
        """
        if not step.judged.needs_calendar:
            return work(Clock())
        calendar = calendar or self._of_company
        return self.calendars.judged(calendar, start, work, self._now)
