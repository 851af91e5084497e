from odoo import fields, models


class CrmObligationExcuse(models.TransientModel):
    _name = "crm.obligation.excuse"
    _description = "Excuse Promises"

    obligation_ids = fields.Many2many(
        "crm.obligation",
        string="Promises",
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Text(
        required=True, help="It is kept in the log of every one, with your name."
    )

    def action_excuse(self):
        """Excuse all of them with the same reason."""
        self.obligation_ids.excuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
