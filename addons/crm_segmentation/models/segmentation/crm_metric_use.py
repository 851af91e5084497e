from odoo import models
from odoo.tools import SQL


class CrmMetric(models.Model):
    """Which categories and which rules in force measure by a metric."""

    _name = "crm.metric"
    _inherit = ["crm.metric", "crm.where.used"]

    _in_use_code = "metric_in_use"

    def _where_used(self):
        conditions = [("criterion_ids.metric_id", "in", self.ids)]
        in_force = [("id", "in", self._segmentations_in_force())]
        return [
            use
            for use in (
                *super()._where_used(),
                self._use("crm.segment", conditions, True, self.env._("Categories")),
                self._use(
                    "crm.segmentation",
                    in_force,
                    True,
                    self.env._("Published rule of"),
                ),
            )
            if use["count"]
        ]

    def _not_listed(self):
        return super()._not_listed() | {"crm.segment.criterion.metric_id"}

    def _segmentations_in_force(self):
        """Published rules that name the metric, whatever the editor holds by now."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_segmentation
                 WHERE state = 'published'
                   AND jsonb_path_exists(
                           spec, '$.**.metric ? (@ == $code)',
                           jsonb_build_object('code', %s::text))
                """,
                self.code,
            )
        )
        return [row[0] for row in rows]
