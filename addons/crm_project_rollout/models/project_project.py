from odoo import api, fields, models
from odoo.exceptions import UserError


class ProjectProject(models.Model):
    _inherit = "project.project"

    crm_rollout_ids = fields.One2many("crm.rollout", "project_id", copy=False)

    @api.constrains("company_id")
    def _check_crm_rollout_company(self):
        self.sudo().crm_rollout_ids._check_project_company()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_crm_rollout(self):
        rollouts = self.sudo().crm_rollout_ids
        if rollouts:
            raise UserError(
                self.env._(
                    "crm_project_rollout.project_has_rollout: The project belongs to "
                    "the CRM project “%(rollouts)s”, whose history would be "
                    "lost. Archive the project instead, or delete the CRM project "
                    "first if nothing was decided in it yet.",
                    rollouts="”, “".join(rollouts.mapped("name")),
                )
            )
