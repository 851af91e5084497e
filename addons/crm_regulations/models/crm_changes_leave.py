from odoo import api, models

from odoo.addons.crm_segmentation.models.crm_changes import merged

from ..engine import leaves


class CrmChanges(models.AbstractModel):
    """Time off that is approved, moved, refused or deleted."""

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        return super()._watched_models() | ({leaves.MODEL} & set(self.env))

    @api.model
    def _watched_fields(self):
        return merged(super()._watched_fields(), self._leaves(leaves.WATCHED))

    @api.model
    def _watched_deletions(self):
        return merged(super()._watched_deletions(), self._leaves(frozenset()))

    @api.model
    def _leaves(self, names):
        return {leaves.MODEL: names} if leaves.MODEL in self.env else {}

    @api.model
    def _on_created(self, model, ids):
        done = super()._on_created(model, ids)
        if model == leaves.MODEL:
            leaves.follow(self.env, ids)
        return done

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        if model == leaves.MODEL:
            leaves.follow(self.env, list(changes))
        return done

    @api.model
    def _on_deleted(self, model, values):
        done = super()._on_deleted(model, values)
        if model == leaves.MODEL:
            leaves.follow(self.env, list(values))
        return done
