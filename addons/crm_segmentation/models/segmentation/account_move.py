from odoo import fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.categorized"]

    _segment_path = "commercial_partner_id.own_segment_ids"

    segment_ids = fields.Many2many(
        related="commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
        help="The categories of the customer.",
    )
