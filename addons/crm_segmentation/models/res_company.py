from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._copy_shipped_segmentations()
        return companies

    @api.model
    def _copy_shipped_segmentations_everywhere(self):
        """Called once at installation, for the companies that are there already."""
        # Archived companies get theirs, too: they may come back.
        companies = self.sudo().with_context(active_test=False)
        companies.search([("id", "!=", False)])._copy_shipped_segmentations()

    def _copy_shipped_segmentations(self, shipped=None):
        """Give each company its own drafts of the segmentations that are shipped.

        :param shipped: only these of them; all if omitted
        """
        if shipped is None:
            shipped = self.env["crm.segmentation"].sudo()._shipped()
        for company in self:
            have = (
                self.env["crm.segmentation"]
                .sudo()
                .search_fetch([("company_id", "=", company.id)], ["code"])
            )
            for master in shipped:
                if master.code not in have.mapped("code"):
                    master.copy({"company_id": company.id, "code": master.code})
