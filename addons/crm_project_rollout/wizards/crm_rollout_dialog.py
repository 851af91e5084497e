from odoo import api, models


class CrmRolloutDialog(models.AbstractModel):
    """A dialog is about a record that whoever opens it may read."""

    _name = "crm.rollout.dialog"
    _inherit = ["crm.rollout.wire"]
    _description = "Dialog of a CRM Project"

    #: The field with the record that the dialog is about.
    _about = None

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_about()
        return dialogs

    def write(self, vals):
        done = super().write(vals)
        self._check_about()
        return done

    def _check_about(self):
        self[self._about].check_access("read")
