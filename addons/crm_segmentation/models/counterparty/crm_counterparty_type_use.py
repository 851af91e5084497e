from odoo import models


class CrmCounterpartyType(models.Model):
    """What refers to a counterparty type."""

    _name = "crm.counterparty.type"
    _inherit = ["crm.counterparty.type", "crm.where.used"]

    _in_use_code = "type_in_use"

    def _instead_of_deleting(self):
        return self.env._(", or archive the type")
