from odoo import api, fields, models

from ..engine.explanation import Telling


class CrmSegmentExplanation(models.TransientModel):
    _name = "crm.segment.explanation"
    _description = "Why a Counterparty Has Its Category"

    partner_id = fields.Many2one("res.partner", required=True)
    segmentation_ids = fields.Many2many(
        "crm.segmentation",
        string="All segmentations",
        compute="_compute_segmentation_ids",
    )
    segmentation_count = fields.Integer(compute="_compute_segmentation_ids")
    segmentation_id = fields.Many2one(
        "crm.segmentation",
        compute="_compute_segmentation_id",
        store=True,
        readonly=False,
    )
    is_manual = fields.Boolean(compute="_compute_is_manual")
    body = fields.Html(compute="_compute_body", sanitize=False)

    @api.depends("partner_id")
    def _compute_segmentation_ids(self):
        """All that are published: who is not covered is told why not."""
        published = self.env["crm.segmentation"].search([("state", "=", "published")])
        self.segmentation_ids = published
        self.segmentation_count = len(published)

    @api.depends("partner_id")
    def _compute_segmentation_id(self):
        """The first one that gives the counterparty a category."""
        for explanation in self:
            # In a form that is not saved yet they are copies.
            published = explanation.segmentation_ids._origin
            whose = (
                explanation.partner_id + explanation.partner_id.commercial_partner_id
            )
            has_category = whose.own_segment_ids.segmentation_id & published
            explanation.segmentation_id = (
                explanation.segmentation_id or has_category[:1] or published[:1]
            )

    @api.depends("partner_id", "segmentation_id")
    def _compute_is_manual(self):
        for explanation in self:
            explanation.is_manual = explanation._membership().origin == "manual"

    @api.depends("partner_id", "segmentation_id")
    @api.depends_context("lang")
    def _compute_body(self):
        for explanation in self:
            segmentation = explanation.segmentation_id._origin
            segmentation._require_published()
            told = segmentation and segmentation._explain(explanation.partner_id.id)
            explanation.body = self.env["ir.qweb"]._render(
                "crm_segmentation.explanation",
                {
                    "told": told,
                    "segmentation": segmentation,
                    "telling": segmentation and Telling(segmentation),
                },
            )

    def action_override(self):
        """Go on to setting another category by hand."""
        self.ensure_one()
        return self.partner_id._open_override(self.segmentation_id)

    def action_give_back(self):
        """Let the rule decide again."""
        self.ensure_one()
        return self._membership().action_give_back()

    def _membership(self):
        segmentation = self.segmentation_id._origin
        if not (segmentation and self.partner_id):
            return self.env["crm.segment.membership"]
        return segmentation._membership(
            segmentation._whose_category(self.partner_id)
        ).sudo(False)
