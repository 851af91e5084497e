from odoo import models

from ...core import completeness as rule


class AccountMove(models.Model):
    """The first bill of a counterparty waits for what its types require."""

    _inherit = "account.move"

    def _post(self, soft=True):
        bills = self.filtered(lambda m: m.move_type in ("in_invoice", "in_receipt"))
        if bills:
            bills.commercial_partner_id._check_moment(
                rule.FIRST_BILL, self.env._("The first bill cannot be posted")
            )
        return super()._post(soft)
