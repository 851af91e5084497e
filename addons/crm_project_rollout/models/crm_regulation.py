from odoo import api, models
from odoo.exceptions import ValidationError


class CrmRegulation(models.Model):
    """Regulations outlive the consultant: somebody of the company keeps them."""

    _inherit = "crm.regulation"

    @api.constrains("owner_id", "approver_id", "company_id")
    def _check_no_consultant(self):
        outsiders = self._consultants()
        for regulation in self:
            people = regulation.owner_id | regulation.approver_id
            caught = people & outsiders.get(regulation.company_id, people.browse())
            if caught:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.consultant_keeps: %(name)s is a "
                        "consultant of a running CRM project and can neither keep nor "
                        "approve the regulation “%(regulation)s”. Choose somebody of "
                        "the company: the regulation stays when the consultant has "
                        "left.",
                        name=caught[:1].sudo().name,
                        regulation=regulation.name,
                    )
                )

    def _consultants(self):
        """``{company: users who are consultants of its CRM projects}``"""
        members = (
            self.env["crm.rollout.member"]
            .sudo()
            .search(
                [
                    ("role", "=", "consultant"),
                    ("company_id", "in", self.company_id.ids),
                    ("rollout_id.state", "in", ("draft", "running")),
                ]
            )
        )
        return {
            company: lines._consultant_users()
            for company, lines in members.grouped("company_id").items()
        }
