from odoo import fields, models
from odoo.tools import SQL

from ..engine.flow_sql import AMOUNT


class CrmSegmentMovementReport(models.Model):
    """Changes of category by month, counted and in money."""

    _name = "crm.segment.movement.report"
    _description = "Changes of Category by Month"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "crm.segment": ["sequence"],
        "crm.segment.movement": [
            "cause", "company_id", "date", "from_segment_id", "metric_values",
            "partner_id", "segmentation_id", "to_segment_id", "version",
        ],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", string="Counterparty", readonly=True)
    segmentation_id = fields.Many2one("crm.segmentation", readonly=True)
    from_segment_id = fields.Many2one("crm.segment", string="From", readonly=True)
    to_segment_id = fields.Many2one("crm.segment", string="To", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    cause = fields.Selection(
        selection=lambda self: (
            self.env["crm.segment.movement"]
            ._fields["cause"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    direction = fields.Selection(
        [
            ("up", "Up"),
            ("down", "Down"),
            ("came", "First category"),
            ("went", "Left the segmentation"),
        ],
        readonly=True,
        help="Up is towards the top of the list of categories.",
    )
    version = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary(
        string="Monthly turnover",
        readonly=True,
        help="Of the counterparty at the moment of the change. Empty for categories "
        "set by hand.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT movement.id, movement.partner_id, movement.segmentation_id,
                   movement.from_segment_id, movement.to_segment_id,
                   movement.company_id, movement.date, movement.cause,
                   movement.version, %(amount)s AS amount,
                   CASE WHEN movement.from_segment_id IS NULL THEN 'came'
                        WHEN movement.to_segment_id IS NULL THEN 'went'
                        WHEN (after.sequence, after.id) < (before.sequence, before.id)
                        THEN 'up' ELSE 'down' END AS direction
              FROM crm_segment_movement AS movement
              LEFT JOIN crm_segment AS before ON before.id = movement.from_segment_id
              LEFT JOIN crm_segment AS after ON after.id = movement.to_segment_id
            """,
            amount=AMOUNT,
        )
