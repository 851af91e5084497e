from odoo import api, fields, models

from ..engine.explanation import metric_formatter


class CrmSegmentExplanation(models.TransientModel):
    _name = "crm.segment.explanation"
    _description = "Why a Counterparty Has Its Category"

    partner_id = fields.Many2one("res.partner", required=True)
    segmentation_id = fields.Many2one("crm.segmentation", required=True)
    body = fields.Html(compute="_compute_body", sanitize=False)

    @api.depends("partner_id", "segmentation_id")
    @api.depends_context("lang")
    def _compute_body(self):
        for explanation in self:
            segmentation = explanation.segmentation_id
            told = segmentation.explain(explanation.partner_id.id)
            holding = (c["code"] for c in told["categories"] if c["holds"])
            explanation.body = self.env["ir.qweb"]._render(
                "crm_segmentation.explanation",
                {
                    "told": told,
                    "winner": next(holding, False),
                    "amount": metric_formatter(segmentation),
                    "segmentation": segmentation,
                    "words": dict(
                        self.env["crm.segment.criterion"]
                        ._fields["operator"]
                        ._description_selection(self.env)
                    ),
                    "day": lambda text: fields.Date.to_date(text).strftime(
                        self.env["res.lang"]._get_data(code=self.env.lang).date_format
                    ),
                },
            )

    def action_override(self):
        """Go on to setting another category by hand."""
        self.ensure_one()
        return self.partner_id._open_override(self.segmentation_id)
