from odoo import fields, models


class CrmObligationExcuse(models.TransientModel):
    """Asks why promises are excused, or why somebody else should excuse them."""

    _name = "crm.obligation.excuse"
    _inherit = ["crm.excuse.reason.mixin"]
    _description = "Excuse Promises"

    obligation_ids = fields.Many2many(
        "crm.obligation",
        string="Promises",
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason = fields.Text(
        required=True, help="It is kept in the log of every one, with your name."
    )
    date_until = fields.Datetime(
        string="Until",
        help="It may still be kept until then, and counts as excused; not kept by then "
        "it is broken. Empty: it is excused for good.",
    )

    def action_excuse(self):
        """Excuse all of them with the same reason."""
        self.obligation_ids.excuse(self.reason, self.date_until)
        return {"type": "ir.actions.act_window_close"}

    def action_ask(self):
        """Ask for an excuse of all of them with the same reason."""
        self.obligation_ids.ask_excuse(self.reason, self.date_until)
        return {"type": "ir.actions.act_window_close"}
