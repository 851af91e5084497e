from odoo import api, fields, models


class CrmSaleKind(models.Model):
    _name = "crm.sale.kind"
    _description = "Kind of Sale"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “services”.",
    )
    description = fields.Text(
        translate=True, help="Which sales are of this kind, in a sentence."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    product_categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        compute="_compute_product_categ_ids",
        inverse="_inverse_product_categ_ids",
        help="Sales of products in these categories, and in the categories below them "
        "that have no kind of their own, are of this kind.",
    )

    _code_unique = models.UniqueIndex(
        "(code)", "Another kind of sale has this code already."
    )

    def _compute_product_categ_ids(self):
        found = dict(
            self.env["product.category"]._read_group(
                [("sale_kind_id", "in", self.ids)], ["sale_kind_id"], ["id:recordset"]
            )
        )
        none = self.env["product.category"]
        for kind in self:
            kind.product_categ_ids = found.get(kind._origin, none)

    def _inverse_product_categ_ids(self):
        # The coordinator, who may write kinds, need not be in charge of products.
        categories = self.env["product.category"].sudo()
        for kind in self:
            wanted = kind.product_categ_ids.sudo()
            now = categories.search([("sale_kind_id", "=", kind.id)])
            (now - wanted).sale_kind_id = False
            (wanted - now).sale_kind_id = kind

    @api.model
    def action_apply(self):
        """Give all orders and leads the kinds that the product categories say.

        :return: a notice of how many were changed
        :raises AccessError: not by a coordinator
        """
        return self.env["product.category"]._apply_sale_kinds_now()
