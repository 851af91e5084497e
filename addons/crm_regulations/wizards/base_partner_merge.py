from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        """What is owed about the merged contacts is owed about the one that stays."""
        done = super()._update_reference_fields(src_partners, dst_partner)
        obligations = self.env["crm.obligation"].sudo()
        obligations.search(
            [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        )._move(dst_partner)
        return done
