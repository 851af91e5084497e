from odoo import api, fields, models
from odoo.tools import SQL

from ...core.scheme import Scheme
from ...core.spec import complete
from ...engine.refreshing import Changed, horizon


class CrmSegmentation(models.Model):
    """The incremental pass: only those of whom something has changed."""

    _inherit = "crm.segmentation"

    refresh_mark = fields.Datetime(
        readonly=True,
        copy=False,
        help="Changes before this moment have been looked at.",
    )

    @api.model
    def _cron_refresh(self):
        """Classify anew those of whom something has changed since the last look."""
        todo = self.search([("state", "=", "published")], order="refresh_mark, id")
        todo._one_by_one(lambda segmentation: segmentation._refresh_unless_running())
        self.env["crm.segment.recheck"]._forget_old()

    def _refresh(self):
        """Classify anew those of whom something has changed since the last look.

        The same statement as for everybody, so the answer is the one of the full pass.
        If categories depend on the place among all others, one change may move
        anybody, and everybody is looked at.

        :return: number of counterparties whose category in force changed
        """
        self.ensure_one()
        self._require_published()
        # Read before looking, so that what happens meanwhile is found the next time.
        mark = horizon(self.env)
        self.env.cr.flush()
        partner_ids = self._changed_partner_ids()
        if not partner_ids and partner_ids is not None:
            self._set_refresh_mark(mark)
            return 0
        if partner_ids is None or self._is_relative():
            return self._classify("refresh")
        changed = self._classify("refresh", partner_ids=partner_ids)
        self._set_refresh_mark(mark)
        return changed

    def _refresh_unless_running(self):
        """Whoever is being classified at this moment needs no refreshing."""
        if self._try_lock():
            self._refresh()

    def _changed_partner_ids(self):
        """Ids of the partners to look at; None for everybody."""
        if not self.refresh_mark:
            return None
        spec = complete(self.spec)
        return Changed(self.sudo().env, spec, self.refresh_mark).partner_ids()

    def _is_relative(self):
        """Whether categories depend on the place among all others."""
        return bool(Scheme.from_json(self.spec["categories"]).relative())

    def _set_refresh_mark(self, mark):
        """By SQL: it is no change of the segmentation that anybody must hear of."""
        self.env.cr.execute(
            SQL(
                "UPDATE crm_segmentation SET refresh_mark = %s WHERE id = %s",
                mark,
                self.id,
            )
        )
        self.invalidate_recordset(["refresh_mark"])
