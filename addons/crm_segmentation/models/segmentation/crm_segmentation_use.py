from odoo import models


class CrmSegmentation(models.Model):
    """What refers to a segmentation or one of its categories."""

    _name = "crm.segmentation"
    _inherit = ["crm.segmentation", "crm.where.used"]

    _in_use_code = "segmentation_in_use"

    def _where_used(self):
        """Its categories go with it, so what needs them needs it."""
        categories = self.with_context(active_test=False).segment_ids
        uses = {}
        for use in (u for category in categories for u in category._where_used()):
            if use["model"] == self._name:
                continue
            key = (use["kind"], use["model"], use["blocks"])
            uses.setdefault(key, []).append(use["domain"])
        return super()._where_used() + [
            self._use(
                model, ["|"] * (len(domains) - 1) + sum(domains, []), blocks, kind
            )
            for (kind, model, blocks), domains in uses.items()
        ]
