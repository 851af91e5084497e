from odoo import api, fields, models
from odoo.exceptions import UserError


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
            ("override", "Set by hand"),
            ("override_end", "Set by hand: ended"),
            ("archive", "Segmentation archived"),
        ],
        required=True,
    )
    version = fields.Integer(help="The version of the rule that decided.")
    metric_values = fields.Json(
        string="Values", help="The metrics at the moment of the change."
    )
    values_text = fields.Char(string="Numbers", compute="_compute_values_text")

    def _compute_values_text(self):
        names = {
            metric.code: metric.name
            for metric in self.env["crm.metric"].search_fetch([])
        }
        for movement in self:
            movement.values_text = "; ".join(
                f"{names.get(code, code)}: {value:,.2f}"
                for code, value in (movement.metric_values or {}).items()
                if value is not None
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
