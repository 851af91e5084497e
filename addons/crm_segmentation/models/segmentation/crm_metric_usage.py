from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmMetric(models.Model):
    """What refers to a metric, and therefore keeps it from being deleted."""

    _inherit = "crm.metric"

    criterion_ids = fields.One2many(
        "crm.segment.criterion", "metric_id", string="Conditions"
    )
    usage = fields.Text(
        string="Used in",
        compute="_compute_usage",
        help="The categories with a condition on the metric, and the published versions "
        "that read it.",
    )
    usage_count = fields.Integer(string="Uses", compute="_compute_usage")

    def _compute_usage(self):
        uses = self._uses()
        for metric in self:
            metric.usage = "\n".join(uses[metric])
            metric.usage_count = len(uses[metric])

    def _uses(self):
        """What refers to each metric, in words.

        Also what the user cannot see counts, but only its existence is told.

        :return: metric → list of texts
        """
        found = {metric: [] for metric in self}
        everything = self.sudo().env["crm.segment.criterion"]
        criteria = everything.search([("metric_id", "in", self.ids)], order="segment_id")
        visible = set(criteria.sudo(False)._filtered_access("read").ids)
        metrics = {metric.id: metric for metric in self}
        for criterion in criteria:
            segment = criterion.segment_id
            text = self.env._(
                "Category %(category)s of %(segmentation)s",
                category=segment.code,
                segmentation=segment.segmentation_id.name,
            )
            lines = found[metrics[criterion.metric_id.id]]
            lines.append(text if criterion.id in visible else self._elsewhere())
        for metric, version in self._versions():
            found[metric].append(version)
        return {metric: list(dict.fromkeys(lines)) for metric, lines in found.items()}

    def _versions(self):
        """Pairs of a metric and words for a published version that reads it."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT metric.code, version.segmentation_id,
                       ARRAY_AGG(version.version ORDER BY version.version)
                  FROM crm_segmentation_version AS version
                  JOIN UNNEST(%s) AS metric (code)
                    ON jsonb_path_exists(version.spec, '$.**.metric ? (@ == $code)',
                                         jsonb_build_object('code', metric.code))
                 GROUP BY metric.code, version.segmentation_id
                 ORDER BY version.segmentation_id
                """,
                self.mapped("code"),
            )
        )
        metrics = {metric.code: metric for metric in self}
        segmentations = self.env["crm.segmentation"].browse([row[1] for row in rows])
        visible = set(segmentations._filtered_access("read").ids)
        for (code, _id, versions), segmentation in zip(rows, segmentations, strict=True):
            yield (
                metrics[code],
                self.env._(
                    "%(segmentation)s, published versions %(versions)s",
                    segmentation=segmentation.name,
                    versions=", ".join(map(str, versions)),
                )
                if segmentation.id in visible
                else self._elsewhere(),
            )

    def _elsewhere(self):
        return self.env._("A segmentation of another company")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for metric, uses in self._uses().items():
            if uses:
                raise UserError(
                    self.env._(
                        "crm_segmentation.metric_in_use: %(name)s cannot be deleted, "
                        "because it is used in:\n%(uses)s\nTake it out there, or "
                        "archive it.",
                        name=metric.name,
                        uses="\n".join(uses),
                    )
                )

    def _refuse_new_code(self):
        """Versions and movements keep values under the code."""
        if next(iter(self._versions()), None):
            raise UserError(
                self.env._(
                    "crm_segmentation.metric_code_fixed: %(name)s is read by published "
                    "versions, which know it as “%(code)s”: the code stays.",
                    name=self.name,
                    code=self.code,
                )
            )
