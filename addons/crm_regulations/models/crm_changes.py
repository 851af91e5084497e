import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from odoo.addons.crm_segmentation.models.crm_changes import merged

from ..engine import dating, retiming
from ..engine.opening import open_told
from ..engine.settling import settle_touched

_logger = logging.getLogger(__name__)


class CrmChanges(models.AbstractModel):
    """What happens in Odoo, told to regulations."""

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        hours = frozenset(retiming.WATCHED)
        created = self.env["crm.regulation"]._book().created()
        return super()._watched_models() | hours | created

    @api.model
    def _watched_fields(self):
        ours = self.env["crm.regulation"]._book().watched(self.env)
        return merged(super()._watched_fields(), merged(ours, retiming.WATCHED))

    @api.model
    def _watched_deletions(self):
        hours = {
            model: names & frozenset({"calendar_id", "company_id", "resource_id"})
            for model, names in retiming.WATCHED.items()
        }
        subjects = self.env["crm.regulation"]._book().subject_models()
        ours = merged(hours, dict.fromkeys(subjects, frozenset()))
        return merged(super()._watched_deletions(), ours)

    @api.model
    def _on_created(self, model, ids):
        done = super()._on_created(model, ids)
        if model in retiming.WATCHED:
            retiming.mark_changed(self.env, model, ids)
        self._told_to_regulations(model, ids, {})
        return done

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        if model in retiming.WATCHED:
            retiming.mark_changed(self.env, model, list(changes), changes.values())
        self._told_to_regulations(model, [], changes)
        return done

    @api.model
    def _on_deleted(self, model, values):
        done = super()._on_deleted(model, values)
        if model in retiming.WATCHED:
            retiming.mark_changed(self.env, model, list(values), values.values())
        self.env["crm.obligation"]._end_deleted(model, list(values))
        return done

    @api.model
    def _told_to_regulations(self, model, created, changes):
        """Open, date and settle; whatever fails, the user's save goes on."""
        for work in (open_told, dating.follow_dates, settle_touched):
            try:
                work(self.env, model, created, changes)
            except (psycopg2.Error, ConcurrencyError):
                # The transaction is over; Odoo repeats it or tells the user.
                raise
            except Exception:
                _logger.exception("regulations failed on %s", model)
