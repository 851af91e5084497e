from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.metrics.built_in import CODES


class CrmMetric(models.Model):
    _name = "crm.metric"
    _description = "Metric"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True)
    unit = fields.Char(
        translate=True, help="In what the number is counted: money, years, days …"
    )
    description = fields.Text(
        translate=True, help="How the number is computed, in words."
    )
    sequence = fields.Integer(default=10)
    better = fields.Selection(
        [("high", "The more, the better"), ("low", "The less, the better")],
        default="high",
        required=True,
        help="Which end of the ranking is the good one, such as the less, the better "
        "for days since the last purchase.",
    )

    _code_unique = models.UniqueIndex("(code)", "Another metric has this code already.")

    @api.constrains("code")
    def _check_code(self):
        for metric in self:
            if metric.code not in CODES:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.unknown_metric: There is no metric with the "
                        "code “%(code)s”. Known codes: %(known)s.",
                        code=metric.code,
                        known=", ".join(CODES),
                    )
                )

    @api.model
    def _definitions(self, codes):
        """What the engine needs to know of some metrics, as versions freeze it.

        :param codes: codes of metrics
        :return: code → frozen definition (a JSON dictionary); None for a built-in one
        """
        return dict.fromkeys(codes)
