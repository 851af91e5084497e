from odoo import models


class CrmInteraction(models.Model):
    _name = "crm.interaction"
    _inherit = ["crm.interaction", "crm.obligation.mixin"]

    def _obligation_field(self):
        return "res_id"

    def _obligation_domain(self):
        return [("res_model", "=", self._name), *super()._obligation_domain()]
