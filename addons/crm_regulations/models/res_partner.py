from odoo import models


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.obligation.mixin"]

    def _obligation_field(self):
        return "commercial_partner_id"

    def _obligation_id(self):
        return self.commercial_partner_id._origin.id
