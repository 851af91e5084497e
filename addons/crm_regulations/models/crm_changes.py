from odoo import api, models

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
            records = self.env[model].browse(ids).exists()
            open_for(self.env, "interaction", records)
            prove_by(self.env, "interaction", records)
        elif model == "mail.message":
            letters = message_out.maybe(self.env[model].browse(ids))
            prove_by(self.env, "message_out", letters.exists())
        return done
