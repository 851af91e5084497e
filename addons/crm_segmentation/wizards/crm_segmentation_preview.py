from odoo import Command, fields, models


class CrmSegmentationPreview(models.TransientModel):
    _name = "crm.segmentation.preview"
    _description = "What Publishing Would Change"

    segmentation_id = fields.Many2one("crm.segmentation", required=True)
    line_ids = fields.One2many("crm.segmentation.preview.line", "preview_id")
    moved = fields.Integer(string="Would move", readonly=True)
    stay = fields.Integer(string="Would stay", readonly=True)

    def _fill(self, rows):
        moved = [row for row in rows if row["from_id"] != row["to_id"]]
        self.write(
            {
                "line_ids": [
                    Command.create(
                        {
                            "from_segment_id": row["from_id"],
                            "to_segment_id": row["to_id"],
                            "count": row["count"],
                            "amount": row["amount"],
                        }
                    )
                    for row in moved
                ],
                "moved": sum(row["count"] for row in moved),
                "stay": sum(row["count"] for row in rows)
                - sum(r["count"] for r in moved),
            }
        )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What publishing would change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_publish(self):
        """Publish what was looked at."""
        return self.segmentation_id.action_publish() and {
            "type": "ir.actions.act_window_close"
        }


class CrmSegmentationPreviewLine(models.TransientModel):
    _name = "crm.segmentation.preview.line"
    _description = "One Move of a Preview"

    preview_id = fields.Many2one(
        "crm.segmentation.preview", required=True, ondelete="cascade"
    )
    from_segment_id = fields.Many2one("crm.segment", string="Now")
    to_segment_id = fields.Many2one("crm.segment", string="After")
    count = fields.Integer(string="Counterparties")
    amount = fields.Monetary(string="Monthly turnover", currency_field="currency_id")
    currency_id = fields.Many2one(
        related="preview_id.segmentation_id.company_id.currency_id"
    )
