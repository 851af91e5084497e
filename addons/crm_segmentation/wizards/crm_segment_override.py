from odoo import api, fields, models


class CrmSegmentOverride(models.TransientModel):
    _name = "crm.segment.override"
    _description = "Set a Category by Hand"

    partner_id = fields.Many2one("res.partner", string="Counterparty", required=True)
    segmentation_id = fields.Many2one(
        "crm.segmentation",
        required=True,
        domain=[("state", "=", "published")],
        compute="_compute_segmentation_id",
        store=True,
        readonly=False,
    )
    current_segment_id = fields.Many2one(
        "crm.segment", string="Category now", compute="_compute_current_segment_id"
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="New category",
        required=True,
        domain="[('segmentation_id', '=', segmentation_id)]",
    )
    until = fields.Date(
        string="Last day",
        help="From the day after, the computed category is in force again. Empty: "
        "until somebody changes it.",
    )
    reason = fields.Text(
        required=True, help="Kept with your name for everybody to read."
    )

    @api.depends("partner_id")
    def _compute_segmentation_id(self):
        """The only one there is, so that there is nothing to choose."""
        published = self.env["crm.segmentation"].search(
            [("state", "=", "published")], limit=2
        )
        for override in self:
            if not override.segmentation_id and len(published) == 1:
                override.segmentation_id = published

    @api.depends("partner_id", "segmentation_id")
    def _compute_current_segment_id(self):
        for override in self:
            segmentation = override.segmentation_id
            override.current_segment_id = (
                segmentation._membership(
                    segmentation._whose_category(override.partner_id)
                ).segment_id
                if segmentation and override.partner_id
                else False
            )

    def action_set(self):
        """Set the category by hand; the segmentation checks and keeps the reason."""
        self.ensure_one()
        self.segmentation_id.set_override(
            self.partner_id.id, self.segment_id.id, self.reason, until=self.until
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
