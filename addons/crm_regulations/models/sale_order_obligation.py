from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.obligation.mixin"]

    def _obligation_field(self):
        return "res_id"

    def _obligation_domain(self):
        return [("res_model", "=", self._name), *super()._obligation_domain()]
