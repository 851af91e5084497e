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
        result = super()._merge_dependences(opportunities)
        parties = self.sudo().deal_party_ids | opportunities.sudo().deal_party_ids
        # One can have won it, and the deal that stays knows best.
        winner = parties.filtered("won")[:1]
        winner_key = (winner.role_id, winner.partner_id)
        parties.filtered("won").won = False
        groups = parties.grouped(lambda party: (party.role_id, party.partner_id))
        notes = {
            key: "; ".join(dict.fromkeys(twins.filtered("note").mapped("note")))
            for key, twins in groups.items()
        }
        for twins in groups.values():
            twins[1:].unlink()
        for key, twins in groups.items():
            twins[0].write({"lead_id": self.id, "note": notes[key]})
        if winner_key in groups:
            groups[winner_key][0].won = True
        return result
