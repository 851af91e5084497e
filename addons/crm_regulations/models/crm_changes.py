from odoo import api, models

from odoo.addons.crm_segmentation.models.crm_changes import merged

from ..engine.facts import message_out
from ..engine.opening import open_for
from ..engine.proving import prove_by


class CrmChanges(models.AbstractModel):
    """What regulations do when records appear."""

    _inherit = "crm.changes"

    @api.model
    def _watched_models(self):
        watched = {"crm.interaction", "mail.message"}
        return (
            super()._watched_models()
            | watched
            | self.env["crm.regulation"].sudo()._subject_models()
        )

    @api.model
    def _on_created(self, model, ids):
        done = super()._on_created(model, ids)
        open_for(self.env, "created", self.env[model].browse(ids))
        if model == "crm.interaction":
            self._touched(self.env[model].browse(ids).exists())
        elif model == "mail.message":
            letters = message_out.maybe(self.env[model].browse(ids))
            prove_by(self.env, "message_out", letters.exists())
        return done

    @api.model
    def _watched_fields(self):
        ours = {"crm.interaction": frozenset({"outcome"})}
        return merged(super()._watched_fields(), ours)

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        if model == "crm.interaction":
            # A meeting that was thought missed was held after all.
            told = [id_ for id_, old in changes.items() if "outcome" in old]
            self._touched(self.env[model].browse(told))
        return done

    @api.model
    def _touched(self, interactions):
        open_for(self.env, "interaction", interactions)
        prove_by(self.env, "interaction", interactions)
