from odoo import api, models

from ...engine.partner_merge import drop_affiliations, drop_parties


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Odoo deletes all of a partner's rows where one of them would be there twice.
        self.env.flush_all()
        for drop in (drop_affiliations, drop_parties):
            drop(self.env, src_partners.ids, dst_partner.id)
        return super()._update_foreign_keys(src_partners, dst_partner)
