from odoo import fields, models


class CrmExcuseDecline(models.TransientModel):
    """Asks why promises are not excused."""

    _name = "crm.excuse.decline"
    _description = "Decline Requests for an Excuse"

    request_ids = fields.Many2many("crm.excuse.request", string="Requests")
    reason = fields.Text(required=True, help="Who asked reads it.")

    def action_decline(self):
        """Decline all of them with the same reason."""
        self.request_ids.decline(self.reason)
        return {"type": "ir.actions.act_window_close"}
