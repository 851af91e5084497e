from odoo import api, models

# The drafts that come with the addon; every company gets a copy of its own.
SHIPPED = (
    "materials_2h", "service_4wh", "after_meeting", "missed_call", "data_upkeep",
    "rule_review", "terms_approval", "announcement", "announcement_personal",
    "material_review", "quality_sheet", "quality_low",
)  # fmt: skip


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._copy_shipped_regulations()
        return companies

    @api.model
    def _copy_shipped_regulations_everywhere(self):
        """Called once at installation, for the companies that are there already."""
        # Archived companies get theirs, too: they may come back.
        companies = self.sudo().with_context(active_test=False)
        companies.search([("id", "!=", False)])._copy_shipped_regulations()

    def _copy_shipped_regulations(self):
        """Give each company its own drafts of the regulations that are shipped."""
        regulations = self.env["crm.regulation"].sudo()
        names = [f"crm_regulations.regulation_{code}" for code in SHIPPED]
        shipped = regulations.union(
            *(self.env.ref(n, raise_if_not_found=False) or regulations for n in names)
        )
        for company in self:
            have = regulations.search([("company_id", "=", company.id)]).mapped("code")
            for master in shipped.sudo().filtered(lambda r, h=have: r.code not in h):
                master.copy({"company_id": company.id, "code": master.code})
