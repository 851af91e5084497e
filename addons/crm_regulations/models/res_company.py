from odoo import api, fields, models

from ..core.library import given_with, to_give


class ResCompany(models.Model):
    """Every company gets drafts of its own of the library of regulations."""

    _inherit = "res.company"

    crm_library_given = fields.Text(
        string="Ready regulations given",
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Codes of the ready regulations that the company has got once. A draft "
        "that it has deleted does not come back.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._copy_shipped_regulations()
        return companies

    @api.model
    def _copy_shipped_regulations_everywhere(self):
        """For the companies that are there already: at installation and upgrades."""
        # Archived companies get theirs, too: they may come back.
        companies = self.sudo().with_context(active_test=False)
        companies.search([("id", "!=", False)])._copy_shipped_regulations()

    def _copy_shipped_regulations(self):
        """Give each company its own drafts of the regulations that are shipped."""
        masters = self.env["crm.regulation"].sudo()._shipped()
        codes = masters.mapped("code")
        held = self._regulations_held(codes)
        for company in self.sudo():
            given = company.crm_library_given
            new = to_give(codes, given)
            own = held.get(company, masters.browse()).filtered(
                lambda r, n=new: r.code in n
            )
            own.filtered(lambda r: r.state == "draft").is_library = True
            missing = set(new) - set(own.mapped("code"))
            wanted = masters.filtered(lambda r, m=missing: r.code in m)
            wanted.with_context(crm_regulation_keeps_code=True).copy(
                {"company_id": company.id, "owner_id": False, "is_library": True}
            )
            company.crm_library_given = given_with(codes, given)

    def _regulations_held(self, codes):
        """Company → its regulations of some codes, in all versions."""
        found = (
            self.env["crm.regulation"]
            .sudo()
            .search([("company_id", "in", self.ids), ("code", "in", codes)])
        )
        return found.grouped("company_id")
