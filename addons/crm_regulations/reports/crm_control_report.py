from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..engine.control_letters import COORDINATOR, last_week


class ResCompany(models.Model):
    """What the weekly control report is printed from."""

    _inherit = "res.company"

    def _control_report(self):
        """The figures of last week as the user may see them.

        Who is no coordinator gets those of the departments that he or she manages.

        :return: dictionary with ``title``, ``scope``, ``board`` and ``url``
        """
        self.ensure_one()
        user = self.env.user
        rows = self.env["crm.obligation.report"].with_context(
            allowed_company_ids=self.ids
        )
        scope = self.env._("the whole company")
        if not user.has_group(COORDINATOR):
            ids = user._headed_department_ids()
            departments = self.env["hr.department"].sudo().browse(ids)
            scope = ", ".join(departments.mapped("name"))
            rows = rows.with_context(crm_board_departments=ids)
            if not ids:
                raise AccessError(
                    self.env._(
                        "crm_regulations.control_report: The weekly control report is "
                        "for CRM coordinators and heads of departments. The control "
                        "board shows you your own figures."
                    )
                )
        first, last = last_week(self.env)
        return {
            "title": self.env._(
                "Promises kept from %(first)s to %(last)s",
                first=format_date(self.env, first),
                last=format_date(self.env, last),
            ),
            "scope": scope,
            "board": rows.control_board(first, last, "regulation"),
            "people": rows.control_board(first, last, "person")["rows"],
            "url": f"{self.get_base_url()}/odoo/control-board",
        }

    def _control_percent(self, value, whole):
        """The percentage, or why there is none."""
        if value is not False:
            return f"{value:.0f} %"
        return self.env._("too few to say") if whole else "–"
