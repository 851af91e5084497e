from odoo import fields, models


class CrmAnnouncementTold(models.TransientModel):
    """Says of customers that they were told, with a few words."""

    _name = "crm.announcement.told"
    _description = "Customers Were Told"

    recipient_ids = fields.Many2many(
        "crm.announcement.recipient",
        string="Customers",
        default=lambda self: self.env.context.get("active_ids"),
    )
    note = fields.Text(
        string="What was said", help="Kept with the customer, with your name."
    )

    def action_say(self):
        """Do it for all of them with the same words."""
        self.ensure_one()
        self.recipient_ids._mark(self.note or "")
        return {"type": "ir.actions.act_window_close"}
