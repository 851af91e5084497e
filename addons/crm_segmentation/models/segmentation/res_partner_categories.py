from odoo import api, fields, models

# So many changes of category are shown on the counterparty, the newest first.
SHOWN_HISTORY = 40


class ResPartner(models.Model):
    """The page “Categories”: what is in force, why, and how it came about."""

    _inherit = "res.partner"

    shown_membership_ids = fields.Many2many(
        "crm.segment.membership",
        string="Categories in Detail",
        compute="_compute_shown_memberships",
        help="The categories of this counterparty and, for a contact, of its company.",
    )
    shown_movement_ids = fields.Many2many(
        "crm.segment.movement",
        string="History of Categories",
        compute="_compute_shown_movements",
    )

    @api.depends("membership_ids", "commercial_partner_id.membership_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_shown_memberships(self):
        for partner in self:
            owners = partner.commercial_partner_id | partner
            partner.shown_membership_ids = owners.membership_ids

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_shown_movements(self):
        for partner in self:
            owners = partner.commercial_partner_id | partner
            partner.shown_movement_ids = self.env["crm.segment.movement"].search(
                [("partner_id", "in", owners.ids)], limit=SHOWN_HISTORY
            )

    def action_set_category(self):
        """The dialog for a category by hand."""
        self.ensure_one()
        return self._open_override(self.env["crm.segmentation"])

    def _open_override(self, segmentation):
        """The dialog, filled with what is set by hand already."""
        context = {"default_partner_id": self.id}
        if segmentation:
            context["default_segmentation_id"] = segmentation.id
            membership = segmentation._membership(segmentation._whose_category(self))
            if membership.is_manual:
                context |= {
                    "default_segment_id": membership.segment_id.id,
                    "default_reason": membership.override_reason,
                    "default_until": str(membership.override_until or "") or False,
                }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set a category by hand"),
            "res_model": "crm.segment.override",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_explain_category(self):
        """Why the counterparty or, for a contact, its company has its category."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this category?"),
            "res_model": "crm.segment.explanation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
