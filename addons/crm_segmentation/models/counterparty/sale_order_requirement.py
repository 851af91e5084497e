from odoo import api, fields, models

from ...core import completeness as rule


class SaleOrder(models.Model):
    """The first order of a counterparty waits for what its types require."""

    _inherit = "sale.order"

    required_information = fields.Char(
        compute="_compute_required_information",
        help="What is not known about the customer and will be missed, or refused "
        "when the order is confirmed.",
    )
    is_held_by_information = fields.Boolean(compute="_compute_required_information")

    @api.depends("partner_id", "state")
    @api.depends_context("lang")
    def _compute_required_information(self):
        waiting = self.filtered(lambda o: o.partner_id and o.state in ("draft", "sent"))
        notices = waiting.partner_id.commercial_partner_id._information_notices(
            rule.FIRST_ORDER
        )
        for order in self:
            customer = order.partner_id.commercial_partner_id
            words, held = notices.get(customer.id, ("", False))
            order.required_information = words if order in waiting else False
            order.is_held_by_information = held and order in waiting

    def action_confirm(self):
        self.partner_id.commercial_partner_id._check_moment(
            rule.FIRST_ORDER, self.env._("The first order cannot be confirmed")
        )
        return super().action_confirm()

    def action_fill_in_customer(self):
        """A dialog with what is missing about the customer."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id.action_fill_in()
