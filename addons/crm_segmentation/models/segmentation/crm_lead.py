from odoo import fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.categorized"]

    segment_ids = fields.Many2many(
        related="partner_id.commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
        help="The categories of the customer.",
    )
