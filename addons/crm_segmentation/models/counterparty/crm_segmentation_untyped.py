from odoo import fields, models


class CrmSegmentation(models.Model):
    """Who is left out of every segmentation, because nobody has said what it is."""

    _inherit = "crm.segmentation"

    untyped_count = fields.Integer(
        string="Without a type",
        compute="_compute_untyped_count",
        help="Counterparties that nobody has given a counterparty type yet.",
    )

    def _compute_untyped_count(self):
        count = self.env["res.partner"].search_count([("is_untyped", "=", True)])
        self.untyped_count = count

    def action_open_untyped(self):
        """The counterparties without a type."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty_untyped"
        )
