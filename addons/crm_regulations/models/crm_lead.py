from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.obligation.mixin"]

    def _obligation_field(self):
        return "lead_id"
