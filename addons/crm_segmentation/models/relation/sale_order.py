from odoo import api, fields, models
from odoo.tools import sql

from ...engine.sale_kinds import ORDER_TABLE, create_relation


class SaleOrder(models.Model):
    _inherit = "sale.order"

    sale_kind_ids = fields.Many2many(
        "crm.sale.kind",
        relation=ORDER_TABLE,
        column1="order_id",
        column2="kind_id",
        string="Kinds of sale",
        compute="_compute_sale_kind_ids",
        store=True,
        help="By the categories of the products on the order.",
    )

    def _auto_init(self):
        if not sql.table_exists(self.env.cr, ORDER_TABLE):
            create_relation(self.env.cr, ORDER_TABLE, "order_id")
        return super()._auto_init()

    # Not by the category's kind: when that changes, a scheduled job follows for all
    # orders at once.
    @api.depends("order_line.product_id", "order_line.is_downpayment")
    def _compute_sale_kind_ids(self):
        # Read at once what each assignment compares itself with.
        self.mapped("sale_kind_ids")
        for order in self:
            lines = order.order_line.filtered(
                lambda line: not line.display_type and not line.is_downpayment
            )
            order.sale_kind_ids = lines.product_id.categ_id.effective_sale_kind_id
