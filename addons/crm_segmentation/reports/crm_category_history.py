from odoo import fields, models

from ..engine.flow_sql import sizes


class CrmCategoryHistory(models.Model):
    """The size of every category at the end of every month, from the movements."""

    _name = "crm.category.history"
    _description = "Size of a Category"
    _auto = False
    _order = "date desc, segment_id"
    _rec_name = "segment_id"
    _depends = {
        "crm.segment.movement": [
            "company_id", "date", "metric_values", "partner_id", "segmentation_id",
            "to_segment_id",
        ],
    }  # fmt: skip

    segmentation_id = fields.Many2one("crm.segmentation", readonly=True)
    segment_id = fields.Many2one("crm.segment", string="Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Month",
        readonly=True,
        help="The last day of the month; for the running month, today.",
    )
    count = fields.Integer(
        string="Counterparties",
        readonly=True,
        help="In the category on that day. Group by month: sums over months mean "
        "nothing.",
    )
    amount = fields.Monetary(
        string="Monthly turnover",
        readonly=True,
        help="Of those in the category, as measured when each of them came into it.",
    )

    @property
    def _table_query(self):
        return sizes(fields.Date.context_today(self))
