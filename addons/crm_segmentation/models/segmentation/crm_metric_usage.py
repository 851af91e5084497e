from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmMetric(models.Model):
    """Published versions keep a metric by its code, also those of the past."""

    _inherit = "crm.metric"

    def _where_used(self):
        versions = [("id", "in", self._versions())]
        use = self._use(
            "crm.segmentation.version", versions, True, self.env._("Versions")
        )
        return [*super()._where_used(), *([use] if use["count"] else [])]

    def _instead_of_deleting(self):
        return self.env._(", or archive the metric")

    def _versions(self):
        """Ids of the published versions that read the metric."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_segmentation_version
                 WHERE jsonb_path_exists(
                           spec, '$.**.metric ? (@ == $code)',
                           jsonb_build_object('code', %s::text))
                """,
                self.code,
            )
        )
        return [row[0] for row in rows]

    def _refuse_new_code(self):
        """Versions and movements keep values under the code."""
        if self._versions():
            raise UserError(
                self.env._(
                    "crm_segmentation.metric_code_fixed: %(name)s is read by published "
                    "versions, which know it as “%(code)s”: the code stays.",
                    name=self.name,
                    code=self.code,
                )
            )
