from odoo import api, fields, models
from odoo.tools import sql

from ...engine.sale_kinds import LEAD_TABLE, create_relation


class CrmLead(models.Model):
    _inherit = "crm.lead"

    sale_kind_ids = fields.Many2many(
        "crm.sale.kind",
        relation=LEAD_TABLE,
        column1="lead_id",
        column2="kind_id",
        string="Kinds of sale",
        compute="_compute_sale_kind_ids",
        store=True,
        readonly=False,
        help="What is being sold. By the quotations and orders of the lead, until it "
        "is set here; empty it to follow the orders again.",
    )
    sale_kind_manual = fields.Boolean(
        string="Kinds of sale set by hand",
        help="The kinds of sale stay when the orders change.",
    )

    def _auto_init(self):
        if not sql.table_exists(self.env.cr, LEAD_TABLE):
            create_relation(self.env.cr, LEAD_TABLE, "lead_id")
        return super()._auto_init()

    @api.depends("order_ids.sale_kind_ids", "order_ids.state", "sale_kind_manual")
    def _compute_sale_kind_ids(self):
        # Read at once what each assignment compares itself with.
        self.mapped("sale_kind_ids")
        for lead in self:
            if lead.sale_kind_manual:
                lead.sale_kind_ids = lead.sale_kind_ids
            else:
                orders = lead.order_ids.filtered(lambda order: order.state != "cancel")
                lead.sale_kind_ids = orders.sale_kind_ids

    @api.model_create_multi
    def create(self, vals_list):
        # A copy comes with both; where the orders decide, it has none of them yet.
        for vals in vals_list:
            if vals.get("sale_kind_manual") is False:
                vals.pop("sale_kind_ids", None)
        leads = super().create(vals_list)
        leads._kinds_by_hand(vals_list)
        return leads

    def write(self, vals):
        result = super().write(vals)
        self._kinds_by_hand([vals] * len(self))
        return result

    def _kinds_by_hand(self, vals_list):
        """Whoever writes kinds sets them by hand, and by emptying takes it back."""
        for lead, vals in zip(self, vals_list, strict=True):
            if "sale_kind_ids" in vals and "sale_kind_manual" not in vals:
                by_hand = bool(lead.sale_kind_ids)
                if lead.sale_kind_manual != by_hand:
                    lead.sale_kind_manual = by_hand

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "sale_kind_ids": lambda _name, leads: (
                leads.filtered("sale_kind_manual").sale_kind_ids
            ),
        }
