from odoo import models, tools

from ..engine.calendars import clock_of_blocks


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @tools.ormcache("self.id", "company_id", "first", "last")
    def _remembered_clock(self, company_id, first, last):
        """Working hours as they were last read.

        :param company_id: the company whose holidays count
        :param first: see :func:`~..engine.calendars.clock_of_blocks`
        :param last: the same
        :return: a :class:`~..core.limit.Clock`
        """
        calendar = self.sudo().with_context(active_test=False)
        company = self.env["res.company"].sudo().browse(company_id)
        return clock_of_blocks(calendar, company, first, last)
