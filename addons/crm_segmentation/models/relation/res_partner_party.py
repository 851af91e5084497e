from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    deal_party_ids = fields.One2many(
        "crm.deal.party",
        "partner_id",
        string="Takes part in deals",
        copy=False,
        groups="sales_team.group_sale_salesman",
    )
    deal_count = fields.Integer(
        string="Takes part in",
        compute="_compute_deal_count",
        groups="sales_team.group_sale_salesman",
        help="Deals in which the counterparty takes part without being the customer; "
        "those of its contacts count, too.",
    )

    def _compute_deal_count(self):
        parties = self.env["crm.deal.party"].search_fetch(
            self._deal_party_domain(),
            ["lead_id", "partner_id", "commercial_partner_id"],
        )
        deals = {}
        for party in parties:
            for partner in party.partner_id | party.commercial_partner_id:
                deals.setdefault(partner, set()).add(party.lead_id.id)
        for partner in self:
            partner.deal_count = len(deals.get(partner, ()))

    def _deal_party_domain(self):
        return [
            "|",
            ("partner_id", "in", self.ids),
            ("commercial_partner_id", "in", self.ids),
        ]

    def action_open_deals(self):
        """The deals in which the counterparty or its contacts take part."""
        self.ensure_one()
        parties = self.env["crm.deal.party"].search(self._deal_party_domain())
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm.crm_lead_opportunities"
            ),
            "name": self.env._("Deals with %(partner)s", partner=self.name),
            "path": False,
            "domain": [("id", "in", parties.lead_id.ids)],
            "context": {"active_test": False},
        }
