from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """The one who stays has the documents of all; SQL moved them, unseen."""
        companies = self.env["res.partner"].browse(partner_ids).exists()
        owners = {*companies.ids, *companies.commercial_partner_id.ids}
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env["crm.segment.recheck"].sudo()._add(owners)
        return result
