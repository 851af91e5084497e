from odoo import api, models
from odoo.exceptions import UserError

from ...core.scheme import Scheme


class CrmSegmentation(models.Model):
    """Rules that make no sense are refused before they are in force.

    Rules may overlap: the first category whose conditions hold wins. Refused is a
    category that nobody can ever get into.
    """

    _inherit = "crm.segmentation"

    def _check_complete(self):
        result = super()._check_complete()
        scheme = Scheme.from_json(self._compile()["categories"])
        flaws = scheme.flaws()
        if flaws:
            raise UserError(self._flaw_text(*flaws[0]))
        return result

    def _flaw_text(self, kind, earlier, category):
        names = {
            "name": self.name,
            "earlier": earlier.code,
            "category": category.code,
        }
        if kind == "impossible":
            return self.env._(
                "crm_segmentation.overlap: %(name)s: nobody can ever get into category "
                "%(category)s, because its conditions exclude each other. Change a "
                "threshold, or let any condition be enough.",
                **names,
            )
        if kind == "same":
            return self.env._(
                "crm_segmentation.overlap: %(name)s: categories %(earlier)s and "
                "%(category)s have the same conditions, so everybody gets into "
                "%(earlier)s. Change one of them or delete it.",
                **names,
            )
        return self.env._(
            "crm_segmentation.overlap: %(name)s: nobody can ever get into category "
            "%(category)s, because %(earlier)s comes first and takes everybody who "
            "meets its conditions. Put the stricter category first, or change the "
            "thresholds.",
            **names,
        )


class CrmSegment(models.Model):
    _inherit = "crm.segment"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_running(self):
        """A category is not deleted beneath a run that may put somebody into it."""
        for segmentation in self.segmentation_id:
            segmentation._lock()
        # A run that has ended since this transaction began counts as well.
        self.segmentation_id.lock_for_update()
