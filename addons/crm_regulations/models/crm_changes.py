from odoo import api, models

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
        super()._on_created(model, ids)
        records = self.env[model].browse(ids).exists()
        if not records:
            return
        open_for(self.env, "created", records)
        if model == "crm.interaction":
            open_for(self.env, "interaction", records)
            prove_by(self.env, "interaction", records)
        elif model == "mail.message":
            prove_by(self.env, "message_out", records)
