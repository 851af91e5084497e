from odoo import fields, models


class AccountInvoiceReport(models.Model):
    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "crm.categorized"]

    _segment_path = "commercial_partner_id.own_segment_ids"

    segment_ids = fields.Many2many(
        related="commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
        help="The categories of the customer.",
    )
