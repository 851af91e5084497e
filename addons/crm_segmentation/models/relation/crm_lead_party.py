from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    deal_party_ids = fields.One2many(
        "crm.deal.party",
        "lead_id",
        string="Parties of the deal",
        copy=False,
        groups="sales_team.group_sale_salesman",
        help="Who else takes part: competitors, dealers, subcontractors, people of "
        "influence.",
    )

    def _merge_dependences(self, opportunities):
        """The parties of the merged leads come along, none of them twice."""
        super()._merge_dependences(opportunities)
        have = {
            (party.role_id, party.partner_id): party
            for party in self.sudo().deal_party_ids
        }
        for party in opportunities.sudo().deal_party_ids:
            twin = have.setdefault((party.role_id, party.partner_id), party)
            if twin != party:
                notes = dict.fromkeys(filter(None, (twin.note, party.note)))
                won = twin.won or party.won
                party.unlink()
                twin.write({"note": "; ".join(notes), "won": won})
        winners = [party for party in have.values() if party.won]
        # One can have won it: the deal that stays knows best.
        for party in winners[1:]:
            party.won = False
        for party in have.values():
            if party.lead_id != self:
                party.lead_id = self
