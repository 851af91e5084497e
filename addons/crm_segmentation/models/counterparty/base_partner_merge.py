from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merged counterparty has the types of all, and is measured anew."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env["res.partner"].browse(partner_ids).exists()._refresh_completeness()
        return result
