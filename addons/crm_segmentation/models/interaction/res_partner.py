from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    interaction_ids = fields.One2many("crm.interaction", "partner_id", copy=False)
    interaction_count = fields.Integer(
        string="Interactions", compute="_compute_interaction_count"
    )

    def _compute_interaction_count(self):
        counts = dict(
            self.env["crm.interaction"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.interaction_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_interactions(self):
        """The interactions with this counterparty and its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_interaction"
        )
        return {
            **action,
            "domain": [("partner_id", "child_of", self.commercial_partner_id.ids)],
            "context": {"default_partner_id": self.id},
        }
