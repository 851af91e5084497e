from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    interaction_ids = fields.One2many("crm.interaction", "lead_id", copy=False)
