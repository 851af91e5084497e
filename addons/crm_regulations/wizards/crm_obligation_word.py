from odoo import fields, models


class CrmObligationWord(models.TransientModel):
    """Asks why the clock stops or why a promise is taken back."""

    _name = "crm.obligation.word"
    _description = "Pause or Cancel Promises"

    obligation_ids = fields.Many2many(
        "crm.obligation",
        string="Promises",
        default=lambda self: self.env.context.get("active_ids"),
    )
    word = fields.Selection(
        [("pause", "Stop the clock"), ("cancel", "Take it back")],
        string="What to do",
        required=True,
        default="pause",
    )
    reason = fields.Text(
        required=True, help="It is kept in the log of every one, with your name."
    )

    def action_say(self):
        """Do it for all of them with the same reason."""
        self.ensure_one()
        if self.word == "pause":
            self.obligation_ids.pause(self.reason)
        else:
            self.obligation_ids.cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
