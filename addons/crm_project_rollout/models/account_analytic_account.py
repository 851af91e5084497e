from odoo import fields, models


class AccountAnalyticAccount(models.Model):
    """Which analytic accounts hold what the management of sales costs."""

    _inherit = "account.analytic.account"

    crm_is_sales_cost = fields.Boolean(
        string="Cost of Sales Management",
        help="Its lines are the KPI “Cost of sales management” of CRM projects.",
    )
