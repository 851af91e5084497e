from odoo import models


class CrmRollout(models.Model):
    """What other files of the CRM project know; each extends its own with ``super()``.

    The figures, the act and the chain are read from here, so that they neither know
    nor care which stage keeps the records.
    """

    _inherit = "crm.rollout"

    def _departments_in_scope(self):
        """The departments that take part: all that have people, unless somebody chose.

        :return: ``{rollout: hr.department records}``
        """
        everything = self.env["hr.department"].search(
            [
                ("company_id", "in", [*self.company_id.ids, False]),
                ("member_ids", "!=", False),
            ]
        )
        return {
            rollout: everything.filtered(
                lambda department, company=rollout.company_id: (
                    department.company_id <= company
                )
            )
            for rollout in self
        }
