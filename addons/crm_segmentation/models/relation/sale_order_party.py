from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    deal_party_ids = fields.Many2many(
        "crm.deal.party",
        string="Parties of the deal",
        compute="_compute_deal_party_ids",
        groups="sales_team.group_sale_salesman",
        help="Who else takes part, as noted on the opportunity.",
    )

    def _compute_deal_party_ids(self):
        # Searched as the user, who may see this order but not its opportunity.
        parties = self.env["crm.deal.party"].search_fetch(
            [("lead_id", "in", self.sudo().opportunity_id.ids)], ["lead_id"]
        )
        by_lead = parties.grouped(lambda party: party.lead_id.id)
        for order in self:
            lead_id = order.sudo().opportunity_id.id
            order.deal_party_ids = by_lead.get(lead_id, parties.browse())
