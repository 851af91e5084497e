from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    """Promises in Odoo's periodic digest."""

    _inherit = "digest.digest"

    kpi_crm_promises_on_time = fields.Boolean("Promises kept on time")
    kpi_crm_promises_on_time_value = fields.Integer(
        compute="_compute_kpi_crm_promises_on_time_value"
    )
    kpi_crm_promises_broken = fields.Boolean("Promises late or overdue")
    kpi_crm_promises_broken_value = fields.Integer(
        compute="_compute_kpi_crm_promises_broken_value"
    )

    def _compute_kpi_crm_promises_on_time_value(self):
        self._count_promises("kpi_crm_promises_on_time_value", ["done_on_time"])

    def _compute_kpi_crm_promises_broken_value(self):
        self._count_promises("kpi_crm_promises_broken_value", ["done_late", "breached"])

    def _count_promises(self, field, states):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            # Odoo leaves the figure out of this person's digest.
            raise AccessError(
                self.env._("crm_regulations.digest: These figures are for sales.")
            )
        self._calculate_company_based_kpi(
            "crm.obligation",
            field,
            date_field="date_due",
            additional_domain=[("state", "in", states)],
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("crm_segmentation.menu_root").id
        action = f"crm_regulations.action_control_board?menu_id={menu}"
        return {
            **actions,
            "kpi_crm_promises_on_time": action,
            "kpi_crm_promises_broken": action,
        }
