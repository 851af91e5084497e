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
