from odoo import models
from odoo.exceptions import UserError

from ...core.spec import AMOUNT


class CrmSegmentation(models.Model):
    """What is still missing before a rule can be published, and where to enter it."""

    _inherit = "crm.segmentation"

    def _check_complete(self):
        result = super()._check_complete()
        empty = self.segment_ids.criterion_ids.filtered(
            lambda c: (
                c.metric_id.code == AMOUNT
                and c.basis == "value"
                and c.operator in (">=", ">")
                and not c.value_enter
            )
        )
        if empty:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_threshold: %(name)s cannot be used yet: there "
                    "is no monthly turnover to reach for %(codes)s. Click “Propose "
                    "thresholds” to read it off your own turnover, or open the "
                    "category and enter a number.",
                    name=self.name,
                    codes=", ".join(empty.segment_id.mapped("code")),
                )
            )
        return result
