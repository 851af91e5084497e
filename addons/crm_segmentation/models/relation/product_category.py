from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...engine.sale_kinds import apply_to_leads, apply_to_orders, last_id

# So many orders get their kinds between two commits of the scheduled job.
BATCH = 100_000


class ProductCategory(models.Model):
    _inherit = "product.category"

    sale_kind_id = fields.Many2one(
        "crm.sale.kind",
        string="Kind of sale",
        ondelete="restrict",
        index="btree_not_null",
        help="What selling these products is: a service, consumables, equipment … "
        "Empty: as the category above.",
    )
    effective_sale_kind_id = fields.Many2one(
        "crm.sale.kind",
        string="Kind of sale in effect",
        compute="_compute_effective_sale_kind_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        help="The category's own kind of sale or, without one, that of the category "
        "above.",
    )

    @api.depends("sale_kind_id", "parent_id.effective_sale_kind_id")
    def _compute_effective_sale_kind_id(self):
        for category in self:
            category.effective_sale_kind_id = (
                category.sale_kind_id or category.parent_id.effective_sale_kind_id
            )

    def write(self, vals):
        result = super().write(vals)
        if {"sale_kind_id", "parent_id"} & vals.keys():
            self.env.ref("crm_segmentation.ir_cron_sale_kinds").sudo()._trigger()
        return result

    # --- orders and leads there already -----------------------------------------------

    @api.model
    def _cron_sale_kinds(self):
        """Bring orders, then leads, in line with the categories; in batches."""
        cron = self.env["ir.cron"]
        env = self.sudo().env
        batches = [
            (work, first)
            for table, work in (
                ("sale_order", apply_to_orders),
                ("crm_lead", apply_to_leads),
            )
            for first in range(0, last_id(env, table) + 1, BATCH)
        ]
        cron._commit_progress(remaining=len(batches))
        for work, first in batches:
            work(env, first, first + BATCH - 1)
            if not cron._commit_progress(1):
                break

    @api.model
    def _apply_sale_kinds_now(self):
        if not self.env.su and not self.env.user.has_group(
            "crm_segmentation.group_crm_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "crm_segmentation.coordinator_only: Applying kinds of sale to all "
                    "orders is the CRM coordinator's work. Ask the coordinator to do "
                    "it."
                )
            )
        env = self.sudo().env
        orders = apply_to_orders(env)
        leads = apply_to_leads(env)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(orders)s orders and %(leads)s leads have other kinds of sale "
                    "now.",
                    orders=orders,
                    leads=leads,
                ),
            },
        }
