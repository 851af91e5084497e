from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmDealParty(models.Model):
    _name = "crm.deal.party"
    _description = "Party of a Deal"
    _order = "lead_id desc, role_id, id"

    lead_id = fields.Many2one(
        "crm.lead",
        string="Deal",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="lead_id.company_id", string="Our company")
    role_id = fields.Many2one(
        "crm.deal.role",
        required=True,
        ondelete="restrict",
        index=True,
    )
    role_is_rival = fields.Boolean(related="role_id.is_rival")
    role_type_ids = fields.Many2many(
        related="role_id.counterparty_type_ids", string="Suggested Types"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="restrict",
        index=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company",
        store=True,
        index=True,
    )
    won = fields.Boolean(
        string="Won the deal",
        help="This rival got the deal instead of us. One per deal.",
    )
    note = fields.Char(string="Notes", help="Its offer, its price, its influence …")

    _once = models.UniqueIndex(
        "(lead_id, role_id, partner_id)",
        "This counterparty has this role in the deal already.",
    )
    _one_winner = models.UniqueIndex(
        "(lead_id) WHERE won", "Another rival has won this deal already."
    )

    @api.depends("role_id", "partner_id")
    def _compute_display_name(self):
        for party in self:
            parts = (party.role_id.name, party.partner_id.display_name)
            party.display_name = ": ".join(part for part in parts if part)

    @api.onchange("role_id")
    def _onchange_role_id(self):
        if not self.role_id.is_rival:
            self.won = False

    @api.constrains("lead_id", "role_id", "partner_id", "won")
    def _check_party(self):
        for party in self:
            if party.won and not party.role_id.is_rival:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.party_cannot_win: %(partner)s is "
                        "“%(role)s” in “%(deal)s”. Only a rival, such as a competitor, "
                        "can win the deal from us.",
                        partner=party.partner_id.display_name,
                        role=party.role_id.name,
                        deal=party.lead_id.name,
                    )
                )
            company = party.lead_id.company_id
            foreign = party.partner_id.company_id
            if company and foreign and company != foreign:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.party_company: %(partner)s belongs to "
                        "%(other)s, the deal “%(deal)s” to %(company)s. Choose a "
                        "counterparty of the same company, or a shared one.",
                        partner=party.partner_id.display_name,
                        other=foreign.sudo().name,
                        deal=party.lead_id.name,
                        company=company.sudo().name,
                    )
                )
