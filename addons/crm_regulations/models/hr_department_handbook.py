from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_date

_OFFICE = (
    "sales_team.group_sale_manager",
    "crm_segmentation.group_crm_coordinator",
)


class HrDepartment(models.Model):
    """The handbook of a department: every regulation that is its people's business."""

    _inherit = "hr.department"

    def _handbook(self):
        """What the printed handbook says, in the reader's language.

        :return: dictionary with ``people`` (number), ``date`` and ``regulations``
        :raises AccessError: the caller neither works there nor leads or coordinates
        """
        self.ensure_one()
        self.check_access("read")
        people = self._handbook_people()
        self._check_handbook(people)
        return {
            "people": len(people),
            "date": format_date(self.env, self.env.cr.now().date()),
            "regulations": self._handbook_regulations(people),
        }

    def _handbook_people(self):
        """Users who work in the department or below it."""
        employees = self.env["hr.employee"].sudo()
        domain = [("department_id", "child_of", self.id), ("user_id", "!=", False)]
        return employees.search(domain).user_id

    def _check_handbook(self, people):
        user = self.env.user
        if (
            self.env.su
            or user in people
            or self.id in user._headed_department_ids()
            or any(user.has_group(group) for group in _OFFICE)
        ):
            return
        raise AccessError(
            self.env._(
                "crm_regulations.handbook: The handbook of %(name)s is for the people "
                "who work there, sales managers and CRM coordinators. Ask one of them "
                "for it.",
                name=self.name,
            )
        )

    def _handbook_regulations(self, people):
        """Regulations in force that these people owe, must read or look after.

        Whoever may owe something by a regulation was asked to read it.
        """
        company = self.company_id or self.env.company
        ids = people.ids
        # Who was asked to read is not everybody's to see; the regulations are.
        found = (
            self.env["crm.regulation"]
            .sudo()
            .search(
                [
                    ("state", "=", "published"),
                    ("company_id", "=", company.id),
                    "|",
                    "|",
                    "|",
                    ("acknowledgement_ids.user_id", "in", ids),
                    ("step_ids.responsible_user_id", "in", ids),
                    ("owner_id", "in", ids),
                    ("control_user_id", "in", ids),
                ]
            )
        )
        return found.with_env(self.env)

    def _handbook_file_name(self):
        return self.env._("Handbook of %(name)s", name=self.name)


class CrmRegulation(models.Model):
    _inherit = "crm.regulation"

    def _handbook_control(self):
        """Who looks whether it is kept: “The CRM coordinator, every 1 months”."""
        if not self.control_by:
            return self.env._("Nobody looks at samples of it.")
        return self.env._(
            "%(who)s looks at samples, every %(value)s %(unit)s.",
            who=self.control_user_id.name or self._label("control_by"),
            value=self.control_every_value,
            unit=self._label("control_every_unit"),
        )
