import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from odoo.addons.crm_segmentation.models.crm_changes import merged

from ..engine import callers

_logger = logging.getLogger(__name__)


class CrmChanges(models.AbstractModel):
    """Who called, and that somebody answered, may be known later than the call."""

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        calls = {"crm.interaction"} if self._has_call_rule() else set()
        return super()._watched_models() | calls

    @api.model
    def _watched_fields(self):
        found = super()._watched_fields()
        return merged(found, callers.WATCHED) if self._has_talk_rule() else found

    @api.model
    def _has_call_rule(self):
        book = self.env["crm.regulation"]._book()
        return any(rule.kind == "call_missed" for rule in book.by_regulation.values())

    @api.model
    def _has_talk_rule(self):
        book = self.env["crm.regulation"]._book()
        return "crm.interaction" in book.subject_models()

    @api.model
    def _told_to_regulations(self, model, created, changes):
        if model == "crm.interaction":
            self._told_of_calls(created, changes)
        return super()._told_to_regulations(model, created, changes)

    @api.model
    def _told_of_calls(self, created, changes):
        """As with regulations: whatever fails, the user's save goes on."""
        try:
            callers.name_callers(self.env, changes)
            if self._has_call_rule():
                callers.end_answered(self.env, created, changes)
        except (psycopg2.Error, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("calls failed")
