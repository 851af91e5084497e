from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    segment_ids = fields.Many2many(
        related="partner_id.commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
        help="The categories of the customer.",
    )
    interaction_ids = fields.One2many("crm.interaction", "lead_id", copy=False)
