from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.explanation import metric_formatter
from ..wire_json import WireJson


class CrmSegmentMovement(models.Model):
    """The history: every change of a category with the values that caused it."""

    _name = "crm.segment.movement"
    _description = "Change of Category"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        required=True,
        ondelete="cascade",
        index=True,
    )
    segmentation_id = fields.Many2one(
        "crm.segmentation", required=True, ondelete="cascade", index=True
    )
    from_segment_id = fields.Many2one("crm.segment", string="From", ondelete="restrict")
    to_segment_id = fields.Many2one("crm.segment", string="To", ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    cause = fields.Selection(
        [
            ("nightly", "Nightly run"),
            ("request", "Asked for by a person"),
            ("publish", "New rule published"),
            ("import", "Turnover imported"),
            ("refresh", "New documents"),
            ("confirmed", "Promotion confirmed"),
            ("override", "Set by hand"),
            ("override_end", "Set by hand: ended"),
            ("archive", "Segmentation archived"),
        ],
        required=True,
    )
    version = fields.Integer(help="The version of the rule that decided.")
    metric_values = WireJson(
        string="Values", help="The metrics at the moment of the change."
    )
    values_text = fields.Char(string="Numbers", compute="_compute_values_text")

    @api.depends("metric_values")
    @api.depends_context("lang")
    def _compute_values_text(self):
        everything = self.env["crm.metric"].with_context(active_test=False)
        metrics = everything.search_fetch([])
        texts = {s: metric_formatter(s) for s in self.segmentation_id}
        for movement in self:
            values = movement.metric_values or {}
            text = texts[movement.segmentation_id]
            movement.values_text = "; ".join(
                f"{metric.name}: {text(metric.code, values[metric.code])}"
                for metric in metrics
                if values.get(metric.code) is not None
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._frozen())

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._frozen())

    def _frozen(self):
        return self.env._(
            "crm_segmentation.history_is_frozen: The history of categories is a record "
            "of what happened; it cannot be changed or deleted."
        )
