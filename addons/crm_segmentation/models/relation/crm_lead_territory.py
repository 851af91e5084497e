from odoo import api, fields, models
from odoo.tools import sql


class CrmLead(models.Model):
    _inherit = "crm.lead"

    territory_id = fields.Many2one(
        "crm.territory",
        compute="_compute_territory_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        help="The customer's territory or, without one, that of the address.",
    )

    def _auto_init(self):
        # As for counterparties: there are no territories yet.
        if not sql.column_exists(self.env.cr, self._table, "territory_id"):
            sql.create_column(self.env.cr, self._table, "territory_id", "int4")
        return super()._auto_init()

    @api.depends(
        "partner_id.territory_id", "country_id", "state_id", "zip", "company_id"
    )
    def _compute_territory_id(self):
        where = self.env["crm.territory"]._map()
        for lead in self:
            lead.territory_id = lead.partner_id.territory_id.id or where.find(
                lead.company_id.id, lead.country_id.id, lead.state_id.id, lead.zip
            )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        for lead in leads.filtered(lambda lead: lead.territory_id and not lead.user_id):
            company = (lead.company_id or self.env.company).sudo()
            responsible = lead.territory_id.sudo().user_id
            if company.territory_salesperson and responsible:
                lead.user_id = responsible
        return leads
