from odoo import models


class CrmSegmentation(models.Model):
    """A rule is put into force only if its own metrics can be computed honestly."""

    _inherit = "crm.segmentation"

    def _check_complete(self):
        result = super()._check_complete()
        metrics = self.segment_ids.criterion_ids.metric_id
        for metric in metrics.filtered(lambda metric: not metric.is_built_in):
            metric.with_company(self.company_id)._check_rates()
        return result
