from odoo import fields, models


class SaleOrderApproveTerms(models.TransientModel):
    """The dialog of :meth:`sale.order.action_approve_terms`."""

    _name = "sale.order.approve.terms"
    _description = "Approve an Order Beyond the Terms"

    order_id = fields.Many2one(
        "sale.order",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    words = fields.Text(related="order_id.crm_terms_words")
    reason = fields.Text(
        string="Why may it?",
        required=True,
        help="It is kept in the chatter of the order, with your name.",
    )

    def action_approve(self):
        """Approve what the order grants now."""
        self.ensure_one()
        self.order_id.action_approve_terms(self.reason)
        return {"type": "ir.actions.act_window_close"}
